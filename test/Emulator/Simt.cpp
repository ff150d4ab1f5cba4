// Simt.cpp - runs the threads of a kernel, block after block, a fiber a thread.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Simt.h"
#include "Memory.h"
#include <algorithm>
#include <memory>
#include <random>

using namespace emulator;

#ifndef __x86_64__
#error "the emulator's fibers are written for x86-64"
#endif

// Saves the registers that a call keeps and the stack, and goes on with another stack.
extern "C" void gradcEmulatorSwitch(void **from, void *to);
__asm__(".text\n.globl gradcEmulatorSwitch\n.hidden gradcEmulatorSwitch\n"
        ".type gradcEmulatorSwitch,@function\ngradcEmulatorSwitch:\n"
        "  push %rbp\n  push %rbx\n  push %r12\n  push %r13\n  push %r14\n  push %r15\n"
        "  mov %rsp, (%rdi)\n  mov %rsi, %rsp\n"
        "  pop %r15\n  pop %r14\n  pop %r13\n  pop %r12\n  pop %rbx\n  pop %rbp\n  ret\n"
        ".size gradcEmulatorSwitch, . - gradcEmulatorSwitch\n");

namespace {

constexpr uint32_t kWarp = 32;
constexpr size_t kStack = 128 << 10;

struct Fiber {
  std::unique_ptr<char[]> stack;
  void *sp = nullptr;
  uint16_t epoch = 0, warpEpoch = 0;
  bool done = false, waits = false;
};

/// An operation that the lanes of a warp do together.
struct Together {
  uint32_t arrived = 0, site = 0;
  uint32_t values[kWarp], from[kWarp], results[kWarp];
};

struct Run {
  std::vector<Fiber> fibers;
  std::vector<Together> warps;
  void *scheduler = nullptr;
  Entry entry = nullptr;
  void **parameters = nullptr;
  uint64_t launch = 0;
  uint32_t block = 0, size = 0, current = 0;
  uint32_t live = 0, arrived = 0, site = 0;
  std::string wrong;
} run;

void yield() { gradcEmulatorSwitch(&run.fibers[run.current].sp, run.scheduler); }

/// Ends the kernel: what the threads have left to do is not done.
[[noreturn]] void stop(const std::string &why) {
  if (run.wrong.empty())
    run.wrong = why + " (thread " + std::to_string(run.current) + " of block " +
                std::to_string(run.block) + ")";
  yield();
  __builtin_unreachable();
}

void begin() {
  run.entry(run.parameters);
  run.fibers[run.current].done = true;
  yield();
}

void prepare(Fiber &f) {
  if (!f.stack)
    f.stack.reset(new char[kStack]);
  auto top = reinterpret_cast<uintptr_t>(f.stack.get() + kStack) / 16 * 16;
  auto *sp = reinterpret_cast<void **>(top) - 2; // a call leaves the stack so
  *sp = reinterpret_cast<void *>(&begin);
  sp -= 6; // registers
  std::fill(sp, sp + 6, nullptr);
  f.sp = sp;
  f.epoch = f.warpEpoch = 0;
  f.done = f.waits = false;
}

uint32_t readThread() { return run.current; }
uint32_t readBlock() { return run.block; }

void release() {
  for (Fiber &f : run.fibers)
    if (!f.done) {
      ++f.epoch;
      f.waits = false;
    }
  run.arrived = 0;
}

void barrier(uint32_t site) {
  if (run.arrived && run.site != site)
    stop("threads of a block wait at different barriers");
  run.site = site;
  run.fibers[run.current].waits = true;
  if (++run.arrived == run.live)
    release();
  while (run.fibers[run.current].waits)
    yield();
}

/// The lanes of a warp meet; the last one calls `finish`.
template <class Finish> uint32_t meet(uint32_t site, uint32_t value, uint32_t from, Finish finish) {
  Together &w = run.warps[run.current / kWarp];
  uint32_t lane = run.current % kWarp;
  if (w.arrived && w.site != site)
    stop("lanes of a warp wait at different places");
  w.site = site;
  w.values[lane] = value;
  w.from[lane] = from;
  run.fibers[run.current].waits = true;
  w.arrived |= 1u << lane;
  if (w.arrived == ~0u) {
    uint32_t first = run.current / kWarp * kWarp;
    w.arrived = 0;
    finish(w, first);
    for (uint32_t i = 0; i < kWarp; ++i)
      run.fibers[first + i].waits = false;
  }
  while (run.fibers[run.current].waits)
    yield();
  return w.results[lane];
}

uint32_t shuffle(uint32_t site, uint32_t isDown, uint32_t mask, uint32_t value, uint32_t from) {
  if (mask != ~0u)
    stop("a shuffle of some lanes only is not emulated");
  uint32_t lane = run.current % kWarp, source = isDown ? lane + from : from;
  return meet(site, value, source < kWarp ? source : lane, [](Together &w, uint32_t) {
    for (uint32_t i = 0; i < kWarp; ++i)
      w.results[i] = w.values[w.from[i]];
  });
}

void syncWarp(uint32_t site, uint32_t mask) {
  if (mask != ~0u)
    stop("a barrier of some lanes only is not emulated");
  meet(site, 0, 0, [](Together &, uint32_t first) {
    for (uint32_t i = 0; i < kWarp; ++i)
      ++run.fibers[first + i].warpEpoch;
  });
}

void noteAccess(const char *p, uint32_t bytes, uint32_t alignment, uint32_t isWrite,
                const char *base, uint64_t extent) {
  const Fiber &f = run.fibers[run.current];
  Access a{run.launch, run.block, uint16_t(run.current), f.epoch, f.warpEpoch, isWrite != 0};
  if (std::string why = note(p, bytes, alignment, base, extent, a); !why.empty())
    stop(why);
}

/// Runs every thread of a block to its end.
void runBlock(std::mt19937_64 &random, uint64_t seed) {
  std::vector<uint32_t> order(run.size);
  for (uint32_t i = 0; i < run.size; ++i) {
    order[i] = i;
    prepare(run.fibers[i]);
  }
  run.warps.assign((run.size + kWarp - 1) / kWarp, Together());
  run.live = run.size;
  run.arrived = 0;
  poisonShared();
  while (run.live && run.wrong.empty()) {
    bool moved = false;
    if (seed)
      std::shuffle(order.begin(), order.end(), random);
    for (uint32_t i : order) {
      Fiber &f = run.fibers[i];
      if (f.done || f.waits)
        continue;
      moved = true;
      run.current = i;
      gradcEmulatorSwitch(&run.scheduler, f.sp);
      if (!run.wrong.empty())
        return;
      if (f.done && --run.live && run.arrived == run.live)
        release(); // the others had waited for this one
    }
    if (!moved)
      run.wrong = "deadlock: threads of block " + std::to_string(run.block) +
                  " wait for others that do not come";
  }
}

} // namespace

std::string emulator::launch(Entry entry, void **parameters, uint32_t grid, uint32_t block,
                             uint64_t seed) {
  std::mt19937_64 random(seed);
  run.entry = entry;
  run.parameters = parameters;
  run.size = block;
  run.wrong.clear();
  ++run.launch;
  if (run.fibers.size() < block)
    run.fibers.resize(block);
  // Fibers that this kernel does not have are done.
  for (Fiber &f : run.fibers)
    f.done = true;
  for (run.block = 0; run.block < grid && run.wrong.empty(); ++run.block)
    runBlock(random, seed);
  return run.wrong;
}

std::vector<Symbol> emulator::symbols() {
  return {{"emulator.thread", reinterpret_cast<void *>(&readThread)},
          {"emulator.block", reinterpret_cast<void *>(&readBlock)},
          {"emulator.barrier", reinterpret_cast<void *>(&barrier)},
          {"emulator.shuffle", reinterpret_cast<void *>(&shuffle)},
          {"emulator.warp", reinterpret_cast<void *>(&syncWarp)},
          {"emulator.access", reinterpret_cast<void *>(&noteAccess)}};
}
