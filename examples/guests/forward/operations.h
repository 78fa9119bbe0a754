/*
 * What a pass computes with. Two files implement it: operations_host.c calls the host's kernels, operations_inside.c
 * computes in the sandbox and imports none. All return 0 or a code.
 */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "model.h"

/* Whether weights of a type, in rows of some columns, can be used. */
int operation_takes(int32_t type, int32_t columns);

/* Takes the memory that the operations need; columns is the longest row that will be multiplied. */
int32_t operation_prepare(int32_t columns);

/* (columns) one row as floats; its layer is acquired. */
int32_t operation_row(const struct matrix *matrix, int32_t row, float *values);

/* y (rows) = matrix · x (columns); its layer is acquired. */
int32_t operation_multiply(const struct matrix *matrix, const float *x, float *y);

/* y = x / root mean square(x) · weight; y may be x. */
int32_t operation_norm(const float *x, const float *weight, int32_t count, float epsilon, float *y);

/* Turns the heads of one position, neighbours in pairs, in place. */
int32_t operation_rope(float *x, int32_t heads, int32_t head_dim, int32_t dimensions, int32_t position, float base);

/* exp(x - max) / sum, in place. */
int32_t operation_softmax(float *x, int32_t count);

/* y = silu(gate) * up; y may be either. */
int32_t operation_silu_multiply(const float *gate, const float *up, int32_t count, float *y);

#endif
