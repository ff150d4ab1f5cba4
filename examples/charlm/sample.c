// sample.c - writes text by the trained model, a character at a time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   sample gpt.safetensors shakespeare.txt [LENGTH [TEMPERATURE [SEED [PROMPT]]]]
//
// Links sampler.o, which gradc built from sampler.json: gpt.cpp for one text, without gradients.
#include "gradc_abi.h"
#include "sampler.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONTEXT = 64, CHARACTERS = 62 };

// The tables of sampler.o.
extern const gradc_program *const gradc_main_program;

static _Alignas(64) unsigned char memory[SAMPLER_SIZE];

static char *read_all(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  char *data = NULL;
  if (file && fseek(file, 0, SEEK_END) == 0 && (*size = (size_t)ftell(file)) < (size_t)1 << 40) {
    rewind(file);
    data = malloc(*size + 1);
    if (data && fread(data, 1, *size, file) == *size)
      data[*size] = 0;
    else
      data = NULL;
  }
  if (file)
    fclose(file);
  if (!data)
    fprintf(stderr, "cannot read %s\n", path);
  return data;
}

// Fills one parameter from a safetensors file that gradc wrote. Returns 0 when it is not there.
static int load(sampler *model, const char *file, size_t size, const char *name, size_t bytes) {
  char key[64];
  unsigned long long header = 0, begin, end;
  if (size < 8)
    return 0;
  memcpy(&header, file, 8);
  snprintf(key, sizeof key, "\"%s\":{\"dtype\":\"F32\"", name);
  const char *entry = strstr(file + 8, key);
  const char *offsets = entry ? strstr(entry, "\"data_offsets\":[") : NULL;
  if (!offsets || sscanf(offsets + 16, "%llu,%llu", &begin, &end) != 2 || end - begin != bytes ||
      header > size - 8 || end > size - 8 - header)
    return 0;
  memcpy(sampler_find(model, name), file + 8 + header + begin, bytes);
  return 1;
}

static int load_all(sampler *model, const char *path) {
  size_t size;
  char *file = read_all(path, &size);
  if (!file)
    return 0;
  for (uint32_t i = 0; i < gradc_main_program->n_variables; ++i) {
    const gradc_tensor *v = &gradc_main_program->variables[i];
    size_t bytes = sizeof(float);
    for (uint32_t d = 0; d < v->rank; ++d)
      bytes *= (size_t)v->shape[d];
    if (v->kind != GRADC_PARAMETER || load(model, file, size, v->name, bytes))
      continue;
    fprintf(stderr, "%s: no parameter '%s' of %zu bytes\n", path, v->name, bytes);
    return 0;
  }
  free(file);
  return 1;
}

// The characters of the text in the order of their codes, as make_data.py numbers them.
static int read_alphabet(const char *path, char *alphabet) {
  size_t size;
  int used[256] = {0}, n = 0;
  char *text = read_all(path, &size);
  for (size_t i = 0; text && i < size; ++i)
    used[(unsigned char)text[i]] = 1;
  free(text);
  for (int c = 0; c < 256; ++c)
    if (used[c] && n++ < CHARACTERS)
      alphabet[n - 1] = (char)c;
  return n == CHARACTERS;
}

// Uniform in [0, 1): splitmix64 (Steele, Lea and Flood, 2014).
static double draw(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

// A character by the softmax of scores / temperature; the likeliest at temperature 0.
static int choose(const float *scores, double temperature, uint64_t *state) {
  double p[CHARACTERS], sum = 0;
  int best = 0;
  for (int c = 1; c < CHARACTERS; ++c)
    if (scores[c] > scores[best])
      best = c;
  if (!(temperature > 0))
    return best;
  for (int c = 0; c < CHARACTERS; ++c)
    sum += p[c] = exp((double)(scores[c] - scores[best]) / temperature);
  double left = draw(state) * sum;
  for (int c = 0; c < CHARACTERS; ++c)
    if ((left -= p[c]) < 0)
      return c;
  return best;
}

int main(int argc, char **argv) {
  static int32_t text[CONTEXT + 1];
  static float scores[CONTEXT][CHARACTERS];
  char alphabet[CHARACTERS];
  sampler *model;
  if (argc < 3) {
    fprintf(
        stderr,
        "usage: sample gpt.safetensors shakespeare.txt [LENGTH [TEMPERATURE [SEED [PROMPT]]]]\n");
    return 2;
  }
  long length = argc > 3 ? atol(argv[3]) : 500;
  double temperature = argc > 4 ? atof(argv[4]) : 0.8;
  uint64_t seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1;
  const char *prompt = argc > 6 ? argv[6] : "\n";
  int error = sampler_init(memory, sizeof memory, NULL, &model);
  if (error) {
    fprintf(stderr, "sampler_init: %s\n", sampler_error_text(error));
    return 1;
  }
  if (!load_all(model, argv[1]))
    return 1;
  if (!read_alphabet(argv[2], alphabet)) {
    fprintf(stderr, "%s: expected a text of %d characters\n", argv[2], CHARACTERS);
    return 1;
  }
  float loss;
  sampler_inputs in = {.text = text};
  sampler_outputs out = {.loss = &loss, .scores = &scores[0][0]};
  int n = 0; // places of the context that are filled
  for (long i = 0; i < length; ++i) {
    int code = -1;
    if (*prompt) {
      const char *at = memchr(alphabet, *prompt++, CHARACTERS);
      code = at ? (int)(at - alphabet) : 0;
    } else {
      // What stands behind place n - 1 does not reach its scores: attention is causal.
      if ((error = sampler_predict(model, &in, &out))) {
        fprintf(stderr, "sampler_predict: %s\n", sampler_error_text(error));
        return 1;
      }
      code = choose(scores[n - 1], temperature, &seed);
    }
    if (n == CONTEXT)
      memmove(text, text + 1, sizeof(int32_t) * --n);
    text[n++] = code;
    putchar(alphabet[code]);
  }
  putchar('\n');
  return 0;
}
