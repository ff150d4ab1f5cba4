// Contraction.cpp - batched contractions as multiply-add loop nests.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

using namespace mlir;
namespace gradc::lower {

static Value product(OpBuilder &b, Location loc, Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return arith::MulFOp::create(b, loc, x, y);
  if (x.getType().isInteger(1))
    return arith::AndIOp::create(b, loc, x, y);
  return arith::MulIOp::create(b, loc, x, y);
}

/// Numbers the loops of one operand: batch and contracted ones are given, its free ones are
/// counted on from `next`.
static SmallVector<int64_t> loopsOf(int64_t rank, ArrayRef<int64_t> batch,
                                    ArrayRef<int64_t> contract, int64_t &next,
                                    int64_t firstContract) {
  SmallVector<int64_t> loops(rank, -1);
  for (auto [i, d] : llvm::enumerate(batch))
    loops[d] = i;
  for (auto [i, d] : llvm::enumerate(contract))
    loops[d] = firstContract + i;
  for (int64_t &loop : loops)
    if (loop < 0)
      loop = next++;
  return loops;
}

/// Looks through transposes and conversions from narrow types: the nest may read an operand in any
/// order of dimensions, and widen as it reads.
static AffineMap mapOf(Value &operand, SmallVector<int64_t> loops, int64_t nLoops) {
  while (Operation *def = operand.getDefiningOp()) {
    auto convert = dyn_cast<ag::CastOp>(def);
    if (convert &&
        wideElement(typeOf(convert.getX()).getElementType()) == typeOf(operand).getElementType()) {
      operand = convert.getX();
      continue;
    }
    auto transpose = dyn_cast<ag::TransposeOp>(def);
    if (!transpose)
      break;
    SmallVector<int64_t> inner(loops.size());
    for (auto [i, p] : llvm::enumerate(transpose.getPerm()))
      inner[p] = loops[i];
    loops = inner;
    operand = transpose.getX();
  }
  SmallVector<AffineExpr> results;
  for (int64_t loop : loops)
    results.push_back(getAffineDimExpr(loop, operand.getContext()));
  return AffineMap::get(nLoops, 0, results, operand.getContext());
}

Value lowerContraction(OpBuilder &b, ag::ContractOp op) {
  Location loc = op.getLoc();
  auto type = typeOf(op.getY());
  Value x = op.getA(), y = op.getB();
  int64_t nOut = type.getRank(), nLoops = nOut + op.getAContract().size();
  int64_t next = op.getABatch().size();
  SmallVector<int64_t> xLoops =
      loopsOf(typeOf(x).getRank(), op.getABatch(), op.getAContract(), next, nOut);
  SmallVector<int64_t> yLoops =
      loopsOf(typeOf(y).getRank(), op.getBBatch(), op.getBContract(), next, nOut);
  SmallVector<AffineMap> maps;
  maps.push_back(mapOf(x, xLoops, nLoops));
  maps.push_back(mapOf(y, yLoops, nLoops));
  SmallVector<AffineExpr> outDims;
  for (int64_t i = 0; i < nOut; ++i)
    outDims.push_back(b.getAffineDimExpr(i));
  AffineMap out = AffineMap::get(nLoops, 0, outDims, b.getContext());
  if (nLoops == nOut) {
    // Nothing is summed: plain products, so that -0 stays.
    Value init = tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
    return generic(b, loc, {x, y}, maps, init, out,
                   [](OpBuilder &b, Location loc, ValueRange elements) {
                     return product(b, loc, widen(b, loc, elements[0]), widen(b, loc, elements[1]));
                   });
  }
  Value init = fill(b, loc, type, number(b, type.getElementType(), 0));
  if (!hasElements(x) || !hasElements(y))
    return init;
  return generic(b, loc, {x, y}, maps, init, out,
                 [](OpBuilder &b, Location loc, ValueRange elements) {
                   Value x = widen(b, loc, elements[0]), y = widen(b, loc, elements[1]);
                   Value term = product(b, loc, x, y);
                   return combineSum(b, loc, elements[2], term);
                 });
}

} // namespace gradc::lower
