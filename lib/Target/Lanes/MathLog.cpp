// MathLog.cpp - the natural logarithm.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Math.h"
#include <cmath>

using namespace gradc::lanes;

// (log(1 + f) - f + f^2 / 2) / f^3 on [-1/4, 1/2], minimax, f32.
static const double kLog1p[] = {3.33334483448620877e-01, -2.50001952896539370e-01,
                                1.99910796794773388e-01, -1.66436782136586109e-01,
                                1.44677622157850322e-01, -1.31876835590214181e-01,
                                1.05841300901514487e-01, -4.61738004661835649e-02};
// fdlibm's e_log.c: (log(1 + f) / s - 2) / s^2 with s = f / (2 + f).
static const double kLogDouble[] = {6.666666666666735130e-01, 3.999999999940941908e-01,
                                    2.857142874366239149e-01, 2.222219843214978396e-01,
                                    1.818357216161805012e-01, 1.531383769920937332e-01,
                                    1.479819860511658591e-01};

static Vec specials(const Vec &x, const Vec &y) {
  Vec r = select(equal(x, 0), x.real(-INFINITY), y);
  r = select(x < 0.0, x.real(NAN), r);
  // Infinity and NaN stay as they are.
  return select((x < INFINITY), r, select(x < 0.0, r, x));
}

Vec gradc::lanes::logVec(const Vec &x) {
  bool wide = x.isDouble();
  int64_t mantissa = wide ? 52 : 23;
  // A denormal is scaled up first.
  Vec small = x < (wide ? 0x1p-1022 : 0x1p-126);
  Vec scaled = select(small, x * (wide ? 0x1p54 : 0x1p24), x);
  Vec bits = scaled.bits();
  // m = x / 2^e in [3/4, 3/2) for f32, in [sqrt(1/2), sqrt(2)) for f64.
  int64_t low = wide ? 0x3FE6A09E667F3BCD : 0x3F400000;
  Vec e = shiftRight(addInt(bits, -low), mantissa);
  Vec f = subInt(bits, shiftLeft(e, mantissa)).asFloat() - 1.0;
  Vec shift = select(small, e.integer(wide ? -54 : -24), e.integer(0));
  Vec k = addInt(e, shift).resize(32).intToFloat(x.element());
  if (!wide) {
    Vec square = f * f;
    Vec p = fma(f * square, polynomial(f, kLog1p), square * -0.5);
    return specials(x, fma(k, 0.693145751953125, f + fma(k, 1.42860682030941723212e-6, p)));
  }
  Vec s = f / (f + 2.0), z = s * s, half = f * f * 0.5;
  Vec r = z * polynomial(z, kLogDouble);
  Vec rest = fma(s, half + r, k * 1.90821492927058770002e-10);
  return specials(x, fma(k, 6.93147180369123816490e-01, -((half - rest) - f)));
}
