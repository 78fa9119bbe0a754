/*
 * Products of weights and encoded activations, as ggml's vec_dot and the host have them: the integers of a block are added
 * exactly, floats in one order. Blocks of 32 contribute a float each; eight of them, 256 columns, are added halves onto
 * halves, and those sums one after another. Super-blocks add integers in eight lanes, four neighbouring values in lane
 * (i / 4) modulo 8; each lane is multiplied once a super-block and adds floats along the row.
 */
#include "inside.h"
#include "lanes.h"
#include "numbers.h"

/* The pairwise sums of products of signed words become sums of fours: values 0 to 15 of two registers. */
static inline v128_t sums_of_fours(v128_t low, v128_t high)
{
    return wasm_i32x4_add(wasm_i32x4_shuffle(low, high, 0, 2, 4, 6), wasm_i32x4_shuffle(low, high, 1, 3, 5, 7));
}

static inline v128_t signed_products(const int8_t *a, const int8_t *b)
{
    v128_t x = wasm_v128_load(a), y = wasm_v128_load(b);
    return wasm_i32x4_add(
        wasm_i32x4_dot_i16x8(wasm_i16x8_extend_low_i8x16(x), wasm_i16x8_extend_low_i8x16(y)),
        wasm_i32x4_dot_i16x8(wasm_i16x8_extend_high_i8x16(x), wasm_i16x8_extend_high_i8x16(y)));
}

static inline int32_t dot_32(const int8_t *a, const int8_t *b)
{
    v128_t sums = wasm_i32x4_add(signed_products(a, b), signed_products(a + 16, b + 16));
    return (wasm_i32x4_extract_lane(sums, 0) + wasm_i32x4_extract_lane(sums, 1))
        + (wasm_i32x4_extract_lane(sums, 2) + wasm_i32x4_extract_lane(sums, 3));
}

static inline float sum_of_eight(const float *t) { return ((t[0] + t[4]) + (t[2] + t[6])) + ((t[1] + t[5]) + (t[3] + t[7])); }

static float small_blocks(int32_t type, const uint8_t *row, const struct activations *x, int32_t columns)
{
    float sum = 0;
    int32_t bytes = block_bytes(type), blocks = columns / 32;
    for (int32_t from = 0; from < blocks; from += 8) {
        float contributions[8] = {0};
        int32_t count = blocks - from < 8 ? blocks - from : 8;
        for (int32_t i = 0; i < count; i++, row += bytes) {
            int8_t unpacked[32];
            const int8_t *codes = ((const struct block_q8_0 *)row)->codes;
            if (type == TYPE_Q4_0) {
                unpack_q4_0((const struct block_q4_0 *)row, unpacked);
                codes = unpacked;
            }
            int32_t products = dot_32(codes, x->codes + 32 * (from + i));
            contributions[i] = half_to_float(*(const uint16_t *)row) * x->scales[from + i] * (float)products;
        }
        sum += sum_of_eight(contributions);
    }
    return sum;
}

static void super_block_products(const struct super_block *b, const int8_t *codes, int32_t *products)
{
    v128_t low = wasm_i32x4_const_splat(0), high = low;
    for (int run = 0; run < 16; run += 2) {
        v128_t fours[2];
        for (int i = 0; i < 2; i++) {
            v128_t w = wasm_v128_load(b->codes + 16 * (run + i)), x = wasm_v128_load(codes + 16 * (run + i));
            v128_t first = wasm_i32x4_dot_i16x8(wasm_u16x8_extend_low_u8x16(w), wasm_i16x8_extend_low_i8x16(x));
            v128_t second = wasm_i32x4_dot_i16x8(wasm_u16x8_extend_high_u8x16(w), wasm_i16x8_extend_high_i8x16(x));
            fours[i] = wasm_i32x4_mul(sums_of_fours(first, second), wasm_i32x4_splat(b->scales[run + i]));
        }
        low = wasm_i32x4_add(low, fours[0]);
        high = wasm_i32x4_add(high, fours[1]);
    }
    wasm_v128_store(products, low);
    wasm_v128_store(products + 4, high);
}

static float super_blocks(int32_t type, const uint8_t *row, const struct activations *x, int32_t columns)
{
    float lanes[8] = {0}, own[4] = {0};
    int min_lanes = type == TYPE_Q4_K ? 4 : type == TYPE_Q5_K ? 1 : 0;
    for (int32_t s = 0; s < columns / 256; s++, row += block_bytes(type)) {
        struct super_block b;
        int32_t products[8], mins[4] = {0};
        unpack_super_block(type, row, &b);
        super_block_products(&b, x->codes + 256 * s, products);
        for (int run = 0; run < 16; run++) {
            int32_t sum = x->sums[16 * s + run];
            /* Lane l takes the offset back for runs 2l and 2l + 1, as a whole. */
            if (b.offset != 0) products[run >> 1] -= b.offset * b.scales[run] * sum;
            if (min_lanes > 0) mins[run * min_lanes >> 4] += b.mins[run] * sum;
        }
        float d = x->scales[s] * b.d;
        for (int i = 0; i < min_lanes; i++) own[i] = -x->scales[s] * b.dmin * (float)mins[i] + own[i];
        for (int i = 0; i < 8; i++) lanes[i] = d * (float)products[i] + lanes[i];
    }
    float sum = sum_of_eight(lanes);
    if (min_lanes == 4) return sum + ((own[0] + own[2]) + (own[1] + own[3]));
    return min_lanes == 1 ? sum + own[0] : sum;
}

/* The rest of a row of halves, past its whole lanes, is added in double precision. */
static float halves(const uint16_t *row, const struct activations *x, int32_t columns)
{
    int32_t whole = columns & -LANE_COUNT;
    float lanes[LANE_COUNT] = {0};
    for (int32_t i = 0; i < whole; i++) lanes[i & (LANE_COUNT - 1)] += half_to_float(row[i]) * x->values[i];
    for (int width = LANE_COUNT / 2; width >= 4; width /= 2)
        for (int l = 0; l < width; l++) lanes[l] += lanes[l + width];
    double sum = (double)((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]));
    for (int32_t i = whole; i < columns; i++) sum += (double)(half_to_float(row[i]) * x->values[i]);
    return (float)sum;
}

float product(int32_t type, const uint8_t *row, const struct activations *x, int32_t columns)
{
    switch (type) {
    case TYPE_F32: return dot((const float *)row, x->values, columns);
    case TYPE_F16: return halves((const uint16_t *)row, x, columns);
    case TYPE_Q4_0: case TYPE_Q8_0: return small_blocks(type, row, x, columns);
    default: return super_blocks(type, row, x, columns);
    }
}
