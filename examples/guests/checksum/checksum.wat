;; Sums the bytes of a model in place: no weight is copied anywhere.
;;
;; sum_layer(layer) is the sum of all bytes, unsigned, of all tensors of a layer; what lies between tensors does not count.
;; run() is the sum over all layers: the embedding, the blocks, the head. Both return a code of the interface (negative)
;; where a step fails. A layer is acquired, summed, and released before the next.
;;
;; Build: wat2wasm --enable-memory64 --enable-multi-memory checksum.wat
(module
  (import "wasmchord" "weights" (memory $weights i64 0))
  (import "wasmchord" "layer_count" (func $layer_count (result i32)))
  (import "wasmchord" "layer_acquire" (func $layer_acquire (param $layer i32) (param $deadline_ms i32) (result i64)))
  (import "wasmchord" "layer_release" (func $layer_release (param $layer i32) (result i32)))
  (import "wasmchord" "layer_tensor_at" (func $layer_tensor_at (param $layer i32) (param $index i32) (param $out_ptr i32) (result i32)))

  (memory $memory (export "memory") 1 1)

  (global $LAYER_EMBEDDING i32 (i32.const -1))
  (global $LAYER_HEAD i32 (i32.const -2))
  (global $LAYER_NOT_FOUND i64 (i64.const -2))
  (global $NOT_FOUND i32 (i32.const -13))
  (global $DEADLINE_MS i32 (i32.const 60000))

  ;; The structure tensor, written by layer_tensor_at: address at 0, bytes at 8.
  (global $TENSOR i32 (i32.const 0))

  ;; The sum of bytes from an address on.
  (func $sum_bytes (param $address i64) (param $count i64) (result i64)
    (local $sum i64) (local $end i64) (local $lanes v128)
    (block $vectors_done
      (loop $stretch
        (br_if $vectors_done (i64.lt_u (local.get $count) (i64.const 64)))
        ;; Whole 64 bytes, a mebibyte at most: a lane then grows by at most 4,080 each of 16,384 times, and holds.
        (local.set $end (i64.and
          (select (local.get $count) (i64.const 1048576) (i64.lt_u (local.get $count) (i64.const 1048576)))
          (i64.const -64)))
        (local.set $count (i64.sub (local.get $count) (local.get $end)))
        (local.set $end (i64.add (local.get $address) (local.get $end)))
        (local.set $lanes (v128.const i32x4 0 0 0 0))
        (loop $vector
          ;; Bytes become words in pairs, four words are added, and become integers in pairs.
          (local.set $lanes (i32x4.add (local.get $lanes) (i32x4.extadd_pairwise_i16x8_u
            (i16x8.add
              (i16x8.add
                (i16x8.extadd_pairwise_i8x16_u (v128.load $weights (local.get $address)))
                (i16x8.extadd_pairwise_i8x16_u (v128.load $weights offset=16 (local.get $address))))
              (i16x8.add
                (i16x8.extadd_pairwise_i8x16_u (v128.load $weights offset=32 (local.get $address)))
                (i16x8.extadd_pairwise_i8x16_u (v128.load $weights offset=48 (local.get $address))))))))
          (local.set $address (i64.add (local.get $address) (i64.const 64)))
          (br_if $vector (i64.lt_u (local.get $address) (local.get $end))))
        (local.set $sum (i64.add (local.get $sum) (call $sum_lanes (local.get $lanes))))
        (br $stretch)))
    (local.set $end (i64.add (local.get $address) (local.get $count)))
    (block $bytes_done
      (loop $byte
        (br_if $bytes_done (i64.ge_u (local.get $address) (local.get $end)))
        (local.set $sum (i64.add (local.get $sum) (i64.load8_u $weights (local.get $address))))
        (local.set $address (i64.add (local.get $address) (i64.const 1)))
        (br $byte)))
    (local.get $sum))

  (func $sum_lanes (param $lanes v128) (result i64)
    (i64.add
      (i64.add
        (i64.extend_i32_u (i32x4.extract_lane 0 (local.get $lanes)))
        (i64.extend_i32_u (i32x4.extract_lane 1 (local.get $lanes))))
      (i64.add
        (i64.extend_i32_u (i32x4.extract_lane 2 (local.get $lanes)))
        (i64.extend_i32_u (i32x4.extract_lane 3 (local.get $lanes))))))

  ;; The sum over the tensors of an acquired layer, or a code.
  (func $sum_tensors (param $layer i32) (result i64)
    (local $index i32) (local $code i32) (local $sum i64)
    (block $done
      (loop $next
        (local.set $code (call $layer_tensor_at (local.get $layer) (local.get $index) (global.get $TENSOR)))
        (br_if $done (i32.eq (local.get $code) (global.get $NOT_FOUND)))
        (if (i32.lt_s (local.get $code) (i32.const 0)) (then (return (i64.extend_i32_s (local.get $code)))))
        (local.set $sum (i64.add (local.get $sum) (call $sum_bytes
          (i64.load $memory (global.get $TENSOR)) (i64.load $memory offset=8 (global.get $TENSOR)))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  (func $sum_layer (export "sum_layer") (param $layer i32) (result i64)
    (local $sum i64) (local $code i32)
    (local.set $sum (call $layer_acquire (local.get $layer) (global.get $DEADLINE_MS)))
    (if (i64.lt_s (local.get $sum) (i64.const 0)) (then (return (local.get $sum))))
    (local.set $sum (call $sum_tensors (local.get $layer)))
    (local.set $code (call $layer_release (local.get $layer)))
    (if (i32.lt_s (local.get $code) (i32.const 0)) (then (return (i64.extend_i32_s (local.get $code)))))
    (local.get $sum))

  ;; A model may lack an edge; then that counts nothing.
  (func $sum_edge (param $layer i32) (result i64)
    (local $sum i64)
    (local.set $sum (call $sum_layer (local.get $layer)))
    (select (i64.const 0) (local.get $sum) (i64.eq (local.get $sum) (global.get $LAYER_NOT_FOUND))))

  (func (export "run") (result i64)
    (local $layer i32) (local $part i64) (local $sum i64)
    (local.set $sum (call $sum_edge (global.get $LAYER_EMBEDDING)))
    (if (i64.lt_s (local.get $sum) (i64.const 0)) (then (return (local.get $sum))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $layer) (call $layer_count)))
        (local.set $part (call $sum_layer (local.get $layer)))
        (if (i64.lt_s (local.get $part) (i64.const 0)) (then (return (local.get $part))))
        (local.set $sum (i64.add (local.get $sum) (local.get $part)))
        (local.set $layer (i32.add (local.get $layer) (i32.const 1)))
        (br $next)))
    (local.set $part (call $sum_edge (global.get $LAYER_HEAD)))
    (if (i64.lt_s (local.get $part) (i64.const 0)) (then (return (local.get $part))))
    (i64.add (local.get $sum) (local.get $part)))
)
