// MathComposites.cpp - elementwise ops of PyTorch that are made of ops of the dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"
#include <cmath>
#include <numbers>

using namespace mlir;
namespace gradc::graph {

namespace {
/// Builds ops on values of one shape; numbers are constants of the type of the value beside them.
class Calc {
public:
  Calc(Importer &importer, Node &node) : importer(importer), node(node) {}

  /// Reads the operands promoted; false after an error.
  bool read(StringRef promotion) {
    return succeeded(promoteOperands(importer, node, promotion, values));
  }
  Value operator[](size_t i) const { return values[i]; }
  Type element(Value x) const { return getElementTypeOrSelf(x.getType()); }
  bool isFloat(Value x) const { return isa<FloatType>(element(x)); }

  template <typename OpT, typename... Args> Value op(Args... args) {
    return OpT::create(importer.b, node.loc, args...);
  }
  Value number(Value like, double value) {
    return importer.splat(cast<RankedTensorType>(like.getType()), value, node.loc);
  }
  Value add(Value x, Value y) { return op<ag::AddOp>(x, y); }
  Value sub(Value x, Value y) { return op<ag::SubOp>(x, y); }
  Value mul(Value x, Value y) { return op<ag::MulOp>(x, y); }
  Value mul(Value x, double y) { return mul(x, number(x, y)); }
  Value div(Value x, Value y) { return op<ag::DivOp>(x, y); }
  Value abs(Value x) { return op<ag::AbsOp>(x); }
  Value compare(Value x, Value y, ag::Predicate p) { return op<ag::CompareOp>(x, y, p); }
  Value compare(Value x, double y, ag::Predicate p) { return compare(x, number(x, y), p); }
  Value toFloat(Value x) {
    return isFloat(x) ? x : importer.cast(x, importer.b.getF32Type(), node.loc);
  }
  Value to(Value x, Type type) { return importer.cast(x, type, node.loc); }

  /// The attribute, a number.
  double parameter(StringRef name, double absent) const {
    const Json *json = node.attribute(name);
    return json ? numberOf(*json) : absent;
  }
  std::nullptr_t fail(const Json &at, const Twine &text) {
    (void)importer.fail(at, text);
    return nullptr;
  }

  Importer &importer;
  Node &node;

private:
  SmallVector<Value> values;
};
} // namespace

using P = ag::Predicate;

//===-- One operand ---------------------------------------------------------------------------===//

static Value square(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  Value x = c.element(c[0]).isInteger(1) ? c.to(c[0], importer.b.getI64Type()) : c[0];
  return c.op<ag::PowScalarOp>(x, APFloat(2.0));
}

static Value degrees(Importer &importer, Node &node) {
  Calc c(importer, node);
  bool toDegrees = StringRef(node.spec->name).starts_with("rad2deg");
  double factor = toDegrees ? 180 / std::numbers::pi : std::numbers::pi / 180;
  return c.read("float") ? c.mul(c[0], factor) : Value();
}

/// isnan, isinf and their like; integers and bools are finite numbers.
static Value classify(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  Value x = c[0];
  StringRef name = node.spec->name;
  if (!c.isFloat(x))
    return c.compare(x, x, name == "isfinite" ? P::eq : P::ne);
  if (name == "isnan")
    return c.compare(x, x, P::ne);
  if (name == "isfinite")
    return c.compare(c.abs(x), INFINITY, P::lt);
  if (name == "isinf")
    return c.compare(c.abs(x), INFINITY, P::eq);
  return c.compare(x, name == "isposinf" ? INFINITY : -INFINITY, P::eq);
}

static Value signbit(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  Value x = c[0];
  if (c.isFloat(x))
    x = c.op<ag::CopysignOp>(c.number(x, 1), x);
  return c.compare(x, 0, P::lt);
}

static Value elu(Calc &c, double alpha, double scale, double inputScale) {
  if (!c.read("common"))
    return {};
  if (!c.isFloat(c[0]))
    return c.fail(c.node.json,
                  "\"elu_cpu\" not implemented for '" + dtypeWord(c.element(c[0])) + "'");
  return c.op<ag::EluOp>(c[0], APFloat(alpha), APFloat(scale), APFloat(inputScale));
}
static Value selu(Importer &importer, Node &node) {
  Calc c(importer, node);
  return elu(c, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1);
}
static Value celu(Importer &importer, Node &node) {
  Calc c(importer, node);
  double alpha = c.parameter("alpha", 1);
  if (alpha == 0)
    return c.fail(node.json, "ZeroDivisionError: alpha cannot be 0 for CELU");
  return elu(c, alpha, 1, 1 / alpha);
}

static Value relu6(Importer &importer, Node &node) {
  Calc c(importer, node);
  return c.read("common") ? c.op<ag::HardtanhOp>(c[0], APFloat(0.0), APFloat(6.0)) : Value();
}

static Value gelu(Importer &importer, Node &node) {
  const Json *approximate = node.attribute("approximate");
  if (!approximate || approximate->text == "none")
    return computeElementwise(importer, node, entryOf("gelu"));
  if (approximate->text == "tanh")
    return computeElementwise(importer, node, entryOf("gelu_tanh"));
  (void)importer.fail(*approximate, "approximate argument must be either none or tanh.");
  return {};
}

static Value tanhshrink(Importer &importer, Node &node) {
  Calc c(importer, node);
  return c.read("float") ? c.sub(c[0], c.op<ag::TanhOp>(c[0])) : Value();
}

static Value softsign(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  Value below = c.toFloat(c.add(c.abs(c[0]), c.number(c[0], 1)));
  return c.div(c.toFloat(c[0]), below);
}

static Value glu(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  auto type = cast<RankedTensorType>(c[0].getType());
  int64_t rank = type.getRank(), dim = 0;
  if (rank == 0)
    return c.fail(node.json, "glu does not support 0-dimensional tensors");
  const Json *at = node.attribute("dim");
  if (failed(wrapDim(importer, at ? *at : node.json, node.integer("dim", -1), rank, dim)))
    return {};
  int64_t size = type.getDimSize(dim);
  if (size % 2)
    return c.fail(node.json, "Halving dimension must be even, but dimension " + Twine(dim) +
                                 " is size " + Twine(size));
  SmallVector<int64_t> starts(rank, 0), limits(type.getShape()), strides(rank, 1);
  limits[dim] = size / 2;
  Value first = c.op<ag::SliceOp>(c[0], starts, limits, strides);
  starts[dim] = size / 2;
  limits[dim] = size;
  Value second = c.op<ag::SliceOp>(c[0], starts, limits, strides);
  return c.mul(first, c.op<ag::SigmoidOp>(second));
}

//===-- Two operands --------------------------------------------------------------------------===//

static Value divide(Importer &importer, Node &node) {
  const Json *mode = node.attribute("rounding_mode");
  if (!mode)
    return computeElementwise(importer, node, entryOf("div"));
  if (mode->text == "trunc" || mode->text == "floor")
    return computeElementwise(importer, node,
                              entryOf(mode->text == "trunc" ? "trunc_div" : "floor_div"));
  (void)importer.fail(*mode, "div expected rounding_mode to be one of None, 'trunc', or 'floor' "
                             "but found '" +
                                 mode->text + "'");
  return {};
}

/// other - alpha x, in this order.
static Value rsub(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  double alpha = c.parameter("alpha", 1);
  return c.sub(c[1], alpha == 1 ? c[0] : c.mul(c[0], alpha));
}

/// x 2^n as C's ldexp has it, for n a float that holds an integer: in three factors, of which none
/// overflows or vanishes before the product does.
static Value scaleByPower(Calc &c, Value x, Value n) {
  double most = c.element(x).isF64() ? 3 * 1021 : 3 * 125;
  n = c.op<ag::ClampOp>(n, c.number(n, -most), c.number(n, most));
  Value third = c.op<ag::TruncOp>(c.mul(n, 1.0 / 3));
  Value power = c.op<ag::Exp2Op>(third);
  Value rest = c.op<ag::Exp2Op>(c.sub(n, c.mul(third, 2)));
  return c.mul(c.mul(c.mul(x, power), power), rest);
}

static Value ldexp(Importer &importer, Node &node) {
  // 2^n is a float of its own before it is promoted with x; narrow floats are multiplied in f32.
  Calc c(importer, node);
  if (!c.read("float"))
    return {};
  if (!node.inputs[0].tensor || !node.inputs[1].tensor)
    return c.mul(c[0], c.op<ag::Exp2Op>(c[1]));
  Type type = c.element(c[0]);
  Type wide = type.isF64() ? type : Type(importer.b.getF32Type());
  Value x = c.to(c[0], wide), n = importer.read(*node.inputs[1].tensor, node.loc);
  // A power without dims is one of the dtype of x, if that is wider.
  auto own = dyn_cast<FloatType>(node.inputs[0].tensor->type.getElementType());
  if (c.isFloat(n) && !cast<RankedTensorType>(n.getType()).getRank() && !c.element(n).isF64() &&
      own && !own.isF32())
    n = c.to(n, wide);
  // Broadcast first: an infinite power times each element, not times their sum, is in its gradient.
  n = importer.broadcast(n, cast<RankedTensorType>(x.getType()).getShape(), node.loc);
  bool isWhole = !c.isFloat(n) && !c.element(n).isInteger(1);
  Value product = isWhole ? scaleByPower(c, x, c.to(n, wide))
                          : c.mul(x, c.to(c.op<ag::Exp2Op>(c.toFloat(n)), wide));
  return c.to(product, type);
}

static Value floatPower(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  Type f64 = importer.b.getF64Type();
  const Operand &exponent = node.inputs[1];
  if (exponent.isLiteral && exponent.json->kind != Json::Kind::boolean)
    return c.op<ag::PowScalarOp>(c.to(c[0], f64), APFloat(numberOf(*exponent.json)));
  // Widened before they are broadcast: the sums of their gradients are of f64, too.
  Value sides[2] = {c[0], c[1]};
  for (unsigned i = 0; i < 2; ++i) {
    const Operand &operand = node.inputs[i];
    Shape shape(cast<RankedTensorType>(c[i].getType()).getShape());
    sides[i] = operand.tensor
                   ? importer.broadcast(c.to(importer.read(*operand.tensor, node.loc), f64), shape,
                                        node.loc)
                   : c.to(c[i], f64);
  }
  return c.op<ag::PowOp>(sides[0], sides[1]);
}

static Value lcm(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  if (c.isFloat(c[0]) || c.element(c[0]).isInteger(1))
    return c.fail(node.json,
                  "\"lcm_cpu\" not implemented for '" + dtypeWord(c.element(c[0])) + "'");
  // 0 / 0 is 0 here.
  Value part = c.op<ag::TruncDivOp>(c[0], c.op<ag::GcdOp>(c[0], c[1]));
  return c.abs(c.mul(part, c[1]));
}

static Value isclose(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  double rtol = c.parameter("rtol", 1e-5), atol = c.parameter("atol", 1e-8);
  if (!(rtol >= 0) || !(atol >= 0))
    return c.fail(node.json, StringRef(rtol >= 0 ? "atol" : "rtol") +
                                 " must be greater than or equal to zero, but got " +
                                 std::to_string(rtol >= 0 ? atol : rtol));
  Value x = c[0], y = c[1], close = c.compare(x, y, P::eq);
  if (!c.isFloat(x)) {
    Type wide = importer.b.getF64Type();
    x = c.to(x, wide);
    y = c.to(y, wide);
  }
  if (node.flag("equal_nan"))
    close = c.op<ag::LogicalOrOp>(
        close, c.op<ag::LogicalAndOp>(c.compare(x, x, P::ne), c.compare(y, y, P::ne)));
  if (rtol == 0 && atol == 0)
    return close;
  Value allowed = c.add(c.number(x, atol), c.abs(c.mul(y, rtol)));
  Value actual = c.abs(c.sub(x, y));
  Value near =
      c.op<ag::LogicalAndOp>(c.compare(actual, INFINITY, P::lt), c.compare(actual, allowed, P::le));
  return c.op<ag::LogicalOrOp>(close, near);
}

/// prelu: one weight for all, or one a channel (dimension 1).
static Value prelu(Importer &importer, Node &node) {
  Value x = importer.readInput(node, 0), w = importer.readInput(node, 1);
  if (!x || !w)
    return {};
  Calc c(importer, node);
  auto type = cast<RankedTensorType>(x.getType()), weight = cast<RankedTensorType>(w.getType());
  if (type.getElementType() != weight.getElementType())
    return c.fail(node.json, "prelu: Type promoting not supported. Got " +
                                 dtypeWord(type.getElementType()) + " and " +
                                 dtypeWord(weight.getElementType()));
  int64_t rank = type.getRank(), count = weight.getNumElements();
  if (weight.getRank() > 1)
    return c.fail(node.json,
                  "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = " +
                      Twine(weight.getRank()));
  int64_t channels = rank > 1 ? type.getDimSize(1) : 1;
  if (count != 1 && count != channels)
    return c.fail(node.json,
                  "Mismatch of parameter numbers and input channel size. Found parameter "
                  "numbers = " +
                      Twine(count) + " and channel size = " + Twine(channels) + ".");
  Shape shape(rank, 1);
  if (rank > 1)
    shape[1] = count;
  w = importer.broadcast(importer.reshape(w, shape, node.loc), type.getShape(), node.loc);
  return c.op<ag::PreluOp>(x, w);
}

//===-- Three operands ------------------------------------------------------------------------===//

/// `y`, the nearest number within numbers as bounds: PyTorch gives the gradient strictly between
/// them to `x`, and none at a bound or NaN.
static Value betweenNumbers(Importer &importer, Node &node, Value y, const Json *low,
                            const Json *high) {
  Calc c(importer, node);
  Operand input = node.inputs[0];
  if (!c.isFloat(y) || input.isLiteral ||
      input.tensor->type.getShape() != cast<RankedTensorType>(y.getType()).getShape())
    return y;
  node.inputs.truncate(1);
  if (!c.read("common"))
    return {};
  Value x = c.to(c[0], c.element(y)), inside;
  auto narrow = [&](const Json *bound, P predicate) {
    if (!bound)
      return;
    Value holds = c.compare(x, numberOf(*bound), predicate);
    inside = inside ? c.op<ag::LogicalAndOp>(inside, holds) : holds;
  };
  narrow(low, P::gt);
  narrow(high, P::lt);
  return c.op<ag::SelectOp>(inside, x, c.op<ag::DetachOp>(y));
}

/// clamp_min and clamp_max: a bound that is a tensor shares the gradient of ties, a number does
/// not.
static Value clampOneSide(Importer &importer, Node &node) {
  bool isLow = StringRef(node.spec->name).starts_with("clamp_min");
  Value y = computeElementwise(importer, node, entryOf(isLow ? "clamp_min" : "clamp_max"));
  if (!y || !node.inputs[1].isLiteral)
    return y;
  SmallVector<Operand> inputs(node.inputs.begin(), node.inputs.end());
  const Json *bound = inputs[1].json;
  y = betweenNumbers(importer, node, y, isLow ? bound : nullptr, isLow ? nullptr : bound);
  node.inputs.assign(inputs.begin(), inputs.end());
  return y;
}

/// Bounds are inputs or the attributes "min" and "max"; one may be absent.
static Value clamp(Importer &importer, Node &node) {
  const Json *low = node.attribute("min"), *high = node.attribute("max");
  size_t count = node.inputs.size();
  if (count > 1 && (low || high)) {
    (void)importer.fail(node.json, "expected the bounds as inputs or as attributes, found both");
    return {};
  }
  // Inputs that are numbers count as attributes.
  const Json *least = low, *most = high;
  if (count > 1 && node.inputs[1].isLiteral)
    least = node.inputs[1].json;
  if (count > 2 && node.inputs[2].isLiteral)
    most = node.inputs[2].json;
  for (const Json *bound : {low, high})
    if (bound) {
      Operand operand;
      operand.json = bound;
      operand.isLiteral = true;
      node.inputs.push_back(operand);
    }
  Value y;
  if (node.inputs.size() == 1)
    (void)importer.fail(node.json, "torch.clamp: At least one of 'min' or 'max' must not be None");
  else if (node.inputs.size() == 3)
    y = computeElementwise(importer, node, entryOf("clamp"));
  else
    y = computeElementwise(importer, node, entryOf(low || count == 2 ? "clamp_min" : "clamp_max"));
  if (y && (least || most)) {
    SmallVector<Operand> inputs(node.inputs.begin(), node.inputs.end());
    y = betweenNumbers(importer, node, y, least, most);
    node.inputs.assign(inputs.begin(), inputs.end());
  }
  node.inputs.truncate(count);
  return y;
}

static Value addProduct(Importer &importer, Node &node) {
  Calc c(importer, node);
  if (!c.read("common"))
    return {};
  bool quotient = StringRef(node.spec->name).starts_with("addcdiv");
  if (quotient && !c.isFloat(c[0]))
    return c.fail(node.json,
                  "Integer division with addcdiv is no longer supported, and in a future  "
                  "release addcdiv will perform a true division of tensor1 and tensor2.");
  double value = c.parameter("value", 1);
  Value first = value == 1 ? c[1] : c.mul(c[1], value);
  return c.add(c[0], quotient ? c.div(first, c[2]) : c.mul(first, c[2]));
}

//===-- Table ---------------------------------------------------------------------------------===//

ArrayRef<Composite> mathComposites() {
  using K = AttributeKind;
  static const std::vector<Composite> table = {
      {"square", 1, 1, {}, "elementwise x^2", square},
      {"deg2rad", 1, 1, {}, "elementwise degrees as radians", degrees},
      {"rad2deg", 1, 1, {}, "elementwise radians as degrees", degrees},
      {"isnan", 1, 1, {}, "elementwise whether it is NaN, bool", classify, false},
      {"isinf", 1, 1, {}, "elementwise whether it is infinite, bool", classify, false},
      {"isfinite",
       1,
       1,
       {},
       "elementwise whether it is neither infinite nor NaN, bool",
       classify,
       false},
      {"isposinf", 1, 1, {}, "elementwise whether it is inf, bool", classify, false},
      {"isneginf", 1, 1, {}, "elementwise whether it is -inf, bool", classify, false},
      {"signbit",
       1,
       1,
       {},
       "elementwise whether the sign is minus (of -0, too), bool",
       signbit,
       false},
      {"selu", 1, 1, {}, "elementwise self-normalising elu", selu},
      {"celu",
       1,
       1,
       {{"alpha", K::number}},
       "elementwise x, or alpha (exp(x / alpha) - 1) below 0",
       celu},
      {"relu6", 1, 1, {}, "elementwise nearest number within [0, 6]", relu6},
      {"gelu",
       1,
       1,
       {{"approximate", K::text}},
       "elementwise x times the normal distribution function of x; approximate: none or tanh",
       gelu},
      {"tanhshrink", 1, 1, {}, "elementwise x - tanh(x)", tanhshrink, false},
      {"softsign", 1, 1, {}, "elementwise x / (1 + abs(x))", softsign, false},
      {"glu",
       1,
       1,
       {{"dim", K::integer}},
       "the first half along `dim` times the sigmoid of the second",
       glu,
       false},
      {"div",
       2,
       2,
       {{"rounding_mode", K::text}},
       "elementwise quotient: true, or rounded by rounding_mode trunc or floor",
       divide},
      {"rsub",
       2,
       2,
       {{"alpha", K::number}},
       "elementwise second minus alpha times first",
       rsub,
       false},
      {"ldexp", 2, 2, {}, "elementwise x 2^n", ldexp},
      {"float_power", 2, 2, {}, "elementwise power in f64", floatPower},
      {"lcm", 2, 2, {}, "elementwise least common multiple", lcm},
      {"isclose",
       2,
       2,
       {{"rtol", K::number}, {"atol", K::number}, {"equal_nan", K::boolean}},
       "elementwise abs(x - y) <= atol + rtol abs(y), bool",
       isclose,
       false},
      {"prelu",
       2,
       2,
       {},
       "elementwise x, or a weight (of all, or of dimension 1) times x below 0",
       prelu,
       false},
      {"clamp",
       1,
       3,
       {{"min", K::number}, {"max", K::number}},
       "elementwise nearest number between bounds: inputs 2 and 3, or min and max",
       clamp},
      {"clamp_min", 2, 2, {}, "elementwise maximum with a bound", clampOneSide},
      {"clamp_max", 2, 2, {}, "elementwise minimum with a bound", clampOneSide},
      {"clip", 1, 3, {{"min", K::number}, {"max", K::number}}, "the same as clamp", clamp},
      {"addcmul", 3, 3, {{"value", K::number}}, "elementwise x + value y z", addProduct},
      {"addcdiv", 3, 3, {{"value", K::number}}, "elementwise x + value y / z", addProduct},
  };
  return table;
}

} // namespace gradc::graph
