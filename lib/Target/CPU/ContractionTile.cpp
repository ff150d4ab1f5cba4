// ContractionTile.cpp - one tile of a contraction: its products, and what follows them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Contraction.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::Access;
using sched::KernelNode;

/// About this many multiply-adds stand in one turn of the innermost loop.
static constexpr int64_t kUnrolledProducts = 96;
/// The epilogue works on so many vectors in lockstep.
static constexpr size_t kEpilogueVectors = 4;

/// Where the sums of a tile wait: row by row in the block.
Value ContractionEmitter::sumPlace(Value row, Value column, int64_t r, size_t j) {
  Value i = arith::SubIOp::create(b.b, b.loc, row, firstSum);
  Value k = arith::SubIOp::create(b.b, b.loc, column, firstColumn);
  return b.add(b.add(b.mul(i, nBlock), k), r * nBlock + int64_t(j) * width);
}

void ContractionEmitter::keep(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes,
                              const Lanes &sums) {
  for (int64_t r = 0; r < count; ++r)
    for (size_t j = 0; j < lanes.size(); ++j)
      b.store(sums[r * lanes.size() + j], sumsBuffer, sumPlace(row, column, r, j));
}

Lanes ContractionEmitter::restore(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes) {
  Lanes sums;
  for (int64_t r = 0; r < count; ++r)
    for (size_t j = 0; j < lanes.size(); ++j)
      sums.push_back(b.load(sumsBuffer, sumPlace(row, column, r, j), c.type, lanes[j]));
  return sums;
}

/// Sets the place of a tile of rows in the outer dims; returns that of its first row in m.
Value ContractionEmitter::placeRow(Value row) {
  if (!hasRows() || plan.outerRows.empty())
    return row;
  auto split = [&](int64_t size) {
    Value inner = arith::RemUIOp::create(b.b, b.loc, row, b.i64(size));
    row = arith::DivUIOp::create(b.b, b.loc, row, b.i64(size));
    return inner;
  };
  Value first = split(g.sizes[m]);
  for (int d : llvm::reverse(llvm::drop_begin(plan.outerRows)))
    index[d] = split(g.sizes[d]);
  index[plan.outerRows[0]] = row;
  return first;
}

Lanes ContractionEmitter::zeros(int64_t count, ArrayRef<int64_t> lanes) {
  Lanes sums;
  for (int64_t r = 0; r < count; ++r)
    for (int64_t l : lanes)
      sums.push_back(b.zero(laneType(c.type, l)));
  return sums;
}

/// The contracted dims as loops, slowest first; the slowest only over [from, to).
Lanes ContractionEmitter::kLoops(ArrayRef<int> dims, Value from, Value to, const Lanes &sums,
                                 llvm::function_ref<Lanes(Lanes)> body) {
  if (dims.empty())
    return body(sums);
  ArrayRef<int> rest = dims.drop_front();
  int64_t turns = 1;
  // Only copies and the tile that does most of the work: code costs time to compile.
  if (rest.empty() && sums.empty())
    turns = 2; // they have nothing to overlap but themselves
  else if (rest.empty() && int64_t(sums.size()) == tileRows * tileVectors)
    turns = std::max<int64_t>(1, kUnrolledProducts / int64_t(sums.size()));
  auto turn = [&](Value k, Lanes carried) {
    index[dims[0]] = k;
    return kLoops(rest, b.i64(0), rest.empty() ? Value() : b.i64(g.sizes[rest[0]]), carried, body);
  };
  return b.loop(from, to, 1, sums, turn, int64_t(llvm::bit_floor(uint64_t(turns))));
}

/// What was loaded of a factor, in the type of the sum.
Value ContractionEmitter::widened(int factor, Value v) {
  const KernelNode &x = g.nodes[c.in[factor]];
  return x.kind == KernelNode::Op ? applyOp(b, x.op, {Lanes{v}})[0] : v;
}

Value ContractionEmitter::loadFactor(int factor, const Instance &where) {
  const KernelNode &x = load(factor);
  return widened(factor, at.load(kernel.arguments[x.arg], x.access, where, x.type));
}

Lanes ContractionEmitter::multiply(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes,
                                   Value from, Value to, const Lanes &sums) {
  Value first = placeRow(row);
  return kLoops(c.order, from, to, sums, [&](Lanes carried) {
    Lanes out;
    SmallVector<Value> x;
    for (size_t j = 0; j < lanes.size(); ++j) {
      Instance where{index, lanes[j]};
      where.index[n] = b.add(column, int64_t(j) * width);
      Value v = panel ? b.load(panel, b.add(panelOffset(column, from), int64_t(j) * width), c.type,
                               lanes[j])
                      : loadFactor(wide, where);
      x.push_back(lanesOf(v.getType()) == lanes[j] ? v : b.splat(v, laneType(c.type, lanes[j])));
    }
    for (int64_t r = 0; r < count; ++r)
      for (size_t j = 0; j < lanes.size(); ++j) {
        Instance where{index, lanes[j]};
        if (hasRows())
          where.index[m] = b.add(first, r);
        where.index[n] = b.add(column, int64_t(j) * width);
        Value y = packed ? b.load(packed, b.add(packedRow(row, from), r), c.type, 1)
                         : loadFactor(1 - wide, where);
        if (lanesOf(y.getType()) != lanes[j])
          y = b.splat(y, laneType(c.type, lanes[j]));
        out.push_back(b.multiplyAdd(y, x[j], carried[out.size()]));
      }
    return out;
  });
}

/// What follows the sums, for a few vectors at a time: all of a tile's at once would be more than
/// the registers hold.
void ContractionEmitter::epilogue(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes,
                                  const Lanes &sums) {
  SmallVector<Instance> places;
  Value first = placeRow(row);
  for (int64_t r = 0; r < count; ++r)
    for (size_t j = 0; j < lanes.size(); ++j) {
      Instance where{index, lanes[j]};
      if (hasRows())
        where.index[m] = b.add(first, r);
      where.index[n] = b.add(column, int64_t(j) * width);
      places.push_back(where);
    }
  for (size_t i = 0; i < places.size(); i += kEpilogueVectors) {
    size_t size = std::min<size_t>(kEpilogueVectors, places.size() - i);
    at.forget();
    at.instances.assign(places.begin() + i, places.begin() + i + size);
    at.given[plan.node] = Lanes(sums.begin() + i, sums.begin() + i + size);
    SmallVector<Lanes> values;
    for (const sched::KernelResult &r : g.results)
      values.push_back(at.vectors(r.node));
    for (size_t k = 0; k < values.size(); ++k)
      for (auto [value, where] : llvm::zip(values[k], at.instances))
        at.store(value, kernel.results[k], g.results[k].access, where);
  }
}
