// Stream.h - work that waits for the emulated device, and graphs of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_EMULATOR_STREAM_H
#define GRADC_TEST_EMULATOR_STREAM_H

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace emulator {

using Work = std::function<void()>;
using Graph = std::vector<Work>;

struct Event {
  bool recorded = false; // it stands in the stream, or did
  bool done = true;      // the device has come by
  double time = 0;       // milliseconds
};

/// The one stream. What is put there is done as late as the driver's interface allows: when
/// somebody waits for it.
class Stream {
public:
  /// Adds work at the end, or to the graph that is captured.
  void add(Work work);
  void record(Event &event);
  /// Does everything, or everything up to the event.
  void finish();
  void finish(const Event &event);

  bool captures() const { return graph != nullptr; }
  void beginCapture();
  /// What was captured; null after a call that a capture forbids.
  std::unique_ptr<Graph> endCapture();
  /// Notes a call that a capture forbids.
  void violate() { broken = true; }
  void launch(const Graph &graph);

private:
  std::vector<std::pair<Work, Event *>> queue;
  std::unique_ptr<Graph> graph;
  bool broken = false;
};

/// Memory of the host that the device may use by itself.
void *allocatePinned(size_t bytes);
bool isPinned(const void *p);

} // namespace emulator

#endif
