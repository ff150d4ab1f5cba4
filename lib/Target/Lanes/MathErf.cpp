// MathErf.cpp - the error function and its complement.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Math.h"
#include <cmath>

using namespace gradc::lanes;

static constexpr double kTwoOverRootPi = 1.12837916709551255856e+00;
static constexpr double kTwoOverRootPiRest = 1.53354596131658200e-17;
static constexpr double kTwoOverRootPiRestSingle = kTwoOverRootPi - double(float(kTwoOverRootPi));
// (erf(x) / x - 2 / sqrt(pi)) / x^2 over x^2 in [0, 1]: our own fit, error 2.3e-21.
static const double kErf[] = {
    -0.376126389031837524,      0.1128379167095512089,     -0.02686617064512992674,
    0.005223977625423910093,    -0.0008548327021960385834, 0.0001205533290352063494,
    -0.00001492564757568634868, 1.646204544828850855e-6,   -1.636464056859697958e-7,
    1.479237396425908605e-8,    -1.216433600937105473e-9,  8.708088243772791521e-11,
    -4.229242848080679461e-12};
// (1 + 2 x) exp(x^2) erfc(x) over (x - 3.75) / (x + 3.75), x in [0.4, 30]: our own fit in the form
// of Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x"
// (1981); 1.5e-20.
static const double kErfc[] = {
    1.237512630837827582,      -0.140240598585547019,     0.00358541548546365034,
    0.08227673849015108991,    -0.1088039301417049117,    0.09230432116019625841,
    -0.05869339859061104682,   0.02836227742154322444,    -0.009746579546809306676,
    0.001755625832258173943,   0.0002937135887833792882,  -0.0002901539791407194358,
    0.00005164943540945622643, 0.00002238391587396714109, -0.00001144512816079240274,
    -9.728757223323078528e-7,  1.753575388298306561e-6,   -5.817643003329045303e-8,
    -2.612341520057198801e-7,  2.412060216486441207e-8,   4.086734988478078149e-8,
    -4.189528744162518827e-9,  -6.270131766820137572e-9,  4.137972350866365951e-10,
    6.696812929004128118e-10};

// The same for f32: the first with error 1.3e-9; exp(x^2) erfc(x) over (x - 2) / (x + 2), x in
// [0.4, 10.2], 1.5e-9.
static const double kErfSingle[] = {-0.3761262982,    0.112836173648,     -0.0268549159737,
                                    0.00519016231845, -0.000802481715604, 7.89869006582e-5};
static const double kErfcSingle[] = {
    0.255395676693,   -0.427185849018,    0.241658146205,     -0.0789784645028,  0.00373384712429,
    0.00699556737564, -0.000853886424224, -0.000970459813477, 6.42051771537e-05, 0.000144874441732};

/// erf on [-1, 1].
static Vec erfCentral(const Vec &x) {
  Vec z = x * x;
  bool wide = x.isDouble();
  Vec p = polynomial(z, wide ? llvm::ArrayRef<double>(kErf) : llvm::ArrayRef<double>(kErfSingle));
  return fma(x, kTwoOverRootPi,
             x * fma(z, p, wide ? kTwoOverRootPiRest : kTwoOverRootPiRestSingle));
}

/// erfc from 0.4 up, below the smallest f32 from 10.06 up.
static Vec erfcTailSingle(const Vec &argument) {
  Vec x = select(argument > 10.2, argument.real(10.2), argument);
  Vec t = (x - 2.0) / (x + x.real(2));
  Vec square = x * x, low = fma(x, x, -square);
  return expVec(-square, -low) * polynomial(t, kErfcSingle);
}

/// erfc from 0.4 up.
static Vec erfcTail(const Vec &argument) {
  if (!argument.isDouble())
    return erfcTailSingle(argument);
  Vec x = select(argument > 30.0, argument.real(30), argument);
  Vec t = (x - 3.75) / (x + 3.75);
  Vec square = x * x, low = fma(x, x, -square);
  // The quotient and what its rounding, and that of the divisor, took from it.
  Vec p = polynomial(t, kErfc), twice = x + x, divisor = twice + 1.0, r = 1.0 / divisor;
  Vec lost = fma(-r, twice - (divisor - 1.0), fma(-r, divisor, x.real(1)));
  Vec q = p * r, rest = fma(q, lost, fma(p, r, -q)), e = expVec(-square, -low);
  return fma(e, q, e * rest);
}

Vec gradc::lanes::erfVec(const Vec &x) {
  Vec a = x.abs();
  Vec bounded = select(a > 1.0, a.real(1), a);
  Vec y = select(a > 1.0, 1.0 - erfcTail(a), erfCentral(bounded));
  return y.copySign(x);
}

Vec gradc::lanes::erfcVec(const Vec &x) {
  Vec a = x.abs();
  Vec near = 1.0 - erfCentral(select(a < 0.5, x, x.real(0.5)));
  Vec tail = erfcTail(a);
  return select(a < 0.5, near, select(x < 0.0, 2.0 - tail, tail)); // the tail of NaN is NaN
}
