// options.c - the command line of executables.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "options.h"
#include "hosted.h"

#include <stdlib.h>
#include <string.h>

enum option {
  INPUTS,
  OUTPUTS,
  WEIGHTS,
  EVAL,
  METRIC,
  PROFILE,
  CHECKPOINT,
  LOG,
  STEPS,
  EPOCHS,
  BATCH,
  EVERY,
  SEED,
  DEVICE,
  THREADS,
  BENCH,
  FLAGS, // what follows takes no value
  SHUFFLE = FLAGS,
  RESUME,
  QUIET,
  HELP,
  VERSION
};

static const struct {
  char name[13];
  uint8_t option;
} known[] = {
    {"inputs", INPUTS},   {"outputs", OUTPUTS}, {"weights", WEIGHTS}, {"eval", EVAL},
    {"metric", METRIC},   {"log", LOG},         {"steps", STEPS},     {"epochs", EPOCHS},
    {"batch", BATCH},     {"every", EVERY},     {"seed", SEED},       {"checkpoint", CHECKPOINT},
    {"device", DEVICE},   {"threads", THREADS}, {"bench", BENCH},     {"shuffle", SHUFFLE},
    {"resume", RESUME},   {"quiet", QUIET},     {"help", HELP},       {"version", VERSION},
    {"profile", PROFILE},
};

void gradc_print_help(const char *name, int is_model) {
  static const char common[] =
      "  --inputs FILE      inputs by name from an .npz or .safetensors file; or NAME=F.npy for "
      "one; may be repeated\n"
      "  --outputs F.npz    write outputs, gradients, buffers and parameters to this file (.npz or "
      ".safetensors)\n"
      "  --weights FILE     parameters and buffers from an .npz or .safetensors file\n"
      "  --seed N           seed of the random draws of a program that sets none itself\n"
      "  --device NAME      auto, cpu, cuda or cuda:N; auto is cuda where the program has code for "
      "it and there is a GPU,\n"
      "                     else cpu\n"
      "  --profile F.json   time every kernel: a table, and a trace for Perfetto; of programs "
      "built with --profile\n"
      "  --threads N        the most threads to use; all cores that the process may run on unless "
      "given\n";
  static const char model[] =
      "  --steps N          N training steps; without --steps and --epochs one forward (and "
      "backward) pass\n"
      "  --epochs N         train until the data was seen N times, in mini-batches of the model's "
      "batch\n"
      "  --batch N          checked against the model's batch, which is fixed when it is built\n"
      "  --shuffle          a new order of the rows in every epoch, by --seed\n"
      "  --eval FILE        after every epoch and at the end: loss and accuracy on this data\n"
      "  --metric accuracy[:OUTPUT,INPUT]\n"
      "                     what --eval measures; without it, accuracy where that is clear\n"
      "  --checkpoint FILE  save the whole state of the training (safetensors) after every epoch "
      "and at the end\n"
      "  --resume           go on from the checkpoint, to the same bits\n"
      "  --log F.jsonl      a JSON object a step, epoch and evaluation\n"
      "  --every N          save and log every N steps\n"
      "  --bench SECONDS    time a step and print {\"best_ns\":..., "
      "\"median_ns\":..., \"steps\":...}\n";
  static const char script[] = "  --bench SECONDS    time the whole script from a fresh start, "
                               "with its printing left out, and print\n"
                               "                     {\"best_ns\":..., \"median_ns\":..., "
                               "\"steps\":...}; a step is one run of the script\n";
  static const char end[] = "  --quiet            no lines of progress\n"
                            "  --help, --version\n"
                            "Exit status: 0 done, 1 the input is at fault, 2 wrong usage, 3 "
                            "internal error; 130 and 143 after "
                            "SIGINT\nand SIGTERM, when the checkpoint has been written.\n";
  gradc_output("usage: ", 7);
  gradc_output(name, strlen(name));
  gradc_output(" [options]\n", 11);
  gradc_output(common, sizeof common - 1);
  if (is_model)
    gradc_output(model, sizeof model - 1);
  else
    gradc_output(script, sizeof script - 1);
  gradc_output(end, sizeof end - 1);
}

// Decimal digits only. Returns 0 when `text` is anything else or does not fit.
static int parse_count(const char *text, uint64_t *out) {
  uint64_t value = 0;
  if (!*text)
    return 0;
  for (; *text; ++text) {
    if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
      return 0;
  }
  *out = value;
  return 1;
}

static int parse_seed(const char *text, uint64_t *out) {
  int negative = *text == '-';
  if (!parse_count(text + negative, out) || (negative && *out > 1ull << 63))
    return 0;
  if (negative)
    *out = -*out; // as torch.manual_seed takes it
  return 1;
}

static int parse_seconds(const char *text, double *out) {
  char *end;
  *out = strtod(text, &end);
  return end != text && !*end && *out > 0 && *out <= 86400;
}

static int wrong(const char *option, const char *value, const char *expected) {
  gradc_report("--%s '%s': expected %s", option, value, expected);
  return GRADC_EXIT_USAGE;
}

static int set_device(const char *value, gradc_options *out) {
  uint64_t ordinal = 0;
  if (!strcmp(value, "auto")) {
    out->device = GRADC_DEVICE_AUTO;
  } else if (!strcmp(value, "cpu")) {
    out->device = GRADC_DEVICE_CPU;
  } else {
    int is_cuda = !strncmp(value, "cuda", 4) &&
                  (!value[4] || (value[4] == ':' && parse_count(value + 5, &ordinal)));
    if (!is_cuda || ordinal > 1023)
      return wrong("device", value, "auto, cpu, cuda or cuda:N");
    out->device = GRADC_DEVICE_CUDA;
    out->ordinal = (int)ordinal;
  }
  return GRADC_EXIT_DONE;
}

static int set_text(const char **out, const char *name, const char *value, const char *expected) {
  *out = value;
  return *value ? GRADC_EXIT_DONE : wrong(name, value, expected);
}

static int set_count(uint64_t *out, const char *name, const char *value) {
  return parse_count(value, out) && *out && *out <= INT64_MAX
             ? GRADC_EXIT_DONE
             : wrong(name, value, "a whole number, 1 or more");
}

static int set_option(enum option option, const char *name, const char *value, gradc_options *out) {
  switch (option) {
  case INPUTS:
    out->inputs[out->n_inputs++] = value;
    return GRADC_EXIT_DONE;
  case OUTPUTS:
    return set_text(&out->outputs, name, value, "a file name");
  case WEIGHTS:
    return set_text(&out->weights, name, value, "a file name");
  case EVAL:
    return set_text(&out->eval, name, value, "a file name");
  case CHECKPOINT:
    return set_text(&out->checkpoint, name, value, "a file name");
  case LOG:
    return set_text(&out->log, name, value, "a file name");
  case PROFILE:
    return set_text(&out->profile, name, value, "a file name");
  case METRIC:
    return set_text(&out->metric, name, value, "accuracy or accuracy:OUTPUT,INPUT");
  case STEPS:
    out->has_steps = 1;
    return set_count(&out->steps, name, value);
  case EPOCHS:
    return set_count(&out->epochs, name, value);
  case BATCH:
    return set_count(&out->batch, name, value);
  case EVERY:
    return set_count(&out->every, name, value);
  case SEED:
    out->has_seed = 1;
    return parse_seed(value, &out->seed) ? GRADC_EXIT_DONE : wrong(name, value, "a whole number");
  case THREADS:
    return parse_count(value, &out->threads) && out->threads && out->threads <= 4096
               ? GRADC_EXIT_DONE
               : wrong(name, value, "a whole number from 1 to 4096");
  case BENCH:
    return parse_seconds(value, &out->bench)
               ? GRADC_EXIT_DONE
               : wrong(name, value, "seconds, more than 0 and at most 86400");
  case DEVICE:
    return set_device(value, out);
  default:
    return GRADC_EXIT_INTERNAL;
  }
}

static int set_flag(enum option option, gradc_options *out) {
  out->shuffle |= option == SHUFFLE;
  out->resume |= option == RESUME;
  out->quiet |= option == QUIET;
  out->help |= option == HELP;
  out->version |= option == VERSION;
  return GRADC_EXIT_DONE;
}

// The index in `known` of the option that `text` (without its dashes) names, or -1.
static int find_option(const char *text, size_t length) {
  for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i)
    if (strlen(known[i].name) == length && !memcmp(known[i].name, text, length))
      return (int)i;
  return -1;
}

static int usage(const char *format, const char *what) {
  gradc_report(format, what);
  return GRADC_EXIT_USAGE;
}

int gradc_parse_options(int argc, char **argv, const char **inputs, gradc_options *options) {
  memset(options, 0, sizeof *options);
  options->inputs = inputs;
  uint32_t seen = 0;
  for (int i = 1; i < argc; ++i) {
    const char *text = argv[i];
    if (!strcmp(text, "-h"))
      text = "--help";
    if (strncmp(text, "--", 2) || !text[2])
      return usage("unexpected argument '%s'; see --help", text);
    const char *equals = strchr(text, '=');
    int index = find_option(text + 2, equals ? (size_t)(equals - text - 2) : strlen(text + 2));
    if (index < 0)
      return usage("unknown option '%s'; see --help", text);
    enum option option = known[index].option;
    const char *name = known[index].name;
    if (option != INPUTS && seen >> index & 1)
      return usage("--%s is given twice", name);
    seen |= 1u << index;
    int is_flag = option >= FLAGS, status;
    if (is_flag && equals)
      return usage("--%s takes no value", name);
    if (!is_flag && !equals && i + 1 == argc)
      return usage("--%s needs a value", name);
    if (is_flag)
      status = set_flag(option, options);
    else
      status = set_option(option, name, equals ? equals + 1 : argv[++i], options);
    if (status)
      return status;
  }
  return GRADC_EXIT_DONE;
}

static int not_for_script(const gradc_options *options) {
  if (options->weights)
    return usage("--%s: the program is a script, which makes its own tensors", "weights");
  const char *asked = options->has_steps    ? "steps"
                      : options->epochs     ? "epochs"
                      : options->batch      ? "batch"
                      : options->eval       ? "eval"
                      : options->metric     ? "metric"
                      : options->checkpoint ? "checkpoint"
                      : options->log        ? "log"
                      : options->every      ? "every"
                      : options->shuffle    ? "shuffle"
                      : options->resume     ? "resume"
                                            : NULL;
  return asked ? usage("--%s: the program is a script, which runs as a whole", asked)
               : GRADC_EXIT_DONE;
}

int gradc_check_options(const gradc_options *options, int is_model) {
  int trains = gradc_trains(options);
  if (options->bench > 0) {
    const char *asked = options->outputs      ? "outputs"
                        : options->has_steps  ? "steps"
                        : options->epochs     ? "epochs"
                        : options->eval       ? "eval"
                        : options->checkpoint ? "checkpoint"
                        : options->log        ? "log"
                                              : NULL;
    if (asked)
      return usage("--bench and --%s do not go together", asked);
  }
  if (!is_model)
    return not_for_script(options);
  if (options->checkpoint && !trains)
    return usage("--checkpoint: %s to save; give --epochs or --steps", "there is no training");
  if (options->shuffle && !trains)
    return usage("--shuffle: %s; give --epochs or --steps", "there is no training");
  if (options->log && !trains && !options->eval)
    return usage("--log: %s; give --epochs or --steps", "there is no training");
  if (options->metric && !options->eval)
    return usage("--metric needs --eval, %s", "the data to measure on");
  if (options->resume && !options->checkpoint)
    return usage("--resume needs --checkpoint, %s", "the file to go on from");
  if (options->resume && options->weights)
    return usage("--resume and --%s do not go together: the checkpoint has the weights", "weights");
  if (options->every && !options->checkpoint && !options->log)
    return usage("--every needs --checkpoint or --log%s", "");
  return GRADC_EXIT_DONE;
}
