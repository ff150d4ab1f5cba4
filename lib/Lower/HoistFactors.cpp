// HoistFactors.cpp - puts what a loop contracts with in order once, before the loop.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The vectors of a contraction run along the last dim of its result. A factor that varies along it
// but lies otherwise in memory, as a weight that PyTorch multiplies by transposed, is put in order
// while the product is computed; with the few rows of one step of a sequence that costs as much as
// the product. Where all turns of a loop want the same factor it is put in order before the loop.
#include "Lowering.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
namespace gradc::lower {

/// With more rows the order hardly matters; smaller factors are read from a near cache anyhow.
constexpr int64_t kMostRows = 256;
constexpr int64_t kLeastElements = 1024;
/// Fewer turns do not repay the copy.
constexpr int64_t kLeastTurns = 4;

namespace {

/// A factor as dims of what lies in memory.
struct Factor {
  Value base;
  SmallVector<int64_t> dims; // of the base, for each dim of the factor
};

class FactorHoister {
public:
  explicit FactorHoister(ag::ContractOp op) : op(op) {}

  void run(llvm::MapVector<std::pair<Operation *, Value>, Value> &ordered) {
    unsigned n = freeDims(op.getB(), op.getBBatch(), op.getBContract()).empty() ? 0 : 1;
    ArrayRef<int64_t> batch = n ? op.getBBatch() : op.getABatch(),
                      contracted = n ? op.getBContract() : op.getAContract();
    SmallVector<int64_t> free = freeDims(op->getOperand(n), batch, contracted);
    if (free.empty() || isMany(op->getOperand(1 - n), op->getOperand(n), batch, contracted))
      return;
    Factor factor = factorOf(op->getOperand(n));
    scf::ForOp loop = loopAround(factor.base);
    int64_t last = factor.dims[free.back()], rank = int64_t(factor.dims.size());
    if (!loop || last == rank - 1 || typeOf(factor.base).getNumElements() < kLeastElements)
      return;
    SmallVector<int64_t> perm;
    for (int64_t d = 0; d < rank; ++d)
      if (d != last)
        perm.push_back(d);
    perm.push_back(last);
    Value &copy = ordered[{loop, factor.base}];
    OpBuilder before(loop);
    Location loc = op.getLoc();
    if (!copy ||
        cast<ag::TransposeOp>(copy.getDefiningOp()->getOperand(0).getDefiningOp()).getPerm() !=
            ArrayRef<int64_t>(perm)) {
      Value base = outOf(loop, before, factor.base);
      Value moved = ag::TransposeOp::create(before, loc, base, perm);
      // No reader looks through the barrier, to the factor as it was.
      copy = ag::BarrierOp::create(before, loc, moved, moved);
    }
    SmallVector<int64_t> back;
    for (int64_t d : factor.dims)
      back.push_back(llvm::find(perm, d) - perm.begin());
    OpBuilder b(op);
    op->setOperand(n, ag::TransposeOp::create(b, loc, copy, back));
  }

private:
  static SmallVector<int64_t> freeDims(Value v, ArrayRef<int64_t> batch,
                                       ArrayRef<int64_t> contracted) {
    SmallVector<int64_t> free;
    for (int64_t d = 0; d < typeOf(v).getRank(); ++d)
      if (!llvm::is_contained(batch, d) && !llvm::is_contained(contracted, d))
        free.push_back(d);
    return free;
  }

  /// Whether the other factor has so many rows that it does not matter; or nothing is contracted.
  static bool isMany(Value rows, Value factor, ArrayRef<int64_t> batch,
                     ArrayRef<int64_t> contracted) {
    int64_t shared = 1;
    for (ArrayRef<int64_t> dims : {batch, contracted})
      for (int64_t d : dims)
        shared *= typeOf(factor).getDimSize(d);
    return contracted.empty() || shared == 0 || typeOf(rows).getNumElements() / shared > kMostRows;
  }

  static Factor factorOf(Value v) {
    Factor factor{v, {}};
    for (int64_t d = 0; d < typeOf(v).getRank(); ++d)
      factor.dims.push_back(d);
    while (auto transpose = factor.base.getDefiningOp<ag::TransposeOp>()) {
      for (int64_t &d : factor.dims)
        d = transpose.getPerm()[d];
      factor.base = transpose.getX();
    }
    return factor;
  }

  /// Whether a value, through reshapes, comes from outside of a loop.
  static bool isOutside(scf::ForOp loop, Value v) {
    while (loop.getRegion().isAncestor(v.getParentRegion())) {
      auto reshape = v.getDefiningOp<ag::ReshapeOp>();
      if (!reshape)
        return false;
      v = reshape.getX();
    }
    return true;
  }
  static Value outOf(scf::ForOp loop, OpBuilder &b, Value v) {
    if (!loop.getRegion().isAncestor(v.getParentRegion()))
      return v;
    auto reshape = v.getDefiningOp<ag::ReshapeOp>();
    Value x = outOf(loop, b, reshape.getX());
    return ag::ReshapeOp::create(b, v.getLoc(), v.getType(), x);
  }

  /// The outermost loop with enough turns that all want the value.
  scf::ForOp loopAround(Value v) {
    scf::ForOp found;
    for (auto loop = op->getParentOfType<scf::ForOp>(); loop && isOutside(loop, v);
         loop = loop->getParentOfType<scf::ForOp>()) {
      auto from = getConstantIntValue(loop.getLowerBound()),
           to = getConstantIntValue(loop.getUpperBound()),
           step = getConstantIntValue(loop.getStep());
      if (!from || !to || !step || *to - *from >= kLeastTurns * *step)
        found = loop;
    }
    return found;
  }

  ag::ContractOp op;
};

} // namespace

void hoistFactors(ModuleOp module) {
  SmallVector<ag::ContractOp> ops;
  module.walk([&](ag::ContractOp op) { ops.push_back(op); });
  llvm::MapVector<std::pair<Operation *, Value>, Value> ordered;
  for (ag::ContractOp op : ops)
    FactorHoister(op).run(ordered);
}

} // namespace gradc::lower
