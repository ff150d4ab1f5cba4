// driver.c - main() of executables.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hosted.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>

// The program that was compiled into this executable.
extern const gradc_program *const gradc_main_program;

static const gradc_function *find_function(const gradc_program *program, const char *name) {
  for (uint32_t i = 0; i < program->n_functions; ++i)
    if (!strcmp(program->functions[i].name, name))
      return &program->functions[i];
  return NULL;
}

static int fail(int code) {
  gradc_report("%s", gradc_rt_error_text(code));
  return code == GRADC_ERROR_VERSION || code == GRADC_ERROR_MEMORY ? GRADC_EXIT_INTERNAL
                                                                   : GRADC_EXIT_INPUT;
}

// Allocates the handle and brings it to its first state.
static int make_handle(const gradc_program *program, const gradc_options *options, void **out) {
  void *mem = gradc_pages(program->size);
  if (!mem) {
    gradc_report("no memory: %llu bytes are needed", (unsigned long long)program->size);
    return GRADC_EXIT_INPUT;
  }
  int code = gradc_rt_init(program, mem);
  if (code)
    return fail(code);
  if (options->has_seed && program->rng_offset)
    gradc_rt_seed((gradc_rng *)((char *)mem + program->rng_offset), options->seed);
  const gradc_function *init = find_function(program, "init");
  code = init ? init->fn(mem, NULL, NULL) : GRADC_OK;
  if (code)
    return fail(code);
  *out = mem;
  return GRADC_EXIT_DONE;
}

static int run(const gradc_program *program, const gradc_options *options) {
  if (options->n_inputs || options->outputs || options->weights || options->has_steps ||
      options->bench > 0 || program->kind != GRADC_SCRIPT) {
    gradc_report("this build runs scripts only, without --inputs, --outputs, --weights, --steps "
                 "and --bench");
    return GRADC_EXIT_USAGE;
  }
  const gradc_function *script = find_function(program, "main");
  if (!script) {
    gradc_report("the program has no function 'main'");
    return GRADC_EXIT_INTERNAL;
  }
  void *self;
  int status = make_handle(program, options, &self);
  if (status)
    return status;
  int code = script->fn(self, NULL, NULL);
  return code ? fail(code) : GRADC_EXIT_DONE;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}

static int run_command_line(int argc, char **argv) {
  const gradc_program *program = gradc_main_program;
  const char **inputs = malloc(sizeof *inputs * (size_t)(argc + 1));
  gradc_options options;
  int status = inputs ? gradc_parse_options(argc, argv, inputs, &options) : GRADC_EXIT_INTERNAL;
  if (status)
    return status;
  if (options.help) {
    gradc_print_help(base_name(argv[0]), program->kind == GRADC_MODEL);
    return GRADC_EXIT_DONE;
  }
  if (options.version) {
    static const char text[] = "gradc runtime " GRADC_VERSION "\n";
    gradc_output(text, sizeof text - 1);
    return GRADC_EXIT_DONE;
  }
  return run(program, &options);
}

int main(int argc, char **argv) {
  gradc_report_as(argc ? base_name(argv[0]) : gradc_main_program->name);
  gradc_output_mode(GRADC_OUTPUT_BUFFERED);
  int status = run_command_line(argc, argv);
  int failed = gradc_output_flush();
  if (failed) {
    gradc_report("cannot write to standard output: %s", strerror(failed));
    return status ? status : GRADC_EXIT_INPUT;
  }
  return status;
}
