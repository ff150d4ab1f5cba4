// gradc_abi.h - what compiled programs and the runtime agree on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler, the objects that it writes, the runtime library and C or C++ code around them share
// this header and nothing else. It needs no library (freestanding C11 or C++).
//
// Memory. All state of one instance of a program lives in one block, the handle, which belongs to
// the caller:
//
//     [gradc_header | random generator if used | variables, each 64-byte aligned | arena]
//
// A handle starts at a 64-byte boundary and has `gradc_program.size` bytes. Neither compiled code
// nor the functions marked "core" below allocate, print, read files or keep global state; several
// handles of several programs may be used at the same time, each by one thread at a time. Inputs,
// outputs and the handle must not overlap.
//
// Threads. A call runs on the caller's thread alone, unless the handle has a team (gradc_team,
// below): then large kernels share their work among its threads. Results are the same to the bit
// for any number of threads.
//
// Units. Sizes and offsets are bytes, shapes are element counts, tensors are dense and row-major
// (last dim fastest). A bool is one byte, 0 or 1. Strings are NUL-terminated UTF-8 and live as long
// as the program (static data).
//
// Versions. GRADC_ABI_VERSION grows with every change that old objects would not survive.
// gradc_rt_init and the driver refuse a program of another version.
#ifndef GRADC_ABI_H
#define GRADC_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GRADC_ABI_VERSION 6u
#define GRADC_ALIGNMENT 64u

// Element types, as `dtype` everywhere.
enum {
  GRADC_F32 = 0,
  GRADC_F64 = 1,
  GRADC_F16 = 2,
  GRADC_BF16 = 3,
  GRADC_I8 = 4,
  GRADC_I16 = 5,
  GRADC_I32 = 6,
  GRADC_I64 = 7,
  GRADC_U8 = 8,
  GRADC_BOOL = 9,
  GRADC_DTYPES = 10
};

// What a variable is for, as gradc_tensor.kind.
enum {
  GRADC_PARAMETER = 0, // trained, or a leaf that requires a gradient
  GRADC_BUFFER = 1,    // state of the model without a gradient
  GRADC_GRAD = 2,      // gradient of the variable or input X, named "X.grad"
  GRADC_STATE = 3,     // state of the optimiser
  GRADC_LOCAL = 4,     // anything else that must outlive a call
  GRADC_ALIAS = 5      // another name of a parameter: of the one with the same offset
};

// gradc_tensor.flags.
enum {
  GRADC_TENSOR_INPUT_GRAD = 1u << 0, // a gradient of a program input, not of a variable
  GRADC_TENSOR_LOSS = 1u << 1        // an output that is the loss (an output named "loss" is, too)
};

// A size that only a run knows: the program takes every value from `least` to `most`. Input `input`
// of the program, an int64 scalar, holds it. Tensors have the layout of its largest value; what
// lies behind the extents of a run is neither read by the program nor part of its results.
typedef struct gradc_size {
  const char *name;
  int64_t least, most;
  int64_t usual; // what it was in the example that the program was made from
  uint32_t input;
  uint32_t reserved;
} gradc_size;

// An extent of a tensor: `factor` times gradc_program.sizes[size - 1]; size 0: it is fixed.
typedef struct gradc_open_extent {
  uint32_t size, factor;
} gradc_open_extent;

// One input, output or variable.
typedef struct gradc_tensor {
  const char *name;
  const int64_t *shape; // `rank` extents; may be null for rank 0
  uint64_t offset;      // variables: bytes from the start of the handle; else 0
  uint32_t dtype;
  uint32_t rank;
  uint32_t kind; // variables only
  uint32_t flags;
  const gradc_open_extent *open; // `rank` records; null: all extents are fixed
} gradc_tensor;

// What a compiled function returns, and gradc_rt_init.
enum {
  GRADC_OK = 0,
  GRADC_ERROR_FREED_GRAPH = 1, // backward through a graph that an earlier backward freed
  GRADC_ERROR_VERSION = 2,     // the program was compiled for another ABI version
  GRADC_ERROR_MEMORY = 3,      // a handle that is null or not 64-byte aligned
  GRADC_ERROR_ARGUMENT = 4,    // a null or overlapping input or output, or an argument out of range
  GRADC_ERROR_BOUNDS = 5,      // an index out of range (gather, scatter, slice by a value)
  GRADC_ERROR_DEVICE = 6,      // the GPU or its driver failed
  GRADC_ERRORS = 7,
  // From here on a program's own: what it expected of values that only a run knows (an index in
  // range, ...) was not so. The text is gradc_program.expectations[code - GRADC_ERROR_EXPECTATION].
  GRADC_ERROR_EXPECTATION = 64
};

// A compiled function. `inputs` and `outputs` are arrays of pointers in the order of
// gradc_function.inputs and .outputs; they may be null when there are none. The caller owns the
// memory, 64-byte alignment is best, the alignment of the element type is enough. Returns GRADC_OK
// or one of the errors above; after an error outputs are unspecified. Of several expectations that
// do not hold the first one counts; what the function prints after it is not printed.
typedef int (*gradc_fn)(void *self, const void *const *inputs, void *const *outputs);
// Functions flagged GRADC_FUNCTION_STEP: zero_grad, forward, backward, optimiser; stores the loss.
typedef int (*gradc_step_fn)(void *self, const void *const *inputs, float *loss);
// Functions flagged GRADC_FUNCTION_STEPS: n steps on the same inputs; stores the loss of the last.
// n is at least 1.
typedef int (*gradc_steps_fn)(void *self, const void *const *inputs, uint64_t n, float *loss);

// gradc_function.flags: without one of these, `fn` is a gradc_fn.
enum { GRADC_FUNCTION_STEP = 1u << 0, GRADC_FUNCTION_STEPS = 1u << 1 };

// An entry point. Cast `fn` as the flags say. Names with a meaning for the driver of executables:
//   main       of a script: all of it
//   init       fills variables whose first values are computed; runs after gradc_rt_init and before
//              all else, and does not reseed the generator
//   predict    outputs only; keeps nothing
//   forward    outputs, and keeps what backward needs
//   backward   adds to the gradient variables; cotangents, if it takes any, are inputs
//   zero_grad  sets the gradient variables to zero
//   step       flagged GRADC_FUNCTION_STEP
//   steps      flagged GRADC_FUNCTION_STEPS
typedef struct gradc_function {
  const char *name;
  gradc_fn fn;
  uint32_t n_inputs, n_outputs;
  const uint32_t *inputs;  // indices into gradc_program.inputs
  const uint32_t *outputs; // indices into gradc_program.outputs
  uint32_t flags;
} gradc_function;

// First contents of a part of the handle. What no record names starts as zero.
typedef struct gradc_init {
  uint64_t offset, bytes;
  const void *data;
} gradc_init;

enum { GRADC_SCRIPT = 0, GRADC_MODEL = 1 }; // gradc_program.kind

// gradc_program.flags.
enum {
  GRADC_PROGRAM_PRINTS = 1u << 0,
  GRADC_PROGRAM_WANTS_CUDA = 1u << 1,
  GRADC_PROGRAM_SHARES = 1u << 2 // some kernel can share its work among threads
};

// Threads that run one piece of work together. The runtime's own are made by gradc_rt_team_start;
// who has a pool of threads already fills in a record of that pool instead.
typedef struct gradc_team gradc_team;
// The part of thread `index` of `count`; `arguments` is the caller's of `run`.
typedef void (*gradc_part)(void *arguments, gradc_team *team, uint32_t index, uint32_t count);
struct gradc_team {
  uint32_t count; // threads, the one that calls `run` among them; at least 1
  uint32_t reserved;
  // Calls `part` once for every index below `count`, all of them at the same time, 0 on the calling
  // thread; returns when all are done.
  void (*run)(gradc_team *team, gradc_part part, void *arguments);
  // Called by every part: returns when all of them have called it.
  void (*barrier)(gradc_team *team);
  // Memory of the threads from 1 on, `scratch_bytes` each, 64-byte aligned;
  // gradc_program.thread_scratch says how much a program needs.
  void *scratch;
  uint64_t scratch_bytes;
};

// ---- code for a CUDA device
//
// A device has a copy of the handle but for its header and generator: variables and arena at the
// same offsets. Compiled code launches kernels in program order; whatever else touches the device's
// memory are the functions gradc_cuda_... of the runtime (cuda.c).

typedef struct gradc_device gradc_device;
// A function of the program on the device. `base`, `inputs` and `outputs` are addresses of the
// device; `self` is the handle on the host, for generator and error code; `n` is the number of
// steps.
typedef void (*gradc_device_fn)(gradc_device *device, void *base, void *self,
                                const void *const *inputs, void *const *outputs, uint64_t n);
typedef struct gradc_device_function {
  gradc_device_fn fn;
  uint64_t guard;        // a bool in the handle: while it is false the graph is freed; 0: none
  const uint64_t *frees; // bools in the handle that an expectation that fails leaves false
  uint32_t n_frees;
  uint32_t expects; // leaves an error code in the handle
} gradc_device_function;

// What the hosted runtime does with a device; executables without code for one lack it.
typedef struct gradc_device_api gradc_device_api;
extern const gradc_device_api gradc_cuda_api;

// All kernels in one form.
typedef struct gradc_device_image {
  const void *content; // a cubin, or PTX with a NUL behind it
  uint32_t capability; // 80 for 8.0
  uint32_t is_ptx;     // for all devices from there on; else for those with the same major number
} gradc_device_image;

typedef struct gradc_device_code {
  const gradc_device_api *api;
  const gradc_device_image *images; // cubins, least capability first; PTX is the last
  const char *const *kernels;
  const gradc_device_function *functions; // in the order of gradc_program.functions
  uint64_t workspace;                     // bytes on the device besides the handle
  uint32_t n_kernels;
  uint32_t n_images;
} gradc_device_code;

typedef struct gradc_program {
  uint32_t abi_version; // GRADC_ABI_VERSION of the compiler
  uint32_t kind;
  const char *name;
  uint64_t size;        // of the handle
  uint64_t arena_bytes; // the last part of the handle; not part of the state, never needs to be
                        // kept or cleared
  uint32_t n_inputs, n_outputs, n_variables, n_functions;
  const gradc_tensor *inputs, *outputs, *variables;
  const gradc_function *functions;
  uint64_t rng_offset; // of the gradc_rng in the handle; 0: the program draws nothing
  const gradc_init *inits;
  uint32_t n_inits;
  uint32_t flags;
  uint64_t identity; // differs between programs that compute other things; a checkpoint has it
  const char *const *expectations; // "FILE:LINE:COLUMN: error: TEXT"
  uint32_t n_expectations;
  uint32_t reserved;
  uint64_t thread_scratch; // bytes of memory for each thread of a team but the first
  // Executables of programs that share work: gradc_rt_team_start; else null.
  gradc_team *(*start_team)(uint32_t count, uint64_t scratch_bytes);
  // Executables built to be profiled: gradc_rt_profile_write; else null.
  int (*write_profile)(const char *path, int table);
  const gradc_device_code *device; // null: the program runs on the CPU only
  const gradc_size *sizes;
  uint32_t n_sizes;
  uint32_t reserved2;
} gradc_program;

// The start of every handle: 64 bytes, written by gradc_rt_init. Compiled code may use `user`: the
// last of it holds the error code of the running function. The caller may set `team` between calls.
typedef struct gradc_header {
  uint32_t magic; // GRADC_MAGIC
  uint32_t abi_version;
  const gradc_program *program;
  uint64_t size;
  gradc_team *team; // null: the caller's thread does all
  uint64_t user[4];
} gradc_header;
#define GRADC_MAGIC 0x63647267u // "grdc"

// PyTorch's CPU generator: mt19937 and the second half of the last Box-Muller pair.
typedef struct gradc_rng {
  uint32_t state[624];
  uint32_t index;    // next word of `state`; 624: the state must be advanced first
  uint32_t has_next; // `next` holds a normal draw that the next short randn returns first
  double next;
} gradc_rng;

// What a program that draws without manual_seed is seeded with (PyTorch's own default seed).
#define GRADC_DEFAULT_SEED 67280421310721ull

// ---- core: no allocation, no files, no global state
// -----------------------------------------------------------------

// Prepares a handle: header, zeros, first contents, generator seeded with GRADC_DEFAULT_SEED. `mem`
// is 64-byte aligned and has program->size bytes. The arena is not touched. A computed first value
// is the business of function "init", which the caller runs next. Returns GRADC_OK,
// GRADC_ERROR_VERSION or GRADC_ERROR_MEMORY.
int gradc_rt_init(const gradc_program *program, void *mem);
// Text of an error code, without a newline; never null.
const char *gradc_rt_error_text(int code);
// The same for a function of this program, whose own codes have texts, too.
const char *gradc_rt_program_error_text(const gradc_program *program, int code);
// "float32" and so on; bytes of one element. Null and 0 for an unknown code.
const char *gradc_rt_dtype_name(uint32_t dtype);
uint32_t gradc_rt_dtype_bytes(uint32_t dtype);

// Lets the functions called on this handle use a team, or none (null). The team must live as long
// as it is used, and serves one call at a time. Returns GRADC_OK, or GRADC_ERROR_ARGUMENT if its
// scratch memory is less than the program needs.
int gradc_rt_use_team(void *self, gradc_team *team);

// torch.manual_seed: draws that follow are those of PyTorch's CPU generator with this seed.
void gradc_rt_seed(gradc_rng *rng, uint64_t seed);
// torch.randn of `n` elements in total. float32 of 16 and more elements equals PyTorch's to the bit
// on x86-64 with AVX2, else the relative difference is below 1e-6.
void gradc_rt_randn_f32(gradc_rng *rng, float *out, int64_t n);
void gradc_rt_randn_f64(gradc_rng *rng, double *out, int64_t n);
// torch.rand: [0, 1), bit for bit.
void gradc_rt_rand_f32(gradc_rng *rng, float *out, int64_t n);
void gradc_rt_rand_f64(gradc_rng *rng, double *out, int64_t n);
// The same of float16 and bfloat16, as bits.
void gradc_rt_randn_f16(gradc_rng *rng, uint16_t *out, int64_t n);
void gradc_rt_randn_bf16(gradc_rng *rng, uint16_t *out, int64_t n);
void gradc_rt_rand_f16(gradc_rng *rng, uint16_t *out, int64_t n);
void gradc_rt_rand_bf16(gradc_rng *rng, uint16_t *out, int64_t n);
// torch.randint(low, high): [low, high), bit for bit. high > low.
void gradc_rt_randint_i64(gradc_rng *rng, int64_t low, int64_t high, int64_t *out, int64_t n);
// torch.randperm(n), bit for bit.
void gradc_rt_randperm_i64(gradc_rng *rng, int64_t *out, int64_t n);

// ---- hosted: writes to standard output
// ------------------------------------------------------------------------------

// gradc_value.what.
enum { GRADC_VALUE_TENSOR = 0, GRADC_VALUE_NUMBER = 1, GRADC_VALUE_TEXT = 2, GRADC_VALUE_NONE = 3 };
// gradc_value.flags.
enum {
  GRADC_VALUE_REQUIRES_GRAD = 1u << 0, // ", requires_grad=True" unless `text` names a grad_fn
  GRADC_VALUE_ON_CUDA = 1u << 1        // ", device='cuda:0'"
};

// One argument of a print statement.
typedef struct gradc_value {
  uint32_t what; // tensor; Python number or bool of a one-element tensor; text; None
  uint32_t dtype;
  uint32_t rank;
  uint32_t flags;
  const int64_t *shape;
  const void *data;
  const char *text; // text: what to print; tensor: null, or the name N printed as ", grad_fn=<N>"
} gradc_value;

// One print statement: the texts of `values` joined by one space, and a newline. In an executable
// the text is buffered until the program ends or the buffer is full; elsewhere it is written before
// the call returns.
void gradc_rt_print(const gradc_value *values, uint32_t n);

// ---- hosted: profiles
// ------------------------------------------------------------------------------

// Programs built with --profile call these around each kernel, on one thread. `where` is
// "FILE:LINE:COLUMN" or empty; the texts live as long as the program.
void gradc_rt_profile_begin(void);
void gradc_rt_profile_end(const char *name, const char *kind, const char *where, uint64_t flops,
                          uint64_t bytes);
// Writes what was seen so far as a trace (JSON, for Perfetto or chrome://tracing) to `path` and, if
// `table`, the time by kernel to standard error. Returns 0, or the errno of what failed.
int gradc_rt_profile_write(const char *path, int table);

// ---- hosted: threads
// ------------------------------------------------------------------------------

// Starts `count` - 1 threads (0: as many as the process may run on, the caller's among them; at
// most 256), with `scratch_bytes` of memory each. They wait for work by looking for it a while,
// then asleep. Null if there is no memory or no thread to be had.
gradc_team *gradc_rt_team_start(uint32_t count, uint64_t scratch_bytes);
// Ends the threads and frees the team, which no handle may use any more. Null is ignored.
void gradc_rt_team_stop(gradc_team *team);

#ifdef __cplusplus
}
#endif

#endif // GRADC_ABI_H
