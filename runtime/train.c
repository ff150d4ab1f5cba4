// train.c - the steps of --steps and --epochs, and what happens between them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "train.h"
#include "hosted.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct training {
  gradc_session *session;
  const gradc_function *step;
  uint64_t steps;           // in all
  uint64_t steps_per_epoch; // 0: the data has no epochs
  int64_t *order;           // rows in the order of this epoch; null: as they are in the file
  gradc_rng before, after;  // the generator of `order`, before and after this epoch's
  gradc_position at;
  double began, spent; // spent: seconds in earlier runs
  const double *lr;    // null: unknown
  const gradc_tensor *lr_source;
  double lr_value;
  gradc_evaluation evaluation;
  gradc_progress progress;
  gradc_log log;
} training;

// ---- signals: the step is finished and saved ----

static volatile sig_atomic_t stop_signal;

static void remember(int number) { stop_signal = number; }

static void catch_signals(void) {
  struct sigaction action = {.sa_handler = remember, .sa_flags = (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

// ---- plan ----

static int no_memory(void) {
  gradc_report("no memory for the order of the rows");
  return GRADC_EXIT_INPUT;
}

static int plan_steps(training *t) {
  const gradc_options *options = t->session->options;
  const gradc_data *data = &t->session->data;
  if (options->batch && !data->open && options->batch != data->batch) {
    gradc_report("--batch %llu: the model was built for batches of %llu",
                 (unsigned long long)options->batch, (unsigned long long)data->batch);
    return GRADC_EXIT_INPUT;
  }
  if (data->rows && data->rows < data->batch) {
    gradc_report("the data has %llu rows, fewer than the model's batch of %llu",
                 (unsigned long long)data->rows, (unsigned long long)data->batch);
    return GRADC_EXIT_INPUT;
  }
  t->steps_per_epoch = data->rows ? gradc_data_batches(data) : options->epochs ? 1 : 0;
  t->steps = options->has_steps ? options->steps : UINT64_MAX;
  uint64_t all;
  if (options->epochs && !__builtin_mul_overflow(options->epochs, t->steps_per_epoch, &all) &&
      all < t->steps)
    t->steps = all;
  if (t->steps > INT64_MAX)
    t->steps = INT64_MAX;
  if (data->rows && options->shuffle && !(t->order = gradc_pages(8 * data->rows)))
    return no_memory();
  gradc_rt_seed(&t->before, options->has_seed ? options->seed : GRADC_DEFAULT_SEED);
  t->after = t->before;
  return GRADC_EXIT_DONE;
}

// The learning rate of a schedule, or a float that the program calls "lr".
static int is_lr(const gradc_tensor *v) {
  int is_float = v->dtype == GRADC_F32 || v->dtype == GRADC_F64;
  return v->rank == 0 && is_float && (!strcmp(v->name, "lr") || !strcmp(v->name, "optimizer.lr"));
}

static void find_lr(training *t) {
  const gradc_program *program = t->session->program;
  for (uint32_t i = 0; i < program->n_variables; ++i) {
    if (is_lr(&program->variables[i])) {
      t->lr = &t->lr_value;
      t->lr_source = &program->variables[i];
    }
  }
}

static void read_lr(training *t) {
  if (!t->lr || gradc_session_pull(t->session))
    return;
  const void *data = (const char *)t->session->self + t->lr_source->offset;
  t->lr_value =
      t->lr_source->dtype == GRADC_F32 ? (double)*(const float *)data : *(const double *)data;
}

static gradc_checkpoint checkpoint_of(training *t) {
  return (gradc_checkpoint){t->session, &t->at, &t->before};
}

static int open_all(training *t) {
  const gradc_options *options = t->session->options;
  gradc_checkpoint checkpoint = checkpoint_of(t);
  int resumes = 0;
  int status = options->eval ? gradc_evaluation_open(&t->evaluation, t->session) : GRADC_EXIT_DONE;
  if (!status && options->resume)
    status = gradc_checkpoint_load(&checkpoint, &resumes);
  if (!status)
    status = gradc_log_open(&t->log, options->log, resumes, t->at.log_bytes);
  if (status)
    return status;
  find_lr(t);
  // Epochs are of interest where they are more than one step.
  uint64_t epochs =
      t->steps_per_epoch ? (t->steps + t->steps_per_epoch - 1) / t->steps_per_epoch : 0;
  gradc_progress_open(&t->progress, t->session, t->steps, epochs, t->steps_per_epoch);
  t->progress.start = t->at.step;
  t->spent = t->at.seconds;
  t->began = gradc_now();
  if (options->checkpoint)
    catch_signals();
  if (options->resume && !resumes)
    gradc_progress_note(&t->progress, "note: there is no checkpoint yet: training starts anew");
  uint64_t rows = t->session->data.rows, batch = t->session->data.batch;
  if (!rows || rows % batch == 0 || t->steps_per_epoch > rows / batch)
    return GRADC_EXIT_DONE;
  char text[200];
  snprintf(text, sizeof text,
           "note: %llu rows are %llu batches of %llu; the last %llu rows of an epoch are left out",
           (unsigned long long)rows, (unsigned long long)(rows / batch), (unsigned long long)batch,
           (unsigned long long)(rows % batch));
  gradc_progress_note(&t->progress, text);
  return GRADC_EXIT_DONE;
}

// ---- between steps ----

static void take_time(training *t) { t->at.seconds = t->spent + (gradc_now() - t->began) * 1e-9; }

static uint64_t epoch_of(const training *t) {
  return t->steps_per_epoch ? t->at.epoch + (t->at.in_epoch > 0) : 0;
}

static int save(training *t) {
  gradc_checkpoint checkpoint = checkpoint_of(t);
  int status = gradc_log_flush(&t->log);
  t->at.log_bytes = t->log.bytes;
  return status ? status : gradc_checkpoint_save(&checkpoint);
}

static int evaluate(training *t, const double *mean) {
  gradc_scores scores;
  int status = gradc_evaluate(&t->evaluation, t->session, &scores);
  if (status)
    return status;
  t->at.evaluated = t->at.step;
  take_time(t);
  gradc_log_line(&t->log, "eval", &t->at, epoch_of(t), NULL, NULL, &scores);
  gradc_progress_epoch(&t->progress, &t->at, mean, &scores);
  return GRADC_EXIT_DONE;
}

static int end_epoch(training *t) {
  double mean = t->at.loss_sum / (double)t->steps_per_epoch;
  t->at.epoch += 1;
  t->at.in_epoch = 0;
  t->at.loss_sum = 0;
  t->before = t->after;
  gradc_log_line(&t->log, "epoch", &t->at, t->at.epoch, &mean, t->lr, NULL);
  if (t->session->options->eval)
    return evaluate(t, &mean);
  gradc_progress_epoch(&t->progress, &t->at, &mean, NULL);
  return GRADC_EXIT_DONE;
}

static int is_due(uint64_t step, uint64_t every) { return every && step % every == 0; }

// What follows `n` steps.
static int after_steps(training *t, uint64_t n) {
  const gradc_options *options = t->session->options;
  double loss = (double)t->session->step_loss;
  int status = GRADC_EXIT_DONE, ends;
  t->at.step += n;
  t->at.in_epoch += n;
  t->at.loss_sum += loss;
  ends = t->at.in_epoch == t->steps_per_epoch;
  read_lr(t);
  if (t->log.path && is_due(t->at.step, options->every ? options->every : 1)) {
    take_time(t);
    gradc_log_line(&t->log, "step", &t->at, epoch_of(t), &loss, t->lr, NULL);
  }
  gradc_progress_step(&t->progress, &t->at, t->session->step_loss, t->lr);
  if (ends) {
    take_time(t);
    status = end_epoch(t);
  }
  if (status || !options->checkpoint || t->at.step == t->steps)
    return status; // the end is saved when it is evaluated
  take_time(t);
  if (stop_signal || ends || is_due(t->at.step, options->every))
    status = save(t);
  return status;
}

// ---- steps ----

// Steps that may be done at once: up to the next one after which something happens.
static uint64_t steps_at_once(const training *t, uint64_t most) {
  const gradc_options *options = t->session->options;
  uint64_t left = t->steps - t->at.step, n = left;
  if (t->steps_per_epoch)
    return 1;
  uint64_t every = t->log.path && !options->every ? 1 : options->every;
  if (every && every - t->at.step % every < n)
    n = every - t->at.step % every;
  uint64_t lines = t->progress.terminal || t->progress.quiet ? 0 : t->progress.every;
  if (lines && lines - t->at.step % lines < n)
    n = lines - t->at.step % lines;
  return n < most ? n : most;
}

// The order of an epoch that begins, or that a resume continues.
static void draw_order(training *t) {
  if (!t->order)
    return;
  t->after = t->before;
  gradc_rt_randperm_i64(&t->after, t->order, (int64_t)t->session->data.rows);
}

static int train(training *t) {
  const gradc_data *data = &t->session->data;
  uint64_t most = 1; // on a terminal and where a signal is waited for: a twentieth of a second
  int bounded = t->progress.terminal || t->session->options->checkpoint;
  for (int first = 1; t->at.step < t->steps && !stop_signal; first = 0) {
    uint64_t n = steps_at_once(t, bounded ? most : UINT64_MAX);
    if (first || !t->at.in_epoch)
      draw_order(t);
    gradc_data_batch(data, t->at.in_epoch * data->batch, t->order, t->session->inputs);
    double start = gradc_now();
    int status = gradc_session_call(t->session, t->step, n);
    if (status)
      return status;
    double took = gradc_now() - start;
    if (took < 25e6 && most < UINT64_MAX / 2)
      most *= 2;
    else if (took > 100e6 && most > 1)
      most /= 2;
    status = after_steps(t, n);
    if (status)
      return status;
  }
  return GRADC_EXIT_DONE;
}

static int finish(training *t) {
  const gradc_options *options = t->session->options;
  if (stop_signal && t->at.step < t->steps) {
    char text[160];
    snprintf(text, sizeof text, "stopped by a signal after step %llu: --resume goes on from %.80s",
             (unsigned long long)t->at.step, options->checkpoint);
    gradc_progress_close(&t->progress);
    gradc_progress_note(&t->progress, text);
    return 128 + stop_signal;
  }
  int status = GRADC_EXIT_DONE;
  if (options->eval && t->at.evaluated != t->at.step)
    status = evaluate(t, NULL);
  take_time(t);
  if (!status && options->checkpoint)
    status = save(t);
  return status;
}

int gradc_train(gradc_session *session, const gradc_function *step) {
  static training t;
  t = (training){.session = session, .step = step};
  int status = plan_steps(&t);
  if (!status)
    status = open_all(&t);
  if (status)
    return status;
  if (t.at.step >= t.steps)
    gradc_progress_note(&t.progress, "note: the checkpoint has all the steps that were asked for");
  status = train(&t);
  if (!status)
    status = finish(&t);
  if (status < 128)
    gradc_progress_close(&t.progress);
  return status ? status : gradc_log_flush(&t.log);
}

int gradc_evaluate_only(gradc_session *session) {
  static training t;
  gradc_scores scores;
  t = (training){.session = session};
  int status = gradc_evaluation_open(&t.evaluation, session);
  if (!status)
    status = gradc_log_open(&t.log, session->options->log, 0, 0);
  if (!status)
    status = gradc_evaluate(&t.evaluation, session, &scores);
  if (status)
    return status;
  gradc_progress_open(&t.progress, session, 0, 0, 0);
  gradc_log_line(&t.log, "eval", &t.at, 0, NULL, NULL, &scores);
  gradc_progress_epoch(&t.progress, &t.at, NULL, &scores);
  return gradc_log_flush(&t.log);
}
