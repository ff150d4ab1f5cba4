// train.h - the training of --steps and --epochs, and its parts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions return an exit status (options.h); all but GRADC_EXIT_DONE have been reported, unless
// another meaning is given. What is allocated is allocated before the first step.
#ifndef GRADC_TRAIN_H
#define GRADC_TRAIN_H

#include "session.h"

// Where a training stands; all of it is in a checkpoint.
typedef struct gradc_position {
  uint64_t step, epoch, in_epoch; // steps and epochs done, steps done of the current epoch
  uint64_t evaluated;             // the step after which was evaluated last
  uint64_t log_bytes;             // of the log, when the checkpoint was made
  double loss_sum;                // of the steps of the current epoch
  double seconds;                 // spent, in earlier runs of the program, too
} gradc_position;

// ---- evaluate.c ----

typedef struct gradc_scores {
  int has_loss, has_accuracy;
  double loss;             // the mean over whole batches
  uint64_t correct, total; // labels below zero are not counted
} gradc_scores;

typedef struct gradc_evaluation {
  const gradc_function *predict;
  gradc_data data;
  const void **inputs;
  int loss;   // the output that is the loss, or -1
  int output; // what accuracy is measured on, or -1
  uint32_t label;
} gradc_evaluation;

// Reads the data of --eval and finds what to measure.
int gradc_evaluation_open(gradc_evaluation *evaluation, gradc_session *session);
int gradc_evaluate(const gradc_evaluation *evaluation, gradc_session *session,
                   gradc_scores *scores);

// ---- log.c: the lines of --log ----

typedef struct gradc_log {
  const char *path; // null: there is none
  int fd, error;
  uint64_t bytes; // written and buffered
  size_t used;
  double flushed; // when, by gradc_now
  char text[1 << 13];
} gradc_log;

// Opens the log anew or, after a resume, at `keep` bytes.
int gradc_log_open(gradc_log *log, const char *path, int resumes, uint64_t keep);
// kind: "step", "epoch" or "eval"; epoch 0, a null lr and scores are left out.
void gradc_log_line(gradc_log *log, const char *kind, const gradc_position *at, uint64_t epoch,
                    const double *loss, const double *lr, const gradc_scores *scores);
int gradc_log_flush(gradc_log *log);

// ---- progress.c: what a training shows ----

typedef struct gradc_progress {
  int terminal, quiet;
  int open;               // a line on the terminal has no end yet
  uint64_t every;         // plain lines: steps between lines; 0: none
  uint64_t epochs_every;  // epochs between lines
  uint64_t steps, epochs; // how many there are in all; epochs 0: unknown or without meaning
  uint64_t steps_per_epoch;
  uint64_t start;      // steps that an earlier run did
  double begin, drawn; // by gradc_now
} gradc_progress;

void gradc_progress_open(gradc_progress *progress, const gradc_session *session, uint64_t steps,
                         uint64_t epochs, uint64_t steps_per_epoch);
void gradc_progress_note(gradc_progress *progress, const char *text);
// After a step.
/// `lr` may be NULL.
void gradc_progress_step(gradc_progress *progress, const gradc_position *at, float loss,
                         const double *lr);
// After an epoch, with its mean loss, and after an evaluation; either may be null.
void gradc_progress_epoch(gradc_progress *progress, const gradc_position *at, const double *loss,
                          const gradc_scores *scores);
// Before anything else is written.
void gradc_progress_close(gradc_progress *progress);

// ---- checkpoint.c ----

// What a checkpoint holds beside the variables.
typedef struct gradc_checkpoint {
  gradc_session *session;
  gradc_position *at;
  gradc_rng *order; // the generator of --shuffle as it was before the epoch's order was drawn
} gradc_checkpoint;

int gradc_checkpoint_save(const gradc_checkpoint *checkpoint);
// Restores all; `found` is 0 when there is no such file yet.
int gradc_checkpoint_load(const gradc_checkpoint *checkpoint, int *found);

// ---- train.c ----

int gradc_train(gradc_session *session, const gradc_function *step);
// --eval without training.
int gradc_evaluate_only(gradc_session *session);

#endif // GRADC_TRAIN_H
