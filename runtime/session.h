// session.h - one run of a program by the driver: its handle, its inputs and its outputs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions return an exit status (options.h); all but GRADC_EXIT_DONE have been
// reported.
#ifndef GRADC_SESSION_H
#define GRADC_SESSION_H

#include "data.h"
#include "device.h"
#include "options.h"

typedef struct gradc_session {
  const gradc_program *program;
  const gradc_options *options;
  void *self;
  gradc_device *device;     // null: the CPU
  const void **inputs;      // by program input; null for those that no planned function reads
  void **outputs;           // by program output, likewise
  unsigned char *planned;   // by program input: a planned function reads it
  unsigned char *written;   // by program output: a function that ran wrote it
  gradc_data data;          // what --inputs gave
  const void **call_inputs; // room for the pointers of a call
  void **call_outputs;
  int has_gradients; // a backward ran
  int has_step_loss;
  float step_loss;
} gradc_session;

// Allocates and initialises the handle; sets the seed and the weights of the options.
int gradc_session_open(gradc_session *session, const gradc_program *program,
                       const gradc_options *options);
const gradc_function *gradc_session_function(const gradc_session *session, const char *name);
// Announces a function that will be called: its inputs will be needed. Null is ignored.
int gradc_session_plan(gradc_session *session, const gradc_function *function);
// Makes room for the outputs of a function; gradc_session_plan does so, too.
int gradc_session_room(gradc_session *session, const gradc_function *function);
// Reads the inputs of the planned functions; where data has rows the input is a buffer that
// gradc_data_batch fills.
int gradc_session_read_inputs(gradc_session *session, int takes_rows);
// Makes the planned inputs that are still missing from `data`; reports those that nothing gives.
int gradc_session_take(gradc_session *session, const gradc_data *data);
// Calls a planned function; `n` and the loss are for flags STEP and STEPS.
int gradc_session_call(gradc_session *session, const gradc_function *function, uint64_t n);
// Brings the handle up to date where a device has the variables.
int gradc_session_pull(const gradc_session *session);
// After variables were changed in the handle.
void gradc_session_changed(const gradc_session *session);
// Reports an error code of a compiled function.
int gradc_session_fail(int code);
// Writes loss, outputs, gradients, buffers and parameters.
int gradc_session_write(const gradc_session *session, gradc_save *save);

// bench.c. Nanoseconds of a clock that never goes back.
double gradc_now(void);
// What the launch that ends next took, where a clock of the host does not tell.
void gradc_profile_took(double nanoseconds);
// Times runs of a planned workload and prints the line of --bench.
typedef int (*gradc_workload)(gradc_session *session, void *context, uint64_t n);
int gradc_bench(gradc_session *session, gradc_workload run, void *context);

#endif // GRADC_SESSION_H
