/**
 * The binary interface of WasmChord guests (docs/GUESTS.md) for AssemblyScript.
 *
 * A function that is declared here and not called is not imported. Pointers are offsets into the guest's own memory,
 * which asc exports as `memory`.
 */

// Layers. Blocks are 0, 1, and so on.
export const LAYER_EMBEDDING: i32 = -1;
export const LAYER_HEAD: i32 = -2;

// Codes. A function returns a number that is not negative, or one of these.
export const NOT_ENABLED: i32 = -1;
export const LAYER_NOT_FOUND: i32 = -2;
export const BUFFER_TOO_SMALL: i32 = -3;
export const READ_FAILED: i32 = -4;
export const NO_MEMORY: i32 = -5;
export const POINTER_OVERFLOW: i32 = -6;
export const POINTER_OUT_OF_BOUNDS: i32 = -7;
export const WRITE_FAILED: i32 = -8;
export const TIMED_OUT: i32 = -9;
export const REFUSED: i32 = -10;
export const NOT_ACQUIRED: i32 = -11;
export const TOO_MANY_LEASES: i32 = -12;
export const NOT_FOUND: i32 = -13;
export const BAD_TYPE: i32 = -14;
export const BAD_ARGUMENT: i32 = -15;
export const UNAVAILABLE: i32 = -16;

/** What memory64_stats_ex writes. */
@unmanaged
export class Memory64Stats {
  reads: i64; // offset 0
  bytes: i64; // offset 8
  hits: i64; // offset 16
  misses: i64; // offset 24
  evictions: i64; // offset 32
  resident: i64; // offset 40
  errors: i64; // offset 48
}

/** What layer_tensor and layer_tensor_at write. */
@unmanaged
export class Tensor {
  address: i64; // offset 0
  bytes: i64; // offset 8
  type: i32; // offset 16
  dimensions: i32; // offset 20
  ne0: i64; // offset 24
  ne1: i64; // offset 32
  ne2: i64; // offset 40
  ne3: i64; // offset 48
}

// Module env: copies.

@external("env", "memory64_is_enabled")
export declare function memory64_is_enabled(): i32;

@external("env", "memory64_load_layer")
export declare function memory64_load_layer(layer: i32, ptr: usize, max: u32): i32;

@external("env", "memory64_read")
export declare function memory64_read(offset: i64, ptr: usize, size: u32): i32;

@external("env", "memory64_stats")
export declare function memory64_stats(): i64;

@external("env", "memory64_stats_ex")
export declare function memory64_stats_ex(ptr: usize, len: u32): i32;

// Module wasmchord: in place. AssemblyScript addresses one memory, its own, so the memory `weights` is not declared
// here: weights_read copies from it, and the kernels take addresses in it.

@external("wasmchord", "layer_count")
export declare function layer_count(): i32;

@external("wasmchord", "layer_acquire")
export declare function layer_acquire(layer: i32, deadline_ms: i32): i64;

@external("wasmchord", "layer_release")
export declare function layer_release(layer: i32): i32;

@external("wasmchord", "layer_bytes")
export declare function layer_bytes(layer: i32): i64;

@external("wasmchord", "layer_tensor")
export declare function layer_tensor(layer: i32, name_ptr: usize, name_len: u32, out_ptr: usize): i32;

@external("wasmchord", "layer_tensor_at")
export declare function layer_tensor_at(layer: i32, index: i32, out_ptr: usize): i32;

@external("wasmchord", "metadata_number")
export declare function metadata_number(key_ptr: usize, key_len: u32, out_ptr: usize): i32;

@external("wasmchord", "metadata_text")
export declare function metadata_text(key_ptr: usize, key_len: u32, out_ptr: usize, out_len: u32): i32;

@external("wasmchord", "weights_read")
export declare function weights_read(address: i64, ptr: usize, size: u32): i32;

@external("wasmchord", "log")
export declare function log(ptr: usize, len: u32): i32;

// Module wasmchord: kernels.

@external("wasmchord", "tensor_dequantize")
export declare function tensor_dequantize(address: i64, type: i32, count: i32, out_ptr: usize): i32;

@external("wasmchord", "matvec")
export declare function matvec(address: i64, type: i32, rows: i32, cols: i32, x_ptr: usize, y_ptr: usize): i32;

@external("wasmchord", "rms_norm")
export declare function rms_norm(x_ptr: usize, weight_ptr: usize, count: i32, epsilon: f32, y_ptr: usize): i32;

@external("wasmchord", "rope")
export declare function rope(
  x_ptr: usize, heads: i32, head_dim: i32, dimensions: i32, position: i32, base: f32, pairing: i32): i32;

@external("wasmchord", "softmax")
export declare function softmax(x_ptr: usize, count: i32): i32;

@external("wasmchord", "silu_multiply")
export declare function silu_multiply(gate_ptr: usize, up_ptr: usize, count: i32, y_ptr: usize): i32;
