/*
 * A logits processor that keeps a text on one line: the tokens that end one get a logit of minus infinity, and are never
 * chosen.
 *
 * A processor sees logits and no model, so it knows its vocabulary beforehand. In those of the kind llama (SentencePiece,
 * tokenizer.ggml.model = "llama") the tokens 3 to 258 are the bytes 0 to 255, and no other token holds a line feed or a
 * carriage return. For another vocabulary, or another constraint, change the list.
 */
#include "wasmchord.h"

#define BYTE_TOKEN(byte) (3 + (byte))
#define MAX_TOKENS (1 << 20)
#define PAGE_BYTES 65536u

extern unsigned char __heap_base;

static const int32_t forbidden[] = {BYTE_TOKEN('\n'), BYTE_TOKEN('\r')};

/* Where the host shall put the logits; a code where there is no room for so many. */
WASMCHORD_EXPORT("logits_buffer")
int32_t logits_buffer(int32_t count)
{
    if (count < 0 || count > MAX_TOKENS) return WASMCHORD_BAD_ARGUMENT;
    size_t start = ((size_t)&__heap_base + 15) & ~(size_t)15, end = start + (size_t)count * sizeof(float);
    size_t have = __builtin_wasm_memory_size(0) * PAGE_BYTES;
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + PAGE_BYTES - 1) / PAGE_BYTES) == SIZE_MAX)
        return WASMCHORD_BUFFER_TOO_SMALL;
    return (int32_t)start;
}

/* Takes the forbidden tokens out; a vocabulary that lacks one of them is another than this was made for. */
WASMCHORD_EXPORT("process_logits")
int32_t process_logits(float *ptr, int32_t count, int32_t position)
{
    (void)position;
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        if (forbidden[i] >= count) return WASMCHORD_BAD_ARGUMENT;
        ptr[forbidden[i]] = -__builtin_inff();
    }
    return 0;
}
