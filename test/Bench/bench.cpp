// bench.cpp - Google Benchmark around compiled kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every program of kernels/ is called on inputs drawn once. Bytes are those of its inputs and
// outputs, once each; products and convolutions also have their multiply-adds, twice, as FLOP/s.
#include "gradc_abi.h"
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#define KERNEL(name) extern "C" const gradc_program name##_program;
#include "kernels.inc"
#undef KERNEL

namespace {

const gradc_program *const kPrograms[] = {
#define KERNEL(name) &name##_program,
#include "kernels.inc"
#undef KERNEL
};

using Memory = std::unique_ptr<void, decltype(&std::free)>;

Memory allocate(uint64_t bytes) {
  return {std::aligned_alloc(64, (bytes + 63) / 64 * 64), &std::free};
}

uint64_t elementsOf(const gradc_tensor &t) {
  uint64_t n = 1;
  for (uint32_t d = 0; d < t.rank; ++d)
    n *= uint64_t(t.shape[d]);
  return n;
}
uint64_t bytesOf(const gradc_tensor &t) { return elementsOf(t) * gradc_rt_dtype_bytes(t.dtype); }

Memory draw(const gradc_tensor &t) {
  Memory memory = allocate(bytesOf(t));
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  for (uint64_t i = 0; i < elementsOf(t); ++i) {
    if (t.dtype == GRADC_F64)
      static_cast<double *>(memory.get())[i] = normal(random);
    else
      static_cast<float *>(memory.get())[i] = normal(random);
  }
  return memory;
}

/// Multiply-adds of a product (of inputs a and b) or a convolution (x and w); 0 of anything else.
double products(const gradc_program &p) {
  if (p.n_inputs != 2)
    return 0;
  const gradc_tensor &x = p.inputs[0], &w = p.inputs[1];
  double outputs = double(elementsOf(p.outputs[0]));
  if (!std::strncmp(p.name, "mat", 3))
    return outputs * double(x.shape[x.rank - 1]);
  if (!std::strncmp(p.name, "conv", 4))
    return outputs * double(elementsOf(w)) / double(w.shape[0]);
  return 0;
}

gradc_team *team(uint64_t scratch) {
  const char *threads = std::getenv("GRADC_BENCH_THREADS");
  return threads ? gradc_rt_team_start(uint32_t(std::atoi(threads)), scratch) : nullptr;
}

void run(benchmark::State &state, const gradc_program *p) {
  Memory self = allocate(p->size);
  std::vector<Memory> memory;
  std::vector<const void *> inputs;
  std::vector<void *> outputs;
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < p->n_inputs; ++i) {
    memory.push_back(draw(p->inputs[i]));
    inputs.push_back(memory.back().get());
    bytes += bytesOf(p->inputs[i]);
  }
  for (uint32_t i = 0; i < p->n_outputs; ++i) {
    memory.push_back(allocate(bytesOf(p->outputs[i])));
    outputs.push_back(memory.back().get());
    bytes += bytesOf(p->outputs[i]);
  }
  gradc_team *threads = team(p->thread_scratch);
  if (gradc_rt_init(p, self.get()) || gradc_rt_use_team(self.get(), threads))
    return state.SkipWithError("the program does not start");
  for (auto _ : state) {
    if (p->functions[0].fn(self.get(), inputs.data(), outputs.data()))
      return state.SkipWithError("the program fails");
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(int64_t(bytes) * int64_t(state.iterations()));
  if (double n = products(*p))
    state.counters["FLOP/s"] = benchmark::Counter(
        2 * n, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
  gradc_rt_team_stop(threads);
}

} // namespace

int main(int argc, char **argv) {
  for (const gradc_program *p : kPrograms)
    benchmark::RegisterBenchmark(p->name, run, p)->UseRealTime();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
