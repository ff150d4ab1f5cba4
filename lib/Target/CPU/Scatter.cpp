// Scatter.cpp - slices combined into a tensor one after another, by vectors along the slice.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Owned.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;

void gradc::cpu::emitScatter(LaneBuilder &b, ag::ScatterOp op, const OwnedKernel &kernel) {
  Lines lines(op.getX(), op.getDim());
  Type element = getElementTypeOrSelf(op.getX().getType());
  auto indices = cast<RankedTensorType>(op.getI().getType());
  Value x = kernel.operands[0], i = kernel.operands[1], u = kernel.operands[2],
        y = kernel.results[0];
  copyUnlessSame(b, x, y, element, lines.outer * lines.size * lines.inner);
  b.barrier();
  int64_t count = indices.getNumElements();
  // Slices that meet in one place come one after another; parts of slices, and what is before the
  // dim, are independent.
  bool shareOuter = lines.outer >= kShareFrom;
  auto [from, to] = b.share(shareOuter ? lines.outer : 1);
  auto parts = shareOuter ? forEachPart : shareParts;
  if (!shareOuter)
    from = b.i64(0), to = b.i64(lines.outer);
  b.loop(from, to, 1, [&](Value outer) {
    b.loop(b.i64(0), b.i64(count), 1, [&](Value j) {
      Value at = b.load(i, j, indices.getElementType(), 1);
      if (!at.getType().isInteger(64))
        at = arith::ExtSIOp::create(b.b, b.loc, b.b.getI64Type(), at);
      // As unsigned numbers negative ones are large.
      Value inRange =
          arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, at, b.i64(lines.size));
      when(b, inRange, [&] {
        Value to = b.mul(b.add(b.mul(outer, lines.size), at), lines.inner);
        Value from = b.mul(b.add(b.mul(outer, count), j), lines.inner);
        parts(b, element, lines.inner, 4, [&](Value offset, ArrayRef<int64_t> lanes) {
          int64_t next = 0;
          for (int64_t n : lanes) {
            Value part = b.add(offset, next), place = b.add(to, part);
            Value update = b.load(u, b.add(from, part), element, n);
            Value old =
                op.getMode() == ag::ScatterMode::set ? update : b.load(y, place, element, n);
            b.store(combineScattered(b, op.getMode(), old, update), y, place);
            next += n;
          }
        });
      });
    });
  });
}
