// OpenPlaces.cpp - follows where the elements that count stand along open dimensions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Opener.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
namespace gradc::pt2 {

/// Along open dimensions an op must leave elements where they are.
LogicalResult Opener::keepsPlaces(Operation *op, Value x, ArrayRef<int64_t> which) {
  if (openAmong(x, which).empty())
    return success();
  return refuse(op, "'" + op->getName().stripDialect() + "' works along that dimension");
}

LogicalResult Opener::isOneBlock(Operation *op, Value x, ArrayRef<int64_t> which) {
  for (int64_t d : openAmong(x, which))
    if (dim(x, d).blocks > 1)
      return refuse(op, "it stands behind another dimension in one that they share");
  return success();
}

/// Places along the dims of a result are those of an operand; -1: it has no such dim.
LogicalResult Opener::placeFrom(Operation *op, Value result, Value operand,
                                llvm::function_ref<int64_t(int64_t)> dimOfOperand) {
  for (int64_t d : openDims(result)) {
    int64_t from = dimOfOperand(d);
    Dim source = from < 0 ? Dim() : dim(operand, from);
    Dim &target = dims[result][d];
    if (!source.factor || !source.blocks || source.blocks == target.blocks)
      continue;
    if (target.blocks)
      return refuse(op, "its elements stand at other places in another operand");
    target.blocks = source.blocks;
  }
  return success();
}

LogicalResult Opener::join(Operation *op, Value to, Value from) {
  return placeFrom(op, to, from, [](int64_t d) { return d; });
}

/// Open dimensions stand for the same elements in row-major order.
LogicalResult Opener::reshape(ag::ReshapeOp op) {
  auto before = [](Value v, int64_t d) {
    int64_t outer = 1;
    for (int64_t extent : cast<RankedTensorType>(v.getType()).getShape().take_front(d))
      outer *= extent;
    return outer;
  };
  Value x = op.getX(), y = op.getY();
  SmallVector<int64_t> from = openDims(x), to = openDims(y);
  if (from.size() != to.size())
    return refuse(op, "a reshape joins or splits it");
  for (auto [i, k] : llvm::zip(from, to)) {
    Dim source = dim(x, i), &target = dims[y][k];
    if (source.size != target.size)
      return refuse(op, "a reshape moves it behind another one");
    if (!source.blocks)
      continue;
    // So many blocks are in all of the tensor.
    int64_t blocks = before(x, i) * source.blocks, outer = before(y, k);
    if (blocks % outer || target.factor % (blocks / outer))
      return refuse(op, "a reshape cuts its elements apart");
    target.blocks = blocks / outer;
  }
  return success();
}

LogicalResult Opener::placeContract(ag::ContractOp op) {
  Value a = op.getA(), b = op.getB(), y = op.getY();
  for (auto [i, k] : llvm::zip(op.getAContract(), op.getBContract())) {
    int64_t left = dim(a, i).blocks, right = dim(b, k).blocks;
    if (left && right && left != right)
      return refuse(op, "its elements stand at other places in another operand");
  }
  SmallVector<int64_t> ofA, ofB;
  auto addFree = [&](Value v, SmallVectorImpl<int64_t> &mine, SmallVectorImpl<int64_t> &other,
                     ArrayRef<int64_t> batch, ArrayRef<int64_t> contracted) {
    for (int64_t d = 0; d < cast<RankedTensorType>(v.getType()).getRank(); ++d)
      if (!llvm::is_contained(batch, d) && !llvm::is_contained(contracted, d)) {
        mine.push_back(d);
        other.push_back(-1);
      }
  };
  llvm::append_range(ofA, op.getABatch());
  llvm::append_range(ofB, op.getBBatch());
  addFree(a, ofA, ofB, op.getABatch(), op.getAContract());
  addFree(b, ofB, ofA, op.getBBatch(), op.getBContract());
  if (failed(placeFrom(op, y, a, [&](int64_t d) { return ofA[d]; })))
    return failure();
  return placeFrom(op, y, b, [&](int64_t d) { return ofB[d]; });
}

/// What regions yield, and what loops carry.
LogicalResult Opener::placeRegions(Operation *op) {
  auto all = [&](ValueRange to, ValueRange from) {
    for (auto [one, other] : llvm::zip(to, from))
      if (failed(join(op, one, other)))
        return failure();
    return success();
  };
  Operation *parent = op->getParentOp();
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return failed(all(loop.getRegionIterArgs(), loop.getInitArgs()))
               ? failure()
               : all(loop.getResults(), loop.getInitArgs());
  if (auto loop = dyn_cast<scf::WhileOp>(op))
    return all(loop.getBeforeArguments(), loop.getInits());
  if (auto condition = dyn_cast<scf::ConditionOp>(op)) {
    auto loop = cast<scf::WhileOp>(parent);
    return failed(all(loop.getAfterArguments(), condition.getArgs()))
               ? failure()
               : all(loop.getResults(), condition.getArgs());
  }
  if (!isa<scf::YieldOp, ag::YieldOp>(op))
    return success();
  // The turn before this one has taken what a loop starts with for what it carries.
  auto again = [&](ValueRange carried) {
    for (auto [one, other] : llvm::zip(carried, op->getOperands()))
      for (int64_t d : openDims(one))
        if (!dim(one, d).blocks && dim(other, d).blocks > 1)
          return refuse(op, "a loop carries it behind another dimension");
    return all(carried, op->getOperands());
  };
  if (auto loop = dyn_cast<scf::ForOp>(parent))
    return again(loop.getRegionIterArgs());
  if (auto loop = dyn_cast<scf::WhileOp>(parent))
    return again(loop.getBeforeArguments());
  return all(parent->getResults(), op->getOperands());
}

/// Ops whose result has other dimensions than their operands.
LogicalResult Opener::placeMoves(Operation *op) {
  auto from = [&](Value operand, ArrayRef<int64_t> list) {
    return placeFrom(op, op->getResult(0), operand, [&](int64_t d) { return list[d]; });
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ag::ReshapeOp r) { return reshape(r); })
      .Case([&](ag::ContractOp c) { return placeContract(c); })
      .Case([&](ag::TransposeOp t) { return from(t.getX(), t.getPerm()); })
      .Case([&](ag::BroadcastOp b) {
        SmallVector<int64_t> list(cast<RankedTensorType>(b.getY().getType()).getRank(), -1);
        for (auto [i, d] : llvm::enumerate(b.getDims()))
          list[d] = int64_t(i);
        return from(b.getX(), list);
      })
      .Case<ag::ReduceSumOp, ag::ReduceMeanOp, ag::ReduceMaxOp, ag::ReduceMinOp, ag::ReduceProdOp,
            ag::LogsumexpOp>([&](auto r) {
        SmallVector<int64_t> list;
        for (int64_t d = 0; d < cast<RankedTensorType>(r.getX().getType()).getRank(); ++d)
          if (!llvm::is_contained(r.getDims(), d))
            list.push_back(d);
        return from(r.getX(), list);
      })
      .Case([&](ag::GatherOp g) {
        int64_t first = g.getDim(), indices = cast<RankedTensorType>(g.getI().getType()).getRank();
        SmallVector<int64_t> ofX, ofI;
        for (int64_t d = 0; d < cast<RankedTensorType>(g.getY().getType()).getRank(); ++d) {
          bool isIndex = d >= first && d < first + indices;
          ofX.push_back(isIndex ? -1 : d < first ? d : d - indices + 1);
          ofI.push_back(isIndex ? d - first : -1);
        }
        return failed(from(g.getX(), ofX)) ? failure() : from(g.getI(), ofI);
      })
      .Case([&](ag::ScatterOp s) {
        int64_t first = s.getDim(), indices = cast<RankedTensorType>(s.getI().getType()).getRank();
        SmallVector<int64_t> ofU;
        for (int64_t d = 0; d < cast<RankedTensorType>(s.getY().getType()).getRank(); ++d)
          ofU.push_back(d == first ? -1 : d < first ? d : d + indices - 1);
        for (int64_t d = 0; d < indices; ++d) {
          int64_t i = dim(s.getI(), d).blocks, u = dim(s.getU(), first + d).blocks;
          if (i && u && i != u)
            return refuse(op, "its elements stand at other places in another operand");
        }
        return failed(join(op, s.getY(), s.getX())) ? failure() : from(s.getU(), ofU);
      })
      .Default([&](Operation *) {
        for (Value result : op->getResults())
          for (Value operand : op->getOperands()) {
            auto a = dyn_cast<RankedTensorType>(result.getType()),
                 b = dyn_cast<RankedTensorType>(operand.getType());
            if (a && b && a.getRank() == b.getRank() && failed(join(op, result, operand)))
              return failure();
          }
        return success();
      });
}

LogicalResult Opener::place(Operation *op) {
  if (auto constant = dyn_cast<ag::ConstantOp>(op)) {
    auto value = dyn_cast<DenseElementsAttr>(constant.getValue());
    for (int64_t d : openDims(constant.getY()))
      dims[constant.getY()][d].blocks = !value || !value.isSplat();
    return success();
  }
  if (auto iota = dyn_cast<ag::IotaOp>(op)) {
    if (dim(iota.getY(), iota.getDim()).factor)
      dims[iota.getY()][iota.getDim()].blocks = 1;
    return success();
  }
  if (op->getNumRegions() || op->hasTrait<OpTrait::IsTerminator>())
    return placeRegions(op);
  return placeMoves(op);
}

} // namespace gradc::pt2
