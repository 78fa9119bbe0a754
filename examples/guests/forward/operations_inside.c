/* The operations inside the sandbox: weights are copied in a tile at a time, and no kernel of the host is imported. */
#include "operations.h"

#include "inside.h"
#include "memory.h"
#include "numbers.h"

#define TILE_BYTES (256u << 10)

static uint8_t *tile;
static uint32_t tile_bytes;
static struct activations encoded;

static uint32_t row_bytes(int32_t type, int32_t columns)
{
    return (uint32_t)(columns / block_values(type)) * (uint32_t)block_bytes(type);
}

int operation_takes(int32_t type, int32_t columns) { return block_bytes(type) > 0 && columns % block_values(type) == 0; }

int32_t operation_prepare(int32_t columns)
{
    size_t count = (size_t)columns;
    uint32_t longest = row_bytes(TYPE_F32, columns);
    tile_bytes = longest > TILE_BYTES ? longest : TILE_BYTES;
    tile = allocate(tile_bytes);
    encoded.values = allocate(count * sizeof *encoded.values);
    encoded.codes = allocate(count);
    encoded.scales = allocate((count / 32 + 1) * sizeof *encoded.scales);
    encoded.sums = allocate((count / 16 + 1) * sizeof *encoded.sums);
    return tile && encoded.values && encoded.codes && encoded.scales && encoded.sums ? 0 : FORWARD_NO_ROOM;
}

int32_t operation_row(const struct matrix *m, int32_t row, float *values)
{
    uint32_t bytes = row_bytes(m->type, m->columns);
    TRY(wasmchord_weights_read(m->address + (int64_t)row * bytes, tile, bytes));
    dequantize(m->type, tile, m->columns, values);
    return 0;
}

int32_t operation_multiply(const struct matrix *m, const float *x, float *y)
{
    uint32_t bytes = row_bytes(m->type, m->columns);
    int32_t at_once = (int32_t)(tile_bytes / bytes);
    encode(m->type, x, m->columns, &encoded);
    for (int32_t from = 0; from < m->rows; from += at_once) {
        int32_t count = m->rows - from < at_once ? m->rows - from : at_once;
        TRY(wasmchord_weights_read(m->address + (int64_t)from * bytes, tile, (uint32_t)count * bytes));
        for (int32_t r = 0; r < count; r++) y[from + r] = product(m->type, tile + (uint32_t)r * bytes, &encoded, m->columns);
    }
    return 0;
}

/* Squares are rounded to float and summed in double, in 16 lanes that fold halves onto halves; the rest follows. */
int32_t operation_norm(const float *x, const float *weight, int32_t count, float epsilon, float *y)
{
    double lanes[16] = {0};
    int32_t whole = count & ~15;
    for (int32_t i = 0; i < whole; i++) lanes[i & 15] += (double)(x[i] * x[i]);
    for (int width = 8; width > 0; width /= 2)
        for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
    double sum = lanes[0];
    for (int32_t i = whole; i < count; i++) sum += (double)(x[i] * x[i]);
    float scale = 1 / __builtin_sqrtf((float)(sum / count) + epsilon);
    for (int32_t i = 0; i < count; i++) y[i] = x[i] * scale * weight[i];
    return 0;
}

/* The angle of a pair is that of the one before times a constant, rounded each time, as ggml has it. */
int32_t operation_rope(float *x, int32_t heads, int32_t head_dim, int32_t dimensions, int32_t position, float base)
{
    float step = (float)power((double)base, (double)(-2.0f / (float)dimensions)), angle = (float)position;
    for (int32_t i = 0; i < dimensions; i += 2, angle *= step) {
        double cosine, sine;
        turn((double)angle, &cosine, &sine);
        float c = (float)cosine, s = (float)sine;
        for (int32_t h = 0; h < heads; h++) {
            float *pair = x + h * head_dim + i, a = pair[0], b = pair[1];
            pair[0] = a * c - b * s;
            pair[1] = a * s + b * c;
        }
    }
    return 0;
}

/*
 * e^x within two units in the last place: x = n · ln 2 + b with ln 2 in two parts, then a polynomial of degree five. The
 * method and its coefficients are those of Arm's optimized routines, in the form without fused multiply-add that ggml has
 * for machines that lack it (ggml_v_expf).
 */
static float exponential(float x)
{
    float shifted = x * 0x1.715476p+0f + 0x1.8p23f, n = shifted - 0x1.8p23f;
    float b = x - n * 0x1.62e4p-1f - n * 0x1.7f7d1cp-20f, u = b * b;
    float j = ((0x1.0e4020p-7f * b + 0x1.573e2ep-5f) * u + (0x1.555e66p-3f * b + 0x1.fffdb6p-2f)) * u + 0x1.ffffecp-1f * b;
    uint32_t exponent = bits_of(shifted) << 23;
    float magnitude = __builtin_fabsf(n);
    if (!(magnitude > 126)) {
        float k = float_of(exponent + 0x3F800000);
        return j * k + k;
    }
    /* Beyond normal floats 2^n is applied as two factors. */
    uint32_t offset = n <= 0 ? 0x82000000 : 0;
    float first = float_of(offset + 0x7F000000);
    if (magnitude > 192) return first * first;
    float rest = float_of(exponent - offset);
    return (rest * j + rest) * first;
}

int32_t operation_softmax(float *x, int32_t count)
{
    float max = -__builtin_inff();
    for (int32_t i = 0; i < count; i++) max = x[i] > max ? x[i] : max;
    for (int32_t i = 0; i < count; i++) x[i] = exponential(x[i] - max);

    /* Four sums take the fours in turn; what is past the end counts as zero. */
    double sums[4] = {0};
    for (int32_t i = 0; i < count; i += 4) {
        float four[4];
        for (int k = 0; k < 4; k++) four[k] = i + k < count ? x[i + k] : 0;
        sums[i / 4 & 3] += (double)((four[0] + four[2]) + (four[1] + four[3]));
    }
    float factor = (float)(1 / ((sums[0] + sums[2]) + (sums[1] + sums[3])));
    for (int32_t i = 0; i < count; i++) x[i] *= factor;
    return 0;
}

int32_t operation_silu_multiply(const float *gate, const float *up, int32_t count, float *y)
{
    for (int32_t i = 0; i < count; i++) y[i] = gate[i] / (1 + exponential(0 - gate[i])) * up[i];
    return 0;
}
