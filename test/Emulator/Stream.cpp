// Stream.cpp - work that waits for the emulated device, and graphs of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Stream.h"
#include <chrono>
#include <cstdlib>
#include <cstring>

using namespace emulator;

void Stream::add(Work work) {
  if (graph)
    graph->push_back(std::move(work));
  else
    queue.emplace_back(std::move(work), nullptr);
}

void Stream::record(Event &event) {
  event.recorded = true;
  event.done = false;
  queue.emplace_back(
      [&event] {
        std::chrono::duration<double, std::milli> now =
            std::chrono::steady_clock::now().time_since_epoch();
        event.time = now.count();
        event.done = true;
      },
      &event);
}

void Stream::finish() {
  auto work = std::move(queue);
  queue.clear();
  for (auto &[run, event] : work)
    run();
}

void Stream::finish(const Event &event) {
  size_t count = 0;
  for (size_t i = 0; i < queue.size(); ++i)
    if (queue[i].second == &event)
      count = i + 1;
  for (size_t i = 0; i < count; ++i)
    queue[i].first();
  queue.erase(queue.begin(), queue.begin() + std::ptrdiff_t(count));
}

void Stream::beginCapture() {
  graph = std::make_unique<Graph>();
  broken = false;
}

std::unique_ptr<Graph> Stream::endCapture() {
  auto captured = std::move(graph);
  return broken ? nullptr : std::move(captured);
}

void Stream::launch(const Graph &captured) {
  for (const Work &work : captured)
    queue.emplace_back(work, nullptr);
}

static std::vector<std::pair<char *, size_t>> pinned;

void *emulator::allocatePinned(size_t bytes) {
  void *p = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  if (p) {
    memset(p, 0xff, bytes);
    pinned.emplace_back(static_cast<char *>(p), bytes);
  }
  return p;
}

bool emulator::isPinned(const void *p) {
  for (auto &[begin, bytes] : pinned)
    if (p >= begin && p < begin + bytes)
      return true;
  return false;
}
