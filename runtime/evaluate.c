// evaluate.c - loss and accuracy on the data of --eval.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "hosted.h"
#include "number.h"
#include "train.h"

#include <stdlib.h>
#include <string.h>

static int is_integer(const gradc_tensor *t) {
  return t->dtype >= GRADC_I8 && t->dtype <= GRADC_U8;
}

static int is_float(const gradc_tensor *t) { return t->dtype <= GRADC_BF16; }

// Scores of classes along the last dim, and a label for each.
static int is_pair(const gradc_tensor *output, const gradc_tensor *label) {
  return is_float(output) && is_integer(label) && output->rank == label->rank + 1 &&
         output->shape[label->rank] > 0 &&
         (!label->rank || !memcmp(output->shape, label->shape, 8 * label->rank));
}

static int find(const gradc_tensor *list, const uint32_t *indices, uint32_t n, const char *name,
                size_t length) {
  for (uint32_t i = 0; i < n; ++i)
    if (strlen(list[indices[i]].name) == length && !memcmp(list[indices[i]].name, name, length))
      return (int)indices[i];
  return -1;
}

// "accuracy:OUTPUT,INPUT".
static int named_pair(gradc_evaluation *e, const gradc_program *program, const char *text) {
  const char *comma = strchr(text, ',');
  if (!comma) {
    gradc_report("--metric 'accuracy:%s': expected accuracy:OUTPUT,INPUT", text);
    return GRADC_EXIT_USAGE;
  }
  const gradc_function *f = e->predict;
  e->output = find(program->outputs, f->outputs, f->n_outputs, text, (size_t)(comma - text));
  int label = find(program->inputs, f->inputs, f->n_inputs, comma + 1, strlen(comma + 1));
  if (e->output < 0 || label < 0) {
    gradc_report("--metric: the program has no %s '%.*s'", e->output < 0 ? "output" : "input",
                 e->output < 0 ? (int)(comma - text) : (int)strlen(comma + 1),
                 e->output < 0 ? text : comma + 1);
    return GRADC_EXIT_USAGE;
  }
  e->label = (uint32_t)label;
  if (is_pair(&program->outputs[e->output], &program->inputs[e->label]))
    return GRADC_EXIT_DONE;
  gradc_report("--metric: accuracy needs a float output [..., classes] and an integer input [...], "
               "'%s' and '%s' are not such",
               program->outputs[e->output].name, program->inputs[e->label].name);
  return GRADC_EXIT_USAGE;
}

static int choose_metric(gradc_evaluation *e, const gradc_session *session) {
  const gradc_program *program = session->program;
  const gradc_function *f = e->predict;
  const char *text = session->options->metric;
  int pairs = 0;
  e->output = -1;
  if (text && !strncmp(text, "accuracy:", 9))
    return named_pair(e, program, text + 9);
  if (text && strcmp(text, "accuracy")) {
    gradc_report("--metric '%s': expected accuracy or accuracy:OUTPUT,INPUT", text);
    return GRADC_EXIT_USAGE;
  }
  for (uint32_t o = 0; o < f->n_outputs; ++o) {
    for (uint32_t i = 0; i < f->n_inputs; ++i) {
      if (!is_pair(&program->outputs[f->outputs[o]], &program->inputs[f->inputs[i]]))
        continue;
      ++pairs;
      e->output = (int)f->outputs[o];
      e->label = f->inputs[i];
    }
  }
  if (pairs == 1)
    return GRADC_EXIT_DONE;
  e->output = -1;
  if (!text)
    return GRADC_EXIT_DONE;
  gradc_report("--metric accuracy: %d pairs of an output and an input could be meant; give "
               "accuracy:OUTPUT,INPUT",
               pairs);
  return GRADC_EXIT_USAGE;
}

static int is_loss(const gradc_tensor *output) {
  return is_float(output) && output->rank == 0 &&
         ((output->flags & GRADC_TENSOR_LOSS) || !strcmp(output->name, "loss"));
}

// Inputs of predict: buffers where the data has rows, else the data; what --eval does not give is
// taken from --inputs if it is whole there.
static int place_inputs(gradc_evaluation *e, const gradc_session *session) {
  const gradc_program *program = session->program;
  for (uint32_t k = 0; k < program->n_sizes; ++k)
    e->inputs[program->sizes[k].input] = &e->data.sizes[k];
  for (uint32_t k = 0; k < e->predict->n_inputs; ++k) {
    uint32_t i = e->predict->inputs[k];
    if (gradc_is_size(program, i))
      continue;
    const gradc_tensor *input = &program->inputs[i];
    const gradc_column *column = &e->data.columns[i];
    const gradc_column *other = session->data.columns ? &session->data.columns[i] : NULL;
    uint64_t bytes = 0;
    gradc_tensor_bytes(input->shape, input->rank, input->dtype, &bytes);
    e->inputs[i] = column->rows ? gradc_pages(bytes) : (const void *)column->data;
    if (!column->data && other && other->data && !other->rows)
      e->inputs[i] = other->data;
    if (e->inputs[i])
      continue;
    gradc_report("--eval %s: input '%s' is missing", session->options->eval, input->name);
    return GRADC_EXIT_INPUT;
  }
  return GRADC_EXIT_DONE;
}

int gradc_evaluation_open(gradc_evaluation *e, gradc_session *session) {
  const gradc_program *program = session->program;
  *e = (gradc_evaluation){.loss = -1, .output = -1};
  e->predict = gradc_session_function(session, "predict");
  if (!e->predict) {
    gradc_report("--eval: the program has no function 'predict'");
    return GRADC_EXIT_USAGE;
  }
  e->inputs = calloc((size_t)program->n_inputs + 1, sizeof *e->inputs);
  unsigned char *wanted = calloc((size_t)program->n_inputs + 1, 1);
  if (!e->inputs || !wanted)
    return GRADC_EXIT_INTERNAL;
  for (uint32_t k = 0; k < e->predict->n_inputs; ++k)
    wanted[e->predict->inputs[k]] = 1;
  for (uint32_t k = 0; k < e->predict->n_outputs; ++k)
    if (is_loss(&program->outputs[e->predict->outputs[k]]))
      e->loss = (int)e->predict->outputs[k];
  int status = choose_metric(e, session);
  if (!status)
    status = gradc_data_read(&e->data, program, &session->options->eval, 1, wanted, 1,
                             session->options->batch);
  free(wanted);
  if (!status)
    status = place_inputs(e, session);
  return status ? status : gradc_session_room(session, e->predict);
}

static double element(const void *data, uint32_t dtype, uint64_t i) {
  switch (dtype) {
  case GRADC_F32:
    return (double)((const float *)data)[i];
  case GRADC_F64:
    return ((const double *)data)[i];
  case GRADC_F16:
    return gradc_widen_f16(((const uint16_t *)data)[i]);
  default:
    return gradc_widen_bf16(((const uint16_t *)data)[i]);
  }
}

static int64_t integer(const void *data, uint32_t dtype, uint64_t i) {
  switch (dtype) {
  case GRADC_I8:
    return ((const int8_t *)data)[i];
  case GRADC_I16:
    return ((const int16_t *)data)[i];
  case GRADC_I32:
    return ((const int32_t *)data)[i];
  case GRADC_U8:
    return ((const uint8_t *)data)[i];
  default:
    return ((const int64_t *)data)[i];
  }
}

// torch.argmax: the first maximum; a NaN is larger than all else.
static int64_t argmax(const void *data, uint32_t dtype, uint64_t first, int64_t n) {
  int64_t best = 0;
  double most = element(data, dtype, first);
  for (int64_t i = 1; i < n && most == most; ++i) {
    double x = element(data, dtype, first + (uint64_t)i);
    if (x > most || x != x) {
      most = x;
      best = i;
    }
  }
  return best;
}

// Counts the labels of the first `rows` rows of a batch.
static void count(const gradc_evaluation *e, const gradc_session *session, uint64_t rows,
                  gradc_scores *scores) {
  const gradc_tensor *output = &session->program->outputs[e->output];
  const gradc_tensor *label = &session->program->inputs[e->label];
  int64_t classes = output->shape[label->rank];
  uint64_t whole = label->rank ? (uint64_t)label->shape[0] : 1;
  uint64_t n = e->data.columns[e->label].rows ? rows : whole;
  for (uint32_t d = 1; d < label->rank; ++d)
    n *= (uint64_t)label->shape[d];
  for (uint64_t i = 0; i < n; ++i) {
    int64_t wanted = integer(e->inputs[e->label], label->dtype, i);
    if (wanted < 0)
      continue;
    ++scores->total;
    scores->correct += wanted == argmax(session->outputs[e->output], output->dtype,
                                        i * (uint64_t)classes, classes);
  }
}

int gradc_evaluate(const gradc_evaluation *e, gradc_session *session, gradc_scores *scores) {
  uint64_t batch = e->data.batch ? e->data.batch : 1, whole = gradc_data_batches(&e->data);
  double weight = 0;
  uint64_t rows = e->data.rows ? e->data.rows : batch;
  const void **inputs = session->inputs;
  *scores = (gradc_scores){.has_accuracy = e->output >= 0};
  session->inputs = e->inputs;
  int status = GRADC_EXIT_DONE;
  for (uint64_t first = 0; first < rows && !status; first += batch) {
    gradc_data_batch(&e->data, first, NULL, e->inputs);
    status = gradc_session_call(session, e->predict, 1);
    uint64_t left = rows - first < batch ? rows - first : batch;
    if (!status && e->output >= 0)
      count(e, session, left, scores);
    // A batch that was filled up has another loss than its rows.
    if (status || e->loss < 0 || (left < batch && first / batch >= whole))
      continue;
    double share = (double)left / (double)batch;
    scores->loss +=
        share * element(session->outputs[e->loss], session->program->outputs[e->loss].dtype, 0);
    weight += share;
  }
  session->inputs = inputs;
  // What --outputs writes is of the training, not of the last batch here.
  memset(session->written, 0, session->program->n_outputs);
  scores->has_loss = weight > 0;
  if (weight > 0)
    scores->loss /= weight;
  return status;
}
