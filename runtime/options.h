// options.h - the command line of executables.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_OPTIONS_H
#define GRADC_OPTIONS_H

#include <stdint.h>

enum { GRADC_EXIT_DONE = 0, GRADC_EXIT_INPUT = 1, GRADC_EXIT_USAGE = 2, GRADC_EXIT_INTERNAL = 3 };

enum { GRADC_DEVICE_AUTO = 0, GRADC_DEVICE_CPU = 1, GRADC_DEVICE_CUDA = 2 };

typedef struct gradc_options {
  const char **inputs; // F.npz, F.safetensors or NAME=F.npy, in the order given
  int n_inputs;
  const char *outputs, *weights;
  const char *eval, *metric, *checkpoint, *log, *profile; // null: not asked for
  uint64_t steps, epochs, batch, every;                   // 0: not given
  uint64_t seed, threads;                                 // threads 0: all cores
  int has_steps, has_seed;
  int shuffle, resume;
  int device, ordinal; // of the CUDA device
  double bench;        // seconds; 0: not asked for
  int quiet, help, version;
} gradc_options;

// Reads the command line. `inputs` has room for argc entries. Returns GRADC_EXIT_DONE or, having
// reported why, GRADC_EXIT_USAGE.
int gradc_parse_options(int argc, char **argv, const char **inputs, gradc_options *options);
// Whether the options ask for training.
static inline int gradc_trains(const gradc_options *options) {
  return options->has_steps || options->epochs;
}
// Reports options that do not go with each other or with the kind of program.
int gradc_check_options(const gradc_options *options, int is_model);
// The text of --help.
void gradc_print_help(const char *name, int is_model);

#endif // GRADC_OPTIONS_H
