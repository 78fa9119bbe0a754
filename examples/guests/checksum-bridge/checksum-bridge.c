/*
 * The sums of checksum.wat by copies: the host copies a layer into this guest's memory, and the guest reads it there. It
 * imports the module env alone, as guests of an ordinary 32-bit memory do.
 *
 * A copied layer has zeros between its tensors, so its sum is that of its tensors. The functions return a sum, or a code
 * of the interface (negative).
 */
#include <wasm_simd128.h>

#include "wasmchord.h"

#define PAGE_BYTES 65536u
#define CHUNK_BYTES (1u << 20)

extern unsigned char __heap_base;

/* The rest of the memory is one buffer. */
static uint8_t *buffer_start(void) { return (uint8_t *)(((size_t)&__heap_base + 63) & ~(size_t)63); }

static size_t buffer_bytes(void) { return __builtin_wasm_memory_size(0) * PAGE_BYTES - (size_t)buffer_start(); }

/* Makes room for so many bytes; zero where the host's limit leaves none. */
static int grow_to(size_t bytes)
{
    if (bytes <= buffer_bytes()) return 1;
    size_t pages = (bytes - buffer_bytes() + PAGE_BYTES - 1) / PAGE_BYTES;
    return __builtin_wasm_memory_grow(0, pages) != SIZE_MAX;
}

/* Whole 64 bytes, a mebibyte at most: a lane grows by at most 4,080 each of 16,384 times, and holds. */
static int64_t sum_chunk(const uint8_t *bytes, size_t count)
{
    v128_t lanes = wasm_i32x4_const_splat(0);
    for (size_t i = 0; i < count; i += 64) {
        v128_t words[4];
        for (size_t k = 0; k < 4; k++) words[k] = wasm_u16x8_extadd_pairwise_u8x16(wasm_v128_load(bytes + i + 16 * k));
        v128_t four = wasm_i16x8_add(wasm_i16x8_add(words[0], words[1]), wasm_i16x8_add(words[2], words[3]));
        lanes = wasm_i32x4_add(lanes, wasm_u32x4_extadd_pairwise_u16x8(four));
    }
    return (int64_t)(uint32_t)wasm_i32x4_extract_lane(lanes, 0) + (uint32_t)wasm_i32x4_extract_lane(lanes, 1)
        + (uint32_t)wasm_i32x4_extract_lane(lanes, 2) + (uint32_t)wasm_i32x4_extract_lane(lanes, 3);
}

static int64_t sum_bytes(const uint8_t *bytes, size_t count)
{
    int64_t sum = 0;
    while (count >= 64) {
        size_t chunk = (count < CHUNK_BYTES ? count : CHUNK_BYTES) & ~(size_t)63;
        sum += sum_chunk(bytes, chunk);
        bytes += chunk;
        count -= chunk;
    }
    for (size_t i = 0; i < count; i++) sum += bytes[i];
    return sum;
}

/* The sum of a layer's bytes. The buffer doubles until the layer fits, or the host refuses more. */
WASMCHORD_EXPORT("sum_layer")
int64_t sum_layer(int32_t layer)
{
    if (!grow_to(CHUNK_BYTES)) return WASMCHORD_BUFFER_TOO_SMALL;
    for (;;) {
        int32_t bytes = memory64_load_layer(layer, buffer_start(), buffer_bytes());
        if (bytes >= 0) return sum_bytes(buffer_start(), (size_t)bytes);
        if (bytes != WASMCHORD_BUFFER_TOO_SMALL || buffer_bytes() > SIZE_MAX / 2) return bytes;
        if (!grow_to(2 * buffer_bytes())) return bytes;
    }
}

/* The sum of a range of the model's tensor data, a mebibyte at a time. */
WASMCHORD_EXPORT("sum_range")
int64_t sum_range(int64_t offset, int64_t size)
{
    if (size < 0) return WASMCHORD_BAD_ARGUMENT;
    if (!grow_to(CHUNK_BYTES)) return WASMCHORD_BUFFER_TOO_SMALL;
    int64_t sum = 0;
    for (int64_t at = 0; at < size; at += CHUNK_BYTES) {
        uint32_t count = size - at < CHUNK_BYTES ? (uint32_t)(size - at) : CHUNK_BYTES;
        int32_t bytes = memory64_read(offset + at, buffer_start(), count);
        if (bytes < 0) return bytes;
        sum += sum_bytes(buffer_start(), count);
    }
    return sum;
}

/* The sum over all layers: the embedding, the blocks, the head. A model may lack an edge; then that counts nothing. */
WASMCHORD_EXPORT("run")
int64_t run(void)
{
    if (memory64_is_enabled() == 0) return WASMCHORD_NOT_ENABLED;
    int64_t sum = 0;
    for (int32_t layer = WASMCHORD_LAYER_HEAD;; layer++) {
        int64_t part = sum_layer(layer);
        if (part >= 0) sum += part;
        else if (part != WASMCHORD_LAYER_NOT_FOUND) return part;
        else if (layer >= 0) return sum;
    }
}
