/* Weights taken apart, and as floats. */
#include "inside.h"
#include "numbers.h"

void unpack_q4_0(const struct block_q4_0 *block, int8_t *codes)
{
    for (int i = 0; i < 16; i++) {
        codes[i] = (int8_t)((block->codes[i] & 15) - 8);
        codes[i + 16] = (int8_t)((block->codes[i] >> 4) - 8);
    }
}

/*
 * Six-bit scales and mins of eight runs: runs 0 to 3 have theirs in the low bits of bytes 0 to 3 and 4 to 7; of the others
 * the low four bits are the nibbles of bytes 8 to 11, the upper two the spare bits of bytes 0 to 7.
 */
static void unpack_scales(const uint8_t *bytes, struct super_block *to)
{
    for (int run = 0; run < 8; run++) {
        int scale = run < 4 ? bytes[run] & 63 : (bytes[run + 4] & 15) | (bytes[run - 4] >> 6) << 4;
        int min = run < 4 ? bytes[run + 4] & 63 : (bytes[run + 4] >> 4) | (bytes[run] >> 6) << 4;
        to->scales[2 * run] = to->scales[2 * run + 1] = scale;
        to->mins[2 * run] = to->mins[2 * run + 1] = min;
    }
}

static void unpack_nibbles(const uint8_t *bytes, uint8_t *codes)
{
    for (int part = 0; part < 4; part++)
        for (int i = 0; i < 32; i++) {
            codes[64 * part + i] = bytes[32 * part + i] & 15;
            codes[64 * part + 32 + i] = bytes[32 * part + i] >> 4;
        }
}

static void unpack_q4_k(const struct block_q4_k *block, struct super_block *to)
{
    to->d = half_to_float(block->d);
    to->dmin = half_to_float(block->dmin);
    unpack_scales(block->scales, to);
    unpack_nibbles(block->codes, to->codes);
}

static void unpack_q5_k(const struct block_q5_k *block, struct super_block *to)
{
    to->d = half_to_float(block->d);
    to->dmin = half_to_float(block->dmin);
    unpack_scales(block->scales, to);
    unpack_nibbles(block->codes, to->codes);
    for (int run = 0; run < 8; run++)
        for (int i = 0; i < 32; i++) to->codes[32 * run + i] |= (uint8_t)((block->high[i] >> run & 1) << 4);
}

static void unpack_q6_k(const struct block_q6_k *block, struct super_block *to)
{
    to->d = half_to_float(block->d);
    for (int run = 0; run < 16; run++) to->scales[run] = block->scales[run];
    for (int half = 0; half < 2; half++) {
        const uint8_t *low = block->low + 64 * half, *high = block->high + 32 * half;
        uint8_t *codes = to->codes + 128 * half;
        for (int i = 0; i < 32; i++) {
            codes[i] = (uint8_t)((low[i] & 15) | (high[i] & 3) << 4);
            codes[i + 32] = (uint8_t)((low[i + 32] & 15) | (high[i] >> 2 & 3) << 4);
            codes[i + 64] = (uint8_t)(low[i] >> 4 | (high[i] >> 4 & 3) << 4);
            codes[i + 96] = (uint8_t)(low[i + 32] >> 4 | high[i] >> 6 << 4);
        }
    }
}

void unpack_super_block(int32_t type, const void *block, struct super_block *to)
{
    to->offset = type == TYPE_Q6_K ? 32 : 0;
    if (type == TYPE_Q4_K) unpack_q4_k(block, to);
    else if (type == TYPE_Q5_K) unpack_q5_k(block, to);
    else unpack_q6_k(block, to);
}

static void dequantize_super_block(int32_t type, const uint8_t *block, float *values)
{
    struct super_block b;
    unpack_super_block(type, block, &b);
    for (int run = 0; run < 16; run++) {
        float step = b.d * (float)b.scales[run], min = type == TYPE_Q6_K ? 0 : b.dmin * (float)b.mins[run];
        for (int i = 16 * run; i < 16 * run + 16; i++) values[i] = step * (float)(b.codes[i] - b.offset) - min;
    }
}

static void dequantize_small_block(int32_t type, const uint8_t *block, float *values)
{
    int8_t codes[32];
    float d = half_to_float(*(const uint16_t *)block);
    if (type == TYPE_Q4_0) unpack_q4_0((const struct block_q4_0 *)block, codes);
    else __builtin_memcpy(codes, ((const struct block_q8_0 *)block)->codes, sizeof codes);
    for (int i = 0; i < 32; i++) values[i] = (float)codes[i] * d;
}

void dequantize(int32_t type, const uint8_t *row, int32_t columns, float *values)
{
    int32_t per_block = block_values(type), bytes = block_bytes(type);
    for (int32_t at = 0; at < columns; at += per_block, row += bytes) {
        if (type == TYPE_F32) values[at] = *(const float *)row;
        else if (type == TYPE_F16) values[at] = half_to_float(*(const uint16_t *)row);
        else if (per_block == 32) dequantize_small_block(type, row, values + at);
        else dequantize_super_block(type, row, values + at);
    }
}
