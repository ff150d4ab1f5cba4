// Rows.cpp - products, softmax and normalisation: reductions of rows and what is made of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each is a few loop nests over the same rows, which Schedule joins into one kernel. Short floats
// are computed in f32 from the first to the last of these nests and rounded once.
#include "Lowering.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
namespace gradc::lower {
namespace {

/// The rows of a tensor: what runs along `dims`.
class Rows {
public:
  Rows(OpBuilder &b, Operation *op)
      : b(b), loc(op->getLoc()), x(op->getOperand(0)),
        dims(op->getAttrOfType<DenseI64ArrayAttr>("dims").asArrayRef()) {
    Type element = typeOf(x).getElementType();
    bool isShort = isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32;
    wide = isShort ? Type(b.getF32Type()) : element;
    SmallVector<AffineExpr> expressions;
    for (int64_t i = 0; i < typeOf(x).getRank(); ++i)
      if (!llvm::is_contained(dims, i)) {
        expressions.push_back(b.getAffineDimExpr(i));
        kept.push_back(typeOf(x).getDimSize(i));
      } else {
        count *= double(typeOf(x).getDimSize(i));
      }
    whole = b.getMultiDimIdentityMap(typeOf(x).getRank());
    perRow = AffineMap::get(typeOf(x).getRank(), 0, expressions, b.getContext());
  }

  /// `term` of the elements of `x` and of what `rows` has for each row, combined along the rows.
  Value reduce(ValueRange rows, double neutral, Body term,
               function_ref<Value(OpBuilder &, Location, Value, Value)> combine) {
    Value init = fill(b, loc, RankedTensorType::get(kept, wide), number(b, wide, neutral));
    if (!hasElements(x))
      return init;
    return nest(rows, init, perRow, [&](OpBuilder &b, Location loc, ValueRange elements) {
      Value value = term(b, loc, elements.drop_back());
      return combine(b, loc, elements.back(), value);
    });
  }
  Value sum(ValueRange rows, Body term) { return reduce(rows, 0, term, combineSum); }

  /// An element of the result from those of `x` and of `rows`.
  Value map(ValueRange rows, RankedTensorType type, Body body) {
    Value init = tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
    return nest(rows, init, whole, [&](OpBuilder &b, Location loc, ValueRange elements) {
      return narrow(b, loc, body(b, loc, elements.drop_back()), type.getElementType());
    });
  }

  /// One number a row from others.
  Value perRowOf(ValueRange rows, Type element, Body body) {
    AffineMap identity = b.getMultiDimIdentityMap(kept.size());
    Value init = tensor::EmptyOp::create(b, loc, kept, element);
    return generic(b, loc, rows, SmallVector<AffineMap>(rows.size(), identity), init, identity,
                   [&](OpBuilder &b, Location loc, ValueRange elements) {
                     return narrow(b, loc, body(b, loc, elements.drop_back()), element);
                   });
  }

  Value constant(OpBuilder &b, Location loc, double value) {
    return arith::ConstantOp::create(b, loc, number(b, wide, value));
  }

  static Value narrow(OpBuilder &b, Location loc, Value v, Type to) {
    return v.getType() == to ? v : Value(arith::TruncFOp::create(b, loc, to, v));
  }

  OpBuilder &b;
  Location loc;
  Value x;
  ArrayRef<int64_t> dims;
  SmallVector<int64_t> kept;
  double count = 1;
  Type wide;

private:
  Value nest(ValueRange rows, Value init, AffineMap out, Body body) {
    SmallVector<Value> inputs{x};
    llvm::append_range(inputs, rows);
    SmallVector<AffineMap> maps{whole};
    maps.append(rows.size(), perRow);
    return generic(b, loc, inputs, maps, init, out,
                   [&](OpBuilder &b, Location loc, ValueRange elements) {
                     SmallVector<Value> widened(elements);
                     if (widened[0].getType() != wide)
                       widened[0] = arith::ExtFOp::create(b, loc, wide, widened[0]);
                     return body(b, loc, widened);
                   });
  }

  AffineMap whole, perRow;
};

} // namespace

static Value sub(OpBuilder &b, Location loc, Value x, Value y) {
  return arith::SubFOp::create(b, loc, x, y);
}

static Value maxOf(Rows &rows) {
  return rows.reduce(
      {}, -std::numeric_limits<double>::infinity(),
      [](OpBuilder &, Location, ValueRange e) { return e[0]; },
      [](OpBuilder &b, Location loc, Value x, Value y) -> Value {
        return arith::MaximumFOp::create(b, loc, x, y);
      });
}

static Value expShifted(OpBuilder &b, Location loc, ValueRange e) {
  return math::ExpOp::create(b, loc, sub(b, loc, e[0], e[1]));
}

static Value lowerProd(Rows &rows, RankedTensorType type) {
  auto combine = [](OpBuilder &b, Location loc, Value x, Value y) -> Value {
    if (isa<FloatType>(x.getType()))
      return arith::MulFOp::create(b, loc, x, y);
    return arith::MulIOp::create(b, loc, x, y);
  };
  Value product =
      rows.reduce({}, 1, [](OpBuilder &, Location, ValueRange e) { return e[0]; }, combine);
  if (typeOf(product) == type)
    return product;
  return rows.perRowOf(product, type.getElementType(),
                       [](OpBuilder &, Location, ValueRange e) { return e[0]; });
}

/// The maximum is no shift where it is infinite.
static Value lowerLogsumexp(Rows &rows, RankedTensorType type) {
  Value shift =
      rows.perRowOf(maxOf(rows), rows.wide, [&](OpBuilder &b, Location loc, ValueRange e) {
        Value inf = rows.constant(b, loc, std::numeric_limits<double>::infinity());
        Value size = math::AbsFOp::create(b, loc, e[0]);
        Value isInf = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, size, inf);
        return arith::SelectOp::create(b, loc, isInf, rows.constant(b, loc, 0), e[0]);
      });
  Value sum = rows.sum(shift, expShifted);
  return rows.perRowOf(
      {sum, shift}, type.getElementType(), [](OpBuilder &b, Location loc, ValueRange e) -> Value {
        return arith::AddFOp::create(b, loc, math::LogOp::create(b, loc, e[0]), e[1]);
      });
}

static Value lowerSoftmax(Rows &rows, RankedTensorType type, bool isLog) {
  Value most = maxOf(rows), sum = rows.sum(most, expShifted);
  if (!isLog)
    return rows.map({most, sum}, type, [](OpBuilder &b, Location loc, ValueRange e) -> Value {
      return arith::DivFOp::create(b, loc, expShifted(b, loc, e), e[2]);
    });
  Value log = rows.perRowOf(sum, rows.wide, [](OpBuilder &b, Location loc, ValueRange e) -> Value {
    return math::LogOp::create(b, loc, e[0]);
  });
  return rows.map({most, log}, type, [](OpBuilder &b, Location loc, ValueRange e) {
    return sub(b, loc, sub(b, loc, e[0], e[1]), e[2]);
  });
}

/// 1 / sqrt(sum / count + eps) of each row.
static Value scaleOf(Rows &rows, Value squares, double eps) {
  return rows.perRowOf(squares, rows.wide, [&](OpBuilder &b, Location loc, ValueRange e) -> Value {
    Value mean = arith::DivFOp::create(b, loc, e[0], rows.constant(b, loc, rows.count));
    Value sum = arith::AddFOp::create(b, loc, mean, rows.constant(b, loc, eps));
    return arith::DivFOp::create(b, loc, rows.constant(b, loc, 1),
                                 math::SqrtOp::create(b, loc, sum));
  });
}

static Value lowerNormalize(Rows &rows, RankedTensorType type, double eps) {
  Value sum = rows.sum({}, [](OpBuilder &, Location, ValueRange e) { return e[0]; });
  Value mean =
      rows.perRowOf(sum, rows.wide, [&](OpBuilder &b, Location loc, ValueRange e) -> Value {
        return arith::DivFOp::create(b, loc, e[0], rows.constant(b, loc, rows.count));
      });
  Value squares = rows.sum(mean, [](OpBuilder &b, Location loc, ValueRange e) -> Value {
    Value centred = sub(b, loc, e[0], e[1]);
    return arith::MulFOp::create(b, loc, centred, centred);
  });
  return rows.map({mean, scaleOf(rows, squares, eps)}, type,
                  [](OpBuilder &b, Location loc, ValueRange e) -> Value {
                    return arith::MulFOp::create(b, loc, sub(b, loc, e[0], e[1]), e[2]);
                  });
}

static Value lowerRmsNormalize(Rows &rows, RankedTensorType type, double eps) {
  Value squares = rows.sum({}, [](OpBuilder &b, Location loc, ValueRange e) -> Value {
    return arith::MulFOp::create(b, loc, e[0], e[0]);
  });
  return rows.map(scaleOf(rows, squares, eps), type,
                  [](OpBuilder &b, Location loc, ValueRange e) -> Value {
                    return arith::MulFOp::create(b, loc, e[0], e[1]);
                  });
}

Value lowerRows(OpBuilder &b, Operation *op) {
  Rows rows(b, op);
  auto type = typeOf(op->getResult(0));
  if (isa<ag::ReduceProdOp>(op))
    return rows.dims.empty() ? rows.x : lowerProd(rows, type);
  if (isa<ag::LogsumexpOp>(op))
    return lowerLogsumexp(rows, type);
  if (auto normalize = dyn_cast<ag::NormalizeOp>(op))
    return lowerNormalize(rows, type, normalize.getEps().convertToDouble());
  if (auto normalize = dyn_cast<ag::RmsNormalizeOp>(op))
    return lowerRmsNormalize(rows, type, normalize.getEps().convertToDouble());
  return lowerSoftmax(rows, type, isa<ag::LogSoftmaxOp>(op));
}

} // namespace gradc::lower
