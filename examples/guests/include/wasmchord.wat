;; The binary interface of WasmChord guests (docs/GUESTS.md) as WebAssembly text: take what a guest needs. As it stands it
;; is a module that does nothing; wat2wasm --enable-memory64 --enable-multi-memory accepts it.
(module
  ;; The image of the model: 64-bit addresses, read-only. Imported first it is memory 0, so that plain loads read weights.
  (import "wasmchord" "weights" (memory $weights i64 0))

  ;; Module env: copies.
  (import "env" "memory64_is_enabled" (func $memory64_is_enabled (result i32)))
  (import "env" "memory64_load_layer" (func $memory64_load_layer (param $layer i32) (param $ptr i32) (param $max i32) (result i32)))
  (import "env" "memory64_read" (func $memory64_read (param $offset i64) (param $ptr i32) (param $size i32) (result i32)))
  (import "env" "memory64_stats" (func $memory64_stats (result i64)))
  (import "env" "memory64_stats_ex" (func $memory64_stats_ex (param $ptr i32) (param $len i32) (result i32)))

  ;; Module wasmchord: in place.
  (import "wasmchord" "layer_count" (func $layer_count (result i32)))
  (import "wasmchord" "layer_acquire" (func $layer_acquire (param $layer i32) (param $deadline_ms i32) (result i64)))
  (import "wasmchord" "layer_release" (func $layer_release (param $layer i32) (result i32)))
  (import "wasmchord" "layer_bytes" (func $layer_bytes (param $layer i32) (result i64)))
  (import "wasmchord" "layer_tensor" (func $layer_tensor (param $layer i32) (param $name_ptr i32) (param $name_len i32) (param $out_ptr i32) (result i32)))
  (import "wasmchord" "layer_tensor_at" (func $layer_tensor_at (param $layer i32) (param $index i32) (param $out_ptr i32) (result i32)))
  (import "wasmchord" "metadata_number" (func $metadata_number (param $key_ptr i32) (param $key_len i32) (param $out_ptr i32) (result i32)))
  (import "wasmchord" "metadata_text" (func $metadata_text (param $key_ptr i32) (param $key_len i32) (param $out_ptr i32) (param $out_len i32) (result i32)))
  (import "wasmchord" "weights_read" (func $weights_read (param $address i64) (param $ptr i32) (param $size i32) (result i32)))
  (import "wasmchord" "log" (func $log (param $ptr i32) (param $len i32) (result i32)))

  ;; Module wasmchord: kernels.
  (import "wasmchord" "tensor_dequantize" (func $tensor_dequantize (param $address i64) (param $type i32) (param $count i32) (param $out_ptr i32) (result i32)))
  (import "wasmchord" "matvec" (func $matvec (param $address i64) (param $type i32) (param $rows i32) (param $cols i32) (param $x_ptr i32) (param $y_ptr i32) (result i32)))
  (import "wasmchord" "rms_norm" (func $rms_norm (param $x_ptr i32) (param $weight_ptr i32) (param $count i32) (param $epsilon f32) (param $y_ptr i32) (result i32)))
  (import "wasmchord" "rope" (func $rope (param $x_ptr i32) (param $heads i32) (param $head_dim i32) (param $dimensions i32) (param $position i32) (param $base f32) (param $pairing i32) (result i32)))
  (import "wasmchord" "softmax" (func $softmax (param $x_ptr i32) (param $count i32) (result i32)))
  (import "wasmchord" "silu_multiply" (func $silu_multiply (param $gate_ptr i32) (param $up_ptr i32) (param $count i32) (param $y_ptr i32) (result i32)))

  ;; The guest's own memory.
  (memory $memory (export "memory") 1)

  ;; Layers. Blocks are 0, 1, and so on.
  (global $LAYER_EMBEDDING i32 (i32.const -1))
  (global $LAYER_HEAD i32 (i32.const -2))

  ;; Codes. A function returns a number that is not negative, or one of these.
  (global $NOT_ENABLED i32 (i32.const -1))
  (global $LAYER_NOT_FOUND i32 (i32.const -2))
  (global $BUFFER_TOO_SMALL i32 (i32.const -3))
  (global $READ_FAILED i32 (i32.const -4))
  (global $NO_MEMORY i32 (i32.const -5))
  (global $POINTER_OVERFLOW i32 (i32.const -6))
  (global $POINTER_OUT_OF_BOUNDS i32 (i32.const -7))
  (global $WRITE_FAILED i32 (i32.const -8))
  (global $TIMED_OUT i32 (i32.const -9))
  (global $REFUSED i32 (i32.const -10))
  (global $NOT_ACQUIRED i32 (i32.const -11))
  (global $TOO_MANY_LEASES i32 (i32.const -12))
  (global $NOT_FOUND i32 (i32.const -13))
  (global $BAD_TYPE i32 (i32.const -14))
  (global $BAD_ARGUMENT i32 (i32.const -15))
  (global $UNAVAILABLE i32 (i32.const -16))

  ;; What memory64_stats_ex writes: offsets of its fields. An offset in a load must be a literal: i64.load offset=8.
  (global $memory64_stats.reads i32 (i32.const 0)) ;; i64
  (global $memory64_stats.bytes i32 (i32.const 8)) ;; i64
  (global $memory64_stats.hits i32 (i32.const 16)) ;; i64
  (global $memory64_stats.misses i32 (i32.const 24)) ;; i64
  (global $memory64_stats.evictions i32 (i32.const 32)) ;; i64
  (global $memory64_stats.resident i32 (i32.const 40)) ;; i64
  (global $memory64_stats.errors i32 (i32.const 48)) ;; i64

  ;; What layer_tensor and layer_tensor_at write: offsets of its fields.
  (global $tensor.address i32 (i32.const 0)) ;; i64
  (global $tensor.bytes i32 (i32.const 8)) ;; i64
  (global $tensor.type i32 (i32.const 16)) ;; i32
  (global $tensor.dimensions i32 (i32.const 20)) ;; i32
  (global $tensor.ne0 i32 (i32.const 24)) ;; i64
  (global $tensor.ne1 i32 (i32.const 32)) ;; i64
  (global $tensor.ne2 i32 (i32.const 40)) ;; i64
  (global $tensor.ne3 i32 (i32.const 48)) ;; i64
)
