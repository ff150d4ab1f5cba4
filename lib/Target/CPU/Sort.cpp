// Sort.cpp - a stable merge sort of rows, with the places that the elements come from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bottom-up: runs of 1, 2, 4, ... elements are merged from one row of memory to another. A merge
// has no branch: each output takes the head of one of two runs by a select.
#include "Owned.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;

namespace {

class SortEmitter {
public:
  SortEmitter(LaneBuilder &b, ag::SortOp op, const OwnedKernel &kernel)
      : b(b), kernel(kernel), lines(op.getX(), op.getDim()),
        element(getElementTypeOrSelf(op.getX().getType())), descending(op.getDescending()) {}

  void run() {
    Value scratch = b.ownMemory(kernel.results[2], kernel.resultBytes[2]);
    int64_t bytes = std::max(8u, element.getIntOrFloatBitWidth()) / 8;
    int64_t values = llvm::alignTo(lines.size * bytes, 64),
            indices = llvm::alignTo(lines.size * 8, 64);
    SmallVector<Value> rows;
    for (int64_t at : {int64_t(0), values, 2 * values, 2 * values + indices})
      rows.push_back(bytesBehind(scratch, at));
    shareLoop(b, lines.outer * lines.inner, [&](Value line) {
      Value outer = arith::DivUIOp::create(b.b, b.loc, line, b.i64(lines.inner));
      Value inner = arith::RemUIOp::create(b.b, b.loc, line, b.i64(lines.inner));
      sortLine(b.add(b.mul(outer, lines.size * lines.inner), inner), rows);
    });
  }

private:
  Value bytesBehind(Value pointer, int64_t bytes) {
    return LLVM::GEPOp::create(b.b, b.loc, pointer.getType(), b.b.getI8Type(), pointer,
                               ArrayRef<LLVM::GEPArg>{int32_t(bytes)});
  }
  Value compare(arith::CmpIPredicate p, Value x, Value y) {
    return arith::CmpIOp::create(b.b, b.loc, p, x, y);
  }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b.b, b.loc, condition, x, y);
  }
  Value least(Value x, Value y) { return arith::MinSIOp::create(b.b, b.loc, x, y); }
  Value both(Value x, Value y) { return arith::AndIOp::create(b.b, b.loc, x, y); }
  Value either(Value x, Value y) { return arith::OrIOp::create(b.b, b.loc, x, y); }

  void sortLine(Value offset, ArrayRef<Value> rows) {
    Type i64 = b.b.getI64Type();
    auto place = [&](Value i) { return b.add(offset, b.mul(i, lines.inner)); };
    b.loop(b.i64(0), b.i64(lines.size), 1, [&](Value i) {
      b.store(b.load(kernel.operands[0], place(i), element, 1), rows[0], i);
      b.store(i, rows[2], i);
    });
    int64_t passes = llvm::Log2_64_Ceil(lines.size);
    Lanes last = b.loop(b.i64(0), b.i64(passes), 1, {rows[0], rows[1], rows[2], rows[3], b.i64(1)},
                        [&](Value, Lanes c) -> Lanes {
                          mergeRuns(c[0], c[1], c[2], c[3], c[4]);
                          return {c[1], c[0], c[3], c[2], b.mul(c[4], 2)};
                        });
    b.loop(b.i64(0), b.i64(lines.size), 1, [&](Value i) {
      b.store(b.load(last[0], i, element, 1), kernel.results[0], place(i));
      b.store(b.load(last[2], i, i64, 1), kernel.results[1], place(i));
    });
  }

  /// Merges neighbouring runs of `width` elements.
  void mergeRuns(Value from, Value to, Value fromIndices, Value toIndices, Value width) {
    Value size = b.i64(lines.size);
    Value twice = b.mul(width, 2);
    Value pairs = arith::DivUIOp::create(b.b, b.loc, b.add(size, b.add(twice, -1)), twice);
    b.loop(b.i64(0), pairs, 1, [&](Value pair) {
      Value start = arith::MulIOp::create(b.b, b.loc, pair, twice);
      Value middle = least(b.add(start, width), size), end = least(b.add(start, twice), size);
      b.loop(start, end, 1, {start, middle}, [&](Value out, Lanes heads) -> Lanes {
        // A run that is used up is read at its end, and not taken.
        Value i = least(heads[0], b.i64(lines.size - 1)),
              j = least(heads[1], b.i64(lines.size - 1));
        Value x = b.load(from, i, element, 1), y = b.load(from, j, element, 1);
        Value leftIsOver = compare(arith::CmpIPredicate::sge, heads[0], middle);
        Value rightIsThere = compare(arith::CmpIPredicate::slt, heads[1], end);
        Value right = both(rightIsThere, either(leftIsOver, sortsBefore(b, descending, y, x)));
        b.store(select(right, y, x), to, out);
        b.store(b.load(fromIndices, select(right, j, i), b.b.getI64Type(), 1), toIndices, out);
        return {select(right, heads[0], b.add(heads[0], 1)),
                select(right, b.add(heads[1], 1), heads[1])};
      });
    });
  }

  LaneBuilder &b;
  const OwnedKernel &kernel;
  Lines lines;
  Type element;
  bool descending;
};

} // namespace

void gradc::cpu::emitSort(LaneBuilder &b, ag::SortOp op, const OwnedKernel &kernel) {
  SortEmitter(b, op, kernel).run();
}
