// driver_test.c - runs executables with right and wrong command lines: driver_test PROGRAMS FILES
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PROGRAMS holds fake_script, fake_failing, fake_model, fake_trainer and fake_predictor; FILES is
// the folder `files` beside this test.
#include "check.h"
#include "files.h"
#include "hosted.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *programs, *files;
static char output[1 << 16], errors[1 << 16];

static void slurp(const char *path, char *out, size_t room) {
  FILE *file = fopen(path, "r");
  size_t length = file ? fread(out, 1, room - 1, file) : 0;
  out[length] = 0;
  if (file)
    fclose(file);
}

// Runs "PROGRAM ARGUMENTS" in a shell; in the arguments, '@' stands for FILES/. Returns the exit
// status, -1 for a signal.
static int run(const char *program, const char *arguments) {
  char command[4096];
  int length = snprintf(command, sizeof command, "%s/%s ", programs, program);
  for (; *arguments && length < 4000; ++arguments) {
    if (*arguments == '@')
      length += snprintf(command + length, sizeof command - (size_t)length, "%s/", files);
    else
      command[length++] = *arguments;
  }
  command[length] = 0;
  const char *redirect = strstr(command, "2>")   ? ""
                         : strstr(command, " >") ? " 2>stderr"
                                                 : " >stdout 2>stderr";
  snprintf(command + length, sizeof command - (size_t)length, "%s", redirect);
  unlink("stdout");
  unlink("stderr");
  int status = system(command);
  slurp("stdout", output, sizeof output);
  slurp("stderr", errors, sizeof errors);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// PyTorch draws these numbers with the default seed.
static const char script_text[] =
    "run 41 tensor([ 0.9773,  1.1569, -0.3807], requires_grad=True)\n41\n";

// What is run, its exit status, and a part of what it writes to standard output and error; "" means
// nothing at all.
static const struct {
  const char *program, *arguments;
  int status;
  const char *output, *error;
} cases[] = {
    {"fake_script", "", 0, NULL, ""},
    {"fake_script", "--seed 3 --threads 4 --device cpu --quiet", 0, "run 41 tensor(", ""},
    {"fake_script", "--device=auto --seed=-1", 0, "run 41 tensor(", ""},
    {"fake_script", "--help", 0, "usage: fake_script [options]", ""},
    {"fake_script", "-h", 0, "whole script", ""},
    {"fake_model", "--help", 0, "--steps N", ""},
    {"fake_script", "--version", 0, "gradc runtime ", ""},
    {"fake_script", ">/dev/full", 1, "",
     "fake_script: error: cannot write to standard output: No space left on device"},
    {"fake_script", "--bench 0.05", 0, "{\"best_ns\": ", ""},
    {"fake_script", "--unknown", 2, "", "unknown option '--unknown'; see --help"},
    {"fake_script", "extra", 2, "", "unexpected argument 'extra'"},
    {"fake_script", "-s", 2, "", "unexpected argument '-s'"},
    {"fake_script", "--", 2, "", "unexpected argument '--'"},
    {"fake_script", "--seed", 2, "", "--seed needs a value"},
    {"fake_script", "--seed 1 --seed 2", 2, "", "--seed is given twice"},
    {"fake_script", "--seed 1.5", 2, "", "--seed '1.5': expected a whole number"},
    {"fake_script", "--seed 18446744073709551616", 2, "", "expected a whole number"},
    {"fake_script", "--seed ''", 2, "", "expected a whole number"},
    {"fake_script", "--quiet=1", 2, "", "--quiet takes no value"},
    {"fake_script", "--threads 0", 2, "", "--threads '0': expected a whole number from 1"},
    {"fake_script", "--bench 0", 2, "", "--bench '0': expected seconds"},
    {"fake_script", "--bench x", 2, "", "--bench 'x': expected seconds"},
    {"fake_script", "--bench nan", 2, "", "--bench 'nan': expected seconds"},
    {"fake_script", "--device gpu", 2, "", "--device 'gpu': expected auto, cpu, cuda or cuda:N"},
    {"fake_script", "--device cuda", 2, "",
     "--device cuda: this executable was built without CUDA kernels"},
    {"fake_script", "--steps 3", 2, "", "--steps: the program is a script"},
    {"fake_script", "--weights @xy.npz", 2, "", "--weights: the program is a script"},
    {"fake_script", "--inputs @xy.npz", 1, "", "--inputs: the program has no inputs, '"},
    {"fake_script", "--outputs ''", 2, "", "--outputs '': expected a file name"},
    {"fake_script", "--outputs absent/o.npz", 1, "",
     "absent/o.npz: cannot write: No such file or directory"},
    {"fake_script", "--outputs .", 1, "", ".: cannot write: Is a directory"},
    {"fake_script", "--outputs o.npz --bench 1", 2, "", "--bench and --outputs do not go together"},
    {"fake_trainer", "--steps 1 --bench 1", 2, "", "--bench and --steps do not go together"},
    {"fake_script", "--epochs 3", 2, "", "--epochs: the program is a script"},
    {"fake_script", "--resume", 2, "", "--resume: the program is a script"},
    {"fake_model", "--epochs 3", 2, "", "--epochs: the program has no optimiser"},
    {"fake_model", "--shuffle", 2, "", "--shuffle: there is no training; give --epochs or"},
    {"fake_model", "--eval @xy.npz", 2, "", "--eval: the program has no function 'predict'"},
    {"fake_model", "--checkpoint x", 2, "", "--checkpoint: there is no training to save"},
    {"fake_trainer", "--every 3", 2, "", "--every needs --checkpoint or --log"},
    {"fake_trainer", "--resume", 2, "", "--resume needs --checkpoint, the file to go on from"},
    {"fake_trainer", "--metric accuracy", 2, "", "--metric needs --eval"},
    {"fake_trainer", "--log x", 2, "", "--log: there is no training"},
    {"fake_trainer", "--bench 1 --epochs 1", 2, "", "--bench and --epochs do not go together"},
    {"fake_trainer", "--epochs 0", 2, "", "--epochs '0': expected a whole number, 1 or more"},
    {"fake_trainer", "--steps 1 --resume --checkpoint c --weights w", 2, "",
     "--resume and --weights do not go together"},
    {"fake_trainer", "--inputs @xy.npz --epochs 2 --batch 3", 1, "",
     "--batch 3: the model was built for batches of 10"},
    {"fake_trainer", "--inputs @xy.npz --epochs 2 --batch 10", 0, "epoch 2/2 step 2 mean loss 4.46",
     ""},
    {"fake_trainer", "--inputs @wrong_shape.npz --epochs 2", 1, "",
     "wrong_shape.npz: tensor 'x' has shape [3, 4], expected [10, 3]"},
    {"fake_trainer", "--inputs @xy.npz --steps 1 --log /dev/full", 1, "step 1 loss",
     "/dev/full: cannot write: No space left on device"},
    {"fake_trainer", "--inputs @xy.npz --steps 1 --checkpoint absent/c", 1, "step 1 loss",
     "absent/c: cannot write: No such file or directory"},
    {"fake_trainer", "--inputs @xy.npz --steps 1 --resume --checkpoint @xy.npz", 1, "",
     "xy.npz: it is no checkpoint of this program: 'gradc/numbers' is missing"},
    {"fake_trainer", "--inputs @xy.npz --steps 1 --resume --checkpoint @x.npy", 1, "",
     "x.npy: it is one array without a name"},
    {"fake_predictor", "--inputs x=@x.npy --eval @xy.npz", 0, "eval\n", ""},
    {"fake_predictor", "--eval @xy.npz --metric accuracy", 2, "",
     "--metric accuracy: 0 pairs of an output and an input could be meant"},
    {"fake_predictor", "--eval @xy.npz --metric accuracy:prediction,x", 2, "",
     "--metric: accuracy needs a float output"},
    {"fake_predictor", "--eval @xy.npz --metric accuracy:p,x", 2, "",
     "--metric: the program has no output 'p'"},
    {"fake_predictor", "--eval @xy.npz --metric f1", 2, "", "--metric 'f1': expected accuracy or"},
    {"fake_predictor", "--eval @only_y.npz", 1, "", "input 'x' is missing"},
    {"fake_model", "--profile x", 2, "", "the program times nothing"},
    {"fake_model", "", 1, "",
     "missing input: x (float32 [10, 3]), y (float32 [10, 1]); give --inputs"},
    {"fake_model", "--inputs @only_y.npz", 1, "",
     "missing input: x (float32 [10, 3]); give --inputs"},
    {"fake_model", "--inputs @wrong_shape.npz", 1, "",
     "wrong_shape.npz: tensor 'x' has shape [3, 4], expected [10, 3]"},
    {"fake_model", "--inputs @absent.npz", 1, "",
     "absent.npz: cannot read: No such file or directory"},
    {"fake_model", "--inputs x=@absent.npy", 1, "",
     "absent.npy: cannot read: No such file or directory"},
    {"fake_model", "--inputs x=@y.npy", 1, "",
     "y.npy: tensor 'x' has shape [10, 1], expected [10, 3]"},
    {"fake_model", "--inputs x=@xy.npz", 1, "", "xy.npz: tensor 'x': it is not in npy format"},
    {"fake_model", "--inputs @x.npy", 1, "",
     "x.npy: it is one array without a name; give it as NAME="},
    {"fake_model", "--inputs @xy.npz", 0, "", ""},
    {"fake_model", "--inputs @xy.safetensors", 0, "", ""},
    {"fake_model", "--inputs @piped.npz", 0, "", ""},
    {"fake_model", "--inputs x=@x.npy --inputs y=@y.npy", 0, "", ""},
    {"fake_model", "--inputs /dev/stdin <@xy.npz", 0, "", ""},
    {"fake_model", "--inputs @xy.npz --weights @xy.npz", 1, "",
     "parameter 'w' (float32 [3, 1]) is missing; the file has x, y"},
    {"fake_model", "--inputs @xy.npz --steps 2", 2, "",
     "--steps: the program has no optimiser; build it with --optimizer"},
    {"fake_model", "--inputs @xy.npz --bench 0.05", 0, "\"median_ns\": ", ""},
    {"fake_trainer", "--inputs @xy.npz --steps 0", 2, "",
     "--steps '0': expected a whole number, 1 or more"},
    {"fake_trainer", "--inputs @xy.npz --steps 3 --quiet", 0, "", ""},
    {"fake_trainer", "--inputs @xy.npz --bench 0.05", 0, "\"steps\": ", ""},
    {"fake_predictor", "--inputs x=@x.npy", 0, "", ""},
};

static void test_table(void) {
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    int status = run(cases[i].program, cases[i].arguments);
    const char *expected = cases[i].output ? cases[i].output : script_text;
    CHECK(status == cases[i].status, "%s %s: exit status %d: %s", cases[i].program,
          cases[i].arguments, status, errors);
    CHECK(*expected ? strstr(output, expected) != NULL : !*output, "%s %s: '%s', expected '%s'",
          cases[i].program, cases[i].arguments, output, expected);
    CHECK(*cases[i].error ? strstr(errors, cases[i].error) != NULL : !*errors,
          "%s %s: '%s', expected '%s'", cases[i].program, cases[i].arguments, errors,
          cases[i].error);
    if (!*cases[i].error)
      continue;
    // One line that begins with the program's name.
    size_t name = strlen(cases[i].program);
    CHECK(!strncmp(errors, cases[i].program, name) && !strncmp(errors + name, ": error: ", 9) &&
              strchr(errors, '\n') == errors + strlen(errors) - 1,
          "'%s'", errors);
  }
}

static gradc_archive archive;

static void open_output(const char *path) {
  CHECK(gradc_archive_open(path, &archive) == 0, "%s", path);
}

// The tensor must be there as float32 with this many elements; zeros otherwise.
static const float *floats(const char *name, uint64_t count) {
  static float numbers[64];
  gradc_array array;
  memset(numbers, 0, sizeof numbers);
  int good = gradc_archive_find(&archive, name, &array) == GRADC_FOUND &&
             array.dtype == GRADC_F32 && array.bytes == 4 * count;
  CHECK(good, "%s: no '%s' of %d numbers", archive.path, name, (int)count);
  if (good)
    memcpy(numbers, array.data, array.bytes); // in the file they are not aligned
  return numbers;
}

static int is_absent(const char *name) {
  gradc_array array;
  return gradc_archive_find(&archive, name, &array) == GRADC_MISSING;
}

// One step of the fake model on x[i] = y[i] = i % 7 - 2 from weights w; returns the loss.
static double reference(const double *w, double *w_grad, double *x_grad) {
  double loss = 0;
  memset(w_grad, 0, 3 * sizeof *w_grad);
  for (int i = 0; i < 10; ++i) {
    double residual = -(i % 7 - 2);
    for (int k = 0; k < 3; ++k)
      residual += w[k] * ((3 * i + k) % 7 - 2);
    loss += residual * residual / 10;
    for (int k = 0; k < 3; ++k) {
      w_grad[k] += 0.2 * residual * ((3 * i + k) % 7 - 2);
      x_grad[3 * i + k] = 0.2 * residual * w[k];
    }
  }
  return loss;
}

static int is_near(double got, double expected) {
  return fabs(got - expected) <= 1e-5 * (1 + fabs(expected));
}

static void test_outputs(void) {
  double w[3] = {0.5, -0.25, 1}, w_grad[3], x_grad[30], loss = reference(w, w_grad, x_grad);
  CHECK(run("fake_model", "--inputs @xy.npz --outputs o.npz") == 0, "%s", errors);
  open_output("o.npz");
  CHECK(is_near(*floats("loss", 1), loss), "loss");
  CHECK(is_near(floats("out/prediction", 10)[0], 0.5 * -2 + -0.25 * -1 + 0), "prediction");
  CHECK(is_absent("out/mse") && is_absent("param/w.grad"), "too much is written");
  for (int k = 0; k < 3; ++k)
    CHECK(is_near(floats("grad/param/w", 3)[k], w_grad[k]), "w.grad[%d]", k);
  for (int k = 0; k < 30; ++k)
    CHECK(is_near(floats("grad/input/x", 30)[k], x_grad[k]), "x.grad[%d]", k);
  CHECK(*floats("buffer/seen", 1) == 1 && floats("param/w", 3)[2] == 1, "variables");
  CHECK(run("fake_predictor", "--inputs x=@x.npy --outputs o.npz") == 0, "%s", errors);
  open_output("o.npz");
  CHECK(is_near(floats("out/prediction", 10)[0], -0.75), "prediction");
  CHECK(is_absent("loss") && is_absent("grad/param/w"), "there is no loss and no gradient");
  CHECK(run("fake_script", "--outputs o.npz") == 0 && !strcmp(output, script_text), "%s%s", output,
        errors);
  open_output("o.npz");
  CHECK(floats("grad/param/w", 3)[1] == 2 * floats("out/w_now", 3)[1], "a script's variables");
  // Nothing is replaced by a run that fails.
  CHECK(run("fake_model", "--inputs @only_y.npz --outputs o.npz") == 1, "%s", errors);
  open_output("o.npz");
  CHECK(!is_absent("out/w_now"), "the old file was replaced");
  CHECK(run("fake_model", "--inputs @xy.npz --outputs /dev/full") == 1 &&
            strstr(errors, "/dev/full: cannot write: No space left on device"),
        "%s", errors);
}

static void test_training(void) {
  double w[3] = {0.5, -0.25, 1}, w_grad[3], x_grad[30], losses[7];
  for (int i = 0; i < 7; ++i) {
    losses[i] = reference(w, w_grad, x_grad);
    for (int k = 0; k < 3; ++k)
      w[k] -= 0.05 * w_grad[k];
  }
  CHECK(run("fake_trainer", "--inputs @xy.npz --steps 7 --outputs o.safetensors") == 0, "%s",
        errors);
  char *line = output;
  for (int i = 0; i < 7; ++i) {
    int step = 0, used = 0;
    double loss = 0;
    CHECK(sscanf(line, "step %d loss %lf\n%n", &step, &loss, &used) == 2 && step == i + 1 &&
              is_near(loss, losses[i]),
          "%s", line);
    line += used;
  }
  CHECK(!*line, "%s", line);
  open_output("o.safetensors");
  // Parameters and buffers alone; what else there is has room in an npz.
  CHECK(*floats("seen", 1) == 7, "buffer");
  for (int k = 0; k < 3; ++k)
    CHECK(is_near(floats("w", 3)[k], w[k]), "w[%d]", k);
  CHECK(run("fake_trainer", "--inputs @xy.npz --steps 7 --quiet --outputs o.npz") == 0, "%s",
        errors);
  open_output("o.npz");
  CHECK(is_near(*floats("loss", 1), losses[6]), "loss");
  for (int k = 0; k < 3; ++k)
    CHECK(is_near(floats("grad/param/w", 3)[k], w_grad[k]), "gradient of w[%d]", k);
  // Weights are what --outputs wrote: 3 and 4 steps make 7, and the buffer goes along.
  CHECK(run("fake_trainer", "--inputs @xy.npz --steps 3 --quiet --outputs a.npz") == 0, "%s",
        errors);
  CHECK(run("fake_trainer", "--inputs @xy.npz --steps 4 --weights a.npz --outputs b.npz") == 0,
        "%s", errors);
  open_output("b.npz");
  for (int k = 0; k < 3; ++k)
    CHECK(is_near(floats("param/w", 3)[k], w[k]), "w[%d]", k);
  CHECK(*floats("buffer/seen", 1) == 7, "the buffer");
  // Long trainings write a hundred lines, the last step's among them.
  CHECK(run("fake_trainer", "--inputs @xy.npz --steps 1234") == 0, "%s", errors);
  int lines = 0;
  for (line = output; *line; ++line)
    lines += *line == '\n';
  CHECK(lines >= 90 && lines <= 100 && strstr(output, "\nstep 1234 loss "), "%d lines: %s", lines,
        output);
}

// On a terminal one line is written again and again.
static void test_terminal(void) {
  int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) {
    // A root without a mounted /dev/pts has none.
    puts("skipped: there are no pseudo-terminals here");
    if (terminal >= 0)
      close(terminal);
    return;
  }
  char arguments[512];
  snprintf(arguments, sizeof arguments, "--inputs @xy.npz --steps 5000 >%s", ptsname(terminal));
  // Open on this side, too, so that the text stays readable when the program has ended.
  int other_side = open(ptsname(terminal), O_RDWR | O_NOCTTY);
  CHECK(run("fake_trainer", arguments) == 0, "%s", errors);
  size_t used = 0;
  struct pollfd ready = {terminal, POLLIN, 0};
  while (used < sizeof output - 1 && poll(&ready, 1, 100) == 1) {
    ssize_t got = read(terminal, output + used, sizeof output - 1 - used);
    if (got <= 0)
      break;
    used += (size_t)got;
  }
  output[used] = 0;
  CHECK(output[0] == '\r' && strstr(output, "[                        ] step 1/5000 loss 5.875 "),
        "'%s'", output);
  CHECK(strstr(output, "\r[========================] step 5000/5000 loss 2.7") &&
            strstr(output, " s left\x1b[K\r"),
        "'%s'", output);
  CHECK(!strncmp(output + used - 2, "\r\n", 2) && strstr(output, "steps/s\x1b[K\r\n"), "'%s'",
        output);
  close(other_side);
  close(terminal);
}

static void test_failing(void) {
  // An error of the program, after what it printed, and no output file.
  CHECK(run("fake_failing", "--outputs o2.npz >stdout 2>&1") == 1, "%s", output);
  size_t length = strlen(script_text);
  CHECK(!strncmp(output, script_text, length) &&
            !strncmp(output + length,
                     "fake_failing: error: Trying to backward through the graph a second time", 70),
        "%s", output);
  CHECK(access("o2.npz", F_OK) != 0, "a file was written");
  CHECK(run("fake_failing", "--bench 1") == 1 && !*output, "%s", output);
}

static void test_bench(void) {
  static const char *const runs[][2] = {{"fake_script", ""},
                                        {"fake_model", "--inputs @xy.npz"},
                                        {"fake_trainer", "--inputs @xy.npz"}};
  for (int i = 0; i < 3; ++i) {
    char arguments[128];
    double best = 0, median = 0;
    long steps = 0;
    int used = 0;
    snprintf(arguments, sizeof arguments, "%s --bench 0.1", runs[i][1]);
    CHECK(run(runs[i][0], arguments) == 0, "%s", errors);
    int read = sscanf(output, "{\"best_ns\": %lf, \"median_ns\": %lf, \"steps\": %ld}\n%n", &best,
                      &median, &steps, &used);
    CHECK(read == 3 && !output[used], "%s", output);
    CHECK(best > 1 && median >= best && median < 1e6 && (double)steps * best < 0.3e9 && steps > 100,
          "%s", output);
  }
}

static void test_seed(void) {
  static char first[sizeof output];
  run("fake_script", "--seed 5");
  memcpy(first, output, sizeof first);
  run("fake_script", "--seed 5");
  CHECK(!strcmp(first, output) && strcmp(first, script_text), "%s and %s", first, output);
  run("fake_script", "--seed 67280421310721");
  CHECK(!strcmp(output, script_text), "%s", output);
}

static void test_size(void) {
  static const char *const all[] = {"fake_script", "fake_model", "fake_trainer", "fake_predictor"};
  for (int i = 0; i < 4; ++i) {
    char path[4096];
    struct stat status = {0};
    snprintf(path, sizeof path, "%s/%s", programs, all[i]);
    CHECK(stat(path, &status) == 0 && status.st_size > 4096 && status.st_size < 73728,
          "%s: %ld bytes", path, (long)status.st_size);
  }
}

int main(int argc, char **argv) {
  char place[] = "/tmp/gradc-driver-XXXXXX";
  programs = argc > 2 ? realpath(argv[1], NULL) : NULL;
  files = argc > 2 ? realpath(argv[2], NULL) : NULL;
  CHECK(programs && files && mkdtemp(place) && chdir(place) == 0, "no place to work");
  if (check_failures)
    return check_done(1);
  test_table();
  test_outputs();
  test_training();
  test_terminal();
  test_failing();
  test_bench();
  test_seed();
  test_size();
  static const char *const left[] = {"stdout",        "stderr", "o.npz",
                                     "o.safetensors", "a.npz",  "b.npz"};
  for (size_t i = 0; i < sizeof left / sizeof left[0]; ++i)
    unlink(left[i]);
  CHECK(chdir("/") == 0 && rmdir(place) == 0, "files were left behind in %s", place);
  return check_done(300);
}
