// log.c - the lines of --log: JSON, one object a line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hosted.h"
#include "number.h"
#include "train.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const gradc_log *log, int error) {
  gradc_report("%s: cannot write: %s", log->path, strerror(error));
  return GRADC_EXIT_INPUT;
}

int gradc_log_open(gradc_log *log, const char *path, int resumes, uint64_t keep) {
  struct stat status;
  *log = (gradc_log){.path = path, .fd = -1};
  if (!path)
    return GRADC_EXIT_DONE;
  log->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (resumes ? 0 : O_TRUNC), 0666);
  if (log->fd < 0 || fstat(log->fd, &status))
    return fail(log, errno);
  if (!resumes || !S_ISREG(status.st_mode))
    return GRADC_EXIT_DONE;
  // What was logged after the checkpoint happens again.
  uint64_t size = (uint64_t)status.st_size;
  log->bytes = keep < size ? keep : size;
  if (ftruncate(log->fd, (off_t)log->bytes) || lseek(log->fd, 0, SEEK_END) < 0)
    return fail(log, errno);
  return GRADC_EXIT_DONE;
}

static void write_out(gradc_log *log) {
  const char *text = log->text;
  while (log->used && !log->error) {
    ssize_t written = write(log->fd, text, log->used);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      log->error = errno;
      break;
    }
    text += written;
    log->used -= (size_t)written;
  }
  log->used = 0;
}

int gradc_log_flush(gradc_log *log) {
  if (!log->path)
    return GRADC_EXIT_DONE;
  write_out(log);
  return log->error ? fail(log, log->error) : GRADC_EXIT_DONE;
}

static void put(gradc_log *log, const char *text, size_t length) {
  memcpy(log->text + log->used, text, length);
  log->used += length;
  log->bytes += length;
}

static void put_key(gradc_log *log, const char *key) {
  put(log, ", \"", 3);
  put(log, key, strlen(key));
  put(log, "\": ", 3);
}

static void put_count(gradc_log *log, const char *key, uint64_t x) {
  char text[GRADC_NUMBER_CHARS];
  put_key(log, key);
  put(log, text, (size_t)gradc_format_i64(text, (int64_t)x));
}

// JSON has no NaN and no infinities: null.
static void put_real(gradc_log *log, const char *key, double x) {
  char text[GRADC_NUMBER_CHARS];
  put_key(log, key);
  if (x - x != 0)
    put(log, "null", 4);
  else
    put(log, text, (size_t)gradc_format_repr(text, x));
}

void gradc_log_line(gradc_log *log, const char *kind, const gradc_position *at, uint64_t epoch,
                    const double *loss, const double *lr, const gradc_scores *scores) {
  char text[GRADC_NUMBER_CHARS];
  if (!log->path)
    return;
  if (log->used + 2 * GRADC_NUMBER_CHARS > sizeof log->text)
    write_out(log);
  put(log, "{\"kind\": \"", 10);
  put(log, kind, strlen(kind));
  put(log, "\"", 1);
  put_count(log, "step", at->step);
  if (epoch)
    put_count(log, "epoch", epoch);
  if (loss)
    put_real(log, "loss", *loss);
  if (lr)
    put_real(log, "lr", *lr);
  if (scores && scores->has_loss)
    put_real(log, "loss", scores->loss);
  if (scores && scores->has_accuracy) {
    put_real(log, "accuracy",
             scores->total ? (double)scores->correct / (double)scores->total : 0.0 / 0.0);
    put_count(log, "correct", scores->correct);
    put_count(log, "total", scores->total);
  }
  put_key(log, "seconds");
  put(log, text, (size_t)gradc_format_fixed(text, at->seconds, 6));
  put(log, "}\n", 2);
  // Who follows the file sees a line soon; long trainings of short steps are not slowed down.
  if (gradc_now() - log->flushed < 1e8)
    return;
  write_out(log);
  log->flushed = gradc_now();
}
