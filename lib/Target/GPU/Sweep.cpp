// Sweep.cpp - rows with sums along them: a warp a row, or a block where rows are long.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sweep s does all work of a row that needs s earlier sums along it. A lane has the columns 2 l and
// 2 l + 1 of every 64, which are two of the 64 partial sums, so that a warp's halving tree is the
// order that the CPU adds in. What lies at a column is read and written by one lane only.
#include "Rows.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;
using sched::KernelNest;
using sched::KernelNode;

namespace {

/// Warps of a block that share a long row; they divide the number of partial sums, so that one
/// warp adds to each of these.
constexpr int64_t kRowWarps = 16;
static_assert(sched::kPartials % kRowWarps == 0);
/// Turns of the loop over a row that are unrolled.
constexpr int64_t kUnroll = 4;

/// What a sweep computes.
struct Root {
  enum Kind { Store, Accumulate, RowReduce } kind;
  int node;  // whose value is wanted
  int which; // the result, the outer reduction (as the nest has it) or the row reduction
};

/// The sweeps of a nest's rows.
struct Sweeps {
  Sweeps(const sched::KernelGraph &g, const KernelNest &n);
  SmallVector<SmallVector<Root>> roots;
};

/// One row, in a kernel that is being written.
class Row {
public:
  Row(DeviceKernel &k, const sched::KernelGraph &g, const Sweeps &sweeps, bool isLong, bool inPairs)
      : k(k), t(k.threads), b(k.threads.b), g(g), sweeps(sweeps), v(g.vectorDim),
        columns(g.sizes[g.vectorDim]), isLong(isLong), inPairs(inPairs) {}

  Instance at; // of the row
  llvm::MapVector<int, Buffer> known;
  /// Adds a value to the partial sum of outer reduction `which`; `at` has the column.
  std::function<void(int which, Value v, const Instance &at)> accumulate;

  void run();

private:
  bool runsAlong(const Root &r) const;
  void sweep(ArrayRef<Root> roots);
  void step(Evaluator &e, ArrayRef<Root> active, Lanes &sums);
  Lanes span(ArrayRef<Root> active, Value from, int64_t length, Lanes sums);
  Lanes wholeRow(ArrayRef<Root> active);
  Lanes longRow(ArrayRef<Root> active);
  void addChunk(ArrayRef<Root> active, Value number, int64_t length, ArrayRef<Value> parts);
  Lanes trees(ArrayRef<Root> active, const Lanes &sums);
  Lanes neutrals(ArrayRef<Root> active);
  void prepare(Evaluator &e);
  void scalars(ArrayRef<Root> roots);

  DeviceKernel &k;
  Threads &t;
  LaneBuilder &b;
  const sched::KernelGraph &g;
  const Sweeps &sweeps;
  int v;
  int64_t columns;
  bool isLong, inPairs;
  llvm::MapVector<int, Value> sumsOfRow;
};

} // namespace

Sweeps::Sweeps(const sched::KernelGraph &g, const KernelNest &n) {
  auto at = [&](int sweep) -> SmallVector<Root> & {
    if (int(roots.size()) <= sweep)
      roots.resize(sweep + 1);
    return roots[sweep];
  };
  SmallVector<int> work;
  for (auto [i, r] : llvm::enumerate(n.reduces)) {
    int in = g.nodes[r].in[0];
    at(g.nodes[in].stage).push_back({Root::Accumulate, in, int(i)});
    work.push_back(in);
  }
  for (int r : n.results) {
    int node = g.results[r].node;
    at(g.nodes[node].stage).push_back({Root::Store, node, r});
    work.push_back(node);
  }
  SmallVector<bool> seen(g.nodes.size(), false);
  while (!work.empty()) {
    int node = work.pop_back_val();
    if (seen[node] || g.isOuterReduce(node))
      continue;
    seen[node] = true;
    const KernelNode &x = g.nodes[node];
    if (g.isRowReduce(node) && !x.isShort)
      at(g.nodes[x.in[0]].stage).push_back({Root::RowReduce, x.in[0], node});
    work.append(x.in.begin(), x.in.end());
  }
}

void Row::prepare(Evaluator &e) {
  for (auto &[node, buffer] : known)
    e.buffers[node] = buffer;
  for (auto [node, value] : sumsOfRow)
    e.rowScalars[node] = value;
}

/// Whether a root has work at every column.
bool Row::runsAlong(const Root &r) const {
  switch (r.kind) {
  case Root::Store:
    return g.results[r.which].access.dimSet() >> v & 1;
  case Root::Accumulate:
    return g.varies(r.node, v);
  case Root::RowReduce:
    return true;
  }
  llvm_unreachable("all kinds are handled");
}

void Row::run() {
  for (const SmallVector<Root> &roots : sweeps.roots)
    sweep(roots);
}

void Row::sweep(ArrayRef<Root> roots) {
  SmallVector<Root> active, still;
  for (const Root &r : roots)
    (runsAlong(r) ? active : still).push_back(r);
  if (!active.empty()) {
    Lanes totals = isLong ? longRow(active) : wholeRow(active);
    size_t next = 0;
    for (const Root &r : active)
      if (r.kind == Root::RowReduce)
        sumsOfRow[r.which] = b.finish(g.nodes[r.which].combiner, t.broadcast(totals[next++]));
  }
  if (!still.empty())
    scalars(still);
}

/// What is one number a row.
void Row::scalars(ArrayRef<Root> roots) {
  // A result may lie over an argument that others have yet to read.
  if (isLong)
    t.barrier();
  else
    t.syncWarp();
  t.when(t.equals(isLong ? t.thread : t.lane, 0), [&] {
    Evaluator e(b, k.kernel, v);
    prepare(e);
    e.instances = {at};
    SmallVector<Value> values;
    for (const Root &r : roots)
      values.push_back(e.values(r.node)[0]);
    for (auto [r, x] : llvm::zip(roots, values)) {
      if (r.kind == Root::Store)
        e.store(x, k.kernel.results[r.which], g.results[r.which].access, at);
      else
        accumulate(r.which, x, at);
    }
  });
}

/// All roots at the instances of `e`; everything is read before anything is written. `sums` has
/// two partial sums a reduction; the first instance adds to the first from `sums` on.
void Row::step(Evaluator &e, ArrayRef<Root> active, Lanes &sums) {
  SmallVector<Lanes> values;
  for (const Root &r : active)
    values.push_back(e.vectors(r.node));
  size_t sum = 0, each = 0;
  for (const Instance &i : e.instances)
    each += size_t(i.lanes);
  for (auto [r, x] : llvm::zip(active, values)) {
    size_t column = 0;
    for (auto [i, value] : llvm::zip(e.instances, x)) {
      if (r.kind == Root::Store) {
        e.store(value, k.kernel.results[r.which], g.results[r.which].access, i);
        continue;
      }
      for (int64_t lane = 0; lane < i.lanes; ++lane, ++column) {
        Value one = b.extract(value, lane);
        if (r.kind == Root::RowReduce) {
          Value &part = sums[sum + column];
          part = b.combine(g.nodes[r.which].combiner, part, one);
          continue;
        }
        Instance where = i;
        where.index[v] = b.add(i.index[v], lane);
        accumulate(r.which, one, where);
      }
    }
    if (r.kind == Root::RowReduce)
      sum += each;
  }
}

Lanes Row::neutrals(ArrayRef<Root> active) {
  Lanes out;
  for (const Root &r : active) {
    const KernelNode &n = g.nodes[r.which];
    if (r.kind == Root::RowReduce)
      out.append(2, b.constant(sched::neutralElement(n.combiner, n.type), n.type));
  }
  return out;
}

/// `length` columns from `from` on, with two partial sums a reduction carried along.
Lanes Row::span(ArrayRef<Root> active, Value from, int64_t length, Lanes sums) {
  Value mine = b.add(from, b.mul(t.lane, 2));
  int64_t full = length / sched::kPartials, rest = length % sched::kPartials;
  auto columnAt = [&](Value c, int64_t lanes) {
    Instance i = at;
    i.index[v] = c;
    i.lanes = lanes;
    return i;
  };
  if (full)
    sums = b.loop(
        b.i64(0), b.i64(full), 1, sums,
        [&](Value turn, Lanes carried) {
          Evaluator e(b, k.kernel, v);
          prepare(e);
          Value c = b.add(mine, b.mul(turn, sched::kPartials));
          if (inPairs)
            e.instances = {columnAt(c, 2)};
          else
            e.instances = {columnAt(c, 1), columnAt(b.add(c, 1), 1)};
          b.aligned = inPairs;
          step(e, active, carried);
          b.aligned = false;
          return carried;
        },
        std::min(full, kUnroll));
  for (int64_t j = 0; j < 2 && j < rest; ++j) {
    Lanes mineOnly;
    for (size_t i = size_t(j); i < sums.size(); i += 2)
      mineOnly.push_back(sums[i]);
    Value inside = t.isBelow(b.add(b.mul(t.lane, 2), j), rest);
    mineOnly = t.choose(inside, mineOnly, [&] {
      Evaluator e(b, k.kernel, v);
      prepare(e);
      e.instances = {columnAt(b.add(mine, full * sched::kPartials + j), 1)};
      Lanes next = mineOnly;
      step(e, active, next);
      return next;
    });
    for (auto [i, x] : llvm::enumerate(mineOnly))
      sums[2 * i + size_t(j)] = x;
  }
  return sums;
}

Lanes Row::trees(ArrayRef<Root> active, const Lanes &sums) {
  Lanes out;
  for (const Root &r : active)
    if (r.kind == Root::RowReduce) {
      size_t i = 2 * out.size();
      out.push_back(t.tree(g.nodes[r.which].combiner, sums[i], sums[i + 1]));
    }
  return out;
}

Lanes Row::wholeRow(ArrayRef<Root> active) {
  return trees(active, span(active, b.i64(0), columns, neutrals(active)));
}

/// Adds chunk `number` of the row to the partial sums of chunks.
void Row::addChunk(ArrayRef<Root> active, Value number, int64_t length, ArrayRef<Value> parts) {
  Value from = b.mul(number, sched::kChunk);
  Lanes totals = trees(active, span(active, from, length, neutrals(active)));
  if (totals.empty())
    return;
  t.when(t.equals(t.lane, 0), [&] {
    Value place = arith::AndIOp::create(b.b, b.loc, number, b.i64(sched::kPartials - 1));
    size_t next = 0;
    for (const Root &r : active) {
      if (r.kind != Root::RowReduce)
        continue;
      const KernelNode &n = g.nodes[r.which];
      Value old = b.load(parts[next], place, n.type, 1);
      b.store(b.combine(n.combiner, old, totals[next]), parts[next], place);
      ++next;
    }
  });
}

/// The warps of the block take the chunks in turn; chunk sums are summed up by the same rule.
Lanes Row::longRow(ArrayRef<Root> active) {
  SmallVector<const KernelNode *> reduces;
  SmallVector<Value> parts;
  for (const Root &r : active)
    if (r.kind == Root::RowReduce) {
      reduces.push_back(&g.nodes[r.which]);
      parts.push_back(t.shared(reduces.back()->type, sched::kPartials));
    }
  if (!reduces.empty()) {
    t.when(t.isBelow(t.thread, sched::kPartials), [&] {
      for (auto [n, part] : llvm::zip(reduces, parts))
        b.store(b.constant(sched::neutralElement(n->combiner, n->type), n->type), part, t.thread);
    });
    t.barrier();
  }
  int64_t full = columns / sched::kChunk, rest = columns % sched::kChunk;
  b.loop(t.warp, b.i64(full), kRowWarps,
         [&](Value number) { addChunk(active, number, sched::kChunk, parts); });
  if (rest)
    t.when(t.equals(t.warp, full % kRowWarps), [&] { addChunk(active, b.i64(full), rest, parts); });
  Lanes out;
  if (reduces.empty())
    return out;
  t.barrier();
  Value first = b.mul(t.lane, 2);
  for (auto [n, part] : llvm::zip(reduces, parts))
    out.push_back(t.tree(n->combiner, b.load(part, first, n->type, 1),
                         b.load(part, b.add(first, 1), n->type, 1)));
  // Before the next row or sweep begins anew.
  t.barrier();
  return out;
}

LogicalResult RowEmitter::rows(const KernelNest &n, std::string &why) {
  if (columns > sched::kChunk * sched::kChunk) {
    why = "a sum of " + std::to_string(columns) + " elements has no GPU form yet";
    return failure();
  }
  Sweeps sweeps(g, n);
  bool isLong = columns > sched::kChunk;
  SmallVector<int> dims = parallelDims(n);
  SmallVector<int64_t> sizes = sizesOf(dims);
  sched::KernelGraph::Blocks blocks = g.blocksOf(n);
  if (n.reduced) {
    placeParts(n);
    sizes.push_back(blocks.count);
  }
  int64_t units = 1;
  for (int64_t size : sizes)
    units *= size;
  // Where warps are few they are spread over the GPU.
  int64_t teams = isLong || units < 1024 ? 1 : kBlock / kWarp;
  int64_t block = isLong ? kRowWarps * kWarp : teams * kWarp;
  bool inPairs = vectorLanes(n, 2) == 2;
  w.add(g, int64_t(llvm::divideCeil(uint64_t(units), uint64_t(teams))), block,
        [&](DeviceKernel &k) {
          Threads &t = k.threads;
          LaneBuilder &b = t.b;
          Row row(k, g, sweeps, isLong, inPairs);
          Evaluator e(b, k.kernel, v);
          row.at = start(k, e);
          for (auto &[node, place] : sums)
            row.known[node] = k.bufferOf(place);
          Value unit = teams == 1 ? t.block : b.add(b.mul(t.block, teams), t.warp);
          auto body = [&] {
            Lanes where = t.unpack(unit, sizes);
            for (auto [d, i] : llvm::zip(dims, where))
              row.at.index[d] = i;
            if (!n.reduced) {
              row.run();
              return;
            }
            Value from = b.mul(where.back(), blocks.size);
            b.loop(from, endOfBlock(b, blocks, from), 1, [&](Value i) {
              setRow(b, n, i, row.at);
              Value isFirst = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, i, from);
              row.accumulate = [&](int which, Value x, const Instance &at) {
                addToPart(k, n, which, where.back(), isFirst, x, at);
              };
              Row(row).run();
            });
          };
          if (units % teams)
            t.when(t.isBelow(unit, units), body);
          else
            body();
        });
  if (n.reduced)
    sumParts(n);
  return success();
}

/// The same lane adds to a place of the partial sums at every row of a block.
void RowEmitter::addToPart(DeviceKernel &k, const KernelNest &n, int which, Value block,
                           Value isFirst, Value x, const Instance &at) {
  LaneBuilder &b = k.threads.b;
  const KernelNode &node = g.nodes[n.reduces[which]];
  Value memory = k.inWorkspace(parts[which].workspace);
  Value place = placeOf(b, parts[which], block, at);
  Value neutral = b.constant(sched::neutralElement(node.combiner, node.type), node.type);
  Value old = k.threads.choose(isFirst, {b.load(memory, place, node.type, 1)},
                               [&] { return Lanes{neutral}; })[0];
  b.store(b.combine(node.combiner, old, x), memory, place);
}
