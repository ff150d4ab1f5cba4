// AgMathOps.td - the elementwise mathematics beyond AgOps.td: functions, rounding, bits, activations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Formulas, their order and what they give at boundary points are those of PyTorch's
// derivatives.yaml.
#ifndef GRADC_IR_AGMATHOPS_TD
#define GRADC_IR_AGMATHOPS_TD

include "gradc/IR/AgBase.td"

//===-- Rounding ----------------------------------------------------------------------------===//

def Ag_FloorOp : Ag_Unary<"floor", "scalarFloor(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise largest whole number not above";
  let derivative = ["zeros(d)"];
  let aten = ["aten.floor.default"];
}
def Ag_CeilOp : Ag_Unary<"ceil", "scalarCeil(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise least whole number not below";
  let derivative = ["zeros(d)"];
  let aten = ["aten.ceil.default"];
}
def Ag_TruncOp : Ag_Unary<"trunc", "scalarTrunc(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise whole number next to it toward zero";
  let derivative = ["zeros(d)"];
  let json = ["trunc", "fix"];
  let aten = ["aten.trunc.default"];
}
def Ag_RoundOp : Ag_ParameterUnary<"round", "scalarRound(b, loc, args[0], getDecimals())", (ins I64Attr:$decimals), Ag_NumberTensor> {
  let summary = "elementwise nearest whole number, of two the even one, or to `decimals` digits";
  let doc = "With decimals `d` it is `round(x * 10^d) / 10^d`, rounded at each step as in PyTorch.";
  let derivative = ["zeros(d)"];
  let parameters = ["integer decimals 0"];
}
def Ag_FracOp : Ag_Unary<"frac", "scalarFrac(b, loc, args)"> {
  let summary = "elementwise part after the point, with the sign of the number";
  let derivative = ["d"];
  let aten = ["aten.frac.default"];
}

//===-- Exponentials and logarithms ---------------------------------------------------------===//

def Ag_Exp2Op : Ag_Unary<"exp2", "::mlir::math::Exp2Op::create(b, loc, args)"> {
  let summary = "elementwise power of 2";
  let promotion = "float";
  let derivative = ["d * y * 0.693147180559945309417"];
  let aten = ["aten.exp2.default"];
}
def Ag_Expm1Op : Ag_Unary<"expm1", "::mlir::math::ExpM1Op::create(b, loc, args)"> {
  let summary = "elementwise exp(x) - 1, exact near 0";
  let promotion = "float";
  let derivative = ["d * (y + 1.0)"];
  let aten = ["aten.expm1.default"];
}
def Ag_Log2Op : Ag_Unary<"log2", "::mlir::math::Log2Op::create(b, loc, args)"> {
  let summary = "elementwise logarithm to base 2";
  let promotion = "float";
  let derivative = ["d / (x * 0.6931471805599453)"];
  let aten = ["aten.log2.default"];
}
def Ag_Log10Op : Ag_Unary<"log10", "::mlir::math::Log10Op::create(b, loc, args)"> {
  let summary = "elementwise logarithm to base 10";
  let promotion = "float";
  let derivative = ["d / (x * 2.3025850929940456)"];
  let aten = ["aten.log10.default"];
}
def Ag_Log1pOp : Ag_Unary<"log1p", "::mlir::math::Log1pOp::create(b, loc, args)"> {
  let summary = "elementwise log(1 + x), exact near 0";
  let promotion = "float";
  let derivative = ["d / (x + 1.0)"];
  let aten = ["aten.log1p.default"];
}
def Ag_RsqrtOp : Ag_Unary<"rsqrt", "::mlir::math::RsqrtOp::create(b, loc, args)"> {
  let summary = "elementwise reciprocal of the square root";
  let promotion = "float";
  let derivative = ["d * -0.5 * pow(y, 3.0)"];
  let aten = ["aten.rsqrt.default"];
}
def Ag_LogitOp : Ag_ParameterUnary<"logit", "scalarLogit(b, loc, args[0], getEps().convertToDouble())", (ins F64Attr:$eps)> {
  let summary = "elementwise log(x / (1 - x)), with x brought into [eps, 1 - eps] unless eps is negative";
  let promotion = "float";
  let derivative = ["logitDerivative(d, x, getEps().convertToDouble())"];
  let parameters = ["number eps -1"];
}

//===-- Trigonometric and hyperbolic --------------------------------------------------------===//

def Ag_TanOp : Ag_Unary<"tan", "::mlir::math::TanOp::create(b, loc, args)"> {
  let summary = "elementwise tangent";
  let promotion = "float";
  let derivative = ["d * (pow(y, 2.0) + 1.0)"];
  let aten = ["aten.tan.default"];
}
def Ag_AsinOp : Ag_Unary<"asin", "::mlir::math::AsinOp::create(b, loc, args)"> {
  let summary = "elementwise arc sine";
  let promotion = "float";
  let derivative = ["d * op<RsqrtOp>(-x * x + 1.0)"];
  let json = ["asin", "arcsin"];
  let aten = ["aten.asin.default"];
}
def Ag_AcosOp : Ag_Unary<"acos", "::mlir::math::AcosOp::create(b, loc, args)"> {
  let summary = "elementwise arc cosine";
  let promotion = "float";
  let derivative = ["d * -op<RsqrtOp>(-x * x + 1.0)"];
  let json = ["acos", "arccos"];
  let aten = ["aten.acos.default"];
}
def Ag_AtanOp : Ag_Unary<"atan", "::mlir::math::AtanOp::create(b, loc, args)"> {
  let summary = "elementwise arc tangent";
  let promotion = "float";
  let derivative = ["d / (x * x + 1.0)"];
  let json = ["atan", "arctan"];
  let aten = ["aten.atan.default"];
}
def Ag_SinhOp : Ag_Unary<"sinh", "::mlir::math::SinhOp::create(b, loc, args)"> {
  let summary = "elementwise hyperbolic sine";
  let promotion = "float";
  let derivative = ["d * op<CoshOp>(x)"];
  let aten = ["aten.sinh.default"];
}
def Ag_CoshOp : Ag_Unary<"cosh", "::mlir::math::CoshOp::create(b, loc, args)"> {
  let summary = "elementwise hyperbolic cosine";
  let promotion = "float";
  let derivative = ["d * op<SinhOp>(x)"];
  let aten = ["aten.cosh.default"];
}
def Ag_AsinhOp : Ag_Unary<"asinh", "::mlir::math::AsinhOp::create(b, loc, args)"> {
  let summary = "elementwise inverse hyperbolic sine";
  let promotion = "float";
  let derivative = ["d * op<RsqrtOp>(pow(x, 2.0) + 1.0)"];
  let json = ["asinh", "arcsinh"];
  let aten = ["aten.asinh.default"];
}
def Ag_AcoshOp : Ag_Unary<"acosh", "::mlir::math::AcoshOp::create(b, loc, args)"> {
  let summary = "elementwise inverse hyperbolic cosine";
  let promotion = "float";
  let derivative = ["d * op<RsqrtOp>(pow(x, 2.0) - 1.0)"];
  let json = ["acosh", "arccosh"];
  let aten = ["aten.acosh.default"];
}
def Ag_AtanhOp : Ag_Unary<"atanh", "::mlir::math::AtanhOp::create(b, loc, args)"> {
  let summary = "elementwise inverse hyperbolic tangent";
  let promotion = "float";
  let derivative = ["d / (1.0 - pow(x, 2.0))"];
  let json = ["atanh", "arctanh"];
  let aten = ["aten.atanh.default"];
}
def Ag_SincOp : Ag_Unary<"sinc", "scalarSinc(b, loc, args)"> {
  let summary = "elementwise sin(pi x) / (pi x), 1 at 0";
  let promotion = "float";
  let derivative = ["sincDerivative(d, x)"];
  let aten = ["aten.sinc.default"];
}

//===-- Special functions -------------------------------------------------------------------===//

def Ag_ErfOp : Ag_Unary<"erf", "::mlir::math::ErfOp::create(b, loc, args)"> {
  let summary = "elementwise error function";
  let promotion = "float";
  let derivative = ["exp(-pow(x, 2.0)) * 1.12837916709551257390 * d"];
  let aten = ["aten.erf.default"];
}
def Ag_ErfcOp : Ag_Unary<"erfc", "::mlir::math::ErfcOp::create(b, loc, args)"> {
  let summary = "elementwise complementary error function";
  let promotion = "float";
  let derivative = ["exp(-pow(x, 2.0)) * -1.12837916709551257390 * d"];
  let aten = ["aten.erfc.default"];
}
def Ag_ErfinvOp : Ag_Unary<"erfinv", "scalarErfinv(b, loc, args)"> {
  let summary = "elementwise inverse of the error function";
  let promotion = "float";
  let derivative = ["exp(pow(y, 2.0)) * 0.886226925452758013649 * d"];
  let aten = ["aten.erfinv.default"];
}
def Ag_LgammaOp : Ag_Unary<"lgamma", "scalarLgamma(b, loc, args)"> {
  let summary = "elementwise logarithm of the absolute value of the gamma function";
  let promotion = "float";
  let derivative = ["d * op<DigammaOp>(x)"];
  let aten = ["aten.lgamma.default"];
}
def Ag_DigammaOp : Ag_Unary<"digamma", "scalarDigamma(b, loc, args)"> {
  let summary = "elementwise derivative of lgamma";
  let promotion = "float";
  let derivative = ["d * op<PolygammaOp>(x, 1)"];
  let aten = ["aten.digamma.default"];
}
def Ag_PolygammaOp : Ag_ParameterUnary<"polygamma", "scalarPolygamma(b, loc, args[0], getN())", (ins I64Attr:$n)> {
  let summary = "elementwise n-th derivative of digamma, n from 1 to 20";
  let promotion = "float";
  let derivative = ["d * op<PolygammaOp>(x, int64_t(getN() + 1))"];
  let parameters = ["integer n required"];
  let hasVerifier = 1;
}
def Ag_NanToNumOp : Ag_ParameterUnary<"nan_to_num",
    "scalarNanToNum(b, loc, args[0], getNan(), getPosinf(), getNeginf())",
    (ins F64Attr:$nan, F64Attr:$posinf, F64Attr:$neginf)> {
  let summary = "elementwise numbers in place of NaN and infinities";
  let derivative = ["d * finiteMask(x)"];
  let parameters = ["number nan 0", "number posinf largest", "number neginf lowest"];
}

//===-- Binary functions --------------------------------------------------------------------===//

def Ag_FmodOp : Ag_Binary<"fmod", "scalarFmod(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise remainder with the sign of the dividend";
  let doc = "The remainder of a division of integers by 0 is 0.";
  let derivative = ["d", "-d * op<TruncDivOp>(a, b)"];
}
def Ag_RemainderOp : Ag_Binary<"remainder", "scalarRemainder(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise remainder with the sign of the divisor";
  let doc = "The remainder of a division of integers by 0 is 0.";
  let derivative = ["d", "-d * op<FloorDivOp>(a, b)"];
}
def Ag_FloorDivOp : Ag_Binary<"floor_div", "scalarFloorDiv(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise quotient rounded down";
  let doc = "A quotient of integers by 0 is 0.";
  let derivative = ["zeros(d)", "zeros(d)"];
  let json = ["floor_divide"];
}
def Ag_TruncDivOp : Ag_Binary<"trunc_div", "scalarTruncDiv(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise quotient rounded toward zero";
  let doc = "A quotient of integers by 0 is 0.";
  let derivative = ["zeros(d)", "zeros(d)"];
  let json = [];
}
def Ag_Atan2Op : Ag_Binary<"atan2", "::mlir::math::Atan2Op::create(b, loc, args)", Ag_FloatTensor> {
  let summary = "elementwise angle of the point (b, a)";
  let promotion = "float";
  let derivative = ["d * b * reciprocalOfSquares(a, b)", "d * -a * reciprocalOfSquares(a, b)"];
  let json = ["atan2", "arctan2"];
  let aten = ["aten.atan2.default"];
}
def Ag_HypotOp : Ag_Binary<"hypot", "scalarHypot(b, loc, args)", Ag_FloatTensor> {
  let summary = "elementwise square root of a^2 + b^2, without overflow";
  let derivative = ["d * (a / y)", "d * (b / y)"];
  let aten = ["aten.hypot.default"];
}
def Ag_CopysignOp : Ag_Binary<"copysign", "::mlir::math::CopySignOp::create(b, loc, args)", Ag_FloatTensor> {
  let summary = "elementwise magnitude of a with the sign of b";
  let promotion = "float";
  let derivative = ["d * select(a == 0.0, 0.0, y / a)", "zeros(d)"];
}
def Ag_FmaxOp : Ag_Binary<"fmax", "scalarFmax(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise maximum; NaN loses";
  let derivative = ["select(a == b, d / 2.0, select((a > b) | isNan(b), d, 0.0))",
                    "select(a == b, d / 2.0, select((a > b) | isNan(b), 0.0, d))"];
  let aten = ["aten.fmax.default"];
}
def Ag_FminOp : Ag_Binary<"fmin", "scalarFmin(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise minimum; NaN loses";
  let derivative = ["select(a == b, d / 2.0, select((a < b) | isNan(b), d, 0.0))",
                    "select(a == b, d / 2.0, select((a < b) | isNan(b), 0.0, d))"];
  let aten = ["aten.fmin.default"];
}
def Ag_XlogyOp : Ag_Binary<"xlogy", "scalarXlogy(b, loc, args)", Ag_FloatTensor> {
  let summary = "elementwise a log(b), 0 where a is 0";
  let promotion = "float";
  let derivative = ["select((a == 0.0) & (b <= 0.0), 0.0, op<XlogyOp>(d, b))", "d * a / b"];
}
def Ag_Xlog1pyOp : Ag_Binary<"xlog1py", "scalarXlog1py(b, loc, args)", Ag_FloatTensor> {
  let summary = "elementwise a log(1 + b), 0 where a is 0";
  let promotion = "float";
  let derivative = ["select((a == 0.0) & (b <= -1.0), 0.0, op<Xlog1pyOp>(d, b))", "d * a / (b + 1.0)"];
}
def Ag_LogaddexpOp : Ag_Binary<"logaddexp", "scalarLogaddexp(b, loc, args)", Ag_FloatTensor, [Commutative]> {
  let summary = "elementwise log(exp(a) + exp(b)), without overflow";
  let derivative = ["logAddDerivative(d, a, b, false)", "logAddDerivative(d, b, a, false)"];
  let aten = ["aten.logaddexp.default"];
}
def Ag_Logaddexp2Op : Ag_Binary<"logaddexp2", "scalarLogaddexp2(b, loc, args)", Ag_FloatTensor, [Commutative]> {
  let summary = "elementwise log2(2^a + 2^b), without overflow";
  let derivative = ["logAddDerivative(d, a, b, true)", "logAddDerivative(d, b, a, true)"];
  let aten = ["aten.logaddexp2.default"];
}
def Ag_HeavisideOp : Ag_Binary<"heaviside", "scalarHeaviside(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise step: 0 below 0, 1 above, and b at 0";
  let derivative = ["", ""];
  let aten = ["aten.heaviside.default"];
}
def Ag_NextafterOp : Ag_Binary<"nextafter", "scalarNextafter(b, loc, args)", RankedTensorOf<[F32, F64]>> {
  let summary = "elementwise next number after a toward b";
  let derivative = ["", ""];
  let aten = ["aten.nextafter.default"];
}
def Ag_GcdOp : Ag_Binary<"gcd", "scalarGcd(b, loc, args)", RankedTensorOf<[UI8, I8, I16, I32, I64]>, [Commutative]> {
  let summary = "elementwise greatest common divisor";
  let derivative = ["", ""];
  let aten = ["aten.gcd.default"];
}

/// What gcd is made of inside of a loop nest; arith has no such op.
def Ag_ScalarGcdOp : Ag_ValueOp<"scalar_gcd", [SameOperandsAndResultType, Commutative]> {
  let summary = "greatest common divisor of two numbers";
  let arguments = (ins AnySignlessInteger:$a, AnySignlessInteger:$b);
  let results = (outs AnySignlessInteger:$y);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($y)";
}

//===-- Bits --------------------------------------------------------------------------------===//

def Ag_BitwiseNotOp : Ag_Unary<"bitwise_not", "scalarBitwiseNot(b, loc, args)", Ag_BitsTensor> {
  let summary = "elementwise complement of the bits (logical negation for bools)";
  let derivative = [""];
  let aten = ["aten.bitwise_not.default"];
}
def Ag_BitwiseAndOp : Ag_Binary<"bitwise_and", "::mlir::arith::AndIOp::create(b, loc, args)", Ag_BitsTensor, [Commutative]> {
  let summary = "elementwise and of the bits";
  let derivative = ["", ""];
}
def Ag_BitwiseOrOp : Ag_Binary<"bitwise_or", "::mlir::arith::OrIOp::create(b, loc, args)", Ag_BitsTensor, [Commutative]> {
  let summary = "elementwise or of the bits";
  let derivative = ["", ""];
}
def Ag_BitwiseXorOp : Ag_Binary<"bitwise_xor", "::mlir::arith::XOrIOp::create(b, loc, args)", Ag_BitsTensor, [Commutative]> {
  let summary = "elementwise exclusive or of the bits";
  let derivative = ["", ""];
}
def Ag_ShiftLeftOp : Ag_Binary<"shift_left", "scalarShiftLeft(b, loc, args)", RankedTensorOf<[UI8, I8, I16, I32, I64]>> {
  let summary = "elementwise shift of the bits up; 0 where the distance is negative or not below the width";
  let derivative = ["", ""];
  let json = ["bitwise_left_shift"];
}
def Ag_ShiftRightOp : Ag_Binary<"shift_right", "scalarShiftRight(b, loc, args)", RankedTensorOf<[UI8, I8, I16, I32, I64]>> {
  let summary = "elementwise shift of the bits down, keeping the sign; all bits go where the distance is negative or not below the width";
  let derivative = ["", ""];
  let json = ["bitwise_right_shift"];
}
def Ag_LogicalXorOp : Ag_Binary<"logical_xor", "::mlir::arith::XOrIOp::create(b, loc, args)", TensorOf<[I1]>> {
  let summary = "elementwise exclusive or of bools";
  let promotion = "bool";
  let derivative = ["", ""];
}

//===-- Between bounds ----------------------------------------------------------------------===//

def Ag_ClampOp : Ag_Ternary<"clamp", "scalarClamp(b, loc, args)", "x", "low", "high"> {
  let json = ["ag.clamp"];
  let summary = "elementwise nearest number within [low, high]; high where low > high, NaN wins";
  let derivative = ["select(((low > high) & !isNan(x)) | (x < low) | (x > high), 0.0, select((low < high) & ((x == low) | (x == high)), d / 2.0, d))",
                    "select((low <= high) & (x < low), d, select((low < high) & (x == low), d / 2.0, zeros(d)))",
                    "select((low > high) | ((low <= high) & (x > high)), d, select((low < high) & (x == high), d / 2.0, zeros(d)))"];
}
def Ag_ClampMinOp : Ag_Binary<"clamp_min", "scalarMaximum(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise maximum; ties give all of the gradient to the first";
  let derivative = ["select(a == b, d / 2.0, select(a < b, 0.0, d))",
                    "select(a == b, d / 2.0, select(a > b, 0.0, d))"];
}
def Ag_ClampMaxOp : Ag_Binary<"clamp_max", "scalarMinimum(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise minimum; ties give all of the gradient to the first";
  let derivative = ["select(a == b, d / 2.0, select(a > b, 0.0, d))",
                    "select(a == b, d / 2.0, select(a < b, 0.0, d))"];
}
def Ag_LerpOp : Ag_Ternary<"lerp", "scalarLerp(b, loc, args)", "start", "end", "weight", Ag_FloatTensor> {
  let summary = "elementwise start + weight (end - start)";
  let derivative = ["d * (1.0 - weight)", "d * weight", "d * (end - start)"];
}

//===-- Activations -------------------------------------------------------------------------===//

def Ag_LeakyReluOp : Ag_ParameterUnary<"leaky_relu",
    "scalarLeakyRelu(b, loc, args[0], getNegativeSlope().convertToDouble())", (ins F64Attr:$negative_slope)> {
  let summary = "elementwise x, or negative_slope x where x is not above 0";
  let derivative = ["select(x > 0.0, d, d * getNegativeSlope().convertToDouble())"];
  let parameters = ["number negative_slope 0.01"];
}
def Ag_PreluOp : Ag_Binary<"prelu", "scalarPrelu(b, loc, args)", Ag_FloatTensor> {
  let summary = "elementwise a, or b a where a is not above 0";
  let derivative = ["select(a > 0.0, d, b * d)", "select(a > 0.0, 0.0, a * d)"];
  let json = ["ag.prelu"];
}
def Ag_EluOp : Ag_ParameterUnary<"elu",
    "scalarElu(b, loc, args[0], getAlpha().convertToDouble(), getScale().convertToDouble(), getInputScale().convertToDouble())",
    (ins F64Attr:$alpha, F64Attr:$scale, F64Attr:$input_scale)> {
  let summary = "elementwise scale x above 0, else scale alpha (exp(input_scale x) - 1)";
  let derivative = ["eluDerivative(d, x, getAlpha().convertToDouble(), getScale().convertToDouble(), getInputScale().convertToDouble())"];
  let parameters = ["number alpha 1", "number scale 1", "number input_scale 1"];
}
def Ag_GeluOp : Ag_Unary<"gelu", "scalarGelu(b, loc, args)"> {
  let summary = "elementwise x times the normal distribution function of x";
  let derivative = ["geluDerivative(d, x)"];
}
def Ag_GeluTanhOp : Ag_Unary<"gelu_tanh", "scalarGeluTanh(b, loc, args)"> {
  let summary = "elementwise gelu, approximated by tanh";
  let derivative = ["geluTanhDerivative(d, x)"];
  let json = [];
}
def Ag_SiluOp : Ag_Unary<"silu", "scalarSilu(b, loc, args)"> {
  let summary = "elementwise x sigmoid(x)";
  let derivative = ["siluDerivative(d, x)"];
  let aten = ["aten.silu.default"];
}
def Ag_MishOp : Ag_Unary<"mish", "scalarMish(b, loc, args)"> {
  let summary = "elementwise x tanh(log(1 + exp(x)))";
  let derivative = ["mishDerivative(d, x)"];
  let aten = ["aten.mish.default"];
}
def Ag_SoftplusOp : Ag_ParameterUnary<"softplus",
    "scalarSoftplus(b, loc, args[0], getBeta().convertToDouble(), getThreshold().convertToDouble())",
    (ins F64Attr:$beta, F64Attr:$threshold)> {
  let summary = "elementwise log(1 + exp(beta x)) / beta, and x where beta x is above threshold";
  let derivative = ["softplusDerivative(d, x, getBeta().convertToDouble(), getThreshold().convertToDouble())"];
  let parameters = ["number beta 1", "number threshold 20"];
}
def Ag_HardtanhOp : Ag_ParameterUnary<"hardtanh",
    "scalarHardtanh(b, loc, args[0], getMinVal().convertToDouble(), getMaxVal().convertToDouble())",
    (ins F64Attr:$min_val, F64Attr:$max_val), Ag_NumberTensor> {
  let summary = "elementwise nearest number within [min_val, max_val]";
  let doc = "The derivative at the bounds and at NaN is 0, as in PyTorch.";
  let derivative = ["select((x > getMinVal().convertToDouble()) & (x < getMaxVal().convertToDouble()), d, 0.0)"];
  let parameters = ["number min_val -1", "number max_val 1"];
}
def Ag_HardswishOp : Ag_Unary<"hardswish", "scalarHardswish(b, loc, args)"> {
  let summary = "elementwise x clamp(x + 3, 0, 6) / 6";
  let derivative = ["select(x <= -3.0, 0.0, select(x < 3.0, d * (x / 3.0 + 0.5), d))"];
  let aten = ["aten.hardswish.default"];
}
def Ag_HardsigmoidOp : Ag_Unary<"hardsigmoid", "scalarHardsigmoid(b, loc, args)"> {
  let summary = "elementwise clamp(x + 3, 0, 6) / 6";
  let derivative = ["select((x > -3.0) & (x < 3.0), d * double(1.0f / 6.0f), 0.0)"];
  let aten = ["aten.hardsigmoid.default"];
}
def Ag_HardshrinkOp : Ag_ParameterUnary<"hardshrink",
    "scalarHardshrink(b, loc, args[0], getLambd().convertToDouble())", (ins F64Attr:$lambd)> {
  let summary = "elementwise x, or 0 within [-lambd, lambd]";
  let derivative = ["select((x < -getLambd().convertToDouble()) | (x > getLambd().convertToDouble()), d, 0.0)"];
  let parameters = ["number lambd 0.5"];
}
def Ag_SoftshrinkOp : Ag_ParameterUnary<"softshrink",
    "scalarSoftshrink(b, loc, args[0], getLambd().convertToDouble())", (ins F64Attr:$lambd)> {
  let summary = "elementwise x moved by lambd toward 0, or 0 within [-lambd, lambd]";
  let derivative = ["select((x < -getLambd().convertToDouble()) | (x > getLambd().convertToDouble()), d, 0.0)"];
  let parameters = ["number lambd 0.5"];
}
def Ag_LogSigmoidOp : Ag_Unary<"logsigmoid", "scalarLogSigmoid(b, loc, args)"> {
  let summary = "elementwise logarithm of the logistic function";
  let derivative = ["logSigmoidDerivative(d, x)"];
}
def Ag_ThresholdOp : Ag_ParameterUnary<"threshold",
    "scalarThreshold(b, loc, args[0], getThreshold().convertToDouble(), getValue().convertToDouble())",
    (ins F64Attr:$threshold, F64Attr:$value), Ag_NumberTensor> {
  let summary = "elementwise x above threshold, else value";
  let derivative = ["select(x <= getThreshold().convertToDouble(), 0.0, d)"];
  let parameters = ["number threshold required", "number value required"];
}

#endif
