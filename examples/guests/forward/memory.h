/* The guest's own memory. There is no libc: blocks are taken and never returned. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* Zeroed bytes on a multiple of 16; null where the host's limit leaves no room. */
void *allocate(size_t bytes);

#endif
