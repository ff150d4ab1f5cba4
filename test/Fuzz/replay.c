// replay.c - main() of a fuzz target without libFuzzer: runs it on the files that it is given.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) {
    FILE *file = fopen(argv[i], "rb");
    if (!file) {
      fprintf(stderr, "cannot read %s\n", argv[i]);
      return 2;
    }
    // Exactly as large as the file, so that a sanitizer sees the first byte beyond it.
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(size ? size : 1);
    size_t got = fread(data, 1, size, file);
    fclose(file);
    printf("%s\n", argv[i]);
    fflush(stdout);
    if (got == size)
      LLVMFuzzerTestOneInput(data, size);
    free(data);
  }
  return argc > 1 ? 0 : 2;
}

/* Targets with a mutator of their own refer to libFuzzer's. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) {
  (void)data, (void)most;
  return size;
}
