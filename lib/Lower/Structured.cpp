// Structured.cpp - indexing, windows, softmax and normalisation as loop nests.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

using namespace mlir;
namespace gradc::lower {

static Value empty(OpBuilder &b, Location loc, RankedTensorType type) {
  return tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
}

static Value index(OpBuilder &b, Location loc, int64_t n) {
  return arith::ConstantIndexOp::create(b, loc, n);
}

//===-- Indexing ------------------------------------------------------------------------------===//

/// The element of `x` at indices, which are in range; broadcasts and transposes cost nothing.
static Value element(OpBuilder &b, Location loc, Value x, SmallVector<Value> at) {
  while (true) {
    SmallVector<Value> inner;
    if (auto transpose = x.getDefiningOp<ag::TransposeOp>()) {
      inner.resize(at.size());
      for (auto [i, p] : llvm::enumerate(transpose.getPerm()))
        inner[p] = at[i];
      x = transpose.getX();
    } else if (auto broadcast = x.getDefiningOp<ag::BroadcastOp>()) {
      for (int64_t d : broadcast.getDims())
        inner.push_back(at[d]);
      x = broadcast.getX();
    } else {
      return tensor::ExtractOp::create(b, loc, x, at);
    }
    at = inner;
  }
}

static Value clampIndex(OpBuilder &b, Location loc, Value i, int64_t size) {
  i = arith::MaxSIOp::create(b, loc, i, index(b, loc, 0));
  return arith::MinSIOp::create(b, loc, i, index(b, loc, size - 1));
}

Value lowerGather(OpBuilder &b, ag::GatherOp op) {
  Location loc = op.getLoc();
  auto type = typeOf(op.getY());
  int64_t rank = type.getRank(), dim = op.getDim(), taken = typeOf(op.getI()).getRank();
  SmallVector<AffineExpr> of;
  for (int64_t k = 0; k < taken; ++k)
    of.push_back(b.getAffineDimExpr(dim + k));
  auto body = [&](OpBuilder &b, Location loc, ValueRange elements) {
    Value at = arith::IndexCastOp::create(b, loc, b.getIndexType(), elements[0]);
    SmallVector<Value> indices;
    for (int64_t k = 0; k < rank; ++k)
      if (k < dim || k >= dim + taken)
        indices.push_back(linalg::IndexOp::create(b, loc, k));
    indices.insert(indices.begin() + dim,
                   clampIndex(b, loc, at, typeOf(op.getX()).getDimSize(dim)));
    return element(b, loc, op.getX(), indices);
  };
  return generic(b, loc, op.getI(), AffineMap::get(rank, 0, of, b.getContext()),
                 empty(b, loc, type), b.getMultiDimIdentityMap(rank), body);
}

Value lowerReverse(OpBuilder &b, ag::ReverseOp op) {
  auto type = typeOf(op.getY());
  auto body = [&](OpBuilder &b, Location loc, ValueRange) {
    SmallVector<Value> indices;
    for (int64_t k = 0; k < type.getRank(); ++k) {
      Value i = linalg::IndexOp::create(b, loc, k);
      if (llvm::is_contained(op.getDims(), k))
        i = arith::SubIOp::create(b, loc, index(b, loc, type.getDimSize(k) - 1), i);
      indices.push_back(i);
    }
    return element(b, loc, op.getX(), indices);
  };
  return generic(b, op.getLoc(), {}, {}, empty(b, op.getLoc(), type),
                 b.getMultiDimIdentityMap(type.getRank()), body);
}

//===-- Windows -------------------------------------------------------------------------------===//

namespace {
/// Windows over all dims of `x`; a dim with windows of one place has no loop of its own.
struct Windows {
  Value x;
  ArrayRef<int64_t> outShape;
  SmallVector<int64_t> sizes, strides, low, base, dilation;

  int64_t rank() const { return typeOf(x).getRank(); }
  SmallVector<int64_t> loopSizes() const {
    SmallVector<int64_t> loops;
    for (int64_t size : sizes)
      if (size > 1)
        loops.push_back(size);
    return loops;
  }
};

/// An element of a window: whether it lies in `x`, and its indices there.
struct Place {
  Value inside;
  SmallVector<Value> at;
};
} // namespace

static Value both(OpBuilder &b, Location loc, Value x, Value y) {
  return x ? Value(arith::AndIOp::create(b, loc, x, y)) : y;
}

/// The place that the loops of a window stand at.
static Place placeOf(OpBuilder &b, Location loc, const Windows &w) {
  Place place;
  int64_t loop = w.rank();
  for (int64_t k = 0; k < w.rank(); ++k) {
    auto scaled = [&](Value i, int64_t factor) -> Value {
      return factor == 1 ? i : arith::MulIOp::create(b, loc, i, index(b, loc, factor));
    };
    Value at = scaled(linalg::IndexOp::create(b, loc, k), w.strides[k]);
    int64_t size = typeOf(w.x).getDimSize(k), spread = (size - 1) * w.base[k] + 1;
    if (w.sizes[k] > 1)
      at = arith::AddIOp::create(b, loc, at,
                                 scaled(linalg::IndexOp::create(b, loc, loop++), w.dilation[k]));
    if (w.low[k])
      at = arith::SubIOp::create(b, loc, at, index(b, loc, w.low[k]));
    int64_t least = -w.low[k];
    int64_t most = (w.outShape[k] - 1) * w.strides[k] + (w.sizes[k] - 1) * w.dilation[k] - w.low[k];
    auto compare = [&](arith::CmpIPredicate p, Value v, int64_t n) {
      Value is = arith::CmpIOp::create(b, loc, p, v, index(b, loc, n));
      place.inside = both(b, loc, place.inside, is);
    };
    if (least < 0)
      compare(arith::CmpIPredicate::sge, at, 0);
    if (most >= spread)
      compare(arith::CmpIPredicate::slt, at, spread);
    if (w.base[k] > 1) {
      Value quotient = arith::DivSIOp::create(b, loc, at, index(b, loc, w.base[k]));
      Value rest = arith::SubIOp::create(b, loc, at, scaled(quotient, w.base[k]));
      compare(arith::CmpIPredicate::eq, rest, 0);
      at = quotient;
    }
    if (least < 0 || most >= spread)
      at = clampIndex(b, loc, at, size);
    place.at.push_back(at);
  }
  return place;
}

/// The element at a place, or `otherwise` outside of `x`.
static Value elementAt(OpBuilder &b, Location loc, Value x, const Place &place,
                       TypedAttr otherwise) {
  Value found = element(b, loc, x, place.at);
  if (!place.inside)
    return found;
  Value other = arith::ConstantOp::create(b, loc, otherwise);
  return arith::SelectOp::create(b, loc, place.inside, found, other);
}

/// A reduction over the places of each window. `more` are values of the result's shape.
static Value reduceWindows(OpBuilder &b, Location loc, const Windows &w, Type element,
                           TypedAttr neutral, ValueRange more, Body body) {
  SmallVector<int64_t> loops = w.loopSizes();
  int64_t rank = w.rank(), all = rank + loops.size();
  auto type = RankedTensorType::get(w.outShape, element);
  SmallVector<AffineExpr> out, inner;
  for (int64_t k = 0; k < all; ++k)
    (k < rank ? out : inner).push_back(b.getAffineDimExpr(k));
  AffineMap outMap = AffineMap::get(all, 0, out, b.getContext());
  SmallVector<Value> inputs(more);
  SmallVector<AffineMap> maps(more.size(), outMap);
  if (!loops.empty()) { // says how far the loops of a window run
    inputs.push_back(fill(b, loc, RankedTensorType::get(loops, element), neutral));
    maps.push_back(AffineMap::get(all, 0, inner, b.getContext()));
  }
  Value init = fill(b, loc, type, neutral);
  return generic(b, loc, inputs, maps, init, outMap, body);
}

Value lowerReduceWindow(OpBuilder &b, ag::ReduceWindowOp op) {
  auto type = typeOf(op.getY());
  Windows w{op.getX(),
            type.getShape(),
            SmallVector<int64_t>(op.getSizes()),
            SmallVector<int64_t>(op.getStrides()),
            SmallVector<int64_t>(op.getPaddingLow()),
            SmallVector<int64_t>(op.getBaseDilation()),
            SmallVector<int64_t>(op.getWindowDilation())};
  TypedAttr zero = number(b, type.getElementType(), 0);
  if (!hasElements(op.getX()))
    return fill(b, op.getLoc(), type, zero);
  return reduceWindows(b, op.getLoc(), w, type.getElementType(), zero, {},
                       [&](OpBuilder &b, Location loc, ValueRange elements) {
                         Value term = elementAt(b, loc, w.x, placeOf(b, loc, w), zero);
                         return combineSum(b, loc, elements.back(), term);
                       });
}

/// The least value of an element type.
static TypedAttr least(OpBuilder &b, Type element) {
  if (auto type = dyn_cast<FloatType>(element))
    return FloatAttr::get(type, APFloat::getInf(type.getFloatSemantics(), true));
  return IntegerAttr::get(element, APInt::getSignedMinValue(element.getIntOrFloatBitWidth()));
}

static Value maximum(OpBuilder &b, Location loc, Value x, Value y) {
  return isa<FloatType>(x.getType()) ? Value(arith::MaximumFOp::create(b, loc, x, y))
                                     : arith::MaxSIOp::create(b, loc, x, y);
}

/// A key that is least at the first place of the maximum `most`, or at the last NaN: the place in
/// its plane, or -1 minus that for NaN.
static Value windowKey(OpBuilder &b, Location loc, const Windows &w, int64_t planes, Value most) {
  Place place = placeOf(b, loc, w);
  Value value = elementAt(b, loc, w.x, place, least(b, most.getType()));
  Value flat = index(b, loc, 0);
  for (int64_t k = planes; k < w.rank(); ++k) {
    Value size = index(b, loc, typeOf(w.x).getDimSize(k));
    flat = arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, flat, size), place.at[k]);
  }
  flat = arith::IndexCastOp::create(b, loc, b.getI64Type(), flat);
  Value isMost;
  if (isa<FloatType>(most.getType())) {
    isMost = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, value, most);
    Value isNaN = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNE, value, value);
    Value minusOne = arith::ConstantIntOp::create(b, loc, -1, 64);
    flat =
        arith::SelectOp::create(b, loc, isNaN, arith::SubIOp::create(b, loc, minusOne, flat), flat);
    isMost = arith::OrIOp::create(b, loc, isMost, isNaN);
  } else {
    isMost = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, value, most);
  }
  Value none = arith::ConstantIntOp::create(b, loc, INT64_MAX, 64);
  return arith::SelectOp::create(b, loc, place.inside ? both(b, loc, place.inside, isMost) : isMost,
                                 flat, none);
}

Value lowerWindowArgmax(OpBuilder &b, ag::WindowArgmaxOp op) {
  Location loc = op.getLoc();
  auto type = typeOf(op.getY()), from = typeOf(op.getX());
  int64_t rank = from.getRank(), planes = rank - op.getSizes().size();
  auto list = [&](ArrayRef<int64_t> of, int64_t absent) {
    SmallVector<int64_t> all(planes, absent);
    llvm::append_range(all, of);
    return all;
  };
  Windows w{op.getX(),
            type.getShape(),
            list(op.getSizes(), 1),
            list(op.getStrides(), 1),
            list(op.getPaddingLow(), 0),
            SmallVector<int64_t>(rank, 1),
            list(op.getWindowDilation(), 1)};
  TypedAttr lowest = least(b, from.getElementType());
  Value most = reduceWindows(b, loc, w, from.getElementType(), lowest, {},
                             [&](OpBuilder &b, Location loc, ValueRange elements) {
                               Place place = placeOf(b, loc, w);
                               return maximum(b, loc, elements.back(),
                                              elementAt(b, loc, w.x, place, lowest));
                             });
  Value key = reduceWindows(b, loc, w, b.getI64Type(), b.getI64IntegerAttr(INT64_MAX), most,
                            [&](OpBuilder &b, Location loc, ValueRange elements) {
                              Value k = windowKey(b, loc, w, planes, elements[0]);
                              return arith::MinSIOp::create(b, loc, elements.back(), k);
                            });
  AffineMap map = b.getMultiDimIdentityMap(rank);
  return generic(b, loc, key, map, empty(b, loc, type), map,
                 [](OpBuilder &b, Location loc, ValueRange elements) {
                   Value zero = arith::ConstantIntOp::create(b, loc, 0, 64);
                   Value minusOne = arith::ConstantIntOp::create(b, loc, -1, 64);
                   Value turned = arith::SubIOp::create(b, loc, minusOne, elements[0]);
                   Value isNaN =
                       arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, elements[0], zero);
                   return arith::SelectOp::create(b, loc, isNaN, turned, elements[0]);
                 });
}

} // namespace gradc::lower
