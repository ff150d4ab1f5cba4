// memory.c - the only functions of libc that the runtime's core calls.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stddef.h>

void *memcpy(void *restrict out, const void *restrict from, size_t size);
void *memset(void *out, int byte, size_t size);

void *memcpy(void *restrict out, const void *restrict from, size_t size) {
  for (size_t i = 0; i < size; ++i)
    ((char *)out)[i] = ((const char *)from)[i];
  return out;
}

void *memset(void *out, int byte, size_t size) {
  for (size_t i = 0; i < size; ++i)
    ((char *)out)[i] = (char)byte;
  return out;
}
