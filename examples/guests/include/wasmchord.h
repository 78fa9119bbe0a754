/*
 * The binary interface of WasmChord guests (docs/GUESTS.md) for C and C++, clang --target=wasm32.
 *
 * A function that is declared here and not called is not imported. Pointers are offsets into the guest's own memory,
 * which it exports as `memory`; wasm-ld does that by itself.
 */
#ifndef WASMCHORD_H
#define WASMCHORD_H

#include <stddef.h>
#include <stdint.h>

#if defined(__wasm__)
#define WASMCHORD_IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define WASMCHORD_EXPORT(name) __attribute__((export_name(name), visibility("default")))
#else
#define WASMCHORD_IMPORT(module, name)
#define WASMCHORD_EXPORT(name)
#endif

#if defined(__cplusplus)
#define WASMCHORD_ASSERT(condition, text) static_assert(condition, text)
extern "C" {
#else
#define WASMCHORD_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/* Layers. Blocks are 0, 1, and so on. */
#define WASMCHORD_LAYER_EMBEDDING (-1)
#define WASMCHORD_LAYER_HEAD (-2)

/* Codes. A function returns a number that is not negative, or one of these. */
enum wasmchord_code {
    WASMCHORD_NOT_ENABLED = -1,
    WASMCHORD_LAYER_NOT_FOUND = -2,
    WASMCHORD_BUFFER_TOO_SMALL = -3,
    WASMCHORD_READ_FAILED = -4,
    WASMCHORD_NO_MEMORY = -5,
    WASMCHORD_POINTER_OVERFLOW = -6,
    WASMCHORD_POINTER_OUT_OF_BOUNDS = -7,
    WASMCHORD_WRITE_FAILED = -8,
    WASMCHORD_TIMED_OUT = -9,
    WASMCHORD_REFUSED = -10,
    WASMCHORD_NOT_ACQUIRED = -11,
    WASMCHORD_TOO_MANY_LEASES = -12,
    WASMCHORD_NOT_FOUND = -13,
    WASMCHORD_BAD_TYPE = -14,
    WASMCHORD_BAD_ARGUMENT = -15,
    WASMCHORD_UNAVAILABLE = -16,
};

/* What memory64_stats_ex writes. */
struct wasmchord_memory64_stats {
    int64_t reads;
    int64_t bytes;
    int64_t hits;
    int64_t misses;
    int64_t evictions;
    int64_t resident;
    int64_t errors;
};

WASMCHORD_ASSERT(offsetof(struct wasmchord_memory64_stats, reads) == 0, "reads");
WASMCHORD_ASSERT(offsetof(struct wasmchord_memory64_stats, bytes) == 8, "bytes");
WASMCHORD_ASSERT(offsetof(struct wasmchord_memory64_stats, hits) == 16, "hits");
WASMCHORD_ASSERT(offsetof(struct wasmchord_memory64_stats, misses) == 24, "misses");
WASMCHORD_ASSERT(offsetof(struct wasmchord_memory64_stats, evictions) == 32, "evictions");
WASMCHORD_ASSERT(offsetof(struct wasmchord_memory64_stats, resident) == 40, "resident");
WASMCHORD_ASSERT(offsetof(struct wasmchord_memory64_stats, errors) == 48, "errors");
WASMCHORD_ASSERT(sizeof(struct wasmchord_memory64_stats) == 56, "size");

/* What layer_tensor and layer_tensor_at write. */
struct wasmchord_tensor {
    int64_t address;
    int64_t bytes;
    int32_t type;
    int32_t dimensions;
    int64_t ne0;
    int64_t ne1;
    int64_t ne2;
    int64_t ne3;
};

WASMCHORD_ASSERT(offsetof(struct wasmchord_tensor, address) == 0, "address");
WASMCHORD_ASSERT(offsetof(struct wasmchord_tensor, bytes) == 8, "bytes");
WASMCHORD_ASSERT(offsetof(struct wasmchord_tensor, type) == 16, "type");
WASMCHORD_ASSERT(offsetof(struct wasmchord_tensor, dimensions) == 20, "dimensions");
WASMCHORD_ASSERT(offsetof(struct wasmchord_tensor, ne0) == 24, "ne0");
WASMCHORD_ASSERT(offsetof(struct wasmchord_tensor, ne1) == 32, "ne1");
WASMCHORD_ASSERT(offsetof(struct wasmchord_tensor, ne2) == 40, "ne2");
WASMCHORD_ASSERT(offsetof(struct wasmchord_tensor, ne3) == 48, "ne3");
WASMCHORD_ASSERT(sizeof(struct wasmchord_tensor) == 56, "size");

/* Module env: copies. */

WASMCHORD_IMPORT("env", "memory64_is_enabled")
int32_t memory64_is_enabled(void);

WASMCHORD_IMPORT("env", "memory64_load_layer")
int32_t memory64_load_layer(int32_t layer, void *ptr, uint32_t max);

WASMCHORD_IMPORT("env", "memory64_read")
int32_t memory64_read(int64_t offset, void *ptr, uint32_t size);

WASMCHORD_IMPORT("env", "memory64_stats")
int64_t memory64_stats(void);

WASMCHORD_IMPORT("env", "memory64_stats_ex")
int32_t memory64_stats_ex(struct wasmchord_memory64_stats *ptr, uint32_t len);

/*
 * Module wasmchord: in place. C addresses one memory, its own, so the memory `weights` is not declared here: weights_read
 * copies from it, and the kernels take addresses in it.
 */

WASMCHORD_IMPORT("wasmchord", "layer_count")
int32_t wasmchord_layer_count(void);

WASMCHORD_IMPORT("wasmchord", "layer_acquire")
int64_t wasmchord_layer_acquire(int32_t layer, int32_t deadline_ms);

WASMCHORD_IMPORT("wasmchord", "layer_release")
int32_t wasmchord_layer_release(int32_t layer);

WASMCHORD_IMPORT("wasmchord", "layer_bytes")
int64_t wasmchord_layer_bytes(int32_t layer);

WASMCHORD_IMPORT("wasmchord", "layer_tensor")
int32_t wasmchord_layer_tensor(int32_t layer, const char *name_ptr, uint32_t name_len, struct wasmchord_tensor *out_ptr);

WASMCHORD_IMPORT("wasmchord", "layer_tensor_at")
int32_t wasmchord_layer_tensor_at(int32_t layer, int32_t index, struct wasmchord_tensor *out_ptr);

WASMCHORD_IMPORT("wasmchord", "metadata_number")
int32_t wasmchord_metadata_number(const char *key_ptr, uint32_t key_len, double *out_ptr);

WASMCHORD_IMPORT("wasmchord", "metadata_text")
int32_t wasmchord_metadata_text(const char *key_ptr, uint32_t key_len, char *out_ptr, uint32_t out_len);

WASMCHORD_IMPORT("wasmchord", "weights_read")
int32_t wasmchord_weights_read(int64_t address, void *ptr, uint32_t size);

WASMCHORD_IMPORT("wasmchord", "log")
int32_t wasmchord_log(const char *ptr, uint32_t len);

/* Module wasmchord: kernels. */

WASMCHORD_IMPORT("wasmchord", "tensor_dequantize")
int32_t wasmchord_tensor_dequantize(int64_t address, int32_t type, int32_t count, float *out_ptr);

WASMCHORD_IMPORT("wasmchord", "matvec")
int32_t wasmchord_matvec(int64_t address, int32_t type, int32_t rows, int32_t cols, const float *x_ptr, float *y_ptr);

WASMCHORD_IMPORT("wasmchord", "rms_norm")
int32_t wasmchord_rms_norm(const float *x_ptr, const float *weight_ptr, int32_t count, float epsilon, float *y_ptr);

WASMCHORD_IMPORT("wasmchord", "rope")
int32_t wasmchord_rope(
    float *x_ptr, int32_t heads, int32_t head_dim, int32_t dimensions, int32_t position, float base, int32_t pairing);

WASMCHORD_IMPORT("wasmchord", "softmax")
int32_t wasmchord_softmax(float *x_ptr, int32_t count);

WASMCHORD_IMPORT("wasmchord", "silu_multiply")
int32_t wasmchord_silu_multiply(const float *gate_ptr, const float *up_ptr, int32_t count, float *y_ptr);

/* The pairings of rope. */
#define WASMCHORD_ROPE_NEIGHBOURS 0
#define WASMCHORD_ROPE_HALVES 1

#if defined(__cplusplus)
}
#endif

#endif
