// MathTrig.cpp - sine and cosine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Math.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace gradc::lanes;

// pi / 2 in three parts.
static constexpr double kPart1 = 1.57079632679489655800e+00;
static constexpr double kPart2 = 6.12323399573676603587e-17;
static constexpr double kPart3 = -1.49738490485916983294e-33;
static constexpr double kTwoOverPi = 6.36619772367581382433e-01;
/// Up to here the three parts reduce every argument to less than an ulp.
static constexpr double kFastLimit = 0x1p20;

// fdlibm's k_sin.c and k_cos.c.
static const double kSin[] = {8.33333333332248946124e-03, -1.98412698298579493134e-04,
                              2.75573137070700676789e-06, -2.50507602534068634195e-08,
                              1.58969099521155010221e-10};
static const double kCos[] = {4.16666666666666019037e-02, -1.38888888888741095749e-03,
                              2.48015872894767294178e-05, -2.75573143513906633035e-07,
                              2.08757232129817482790e-09, -1.13596475577881948265e-11};

/// 2 / pi in binary, behind a word of zeros.
static const uint64_t kTwoOverPiWords[] = {
    0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041,
    0xFE5163ABDEBBC561, 0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E,
    0xE88235F52EBB4484, 0xE99C7026B45F7E41, 0x3991D639835339F4, 0x9C845F8BBDF9283B,
    0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7, 0x4F463F669E5FEA2D,
    0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB,
    0xF0CFBC209AF4361D, 0xA9E391615EE61B08, 0x6599855F14A06840,
};

namespace {
/// An argument less a multiple of pi / 2, in two parts, and that multiple modulo 4 in the low bits.
struct Reduced {
  Vec high, low, quadrant;
};
} // namespace

//===-- Large arguments: Payne and Hanek ------------------------------------------------------===//

/// Scalar code on 64-bit words.
namespace {
struct Words {
  LaneBuilder &b;
  Value number(uint64_t v) { return b.i64(int64_t(v)); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b.b, b.loc, x, y); }
  Value shl(Value x, Value n) { return arith::ShLIOp::create(b.b, b.loc, x, n); }
  Value shr(Value x, Value n) { return arith::ShRUIOp::create(b.b, b.loc, x, n); }
  Value sub(Value x, Value y) { return arith::SubIOp::create(b.b, b.loc, x, y); }
  Value bitAnd(Value x, Value y) { return arith::AndIOp::create(b.b, b.loc, x, y); }
  Value bitOr(Value x, Value y) { return arith::OrIOp::create(b.b, b.loc, x, y); }
  Value bitXor(Value x, Value y) { return arith::XOrIOp::create(b.b, b.loc, x, y); }
  /// Low and high word of a product.
  std::pair<Value, Value> product(Value x, Value y) {
    auto p = arith::MulUIExtendedOp::create(b.b, b.loc, x, y);
    return {p.getLow(), p.getHigh()};
  }
  /// 1 if the sum `s` of something and `x` has wrapped around.
  Value carry(Value s, Value x) {
    Value c = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, s, x);
    return arith::ExtUIOp::create(b.b, b.loc, b.b.getI64Type(), c);
  }
};
} // namespace

static Value tableWord(LaneBuilder &b, Value table, Value index) {
  return b.load(table, index, b.b.getI64Type(), 1);
}

static Value tableAddress(LaneBuilder &b, ModuleOp module) {
  StringRef name = "gradc.two_over_pi";
  if (!module.lookupSymbol(name)) {
    OpBuilder at = OpBuilder::atBlockBegin(module.getBody());
    SmallVector<int64_t> words;
    for (uint64_t w : kTwoOverPiWords)
      words.push_back(int64_t(w));
    Type i64 = at.getI64Type();
    auto data = DenseElementsAttr::get(RankedTensorType::get({int64_t(words.size())}, i64),
                                       ArrayRef<int64_t>(words));
    LLVM::GlobalOp::create(at, b.loc, LLVM::LLVMArrayType::get(i64, words.size()), true,
                           LLVM::Linkage::Internal, name, data, 64);
  }
  return LLVM::AddressOfOp::create(b.b, b.loc, LLVM::LLVMPointerType::get(b.b.getContext()), name);
}

/// 192 bits of x (2 / pi) modulo 4 with the point after the top two bits, least word first; x is
/// positive and at least 2^20.
static SmallVector<Value> bitsOfMultiple(LaneBuilder &b, ModuleOp module, Value bits) {
  Words w{b};
  Value table = tableAddress(b, module);
  Value exponent = w.shr(bits, w.number(52));
  Value mantissa =
      w.bitOr(w.bitAnd(bits, w.number((uint64_t(1) << 52) - 1)), w.number(uint64_t(1) << 52));
  // x = mantissa * 2^(exponent - 1075). Bits of 2 / pi whose product is a multiple of 4 are
  // skipped.
  Value skip = w.add(exponent, w.number(uint64_t(-1075 - 2 + 64)));
  // Small arguments come along with large ones of the same vector; their result is not used.
  skip = arith::MaxSIOp::create(b.b, b.loc, skip, w.number(0));
  Value word = w.shr(skip, w.number(6)), shift = w.bitAnd(skip, w.number(63));
  Value rest = w.sub(w.number(63), shift);
  SmallVector<Value> words;
  for (int i = 0; i < 4; ++i)
    words.push_back(tableWord(b, table, w.add(word, w.number(i))));
  SmallVector<Value> f; // most significant first
  for (int i = 0; i < 3; ++i)
    f.push_back(w.bitOr(w.shl(words[i], shift), w.shr(w.shr(words[i + 1], w.number(1)), rest)));
  auto [low0, high0] = w.product(mantissa, f[2]);
  auto [low1, high1] = w.product(mantissa, f[1]);
  auto [low2, high2] = w.product(mantissa, f[0]);
  (void)high2;
  Value middle = w.add(low1, high0);
  Value top = w.add(w.add(low2, high1), w.carry(middle, low1));
  return {low0, middle, top};
}

/// f64 -> reduced argument in two parts and the quadrant.
static func::FuncOp reduceFunction(LaneBuilder &outer) {
  auto module = outer.b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  StringRef name = "gradc.reduce_half_pi";
  if (auto f = module.lookupSymbol<func::FuncOp>(name))
    return f;
  OpBuilder at = OpBuilder::atBlockBegin(module.getBody());
  Type f64 = at.getF64Type(), i64 = at.getI64Type();
  auto f = func::FuncOp::create(at, outer.loc, name, at.getFunctionType({f64}, {f64, f64, i64}));
  f.setPrivate();
  f->setAttr("llvm.linkage", LLVM::LinkageAttr::get(at.getContext(), LLVM::Linkage::Internal));
  f->setAttr("passthrough", at.getStrArrayAttr({"noinline", "cold"}));
  OpBuilder body = OpBuilder::atBlockBegin(f.addEntryBlock());
  LaneBuilder b(body, outer.loc, outer.target);
  Words w{b};
  Vec x(b, {f.getArgument(0)});
  SmallVector<Value> t = bitsOfMultiple(b, module, x.abs().bits().lanes[0]);
  // The fraction as a signed number in [-1/2, 1/2): its top bit rounds the quadrant.
  Value quadrant = w.shr(t[2], w.number(62));
  Value high = w.bitOr(w.shl(t[2], w.number(2)), w.shr(t[1], w.number(62)));
  Value low = w.bitOr(w.shl(t[1], w.number(2)), w.shr(t[0], w.number(62)));
  quadrant = w.add(quadrant, w.shr(high, w.number(63)));
  auto toFloat = [&](Value v, double scale) {
    return Vec(b, {Value(arith::SIToFPOp::create(b.b, b.loc, f64, v))}) * scale;
  };
  Value mask = w.number(0xFFFFFFFF);
  Vec a = toFloat(arith::ShRSIOp::create(b.b, b.loc, high, w.number(32)), 0x1p-32);
  Vec c = toFloat(w.bitAnd(high, mask), 0x1p-64);
  Vec d = toFloat(w.shr(low, w.number(1)), 0x1p-127);
  // Sum in two parts, then times pi / 2.
  Vec s = a + c;
  Vec rest = (c - (s - a)) + d;
  Vec sum = s + rest;
  rest = rest - (sum - s);
  Vec r = sum * kPart1;
  Vec rLow = fma(sum, kPart1, -r) + fma(sum, kPart2, rest * kPart1);
  Vec negative = lessInt(x.bits(), 0);
  Vec q(b, {quadrant});
  q = select(negative, subInt(q.integer(0), q), q);
  // Infinities and NaN have no sine.
  Vec nan = x - x;
  r = select(negative, -r, r) + nan;
  rLow = select(negative, -rLow, rLow);
  func::ReturnOp::create(b.b, b.loc, ValueRange{r.lanes[0], rLow.lanes[0], q.lanes[0]});
  return f;
}

/// Reduces every lane by the slow way, in a loop.
static Reduced reduceSlow(const Vec &x) {
  LaneBuilder &b = *x.b;
  func::FuncOp f = reduceFunction(b);
  Reduced out{x, x, x.bits()};
  for (size_t i = 0; i < x.lanes.size(); ++i) {
    Value v = x.lanes[i];
    auto vectorType = dyn_cast<VectorType>(v.getType());
    if (!vectorType) {
      auto call = func::CallOp::create(b.b, b.loc, f, ValueRange{v});
      out.high.lanes[i] = call.getResult(0);
      out.low.lanes[i] = call.getResult(1);
      out.quadrant.lanes[i] = call.getResult(2);
      continue;
    }
    Lanes init = {v, v, out.quadrant.lanes[i]};
    Lanes r = b.loop(b.i64(0), b.i64(vectorType.getNumElements()), 1, init,
                     [&](Value lane, Lanes carried) {
                       Value at = arith::IndexCastOp::create(b.b, b.loc, b.b.getIndexType(), lane);
                       Value one = vector::ExtractOp::create(b.b, b.loc, v, OpFoldResult(at));
                       auto call = func::CallOp::create(b.b, b.loc, f, ValueRange{one});
                       for (int k = 0; k < 3; ++k)
                         carried[k] = vector::InsertOp::create(b.b, b.loc, call.getResult(k),
                                                               carried[k], OpFoldResult(at));
                       return carried;
                     });
    out.high.lanes[i] = r[0];
    out.low.lanes[i] = r[1];
    out.quadrant.lanes[i] = r[2];
  }
  return out;
}

//===-- Reduction -----------------------------------------------------------------------------===//

static Reduced reduceFast(const Vec &x) {
  Rounded n = roundSmall(x * kTwoOverPi);
  Vec r = fma(n.number, -kPart1, x); // exact
  Vec t = n.number * kPart2, tLow = fma(n.number, kPart2, -t);
  Vec high = r - t;
  Vec low = ((r - high) - t) - fma(n.number, kPart3, tLow);
  Vec sum = high + low;
  return {sum, low - (sum - high), n.integer};
}

static Value any(LaneBuilder &b, const Vec &conditions) {
  Value all;
  for (Value c : conditions.lanes) {
    Value one = isa<VectorType>(c.getType())
                    ? Value(vector::ReductionOp::create(b.b, b.loc, vector::CombiningKind::OR, c))
                    : c;
    all = all ? Value(arith::OrIOp::create(b.b, b.loc, all, one)) : one;
  }
  return all;
}

static Reduced reduce(const Vec &x) {
  LaneBuilder &b = *x.b;
  Reduced fast = reduceFast(x);
  // Also true for NaN and infinities.
  Vec small = x.abs() < kFastLimit;
  Vec large = small ^ equal(x.real(0), 0);
  SmallVector<Type> types;
  for (const Vec *v : {&fast.high, &fast.low, &fast.quadrant})
    for (Value lane : v->lanes)
      types.push_back(lane.getType());
  auto branch = scf::IfOp::create(b.b, b.loc, types, any(b, large), true);
  auto yield = [&](const Reduced &r) {
    SmallVector<Value> all;
    for (const Vec *v : {&r.high, &r.low, &r.quadrant})
      all.append(v->lanes.begin(), v->lanes.end());
    scf::YieldOp::create(b.b, b.loc, all);
  };
  OpBuilder::InsertionGuard guard(b.b);
  b.b.setInsertionPointToStart(&branch.getThenRegion().front());
  Reduced slow = reduceSlow(x);
  yield({select(large, slow.high, fast.high), select(large, slow.low, fast.low),
         select(large, slow.quadrant, fast.quadrant)});
  b.b.setInsertionPointToStart(&branch.getElseRegion().front());
  yield(fast);
  size_t n = x.lanes.size();
  auto part = [&](size_t k) {
    auto first = branch.getResults().begin() + k * n;
    return Vec(b, Lanes(first, first + n));
  };
  return {part(0), part(1), part(2)};
}

//===-- Functions -----------------------------------------------------------------------------===//

Vec gradc::lanes::sinVec(const Vec &argument, bool cosine) {
  // f32 is computed in f64: the reduction then needs no more care than there.
  Vec x = argument.toFloat(argument.b->b.getF64Type());
  Reduced r = reduce(x);
  Vec z = r.high * r.high;
  Vec v = z * r.high;
  Vec p = polynomial(z, kSin);
  Vec sine = r.high - ((z * (r.low * 0.5 - v * p) - r.low) - v * -1.66666666666666324348e-01);
  Vec half = z * 0.5, w = 1.0 - half;
  Vec q = z * z * polynomial(z, kCos) - r.high * r.low;
  Vec cos = w + (((1.0 - w) - half) + q);
  Vec quadrant = cosine ? addInt(r.quadrant, 1) : r.quadrant;
  Vec y = select(equalInt(andInt(quadrant, 1), 0), sine, cos);
  y = select(equalInt(andInt(quadrant, 2), 0), y, -y);
  // The sine keeps the sign of zero.
  if (!cosine)
    y = select(equal(x, 0), x, y);
  return y.toFloat(argument.element());
}

Vec gradc::lanes::tanVec(const Vec &x) {
  Reduced r = reduce(x);
  Vec z = r.high * r.high;
  Vec v = z * r.high;
  // Sine and cosine as above, each with what its last sum lost.
  Vec bend =
      (z * (r.low * 0.5 - v * polynomial(z, kSin)) - r.low) - v * -1.66666666666666324348e-01;
  Vec sine = r.high - bend, sineLost = (r.high - sine) - bend;
  Vec half = z * 0.5, w = 1.0 - half;
  Vec q = ((1.0 - w) - half) + (z * z * polynomial(z, kCos) - r.high * r.low);
  Vec cosine = w + q, cosineLost = (w - cosine) + q;
  Vec even = equalInt(andInt(r.quadrant, 1), 0);
  Vec top = select(even, sine, -cosine), topLost = select(even, sineLost, -cosineLost);
  Vec bottom = select(even, cosine, sine), bottomLost = select(even, cosineLost, sineLost);
  Vec t = top / bottom;
  Vec rest = (fma(-t, bottom, top) + (topLost - t * bottomLost)) / bottom;
  Vec y = t + select(rest.abs() < INFINITY, rest, rest.real(0));
  // A tiny argument is its own result, and keeps the sign of zero.
  return select(x.abs() < 0x1p-30, x, y);
}
