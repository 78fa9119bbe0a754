/* The parts of operations_inside.c: what the host's kernels do, in its order of operations. */
#ifndef INSIDE_H
#define INSIDE_H

#include "blocks.h"

/* A row of activations as products want it. */
struct activations {
    float *values;   /* (columns) for floats; rounded to halves where the weights are halves */
    int8_t *codes;   /* (columns) */
    float *scales;   /* (columns / 32) for small blocks, (columns / 256) for super-blocks */
    int16_t *sums;   /* (columns / 16) of the codes, for super-blocks */
};

/* Encodes activations for weights of a type. */
void encode(int32_t weight_type, const float *x, int32_t columns, struct activations *to);

/* A row of weights · the activations that were encoded for their type. */
float product(int32_t weight_type, const uint8_t *row, const struct activations *x, int32_t columns);

/* A row of weights as floats. */
void dequantize(int32_t type, const uint8_t *row, int32_t columns, float *values);

/* A super-block taken apart: value i is d · scales[i / 16] · (codes[i] − offset) − dmin · mins[i / 16]. */
struct super_block {
    uint8_t codes[256];
    int32_t scales[16], mins[16];
    float d, dmin;
    int32_t offset;
};

/* Takes a super-block of Q4_K, Q5_K or Q6_K apart. */
void unpack_super_block(int32_t type, const void *block, struct super_block *to);

/* Takes a block of Q4_0 apart. */
void unpack_q4_0(const struct block_q4_0 *block, int8_t *codes);

/* base to a power, for a positive base; cosine and sine. In double precision, rounded by the caller. */
double power(double base, double exponent);
void turn(double angle, double *cosine, double *sine);

#endif
