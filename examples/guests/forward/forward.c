/*
 * A forward pass of a Llama inside the sandbox, streaming: each layer is acquired, used and released before the next, so
 * the host needs room for one at a time. With operations_host.c the host's kernels multiply (forward.wasm); with
 * operations_inside.c everything is computed here (forward-inside.wasm). Either gives the host's tokens.
 */
#include "attention.h"
#include "memory.h"
#include "numbers.h"
#include "operations.h"

/* How long to wait for a layer. */
#define DEADLINE_MS 60000

static struct model model;
static int is_started;
static int32_t length; /* positions in the cache */

static float *residual, *normed, *delta;             /* (hidden) */
static float *weight;                                /* (hidden) of a norm */
static float *queries, *attended;                    /* (heads, head_dim) */
static float *keys, *values;                         /* (kv_heads, head_dim) */
static float *gate, *up;                             /* (feed_forward) */
static float *logits;                                /* (vocabulary) */

/* Runs a step while a layer is acquired. */
static int32_t within(int32_t layer, int32_t (*step)(int32_t), int32_t argument)
{
    int64_t address = wasmchord_layer_acquire(layer, DEADLINE_MS);
    if (address < 0) return (int32_t)address;
    int32_t code = step(argument), released = wasmchord_layer_release(layer);
    return code < 0 ? code : released;
}

static void add_delta(void)
{
    for (int32_t i = 0; i < model.hidden; i++) residual[i] += delta[i];
}

static int32_t normalize(const struct matrix *norm)
{
    TRY(operation_row(norm, 0, weight));
    return operation_norm(residual, weight, model.hidden, model.epsilon, normed);
}

static int32_t attend(const struct block *b, int32_t block, int32_t position)
{
    TRY(normalize(&b->attention_norm));
    TRY(operation_multiply(&b->q, normed, queries));
    TRY(operation_multiply(&b->k, normed, keys));
    TRY(operation_multiply(&b->v, normed, values));
    TRY(operation_rope(queries, model.heads, model.head_dim, model.rope_dimensions, position, model.rope_base));
    TRY(operation_rope(keys, model.kv_heads, model.head_dim, model.rope_dimensions, position, model.rope_base));
    attention_store(&model, block, position, keys, values);
    TRY(attention_run(&model, block, position, queries, attended));
    return operation_multiply(&b->attention_output, attended, delta);
}

static int32_t feed_forward(const struct block *b)
{
    TRY(normalize(&b->feed_forward_norm));
    TRY(operation_multiply(&b->gate, normed, gate));
    TRY(operation_multiply(&b->up, normed, up));
    TRY(operation_silu_multiply(gate, up, model.feed_forward, gate));
    return operation_multiply(&b->down, gate, delta);
}

static int32_t embed_step(int32_t token) { return operation_row(&model.embedding, token, residual); }

static int32_t current_block;

static int32_t block_step(int32_t position)
{
    const struct block *b = &model.blocks[current_block];
    TRY(attend(b, current_block, position));
    add_delta();
    TRY(feed_forward(b));
    add_delta();
    return 0;
}

static int32_t norm_step(int32_t unused)
{
    (void)unused;
    return normalize(&model.output_norm);
}

static int32_t output_step(int32_t unused)
{
    (void)unused;
    return operation_multiply(&model.output, normed, logits);
}

/* The most likely token; of equals the lowest. */
static int32_t most_likely(void)
{
    int32_t best = 0;
    for (int32_t i = 0; i < model.vocabulary; i++) {
        if (!is_finite(logits[i])) return FORWARD_NOT_FINITE;
        if (logits[i] > logits[best]) best = i;
    }
    return best;
}

static float *floats(int32_t count) { return allocate((size_t)count * sizeof(float)); }

static int32_t prepare(void)
{
    int32_t hidden = model.hidden, query_length = model.heads * model.head_dim, key_length = model.kv_heads * model.head_dim;
    TRY(attention_prepare(&model));
    int32_t longest = hidden > query_length ? hidden : query_length;
    TRY(operation_prepare(longest > model.feed_forward ? longest : model.feed_forward));
    int is_complete = (residual = floats(hidden)) && (normed = floats(hidden)) && (delta = floats(hidden))
        && (weight = floats(hidden)) && (queries = floats(query_length)) && (attended = floats(query_length))
        && (keys = floats(key_length)) && (values = floats(key_length)) && (gate = floats(model.feed_forward))
        && (up = floats(model.feed_forward)) && (logits = floats(model.vocabulary));
    return is_complete ? 0 : FORWARD_NO_ROOM;
}

/* Reads the model; 0, or a code. */
WASMCHORD_EXPORT("start")
int32_t start(void)
{
    if (is_started) return 0;
    TRY(model_open(&model));
    TRY(prepare());
    is_started = 1;
    return 0;
}

/*
 * Feeds a token, at the position after the last or at an earlier one, from which the text then goes on anew. Returns the
 * token most likely to follow, or a code.
 */
WASMCHORD_EXPORT("forward")
int32_t forward(int32_t token, int32_t position)
{
    if (!is_started) return FORWARD_NOT_STARTED;
    if (token < 0 || token >= model.vocabulary || position < 0 || position > length || position >= model.context)
        return WASMCHORD_BAD_ARGUMENT;
    length = position;
    TRY(attention_reserve(&model, position));
    TRY(within(WASMCHORD_LAYER_EMBEDDING, embed_step, token));
    for (current_block = 0; current_block < model.block_count; current_block++) TRY(within(current_block, block_step, position));
    TRY(within(WASMCHORD_LAYER_HEAD, norm_step, 0));
    TRY(within(model.output_layer, output_step, 0));
    length = position + 1;
    return most_likely();
}

static void log_number(int32_t value, int is_first)
{
    char text[12];
    int at = sizeof text;
    do text[--at] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    if (!is_first) text[--at] = ',';
    wasmchord_log(text + at, (uint32_t)(sizeof text - (size_t)at));
}

/* Begins anew with a token and logs the ids of those that follow, as 1,2,3; returns how many, or a code. */
WASMCHORD_EXPORT("generate")
int32_t generate(int32_t first_token, int32_t count)
{
    TRY(start());
    int32_t token = first_token;
    for (int32_t i = 0; i < count; i++) {
        token = forward(token, i);
        if (token < 0) return token;
        log_number(token, i == 0);
    }
    return count < 0 ? WASMCHORD_BAD_ARGUMENT : count;
}

/* Where the logits of the last token are: as many f32 as the vocabulary has tokens. */
WASMCHORD_EXPORT("logits_ptr")
int32_t logits_ptr(void) { return (int32_t)(size_t)logits; }
