// Cumulative.cpp - sums, products, ... so far along a dim, by vectors along the dims behind it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Lanes/Cumulation.h"
#include "Owned.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;

/// Where there are no dims behind it, this many rows run side by side: one is a chain of operations
/// that wait for each other.
static constexpr int64_t kRows = 4;

/// All lines: by vectors along the dims behind it, or several rows side by side.
static void emitLines(LaneBuilder &b, Cumulation cumulation) {
  const Lines &lines = cumulation.lines;
  Type element = cumulation.element;
  if (lines.inner > 1) {
    bool shareOuter = lines.outer >= kShareFrom;
    auto parts = shareOuter ? forEachPart : shareParts;
    auto each = [&](Value outer) {
      Value row = b.mul(outer, lines.size * lines.inner);
      parts(b, element, lines.inner, 4, [&](Value at, ArrayRef<int64_t> lanes) {
        SmallVector<Value> offsets;
        Value next = b.add(row, at);
        for (int64_t n : lanes) {
          offsets.push_back(next);
          next = b.add(next, n);
        }
        cumulation.along(offsets, lanes);
      });
    };
    if (shareOuter)
      shareLoop(b, lines.outer, each);
    else
      b.loop(b.i64(0), b.i64(lines.outer), 1, each);
    return;
  }
  auto rows = [&](Value first, int64_t count) {
    SmallVector<Value> offsets;
    for (int64_t i = 0; i < count; ++i)
      offsets.push_back(b.mul(b.add(first, i), lines.size));
    cumulation.along(offsets, SmallVector<int64_t>(count, 1));
  };
  int64_t full = lines.outer / kRows;
  shareLoop(b, full, [&](Value group) { rows(b.mul(group, kRows), kRows); });
  if (lines.outer % kRows)
    b.lead([&] { rows(b.i64(full * kRows), lines.outer % kRows); });
}

void gradc::cpu::emitCumulative(LaneBuilder &b, ag::CumulativeOp op, const OwnedKernel &kernel) {
  emitLines(b, Cumulation(b, op, kernel.operands, kernel.results[0]));
}

void gradc::cpu::emitRecurrence(LaneBuilder &b, ag::RecurrenceOp op, const OwnedKernel &kernel) {
  emitLines(b, Cumulation(b, op, kernel.operands, kernel.results[0]));
}
