// session.c - handles, inputs, weights and outputs of a run.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "session.h"
#include "hosted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int out_of_memory(uint64_t bytes) {
  gradc_report("no memory: %llu bytes are needed", (unsigned long long)bytes);
  return GRADC_EXIT_INPUT;
}

int gradc_session_fail(int code) {
  gradc_report("%s", gradc_rt_error_text(code));
  int is_ours =
      code < 0 || code == GRADC_ERROR_VERSION || code == GRADC_ERROR_MEMORY || code >= GRADC_ERRORS;
  return is_ours ? GRADC_EXIT_INTERNAL : GRADC_EXIT_INPUT;
}

// What a program expects of its values is told as the compiler tells errors, in its place.
static int fail_call(const gradc_session *session, int code) {
  if (code == GRADC_ERROR_DEVICE && session->device) {
    gradc_report("%s", session->program->device->api->error(session->device));
    return GRADC_EXIT_INPUT;
  }
  if (code < GRADC_ERROR_EXPECTATION)
    return gradc_session_fail(code);
  gradc_output_flush();
  fprintf(stderr, "%s\n", gradc_rt_program_error_text(session->program, code));
  return GRADC_EXIT_INPUT;
}

const gradc_function *gradc_session_function(const gradc_session *session, const char *name) {
  for (uint32_t i = 0; i < session->program->n_functions; ++i)
    if (!strcmp(session->program->functions[i].name, name))
      return &session->program->functions[i];
  return NULL;
}

static uint64_t bytes_of(const gradc_tensor *tensor) {
  uint64_t bytes = 0;
  gradc_tensor_bytes(tensor->shape, tensor->rank, tensor->dtype, &bytes);
  return bytes;
}

// ---- weights ----

// Looks for "NAME", then for "PREFIX/NAME", which is what --outputs writes.
static int find_weight(const gradc_archive *archive, const char *prefix, const char *name,
                       gradc_array *out) {
  int found = gradc_archive_find(archive, name, out);
  if (found != GRADC_MISSING)
    return found;
  size_t head = strlen(prefix), tail = strlen(name);
  char *full = malloc(head + tail + 1);
  if (!full)
    return GRADC_MISSING;
  memcpy(full, prefix, head);
  memcpy(full + head, name, tail + 1);
  found = gradc_archive_find(archive, full, out);
  free(full);
  return found;
}

static int read_weights(gradc_session *session) {
  const char *path = session->options->weights;
  gradc_archive archive;
  gradc_array array;
  if (gradc_archive_open(path, &archive))
    return GRADC_EXIT_INPUT;
  for (uint32_t i = 0; i < session->program->n_variables; ++i) {
    const gradc_tensor *variable = &session->program->variables[i];
    if (variable->kind != GRADC_PARAMETER && variable->kind != GRADC_BUFFER)
      continue;
    int is_parameter = variable->kind == GRADC_PARAMETER;
    int found = find_weight(&archive, is_parameter ? "param/" : "buffer/", variable->name, &array);
    // Of tied parameters a file may have any name.
    for (uint32_t k = 0; found == GRADC_MISSING && k < session->program->n_variables; ++k) {
      const gradc_tensor *other = &session->program->variables[k];
      if (other->kind == GRADC_ALIAS && other->offset == variable->offset)
        found = find_weight(&archive, "param/", other->name, &array);
    }
    if (found == GRADC_BROKEN)
      return GRADC_EXIT_INPUT;
    // Buffers that are not in the file keep their first values: PyTorch does not save all of them.
    if (found == GRADC_MISSING && is_parameter) {
      char names[GRADC_SHAPE_CHARS], shape[GRADC_SHAPE_CHARS];
      gradc_report("%s: parameter '%s' (%s %s) is missing; the file has %s", path, variable->name,
                   gradc_rt_dtype_name(variable->dtype),
                   gradc_shape_text(variable->shape, variable->rank, shape),
                   gradc_archive_names(&archive, names));
      return GRADC_EXIT_INPUT;
    }
    if (found == GRADC_FOUND &&
        gradc_load_tensor(path, &array, variable, (char *)session->self + variable->offset))
      return GRADC_EXIT_INPUT;
  }
  return GRADC_EXIT_DONE;
}

// ---- the device ----

int gradc_session_pull(const gradc_session *session) {
  if (!session->device)
    return GRADC_EXIT_DONE;
  int code = session->program->device->api->pull(session->device, session->self);
  return code ? fail_call(session, code) : GRADC_EXIT_DONE;
}

void gradc_session_changed(const gradc_session *session) {
  if (session->device)
    session->program->device->api->changed(session->device);
}

// Chooses the device that the options ask for. `auto` falls back to the CPU and says so.
static int open_device(gradc_session *session) {
  const gradc_device_code *code = session->program->device;
  const gradc_options *options = session->options;
  char why[400];
  int wants = options->device == GRADC_DEVICE_CUDA ||
              (options->device == GRADC_DEVICE_AUTO &&
               (session->program->flags & GRADC_PROGRAM_WANTS_CUDA));
  if (options->device == GRADC_DEVICE_CPU || (options->device == GRADC_DEVICE_AUTO && !code))
    return GRADC_EXIT_DONE;
  if (!code) {
    gradc_report("--device cuda: this executable was built without CUDA kernels; build it with "
                 "--device=cuda");
    return GRADC_EXIT_USAGE;
  }
  session->device = code->api->open(session->program, options->ordinal, why, sizeof why);
  if (session->device)
    return GRADC_EXIT_DONE;
  if (wants) {
    gradc_report("%s%s",
                 options->device == GRADC_DEVICE_CUDA ? "--device cuda: "
                                                      : "the program is for a GPU, but ",
                 why);
    return GRADC_EXIT_INPUT;
  }
  if (!options->quiet) {
    gradc_output_flush();
    fprintf(stderr, "note: %s; running on the CPU\n", why);
  }
  return GRADC_EXIT_DONE;
}

// ---- the handle ----

// Randomness inside of differentiated code has its seed in a variable of this name.
static void seed_variable(gradc_session *session, uint64_t seed) {
  const gradc_program *program = session->program;
  for (uint32_t i = 0; i < program->n_variables; ++i)
    if (!strcmp(program->variables[i].name, "random.seed"))
      memcpy((char *)session->self + program->variables[i].offset, &seed, sizeof seed);
}

// Gives the handle the threads that were asked for, all cores unless told otherwise.
static int start_threads(gradc_session *session) {
  const gradc_program *program = session->program;
  uint64_t threads = session->options->threads;
  if (!program->start_team || threads == 1)
    return GRADC_EXIT_DONE;
  gradc_team *team = program->start_team((uint32_t)threads, program->thread_scratch);
  if (!team && threads) {
    gradc_report("--threads %llu: the system gives no more threads", (unsigned long long)threads);
    return GRADC_EXIT_INPUT;
  }
  int code = gradc_rt_use_team(session->self, team);
  return code ? gradc_session_fail(code) : GRADC_EXIT_DONE;
}

int gradc_session_open(gradc_session *session, const gradc_program *program,
                       const gradc_options *options) {
  *session = (gradc_session){.program = program, .options = options};
  size_t n_inputs = program->n_inputs, n_outputs = program->n_outputs;
  session->inputs = calloc(n_inputs + 1, sizeof *session->inputs);
  session->outputs = calloc(n_outputs + 1, sizeof *session->outputs);
  session->call_inputs = calloc(n_inputs + 1, sizeof *session->call_inputs);
  session->call_outputs = calloc(n_outputs + 1, sizeof *session->call_outputs);
  session->planned = calloc(n_inputs + 1, 1);
  session->written = calloc(n_outputs + 1, 1);
  // Of room for sizes that never come no page is touched.
  session->self = program->n_sizes ? gradc_room(program->size) : gradc_pages(program->size);
  if (!session->inputs || !session->outputs || !session->call_inputs || !session->call_outputs ||
      !session->planned || !session->written || !session->self)
    return out_of_memory(program->size);
  int code = gradc_rt_init(program, session->self);
  if (code)
    return gradc_session_fail(code);
  if (start_threads(session))
    return GRADC_EXIT_INPUT;
  if (options->has_seed && program->rng_offset)
    gradc_rt_seed((gradc_rng *)((char *)session->self + program->rng_offset), options->seed);
  if (options->has_seed)
    seed_variable(session, options->seed);
  const gradc_function *init = gradc_session_function(session, "init");
  code = init ? init->fn(session->self, NULL, NULL) : GRADC_OK;
  if (code)
    return gradc_session_fail(code);
  int status = options->weights ? read_weights(session) : GRADC_EXIT_DONE;
  return status ? status : open_device(session);
}

// ---- inputs ----

int gradc_session_room(gradc_session *session, const gradc_function *function) {
  for (uint32_t i = 0; i < function->n_outputs; ++i) {
    uint32_t index = function->outputs[i];
    uint64_t bytes = bytes_of(&session->program->outputs[index]);
    if (!session->outputs[index] && !(session->outputs[index] = gradc_pages(bytes)))
      return out_of_memory(bytes);
  }
  return GRADC_EXIT_DONE;
}

int gradc_session_plan(gradc_session *session, const gradc_function *function) {
  if (!function)
    return GRADC_EXIT_DONE;
  for (uint32_t i = 0; i < function->n_inputs; ++i)
    session->planned[function->inputs[i]] = 1;
  return gradc_session_room(session, function);
}

// One message that names all inputs that are still missing.
static int check_inputs(const gradc_session *session) {
  char text[1400], shape[GRADC_SHAPE_CHARS];
  size_t length = 0;
  for (uint32_t i = 0; i < session->program->n_inputs; ++i) {
    const gradc_tensor *input = &session->program->inputs[i];
    if (!session->planned[i] || session->inputs[i])
      continue;
    const char *pieces[6] = {length ? ", " : "",
                             input->name,
                             " (",
                             gradc_rt_dtype_name(input->dtype),
                             " ",
                             gradc_shape_text(input->shape, input->rank, shape)};
    size_t more = 1;
    for (int k = 0; k < 6; ++k)
      more += strlen(pieces[k]);
    if (length + more + 8 > sizeof text) {
      memcpy(text + length, ", ...", 5);
      length += 5;
      break;
    }
    for (int k = 0; k < 6; ++k) {
      memcpy(text + length, pieces[k], strlen(pieces[k]));
      length += strlen(pieces[k]);
    }
    text[length++] = ')';
  }
  text[length] = 0;
  if (!length)
    return GRADC_EXIT_DONE;
  gradc_report("missing input: %s; give --inputs FILE.npz or --inputs NAME=FILE.npy", text);
  return GRADC_EXIT_INPUT;
}

int gradc_session_take(gradc_session *session, const gradc_data *data) {
  for (uint32_t k = 0; k < session->program->n_sizes; ++k)
    session->inputs[session->program->sizes[k].input] = &data->sizes[k];
  for (uint32_t i = 0; i < session->program->n_inputs; ++i) {
    const gradc_column *column = &data->columns[i];
    if (!session->planned[i] || !column->data || session->inputs[i])
      continue;
    uint64_t bytes = bytes_of(&session->program->inputs[i]);
    session->inputs[i] = column->rows ? gradc_pages(bytes) : (const void *)column->data;
    if (!session->inputs[i])
      return out_of_memory(bytes);
  }
  return check_inputs(session);
}

// A program without inputs takes files without arrays, as scripts write them for any program.
static int expect_no_arrays(const gradc_options *options) {
  char names[GRADC_SHAPE_CHARS];
  for (int i = 0; i < options->n_inputs; ++i) {
    gradc_archive archive;
    if (gradc_archive_open(options->inputs[i], &archive))
      return GRADC_EXIT_INPUT;
    if (strcmp(gradc_archive_names(&archive, names), "nothing")) {
      gradc_report("--inputs: the program has no inputs, '%s' has %s", options->inputs[i], names);
      return GRADC_EXIT_INPUT;
    }
  }
  return GRADC_EXIT_DONE;
}

int gradc_session_read_inputs(gradc_session *session, int takes_rows) {
  const gradc_options *options = session->options;
  const gradc_program *program = session->program;
  if (options->n_inputs && !program->n_inputs) {
    session->data.program = program;
    return expect_no_arrays(options);
  }
  int status = gradc_data_read(&session->data, program, options->inputs, options->n_inputs,
                               session->planned, takes_rows, options->batch);
  return status ? status : gradc_session_take(session, &session->data);
}

// ---- calls ----

int gradc_session_call(gradc_session *session, const gradc_function *function, uint64_t n) {
  const void **inputs = session->call_inputs;
  void **outputs = session->call_outputs;
  for (uint32_t i = 0; i < function->n_inputs; ++i)
    inputs[i] = session->inputs[function->inputs[i]];
  for (uint32_t i = 0; i < function->n_outputs; ++i) {
    outputs[i] = session->outputs[function->outputs[i]];
    session->written[function->outputs[i]] = 1;
  }
  int code = GRADC_OK;
  uint32_t steps = GRADC_FUNCTION_STEPS | GRADC_FUNCTION_STEP;
  if (session->device) {
    int is_loop = function->flags & GRADC_FUNCTION_STEPS;
    for (uint64_t i = 0; i < (is_loop ? 1 : n) && !code; ++i)
      code = session->program->device->api->call(
          session->device, (uint32_t)(function - session->program->functions), session->self,
          inputs, outputs, n, function->flags & steps ? &session->step_loss : NULL);
  } else if (function->flags & GRADC_FUNCTION_STEPS) {
    code = ((gradc_steps_fn)(void (*)(void))function->fn)(session->self, inputs, n,
                                                          &session->step_loss);
  } else if (function->flags & GRADC_FUNCTION_STEP) {
    for (uint64_t i = 0; i < n && !code; ++i)
      code =
          ((gradc_step_fn)(void (*)(void))function->fn)(session->self, inputs, &session->step_loss);
  } else {
    for (uint64_t i = 0; i < n && !code; ++i)
      code = function->fn(session->self, inputs, outputs);
  }
  if (function->flags & steps)
    session->has_step_loss = session->has_gradients = 1;
  return code ? fail_call(session, code) : GRADC_EXIT_DONE;
}

// ---- outputs ----

// What of a tensor the sizes of the last call cover.
static gradc_item item_of(const gradc_session *session, const char *prefix, const char *name,
                          const gradc_tensor *tensor, const void *data) {
  gradc_item item = {prefix, name, tensor->dtype, tensor->rank, tensor->shape, data};
  uint64_t bytes = 0;
  if (!tensor->open || !session->data.sizes)
    return item;
  int64_t *shape = malloc(8 * (size_t)tensor->rank);
  if (!shape)
    return item;
  gradc_extents(tensor, session->data.sizes, shape);
  gradc_tensor_bytes(shape, tensor->rank, tensor->dtype, &bytes);
  void *dense = gradc_pages(bytes);
  if (!dense) {
    free(shape);
    return item;
  }
  // Both live as long as the process.
  gradc_pack(tensor, shape, data, dense);
  item.shape = shape;
  item.data = dense;
  return item;
}

static int is_loss(const gradc_tensor *output) {
  return (output->flags & GRADC_TENSOR_LOSS) || !strcmp(output->name, "loss");
}

// The name of what "x.grad" is the gradient of; the copy lives as long as the process.
static const char *without_suffix(const char *name) {
  size_t length = strlen(name);
  if (length < 5 || strcmp(name + length - 5, ".grad"))
    return name;
  char *copy = malloc(length - 4);
  if (!copy)
    return name;
  memcpy(copy, name, length - 5);
  copy[length - 5] = 0;
  return copy;
}

// The name of an input's gradient: the file's, where the input was taken by its place.
static const char *input_name(const gradc_session *session, const char *gradient) {
  const char *name = without_suffix(gradient);
  for (uint32_t i = 0; session->data.names && i < session->program->n_inputs; ++i)
    if (session->data.names[i] && !strcmp(session->program->inputs[i].name, name))
      return session->data.names[i];
  return name;
}

// npz keeps parameters apart by a prefix; safetensors has them under the names that PyTorch's
// load_state_dict wants.
static size_t variable_items(const gradc_session *session, gradc_item *items) {
  int plain = gradc_is_safetensors_path(session->options->outputs);
  size_t n = 0;
  for (uint32_t i = 0; i < session->program->n_variables; ++i) {
    const gradc_tensor *variable = &session->program->variables[i];
    const void *data = (const char *)session->self + variable->offset;
    const char *name = variable->name;
    if (variable->kind == GRADC_PARAMETER || variable->kind == GRADC_ALIAS)
      items[n++] = item_of(session, plain ? "" : "param/", name, variable, data);
    else if (variable->kind == GRADC_BUFFER)
      items[n++] = item_of(session, plain ? "" : "buffer/", name, variable, data);
    else if (variable->kind == GRADC_GRAD && session->has_gradients && !plain)
      items[n++] = variable->flags & GRADC_TENSOR_INPUT_GRAD
                       ? item_of(session, "grad/input/", input_name(session, name), variable, data)
                       : item_of(session, "grad/param/", without_suffix(name), variable, data);
  }
  return n;
}

int gradc_session_write(const gradc_session *session, gradc_save *save) {
  const gradc_program *program = session->program;
  if (gradc_session_pull(session))
    return GRADC_EXIT_INPUT;
  gradc_item *items =
      malloc(sizeof *items * ((size_t)program->n_outputs + program->n_variables + 1));
  size_t n = 0;
  if (!items)
    return out_of_memory(sizeof *items * program->n_variables);
  // Only npz has room for more than a state dict.
  int plain = gradc_is_safetensors_path(session->options->outputs);
  if (session->has_step_loss && !plain)
    items[n++] = (gradc_item){"", "loss", GRADC_F32, 0, NULL, &session->step_loss};
  for (uint32_t i = 0; i < program->n_outputs && !plain; ++i) {
    const gradc_tensor *output = &program->outputs[i];
    if (!session->written[i] || (is_loss(output) && session->has_step_loss))
      continue;
    items[n++] = is_loss(output)
                     ? item_of(session, "", "loss", output, session->outputs[i])
                     : item_of(session, "out/", output->name, output, session->outputs[i]);
  }
  n += variable_items(session, items + n);
  int status = gradc_save_items(save, items, n);
  free(items);
  return status ? GRADC_EXIT_INPUT : GRADC_EXIT_DONE;
}
