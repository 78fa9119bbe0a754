//! The binary interface of WasmChord guests (docs/GUESTS.md) for Rust, as a module: `mod wasmchord;`.
//!
//! A function that is declared here and not called is not imported. Pointers are offsets into the guest's own memory,
//! which rustc exports as `memory`.

#![allow(dead_code)]

use core::mem::{offset_of, size_of};

// Layers. Blocks are 0, 1, and so on.
pub const LAYER_EMBEDDING: i32 = -1;
pub const LAYER_HEAD: i32 = -2;

// Codes. A function returns a number that is not negative, or one of these.
pub const NOT_ENABLED: i32 = -1;
pub const LAYER_NOT_FOUND: i32 = -2;
pub const BUFFER_TOO_SMALL: i32 = -3;
pub const READ_FAILED: i32 = -4;
pub const NO_MEMORY: i32 = -5;
pub const POINTER_OVERFLOW: i32 = -6;
pub const POINTER_OUT_OF_BOUNDS: i32 = -7;
pub const WRITE_FAILED: i32 = -8;
pub const TIMED_OUT: i32 = -9;
pub const REFUSED: i32 = -10;
pub const NOT_ACQUIRED: i32 = -11;
pub const TOO_MANY_LEASES: i32 = -12;
pub const NOT_FOUND: i32 = -13;
pub const BAD_TYPE: i32 = -14;
pub const BAD_ARGUMENT: i32 = -15;
pub const UNAVAILABLE: i32 = -16;

/// What `memory64_stats_ex` writes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory64Stats {
    pub reads: i64,
    pub bytes: i64,
    pub hits: i64,
    pub misses: i64,
    pub evictions: i64,
    pub resident: i64,
    pub errors: i64,
}

const _: () = assert!(offset_of!(Memory64Stats, reads) == 0);
const _: () = assert!(offset_of!(Memory64Stats, bytes) == 8);
const _: () = assert!(offset_of!(Memory64Stats, hits) == 16);
const _: () = assert!(offset_of!(Memory64Stats, misses) == 24);
const _: () = assert!(offset_of!(Memory64Stats, evictions) == 32);
const _: () = assert!(offset_of!(Memory64Stats, resident) == 40);
const _: () = assert!(offset_of!(Memory64Stats, errors) == 48);
const _: () = assert!(size_of::<Memory64Stats>() == 56);

/// What `layer_tensor` and `layer_tensor_at` write.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Tensor {
    pub address: i64,
    pub bytes: i64,
    pub r#type: i32,
    pub dimensions: i32,
    pub ne0: i64,
    pub ne1: i64,
    pub ne2: i64,
    pub ne3: i64,
}

const _: () = assert!(offset_of!(Tensor, address) == 0);
const _: () = assert!(offset_of!(Tensor, bytes) == 8);
const _: () = assert!(offset_of!(Tensor, r#type) == 16);
const _: () = assert!(offset_of!(Tensor, dimensions) == 20);
const _: () = assert!(offset_of!(Tensor, ne0) == 24);
const _: () = assert!(offset_of!(Tensor, ne1) == 32);
const _: () = assert!(offset_of!(Tensor, ne2) == 40);
const _: () = assert!(offset_of!(Tensor, ne3) == 48);
const _: () = assert!(size_of::<Tensor>() == 56);

// Copies, for guests with an ordinary 32-bit memory.
#[link(wasm_import_module = "env")]
unsafe extern "C" {
    pub fn memory64_is_enabled() -> i32;
    pub fn memory64_load_layer(layer: i32, ptr: *mut u8, max: u32) -> i32;
    pub fn memory64_read(offset: i64, ptr: *mut u8, size: u32) -> i32;
    pub fn memory64_stats() -> i64;
    pub fn memory64_stats_ex(ptr: *mut Memory64Stats, len: u32) -> i32;
}

// Weights in place. Rust addresses one memory, its own, so the memory `weights` is not declared here: `weights_read`
// copies from it, and the kernels take addresses in it.
#[link(wasm_import_module = "wasmchord")]
unsafe extern "C" {
    pub fn layer_count() -> i32;
    pub fn layer_acquire(layer: i32, deadline_ms: i32) -> i64;
    pub fn layer_release(layer: i32) -> i32;
    pub fn layer_bytes(layer: i32) -> i64;
    pub fn layer_tensor(layer: i32, name_ptr: *const u8, name_len: u32, out_ptr: *mut Tensor) -> i32;
    pub fn layer_tensor_at(layer: i32, index: i32, out_ptr: *mut Tensor) -> i32;
    pub fn metadata_number(key_ptr: *const u8, key_len: u32, out_ptr: *mut f64) -> i32;
    pub fn metadata_text(key_ptr: *const u8, key_len: u32, out_ptr: *mut u8, out_len: u32) -> i32;
    pub fn weights_read(address: i64, ptr: *mut u8, size: u32) -> i32;
    pub fn log(ptr: *const u8, len: u32) -> i32;
}

// The host's kernels.
#[link(wasm_import_module = "wasmchord")]
unsafe extern "C" {
    pub fn tensor_dequantize(address: i64, r#type: i32, count: i32, out_ptr: *mut f32) -> i32;
    pub fn matvec(address: i64, r#type: i32, rows: i32, cols: i32, x_ptr: *const f32, y_ptr: *mut f32) -> i32;
    pub fn rms_norm(x_ptr: *const f32, weight_ptr: *const f32, count: i32, epsilon: f32, y_ptr: *mut f32) -> i32;
    pub fn rope(
        x_ptr: *mut f32,
        heads: i32,
        head_dim: i32,
        dimensions: i32,
        position: i32,
        base: f32,
        pairing: i32,
    ) -> i32;
    pub fn softmax(x_ptr: *mut f32, count: i32) -> i32;
    pub fn silu_multiply(gate_ptr: *const f32, up_ptr: *const f32, count: i32, y_ptr: *mut f32) -> i32;
}
