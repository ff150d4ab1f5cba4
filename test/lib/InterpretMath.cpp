// InterpretMath.cpp - the meaning of the ops of AgMathOps.td, by libm or from definitions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interpreter.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>
#include <numbers>
#include <numeric>

using namespace mlir;
using namespace gradc;
namespace gradc::test {

static constexpr long double pi = std::numbers::pi_v<long double>;

/// Newton's method on erf, and on erfc where erf is near 1.
static double erfinv(double y) {
  double a = std::fabs(y);
  if (!(a < 1))
    return a == 1 ? std::copysign(INFINITY, y) : NAN;
  long double x = a < 0.5 ? a : std::sqrt(-std::log1p(-a)), q = 1 - (long double)a;
  for (int i = 0; i < 200; ++i) {
    long double off = a < 0.5 ? erfl(x) - a : q - erfcl(x);
    x -= off * expl(x * x) * sqrtl(pi) / 2;
  }
  return std::copysign(double(x), y);
}

static long double digammaPositive(long double x) {
  long double sum = 0;
  for (; x < 40; x += 1)
    sum -= 1 / x;
  long double s = 1 / (x * x);
  return sum + logl(x) - 0.5L / x -
         s * (1.0L / 12 - s * (1.0L / 120 - s * (1.0L / 252 - s * (1.0L / 240 - s / 132))));
}
static double digamma(double x) {
  if (x == 0)
    return std::copysign(INFINITY, -x);
  if (x > 0)
    return std::isinf(x) ? x : double(digammaPositive(x));
  if (x == std::floor(x))
    return NAN;
  long double r = x - std::nearbyint(x);
  return double(digammaPositive(1 - (long double)x) - pi * cosl(pi * r) / sinl(pi * r));
}

/// The sum of n! / (x + k)^(n+1) by terms and the Euler-Maclaurin formula.
static long double polygammaSum(long double x, int n) {
  long double factorial = tgammal(n + 1.0L), sum = 0;
  for (; x < 60; x += 1)
    sum += factorial / powl(x, n + 1);
  static const long double bernoulli[] = {1.0L / 6, -1.0L / 30, 1.0L / 42, -1.0L / 30, 5.0L / 66};
  sum += tgammal(n) / powl(x, n) + factorial / (2 * powl(x, n + 1));
  for (int k = 1; k <= 5; ++k)
    sum += bernoulli[k - 1] * tgammal(2 * k + n) / tgammal(2 * k + 1.0L) / powl(x, 2 * k + n);
  return sum;
}
static double polygamma(double x, int n) {
  double sign = n % 2 ? 1 : -1;
  if (std::isnan(x) || x >= 0)
    return double(sign * polygammaSum(x, n));
  if (x == std::floor(x))
    return n % 2 ? INFINITY : NAN;
  // The series holds left of 0 too: first the terms there.
  long double terms = 0, at = x;
  for (; at < 0; at += 1)
    terms += tgammal(n + 1.0L) / powl(at, n + 1);
  return double(sign * (terms + polygammaSum(at, n)));
}

static double sinc(double x) {
  double product = x * std::numbers::pi;
  return x == 0 ? 1 : std::sin(product) / product;
}
static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double clamp(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

static double round(double x, int64_t decimals, bool isSingle) {
  double scale = std::pow(10.0, double(std::abs(decimals)));
  auto step = [&](double v) { return isSingle ? double(float(v)) : v; };
  if (decimals == 0)
    return std::nearbyint(x);
  return decimals > 0 ? std::nearbyint(step(x * scale)) / scale
                      : std::nearbyint(step(x / scale)) * scale;
}

static double logit(double x, double eps, bool isSingle) {
  if (eps >= 0) {
    double low = isSingle ? float(eps) : eps;
    x = clamp(x, low, isSingle ? double(1 - float(eps)) : 1 - eps);
  }
  return std::log(x / (1 - x));
}

static bool unary(Operation &op, double x, bool isSingle, double &y) {
  auto set = [&](double v) { return y = v, true; };
  return TypeSwitch<Operation *, bool>(&op)
      .Case([&](ag::FloorOp) { return set(std::floor(x)); })
      .Case([&](ag::CeilOp) { return set(std::ceil(x)); })
      .Case([&](ag::TruncOp) { return set(std::trunc(x)); })
      .Case([&](ag::RoundOp o) { return set(round(x, o.getDecimals(), isSingle)); })
      .Case([&](ag::FracOp) { return set(x - std::trunc(x)); })
      .Case([&](ag::Exp2Op) { return set(std::exp2(x)); })
      .Case([&](ag::Expm1Op) { return set(std::expm1(x)); })
      .Case([&](ag::Log2Op) { return set(std::log2(x)); })
      .Case([&](ag::Log10Op) { return set(std::log10(x)); })
      .Case([&](ag::Log1pOp) { return set(std::log1p(x)); })
      .Case([&](ag::RsqrtOp) { return set(1 / std::sqrt(x)); })
      .Case([&](ag::LogitOp o) { return set(logit(x, o.getEps().convertToDouble(), isSingle)); })
      .Case([&](ag::TanOp) { return set(std::tan(x)); })
      .Case([&](ag::AsinOp) { return set(std::asin(x)); })
      .Case([&](ag::AcosOp) { return set(std::acos(x)); })
      .Case([&](ag::AtanOp) { return set(std::atan(x)); })
      .Case([&](ag::SinhOp) { return set(std::sinh(x)); })
      .Case([&](ag::CoshOp) { return set(std::cosh(x)); })
      .Case([&](ag::AsinhOp) { return set(std::asinh(x)); })
      .Case([&](ag::AcoshOp) { return set(std::acosh(x)); })
      .Case([&](ag::AtanhOp) { return set(std::atanh(x)); })
      .Case([&](ag::SincOp) { return set(sinc(x)); })
      .Case([&](ag::ErfOp) { return set(std::erf(x)); })
      .Case([&](ag::ErfcOp) { return set(std::erfc(x)); })
      .Case([&](ag::ErfinvOp) { return set(erfinv(x)); })
      .Case([&](ag::LgammaOp) { return set(std::lgamma(x)); })
      .Case([&](ag::DigammaOp) { return set(digamma(x)); })
      .Case([&](ag::PolygammaOp o) { return set(polygamma(x, int(o.getN()))); })
      .Case([&](ag::NanToNumOp o) {
        return set(std::isnan(x)    ? o.getNan().convertToDouble()
                   : !std::isinf(x) ? x
                   : x > 0          ? o.getPosinf().convertToDouble()
                                    : o.getNeginf().convertToDouble());
      })
      .Default([](Operation *) { return false; });
}

static bool activation(Operation &op, double x, double &y) {
  auto set = [&](double v) { return y = v, true; };
  auto number = [](const APFloat &f) { return f.convertToDouble(); };
  return TypeSwitch<Operation *, bool>(&op)
      .Case([&](ag::LeakyReluOp o) { return set(x > 0 ? x : x * number(o.getNegativeSlope())); })
      .Case([&](ag::EluOp o) {
        double scale = number(o.getScale());
        return set(x < 0
                       ? std::expm1(x * number(o.getInputScale())) * (number(o.getAlpha()) * scale)
                       : x * scale);
      })
      .Case([&](ag::GeluOp) { return set(x * 0.5 * std::erfc(-x * std::numbers::sqrt2 / 2)); })
      .Case([&](ag::GeluTanhOp) {
        double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
        return set(x * sigmoid(2 * inner));
      })
      .Case([&](ag::SiluOp) { return set(x / (1 + std::exp(-x))); })
      .Case([&](ag::MishOp) { return set(x * std::tanh(std::log1p(std::exp(x)))); })
      .Case([&](ag::SoftplusOp o) {
        double beta = number(o.getBeta());
        return set(x * beta > number(o.getThreshold()) ? x : std::log1p(std::exp(x * beta)) / beta);
      })
      .Case([&](ag::HardtanhOp o) {
        return set(clamp(x, number(o.getMinVal()), number(o.getMaxVal())));
      })
      .Case([&](ag::HardswishOp) { return set(x * clamp(x + 3, 0, 6) / 6); })
      .Case([&](ag::HardsigmoidOp) { return set(clamp(x + 3, 0, 6) / 6); })
      .Case([&](ag::HardshrinkOp o) { return set(std::fabs(x) <= number(o.getLambd()) ? 0 : x); })
      .Case([&](ag::SoftshrinkOp o) {
        double l = number(o.getLambd());
        return set(x > l ? x - l : x < -l ? x + l : x * 0);
      })
      .Case([&](ag::LogSigmoidOp) {
        double low = std::isnan(x) || x < 0 ? x : 0;
        return set(low - std::log1p(std::exp(-std::fabs(x))));
      })
      .Case([&](ag::ThresholdOp o) {
        return set(x <= number(o.getThreshold()) ? number(o.getValue()) : x);
      })
      .Default([](Operation *) { return false; });
}

/// Python's and PyTorch's quotient rounded down.
static double floorDivide(double a, double b) {
  if (b == 0)
    return a / b;
  double rest = std::fmod(a, b), q = (a - rest) / b;
  if (rest != 0 && (b < 0) != (rest < 0))
    q -= 1;
  if (q == 0)
    return std::copysign(0.0, a / b);
  double whole = std::floor(q);
  return q - whole > 0.5 ? whole + 1 : whole;
}

static double remainder(double a, double b) {
  double rest = std::fmod(a, b);
  return rest != 0 && (b < 0) != (rest < 0) ? rest + b : rest;
}

static double logaddexp(double a, double b) {
  if (std::isinf(a) && a == b)
    return a;
  double m = std::isnan(a) ? a : std::isnan(b) ? b : std::max(a, b);
  return m + std::log1p(std::exp(-std::fabs(a - b)));
}
static double logaddexp2(double a, double b) {
  if (std::isinf(a) && a == b)
    return a;
  double m = std::isnan(a) ? a : std::isnan(b) ? b : std::max(a, b);
  return m + std::log1p(std::exp2(-std::fabs(a - b))) * std::numbers::log2e;
}

static double maximum(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return NAN;
  return a > b || (a == b && !std::signbit(a)) ? a : b;
}
static double minimum(double a, double b) { return -maximum(-a, -b); }

static bool binary(Operation &op, double a, double b, bool isSingle, double &y) {
  auto set = [&](double v) { return y = v, true; };
  return TypeSwitch<Operation *, bool>(&op)
      .Case([&](ag::FmodOp) { return set(std::fmod(a, b)); })
      .Case([&](ag::RemainderOp) { return set(remainder(a, b)); })
      .Case([&](ag::FloorDivOp) { return set(floorDivide(a, b)); })
      .Case(
          [&](ag::TruncDivOp) { return set(std::trunc(isSingle ? double(float(a / b)) : a / b)); })
      .Case([&](ag::Atan2Op) { return set(std::atan2(a, b)); })
      .Case([&](ag::HypotOp) { return set(std::hypot(a, b)); })
      .Case([&](ag::CopysignOp) { return set(std::copysign(a, b)); })
      .Case([&](ag::FmaxOp) { return set(std::isnan(b) || a >= b ? a : b); })
      .Case([&](ag::FminOp) { return set(std::isnan(b) || a <= b ? a : b); })
      .Case([&](ag::XlogyOp) {
        return set(std::isnan(b) ? NAN : a == 0 ? 0 : a * std::log(b));
      })
      .Case([&](ag::Xlog1pyOp) {
        return set(std::isnan(b) ? NAN : a == 0 ? 0 : a * std::log1p(b));
      })
      .Case([&](ag::LogaddexpOp) { return set(logaddexp(a, b)); })
      .Case([&](ag::Logaddexp2Op) { return set(logaddexp2(a, b)); })
      .Case([&](ag::HeavisideOp) { return set(a == 0 ? b : a > 0); })
      .Case([&](ag::NextafterOp) {
        return set(isSingle ? std::nextafterf(float(a), float(b)) : std::nextafter(a, b));
      })
      .Case([&](ag::ClampMinOp) { return set(maximum(a, b)); })
      .Case([&](ag::ClampMaxOp) { return set(minimum(a, b)); })
      .Case([&](ag::PreluOp) { return set(a > 0 ? a : a * b); })
      .Default([](Operation *) { return false; });
}

static bool integer(Operation &op, int64_t a, int64_t b, Type element, int64_t &y) {
  auto set = [&](int64_t v) { return y = v, true; };
  int64_t width = element.getIntOrFloatBitWidth();
  auto quotient = [&] { return b == 0 ? 0 : b == -1 ? int64_t(-uint64_t(a)) : a / b; };
  int64_t rest = b == 0 || b == -1 ? 0 : a % b;
  bool wrong = rest != 0 && (rest < 0) != (b < 0);
  bool fits = b >= 0 && b < width;
  return TypeSwitch<Operation *, bool>(&op)
      .Case<ag::FloorOp, ag::CeilOp, ag::TruncOp, ag::RoundOp>([&](auto) { return set(a); })
      .Case([&](ag::FmodOp) { return set(rest); })
      .Case([&](ag::RemainderOp) { return set(wrong ? rest + b : rest); })
      .Case([&](ag::TruncDivOp) { return set(quotient()); })
      .Case([&](ag::FloorDivOp) { return set(quotient() - wrong); })
      .Case<ag::FmaxOp, ag::ClampMinOp>([&](auto) { return set(std::max(a, b)); })
      .Case<ag::FminOp, ag::ClampMaxOp>([&](auto) { return set(std::min(a, b)); })
      .Case([&](ag::HeavisideOp) { return set(a == 0 ? b : a > 0); })
      .Case([&](ag::GcdOp) { return set(std::gcd(a, b)); })
      .Case([&](ag::BitwiseNotOp) { return set(~a); })
      .Case([&](ag::BitwiseAndOp) { return set(a & b); })
      .Case([&](ag::BitwiseOrOp) { return set(a | b); })
      .Case<ag::BitwiseXorOp, ag::LogicalXorOp>([&](auto) { return set(a ^ b); })
      .Case([&](ag::ShiftLeftOp) { return set(fits ? int64_t(uint64_t(a) << b) : 0); })
      .Case([&](ag::ShiftRightOp) { return set(a >> (fits ? b : width - 1)); })
      .Case([&](ag::HardtanhOp o) {
        return set(int64_t(clamp(double(a), std::trunc(o.getMinVal().convertToDouble()),
                                 std::trunc(o.getMaxVal().convertToDouble()))));
      })
      .Case([&](ag::ThresholdOp o) {
        return set(a <= int64_t(o.getThreshold().convertToDouble())
                       ? int64_t(o.getValue().convertToDouble())
                       : a);
      })
      .Default([](Operation *) { return false; });
}

static double lerp(double start, double end, double weight) {
  return std::fabs(weight) < 0.5 ? start + weight * (end - start)
                                 : end - (end - start) * (1 - weight);
}

bool evaluateMath(Operation &op, ArrayRef<Number> in, Type element, Number &y) {
  Number b = in.size() > 1 ? in[1] : Number();
  if (isa<ag::ClampOp>(op)) {
    y.f = minimum(maximum(in[0].f, b.f), in[2].f);
    y.i = std::min(std::max(in[0].i, b.i), in[2].i);
    return true;
  }
  if (isa<ag::LerpOp>(op))
    return y.f = lerp(in[0].f, b.f, in[2].f), true;
  if (!isa<FloatType>(element))
    return integer(op, in[0].i, b.i, element, y.i);
  bool isSingle = element.isF32();
  return unary(op, in[0].f, isSingle, y.f) || activation(op, in[0].f, y.f) ||
         binary(op, in[0].f, b.f, isSingle, y.f);
}

} // namespace gradc::test
