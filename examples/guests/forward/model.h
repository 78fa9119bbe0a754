/* A Llama, as its metadata and its tensors describe it. */
#ifndef MODEL_H
#define MODEL_H

#include "wasmchord.h"

/* The guest's own codes, beyond the interface's. */
enum forward_code {
    FORWARD_UNSUPPORTED = -100, /* not a model that this guest can run; the log says why */
    FORWARD_NO_ROOM = -101,     /* the guest's memory may not grow as far as needed */
    FORWARD_NOT_FINITE = -102,  /* a logit is infinite or not a number */
    FORWARD_NOT_STARTED = -103, /* start() was not called, or failed */
};

/* Returns from the calling function with a code that is negative. */
#define TRY(expression)                  \
    do {                                 \
        int32_t code_ = (expression);    \
        if (code_ < 0) return code_;     \
    } while (0)

/* Weights where they lie. A vector has one row. */
struct matrix {
    int64_t address;
    int32_t type;
    int32_t columns;
    int32_t rows;
};

struct block {
    struct matrix attention_norm, q, k, v, attention_output;
    struct matrix feed_forward_norm, gate, up, down;
};

struct model {
    int32_t block_count, hidden, heads, kv_heads, head_dim, feed_forward, vocabulary, context, rope_dimensions;
    float epsilon, rope_base, attention_scale;
    struct matrix embedding; /* in the embedding layer */
    struct matrix output_norm; /* in the head */
    struct matrix output; /* in output_layer: the head, or the embedding where they are tied */
    int32_t output_layer;
    struct block *blocks;
};

/* Reads the model that the host has opened; returns 0 or a code. */
int32_t model_open(struct model *model);

/* Appends a line to the guest's log. */
void say(const char *text);

#endif
