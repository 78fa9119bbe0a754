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
  (import "wasmchord" "layer_bytes" (func $layer_bytes (param $layer i32) (result i64)))
  (import "wasmchord" "layer_tensor" (func $layer_tensor (param $layer i32) (param $name_ptr i32) (param $name_len i32) (param $out_ptr i32) (result i32)))

  (memory $memory (export "memory") 1 1)

  (global $LAYER_EMBEDDING i32 (i32.const -1))
  (global $LAYER_HEAD i32 (i32.const -2))
  (global $LAYER_NOT_FOUND i64 (i64.const -2))
  (global $NOT_FOUND i32 (i32.const -13))
  (global $DEADLINE_MS i32 (i32.const 60000))

  ;; Tensors of one file lie less than two pages apart in the image, whatever lies between them in the file.
  (global $LARGEST_GAP i64 (i64.const 8192))

  ;; The structure tensor, written by layer_tensor: address at 0, bytes at 8.
  (global $TENSOR i32 (i32.const 0))

  ;; The names of tensors that layers may have, each after its length; a zero ends a list.
  (global $EMBEDDING_NAMES i32 (i32.const 64))
  (data (memory $memory) (i32.const 64)
    "\11token_embd.weight" "\11rope_freqs.weight" "\18rope_factors_long.weight" "\19rope_factors_short.weight" "\00")
  (global $HEAD_NAMES i32 (i32.const 192))
  (data (memory $memory) (i32.const 192)
    "\12output_norm.weight" "\0doutput.weight" "\00")
  (global $BLOCK_NAMES i32 (i32.const 256))
  (data (memory $memory) (i32.const 256)
    "\10attn_norm.weight" "\0dattn_q.weight" "\0dattn_k.weight" "\0dattn_v.weight" "\0fattn_qkv.weight"
    "\0battn_q.bias" "\0battn_k.bias" "\0battn_v.bias" "\12attn_q_norm.weight" "\12attn_k_norm.weight"
    "\12attn_output.weight" "\0fffn_norm.weight" "\0fffn_gate.weight" "\0dffn_up.weight" "\0fffn_down.weight"
    "\13ffn_gate_inp.weight" "\14ffn_gate_exps.weight" "\12ffn_up_exps.weight" "\14ffn_down_exps.weight" "\00")

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

  (func $names_of (param $layer i32) (result i32)
    (if (i32.eq (local.get $layer) (global.get $LAYER_EMBEDDING)) (then (return (global.get $EMBEDDING_NAMES))))
    (if (i32.eq (local.get $layer) (global.get $LAYER_HEAD)) (then (return (global.get $HEAD_NAMES))))
    (global.get $BLOCK_NAMES))

  ;; The sum over the tensors of an acquired layer, or a code; NOT_FOUND where it has more than the names account for.
  (func $sum_tensors (param $layer i32) (result i64)
    (local $name i32) (local $length i32) (local $code i32) (local $bytes i64) (local $sum i64)
    (local.set $bytes (call $layer_bytes (local.get $layer)))
    (if (i64.lt_s (local.get $bytes) (i64.const 0)) (then (return (local.get $bytes))))
    (local.set $name (call $names_of (local.get $layer)))
    (block $done
      (loop $next
        (local.set $length (i32.load8_u $memory (local.get $name)))
        (br_if $done (i32.eqz (local.get $length)))
        (local.set $code (call $layer_tensor
          (local.get $layer) (i32.add (local.get $name) (i32.const 1)) (local.get $length) (global.get $TENSOR)))
        (if (i32.ge_s (local.get $code) (i32.const 0))
          (then
            (local.set $sum (i64.add (local.get $sum) (call $sum_bytes
              (i64.load $memory (global.get $TENSOR)) (i64.load $memory offset=8 (global.get $TENSOR)))))
            (local.set $bytes (i64.sub
              (local.get $bytes) (i64.add (i64.load $memory offset=8 (global.get $TENSOR)) (global.get $LARGEST_GAP)))))
          (else (if (i32.ne (local.get $code) (global.get $NOT_FOUND))
            (then (return (i64.extend_i32_s (local.get $code)))))))
        (local.set $name (i32.add (local.get $name) (i32.add (local.get $length) (i32.const 1))))
        (br $next)))
    (if (i64.gt_s (local.get $bytes) (i64.const 0)) (then (return (i64.extend_i32_s (global.get $NOT_FOUND)))))
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
