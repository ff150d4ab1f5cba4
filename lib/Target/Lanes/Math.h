// Math.h - transcendental functions as polynomials on vectors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_LANES_MATH_H
#define GRADC_LIB_TARGET_LANES_MATH_H

#include "Lanes.h"

namespace gradc::lanes {

/// Whether the op becomes instructions; the others would be calls of libm.
bool hasVectorForm(mlir::Operation *op);

/// The math op on all instances, if it is not an instruction. The same bits at every width.
std::optional<Lanes> applyMath(LaneBuilder &b, mlir::Operation *op, llvm::ArrayRef<Lanes> in);

/// Instances as numbers to calculate with. Operands of one expression have the same shapes; numbers
/// are constants of the element type.
class Vec {
public:
  Vec(LaneBuilder &b, Lanes lanes) : b(&b), lanes(std::move(lanes)) {}
  LaneBuilder *b;
  Lanes lanes;

  bool isDouble() const;
  mlir::Type element() const { return mlir::getElementTypeOrSelf(lanes[0].getType()); }
  /// A constant of the shape of this.
  Vec real(double value) const;
  Vec integer(int64_t value) const;
  Vec map(llvm::function_ref<mlir::Value(mlir::Value)> f) const;
  Vec zip(const Vec &o, llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> f) const;

  Vec bits() const;                 // as integers of the same width
  Vec asFloat() const;              // integers as the floats with these bits
  Vec toFloat(mlir::Type to) const; // f32 <-> f64
  Vec toInt(unsigned width) const;  // truncates; |x| < 2^31
  Vec intToFloat(mlir::Type to) const;
  Vec resize(unsigned width) const; // integers, sign-extended
  Vec abs() const;
  Vec sqrt() const;
  Vec roundEven() const;
  Vec trunc() const;
  Vec copySign(const Vec &sign) const;
};

// Floats.
Vec operator+(const Vec &x, const Vec &y);
Vec operator-(const Vec &x, const Vec &y);
Vec operator*(const Vec &x, const Vec &y);
Vec operator/(const Vec &x, const Vec &y);
Vec operator-(const Vec &x);
Vec operator+(const Vec &x, double y);
Vec operator-(const Vec &x, double y);
Vec operator*(const Vec &x, double y);
Vec operator-(double x, const Vec &y);
Vec operator/(double x, const Vec &y);
Vec fma(const Vec &x, const Vec &y, const Vec &z);
Vec fma(const Vec &x, double y, const Vec &z);
Vec fma(const Vec &x, const Vec &y, double z);
/// c[0] + c[1] x + c[2] x^2 + ...
Vec polynomial(const Vec &x, llvm::ArrayRef<double> c);

// Comparisons of floats are ordered: false for NaN.
Vec operator<(const Vec &x, double y);
Vec operator>(const Vec &x, double y);
Vec operator<(const Vec &x, const Vec &y);
Vec operator>(const Vec &x, const Vec &y);
Vec equal(const Vec &x, double y);
Vec equal(const Vec &x, const Vec &y);
Vec isNan(const Vec &x);
Vec select(const Vec &condition, const Vec &x, const Vec &y);
Vec operator&(const Vec &x, const Vec &y);
Vec operator|(const Vec &x, const Vec &y);
Vec operator^(const Vec &x, const Vec &y);

// Integers.
Vec addInt(const Vec &x, int64_t y);
Vec addInt(const Vec &x, const Vec &y);
Vec subInt(const Vec &x, const Vec &y);
Vec andInt(const Vec &x, int64_t y);
Vec shiftLeft(const Vec &x, int64_t y);
Vec shiftRight(const Vec &x, int64_t y);         // arithmetic
Vec shiftRightUnsigned(const Vec &x, int64_t y); // logical
Vec equalInt(const Vec &x, int64_t y);
Vec lessInt(const Vec &x, int64_t y); // signed

/// 2^n times x, n of the integer type of the width of x, with one rounding also where the result is
/// denormal. Both halves of n are exponents of normal numbers, or the least, which makes 0.
Vec scaleByPower(const Vec &x, const Vec &n);

/// The rounding to a whole number, as a number and as an integer of the same width; garbage for
/// NaN, never undefined.
struct Rounded {
  Vec number, integer;
};
Rounded roundSmall(const Vec &x);
/// The same of x times `factor`, rounded once.
Rounded roundSmall(const Vec &x, double factor);
/// Whether the target has an instruction for scaleByPower.
bool hasScale(const Vec &x);
/// 2^n times x; `vanishes` says, where n need not be a power any more, that it rounds to 0. Null:
/// nowhere.
Vec scaleByPower(const Vec &x, const Rounded &n, const Vec *vanishes);

// The families.
Vec expVec(const Vec &x);
/// exp(x + low), for a low part of less than an ulp of x; f64.
Vec expVec(const Vec &x, const Vec &low);
Vec tanhVec(const Vec &x);
Vec logVec(const Vec &x);
Vec powVec(const Vec &x, const Vec &y);
/// The sine, or the cosine.
Vec sinVec(const Vec &x, bool cosine);

// These are f64.
Vec exp2Vec(const Vec &x);
Vec expm1Vec(const Vec &x);
Vec log1pVec(const Vec &x);
/// log2, or log10.
Vec logBaseVec(const Vec &x, bool decimal);
Vec tanVec(const Vec &x);
Vec asinVec(const Vec &x, bool cosine);
Vec atanVec(const Vec &x);
Vec atan2Vec(const Vec &y, const Vec &x);
Vec sinhVec(const Vec &x);
Vec coshVec(const Vec &x);
Vec asinhVec(const Vec &x);
Vec acoshVec(const Vec &x);
Vec atanhVec(const Vec &x);
Vec erfVec(const Vec &x);
Vec erfcVec(const Vec &x);
Vec fmodVec(const Vec &x, const Vec &y);

} // namespace gradc::lanes

#endif
