// Schedule.h - from linalg on tensors to kernels, launches and one arena.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_SCHEDULE_SCHEDULE_H
#define GRADC_SCHEDULE_SCHEDULE_H

#include <cstdint>

namespace mlir {
class DialectRegistry;
class OpPassManager;
} // namespace mlir

namespace gradc::sched {

struct ScheduleOptions {
  /// Of every buffer in the arena, in bytes.
  int64_t alignment = 64;
  /// Not 0: destinations are drawn by this seed (for tests).
  uint64_t randomHints = 0;
  /// Launches and copies are timed when the program runs.
  bool profile = false;
};

/// Adds the passes that turn the linalg level into the kernels level.
void buildSchedulePipeline(mlir::OpPassManager &pm, const ScheduleOptions &options = {});

/// The bufferization and aliasing models of the dialects that stand around launches. A context
/// that runs the pipeline must have them.
void registerScheduleInterfaces(mlir::DialectRegistry &registry);

/// Registers the passes and the pipeline `sched-pipeline` for gradc-opt.
void registerSchedule();

} // namespace gradc::sched

#endif
