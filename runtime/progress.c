// progress.c - what a training shows: plain lines, or one line on a terminal.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hosted.h"
#include "number.h"
#include "train.h"

#include <string.h>
#include <unistd.h>

enum { BAR = 24, LINES = 100 };

static void put(const char *text) { gradc_output(text, strlen(text)); }

static void put_count(uint64_t x) {
  char text[GRADC_NUMBER_CHARS];
  gradc_output(text, (size_t)gradc_format_i64(text, (int64_t)x));
}

static void put_loss(const char *name, double loss) {
  char text[GRADC_NUMBER_CHARS];
  put(name);
  gradc_output(text, (size_t)gradc_format_repr_f32(text, (float)loss));
}

static uint64_t part(uint64_t all, uint64_t lines) { return all / lines + (all % lines != 0); }

void gradc_progress_open(gradc_progress *progress, const gradc_session *session, uint64_t steps,
                         uint64_t epochs, uint64_t steps_per_epoch) {
  *progress =
      (gradc_progress){.steps = steps, .epochs = epochs, .steps_per_epoch = steps_per_epoch};
  progress->quiet = session->options->quiet;
  progress->terminal = !progress->quiet && isatty(STDOUT_FILENO);
  progress->begin = gradc_now();
  // About a hundred lines in all: of epochs where there are many, else of steps, too.
  progress->epochs_every = epochs ? part(epochs, LINES) : 1;
  if (!steps_per_epoch)
    progress->every = part(steps, LINES);
  else if (epochs < 10 && steps_per_epoch > 1)
    progress->every = part(steps, LINES / 4);
}

static void end_line(gradc_progress *progress) {
  progress->open = 0;
  put(progress->terminal ? "\x1b[K\n" : "\n"); // clears the rest of the line
  gradc_output_flush();
}

static void put_position(const gradc_progress *progress, const gradc_position *at) {
  if (progress->epochs) {
    uint64_t epoch = at->epoch + (at->in_epoch > 0);
    put("epoch ");
    put_count(epoch ? epoch : 1);
    put("/");
    put_count(progress->epochs);
    put(" ");
  }
  put("step ");
  put_count(at->step);
}

static void draw(gradc_progress *progress, const gradc_position *at, float loss, const double *lr) {
  char bar[BAR + 3];
  double now = gradc_now(), seconds = (now - progress->begin) * 1e-9;
  int full = (int)((double)at->step / (double)progress->steps * BAR);
  double rate = (double)(at->step - progress->start) / (seconds > 1e-9 ? seconds : 1e-9),
         left = (double)(progress->steps - at->step) / rate;
  progress->drawn = now;
  progress->open = 1;
  bar[0] = '[';
  for (int i = 0; i < BAR; ++i)
    bar[1 + i] = i < full ? '=' : ' ';
  bar[BAR + 1] = ']';
  bar[BAR + 2] = 0;
  put("\r");
  put(bar);
  put(" ");
  put_position(progress, at);
  put("/");
  put_count(progress->steps);
  put_loss(" loss ", (double)loss);
  if (lr)
    put_loss(" lr ", *lr);
  put("  ");
  put_count((uint64_t)(rate < 1e18 ? rate : 1e18));
  put(" steps/s");
  if (at->step < progress->steps) {
    put("  ");
    put_count((uint64_t)(left < 1e9 ? left + 1 : 1e9));
    put(" s left");
  }
  put("\x1b[K");
  gradc_output_flush();
}

void gradc_progress_step(gradc_progress *progress, const gradc_position *at, float loss,
                         const double *lr) {
  if (progress->quiet)
    return;
  int last = at->step == progress->steps;
  if (progress->terminal) {
    if (last || !progress->drawn || gradc_now() - progress->drawn > 4e7)
      draw(progress, at, loss, lr);
    return;
  }
  // The last step of an epoch is told with the epoch.
  int is_due = progress->every && at->step % progress->every == 0;
  if (at->in_epoch == progress->steps_per_epoch || !(is_due || last))
    return;
  put_position(progress, at);
  put_loss(" loss ", (double)loss);
  if (lr)
    put_loss(" lr ", *lr);
  end_line(progress);
}

void gradc_progress_epoch(gradc_progress *progress, const gradc_position *at, const double *loss,
                          const gradc_scores *scores) {
  if (progress->quiet)
    return;
  if (loss && at->epoch % progress->epochs_every && at->step != progress->steps)
    return;
  if (progress->terminal)
    put("\r");
  if (at->step)
    put_position(progress, at);
  if (loss)
    put_loss(" mean loss ", *loss);
  if (scores)
    put(at->step ? " eval" : "eval");
  if (scores && scores->has_loss)
    put_loss(" loss ", scores->loss);
  if (scores && scores->has_accuracy) {
    double accuracy = (double)scores->correct / (double)(scores->total ? scores->total : 1);
    char text[GRADC_NUMBER_CHARS];
    put(" accuracy ");
    gradc_output(text, (size_t)gradc_format_fixed(text, accuracy, 4));
    put(" (");
    put_count(scores->correct);
    put("/");
    put_count(scores->total);
    put(")");
  }
  end_line(progress);
}

void gradc_progress_note(gradc_progress *progress, const char *text) {
  if (progress->quiet)
    return;
  put(text);
  end_line(progress);
}

void gradc_progress_close(gradc_progress *progress) {
  if (progress->open)
    put("\n");
  progress->open = 0;
  gradc_output_flush();
}
