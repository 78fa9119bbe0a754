/* Activations as products want them: ggml's quantize_row_q8_0_ref and quantize_row_q8_K_ref. */
#include "inside.h"
#include "numbers.h"

#define NOT_FINITE 0x7F800000u

/* Without their signs, floats order as their bits do. */
static uint32_t largest_magnitude(const float *x, int32_t count)
{
    uint32_t largest = 0;
    for (int32_t i = 0; i < count; i++) {
        uint32_t magnitude = bits_of(x[i]) & 0x7FFFFFFF;
        if (magnitude > largest) largest = magnitude;
    }
    return largest;
}

/* 32 codes: x / d rounded to the nearest, ties away from zero; d is max / 127, and kept as a half. */
static float encode_small_block(const float *x, int8_t *codes)
{
    uint32_t magnitude = largest_magnitude(x, 32);
    float d = float_of(magnitude) / 127, reciprocal = 1 / d;
    if (magnitude >= NOT_FINITE || !is_finite(reciprocal)) reciprocal = 0;
    for (int i = 0; i < 32; i++) {
        /* The largest float below a half rounds ties away from zero and nothing else up. */
        float scaled = x[i] * reciprocal;
        codes[i] = magnitude >= NOT_FINITE ? 0 : (int8_t)(scaled + __builtin_copysignf(0x1.fffffep-2f, scaled));
    }
    return magnitude >= NOT_FINITE ? __builtin_nanf("") : half_to_float(half_of(d));
}

/* The nearest integer, ties to even, in the low bits of the sum. */
static int32_t nearest(float value) { return (int32_t)(bits_of(value + 0x1.8p23f) & 0x007FFFFF) - 0x00400000; }

/* 256 codes and their sums by sixteens; d maps the value of largest magnitude, the first of equals, to -127. */
static float encode_super_block(const float *x, int8_t *codes, int16_t *sums)
{
    uint32_t magnitude = largest_magnitude(x, 256);
    int32_t first = 0;
    while ((bits_of(x[first]) & 0x7FFFFFFF) != magnitude) first++;
    float scale = magnitude == 0 ? __builtin_inff() : -127 / x[first];
    int is_usable = magnitude < NOT_FINITE && is_finite(scale);
    for (int i = 0; i < 256; i++) {
        int32_t code = is_usable ? nearest(scale * x[i]) : 0;
        codes[i] = (int8_t)(code < 127 ? code : 127);
    }
    for (int run = 0; run < 16; run++) {
        int32_t sum = 0;
        for (int i = 0; i < 16; i++) sum += codes[16 * run + i];
        sums[run] = (int16_t)sum;
    }
    if (is_usable) return 1 / scale;
    return magnitude >= NOT_FINITE ? __builtin_nanf("") : 0;
}

void encode(int32_t type, const float *x, int32_t columns, struct activations *to)
{
    switch (type) {
    case TYPE_F32:
        for (int32_t i = 0; i < columns; i++) to->values[i] = x[i];
        break;
    case TYPE_F16:
        for (int32_t i = 0; i < columns; i++) to->values[i] = half_to_float(half_of(x[i]));
        break;
    case TYPE_Q4_0: case TYPE_Q8_0:
        for (int32_t i = 0; i < columns / 32; i++) to->scales[i] = encode_small_block(x + 32 * i, to->codes + 32 * i);
        break;
    default:
        for (int32_t i = 0; i < columns / 256; i++)
            to->scales[i] = encode_super_block(x + 256 * i, to->codes + 256 * i, to->sums + 16 * i);
        break;
    }
}
