// learn.cpp - a C++ program that trains an exported PyTorch model on data of its own, and asks it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   gradc build moons.pt2 --optimizer=adam:lr=0.01 --emit=obj -o moons.o
//   gradc build moons.pt2 --optimizer=adam:lr=0.01 --emit=header -o moons.h
//   c++ -std=c++17 learn.cpp moons.o libgradc_rt.a -lm -o learn
#include "moons.h"
#include <cmath>
#include <cstdio>
#include <random>

namespace {
constexpr int batch = 64; // the size that the model was built for
struct Batch {
  float points[batch][2];
  int64_t labels[batch];
};
} // namespace

// All state of the model, in memory that belongs to this program: nothing is allocated in a step.
alignas(64) static unsigned char memory[MOONS_SIZE];

static void draw(Batch &data, std::mt19937 &random) {
  std::uniform_real_distribution<float> angles(0, 3.14159265f);
  std::normal_distribution<float> noise(0, 0.1f);
  for (int i = 0; i < batch; ++i) {
    float angle = angles(random), x = std::cos(angle), y = std::sin(angle);
    data.labels[i] = i % 2;
    data.points[i][0] = (i % 2 ? 1 - x : x) + noise(random);
    data.points[i][1] = (i % 2 ? 0.5f - y : y) + noise(random);
  }
}

int main() {
  moons *model;
  if (int code = moons_init(memory, sizeof memory, nullptr, &model)) {
    std::fprintf(stderr, "moons_init: %s\n", moons_error_text(code));
    return 1;
  }
  std::mt19937 random(1);
  Batch data;
  float loss = 0, logits[batch][2];
  moons_inputs in = {&data.points[0][0], data.labels};
  for (int step = 0; step < 1000; ++step) {
    draw(data, random);
    if (int code = moons_step(model, &in, &loss)) {
      std::fprintf(stderr, "moons_step: %s\n", moons_error_text(code));
      return 1;
    }
  }
  draw(data, random);
  moons_outputs out = {&loss, &logits[0][0]};
  if (moons_predict(model, &in, &out))
    return 1;
  int right = 0;
  for (int i = 0; i < batch; ++i)
    right += (logits[i][1] > logits[i][0]) == (data.labels[i] == 1);
  std::printf("%s of %d new points are right\n", right >= batch - 1 ? "nearly all" : "too few",
              batch);
  return 0;
}
