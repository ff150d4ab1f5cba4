// OneKernel.cpp - which ops an emitter computes together, and what they need.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OneKernel.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace gradc::sched;

// Long bodies compile slowly and spill.
static constexpr size_t kMaxOps = 64;

// From so many slices of one kind on, a kernel gets their addresses.
static constexpr unsigned kLikeSlices = 4;

/// Whether a slice is a run of neighbours in memory.
static bool isRun(tensor::ExtractSliceOp slice) {
  ArrayRef<int64_t> from = slice.getSourceType().getShape();
  bool partial = false; // a dim further in is not whole
  for (size_t i = from.size(); i-- > 0;) {
    int64_t size = slice.getStaticSizes()[i];
    if (size != 1 && (partial || slice.getStaticStrides()[i] != 1))
      return false;
    partial |= size != from[i];
  }
  return true;
}

/// One of many like it of one tensor, as each time step takes: a kernel that gets its address
/// serves all of them, where one that knows its place in the whole tensor serves but one.
static bool isOneOfMany(tensor::ExtractSliceOp slice) {
  if (!isRun(slice) ||
      isa_and_nonnull<tensor::EmptyOp, linalg::FillOp>(slice.getSource().getDefiningOp()))
    return false;
  unsigned like = 0;
  for (Operation *user : slice.getSource().getUsers()) {
    auto other = dyn_cast<tensor::ExtractSliceOp>(user);
    like += other && other.getType() == slice.getType();
    if (like == kLikeSlices)
      return true;
  }
  return false;
}

OpKind gradc::sched::kindOf(Operation *op) {
  if (isa<tensor::EmptyOp, linalg::FillOp>(op) || op->hasTrait<OpTrait::ConstantLike>())
    return OpKind::Free;
  if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
    return OpKind::View;
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    bool fixed = llvm::none_of(
        ArrayRef{slice.getStaticOffsets(), slice.getStaticSizes(), slice.getStaticStrides()},
        [](ArrayRef<int64_t> numbers) { return ShapedType::isDynamicShape(numbers); });
    return fixed && !isOneOfMany(slice) ? OpKind::View : OpKind::None;
  }
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return generic && generic.hasPureTensorSemantics() ? OpKind::Loops : OpKind::None;
}

//===-- Parts ---------------------------------------------------------------------------------===//

KernelParts::KernelParts(ArrayRef<Operation *> members) : ops(members.begin(), members.end()) {
  for (Operation *op : ops)
    op->walk([&](Operation *inner) {
      for (Value v : inner->getOperands())
        need(v, op);
    });
  auto isInside = [&](Operation *user) {
    while (user && !ops.contains(user))
      user = user->getParentOp();
    return user != nullptr;
  };
  for (Operation *op : ops)
    for (OpResult result : op->getResults())
      if (!llvm::all_of(result.getUsers(), isInside))
        results.push_back(result);
}

void KernelParts::need(Value value, Operation *reader) {
  if (reader->isAncestor(value.getParentRegion()->getParentOp()))
    return; // of the reader's own regions
  Operation *def = value.getDefiningOp();
  if (def && ops.contains(def))
    return;
  if (!def || kindOf(def) != OpKind::Free) {
    arguments.insert(value);
    return;
  }
  if (copies.contains(def))
    return;
  for (Value v : def->getOperands())
    need(v, def);
  copies.insert(def);
}

FailureOr<KernelGraph> KernelParts::graph(std::string &why) const {
  SmallVector<Operation *> all(copies.begin(), copies.end());
  llvm::append_range(all, ops);
  return KernelGraph::build(ValueRange(arguments.getArrayRef()), all, results, why);
}

//===-- Groups --------------------------------------------------------------------------------===//

/// Calls `visit` for every node that a nest computes.
static void forEachNode(const KernelGraph &graph, const KernelNest &nest,
                        llvm::function_ref<void(int)> visit) {
  SmallVector<int> work;
  for (int n : nest.reduces)
    work.push_back(graph.nodes[n].in[0]);
  for (int r : nest.results)
    work.push_back(graph.results[r].node);
  SmallVector<bool> seen(graph.nodes.size());
  while (!work.empty()) {
    int n = work.pop_back_val();
    if (seen[n] || graph.isOuterReduce(n))
      continue;
    seen[n] = true;
    visit(n);
    llvm::append_range(work, graph.nodes[n].in);
  }
}

/// Whether a row of costly values would be computed again for each of many rows.
static bool repeatsCostlyRows(const KernelGraph &graph) {
  bool repeats = false;
  for (const KernelNest &nest : graph.nests())
    forEachNode(graph, nest, [&](int n) {
      repeats |= graph.isCostly(n) && graph.varies(n, graph.vectorDim) &&
                 graph.count(nest.outer & ~graph.nodes[n].dims) > 1;
    });
  return repeats;
}

bool gradc::sched::isOneKernel(ArrayRef<Operation *> ops) {
  if (ops.size() > kMaxOps)
    return false;
  std::string why;
  FailureOr<KernelGraph> graph = KernelParts(ops).graph(why);
  if (failed(graph))
    return false;
  return graph->form != KernelForm::Rows || !repeatsCostlyRows(*graph);
}

bool gradc::sched::shareLoops(ArrayRef<Operation *> a, ArrayRef<Operation *> b) {
  SmallVector<Operation *> all(a);
  llvm::append_range(all, b);
  llvm::sort(all, [](Operation *x, Operation *y) { return x->isBeforeInBlock(y); });
  std::string why;
  FailureOr<KernelGraph> one = KernelParts(all).graph(why);
  if (failed(one) || one->form == KernelForm::Contraction)
    return false;
  if (one->form == KernelForm::Tiny)
    return true;
  FailureOr<KernelGraph> x = KernelParts(a).graph(why), y = KernelParts(b).graph(why);
  return succeeded(x) && succeeded(y) &&
         one->nests().size() < x->nests().size() + y->nests().size();
}
