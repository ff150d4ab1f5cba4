// Contraction.cpp - sums of products: register tiles over an unpacked or packed factor, then the
// epilogue. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every element of the result is one chain of fused multiply-adds over k from 0 up, whatever the
// tile: blocking and packing change the speed, not a bit of the result. The vectors run along the
// dim that the result has contiguous; the factor that varies along it is read by vectors (through a
// packed panel if it lies otherwise in memory), the other is broadcast.
#include "Evaluator.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;
using sched::Access;
using sched::KernelNode;

namespace {

/// A packed panel takes at most this many bytes: it has to stay in the second-level cache.
constexpr int64_t kPanelBytes = 256 << 10;
/// With k in blocks, this many row tiles share one packed panel.
constexpr int64_t kRowTiles = 16;

class ContractionEmitter {
public:
  ContractionEmitter(LaneBuilder &b, const Kernel &kernel);
  void run();

private:
  using Index = SmallVector<Value>;

  void choosePlan();
  void outerLoops(ArrayRef<int> dims);
  void columnTile(Value column, ArrayRef<int64_t> lanes);
  void rowTiles(Value from, int64_t rows, llvm::function_ref<void(Value, int64_t)> body);
  void blocked(Value column, ArrayRef<int64_t> lanes);
  Lanes multiply(Value row, int64_t rows, Value column, ArrayRef<int64_t> lanes, Value from,
                 Value to, const Lanes &sums);
  Lanes kLoops(ArrayRef<int> dims, Value from, Value to, const Lanes &sums,
               llvm::function_ref<Lanes(Lanes)> body);
  Lanes fuse(Value row, int64_t rows, Value column, ArrayRef<int64_t> lanes, const Lanes &sums);
  void epilogue(Value row, int64_t rows, Value column, ArrayRef<int64_t> lanes, const Lanes &sums);
  void pack(Value column, ArrayRef<int64_t> lanes, Value from, Value to);
  Value packSquares(Value column, ArrayRef<int64_t> lanes, Value from, Value to);
  Value panelOffset(Value first);
  Lanes zeros(int64_t rows, ArrayRef<int64_t> lanes);
  const KernelNode &load(int factor) const { return g.nodes[g.factorOf(c.in[factor])]; }
  Value widened(int factor, Value v);
  Value loadFactor(int factor, const Instance &where);
  bool hasRows() const { return m >= 0; }

  LaneBuilder &b;
  const Kernel &kernel;
  const sched::KernelGraph &g;
  Evaluator at;
  int node, n, m = -1;
  const KernelNode &c;
  int wide; // which factor is read by vectors
  int64_t width, tileVectors, tileRows, rows, columns, kBlock;
  SmallVector<int> outer;
  Value panel, sumsBuffer;
  Index index;
};

int contractionOf(const sched::KernelGraph &g) {
  SmallVector<bool> live = g.liveNodes();
  for (unsigned i = 0; i < g.nodes.size(); ++i)
    if (live[i] && g.nodes[i].kind == KernelNode::Contract)
      return int(i);
  llvm_unreachable("the form says that there is one");
}

/// The dim that the results have contiguous; one beyond all dims if a result is a single element.
int vectorDimOf(const sched::KernelGraph &g) {
  const Access &access = g.results[0].access;
  return access.dims.empty() ? int(g.sizes.size()) : access.dims.back().dim;
}

} // namespace

ContractionEmitter::ContractionEmitter(LaneBuilder &b, const Kernel &kernel)
    : b(b), kernel(kernel), g(kernel.graph), at(b, kernel, vectorDimOf(kernel.graph)),
      node(contractionOf(kernel.graph)), n(vectorDimOf(kernel.graph)), c(g.nodes[node]),
      width(kernel.width(b.target, n)) {
  choosePlan();
}

void ContractionEmitter::choosePlan() {
  wide = g.varies(c.in[1], n) || !g.varies(c.in[0], n) ? 1 : 0;
  const KernelNode &factor = load(wide);
  columns = n < int(g.sizes.size()) ? g.sizes[n] : 1;
  rows = 1;
  for (unsigned d = 0; d < g.sizes.size(); ++d)
    if (int(d) != n && (c.dims & ~factor.dims) >> d & 1 && g.sizes[d] > rows) {
      m = int(d);
      rows = g.sizes[d];
    }
  for (const Access::Dim &d : g.results[0].access.dims)
    if (d.dim != n && d.dim != m)
      outer.push_back(d.dim);
  int64_t registers = b.target.registers;
  tileVectors = std::min<int64_t>(llvm::divideCeil(columns, width), registers >= 32 ? 4 : 2);
  tileRows = std::min<int64_t>({rows, (registers - 2 - tileVectors) / tileVectors, 12});
  // A slightly lower tile that divides the rows needs no code for the rest.
  for (int64_t r = tileRows; r > 1 && r + 2 >= tileRows; --r)
    if (rows % r == 0) {
      tileRows = r;
      break;
    }
  kBlock = c.order.empty() ? 1 : g.sizes[c.order[0]];
  bool strided = g.varies(c.in[wide], n) && factor.access.strideOf(n) != 1 && columns > 1;
  // Rows far apart in memory share few cache sets and pages: enough row tiles repay a copy.
  bool reused = rows >= 4 * tileRows && columns > tileVectors * width && kBlock >= 32;
  if (!strided && !reused)
    return;
  int64_t bytes = std::max<int64_t>(1, c.type.getIntOrFloatBitWidth() / 8);
  int64_t slice = g.count(c.reduced) / std::max<int64_t>(1, kBlock) * tileVectors * width * bytes;
  if (slice > kPanelBytes)
    return; // read across memory instead
  kBlock = std::min(kBlock, std::max<int64_t>(1, kPanelBytes / slice));
  panel = b.workspace(c.type, slice / bytes * kBlock);
  if (!c.order.empty() && kBlock < g.sizes[c.order[0]])
    sumsBuffer = b.workspace(c.type, tileRows * kRowTiles * tileVectors * width);
}

void ContractionEmitter::run() {
  index.assign(g.sizes.size() + 1, b.i64(0));
  outerLoops(outer);
}

void ContractionEmitter::outerLoops(ArrayRef<int> dims) {
  if (!dims.empty()) {
    b.loop(b.i64(0), b.i64(g.sizes[dims[0]]), 1, [&](Value i) {
      index[dims[0]] = i;
      outerLoops(dims.drop_front());
    });
    return;
  }
  int64_t tile = tileVectors * width, full = columns / tile * tile;
  if (full)
    b.loop(b.i64(0), b.i64(full), tile,
           [&](Value column) { columnTile(column, SmallVector<int64_t>(tileVectors, width)); });
  SmallVector<int64_t> rest;
  for (int64_t i = full; i < columns; i += width)
    rest.push_back(std::min(width, columns - i));
  if (!rest.empty())
    columnTile(b.i64(full), rest);
}

void ContractionEmitter::rowTiles(Value from, int64_t count,
                                  llvm::function_ref<void(Value, int64_t)> body) {
  int64_t full = count / tileRows * tileRows;
  if (full)
    b.loop(from, b.add(from, full), tileRows, [&](Value row) { body(row, tileRows); });
  if (count > full)
    body(b.add(from, full), count - full);
}

void ContractionEmitter::columnTile(Value column, ArrayRef<int64_t> lanes) {
  if (sumsBuffer)
    return blocked(column, lanes);
  Value zero = b.i64(0), end = b.i64(kBlock);
  if (panel)
    pack(column, lanes, zero, end);
  rowTiles(zero, rows, [&](Value row, int64_t count) {
    Lanes sums = multiply(row, count, column, lanes, zero, end, zeros(count, lanes));
    epilogue(row, count, column, lanes, sums);
  });
}

/// k in blocks: the sums of some row tiles wait in memory while the next panel is packed.
void ContractionEmitter::blocked(Value column, ArrayRef<int64_t> lanes) {
  int64_t size = g.sizes[c.order[0]], block = tileRows * kRowTiles, tile = tileVectors * width;
  auto place = [&](Value row, Value first, int64_t r, size_t j) {
    Value relative = arith::SubIOp::create(b.b, b.loc, row, first);
    return b.add(b.mul(relative, tile), r * tile + int64_t(j) * width);
  };
  auto keep = [&](Value row, Value first, int64_t count, const Lanes &sums) {
    for (size_t i = 0; i < sums.size(); ++i)
      b.store(sums[i], sumsBuffer, place(row, first, i / lanes.size(), i % lanes.size()));
  };
  auto restore = [&](Value row, Value first, int64_t count) {
    Lanes sums;
    for (int64_t r = 0; r < count; ++r)
      for (size_t j = 0; j < lanes.size(); ++j)
        sums.push_back(b.load(sumsBuffer, place(row, first, r, j), c.type, lanes[j]));
    return sums;
  };
  auto rowBlock = [&](Value first, int64_t count) {
    rowTiles(first, count, [&](Value row, int64_t r) { keep(row, first, r, zeros(r, lanes)); });
    b.loop(b.i64(0), b.i64(size), kBlock, [&](Value k) {
      Value end = arith::MinSIOp::create(b.b, b.loc, b.add(k, kBlock), b.i64(size));
      pack(column, lanes, k, end);
      rowTiles(first, count, [&](Value row, int64_t r) {
        keep(row, first, r, multiply(row, r, column, lanes, k, end, restore(row, first, r)));
      });
    });
    rowTiles(first, count, [&](Value row, int64_t r) {
      epilogue(row, r, column, lanes, restore(row, first, r));
    });
  };
  int64_t full = rows / block * block;
  if (full)
    b.loop(b.i64(0), b.i64(full), block, [&](Value first) { rowBlock(first, block); });
  if (rows > full)
    rowBlock(b.i64(full), rows - full);
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
  return b.loop(from, to, 1, sums, [&](Value k, Lanes carried) {
    index[dims[0]] = k;
    ArrayRef<int> rest = dims.drop_front();
    return kLoops(rest, b.i64(0), rest.empty() ? Value() : b.i64(g.sizes[rest[0]]), carried, body);
  });
}

/// Where the panel has the current k; its rows are as long as a full tile.
Value ContractionEmitter::panelOffset(Value first) {
  Value row;
  int64_t stride = 1;
  for (int d : llvm::reverse(c.order)) {
    Value i = index[d];
    if (d == c.order[0])
      i = arith::SubIOp::create(b.b, b.loc, i, first);
    Value term = b.mul(i, stride);
    row = row ? b.add(row, term) : term;
    stride *= g.sizes[d];
  }
  return row ? b.mul(row, tileVectors * width) : b.i64(0);
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
  return kLoops(c.order, from, to, sums, [&](Lanes carried) {
    Lanes out;
    SmallVector<Value> x;
    for (size_t j = 0; j < lanes.size(); ++j) {
      Instance where{index, lanes[j]};
      where.index[n] = b.add(column, int64_t(j) * width);
      Value v = panel
                    ? b.load(panel, b.add(panelOffset(from), int64_t(j) * width), c.type, lanes[j])
                    : loadFactor(wide, where);
      x.push_back(lanesOf(v.getType()) == lanes[j] ? v : b.splat(v, laneType(c.type, lanes[j])));
    }
    for (int64_t r = 0; r < count; ++r)
      for (size_t j = 0; j < lanes.size(); ++j) {
        Instance where{index, lanes[j]};
        if (hasRows())
          where.index[m] = b.add(row, r);
        where.index[n] = b.add(column, int64_t(j) * width);
        Value y = loadFactor(1 - wide, where);
        if (lanesOf(y.getType()) != lanes[j])
          y = b.splat(y, laneType(c.type, lanes[j]));
        out.push_back(b.multiplyAdd(y, x[j], carried[out.size()]));
      }
    return out;
  });
}

void ContractionEmitter::epilogue(Value row, int64_t count, Value column, ArrayRef<int64_t> lanes,
                                  const Lanes &sums) {
  at.forget();
  at.instances.clear();
  for (int64_t r = 0; r < count; ++r)
    for (size_t j = 0; j < lanes.size(); ++j) {
      Instance where{index, lanes[j]};
      if (hasRows())
        where.index[m] = b.add(row, r);
      where.index[n] = b.add(column, int64_t(j) * width);
      at.instances.push_back(where);
    }
  at.given[node] = sums;
  SmallVector<Lanes> values;
  for (const sched::KernelResult &r : g.results)
    values.push_back(at.vectors(r.node));
  for (size_t k = 0; k < values.size(); ++k)
    for (auto [value, where] : llvm::zip(values[k], at.instances))
      at.store(value, kernel.results[k], g.results[k].access, where);
}

/// Full squares of a factor that has k contiguous are transposed; returns the first k that is left.
Value ContractionEmitter::packSquares(Value column, ArrayRef<int64_t> lanes, Value from, Value to) {
  const KernelNode &factor = load(wide);
  int k = c.order[0];
  Value first = from;
  Value length = arith::SubIOp::create(b.b, b.loc, to, from);
  length = arith::AndIOp::create(b.b, b.loc, length, b.i64(-width));
  Value end = b.add(from, length);
  b.loop(from, end, width, [&](Value start) {
    index[k] = start;
    for (size_t j = 0; j < lanes.size(); ++j) {
      Lanes square;
      for (int64_t i = 0; i < width; ++i) {
        // Columns that are not there are read as the last one, and never used.
        Instance where{index, 1};
        where.index[n] = b.add(column, int64_t(j) * width + std::min(i, lanes[j] - 1));
        square.push_back(b.load(kernel.arguments[factor.arg], at.offset(factor.access, where),
                                factor.type, width));
      }
      square = b.transpose(square);
      for (int64_t i = 0; i < width; ++i) {
        index[k] = b.add(start, i);
        b.store(widened(wide, b.narrow(square[i], lanes[j])), panel,
                b.add(panelOffset(first), int64_t(j) * width));
      }
      index[k] = start;
    }
  });
  return end;
}

void ContractionEmitter::pack(Value column, ArrayRef<int64_t> lanes, Value from, Value to) {
  const KernelNode &factor = load(wide);
  Value first = from;
  auto one = [&](Lanes) {
    for (size_t j = 0; j < lanes.size(); ++j) {
      Instance where{index, lanes[j]};
      where.index[n] = b.add(column, int64_t(j) * width);
      b.store(loadFactor(wide, where), panel, b.add(panelOffset(first), int64_t(j) * width));
    }
    return Lanes();
  };
  bool squares = c.order.size() == 1 && factor.access.strideOf(c.order[0]) == 1 && width > 1;
  if (squares && kBlock >= width)
    from = packSquares(column, lanes, from, to);
  kLoops(c.order, from, to, {}, one);
}

void gradc::cpu::emitContraction(LaneBuilder &b, const Kernel &kernel) {
  // Without elements there is nothing to compute, and no tile.
  if (kernel.graph.count(kernel.graph.results[0].access.dimSet()) != 0)
    ContractionEmitter(b, kernel).run();
}
