/* The operations as the host's kernels: weights never enter the guest. */
#include "operations.h"

#include "blocks.h"

int operation_takes(int32_t type, int32_t columns) { return block_bytes(type) > 0 && columns % block_values(type) == 0; }

int32_t operation_prepare(int32_t columns)
{
    (void)columns;
    return 0;
}

int32_t operation_row(const struct matrix *m, int32_t row, float *values)
{
    int64_t row_bytes = (int64_t)m->columns / block_values(m->type) * block_bytes(m->type);
    return wasmchord_tensor_dequantize(m->address + row * row_bytes, m->type, m->columns, values);
}

int32_t operation_multiply(const struct matrix *m, const float *x, float *y)
{
    return wasmchord_matvec(m->address, m->type, m->rows, m->columns, x, y);
}

int32_t operation_norm(const float *x, const float *weight, int32_t count, float epsilon, float *y)
{
    return wasmchord_rms_norm(x, weight, count, epsilon, y);
}

int32_t operation_rope(float *x, int32_t heads, int32_t head_dim, int32_t dimensions, int32_t position, float base)
{
    return wasmchord_rope(x, heads, head_dim, dimensions, position, base, WASMCHORD_ROPE_NEIGHBOURS);
}

int32_t operation_softmax(float *x, int32_t count) { return wasmchord_softmax(x, count); }

int32_t operation_silu_multiply(const float *gate, const float *up, int32_t count, float *y)
{
    return wasmchord_silu_multiply(gate, up, count, y);
}
