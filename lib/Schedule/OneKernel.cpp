// OneKernel.cpp - which ops an emitter can compute together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OneKernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace gradc::sched;
using linalg::GenericOp;

// An emitter keeps the loops of a kernel in a word of bits; long bodies compile slowly and spill.
static constexpr unsigned kMaxLoops = 32;
static constexpr unsigned kMaxOps = 64;

//===-- Kinds ---------------------------------------------------------------------------------===//

/// Every dim of the operand is a loop of its own or a fixed position.
static bool isPlainRead(AffineMap map) {
  llvm::SmallSet<unsigned, 8> seen;
  return llvm::all_of(map.getResults(), [&](AffineExpr e) {
    if (auto dim = dyn_cast<AffineDimExpr>(e))
      return seen.insert(dim.getPosition()).second;
    return isa<AffineConstantExpr>(e);
  });
}

static bool isPlain(GenericOp op) {
  for (OpOperand *input : op.getDpsInputOperands())
    if (!isPlainRead(op.getMatchingIndexingMap(input)))
      return false;
  for (OpOperand &init : op.getDpsInitsMutable())
    if (!op.getMatchingIndexingMap(&init).isProjectedPermutation())
      return false;
  // Positions, and tensors read from inside the body.
  return llvm::all_of(op.getBody()->without_terminator(), [](Operation &inner) {
    return !isa<linalg::IndexOp>(inner) &&
           llvm::none_of(inner.getOperandTypes(), llvm::IsaPred<TensorType>);
  });
}

OpKind gradc::sched::kindOf(Operation *op) {
  if (isa<tensor::EmptyOp, linalg::FillOp>(op) || op->hasTrait<OpTrait::ConstantLike>())
    return OpKind::Free;
  auto generic = dyn_cast<GenericOp>(op);
  if (!generic || !generic.hasPureTensorSemantics())
    return OpKind::None;
  if (!isPlain(generic))
    return OpKind::Other;
  if (!generic.getNumReductionLoops())
    return OpKind::Elementwise;
  return linalg::isaContractionOpInterface(generic) ? OpKind::Contraction : OpKind::Reduction;
}

//===-- Loops ---------------------------------------------------------------------------------===//

int LoopClasses::find(int loop) {
  while (parent[loop] != loop)
    loop = parent[loop] = parent[parent[loop]];
  return loop;
}

/// Whether two loops of one op are in one class.
bool LoopClasses::clash() {
  for (GenericOp op : ops) {
    llvm::SmallSet<int, 8> seen;
    for (unsigned i = 0; i < op.getNumLoops(); ++i)
      if (!seen.insert(find(first[op] + i)).second)
        return true;
  }
  return false;
}

unsigned LoopClasses::size() {
  llvm::SmallSet<int, 16> seen;
  for (unsigned i = 0; i < parent.size(); ++i)
    seen.insert(find(i));
  return seen.size();
}

SmallVector<int> LoopClasses::dims(GenericOp op, AffineMap map) {
  SmallVector<int> result;
  for (AffineExpr e : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(e);
    result.push_back(dim ? find(first[op] + dim.getPosition()) : -1);
  }
  return result;
}

bool LoopClasses::uniteIntermediates() {
  for (GenericOp op : ops)
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto producer = input->get().getDefiningOp<GenericOp>();
      if (!producer || !first.contains(producer))
        continue;
      AffineMap out = producer.getIndexingMapMatchingResult(cast<OpResult>(input->get()));
      auto type = cast<RankedTensorType>(input->get().getType());
      SmallVector<int> read = dims(op, op.getMatchingIndexingMap(input));
      for (auto [i, loops] : llvm::enumerate(llvm::zip(read, dims(producer, out)))) {
        auto [a, b] = loops;
        if (a >= 0 && b >= 0)
          unite(a, b);
        else if (type.getDimSize(i) != 1)
          return false; // one position of many
      }
    }
  return !clash();
}

/// Common operands say which loops are equal only where that is possible: x and its transpose may
/// both be read.
void LoopClasses::uniteOperands() {
  struct Read {
    Value value;
    SmallVector<int> loops;
  };
  SmallVector<Read> reads;
  for (GenericOp op : ops)
    for (OpOperand *input : op.getDpsInputOperands()) {
      Operation *producer = input->get().getDefiningOp();
      if (!isa<RankedTensorType>(input->get().getType()) || first.contains(producer))
        continue;
      reads.push_back({input->get(), dims(op, op.getMatchingIndexingMap(input))});
    }
  for (auto [n, later] : llvm::enumerate(reads))
    for (const Read &earlier : ArrayRef(reads).take_front(n)) {
      if (earlier.value != later.value)
        continue;
      for (auto [a, b] : llvm::zip(earlier.loops, later.loops)) {
        if (a < 0 || b < 0 || find(a) == find(b))
          continue;
        SmallVector<int> before = parent;
        unite(a, b);
        if (clash())
          parent = before;
      }
    }
}

std::optional<LoopClasses> LoopClasses::of(ArrayRef<Operation *> ops) {
  LoopClasses classes;
  for (Operation *op : ops) {
    auto generic = dyn_cast<GenericOp>(op);
    if (!generic)
      continue;
    classes.ops.push_back(generic);
    classes.first[op] = classes.parent.size();
    for (int64_t size : generic.getStaticLoopRanges()) {
      classes.parent.push_back(classes.parent.size());
      classes.sizes.push_back(size);
    }
  }
  if (!classes.uniteIntermediates())
    return std::nullopt;
  classes.uniteOperands();
  return classes;
}

static SmallVector<int> sorted(SmallVector<int> v) {
  llvm::sort(v);
  return v;
}

SmallVector<int> LoopClasses::loops(GenericOp op) {
  SmallVector<int> result;
  for (unsigned i = 0; i < op.getNumLoops(); ++i)
    if (sizes[first[op] + i] != 1)
      result.push_back(find(first[op] + i));
  return sorted(result);
}

SmallVector<int> LoopClasses::parallelLoops(GenericOp op) {
  SmallVector<int> result;
  for (auto [i, kind] : llvm::enumerate(op.getIteratorTypesArray()))
    if (kind == utils::IteratorType::parallel && sizes[first[op] + i] != 1)
      result.push_back(find(first[op] + i));
  return sorted(result);
}

//===-- Groups --------------------------------------------------------------------------------===//

static bool isCostly(GenericOp op) {
  return llvm::any_of(op.getBody()->without_terminator(), [](Operation &inner) {
    return inner.getDialect()->getNamespace() == math::MathDialect::getDialectNamespace() ||
           isa<arith::DivFOp>(inner);
  });
}

/// A contraction is emitted with elementwise ops on its own result's elements around its store.
static bool isContractionKernel(LoopClasses &classes, GenericOp contraction,
                                ArrayRef<Operation *> ops) {
  for (Value input : contraction.getDpsInputs())
    if (llvm::is_contained(ops, input.getDefiningOp()))
      return false;
  SmallVector<int> loops = classes.parallelLoops(contraction);
  return llvm::all_of(ops, [&](Operation *op) {
    return op == contraction || classes.loops(cast<GenericOp>(op)) == loops;
  });
}

/// Costly work on few elements would be repeated for the many that read it.
static bool repeatsCostlyWork(LoopClasses &classes, ArrayRef<Operation *> ops) {
  for (Operation *op : ops)
    for (Value input : cast<GenericOp>(op).getDpsInputs()) {
      auto producer = input.getDefiningOp<GenericOp>();
      if (!producer || !llvm::is_contained(ops, producer) || !isCostly(producer))
        continue;
      SmallVector<int> own = classes.loops(producer);
      if (!own.empty() && own.size() < classes.loops(cast<GenericOp>(op)).size())
        return true;
    }
  return false;
}

bool gradc::sched::isOneKernel(ArrayRef<Operation *> ops) {
  if (ops.size() == 1)
    return true;
  if (ops.size() > kMaxOps)
    return false;
  GenericOp contraction;
  bool reduces = false;
  for (Operation *op : ops) {
    OpKind kind = kindOf(op);
    if (kind == OpKind::Other || (kind == OpKind::Contraction && contraction))
      return false;
    if (kind == OpKind::Contraction)
      contraction = cast<GenericOp>(op);
    reduces |= kind == OpKind::Reduction;
  }
  std::optional<LoopClasses> classes = LoopClasses::of(ops);
  if (!classes || classes->size() > kMaxLoops || (contraction && reduces))
    return false;
  if (contraction)
    return isContractionKernel(*classes, contraction, ops);
  return !repeatsCostlyWork(*classes, ops);
}

bool gradc::sched::areSiblings(ArrayRef<Operation *> a, ArrayRef<Operation *> b) {
  SmallVector<Operation *> all(a);
  all.append(b.begin(), b.end());
  std::optional<LoopClasses> classes = LoopClasses::of(all);
  if (!classes)
    return false;
  auto loops = [&](ArrayRef<Operation *> ops) {
    llvm::SmallSet<int, 16> set;
    for (Operation *op : ops)
      for (int loop : classes->loops(cast<GenericOp>(op)))
        set.insert(loop);
    return sorted(SmallVector<int>(set.begin(), set.end()));
  };
  return loops(a) == loops(b);
}
