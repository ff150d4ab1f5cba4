// Contraction.cpp - sums of products: tiles in shared memory, sums in registers, then the epilogue.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every element of the result is one chain of fused multiply-adds over k from 0 up, as on the CPU.
// A block of 16 x 16 threads computes a tile; of each factor eight positions of k are in shared
// memory, in two buffers: while one is read the next is fetched into registers. Neighbours in a
// result lie along `n`, the dims that only the second factor varies over.
#include "Writer.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;
using sched::Access;
using sched::KernelNode;

namespace {

constexpr int64_t kSide = 16;   // threads along a side of a tile
constexpr int64_t kDepth = 8;   // positions of k in a buffer
constexpr int64_t kPadding = 4; // elements behind a row in shared memory: rows begin in other banks
/// So many blocks keep a large GPU busy.
constexpr int64_t kEnoughBlocks = 132;

/// One factor: the dims that only it varies over, and its tile.
struct Side {
  int factor; // of the contraction
  const KernelNode *load;
  SmallVector<int> dims;
  int64_t size = 1, tile = kSide;
  int64_t each() const { return tile / kSide; } // elements of a thread
  int64_t pitch() const { return tile + kPadding; }
};

class ContractionEmitter {
public:
  ContractionEmitter(KernelWriter &w, const sched::KernelGraph &g);
  void run();

private:
  void chooseTiles();
  void tile(DeviceKernel &k);
  SmallVector<int64_t> sizesOf(ArrayRef<int> dims) const;
  int64_t count(ArrayRef<int> dims) const;

  KernelWriter &w;
  const sched::KernelGraph &g;
  int node = -1;
  SmallVector<int> batch;
  Side rows, columns;
  int64_t depth; // of the whole sum
  friend class Tile;
};

/// The tile of one block.
class Tile {
public:
  Tile(DeviceKernel &k, const ContractionEmitter &e);
  void run();

private:
  struct Fetched {
    Lanes rows, columns;
  };
  struct Buffers {
    Value rows, columns;
  };
  void place(const Side &s, Value first, SmallVectorImpl<Lanes> &places);
  Value offsetOf(const Side &s, Value position);
  Value depthOffset(const Side &s, Value k);
  Lanes fetch(const Side &s, ArrayRef<Lanes> places, Value k, int64_t limit);
  void put(const Side &s, ArrayRef<Lanes> places, const Lanes &values, Value memory, Value buffer);
  Lanes read(const Side &s, Value memory, Value buffer, int64_t k, Value side);
  Lanes multiply(Value buffer, int64_t depth, Lanes sums);
  void epilogue(const Lanes &sums);
  void store(Value row, Value column, int64_t lanes, const Lanes &sums);
  int64_t group(const Side &s) const;

  DeviceKernel &k;
  Threads &t;
  LaneBuilder &b;
  const ContractionEmitter &e;
  const sched::KernelGraph &g;
  const KernelNode &c;
  Instance at;
  Value firstRow, firstColumn, x, y, rowMemory, columnMemory;
};

} // namespace

//===-- The plan ------------------------------------------------------------------------------===//

int64_t ContractionEmitter::count(ArrayRef<int> dims) const {
  int64_t n = 1;
  for (int d : dims)
    n *= g.sizes[d];
  return n;
}

SmallVector<int64_t> ContractionEmitter::sizesOf(ArrayRef<int> dims) const {
  SmallVector<int64_t> sizes;
  for (int d : dims)
    sizes.push_back(g.sizes[d]);
  return sizes;
}

ContractionEmitter::ContractionEmitter(KernelWriter &w, const sched::KernelGraph &g) : w(w), g(g) {
  SmallVector<bool> live = g.liveNodes();
  for (unsigned i = 0; i < g.nodes.size(); ++i)
    if (live[i] && g.nodes[i].kind == KernelNode::Contract)
      node = int(i);
  const KernelNode &c = g.nodes[node];
  depth = g.count(c.reduced);
  const Access &result = g.results[0].access;
  auto loadOf = [&](int factor) { return &g.nodes[g.factorOf(c.in[factor])]; };
  // Columns are the dims of the factor that the result's last dim belongs to.
  int last = result.dims.back().dim;
  int wide = (loadOf(1)->dims >> last & 1) ? 1 : 0;
  rows = {1 - wide, loadOf(1 - wide), {}};
  columns = {wide, loadOf(wide), {}};
  for (const Access::Dim &d : result.dims) {
    bool ofRows = rows.load->dims >> d.dim & 1, ofColumns = columns.load->dims >> d.dim & 1;
    (ofRows == ofColumns ? batch : ofRows ? rows.dims : columns.dims).push_back(d.dim);
  }
  rows.size = count(rows.dims);
  columns.size = count(columns.dims);
  chooseTiles();
}

/// The largest tiles that leave enough blocks.
void ContractionEmitter::chooseTiles() {
  bool isWide = g.nodes[node].type.getIntOrFloatBitWidth() > 32;
  int64_t most = isWide ? 64 : 128;
  for (Side *s : {&rows, &columns})
    while (s->tile < most && s->tile < s->size)
      s->tile *= 2;
  auto blocks = [&] {
    return count(batch) * int64_t(llvm::divideCeil(rows.size, rows.tile)) *
           int64_t(llvm::divideCeil(columns.size, columns.tile));
  };
  while (blocks() < kEnoughBlocks && std::max(rows.tile, columns.tile) > 2 * kSide)
    (rows.tile >= columns.tile ? rows : columns).tile /= 2;
}

void ContractionEmitter::run() {
  int64_t tiles = int64_t(llvm::divideCeil(rows.size, rows.tile)) *
                  int64_t(llvm::divideCeil(columns.size, columns.tile));
  w.add(g, count(batch) * tiles, kSide * kSide, [&](DeviceKernel &k) { Tile(k, *this).run(); });
}

//===-- A tile --------------------------------------------------------------------------------===//

Tile::Tile(DeviceKernel &k, const ContractionEmitter &e)
    : k(k), t(k.threads), b(k.threads.b), e(e), g(e.g), c(e.g.nodes[e.node]),
      at{SmallVector<Value>(e.g.sizes.size(), b.i64(0)), 1} {
  SmallVector<int64_t> sizes = e.sizesOf(e.batch);
  sizes.push_back(int64_t(llvm::divideCeil(e.rows.size, e.rows.tile)));
  sizes.push_back(int64_t(llvm::divideCeil(e.columns.size, e.columns.tile)));
  Lanes where = t.unpack(t.block, sizes);
  for (auto [d, i] : llvm::zip(e.batch, where))
    at.index[d] = i;
  firstRow = b.mul(where[where.size() - 2], e.rows.tile);
  firstColumn = b.mul(where.back(), e.columns.tile);
  Lanes side = t.unpack(t.thread, {kSide, kSide});
  y = side[0];
  x = side[1];
  rowMemory = t.shared(c.type, 2 * kDepth * e.rows.pitch());
  columnMemory = t.shared(c.type, 2 * kDepth * e.columns.pitch());
}

/// Where a side's position lies in its factor, but for k.
Value Tile::offsetOf(const Side &s, Value position) {
  const Access &access = s.load->access;
  Value sum = b.i64(access.offset);
  for (int d : e.batch)
    if (int64_t stride = access.strideOf(d))
      sum = b.add(sum, b.mul(at.index[d], stride));
  for (auto [d, i] : llvm::zip(s.dims, t.unpack(position, e.sizesOf(s.dims))))
    sum = b.add(sum, b.mul(i, access.strideOf(d)));
  return sum;
}

Value Tile::depthOffset(const Side &s, Value position) {
  Value sum = b.i64(0);
  for (auto [d, i] : llvm::zip(c.order, t.unpack(position, e.sizesOf(c.order))))
    sum = b.add(sum, b.mul(i, s.load->access.strideOf(d)));
  return sum;
}

/// The elements of a side's tile that a thread fetches: for each its place in the factor, its
/// position along the side within the tile, its position of k, whether it is inside, and, where
/// there are fewer than threads, whether this thread has one. Neighbours in memory go to
/// neighbouring threads.
void Tile::place(const Side &s, Value first, SmallVectorImpl<Lanes> &places) {
  bool alongK = s.load->access.strideOf(c.order.back()) == 1;
  for (int64_t i = 0; i < s.tile * kDepth; i += kSide * kSide) {
    Value number = b.add(t.thread, i), inTile, deep;
    Lanes parts = alongK ? t.unpack(number, {s.tile, kDepth}) : t.unpack(number, {kDepth, s.tile});
    inTile = parts[alongK ? 0 : 1];
    deep = parts[alongK ? 1 : 0];
    Value position = b.add(first, inTile), inside;
    if (s.size % s.tile)
      inside = t.isBelow(position, s.size);
    // A small tile has fewer elements than the block has threads.
    Value wanted;
    if (s.tile * kDepth < kSide * kSide) {
      wanted = t.isBelow(number, s.tile * kDepth);
      inside = inside ? Value(arith::AndIOp::create(b.b, b.loc, inside, wanted)) : wanted;
    }
    places.push_back({offsetOf(s, position), inTile, deep, inside, wanted});
  }
}

/// Elements of the positions of k from `first` on; `limit` of them are there.
Lanes Tile::fetch(const Side &s, ArrayRef<Lanes> places, Value first, int64_t limit) {
  Lanes out;
  Value zero = b.zero(c.type);
  for (const Lanes &p : places) {
    Value inside = p[3];
    if (limit < kDepth) {
      Value deep = t.isBelow(p[2], limit);
      inside = inside ? Value(arith::AndIOp::create(b.b, b.loc, inside, deep)) : deep;
    }
    auto load = [&]() -> Lanes {
      Value from = b.add(p[0], depthOffset(s, b.add(first, p[2])));
      Value v = b.load(k.kernel.arguments[s.load->arg], from, s.load->type, 1);
      const KernelNode &factor = g.nodes[c.in[s.factor]];
      if (factor.kind == KernelNode::Op) // widened
        v = applyOp(b, factor.op, {Lanes{v}})[0];
      return {v};
    };
    out.push_back(inside ? t.choose(inside, {zero}, load)[0] : load()[0]);
  }
  return out;
}

void Tile::put(const Side &s, ArrayRef<Lanes> places, const Lanes &values, Value memory,
               Value buffer) {
  for (auto [p, v] : llvm::zip(places, values)) {
    Value row = b.add(b.mul(buffer, kDepth), p[2]);
    Value to = b.add(b.mul(row, s.pitch()), p[1]);
    if (Value wanted = p[4])
      t.when(wanted, [&, v = v] { b.store(v, memory, to); });
    else
      b.store(v, memory, to);
  }
}

/// Neighbours that a thread takes at once: 16 bytes.
int64_t Tile::group(const Side &s) const {
  return std::min<int64_t>(s.each(), 128 / std::max(8u, c.type.getIntOrFloatBitWidth()));
}

/// A thread's elements at one position of k: groups of neighbours, 16 groups apart.
Lanes Tile::read(const Side &s, Value memory, Value buffer, int64_t deep, Value side) {
  int64_t n = group(s);
  Lanes out;
  Value row = b.mul(b.add(b.mul(buffer, kDepth), deep), s.pitch());
  for (int64_t i = 0; i < s.each(); i += n) {
    Value from = b.add(b.add(row, b.mul(side, n)), i * kSide);
    b.aligned = true;
    Value v = b.load(memory, from, c.type, n);
    b.aligned = false;
    for (int64_t lane = 0; lane < n; ++lane)
      out.push_back(b.extract(v, lane));
  }
  return out;
}

Lanes Tile::multiply(Value buffer, int64_t deep, Lanes sums) {
  for (int64_t i = 0; i < deep; ++i) {
    Lanes r = read(e.rows, rowMemory, buffer, i, y);
    Lanes n = read(e.columns, columnMemory, buffer, i, x);
    size_t next = 0;
    for (Value p : r)
      for (Value q : n) {
        sums[next] = b.multiplyAdd(p, q, sums[next]);
        ++next;
      }
  }
  return sums;
}

void Tile::run() {
  SmallVector<Lanes> rowPlaces, columnPlaces;
  place(e.rows, firstRow, rowPlaces);
  place(e.columns, firstColumn, columnPlaces);
  Lanes sums(size_t(e.rows.each() * e.columns.each()), b.zero(c.type));
  int64_t turns = int64_t(llvm::divideCeil(e.depth, kDepth));
  int64_t last = e.depth - (turns - 1) * kDepth; // positions of k in the last turn
  auto fetchBoth = [&](Value first, int64_t limit) -> Fetched {
    return {fetch(e.rows, rowPlaces, first, limit), fetch(e.columns, columnPlaces, first, limit)};
  };
  auto putBoth = [&](const Fetched &f, Value buffer) {
    put(e.rows, rowPlaces, f.rows, rowMemory, buffer);
    put(e.columns, columnPlaces, f.columns, columnMemory, buffer);
    t.barrier();
  };
  if (turns > 0)
    putBoth(fetchBoth(b.i64(0), turns == 1 ? last : kDepth), b.i64(0));
  // In turn i the buffer i mod 2 is read, and the next turn's elements come into the other one.
  auto turn = [&](Value i, int64_t nextDepth, Lanes carried) {
    Value buffer = arith::AndIOp::create(b.b, b.loc, i, b.i64(1));
    Fetched next = fetchBoth(b.mul(b.add(i, 1), kDepth), nextDepth);
    carried = multiply(buffer, kDepth, carried);
    putBoth(next, arith::XOrIOp::create(b.b, b.loc, buffer, b.i64(1)));
    return carried;
  };
  if (turns > 2)
    sums = b.loop(b.i64(0), b.i64(turns - 2), 1, sums,
                  [&](Value i, Lanes carried) { return turn(i, kDepth, carried); });
  if (turns > 1)
    sums = turn(b.i64(turns - 2), last, sums);
  if (turns > 0)
    sums = multiply(b.i64((turns - 1) % 2), last, sums);
  epilogue(sums);
}

//===-- The epilogue --------------------------------------------------------------------------===//

/// Whether vectors of `lanes` neighbours of the results can be written and read at once.
static bool fitsVectors(KernelWriter &w, const sched::KernelGraph &g, int64_t lanes, int dim) {
  auto fits = [&](const Access &a, unsigned arg, Type type) {
    if (!a.strideOf(dim))
      return true;
    int64_t bytes = lanes * std::max(8u, type.getIntOrFloatBitWidth()) / 8;
    if (a.strideOf(dim) != 1 || a.offset % lanes || w.alignment(arg) < bytes || bytes > 16)
      return false;
    return llvm::all_of(
        a.dims, [&](const Access::Dim &d) { return d.dim == dim || d.stride % lanes == 0; });
  };
  SmallVector<bool> live = g.liveNodes();
  for (auto [i, n] : llvm::enumerate(g.nodes)) {
    bool along = live[i] && g.varies(int(i), dim);
    if (along && (n.kind == KernelNode::Gather || n.isShort))
      return false;
    if (along && n.kind == KernelNode::Load && !n.reduced &&
        (n.arg >= g.numArgs || !fits(n.access, unsigned(n.arg), n.type)) &&
        llvm::none_of(g.nodes, [&](const KernelNode &c) {
          return c.kind == KernelNode::Contract &&
                 (g.factorOf(c.in[0]) == int(i) || g.factorOf(c.in[1]) == int(i));
        }))
      return false;
  }
  for (auto [i, r] : llvm::enumerate(g.results))
    if (!fits(r.access, unsigned(g.numArgs) + unsigned(i), r.type))
      return false;
  return g.sizes[dim] % lanes == 0;
}

/// The results at `lanes` neighbours.
void Tile::store(Value row, Value column, int64_t lanes, const Lanes &sums) {
  int dim = e.columns.dims.empty() ? int(g.sizes.size()) : e.columns.dims.back();
  Evaluator value(b, k.kernel, dim);
  Instance here = at;
  for (auto [d, i] : llvm::zip(e.rows.dims, t.unpack(row, e.sizesOf(e.rows.dims))))
    here.index[d] = i;
  for (auto [d, i] : llvm::zip(e.columns.dims, t.unpack(column, e.sizesOf(e.columns.dims))))
    here.index[d] = i;
  here.lanes = lanes;
  value.instances = {here};
  Value sum = sums[0];
  if (lanes > 1)
    sum =
        vector::FromElementsOp::create(b.b, b.loc, cast<VectorType>(laneType(c.type, lanes)), sums);
  value.given[e.node] = {sum};
  SmallVector<Value> values;
  b.aligned = lanes > 1;
  for (const sched::KernelResult &r : g.results)
    values.push_back(value.vectors(r.node)[0]);
  for (auto [i, r] : llvm::enumerate(g.results))
    value.store(values[i], k.kernel.results[i], r.access, here);
  b.aligned = false;
}

void Tile::epilogue(const Lanes &sums) {
  int64_t n = group(e.columns), rowGroup = group(e.rows);
  bool inVectors =
      n > 1 && !e.columns.dims.empty() && fitsVectors(e.w, g, n, e.columns.dims.back());
  int64_t lanes = inVectors ? n : 1;
  for (int64_t i = 0; i < e.rows.each(); ++i) {
    int64_t step = i / rowGroup * rowGroup * kSide + i % rowGroup;
    Value row = b.add(b.add(firstRow, b.mul(y, rowGroup)), step);
    auto columns = [&] {
      for (int64_t j = 0; j < e.columns.each(); j += lanes) {
        int64_t across = j / n * n * kSide + j % n;
        Value column = b.add(b.add(firstColumn, b.mul(x, n)), across);
        auto first = sums.begin() + i * e.columns.each() + j;
        Lanes some(first, first + lanes);
        if (e.columns.size % e.columns.tile)
          t.when(t.isBelow(column, e.columns.size), [&] { store(row, column, lanes, some); });
        else
          store(row, column, lanes, some);
      }
    };
    if (e.rows.size % e.rows.tile)
      t.when(t.isBelow(row, e.rows.size), columns);
    else
      columns();
  }
}

LogicalResult gradc::gpu::emitContraction(KernelWriter &writer, const sched::KernelGraph &graph,
                                          std::string &) {
  ContractionEmitter(writer, graph).run();
  return success();
}
