// Sweep.cpp - rows with sums along them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A warp takes a row. Sweep s does all work of it that needs s earlier sums along it. A lane has
// the columns 2 l and 2 l + 1 of every 64, which are two of the 64 partial sums, so that a warp's
// halving tree is the order that the CPU adds in. What lies at a column is read and written by one
// lane only.
//
// Sums of long rows, and those that sums along columns need, go to the workspace first: a warp a
// chunk of 4096 elements, then a warp for 4096 chunks, and so on. With them known, what is left is
// elementwise or a sum of columns.
#include "Rows.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;
using sched::KernelNest;
using sched::KernelNode;

namespace {

/// Turns of the loop over a row that are unrolled.
constexpr int64_t kUnroll = 4;

/// What a sweep computes.
struct Root {
  enum Kind { Store, RowReduce } kind;
  int node;  // whose value is wanted
  int which; // the result, or the row reduction
};

/// By sweep, what the rows of a nest compute.
struct Sweeps {
  /// Sums that are `known` are not computed.
  Sweeps(const sched::KernelGraph &g, const KernelNest &n,
         const llvm::MapVector<int, Place> &known);
  SmallVector<SmallVector<Root>> roots;
};

/// One row, or a part of it, in a kernel that is being written.
class Row {
public:
  Row(DeviceKernel &k, const sched::KernelGraph &g, Instance at, bool inPairs)
      : at(std::move(at)), k(k), t(k.threads), b(k.threads.b), g(g), v(g.vectorDim),
        inPairs(inPairs) {}

  Instance at; // of the row
  llvm::MapVector<int, Buffer> known;

  /// The whole row, sweep after sweep.
  void run(const Sweeps &sweeps);
  /// The sums of `length` columns from `from` on, one for each reduction among `active`, in lane 0.
  Lanes part(ArrayRef<Root> active, Value from, int64_t length);

private:
  void step(Evaluator &e, ArrayRef<Root> active, Lanes &sums);
  Lanes neutrals(ArrayRef<Root> active);
  void prepare(Evaluator &e);
  void scalars(ArrayRef<Root> roots);

  DeviceKernel &k;
  Threads &t;
  LaneBuilder &b;
  const sched::KernelGraph &g;
  int v;
  bool inPairs;
  llvm::MapVector<int, Value> sumsOfRow;
};

} // namespace

Sweeps::Sweeps(const sched::KernelGraph &g, const KernelNest &n,
               const llvm::MapVector<int, Place> &known) {
  auto at = [&](int sweep) -> SmallVector<Root> & {
    if (int(roots.size()) <= sweep)
      roots.resize(sweep + 1);
    return roots[sweep];
  };
  SmallVector<int> work;
  for (int r : n.reduces)
    work.push_back(g.nodes[r].in[0]);
  for (int r : n.results) {
    int node = g.results[r].node;
    at(g.nodes[node].stage).push_back({Root::Store, node, r});
    work.push_back(node);
  }
  SmallVector<bool> seen(g.nodes.size(), false);
  while (!work.empty()) {
    int node = work.pop_back_val();
    if (seen[node] || known.count(node))
      continue;
    seen[node] = true;
    const KernelNode &x = g.nodes[node];
    if (g.isRowReduce(node) && !x.isShort)
      at(g.nodes[x.in[0]].stage).push_back({Root::RowReduce, x.in[0], node});
    work.append(x.in.begin(), x.in.end());
  }
}

//===-- A row by a warp -----------------------------------------------------------------------===//

void Row::prepare(Evaluator &e) {
  for (auto &[node, buffer] : known)
    e.buffers[node] = buffer;
  for (auto [node, value] : sumsOfRow)
    e.rowScalars[node] = value;
}

void Row::run(const Sweeps &sweeps) {
  for (const SmallVector<Root> &roots : sweeps.roots) {
    SmallVector<Root> active, still;
    for (const Root &r : roots) {
      bool isAlong = r.kind == Root::RowReduce || g.results[r.which].access.dimSet() >> v & 1;
      (isAlong ? active : still).push_back(r);
    }
    if (!active.empty()) {
      Lanes totals = part(active, b.i64(0), g.sizes[v]);
      size_t next = 0;
      for (const Root &r : active)
        if (r.kind == Root::RowReduce)
          sumsOfRow[r.which] = b.finish(g.nodes[r.which].combiner, t.broadcast(totals[next++]));
    }
    if (!still.empty())
      scalars(still);
  }
}

/// Results that are one number a row.
void Row::scalars(ArrayRef<Root> roots) {
  // A result may lie over an argument that other lanes have yet to read.
  t.syncWarp();
  t.when(t.equals(t.lane, 0), [&] {
    Evaluator e(b, k.kernel, v);
    prepare(e);
    e.instances = {at};
    SmallVector<Value> values;
    for (const Root &r : roots)
      values.push_back(e.values(r.node)[0]);
    for (auto [r, x] : llvm::zip(roots, values))
      e.store(x, k.kernel.results[r.which], g.results[r.which].access, at);
  });
}

/// All roots at the instances of `e`; everything is read before anything is written. `sums` has
/// as many partial sums a reduction as the instances have columns.
void Row::step(Evaluator &e, ArrayRef<Root> active, Lanes &sums) {
  SmallVector<Lanes> values;
  for (const Root &r : active)
    values.push_back(e.vectors(r.node));
  size_t sum = 0;
  for (auto [r, x] : llvm::zip(active, values))
    for (auto [i, value] : llvm::zip(e.instances, x)) {
      if (r.kind == Root::Store) {
        e.store(value, k.kernel.results[r.which], g.results[r.which].access, i);
        continue;
      }
      for (int64_t lane = 0; lane < i.lanes; ++lane, ++sum)
        sums[sum] = b.combine(g.nodes[r.which].combiner, sums[sum], b.extract(value, lane));
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

Lanes Row::part(ArrayRef<Root> active, Value from, int64_t length) {
  Value mine = b.add(from, b.mul(t.lane, 2));
  int64_t full = length / sched::kPartials, rest = length % sched::kPartials;
  auto columnAt = [&](Value c, int64_t lanes) {
    Instance i = at;
    i.index[v] = c;
    i.lanes = lanes;
    return i;
  };
  Lanes sums = neutrals(active); // two for each reduction
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
    Lanes own; // the sums of column j
    for (size_t i = size_t(j); i < sums.size(); i += 2)
      own.push_back(sums[i]);
    Value inside = t.isBelow(b.add(b.mul(t.lane, 2), j), rest);
    own = t.choose(inside, own, [&] {
      Evaluator e(b, k.kernel, v);
      prepare(e);
      e.instances = {columnAt(b.add(mine, full * sched::kPartials + j), 1)};
      Lanes next = own;
      step(e, active, next);
      return next;
    });
    for (auto [i, x] : llvm::enumerate(own))
      sums[2 * i + size_t(j)] = x;
  }
  Lanes out;
  for (const Root &r : active)
    if (r.kind == Root::RowReduce) {
      size_t i = 2 * out.size();
      out.push_back(t.tree(g.nodes[r.which].combiner, sums[i], sums[i + 1]));
    }
  return out;
}

//===-- Kernels -------------------------------------------------------------------------------===//

/// A kernel with a warp for each of `count` positions.
void RowEmitter::forEachWarp(int64_t count, llvm::function_ref<void(DeviceKernel &, Value)> body) {
  // Where warps are few they are spread over the GPU.
  int64_t each = count < 1024 ? 1 : kBlock / kWarp;
  w.add(g, int64_t(llvm::divideCeil(uint64_t(count), uint64_t(each))), each * kWarp,
        [&](DeviceKernel &k) {
          Threads &t = k.threads;
          Value position = each == 1 ? t.block : t.b.add(t.b.mul(t.block, each), t.warp);
          if (count % each)
            t.when(t.isBelow(position, count), [&] { body(k, position); });
          else
            body(k, position);
        });
}

/// The results of a nest whose rows a warp walks.
void RowEmitter::rows(const KernelNest &n) {
  Sweeps sweeps(g, n, sums);
  SmallVector<int> dims = parallelDims(n);
  SmallVector<int64_t> sizes = sizesOf(dims);
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  SmallVector<int> nodes;
  for (int r : n.results)
    nodes.push_back(g.results[r].node);
  bool inPairs = vectorLanes(nodes, n.results, 2) == 2;
  forEachWarp(count, [&](DeviceKernel &k, Value position) {
    Evaluator e(k.threads.b, k.kernel, v);
    Row row(k, g, start(k, e), inPairs);
    for (auto &[node, place] : sums)
      row.known[node] = k.bufferOf(place);
    for (auto [d, i] : llvm::zip(dims, k.threads.unpack(position, sizes)))
      row.at.index[d] = i;
    row.run(sweeps);
  });
}

/// Computes all sums along rows that a nest needs, into the workspace, where they are known from
/// then on.
void RowEmitter::keepRowSums(const KernelNest &n) {
  Sweeps sweeps(g, n, sums);
  for (const SmallVector<Root> &roots : sweeps.roots)
    for (const Root &r : roots)
      if (r.kind == Root::RowReduce)
        keepRowSum(r.which);
}

bool RowEmitter::needsRowSums(const KernelNest &n) const {
  Sweeps sweeps(g, n, sums);
  return llvm::any_of(sweeps.roots, [](const SmallVector<Root> &roots) {
    return llvm::any_of(roots, [](const Root &r) { return r.kind == Root::RowReduce; });
  });
}

/// Chunk by chunk, then chunks of chunks by the same rule.
void RowEmitter::keepRowSum(int node) {
  const KernelNode &x = g.nodes[node];
  SmallVector<int> dims;
  for (unsigned d = 0; d < g.sizes.size(); ++d)
    if (x.dims >> d & 1)
      dims.push_back(int(d));
  int64_t rows = g.count(x.dims);
  SmallVector<Root> active{{Root::RowReduce, x.in[0], node}};
  bool inPairs = vectorLanes(x.in[0], {}, 2) == 2;
  int64_t length = columns, level = 0;
  int64_t from = 0; // the last level's sums in the workspace
  do {
    int64_t chunks = int64_t(llvm::divideCeil(uint64_t(length), uint64_t(sched::kChunk)));
    int64_t to = w.reserve(x.type, rows * chunks), rest = length - (chunks - 1) * sched::kChunk;
    forEachWarp(rows * chunks, [&](DeviceKernel &k, Value position) {
      Threads &t = k.threads;
      LaneBuilder &b = t.b;
      Lanes where = t.unpack(position, {rows, chunks});
      auto sumOf = [&](int64_t count) {
        Value first = b.mul(where[1], sched::kChunk);
        Value sum;
        if (level == 0) {
          Evaluator e(b, k.kernel, v);
          Row row(k, g, start(k, e), inPairs);
          for (auto &[known, place] : sums)
            row.known[known] = k.bufferOf(place);
          for (auto [d, i] : llvm::zip(dims, t.unpack(where[0], sizesOf(dims))))
            row.at.index[d] = i;
          sum = row.part(active, first, count)[0];
        } else {
          Value begin = b.add(b.mul(where[0], length), first);
          sum = sumOfSums(k, x, k.inWorkspace(from), begin, count);
        }
        t.when(t.equals(t.lane, 0), [&] {
          b.store(chunks == 1 ? b.finish(x.combiner, sum) : sum, k.inWorkspace(to), position);
        });
      };
      if (chunks == 1 || rest == sched::kChunk) {
        sumOf(std::min(rest, sched::kChunk));
        return;
      }
      Value isLast = t.equals(where[1], chunks - 1);
      t.when(isLast, [&] { sumOf(rest); });
      t.when(arith::XOrIOp::create(b.b, b.loc, isLast, b.integer(1, isLast.getType())),
             [&] { sumOf(sched::kChunk); });
    });
    from = to;
    length = chunks;
    ++level;
  } while (length > 1);
  Place place;
  place.workspace = from;
  int64_t stride = 1;
  for (int d : llvm::reverse(dims)) {
    place.access.dims.insert(place.access.dims.begin(), {d, stride});
    stride *= g.sizes[d];
  }
  sums[node] = place;
}

/// A warp's sum of `count` sums from `begin` on; in lane 0.
Value RowEmitter::sumOfSums(DeviceKernel &k, const KernelNode &x, Value memory, Value begin,
                            int64_t count) {
  Threads &t = k.threads;
  LaneBuilder &b = t.b;
  Lanes parts;
  for (int64_t j = 0; j < 2; ++j) {
    Value mine = b.add(b.mul(t.lane, 2), j);
    Value neutral = b.constant(sched::neutralElement(x.combiner, x.type), x.type);
    parts.push_back(
        b.loop(mine, b.i64(count), sched::kPartials, {neutral}, [&](Value i, Lanes sum) -> Lanes {
          Value next = b.load(memory, b.add(begin, i), x.type, 1);
          return {b.combine(x.combiner, sum[0], next)};
        })[0]);
  }
  return t.tree(x.combiner, parts[0], parts[1]);
}
