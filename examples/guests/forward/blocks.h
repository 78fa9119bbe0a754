/* Types of weights: ggml's numbers, and their block layouts as ggml-common.h has them. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stdint.h>

enum ggml_type {
    TYPE_F32 = 0,
    TYPE_F16 = 1,
    TYPE_Q4_0 = 2,
    TYPE_Q8_0 = 8,
    TYPE_Q4_K = 12,
    TYPE_Q5_K = 13,
    TYPE_Q6_K = 14,
};

/* 32 codes of four bits: value i in the low nibble of byte i, value i + 16 in the high one; less 8, times d. */
struct block_q4_0 {
    uint16_t d;
    uint8_t codes[16];
};

/* 32 signed codes, times d. */
struct block_q8_0 {
    uint16_t d;
    int8_t codes[32];
};

/* 256 codes of four bits in runs of 32: d · scale · code − dmin · min. Each 32 bytes hold 64 values, low nibbles first. */
struct block_q4_k {
    uint16_t d, dmin;
    uint8_t scales[12];
    uint8_t codes[128];
};

/* The same of five bits; bit p of high byte l belongs to value 32p + l. */
struct block_q5_k {
    uint16_t d, dmin;
    uint8_t scales[12];
    uint8_t high[32];
    uint8_t codes[128];
};

/* 256 codes of six bits in runs of 16: d · scale · (code − 32). */
struct block_q6_k {
    uint8_t low[128];
    uint8_t high[64];
    int8_t scales[16];
    uint16_t d;
};

/* Values of a block; 0 for a type that is not known here. */
static inline int32_t block_values(int32_t type)
{
    switch (type) {
    case TYPE_F32: case TYPE_F16: return 1;
    case TYPE_Q4_0: case TYPE_Q8_0: return 32;
    case TYPE_Q4_K: case TYPE_Q5_K: case TYPE_Q6_K: return 256;
    default: return 0;
    }
}

/* Bytes of a block; 0 for a type that is not known here. */
static inline int32_t block_bytes(int32_t type)
{
    switch (type) {
    case TYPE_F32: return sizeof(float);
    case TYPE_F16: return sizeof(uint16_t);
    case TYPE_Q4_0: return sizeof(struct block_q4_0);
    case TYPE_Q8_0: return sizeof(struct block_q8_0);
    case TYPE_Q4_K: return sizeof(struct block_q4_k);
    case TYPE_Q5_K: return sizeof(struct block_q5_k);
    case TYPE_Q6_K: return sizeof(struct block_q6_k);
    default: return 0;
    }
}

_Static_assert(sizeof(struct block_q4_0) == 18 && sizeof(struct block_q8_0) == 34, "small blocks");
_Static_assert(sizeof(struct block_q4_k) == 144 && sizeof(struct block_q5_k) == 176 && sizeof(struct block_q6_k) == 210, "super-blocks");

#endif
