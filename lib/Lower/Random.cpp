// Random.cpp - Philox4x32-10 as one loop nest.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// J. Salmon, M. Moraes, R. Dror, D. Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
// Words of 32 bits are kept in 64: a product of two is then one multiplication, which vector units
// have.
#include "Lowering.h"

using namespace mlir;
namespace gradc::lower {

namespace {
/// The upper and the lower word of a number.
struct Words {
  Value high, low;
};

class Philox {
public:
  Philox(OpBuilder &b, Location loc) : b(b), loc(loc), mask(constant(0xFFFFFFFF)) {}

  /// The first of the four words of one block.
  Value firstWord(Value key, Value index, Value counter) {
    Words k = split(key), lower = split(index), upper = split(counter);
    Value c0 = lower.low, c1 = lower.high, c2 = upper.low, c3 = upper.high;
    for (int round = 0; round < 10; ++round) {
      Words p0 = product(c0, 0xD2511F53), p1 = product(c2, 0xCD9E8D57);
      c0 = either(either(p1.high, c1), k.low);
      c2 = either(either(p0.high, c3), k.high);
      c1 = p1.low;
      c3 = p0.low;
      k.low = bump(k.low, 0x9E3779B9);
      k.high = bump(k.high, 0xBB67AE85);
    }
    return c0;
  }

private:
  Value constant(int64_t value) {
    return arith::ConstantIntOp::create(b, loc, value, /*width=*/64);
  }
  Value lowerHalf(Value v) { return arith::AndIOp::create(b, loc, v, mask); }
  Value either(Value x, Value y) { return arith::XOrIOp::create(b, loc, x, y); }
  Words split(Value v) {
    Value high = arith::ShRUIOp::create(b, loc, v, constant(32));
    return {high, lowerHalf(v)};
  }
  Words product(Value c, int64_t factor) {
    return split(arith::MulIOp::create(b, loc, c, constant(factor)));
  }
  Value bump(Value k, int64_t by) {
    return lowerHalf(arith::AddIOp::create(b, loc, k, constant(by)));
  }

  OpBuilder &b;
  Location loc;
  Value mask;
};
} // namespace

Value lowerPhilox(OpBuilder &b, ag::PhiloxOp op) {
  auto type = typeOf(op.getY());
  auto body = [&](OpBuilder &b, Location loc, ValueRange args) -> Value {
    Type i64 = b.getI64Type();
    Value index;
    int64_t stride = type.getNumElements();
    for (int64_t d = 0; d < type.getRank(); ++d) {
      stride /= type.getDimSize(d);
      if (type.getDimSize(d) == 1)
        continue;
      Value i = linalg::IndexOp::create(b, loc, d);
      i = arith::IndexCastOp::create(b, loc, i64, i);
      if (stride != 1)
        i = arith::MulIOp::create(b, loc, i, arith::ConstantIntOp::create(b, loc, stride, 64));
      index = index ? Value(arith::AddIOp::create(b, loc, index, i)) : i;
    }
    if (!index)
      index = arith::ConstantIntOp::create(b, loc, 0, 64);
    Value word = Philox(b, loc).firstWord(args[0], index, args[1]);
    Value eight = arith::ConstantIntOp::create(b, loc, 8, 64);
    Value upper = arith::ShRUIOp::create(b, loc, word, eight);
    Value number = arith::SIToFPOp::create(b, loc, b.getF32Type(), upper);
    Value unit = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0x1p-24f));
    return arith::MulFOp::create(b, loc, number, unit);
  };
  auto scalar = AffineMap::get(type.getRank(), 0, op.getContext());
  Value init = tensor::EmptyOp::create(b, op.getLoc(), type.getShape(), type.getElementType());
  return generic(b, op.getLoc(), {op.getSeed(), op.getCounter()}, {scalar, scalar}, init,
                 b.getMultiDimIdentityMap(type.getRank()), body);
}

} // namespace gradc::lower
