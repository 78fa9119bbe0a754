#include "memory.h"

#include <stdint.h>

#define PAGE_BYTES 65536u

/* Where static data and the stack end; wasm-ld places it. */
extern unsigned char __heap_base;

static size_t next;

void *allocate(size_t bytes)
{
    if (next == 0) next = (size_t)&__heap_base;
    size_t start = (next + 15) & ~(size_t)15;
    if (start < next || bytes > SIZE_MAX - start) return NULL;
    size_t end = start + bytes, have = __builtin_wasm_memory_size(0) * PAGE_BYTES;
    if (end > have) {
        size_t pages = (end - have + PAGE_BYTES - 1) / PAGE_BYTES;
        if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) return NULL;
    }
    next = end;
    /* Pages come zeroed, and nothing is handed out twice. */
    return (void *)start;
}
