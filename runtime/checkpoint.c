// checkpoint.c - the whole state of a training in one safetensors file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The variables of the program stand under their own names, so that the file can be loaded as
// weights, by PyTorch, too. What the driver keeps stands under "gradc/": numbers (the places of
// enum number), losses, generators, and a checksum of all data before it.
#include "hosted.h"
#include "train.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum number {
  FORMAT,
  PROGRAM,
  STEP,
  EPOCH,
  IN_EPOCH,
  EVALUATED,
  LOG_BYTES,
  ROWS,
  BATCH,
  SHUFFLE,
  NUMBERS
};
enum { LOSS_SUM, SECONDS, LAST_LOSS, REALS };

typedef struct record {
  int64_t numbers[NUMBERS];
  double reals[REALS];
  gradc_rng order, random;
  int64_t checksum;
} record;

static const int64_t one = 1, numbers_shape[] = {NUMBERS}, reals_shape[] = {REALS},
                     rng_shape[] = {(int64_t)sizeof(gradc_rng)};

// The tensors of the record, the checksum last. Returns how many.
static uint32_t describe(record *r, int has_random, gradc_tensor *out, void **data) {
  const gradc_tensor all[] = {
      {"gradc/numbers", numbers_shape, 0, GRADC_I64, 1, 0, 0, 0},
      {"gradc/losses", reals_shape, 0, GRADC_F64, 1, 0, 0, 0},
      {"gradc/order", rng_shape, 0, GRADC_U8, 1, 0, 0, 0},
      {"gradc/random", rng_shape, 0, GRADC_U8, 1, 0, 0, 0},
      {"gradc/checksum", &one, 0, GRADC_I64, 1, 0, 0, 0},
  };
  void *const places[] = {r->numbers, r->reals, &r->order, &r->random, &r->checksum};
  uint32_t n = 0;
  for (uint32_t i = 0; i < 5; ++i) {
    if (i == 3 && !has_random)
      continue;
    out[n] = all[i];
    data[n++] = places[i];
  }
  return n;
}

static uint32_t checksum(uint32_t crc, const gradc_tensor *tensor, const void *data) {
  uint64_t bytes = 0;
  gradc_tensor_bytes(tensor->shape, tensor->rank, tensor->dtype, &bytes);
  return gradc_crc32(crc, data, bytes);
}

static void fill(const gradc_checkpoint *c, record *r) {
  const gradc_session *session = c->session;
  const gradc_program *program = session->program;
  const gradc_position *at = c->at;
  memset(r, 0, sizeof *r);
  r->numbers[FORMAT] = 1;
  r->numbers[PROGRAM] = (int64_t)program->identity;
  r->numbers[STEP] = (int64_t)at->step;
  r->numbers[EPOCH] = (int64_t)at->epoch;
  r->numbers[IN_EPOCH] = (int64_t)at->in_epoch;
  r->numbers[EVALUATED] = (int64_t)at->evaluated;
  r->numbers[LOG_BYTES] = (int64_t)at->log_bytes;
  r->numbers[ROWS] = (int64_t)session->data.rows;
  r->numbers[BATCH] = (int64_t)session->data.batch;
  r->numbers[SHUFFLE] = session->options->shuffle;
  r->reals[LOSS_SUM] = at->loss_sum;
  r->reals[SECONDS] = at->seconds;
  r->reals[LAST_LOSS] = (double)session->step_loss;
  r->order = *c->order;
  if (program->rng_offset)
    memcpy(&r->random, (char *)session->self + program->rng_offset, sizeof r->random);
}

int gradc_checkpoint_save(const gradc_checkpoint *c) {
  static gradc_save save;
  static record r;
  const gradc_session *session = c->session;
  const gradc_program *program = session->program;
  if (gradc_session_pull(session))
    return GRADC_EXIT_INPUT;
  gradc_tensor extra[5];
  void *places[5];
  fill(c, &r);
  uint32_t n_extra = describe(&r, program->rng_offset != 0, extra, places), crc = 0;
  size_t n = 0;
  gradc_item *items = malloc(sizeof *items * ((size_t)program->n_variables + n_extra));
  if (!items || gradc_save_open_synced(&save, session->options->checkpoint)) {
    free(items);
    return GRADC_EXIT_INPUT;
  }
  for (uint32_t i = 0; i < program->n_variables + n_extra; ++i) {
    int own = i >= program->n_variables;
    const gradc_tensor *t = own ? &extra[i - program->n_variables] : &program->variables[i];
    const void *data =
        own ? places[i - program->n_variables] : (const char *)session->self + t->offset;
    if (data == &r.checksum)
      r.checksum = crc;
    crc = checksum(crc, t, data);
    items[n++] = (gradc_item){"", t->name, t->dtype, t->rank, t->shape, data};
  }
  int status = gradc_save_safetensors(&save, items, n);
  free(items);
  if (status)
    gradc_save_abandon(&save);
  else
    status = gradc_save_close(&save);
  return status ? GRADC_EXIT_INPUT : GRADC_EXIT_DONE;
}

// ---- reading ----

static int wrong(const char *path, const char *why) {
  gradc_report("%s: %s", path, why);
  return GRADC_EXIT_INPUT;
}

static int read_tensor(const gradc_archive *archive, const gradc_tensor *wanted, void *out,
                       uint32_t *crc) {
  gradc_array array;
  int found = gradc_archive_find(archive, wanted->name, &array);
  if (found == GRADC_MISSING) {
    gradc_report("%s: it is no checkpoint of this program: '%s' is missing", archive->path,
                 wanted->name);
    return GRADC_EXIT_INPUT;
  }
  if (found == GRADC_BROKEN || gradc_load_tensor(archive->path, &array, wanted, out))
    return GRADC_EXIT_INPUT;
  *crc = checksum(*crc, wanted, out);
  return GRADC_EXIT_DONE;
}

// Whether the training is the one that was saved.
static int check(const gradc_checkpoint *c, const record *r, const char *path) {
  const gradc_session *session = c->session;
  if (r->numbers[FORMAT] != 1)
    return wrong(path, "the checkpoint is of another version of gradc");
  if ((uint64_t)r->numbers[PROGRAM] != session->program->identity)
    return wrong(path, "the checkpoint is of another program: --weights takes its parameters");
  if ((uint64_t)r->numbers[ROWS] != session->data.rows) {
    gradc_report("%s: the training was on %lld rows, --inputs has %llu", path,
                 (long long)r->numbers[ROWS], (unsigned long long)session->data.rows);
    return GRADC_EXIT_INPUT;
  }
  if (r->numbers[SHUFFLE] != session->options->shuffle)
    return wrong(path, r->numbers[SHUFFLE] ? "the training was with --shuffle"
                                           : "the training was without --shuffle");
  return GRADC_EXIT_DONE;
}

int gradc_checkpoint_load(const gradc_checkpoint *c, int *found) {
  static record r;
  gradc_session *session = c->session;
  const gradc_program *program = session->program;
  const char *path = session->options->checkpoint;
  gradc_archive archive;
  gradc_tensor extra[5];
  void *places[5];
  uint32_t crc = 0, last = 0;
  *found = access(path, F_OK) == 0 || errno != ENOENT;
  if (!*found)
    return GRADC_EXIT_DONE;
  if (gradc_archive_open(path, &archive))
    return GRADC_EXIT_INPUT;
  uint32_t n_extra = describe(&r, program->rng_offset != 0, extra, places);
  // First what tells whether it is the right file at all.
  int status = read_tensor(&archive, &extra[0], places[0], &last);
  if (!status)
    status = check(c, &r, path);
  for (uint32_t i = 0; i < program->n_variables && !status; ++i)
    status = read_tensor(&archive, &program->variables[i],
                         (char *)session->self + program->variables[i].offset, &crc);
  for (uint32_t i = 0; i < n_extra && !status; ++i) {
    last = crc;
    status = read_tensor(&archive, &extra[i], places[i], &crc);
  }
  if (status)
    return status;
  if (r.checksum != last || r.order.index > 624 || r.random.index > 624)
    return wrong(path, "the checkpoint is corrupt: its checksum is wrong");
  *c->at = (gradc_position){.step = (uint64_t)r.numbers[STEP],
                            .epoch = (uint64_t)r.numbers[EPOCH],
                            .in_epoch = (uint64_t)r.numbers[IN_EPOCH],
                            .evaluated = (uint64_t)r.numbers[EVALUATED],
                            .log_bytes = (uint64_t)r.numbers[LOG_BYTES],
                            .loss_sum = r.reals[LOSS_SUM],
                            .seconds = r.reals[SECONDS]};
  *c->order = r.order;
  if (program->rng_offset)
    memcpy((char *)session->self + program->rng_offset, &r.random, sizeof r.random);
  gradc_session_changed(session);
  session->step_loss = (float)r.reals[LAST_LOSS];
  session->has_step_loss = session->has_gradients = c->at->step > 0;
  return GRADC_EXIT_DONE;
}
