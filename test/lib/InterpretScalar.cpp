// InterpretScalar.cpp - arith and math on numbers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interpreter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <cstring>
#include <numeric>

using namespace mlir;
namespace gradc::test {

using Floats = double (*)(double, double);
using Integers = int64_t (*)(int64_t, int64_t);

static double maximum(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return NAN;
  if (a == b)
    return std::signbit(a) ? b : a;
  return a > b ? a : b;
}
static double minimum(double a, double b) { return -maximum(-a, -b); }

static int64_t wrap(unsigned __int128 n) { return int64_t(uint64_t(n)); }

/// The bits of a float as an integer, or the other way round.
static Number bitcast(Number x, Type from, Type to) {
  Number y;
  if (from.isF64())
    std::memcpy(&y.i, &x.f, 8);
  else if (to.isF64())
    std::memcpy(&y.f, &x.i, 8);
  else if (from.isF32())
    y.i = llvm::bit_cast<int32_t>(float(x.f));
  else
    y.f = llvm::bit_cast<float>(int32_t(x.i));
  return y;
}

/// a^b by repeated products; negative powers of anything but 1 and -1 are 0.
static int64_t integerPower(int64_t a, int64_t b) {
  if (b < 0)
    return a == 1 ? 1 : a == -1 ? (b % 2 ? -1 : 1) : 0;
  uint64_t y = 1;
  for (uint64_t x = a; b; b /= 2, x *= x)
    y *= b % 2 ? x : 1;
  return int64_t(y);
}

static Floats floatFunction(StringRef name) {
  static const llvm::StringMap<Floats> table = {
      {"arith.addf", [](double a, double b) { return a + b; }},
      {"arith.subf", [](double a, double b) { return a - b; }},
      {"arith.mulf", [](double a, double b) { return a * b; }},
      {"arith.divf", [](double a, double b) { return a / b; }},
      {"arith.negf", [](double a, double) { return -a; }},
      {"arith.maximumf", maximum},
      {"arith.minimumf", minimum},
      {"math.exp", [](double a, double) { return std::exp(a); }},
      {"math.log", [](double a, double) { return std::log(a); }},
      {"math.sqrt", [](double a, double) { return std::sqrt(a); }},
      {"math.tanh", [](double a, double) { return std::tanh(a); }},
      {"math.sin", [](double a, double) { return std::sin(a); }},
      {"math.cos", [](double a, double) { return std::cos(a); }},
      {"math.exp2", [](double a, double) { return std::exp2(a); }},
      {"math.expm1", [](double a, double) { return std::expm1(a); }},
      {"math.log2", [](double a, double) { return std::log2(a); }},
      {"math.log10", [](double a, double) { return std::log10(a); }},
      {"math.log1p", [](double a, double) { return std::log1p(a); }},
      {"math.rsqrt", [](double a, double) { return 1 / std::sqrt(a); }},
      {"math.tan", [](double a, double) { return std::tan(a); }},
      {"math.asin", [](double a, double) { return std::asin(a); }},
      {"math.acos", [](double a, double) { return std::acos(a); }},
      {"math.atan", [](double a, double) { return std::atan(a); }},
      {"math.atan2", [](double a, double b) { return std::atan2(a, b); }},
      {"math.sinh", [](double a, double) { return std::sinh(a); }},
      {"math.cosh", [](double a, double) { return std::cosh(a); }},
      {"math.asinh", [](double a, double) { return std::asinh(a); }},
      {"math.acosh", [](double a, double) { return std::acosh(a); }},
      {"math.atanh", [](double a, double) { return std::atanh(a); }},
      {"math.erf", [](double a, double) { return std::erf(a); }},
      {"math.erfc", [](double a, double) { return std::erfc(a); }},
      {"math.floor", [](double a, double) { return std::floor(a); }},
      {"math.ceil", [](double a, double) { return std::ceil(a); }},
      {"math.trunc", [](double a, double) { return std::trunc(a); }},
      {"math.roundeven", [](double a, double) { return std::nearbyint(a); }},
      {"math.copysign", [](double a, double b) { return std::copysign(a, b); }},
      {"arith.remf", [](double a, double b) { return std::fmod(a, b); }},
      {"math.absf", [](double a, double) { return std::fabs(a); }},
      {"math.powf", [](double a, double b) { return std::pow(a, b); }},
      {"arith.extf", [](double a, double) { return a; }},
      {"arith.truncf", [](double a, double) { return a; }},
  };
  return table.lookup(name);
}

static Integers integerFunction(StringRef name) {
  static const llvm::StringMap<Integers> table = {
      {"arith.addi", [](int64_t a, int64_t b) { return wrap((unsigned __int128)a + b); }},
      {"arith.subi", [](int64_t a, int64_t b) { return wrap((unsigned __int128)a - b); }},
      {"arith.muli", [](int64_t a, int64_t b) { return wrap((unsigned __int128)a * b); }},
      {"arith.divsi", [](int64_t a, int64_t b) { return b == 0    ? 0
                                                        : b == -1 ? -a
                                                                  : a / b; }},
      {"arith.andi", [](int64_t a, int64_t b) { return a & b; }},
      {"arith.ori", [](int64_t a, int64_t b) { return a | b; }},
      // Numbers of fewer bits are kept with their sign, so this is right for i64.
      {"arith.shrui", [](int64_t a, int64_t b) { return int64_t(uint64_t(a) >> b); }},
      {"arith.xori", [](int64_t a, int64_t b) { return a ^ b; }},
      {"arith.maxsi", [](int64_t a, int64_t b) { return std::max(a, b); }},
      {"arith.minsi", [](int64_t a, int64_t b) { return std::min(a, b); }},
      {"math.absi", [](int64_t a, int64_t) { return a < 0 ? wrap(-(unsigned __int128)a) : a; }},
      {"math.ipowi", integerPower},
      {"arith.divsi", [](int64_t a, int64_t b) { return a / b; }},
      {"arith.remsi", [](int64_t a, int64_t b) { return a % b; }},
      {"arith.shli", [](int64_t a, int64_t b) { return int64_t(uint64_t(a) << b); }},
      {"arith.shrsi", [](int64_t a, int64_t b) { return a >> b; }},
      {"ag.scalar_gcd", [](int64_t a, int64_t b) { return int64_t(std::gcd(a, b)); }},
      {"arith.extsi", [](int64_t a, int64_t) { return a; }},
      {"arith.trunci", [](int64_t a, int64_t) { return a; }},
      {"arith.index_cast", [](int64_t a, int64_t) { return a; }},
  };
  return table.lookup(name);
}

static bool compareFloats(arith::CmpFPredicate p, double a, double b) {
  using P = arith::CmpFPredicate;
  switch (p) {
  case P::OEQ:
    return a == b;
  case P::UNE:
    return a != b;
  case P::OLT:
    return a < b;
  case P::OLE:
    return a <= b;
  case P::OGT:
    return a > b;
  case P::OGE:
    return a >= b;
  default:
    llvm_unreachable("not a comparison that gradc makes");
  }
}

static bool compareIntegers(arith::CmpIPredicate p, int64_t a, int64_t b) {
  using P = arith::CmpIPredicate;
  switch (p) {
  case P::eq:
    return a == b;
  case P::ne:
    return a != b;
  case P::slt:
  case P::ult:
    return a < b;
  case P::sle:
  case P::ule:
    return a <= b;
  case P::sgt:
  case P::ugt:
    return a > b;
  case P::sge:
  case P::uge:
    return a >= b;
  }
  llvm_unreachable("not a comparison");
}

bool evaluateScalar(Operation &op, ArrayRef<const Datum *> operands, Datum &result) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (auto elements = dyn_cast<ElementsAttr>(constant.getValue()))
      return result = readElements(elements), true;
    if (auto real = dyn_cast<FloatAttr>(constant.getValue()))
      result.data[0].f = real.getValueAsDouble();
    else
      result.data[0].i = constant.getType().isInteger(1)
                             ? cast<BoolAttr>(constant.getValue()).getValue()
                             : cast<IntegerAttr>(constant.getValue()).getInt();
    return true;
  }
  if (operands.empty() || !result.shape.empty() || !operands[0]->shape.empty())
    return false;
  Number a = operands[0]->data[0], b = operands.size() > 1 ? operands[1]->data[0] : Number();
  Number y;
  if (isa<arith::ExtUIOp>(op)) {
    unsigned bits = operands[0]->element.getIntOrFloatBitWidth();
    y.i = bits < 64 ? a.i & ((int64_t(1) << bits) - 1) : a.i;
  } else if (auto compare = dyn_cast<arith::CmpFOp>(op))
    y.i = compareFloats(compare.getPredicate(), a.f, b.f);
  else if (auto compare = dyn_cast<arith::CmpIOp>(op))
    y.i = compareIntegers(compare.getPredicate(), a.i, b.i);
  else if (isa<arith::SelectOp>(op))
    y = a.i ? b : operands[2]->data[0];
  else if (isa<arith::BitcastOp>(op))
    y = bitcast(a, operands[0]->element, result.element);
  else if (isa<arith::SIToFPOp, arith::UIToFPOp>(op))
    y.f = double(a.i);
  else if (isa<arith::FPToSIOp>(op))
    y.i = std::fabs(a.f) < std::ldexp(1.0, result.element.getIntOrFloatBitWidth() - 1)
              ? int64_t(a.f)
              : 0x5555; // undefined: nobody may use it
  else if (Floats f = floatFunction(op.getName().getStringRef()))
    y.f = f(a.f, b.f);
  else if (Integers f = integerFunction(op.getName().getStringRef()))
    y.i = f(a.i, b.i);
  else
    return false;
  result.data[0] = fit(y, result.element);
  return true;
}

} // namespace gradc::test
