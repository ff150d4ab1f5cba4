// core.c - handles, element types and error codes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc_abi.h"

#include <stddef.h>

_Static_assert(sizeof(gradc_header) == GRADC_ALIGNMENT,
               "the header takes the first line of the handle");
_Static_assert(sizeof(gradc_rng) == 624 * 4 + 16,
               "compiled code reserves this much for the generator");
_Static_assert(sizeof(gradc_tensor) == 48, "compiled code lays out tensor records like this");
_Static_assert(sizeof(gradc_function) == 48, "compiled code lays out function records like this");
_Static_assert(sizeof(gradc_init) == 24, "compiled code lays out init records like this");
_Static_assert(offsetof(gradc_program, rng_offset) == 80 && sizeof(gradc_program) == 176,
               "compiled code lays out the program record like this");
_Static_assert(offsetof(gradc_team, run) == 8 && sizeof(gradc_team) == 40,
               "compiled code reads teams like this");
_Static_assert(sizeof(gradc_device_function) == 32 && sizeof(gradc_device_code) == 48,
               "compiled code lays out the records of device code like this");
_Static_assert(sizeof(gradc_value) == 40, "compiled code lays out print arguments like this");

int gradc_rt_init(const gradc_program *program, void *mem) {
  if (program->abi_version != GRADC_ABI_VERSION)
    return GRADC_ERROR_VERSION;
  if (!mem || (uintptr_t)mem % GRADC_ALIGNMENT)
    return GRADC_ERROR_MEMORY;
  char *base = mem;
  __builtin_memset(base, 0, program->size - program->arena_bytes);
  gradc_header *header = mem;
  header->magic = GRADC_MAGIC;
  header->abi_version = GRADC_ABI_VERSION;
  header->program = program;
  header->size = program->size;
  for (uint32_t i = 0; i < program->n_inits; ++i) {
    const gradc_init *init = &program->inits[i];
    __builtin_memcpy(base + init->offset, init->data, init->bytes);
  }
  if (program->rng_offset)
    gradc_rt_seed((gradc_rng *)(base + program->rng_offset), GRADC_DEFAULT_SEED);
  return GRADC_OK;
}

int gradc_rt_use_team(void *self, gradc_team *team) {
  gradc_header *header = self;
  if (team && team->count > 1 && team->scratch_bytes < header->program->thread_scratch)
    return GRADC_ERROR_ARGUMENT;
  header->team = team;
  return GRADC_OK;
}

const char *gradc_rt_error_text(int code) {
  switch (code) {
  case GRADC_OK:
    return "no error";
  case GRADC_ERROR_FREED_GRAPH:
    return "Trying to backward through the graph a second time (or directly access saved tensors "
           "after they have "
           "already been freed)";
  case GRADC_ERROR_VERSION:
    return "the program was compiled for another version of the runtime";
  case GRADC_ERROR_MEMORY:
    return "the handle is null or not aligned to 64 bytes";
  case GRADC_ERROR_ARGUMENT:
    return "a null or overlapping input or output, or an argument out of range";
  case GRADC_ERROR_BOUNDS:
    return "index out of range";
  case GRADC_ERROR_DEVICE:
    return "the GPU or its driver failed";
  default:
    return "unknown error code";
  }
}

const char *gradc_rt_program_error_text(const gradc_program *program, int code) {
  int64_t index = (int64_t)code - GRADC_ERROR_EXPECTATION;
  if (index >= 0 && index < (int64_t)program->n_expectations)
    return program->expectations[index];
  return gradc_rt_error_text(code);
}

const char *gradc_rt_dtype_name(uint32_t dtype) {
  static const char names[GRADC_DTYPES][9] = {"float32", "float64", "float16", "bfloat16", "int8",
                                              "int16",   "int32",   "int64",   "uint8",    "bool"};
  return dtype < GRADC_DTYPES ? names[dtype] : NULL;
}

uint32_t gradc_rt_dtype_bytes(uint32_t dtype) {
  static const uint8_t bytes[GRADC_DTYPES] = {4, 8, 2, 2, 1, 2, 4, 8, 1, 1};
  return dtype < GRADC_DTYPES ? bytes[dtype] : 0;
}
