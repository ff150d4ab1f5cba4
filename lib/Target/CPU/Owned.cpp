// Owned.cpp - what the emitters of ops that own a kernel share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Owned.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;

int64_t gradc::cpu::vectorWidth(const LaneBuilder &b, Type element) {
  return std::max<int64_t>(1, b.target.vectorBits / std::max(8u, element.getIntOrFloatBitWidth()));
}

void gradc::cpu::forEachPart(LaneBuilder &b, Type element, int64_t count, int64_t unroll,
                             llvm::function_ref<void(Value, ArrayRef<int64_t>)> body) {
  int64_t width = vectorWidth(b, element), tile = width * unroll, full = count / tile * tile;
  if (full)
    b.loop(b.i64(0), b.i64(full), tile,
           [&](Value at) { body(at, SmallVector<int64_t>(unroll, width)); });
  SmallVector<int64_t> rest;
  for (int64_t i = full; i < count; i += width)
    rest.push_back(std::min(width, count - i));
  if (!rest.empty())
    body(b.i64(full), rest);
}

void gradc::cpu::shareParts(LaneBuilder &b, Type element, int64_t count, int64_t unroll,
                            llvm::function_ref<void(Value, ArrayRef<int64_t>)> body) {
  if (!b.team)
    return forEachPart(b, element, count, unroll, body);
  int64_t width = vectorWidth(b, element), tile = width * unroll, full = count / tile;
  if (full) {
    auto [from, to] = b.share(full);
    b.loop(b.mul(from, tile), b.mul(to, tile), tile,
           [&](Value at) { body(at, SmallVector<int64_t>(unroll, width)); });
  }
  SmallVector<int64_t> rest;
  for (int64_t i = full * tile; i < count; i += width)
    rest.push_back(std::min(width, count - i));
  if (!rest.empty())
    when(b, b.isLast(), [&] { body(b.i64(full * tile), rest); });
}

void gradc::cpu::shareLoop(LaneBuilder &b, int64_t count, llvm::function_ref<void(Value)> body) {
  auto [from, to] = b.share(count);
  b.loop(from, to, 1, body);
}

void gradc::cpu::when(LaneBuilder &b, Value condition, llvm::function_ref<void()> body) {
  auto branch = scf::IfOp::create(b.b, b.loc, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b.b);
  b.b.setInsertionPointToStart(branch.thenBlock());
  body();
}

void gradc::cpu::copyUnlessSame(LaneBuilder &b, Value from, Value to, Type element, int64_t count) {
  Value differ = LLVM::ICmpOp::create(b.b, b.loc, LLVM::ICmpPredicate::ne, from, to);
  when(b, differ, [&] {
    shareParts(b, element, count, 4, [&](Value at, ArrayRef<int64_t> lanes) {
      int64_t next = 0;
      for (int64_t n : lanes) {
        b.store(b.load(from, b.add(at, next), element, n), to, b.add(at, next));
        next += n;
      }
    });
  });
}

void gradc::cpu::emitOwnedKernel(LaneBuilder &b, ag::KernelOpInterface op,
                                 const OwnedKernel &kernel) {
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](ag::ScatterOp o) { emitScatter(b, o, kernel); })
      .Case([&](ag::ConvolutionOp o) { emitConvolution(b, o, kernel); })
      .Case([&](ag::ConvolutionWeightOp o) { emitConvolutionWeight(b, o, kernel); })
      .Case([&](ag::SortOp o) { emitSort(b, o, kernel); })
      .Case([&](ag::CumulativeOp o) { emitCumulative(b, o, kernel); })
      .Case([&](ag::RecurrenceOp o) { emitRecurrence(b, o, kernel); });
}
