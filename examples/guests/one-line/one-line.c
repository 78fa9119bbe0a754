/*
 * A logits processor that forbids tokens: they get a logit of minus infinity, and are never chosen.
 *
 * By itself it keeps a text on one line. In vocabularies of the kind llama (SentencePiece) the tokens 3 to 258 are the bytes
 * 0 to 255, and a line ends with the byte 10, token 13; no other piece holds one. For other vocabularies the ids to forbid
 * must be given: forbid(first, last), before or during a generation; allow(first, last) takes them back. Without either, and
 * without such a vocabulary, it fails its session rather than let anything pass.
 */
#include "wasmchord.h"

#define MAX_TOKENS (1 << 20)
#define NEWLINE_TOKEN 13

extern unsigned char __heap_base;

static uint8_t forbidden[MAX_TOKENS / 8];
static int is_configured;

/* Whether the vocabulary is one whose line ends are known. */
static int is_sentence_piece(void)
{
    static const char key[] = "tokenizer.ggml.model", kind[] = "llama";
    char stated[sizeof kind];
    int32_t length = wasmchord_metadata_text(key, sizeof key - 1, stated, sizeof stated);
    if (length != sizeof kind - 1) return 0;
    for (int32_t i = 0; i < length; i++)
        if (stated[i] != kind[i]) return 0;
    return 1;
}

static int32_t mark(int32_t first, int32_t last, int is_forbidden)
{
    if (first < 0 || last < first || last >= MAX_TOKENS) return WASMCHORD_BAD_ARGUMENT;
    for (int32_t token = first; token <= last; token++) {
        uint8_t bit = (uint8_t)(1 << (token & 7)), *bits = &forbidden[token >> 3];
        *bits = (uint8_t)(is_forbidden ? *bits | bit : *bits & ~bit);
    }
    is_configured = 1;
    return 0;
}

/* Forbids tokens from first to last; 0, or a code. */
WASMCHORD_EXPORT("forbid")
int32_t forbid(int32_t first, int32_t last) { return mark(first, last, 1); }

/* Allows them again; 0, or a code. */
WASMCHORD_EXPORT("allow")
int32_t allow(int32_t first, int32_t last) { return mark(first, last, 0); }

/* Where the host shall put the logits; a code where there is no room for so many. */
WASMCHORD_EXPORT("logits_buffer")
int32_t logits_buffer(int32_t count)
{
    if (count < 0 || count > MAX_TOKENS) return WASMCHORD_BAD_ARGUMENT;
    size_t start = ((size_t)&__heap_base + 15) & ~(size_t)15, end = start + (size_t)count * sizeof(float);
    size_t have = __builtin_wasm_memory_size(0) << 16;
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + 0xFFFF) >> 16) == SIZE_MAX) return WASMCHORD_BUFFER_TOO_SMALL;
    return (int32_t)start;
}

WASMCHORD_EXPORT("process_logits")
int32_t process_logits(float *ptr, int32_t count, int32_t position)
{
    (void)position;
    if (!is_configured && (!is_sentence_piece() || mark(NEWLINE_TOKEN, NEWLINE_TOKEN, 1) < 0)) return WASMCHORD_BAD_TYPE;
    if (count < 0 || count > MAX_TOKENS) return WASMCHORD_BAD_ARGUMENT;
    for (int32_t token = 0; token < count; token++)
        if (forbidden[token >> 3] >> (token & 7) & 1) ptr[token] = -__builtin_inff();
    return 0;
}
