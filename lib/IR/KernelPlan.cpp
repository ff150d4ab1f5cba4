// KernelPlan.cpp - from a kernel's DAG to nests and sweeps, and what that allows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nothing here looks at vector widths or thread counts: the order of every sum follows from the
// shapes.
#include "gradc/IR/Ag.h"
#include "gradc/IR/KernelGraph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace gradc::sched;

/// A dim of at most so many elements is not vectorised where another one has this many.
static constexpr int64_t kFewLanes = 4, kManyRows = 16;

static DimSet bit(int dim) { return dim < 0 ? 0 : DimSet(1) << dim; }

int64_t KernelGraph::count(DimSet dims) const {
  int64_t n = 1;
  for (unsigned d = 0; d < sizes.size(); ++d)
    if (dims & bit(d))
      n *= sizes[d];
  return n;
}

bool KernelGraph::isRowReduce(int node) const {
  return nodes[node].kind == KernelNode::Reduce && nodes[node].reduced == bit(vectorDim);
}
bool KernelGraph::isOuterReduce(int node) const {
  return nodes[node].kind == KernelNode::Reduce && nodes[node].reduced != bit(vectorDim) &&
         !nodes[node].isShort;
}
bool KernelGraph::isCostly(int node) const {
  Operation *op = nodes[node].op;
  if (!op)
    return nodes[node].isShort;
  return isa<arith::DivFOp, arith::DivSIOp, arith::RemFOp, arith::RemSIOp, ag::ScalarGcdOp>(op) ||
         (isa<math::MathDialect>(op->getDialect()) &&
          !isa<math::AbsFOp, math::AbsIOp, math::CopySignOp, math::FmaOp>(op));
}

SmallVector<bool> KernelGraph::liveNodes() const {
  SmallVector<bool> live(nodes.size(), false);
  for (const KernelResult &r : results)
    live[r.node] = true;
  for (int n = int(nodes.size()) - 1; n >= 0; --n)
    if (live[n])
      for (int i : nodes[n].in)
        live[i] = true;
  return live;
}

//===-- Dims ----------------------------------------------------------------------------------===//

/// Whether walking `a` around `b` is walking one longer dim, in every access and reduction.
static bool canCollapse(const KernelGraph &g, ArrayRef<bool> live, int a, int b) {
  auto together = [&](const Access &x) {
    DimSet both = x.dimSet() & (bit(a) | bit(b));
    return !both || (both == (bit(a) | bit(b)) && x.strideOf(a) == x.strideOf(b) * g.sizes[b]);
  };
  for (auto [k, n] : llvm::enumerate(g.nodes)) {
    if (!live[k])
      continue;
    if (!together(n.access))
      return false;
    auto i = llvm::find(n.order, a), j = llvm::find(n.order, b);
    if ((i == n.order.end()) != (j == n.order.end()))
      return false;
    if (i != n.order.end() && i + 1 != j)
      return false;
  }
  return llvm::all_of(g.results, [&](const KernelResult &r) { return together(r.access); });
}

void KernelGraph::collapseDims() {
  auto drop = [](Access &x, int a, int b) {
    for (Access::Dim &d : x.dims)
      if (d.dim == a)
        d.stride = x.strideOf(b);
    llvm::erase_if(x.dims, [&](const Access::Dim &d) { return d.dim == b; });
  };
  auto merge = [&](int a, int b) {
    for (KernelNode &n : nodes) {
      drop(n.access, a, b);
      llvm::erase(n.order, b);
      n.reduced &= ~bit(b);
      n.dims &= ~bit(b);
    }
    for (KernelResult &r : results)
      drop(r.access, a, b);
    sizes[a] *= sizes[b];
    sizes[b] = 1;
  };
  SmallVector<bool> live = liveNodes();
  bool changed = true;
  while (changed) {
    changed = false;
    for (unsigned a = 0; a < sizes.size(); ++a)
      for (unsigned b = 0; b < sizes.size(); ++b)
        if (a != b && sizes[a] != 1 && sizes[b] != 1 && sizes[a] && sizes[b] &&
            canCollapse(*this, live, a, b)) {
          merge(a, b);
          changed = true;
        }
  }
}

/// The dim that most elements are walked along contiguously; results count more than arguments.
void KernelGraph::chooseVectorDim() {
  SmallVector<int64_t> votes(sizes.size(), 0);
  auto vote = [&](const Access &x, int64_t weight) {
    for (const Access::Dim &d : x.dims)
      if (d.stride == 1)
        votes[d.dim] += weight;
  };
  SmallVector<bool> live = liveNodes();
  // The emitter of contractions takes the result's dim.
  bool contracts =
      llvm::any_of(nodes, [](const KernelNode &n) { return n.kind == KernelNode::Contract; });
  for (auto [k, n] : llvm::enumerate(nodes)) {
    if (contracts || !live[k] || (n.kind != KernelNode::Load && n.kind != KernelNode::Gather))
      continue;
    int64_t weight = 2 * std::max<int64_t>(1, count(n.dims));
    vote(n.access, weight);
    for (auto [in, step] : llvm::zip(n.in, n.steps))
      for (unsigned d = 0; step == 1 && d < sizes.size(); ++d)
        if (auto change = changeAlong(in, int(d)); change && change->most == 1)
          votes[d] += weight;
  }
  for (const KernelResult &r : results)
    vote(r.access, 3 * std::max<int64_t>(1, count(r.access.dimSet())));
  // Vectors along a short dim that is summed up are mostly empty.
  DimSet kept = 0;
  for (const KernelResult &r : results)
    kept |= r.access.dimSet();
  for (unsigned d = 0; d < sizes.size(); ++d)
    if (sizes[d] < kShortDim && !(kept >> d & 1))
      votes[d] = std::min<int64_t>(votes[d], 1);
  int64_t best = 0;
  for (unsigned d = 0; d < sizes.size(); ++d)
    if (sizes[d] != 1 && votes[d] > best) {
      best = votes[d];
      vectorDim = int(d);
    }
  // Vectors along a short dim are mostly empty, too: pairs and the like are taken apart, unless the
  // others are summed up.
  DimSet summed = 0;
  for (const KernelNode &n : nodes)
    if (n.kind == KernelNode::Reduce || n.kind == KernelNode::Contract)
      summed |= n.reduced;
  int longest = vectorDim;
  for (unsigned d = 0; d < sizes.size(); ++d)
    if (longest >= 0 && sizes[d] > sizes[longest] && !(summed >> d & 1))
      longest = int(d);
  if (vectorDim >= 0 && sizes[vectorDim] <= kFewLanes && sizes[longest] >= kManyRows)
    vectorDim = longest;
  // A reduction whose operand no argument walks contiguously still has a longest dim.
  for (unsigned d = 0; vectorDim < 0 && d < sizes.size(); ++d)
    if (sizes[d] != 1)
      vectorDim = int(d);
}

/// A reduction over the vector dim and others is the sum of each row, then the sum of rows.
void KernelGraph::splitReductions() {
  SmallVector<KernelNode> old = std::move(nodes);
  nodes.clear();
  SmallVector<int> renamed;
  for (KernelNode &n : old) {
    for (int &i : n.in)
      i = renamed[i];
    if (n.kind == KernelNode::Reduce && (n.reduced & bit(vectorDim)) &&
        n.reduced != bit(vectorDim)) {
      KernelNode row = n;
      row.order = {vectorDim};
      row.reduced = bit(vectorDim);
      row.dims = (n.dims | n.reduced) & ~bit(vectorDim);
      n.in = {int(nodes.size())};
      n.reduced &= ~bit(vectorDim);
      llvm::erase(n.order, vectorDim);
      nodes.push_back(row);
    }
    renamed.push_back(int(nodes.size()));
    nodes.push_back(n);
  }
  for (KernelResult &r : results)
    r.node = renamed[r.node];
}

void KernelGraph::placeNodes() {
  for (unsigned i = 0; i < nodes.size(); ++i) {
    KernelNode &n = nodes[i];
    for (int in : n.in) {
      n.phase = std::max(n.phase, nodes[in].phase);
      n.stage = std::max(n.stage, nodes[in].stage);
    }
    n.isShort = isWindow(int(i));
    if (isRowReduce(i)) {
      ++n.stage;
    } else if (isOuterReduce(i) || n.kind == KernelNode::Contract) {
      ++n.phase;
      n.stage = 0;
    }
  }
}

//===-- Nests ---------------------------------------------------------------------------------===//

int KernelGraph::accumulatorOf(int node) const {
  for (auto [i, r] : llvm::enumerate(results))
    if (r.node == node && r.type == nodes[node].type && !r.type.isInteger(1) &&
        r.access.dimSet() == nodes[node].dims)
      return int(i);
  return -1;
}

SmallVector<KernelNest> KernelGraph::nests() const {
  SmallVector<KernelNest> found;
  SmallVector<bool> live = liveNodes();
  DimSet rows = ~bit(vectorDim);
  for (unsigned n = 0; n < nodes.size(); ++n) {
    if (!live[n] || !isOuterReduce(n))
      continue;
    const KernelNode &in = nodes[nodes[n].in[0]];
    DimSet outer = (in.dims | nodes[n].reduced | nodes[n].dims) & rows;
    auto same = llvm::find_if(found, [&](const KernelNest &k) {
      return k.phase == in.phase && k.outer == outer && k.reduced == nodes[n].reduced;
    });
    if (same == found.end()) {
      found.push_back({in.phase, outer, nodes[n].reduced, {}, {}});
      same = &found.back();
    }
    same->reduces.push_back(int(n));
  }
  for (auto [i, r] : llvm::enumerate(results)) {
    if (count(r.access.dimSet()) == 0 || (isOuterReduce(r.node) && accumulatorOf(r.node) == int(i)))
      continue;
    DimSet outer = (r.access.dimSet() | nodes[r.node].dims) & rows;
    int phase = nodes[r.node].phase;
    auto same = llvm::find_if(
        found, [&](const KernelNest &k) { return k.phase == phase && k.outer == outer; });
    if (same == found.end()) {
      found.push_back({phase, outer, 0, {}, {}});
      same = &found.back();
    }
    same->results.push_back(int(i));
  }
  SmallVector<KernelNest> ordered;
  for (int phase = 0; ordered.size() < found.size(); ++phase)
    for (const KernelNest &k : found)
      if (k.phase == phase)
        ordered.push_back(k);
  return ordered;
}

KernelGraph::Blocks KernelGraph::blocksOf(const KernelNest &nest) const {
  int64_t rows = count(nest.reduced), size = llvm::divideCeil(rows, kPartials);
  return {rows, size, size ? int64_t(llvm::divideCeil(rows, size)) : 0};
}

/// Every load with the nest and the sweep that may perform it.
SmallVector<KernelGraph::Reading> KernelGraph::readings() const {
  SmallVector<Reading> out;
  for (auto [k, nest] : llvm::enumerate(nests())) {
    llvm::SmallSet<std::pair<int, int>, 16> seen;
    SmallVector<std::pair<int, int>> work; // node, sweep
    for (int r : nest.results)
      work.push_back({results[r].node, nodes[results[r].node].stage});
    for (int n : nest.reduces)
      work.push_back({nodes[n].in[0], nodes[nodes[n].in[0]].stage});
    while (!work.empty()) {
      auto [n, stage] = work.pop_back_val();
      if (!seen.insert({n, stage}).second || isOuterReduce(n))
        continue;
      if (nodes[n].kind == KernelNode::Load)
        out.push_back({n, int(k), stage});
      for (int i : nodes[n].in)
        work.push_back({i, isRowReduce(n) ? nodes[i].stage : stage});
    }
  }
  return out;
}

bool KernelGraph::mayOverwrite(unsigned arg, unsigned result) const {
  const KernelResult &r = results[result];
  bool read = false, gathered = false;
  for (const KernelNode &n : nodes)
    if ((n.kind == KernelNode::Load || n.kind == KernelNode::Gather) && n.arg == int(arg)) {
      read = true;
      gathered |= n.kind == KernelNode::Gather;
      if (n.type != r.type)
        return false;
    }
  if (!read || form == KernelForm::Tiny)
    return true;
  if (gathered)
    return false; // an element may be wanted after its place was written
  SmallVector<bool> live = liveNodes();
  if (form == KernelForm::Contraction) {
    // The epilogue of a tile is computed, then stored; the factors are read by every tile.
    for (unsigned n = 0; n < nodes.size(); ++n) {
      if (!live[n])
        continue;
      if (nodes[n].kind == KernelNode::Contract &&
          llvm::any_of(nodes[n].in, [&](int i) { return nodes[factorOf(i)].arg == int(arg); }))
        return false;
      for (int i : nodes[n].in)
        if (nodes[i].arg == int(arg) && nodes[i].kind == KernelNode::Load &&
            nodes[i].access != r.access)
          return false;
    }
    return true;
  }
  if (isOuterReduce(r.node) && accumulatorOf(r.node) == int(result))
    return false;
  int at = -1;
  for (auto [k, nest] : llvm::enumerate(nests()))
    if (llvm::is_contained(nest.results, int(result)))
      at = int(k);
  for (const Reading &reading : readings()) {
    const KernelNode &load = nodes[reading.load];
    if (load.arg != int(arg))
      continue;
    bool earlier =
        reading.nest < at || (reading.nest == at && reading.stage <= nodes[r.node].stage);
    if (load.access != r.access || !earlier)
      return false;
  }
  return true;
}

SmallVector<std::pair<unsigned, unsigned>> KernelGraph::inplacePairs() const {
  SmallVector<std::pair<unsigned, unsigned>> pairs;
  for (unsigned a = 0; a < unsigned(numArgs); ++a) {
    bool loaded = llvm::any_of(
        nodes, [&](const KernelNode &n) { return n.kind == KernelNode::Load && n.arg == int(a); });
    for (unsigned r = 0; loaded && r < results.size(); ++r)
      if (mayOverwrite(a, r))
        pairs.push_back({a, r});
  }
  return pairs;
}

//===-- Forms ---------------------------------------------------------------------------------===//

/// About how many vector instructions of 8 lanes the kernel is when everything is unrolled.
int64_t KernelGraph::unrolledCost() const {
  int64_t cost = 0;
  SmallVector<bool> live = liveNodes();
  for (unsigned i = 0; i < nodes.size(); ++i) {
    const KernelNode &n = nodes[i];
    if (!live[i])
      continue;
    int64_t elements = count(n.dims | n.reduced);
    if (count(n.dims) > 256 || elements > 4096)
      return INT64_MAX;
    int64_t weight = n.kind == KernelNode::Contract ? 2
                     : n.kind == KernelNode::Gather ? 8
                     : isCostly(i)                  ? 24
                                                    : 1;
    cost += int64_t(llvm::divideCeil(elements, 8)) * weight;
  }
  // A value that varies less than the result that it fills is stored many times.
  for (const KernelResult &r : results) {
    int64_t stored = count(r.access.dimSet());
    if (stored > 4096)
      return INT64_MAX;
    if (stored > count(nodes[r.node].dims))
      cost += int64_t(llvm::divideCeil(stored, 8));
  }
  return cost;
}

LogicalResult KernelGraph::checkRows(std::string &why) const {
  int64_t bytes = 0;
  for (const KernelNest &nest : nests()) {
    bool pure = nest.results.empty();
    for (int n : nest.reduces)
      pure &= nodes[nodes[n].in[0]].stage == 0;
    for (int n : nest.reduces) {
      int64_t size = nodes[n].type.getIntOrFloatBitWidth() / 8 + 1;
      if (!pure)
        bytes += blocksOf(nest).count * size *
                 (varies(nodes[n].in[0], vectorDim) ? sizes[vectorDim] : 1);
      if (accumulatorOf(n) < 0)
        bytes += count(nodes[n].dims) * size;
    }
  }
  if (bytes > kWorkspaceLimit) {
    why = "it would need " + std::to_string(bytes) + " bytes of workspace: not one kernel";
    return failure();
  }
  // A row's sum that a nest computes again for each of its rows is dearer than a kernel of its own.
  SmallVector<KernelNest> all = nests();
  for (const KernelNest &nest : all) {
    SmallVector<int> work(nest.reduces.begin(), nest.reduces.end());
    for (int &n : work)
      n = nodes[n].in[0];
    for (int r : nest.results)
      work.push_back(results[r].node);
    SmallVector<bool> seen(nodes.size(), false);
    while (!work.empty()) {
      int n = work.pop_back_val();
      if (isOuterReduce(n) || seen[n])
        continue;
      seen[n] = true;
      if (isRowReduce(n) && count(nest.outer) != count(nodes[n].dims)) {
        why = "the sum of a row would be computed once for every row: not one kernel";
        return failure();
      }
      work.append(nodes[n].in.begin(), nodes[n].in.end());
    }
  }
  return success();
}

int KernelGraph::factorOf(int node) const {
  const KernelNode &n = nodes[node];
  if (n.kind == KernelNode::Op && isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(n.op))
    node = n.in[0];
  return nodes[node].kind == KernelNode::Load ? node : -1;
}

LogicalResult KernelGraph::checkContraction(int contract, std::string &why) const {
  const KernelNode &c = nodes[contract];
  SmallVector<bool> live = liveNodes();
  for (int i : c.in)
    if (factorOf(i) < 0) {
      why = "a factor of a contraction is computed in the kernel: not one kernel";
      return failure();
    }
  for (unsigned n = 0; n < nodes.size(); ++n)
    if (live[n] && (nodes[n].kind == KernelNode::Reduce ||
                    (nodes[n].kind == KernelNode::Contract && int(n) != contract))) {
      why = "a contraction beside another reduction: not one kernel";
      return failure();
    }
  for (const KernelResult &r : results)
    if (r.access.dimSet() != c.dims || r.access != results[0].access) {
      why = "the epilogue of a contraction has another shape: not one kernel";
      return failure();
    }
  return success();
}

LogicalResult KernelGraph::chooseForm(std::string &why) {
  SmallVector<bool> live = liveNodes();
  SmallVector<int> contractions;
  for (unsigned n = 0; n < nodes.size(); ++n)
    if (live[n] && nodes[n].kind == KernelNode::Contract)
      contractions.push_back(int(n));
  if (vectorDim < 0 || unrolledCost() <= 384) {
    form = KernelForm::Tiny;
    return success();
  }
  if (contractions.empty()) {
    form = KernelForm::Rows;
    return checkRows(why);
  }
  form = KernelForm::Contraction;
  return checkContraction(contractions[0], why);
}

//===-- Printing ------------------------------------------------------------------------------===//

static void printDims(const KernelGraph &g, DimSet dims, llvm::raw_ostream &os) {
  os << '{';
  bool first = true;
  for (unsigned d = 0; d < g.sizes.size(); ++d)
    if (dims & bit(d)) {
      os << (first ? "" : " ") << 'd' << d;
      first = false;
    }
  os << '}';
}

static void printAccess(const Access &access, llvm::raw_ostream &os) {
  os << '[';
  if (access.offset)
    os << access.offset << (access.dims.empty() ? "" : " + ");
  llvm::interleave(
      access.dims, os,
      [&](const Access::Dim &d) {
        os << 'd' << d.dim;
        if (d.stride != 1)
          os << '*' << d.stride;
      },
      " + ");
  os << ']';
}

static void printNode(const KernelGraph &g, int i, llvm::raw_ostream &os) {
  static const char *combiners[] = {"add", "mul", "max", "min", "and", "or"};
  const KernelNode &n = g.nodes[i];
  os << "  n" << i << " = ";
  switch (n.kind) {
  case KernelNode::Constant:
    os << "constant " << n.value;
    break;
  case KernelNode::Scalar:
    os << "scalar a" << n.arg;
    break;
  case KernelNode::Index:
    os << "index ";
    printAccess(n.access, os);
    break;
  case KernelNode::Load:
    os << "load a" << n.arg;
    printAccess(n.access, os);
    break;
  case KernelNode::Gather:
    os << "gather a" << n.arg;
    printAccess(n.access, os);
    os << " steps";
    for (int64_t step : n.steps)
      os << ' ' << step;
    break;
  case KernelNode::Op:
    os << n.op->getName();
    break;
  case KernelNode::Reduce:
    os << (n.isShort ? "unrolled " : "") << "reduce " << combiners[int(n.combiner)] << ' ';
    printDims(g, n.reduced, os);
    break;
  case KernelNode::Contract:
    os << "contract ";
    printDims(g, n.reduced, os);
    break;
  }
  for (int in : n.in)
    os << " n" << in;
  os << " over ";
  printDims(g, n.dims, os);
  os << " stage " << n.stage << " phase " << n.phase << '\n';
}

void KernelGraph::print(llvm::raw_ostream &os) const {
  static const char *forms[] = {"tiny", "rows", "contraction"};
  os << "form " << forms[int(form)] << ", dims";
  for (unsigned d = 0; d < sizes.size(); ++d)
    if (sizes[d] != 1)
      os << " d" << d << '=' << sizes[d] << (int(d) == vectorDim ? "(vector)" : "");
  os << '\n';
  SmallVector<bool> live = liveNodes();
  for (unsigned i = 0; i < nodes.size(); ++i)
    if (live[i])
      printNode(*this, i, os);
  if (form == KernelForm::Rows)
    for (const KernelNest &nest : nests()) {
      os << "  nest phase " << nest.phase << " outer ";
      printDims(*this, nest.outer, os);
      if (nest.reduced) {
        os << " sums over ";
        printDims(*this, nest.reduced, os);
        for (int n : nest.reduces)
          os << " n" << n;
      }
      for (int r : nest.results)
        os << " stores r" << r << " at stage " << nodes[results[r].node].stage;
      os << '\n';
    }
  for (auto [i, r] : llvm::enumerate(results)) {
    os << "  r" << i << " = n" << r.node;
    printAccess(r.access, os);
    os << '\n';
  }
  os << "  inplace";
  for (auto [a, r] : inplacePairs())
    os << " (a" << a << ", r" << r << ')';
  os << '\n';
}
