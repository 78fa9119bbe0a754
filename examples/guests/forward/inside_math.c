/* The few functions of a libm that a pass needs, by their series; far more precise than the floats they end as. */
#include "inside.h"

static uint64_t bits_of_double(double value)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

#define LN2_HIGH 0x1.62e42fee00000p-1 /* the upper half of ln 2, so that a small integer times it is exact */
#define LN2_LOW 0x1.a39ef35793c76p-33

/* For positive normal numbers: m · 2^e with m near 1, and 2 · artanh((m - 1) / (m + 1)). */
static double logarithm(double x)
{
    uint64_t bits = bits_of_double(x);
    int exponent = (int)(bits >> 52) - 1023;
    double m = double_of((bits & 0x000FFFFFFFFFFFFFu) | 0x3FF0000000000000u);
    if (m > 1.4142135623730951) {
        m /= 2;
        exponent++;
    }
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int k = 25; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
    return exponent * LN2_HIGH + (2 * s * sum + exponent * LN2_LOW);
}

/* For results that are normal numbers. */
static double exponential(double x)
{
    double n = __builtin_nearbyint(x * 1.4426950408889634), r = (x - n * LN2_HIGH) - n * LN2_LOW, sum = 1;
    for (int k = 16; k >= 1; k--) sum = 1 + sum * r / k;
    return sum * double_of((uint64_t)((int64_t)n + 1023) << 52);
}

double power(double base, double exponent) { return exponential(exponent * logarithm(base)); }

/* Taken from the nearest multiple of a quarter turn, whose parts times up to 2^20 are exact. */
void turn(double angle, double *cosine, double *sine)
{
    double quarters = __builtin_nearbyint(angle * 0.63661977236758134);
    double r = ((angle - quarters * 0x1.921fb54400000p0) - quarters * 0x1.0b4611a600000p-34) - quarters * 0x1.3198a2e037073p-69;
    double square = r * r, c = 1, s = 1;
    for (int k = 18; k >= 2; k -= 2) {
        c = 1 - c * square / (k * (k - 1));
        s = 1 - s * square / (k * (k + 1));
    }
    s *= r;
    switch ((int64_t)quarters & 3) {
    case 0: *cosine = c; *sine = s; break;
    case 1: *cosine = -s; *sine = c; break;
    case 2: *cosine = -c; *sine = -s; break;
    default: *cosine = s; *sine = -c; break;
    }
}
