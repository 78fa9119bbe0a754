/*
 * Dot products of floats in the host's order, that of ggml built for AVX: value i goes to lane i modulo 32; lanes l and
 * l + 16 are added, then l and l + 8, l and l + 4, 0 and 1 as well as 2 and 3, and those two. Floats that are added in one
 * order are the same bits everywhere, so a guest can agree with its host to the last one.
 */
#ifndef LANES_H
#define LANES_H

#include <wasm_simd128.h>

#define LANE_COUNT 32

/* The 32 lanes of the first whole thirty-twos of a row, folded. */
static inline float dot_lanes(const float *a, const float *b, int whole)
{
    v128_t sums[8];
    for (int j = 0; j < 8; j++) sums[j] = wasm_f32x4_const_splat(0);
    for (int i = 0; i < whole; i += LANE_COUNT)
        for (int j = 0; j < 8; j++)
            sums[j] = wasm_f32x4_add(sums[j], wasm_f32x4_mul(wasm_v128_load(a + i + 4 * j), wasm_v128_load(b + i + 4 * j)));
    for (int width = 4; width > 0; width /= 2)
        for (int j = 0; j < width; j++) sums[j] = wasm_f32x4_add(sums[j], sums[j + width]);
    return (wasm_f32x4_extract_lane(sums[0], 0) + wasm_f32x4_extract_lane(sums[0], 1))
        + (wasm_f32x4_extract_lane(sums[0], 2) + wasm_f32x4_extract_lane(sums[0], 3));
}

/* What is left of the row follows one after the other. */
static inline float dot(const float *a, const float *b, int count)
{
    int whole = count & -LANE_COUNT;
    float sum = dot_lanes(a, b, whole);
    for (int i = whole; i < count; i++) sum += a[i] * b[i];
    return sum;
}

#endif
