// ScalarSpecial.cpp - one element of erfinv, lgamma, digamma and polygamma, computed in f64.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The polynomials are our own Chebyshev fits (mpmath, 40 digits); errors beside them are those of
// the fit. The functions are good to some 4 ulp of f64 away from their zeros; near a zero that is
// not exact in binary (digamma at 1.4616, lgamma at negative numbers) the absolute error stays
// that small. f32 is rounded from f64.
#include "ScalarExpr.h"
#include <cmath>
#include <numbers>

using namespace mlir;
namespace gradc::ag {

static constexpr double pi = std::numbers::pi;

//===-- erfinv --------------------------------------------------------------------------------===//

// erfinv(y) / y over w - 2.5, w = -log(1 - y^2) in [0, 5]: 1.3e-8.
static const double kErfinvCentral[] = {1.50140936045032411,     0.246640279054704707,
                                        -0.00417739287517599453, -0.00125272639192223039,
                                        0.000218349386215579689, -4.97241960136697103e-6,
                                        -3.46398526080221044e-6, 4.68131328768701119e-7,
                                        2.33359665976749904e-8,  -8.93192456304806872e-9};
// |erfinv(y)| over sqrt(w) - 4, w in [5, 38]: 4.5e-7.
static const double kErfinvTail[] = {3.83978343538112022,      1.00949356656959524,
                                     0.00125592818262187399,   -0.000848850282551753077,
                                     0.00028928570647017662,   -0.0000892080998601084061,
                                     0.0000267410312549967119, -3.42549591323706324e-6,
                                     -1.32351967618736138e-6,  3.93705960158717825e-7};

Value scalarErfinv(OpBuilder &b, Location loc, ValueRange args) {
  return inDouble(b, loc, args[0], [](Scalar y) {
    Scalar a = abs(y), p = 1.0 - a; // exact from 1/2 up
    Scalar w = -log(p * (a + 1.0));
    Scalar x = select(w < 5.0, a * polynomial(w - 2.5, kErfinvCentral),
                      polynomial(apply<math::SqrtOp>(w) - 4.0, kErfinvTail));
    // One step of Halley's method takes the error from 1e-7 to its third power.
    Scalar off = select(a < 0.5, apply<math::ErfOp>(x) - a, p - apply<math::ErfcOp>(x));
    Scalar u = off * exp(x * x) * (std::sqrt(pi) / 2);
    x = x - u / (x * u + 1.0);
    x = select(a == 1.0, INFINITY, select(a > 1.0, NAN, x));
    return apply<math::CopySignOp>(x, y);
  });
}

//===-- lgamma --------------------------------------------------------------------------------===//

// lgamma(1 + u) / (u (u - 1)) over u - 1/2, u in [0, 1]: 1.4e-19.
static const double kLgamma[] = {
    0.48312895054098088938,      -0.14595989591430608652,    0.062911401074564941443,
    -0.03130848750100949353,     0.016797098631185915302,    -0.0094256224486259050952,
    0.0054464578446505850171,    -0.0032120740697367477501,  0.0019229161355079495414,
    -0.0011644146716071317381,   0.00071152238489060457658,  -0.00043799193485681686319,
    0.00027127505354767734536,   -0.00016892719402777420336, 0.00010564474884179231227,
    -0.000066092714088965191694, 0.000041635136146300457048, -0.000027356444774670459566,
    0.000017342637853338353912,  -8.0795292249266952181e-6,  5.1298286284351714109e-6,
    -7.9708733399165758954e-6,   5.1046182292221059843e-6};
// Stirling's series: B(2k) / (2k (2k - 1)).
static const double kStirling[] = {1. / 12,   -1. / 360,      1. / 1260, -1. / 1680,
                                   1. / 1188, -691. / 360360, 1. / 156,  -3617. / 122400};

/// sin(pi x), exactly reduced; the sign is lost. 0 at whole numbers.
static Scalar sinPi(const Scalar &x) {
  Scalar r = abs(x - apply<math::RoundEvenOp>(x));
  return apply<math::SinOp>(r * pi);
}

Value scalarLgamma(OpBuilder &b, Location loc, ValueRange args) {
  return inDouble(b, loc, args[0], [](Scalar x) {
    Scalar a = abs(x), k = floor(a), u = a - k; // a = k + u
    Scalar core = u * (u - 1.0) * polynomial(u - 0.5, kLgamma);
    // gamma(a) is gamma(1 + u) times (1 + u) ... (k - 1 + u).
    Scalar product = x.number(1);
    for (int i = 1; i < 7; ++i)
      product = select(k > double(i), product * (u + double(i)), product);
    Scalar large = a >= 8.0;
    Scalar logarithm = log(select(large | (a < 1.0), a, product));
    Scalar middle = core + select(k == 1.0, 0.0, select(k == 2.0, log1p(u), logarithm));
    Scalar inverse = 1.0 / a;
    Scalar series = inverse * polynomial(inverse * inverse, kStirling);
    Scalar tail = (a - 0.5) * (logarithm - 1.0) + (series + (0.5 * std::log(2 * pi) - 0.5));
    Scalar positive = select(large, tail, select(a < 1.0, core - logarithm, middle));
    // gamma(-a) gamma(a) is -pi / (a sin(pi a)); below 1 the factor a is taken out of both.
    Scalar sine = sinPi(a), tiny = a < 1.0;
    Scalar reflected = log(pi / select(tiny, sine, a * sine)) - select(tiny, core, positive);
    Scalar y = select(x < 0.0, reflected, positive);
    return select(a == INFINITY, INFINITY, y);
  });
}

//===-- digamma and its derivatives -----------------------------------------------------------===//

// B(2k).
static const double kBernoulli[] = {
    1. / 6, -1. / 30,     1. / 42,      -1. / 30,       5. / 66,       -691. / 2730,
    7. / 6, -3617. / 510, 43867. / 798, -174611. / 330, 854513. / 138, -236364091. / 2730};

Value scalarDigamma(OpBuilder &b, Location loc, ValueRange args) {
  return inDouble(b, loc, args[0], [](Scalar x) {
    // psi(x) is psi(1 - x) - pi / tan(pi x), and psi(x + 1) - 1 / x.
    Scalar negative = x < 0.0, z = select(negative, 1.0 - x, x), sum = x.number(0);
    for (int i = 0; i < 10; ++i) {
      Scalar small = z < 10.0;
      sum = select(small, sum - 1.0 / z, sum);
      z = select(small, z + 1.0, z);
    }
    double c[8];
    for (int k = 0; k < 8; ++k)
      c[k] = kBernoulli[k] / (2 * k + 2);
    Scalar inverse = 1.0 / z, square = inverse * inverse;
    Scalar y = sum + (log(z) - inverse * 0.5 - square * polynomial(square, c));
    Scalar r = x - apply<math::RoundEvenOp>(x);
    Scalar cotangent = apply<math::CosOp>(r * pi) / apply<math::SinOp>(r * pi);
    y = select(negative, y - cotangent * pi, y);
    y = select(negative & (x == floor(x)), NAN, y);
    return select(x == 0.0, apply<math::CopySignOp>(x.number(INFINITY), -x), y);
  });
}

static Scalar power(const Scalar &x, int64_t n) {
  Scalar y = x;
  for (int64_t i = 1; i < n; ++i)
    y = y * x;
  return y;
}

/// (-1)^(n+1) psi_n(x) = n! (x^-(n+1) + (x+1)^-(n+1) + ...), for x above 0: terms up to n + 10,
/// then the asymptotic series.
static Scalar polygammaPositive(const Scalar &x, int64_t n) {
  Scalar z = x, sum = x.number(0);
  for (int64_t i = 0; i < n + 10; ++i) {
    Scalar small = z < double(n + 10);
    sum = select(small, sum + 1.0 / power(z, n + 1), sum);
    z = select(small, z + 1.0, z);
  }
  // n! sum is over; (n-1)! / z^n + n! / (2 z^(n+1)) + B(2k) (2k+n-1)! / ((2k)! z^(2k+n)).
  constexpr int terms = std::size(kBernoulli);
  double c[terms];
  for (int k = 1; k <= terms; ++k)
    c[k - 1] = kBernoulli[k - 1] * std::exp(std::lgamma(2 * k + n) - std::lgamma(2 * k + 1));
  Scalar inverse = 1.0 / z, square = inverse * inverse;
  Scalar series =
      square * polynomial(square, c) + (inverse * (std::tgamma(n + 1) / 2) + std::tgamma(n));
  return sum * std::tgamma(n + 1) + series * power(inverse, n);
}

/// The n-th derivative of pi cot(pi x), over c = cot(pi x): a polynomial in c.
static std::vector<double> cotangentDerivative(int64_t n) {
  std::vector<double> p = {0, pi};
  for (int64_t i = 0; i < n; ++i) { // c' = -pi (1 + c^2)
    std::vector<double> next(p.size() + 1, 0.0);
    for (size_t k = 1; k < p.size(); ++k) {
      next[k - 1] -= pi * double(k) * p[k];
      next[k + 1] -= pi * double(k) * p[k];
    }
    p = next;
  }
  return p;
}

Value scalarPolygamma(OpBuilder &b, Location loc, Value value, int64_t n) {
  return inDouble(b, loc, value, [&](Scalar x) {
    Scalar negative = x < 0.0, z = select(negative, 1.0 - x, x);
    Scalar y = polygammaPositive(z, n) * (n % 2 ? 1.0 : -1.0);
    // (-1)^n psi_n(1 - x) - psi_n(x) is the n-th derivative of pi cot(pi x).
    Scalar r = x - apply<math::RoundEvenOp>(x);
    Scalar sine = apply<math::SinOp>(r * pi);
    Scalar cotangent = apply<math::CosOp>(r * pi) / sine;
    Scalar mirrored = (n % 2 ? -y : y) - polynomial(cotangent, cotangentDerivative(n));
    // At the poles, where the polynomial of an infinity would be NaN.
    if (n == 1)
      return select(negative, select(sine == 0.0, INFINITY, mirrored), y);
    // As PyTorch, which takes the poles to be of one sign.
    Scalar pole = (x <= 0.0) & (x == floor(x)), infinite = x == INFINITY;
    mirrored = select(negative, mirrored, y);
    return select(pole, n % 2 ? INFINITY : -INFINITY, select(infinite, NAN, mirrored));
  });
}

} // namespace gradc::ag
