// Vec.cpp - arithmetic on lists of instances.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Math.h"

using namespace mlir;

namespace gradc::lanes {

bool Vec::isDouble() const { return element().isF64() || element().isInteger(64); }

Vec Vec::map(llvm::function_ref<Value(Value)> f) const {
  Lanes out;
  for (Value v : lanes)
    out.push_back(f(v));
  return Vec(*b, out);
}
Vec Vec::zip(const Vec &o, llvm::function_ref<Value(Value, Value)> f) const {
  Lanes out;
  for (auto [x, y] : llvm::zip_equal(lanes, o.lanes))
    out.push_back(f(x, y));
  return Vec(*b, out);
}
Vec Vec::real(double value) const {
  return map([&](Value v) { return b->real(value, v.getType()); });
}
Vec Vec::integer(int64_t value) const {
  Type t = isDouble() ? b->b.getI64Type() : b->b.getI32Type();
  return map([&](Value v) { return b->integer(value, withElement(v.getType(), t)); });
}

template <class Op> static Vec unary(const Vec &x) {
  return x.map([&](Value v) -> Value { return Op::create(x.b->b, x.b->loc, v); });
}
template <class Op> static Vec binary(const Vec &x, const Vec &y) {
  return x.zip(y, [&](Value v, Value w) -> Value { return Op::create(x.b->b, x.b->loc, v, w); });
}
template <class Op> static Vec convert(const Vec &x, Type to) {
  return x.map([&](Value v) -> Value {
    return Op::create(x.b->b, x.b->loc, withElement(v.getType(), to), v);
  });
}

Vec Vec::bits() const {
  return convert<arith::BitcastOp>(*this, isDouble() ? b->b.getI64Type() : b->b.getI32Type());
}
Vec Vec::asFloat() const {
  return convert<arith::BitcastOp>(*this,
                                   isDouble() ? Type(b->b.getF64Type()) : Type(b->b.getF32Type()));
}
Vec Vec::toFloat(Type to) const {
  if (element() == to)
    return *this;
  return to.isF64() ? convert<arith::ExtFOp>(*this, to) : convert<arith::TruncFOp>(*this, to);
}
Vec Vec::intToFloat(Type to) const { return convert<arith::SIToFPOp>(*this, to); }
Vec Vec::resize(unsigned width) const {
  Type to = b->b.getIntegerType(width);
  if (element() == to)
    return *this;
  return width > element().getIntOrFloatBitWidth() ? convert<arith::ExtSIOp>(*this, to)
                                                   : convert<arith::TruncIOp>(*this, to);
}
Vec Vec::abs() const { return unary<math::AbsFOp>(*this); }
Vec Vec::sqrt() const { return unary<math::SqrtOp>(*this); }
Vec Vec::roundEven() const { return unary<math::RoundEvenOp>(*this); }
Vec Vec::trunc() const { return unary<math::TruncOp>(*this); }
Vec Vec::copySign(const Vec &sign) const { return binary<math::CopySignOp>(*this, sign); }

Vec operator+(const Vec &x, const Vec &y) { return binary<arith::AddFOp>(x, y); }
Vec operator-(const Vec &x, const Vec &y) { return binary<arith::SubFOp>(x, y); }
Vec operator*(const Vec &x, const Vec &y) { return binary<arith::MulFOp>(x, y); }
Vec operator/(const Vec &x, const Vec &y) { return binary<arith::DivFOp>(x, y); }
Vec operator-(const Vec &x) { return unary<arith::NegFOp>(x); }
Vec operator+(const Vec &x, double y) { return x + x.real(y); }
Vec operator-(const Vec &x, double y) { return x - x.real(y); }
Vec operator*(const Vec &x, double y) { return x * x.real(y); }
Vec operator-(double x, const Vec &y) { return y.real(x) - y; }
Vec operator/(double x, const Vec &y) { return y.real(x) / y; }
Vec fma(const Vec &x, const Vec &y, const Vec &z) {
  Lanes out;
  for (auto [u, v, w] : llvm::zip_equal(x.lanes, y.lanes, z.lanes))
    out.push_back(math::FmaOp::create(x.b->b, x.b->loc, u, v, w));
  return Vec(*x.b, out);
}
Vec fma(const Vec &x, double y, const Vec &z) { return fma(x, x.real(y), z); }
Vec fma(const Vec &x, const Vec &y, double z) { return fma(x, y, x.real(z)); }
Vec polynomial(const Vec &x, ArrayRef<double> c) {
  Vec p = x.real(c.back());
  for (double k : llvm::reverse(c.drop_back()))
    p = fma(p, x, k);
  return p;
}

static Vec compare(arith::CmpFPredicate predicate, const Vec &x, const Vec &y) {
  return x.zip(y, [&](Value v, Value w) -> Value {
    return arith::CmpFOp::create(x.b->b, x.b->loc, predicate, v, w);
  });
}
Vec operator<(const Vec &x, const Vec &y) { return compare(arith::CmpFPredicate::OLT, x, y); }
Vec operator>(const Vec &x, const Vec &y) { return compare(arith::CmpFPredicate::OGT, x, y); }
Vec operator<(const Vec &x, double y) { return x < x.real(y); }
Vec operator>(const Vec &x, double y) { return x > x.real(y); }
Vec equal(const Vec &x, const Vec &y) { return compare(arith::CmpFPredicate::OEQ, x, y); }
Vec equal(const Vec &x, double y) { return equal(x, x.real(y)); }
Vec isNan(const Vec &x) { return compare(arith::CmpFPredicate::UNO, x, x); }
Vec select(const Vec &condition, const Vec &x, const Vec &y) {
  Lanes out;
  for (auto [c, u, v] : llvm::zip_equal(condition.lanes, x.lanes, y.lanes))
    out.push_back(arith::SelectOp::create(x.b->b, x.b->loc, c, u, v));
  return Vec(*x.b, out);
}
Vec operator&(const Vec &x, const Vec &y) { return binary<arith::AndIOp>(x, y); }
Vec operator|(const Vec &x, const Vec &y) { return binary<arith::OrIOp>(x, y); }
Vec operator^(const Vec &x, const Vec &y) { return binary<arith::XOrIOp>(x, y); }

Vec addInt(const Vec &x, const Vec &y) { return binary<arith::AddIOp>(x, y); }
Vec subInt(const Vec &x, const Vec &y) { return binary<arith::SubIOp>(x, y); }
Vec addInt(const Vec &x, int64_t y) { return addInt(x, x.integer(y)); }
Vec andInt(const Vec &x, int64_t y) { return x & x.integer(y); }
Vec shiftLeft(const Vec &x, int64_t y) { return binary<arith::ShLIOp>(x, x.integer(y)); }
Vec shiftRight(const Vec &x, int64_t y) { return binary<arith::ShRSIOp>(x, x.integer(y)); }
Vec shiftRightUnsigned(const Vec &x, int64_t y) { return binary<arith::ShRUIOp>(x, x.integer(y)); }
static Vec compareInt(arith::CmpIPredicate predicate, const Vec &x, int64_t y) {
  return x.zip(x.integer(y), [&](Value v, Value w) -> Value {
    return arith::CmpIOp::create(x.b->b, x.b->loc, predicate, v, w);
  });
}
Vec equalInt(const Vec &x, int64_t y) { return compareInt(arith::CmpIPredicate::eq, x, y); }
Vec lessInt(const Vec &x, int64_t y) { return compareInt(arith::CmpIPredicate::slt, x, y); }

// Adding 1.5 * 2^(precision - 1) leaves the whole number in the low bits. A conversion would be
// undefined for NaN.
static double magicOf(const Vec &x) { return x.isDouble() ? 6755399441055744.0 : 12582912.0; }
static Rounded rounded(const Vec &shifted) {
  int64_t bits = shifted.isDouble() ? 0x4338000000000000 : 0x4B400000;
  return {shifted - magicOf(shifted), addInt(shifted.bits(), -bits)};
}
Rounded roundSmall(const Vec &x) { return rounded(x + magicOf(x)); }
Rounded roundSmall(const Vec &x, double factor) {
  return rounded(fma(x, x.real(factor), magicOf(x)));
}

Vec scaleByPower(const Vec &x, const Vec &n) {
  int64_t bias = x.isDouble() ? 1023 : 127, mantissa = x.isDouble() ? 52 : 23;
  auto power = [&](const Vec &k) { return shiftLeft(addInt(k, bias), mantissa).asFloat(); };
  Vec half = shiftRight(n, 1);
  return x * power(half) * power(subInt(n, half));
}

bool hasScale(const Vec &x) {
  return x.b->target.scales && llvm::all_of(x.lanes, [&](Value v) {
           int64_t bits = lanesOf(v.getType()) * (x.isDouble() ? 64 : 32);
           return bits == 128 || bits == 256 || bits == 512;
         });
}

/// The instruction's one rounding is that of the second product above. Lanes that vanish are left
/// out of it: rounding to 0 would take some hundred cycles.
Vec scaleByPower(const Vec &x, const Rounded &n, const Vec *vanishes) {
  bool wide = x.isDouble();
  if (!hasScale(x))
    return scaleByPower(x, n.integer);
  Vec scaled = x.zip(n.number, [&](Value v, Value power) -> Value {
    int64_t lanes = lanesOf(v.getType()), bits = lanes * (wide ? 64 : 32);
    std::string name =
        (llvm::Twine("llvm.x86.avx512.mask.scalef.") + (wide ? "pd." : "ps.") + llvm::Twine(bits))
            .str();
    Value all = x.b->integer(-1, x.b->b.getIntegerType(std::max<int64_t>(8, lanes)));
    SmallVector<Value> arguments{v, power, v, all};
    if (bits == 512) // the rounding as the environment has it
      arguments.push_back(x.b->integer(4, x.b->b.getI32Type()));
    return LLVM::CallIntrinsicOp::create(x.b->b, x.b->loc, v.getType(), x.b->b.getStringAttr(name),
                                         arguments)
        .getResults();
  });
  return vanishes ? select(*vanishes, x.real(0), scaled) : scaled;
}

} // namespace gradc::lanes
