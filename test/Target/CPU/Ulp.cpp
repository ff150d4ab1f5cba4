// Ulp.cpp - compares kernels of one math function with libm in a wider type.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Reference.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"
#include <cfloat>
#include <cmath>
#include <cstring>
#include <random>

using namespace mlir;
using namespace gradc;
using namespace gradc::test;

static long double reference(Operation *op, long double x, long double y) {
  return llvm::TypeSwitch<Operation *, long double>(op)
      .Case<math::ExpOp>([&](auto) { return expl(x); })
      .Case<math::LogOp>([&](auto) { return logl(x); })
      .Case<math::TanhOp>([&](auto) { return tanhl(x); })
      .Case<math::SinOp>([&](auto) { return sinl(x); })
      .Case<math::CosOp>([&](auto) { return cosl(x); })
      .Case<math::SqrtOp>([&](auto) { return sqrtl(x); })
      .Case<math::RsqrtOp>([&](auto) { return 1 / sqrtl(x); })
      .Case<math::PowFOp>([&](auto) { return powl(x, y); })
      .Case<math::Exp2Op>([&](auto) { return exp2l(x); })
      .Case<math::ExpM1Op>([&](auto) { return expm1l(x); })
      .Case<math::Log2Op>([&](auto) { return log2l(x); })
      .Case<math::Log10Op>([&](auto) { return log10l(x); })
      .Case<math::Log1pOp>([&](auto) { return log1pl(x); })
      .Case<math::TanOp>([&](auto) { return tanl(x); })
      .Case<math::AsinOp>([&](auto) { return asinl(x); })
      .Case<math::AcosOp>([&](auto) { return acosl(x); })
      .Case<math::AtanOp>([&](auto) { return atanl(x); })
      .Case<math::Atan2Op>([&](auto) { return atan2l(x, y); })
      .Case<math::SinhOp>([&](auto) { return sinhl(x); })
      .Case<math::CoshOp>([&](auto) { return coshl(x); })
      .Case<math::AsinhOp>([&](auto) { return asinhl(x); })
      .Case<math::AcoshOp>([&](auto) { return acoshl(x); })
      .Case<math::AtanhOp>([&](auto) { return atanhl(x); })
      .Case<math::ErfOp>([&](auto) { return erfl(x); })
      .Case<math::ErfcOp>([&](auto) { return erfcl(x); })
      .Case<arith::RemFOp>([&](auto) { return fmodl(x, y); })
      .Default([](auto) -> long double { llvm::report_fatal_error("no reference"); });
}

/// The distance in units of the last place of the exact value; huge where specials or signs of zero
/// differ.
template <class F> static double distance(F got, long double want) {
  F rounded = F(want);
  if (std::isnan(want) || std::isnan(got))
    return std::isnan(want) && std::isnan(got) ? 0 : 1e30;
  if (std::isinf(rounded) || std::isinf(got)) {
    // The last finite number and infinity are neighbours.
    F limit = std::numeric_limits<F>::max();
    if (got == rounded)
      return 0;
    return std::fabs(got) >= limit && std::fabs(rounded) >= limit && (got > 0) == (rounded > 0)
               ? 1
               : 1e30;
  }
  if (rounded == 0 && got == 0)
    return std::signbit(want) == std::signbit(got) ? 0 : 1e30;
  F magnitude = std::fabs(rounded);
  long double ulp = std::nextafter(magnitude, std::numeric_limits<F>::infinity()) - magnitude;
  if (std::isinf(double(ulp)))
    ulp = magnitude - std::nextafter(magnitude, F(0));
  return double(std::fabs((long double)got - want) / ulp);
}

template <class F, class Bits> static F draw(std::mt19937_64 &random, size_t i) {
  static const F specials[] = {F(0),
                               F(-0.0),
                               F(1),
                               F(-1),
                               F(2),
                               F(-2),
                               F(3),
                               F(-3),
                               F(0.5),
                               F(-0.5),
                               std::numeric_limits<F>::infinity(),
                               -std::numeric_limits<F>::infinity(),
                               std::numeric_limits<F>::quiet_NaN(),
                               std::numeric_limits<F>::max(),
                               std::numeric_limits<F>::lowest(),
                               std::numeric_limits<F>::min(),
                               std::numeric_limits<F>::denorm_min(),
                               -std::numeric_limits<F>::denorm_min(),
                               F(1e6),
                               F(88.72283),
                               F(-103.9),
                               F(709.78),
                               F(-745.1)};
  constexpr size_t count = sizeof(specials) / sizeof(specials[0]);
  if (i < count * count)
    return specials[i % count];
  double unit = double(random() >> 11) * 0x1p-53;
  switch (random() % 6) {
  case 0: { // any bits
    Bits bits = Bits(random());
    F x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
  }
  case 1:
    return F(unit * 2 - 1);
  case 2:
    return F(unit * 200 - 100);
  case 3:
    return F(1 + (unit - 0.5) * 0.01);
  case 4:
    return F(unit * 4);
  default:
    return F((unit - 0.5) * 1600);
  }
}

template <class F, class Bits>
static double worst(Operation *op,
                    llvm::function_ref<void(const void *const *, void *, int64_t)> run, int64_t n,
                    F *at) {
  std::mt19937_64 random(7);
  std::vector<F> x(n), y(n), z(n);
  constexpr size_t specials = 23;
  double bad = 0;
  for (int round = 0; round < 40; ++round) {
    for (int64_t i = 0; i < n; ++i) {
      size_t k = round == 0 ? size_t(i) : 1 << 20;
      x[i] = draw<F, Bits>(random, k);
      y[i] = round == 0 && k < specials * specials ? draw<F, Bits>(random, k / specials)
                                                   : draw<F, Bits>(random, k);
    }
    const void *in[] = {x.data(), y.data()};
    run(in, z.data(), n);
    for (int64_t i = 0; i < n; ++i) {
      double d = distance<F>(z[i], reference(op, x[i], y[i]));
      if (d > bad) {
        bad = d;
        at[0] = x[i];
        at[1] = y[i];
        at[2] = z[i];
      }
    }
  }
  return bad;
}

bool gradc::test::checkUlp(sched::KernelOp kernel,
                           llvm::function_ref<void(const void *const *, void *, int64_t)> run,
                           double bound) {
  Operation *op = nullptr;
  kernel.walk([&](Operation *o) {
    if (isa<math::MathDialect>(o->getDialect()) || isa<arith::RemFOp>(o))
      op = o;
  });
  auto type = cast<RankedTensorType>(kernel.getResultTypes()[0]);
  double bad, x, y, got;
  if (type.getElementType().isF32()) {
    float at[3] = {};
    bad = worst<float, uint32_t>(op, run, type.getNumElements(), at);
    x = at[0], y = at[1], got = at[2];
  } else {
    double at[3] = {};
    bad = worst<double, uint64_t>(op, run, type.getNumElements(), at);
    x = at[0], y = at[1], got = at[2];
  }
  llvm::outs() << '@' << kernel.getSymName() << llvm::format(": %.2f ulp", bad)
               << (bad <= bound ? "" : " FAILED");
  llvm::outs() << llvm::format(" at %.17g, %.17g: got %.17g\n", x, y, got);
  return bad <= bound;
}
