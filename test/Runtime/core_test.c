// core_test.c - the freestanding core without libc; the exit status is the number of the check that
// failed. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc_abi.h"

enum { RNG = 64, DATA = 2624, STATE = 2688, SIZE = 4096 };

static _Alignas(64) unsigned char mem[SIZE + 64];
static const float first[3] = {1, 2, 3};
static const gradc_init inits[] = {{DATA, sizeof first, first}};
static gradc_program program = {.abi_version = GRADC_ABI_VERSION,
                                .size = SIZE,
                                .arena_bytes = SIZE - STATE,
                                .rng_offset = RNG,
                                .inits = inits,
                                .n_inits = 1};

static int is(const char *text, const char *expected) {
  while (*text && *text == *expected)
    ++text, ++expected;
  return *text == *expected;
}

static int test(void) {
  for (int i = 0; i < SIZE + 64; ++i)
    mem[i] = 0xee;
  if (gradc_rt_init(&program, mem + 4) != GRADC_ERROR_MEMORY ||
      gradc_rt_init(&program, 0) != GRADC_ERROR_MEMORY)
    return 1;
  if (mem[4] != 0xee || gradc_rt_init(&program, mem) != GRADC_OK)
    return 2;
  const gradc_header *header = (const gradc_header *)(const void *)mem;
  if (header->magic != GRADC_MAGIC || header->program != &program || header->size != SIZE ||
      header->user[3] || header->team)
    return 3;
  if (((const float *)(const void *)(mem + DATA))[2] != 3 || mem[DATA + 12] != 0)
    return 4;
  if (mem[STATE - 1] != 0 || mem[STATE] != 0xee || mem[SIZE] != 0xee)
    return 5; // the arena and what is behind the handle are not touched
  gradc_rng *rng = (gradc_rng *)(void *)(mem + RNG), other;
  float a[20], b[20];
  gradc_rt_seed(&other, GRADC_DEFAULT_SEED);
  gradc_rt_randn_f32(rng, a, 20);
  gradc_rt_randn_f32(&other, b, 20);
  for (int i = 0; i < 20; ++i)
    if (a[i] != b[i] || a[i] > 6 || a[i] < -6)
      return 6;
  program.abi_version = GRADC_ABI_VERSION + 1;
  if (gradc_rt_init(&program, mem) != GRADC_ERROR_VERSION)
    return 7;
  if (!is(gradc_rt_error_text(GRADC_OK), "no error") ||
      !is(gradc_rt_error_text(99), "unknown error code"))
    return 8;
  for (int code = 1; code < GRADC_ERRORS; ++code)
    if (is(gradc_rt_error_text(code), "unknown error code"))
      return 9;
  static const unsigned char bytes[GRADC_DTYPES] = {4, 8, 2, 2, 1, 2, 4, 8, 1, 1};
  for (uint32_t dtype = 0; dtype < GRADC_DTYPES; ++dtype)
    if (gradc_rt_dtype_bytes(dtype) != bytes[dtype])
      return 10;
  if (gradc_rt_dtype_bytes(GRADC_DTYPES) || gradc_rt_dtype_name(GRADC_DTYPES) ||
      !is(gradc_rt_dtype_name(GRADC_BF16), "bfloat16"))
    return 11;
  return 0;
}

#if defined(__x86_64__)
// Linux's exit call.
__attribute__((noreturn, used)) void _start(void);
__attribute__((force_align_arg_pointer)) void _start(void) {
  __asm__ volatile("syscall" : : "a"(60l), "D"((long)test()) : "rcx", "r11", "memory");
  __builtin_unreachable();
}
#else
int main(void);
int main(void) { return test(); }
void _start(void);
void _start(void) { (void)main(); }
#endif
