/* Bits of floats and halves. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <stdint.h>

static inline uint32_t bits_of(float value)
{
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float float_of(uint32_t bits)
{
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

/*
 * The fields of a half, moved into the places of a float's, are its value times 2^-112, subnormal where the half is: one
 * product makes it exact. An exponent of ones stays one of ones.
 */
static inline float half_to_float(uint16_t half)
{
    uint32_t moved = (uint32_t)((int32_t)(int16_t)half << 13) & 0x8FFFE000u;
    if ((half & 0x7C00) == 0x7C00) return float_of(moved | 0x7F800000u);
    return float_of(moved) * 0x1p112f;
}

/* Rounded to the nearest, ties to even. */
static inline uint16_t half_of(float value)
{
    uint32_t bits = bits_of(value), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
    if (magnitude >= 0x47800000) return (uint16_t)(sign | (magnitude > 0x7F800000 ? 0x7E00 : 0x7C00));
    /* Below 2^-14 the unit in the last place of 0.5 is that of a subnormal half. */
    if (magnitude < 0x38800000) return (uint16_t)(sign | (bits_of(float_of(magnitude) + 0.5f) - 0x3F000000));
    /* Just under half a unit of the bits that go, one more where the lowest that stays is set, and the bias from 127 to 15. */
    return (uint16_t)(sign | (magnitude + 0x0FFF + (magnitude >> 13 & 1) - (112u << 23)) >> 13);
}

static inline int is_finite(float value) { return (bits_of(value) & 0x7F800000) != 0x7F800000; }

#endif
