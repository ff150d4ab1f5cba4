// driver.c - main() of executables: what to run, by the kind of program and the options.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hosted.h"
#include "session.h"
#include "train.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The program that was compiled into this executable.
extern const gradc_program *const gradc_main_program;

// The functions of one pass, in order; the second may be null. After `differentiates` gradients are
// there.
typedef struct pass {
  const gradc_function *first, *second;
  int differentiates;
  // Scripts under --bench: the state that each run begins with.
  const void *snapshot;
} pass;

static int run_pass(gradc_session *session, const pass *p) {
  int status = gradc_session_call(session, p->first, 1);
  if (!status && p->second)
    status = gradc_session_call(session, p->second, 1);
  session->has_gradients |= p->differentiates;
  return status;
}

// ---- what --bench times ----

static int bench_passes(gradc_session *session, void *context, uint64_t n) {
  const pass *p = context;
  if (!p->second)
    return gradc_session_call(session, p->first, n);
  for (uint64_t i = 0; i < n; ++i) {
    int status = run_pass(session, p);
    if (status)
      return status;
  }
  return GRADC_EXIT_DONE;
}

static int bench_script(gradc_session *session, void *context, uint64_t n) {
  const pass *p = context;
  for (uint64_t i = 0; i < n; ++i) {
    memcpy(session->self, p->snapshot, session->program->size - session->program->arena_bytes);
    gradc_session_changed(session);
    int status = gradc_session_call(session, p->first, 1);
    if (status)
      return status;
  }
  return GRADC_EXIT_DONE;
}

// ---- which functions ----

static int usage(const char *text) {
  gradc_report("%s", text);
  return GRADC_EXIT_USAGE;
}

static int choose_script(const gradc_session *session, pass *p) {
  p->first = gradc_session_function(session, "main");
  if (p->first)
    return GRADC_EXIT_DONE;
  gradc_report("the program has no function 'main'");
  return GRADC_EXIT_INTERNAL;
}

static int choose_model(const gradc_session *session, pass *p) {
  const gradc_options *options = session->options;
  const gradc_function *steps = gradc_session_function(session, "steps");
  if (!steps)
    steps = gradc_session_function(session, "step");
  if (gradc_trains(options) && !steps)
    return usage(options->has_steps
                     ? "--steps: the program has no optimiser; build it with --optimizer"
                     : "--epochs: the program has no optimiser; build it with --optimizer");
  if (steps && (gradc_trains(options) || options->bench > 0)) {
    p->first = steps;
    return GRADC_EXIT_DONE;
  }
  if (options->eval && !options->n_inputs)
    return GRADC_EXIT_DONE; // there is nothing else to run
  p->first = gradc_session_function(session, "gradient");
  p->differentiates = p->first != NULL;
  if (!p->first)
    p->first = gradc_session_function(session, "forward");
  if (p->first && !p->differentiates) {
    p->second = gradc_session_function(session, "backward");
    p->differentiates = p->second != NULL;
  }
  if (!p->first)
    p->first = gradc_session_function(session, "predict");
  // A model with one function of another name: there is no doubt what to run.
  if (!p->first && session->program->n_functions == 1)
    p->first = &session->program->functions[0];
  if (p->first)
    return GRADC_EXIT_DONE;
  return usage(steps ? "the program only trains: give --steps or --epochs"
                     : "the program has no function 'forward' or 'predict' to run");
}

// ---- the run ----

static int bench(gradc_session *session, pass *p) {
  if (session->program->kind == GRADC_MODEL) {
    gradc_data_batch(&session->data, 0, NULL, session->inputs);
    return gradc_bench(session, bench_passes, p);
  }
  size_t bytes = session->program->size - session->program->arena_bytes;
  void *snapshot = malloc(bytes);
  if (!snapshot)
    return GRADC_EXIT_INTERNAL;
  memcpy(snapshot, session->self, bytes);
  p->snapshot = snapshot;
  gradc_output_mode(GRADC_OUTPUT_DROPPED);
  int status = gradc_bench(session, bench_script, p);
  free(snapshot);
  return status;
}

static int run_pass_of_kind(gradc_session *session, pass *p) {
  if (session->options->bench > 0)
    return bench(session, p);
  if (gradc_trains(session->options))
    return gradc_train(session, p->first);
  if (session->program->kind == GRADC_SCRIPT)
    session->has_gradients = 1;
  int status = p->first ? run_pass(session, p) : GRADC_EXIT_DONE;
  return status || !session->options->eval ? status : gradc_evaluate_only(session);
}

static int run_planned(gradc_session *session, pass *p) {
  const char *path = session->options->profile;
  int status = run_pass_of_kind(session, p);
  if (!path || status)
    return status;
  int failed = session->program->write_profile(path, !session->options->quiet);
  if (!failed)
    return GRADC_EXIT_DONE;
  gradc_report("%s: cannot write: %s", path, strerror(failed));
  return GRADC_EXIT_INPUT;
}

// Steps take a batch of the rows at a time; other functions want their inputs whole.
static int takes_rows(const gradc_options *options, const pass *p) {
  uint32_t steps = GRADC_FUNCTION_STEP | GRADC_FUNCTION_STEPS;
  return gradc_trains(options) || (p->first && (p->first->flags & steps));
}

static int run(const gradc_program *program, const gradc_options *options) {
  static gradc_save save;
  gradc_session session;
  pass p = {NULL, NULL, 0, NULL};
  session.program = program;
  session.options = options;
  int is_script = program->kind == GRADC_SCRIPT;
  int status = gradc_check_options(options, !is_script);
  if (!status && options->profile && !program->write_profile)
    status = usage("--profile: the program times nothing; build it with gradc build --profile");
  if (!status)
    status = is_script ? choose_script(&session, &p) : choose_model(&session, &p);
  if (!status)
    status = gradc_session_open(&session, program, options);
  if (!status)
    status = gradc_session_plan(&session, p.first);
  if (!status)
    status = gradc_session_plan(&session, p.second);
  if (!status)
    status = gradc_session_read_inputs(&session, takes_rows(options, &p));
  // Opened before the work, so that an unwritable place is told at once.
  if (!status && options->outputs && gradc_save_open(&save, options->outputs))
    status = GRADC_EXIT_INPUT;
  if (status)
    return status;
  status = run_planned(&session, &p);
  if (!options->outputs)
    return status;
  if (!status)
    status = gradc_session_write(&session, &save);
  if (status)
    gradc_save_abandon(&save);
  else if (gradc_save_close(&save))
    status = GRADC_EXIT_INPUT;
  return status;
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
  // Who looks on sees each line when it is printed.
  gradc_output_mode(isatty(STDOUT_FILENO) ? GRADC_OUTPUT_EACH : GRADC_OUTPUT_BUFFERED);
  int status = run_command_line(argc, argv);
  int failed = gradc_output_flush();
  if (failed) {
    gradc_report("cannot write to standard output: %s", strerror(failed));
    return status ? status : GRADC_EXIT_INPUT;
  }
  return status;
}
