// Elementwise.cpp - PyTorch's type promotion and broadcasting, and the ops that need nothing else.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which ops there are, and how their operands are promoted, stands in the entries of the dialect.
#include "History.h"
#include "Importer.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
namespace gradc::graph {

//===-- Promotion -----------------------------------------------------------------------------===//

/// bool < integers < floats.
static int category(Type type) {
  if (!type)
    return -1;
  return isa<FloatType>(type) ? 2 : type.isInteger(1) ? 0 : 1;
}

/// The least type that holds both: of two kinds of 16-bit floats it is f32, of u8 and i8 it is i16.
static Type promote(Type a, Type c) {
  if (!a || !c || a == c || category(a) != category(c))
    return category(a) >= category(c) ? a : c;
  unsigned x = a.getIntOrFloatBitWidth(), y = c.getIntOrFloatBitWidth();
  if (x != y)
    return x > y ? a : c;
  MLIRContext *context = a.getContext();
  return category(a) == 2 ? Type(Float32Type::get(context))
                          : Type(IntegerType::get(context, 2 * x));
}

/// PyTorch's combine_categories: a lower priority counts only with a higher category.
static Type combine(Type higher, Type lower) {
  return category(lower) > category(higher) ? promote(higher, lower) : higher;
}

static Type literalType(Importer &importer, const Json &json) {
  if (json.kind == Json::Kind::boolean)
    return importer.b.getI1Type();
  return json.kind == Json::Kind::integer ? Type(importer.b.getI64Type())
                                          : Type(importer.b.getF32Type());
}

/// The common type of operands: tensors with dimensions come first, then tensors without, then
/// numbers of the host language.
Type commonType(Importer &importer, ArrayRef<Operand> operands) {
  Type dimensioned, zeroDim, wrapped;
  for (const Operand &operand : operands) {
    if (operand.isLiteral) {
      wrapped = promote(wrapped, literalType(importer, *operand.json));
      continue;
    }
    if (operand.isAbsent)
      continue;
    Type element = operand.tensor->type.getElementType();
    if (operand.tensor->wrapped)
      wrapped = promote(wrapped, isa<FloatType>(element) ? Type(importer.b.getF32Type())
                                 : element.isInteger(1)  ? element
                                                         : Type(importer.b.getI64Type()));
    else
      (operand.tensor->type.getRank() ? dimensioned : zeroDim) =
          promote(operand.tensor->type.getRank() ? dimensioned : zeroDim, element);
  }
  return combine(combine(dimensioned, zeroDim), wrapped);
}

//===-- Broadcasting --------------------------------------------------------------------------===//

LogicalResult broadcastShapes(Importer &importer, Location loc, ArrayRef<int64_t> a,
                              ArrayRef<int64_t> c, Shape &result) {
  size_t rank = std::max(a.size(), c.size());
  result.assign(rank, 1);
  // PyTorch complains of the last dimension that does not fit.
  for (size_t i = rank; i-- > 0;) {
    int64_t x = i < rank - a.size() ? 1 : a[i - (rank - a.size())];
    int64_t y = i < rank - c.size() ? 1 : c[i - (rank - c.size())];
    if (x != y && x != 1 && y != 1)
      return importer.fail(loc, "The size of tensor a (" + Twine(x) +
                                    ") must match the size of tensor b (" + Twine(y) +
                                    ") at non-singleton dimension " + Twine(i));
    result[i] = x == 1 ? y : x;
  }
  return success();
}

//===-- Ops -----------------------------------------------------------------------------------===//

/// PyTorch refuses arithmetic that makes no sense for bools.
static LogicalResult checkBools(Importer &importer, Node &node, StringRef op, Type common) {
  auto isBool = [&](const Operand &operand) {
    return operand.isLiteral ? operand.json->kind == Json::Kind::boolean
                             : operand.tensor->type.getElementType().isInteger(1);
  };
  if (op == "neg" && common.isInteger(1))
    return importer.fail(node.json,
                         "Negation, the `-` operator, on a bool tensor is not supported. "
                         "If you are trying to invert a mask, use the `~` or "
                         "`logical_not()` operator instead.");
  if (op == "relu" && common.isInteger(1))
    return importer.fail(node.json, "Boolean inputs not supported for relu");
  if (op != "sub" || !llvm::any_of(node.inputs, isBool))
    return success();
  if (llvm::all_of(node.inputs, isBool))
    return importer.fail(node.json, "Subtraction, the `-` operator, with two bool tensors is not "
                                    "supported. Use the `^` or `logical_xor()` operator instead.");
  return importer.fail(node.json, "Subtraction, the `-` operator, with a bool tensor is not "
                                  "supported. If you are trying to invert a mask, use the `~` or "
                                  "`logical_not()` operator instead.");
}

/// What PyTorch computes with bools, too, as with the numbers 0 and 1.
static bool takesBools(StringRef op) {
  return llvm::is_contained(
      {"fmax", "fmin", "clamp", "clamp_min", "clamp_max", "heaviside", "maximum", "minimum"}, op);
}

/// Reads the operands under one element type and one shape.
static LogicalResult unify(Importer &importer, Node &node, ArrayRef<Type> elements,
                           SmallVectorImpl<Value> &values) {
  Shape shape;
  for (Operand &operand : node.inputs)
    if (operand.tensor) {
      Shape joined;
      if (failed(
              broadcastShapes(importer, node.loc, shape, operand.tensor->type.getShape(), joined)))
        return failure();
      shape = joined;
    }
  if (failed(importer.checkSize(node.loc, shape, elements.back())))
    return failure();
  for (auto [operand, element] : llvm::zip(node.inputs, elements)) {
    Value value;
    if (operand.isLiteral) {
      value = importer.wrappedConstant(importer.makeType(shape, element), *operand.json, node.loc);
    } else {
      Value read = importer.read(*operand.tensor, node.loc);
      value = importer.cast(read, element, node.loc);
      // PyTorch saves what it was given.
      if (value != read)
        value.getDefiningOp()->setAttr("ag.saves_operand", importer.b.getUnitAttr());
      value = importer.broadcast(value, shape, node.loc);
    }
    if (!value)
      return failure();
    values.push_back(value);
  }
  return success();
}

LogicalResult checkTensors(Importer &importer, Node &node) {
  for (const Operand &operand : node.inputs)
    if (operand.tensor)
      return success();
  return importer.expected(*node.inputs[0].json,
                           "a tensor among the inputs of '" + node.spec->name + "'");
}

/// The types that an entry wants its operands converted to.
static LogicalResult operandTypes(Importer &importer, Node &node, StringRef op, StringRef promotion,
                                  SmallVectorImpl<Type> &elements) {
  ArrayRef<Operand> operands(node.inputs);
  if (promotion == "condition") {
    const Operand &condition = operands[0];
    if (!condition.tensor || !condition.tensor->type.getElementType().isInteger(1))
      return importer.fail(*condition.json,
                           "where expected condition to be a boolean tensor, but got a tensor "
                           "with dtype " +
                               (condition.tensor
                                    ? dtypeWord(condition.tensor->type.getElementType())
                                    : "of a number"));
    elements.assign(1, condition.tensor->type.getElementType());
    elements.append(operands.size() - 1, commonType(importer, operands.drop_front()));
    return success();
  }
  Type common = commonType(importer, operands);
  if (failed(checkBools(importer, node, op, common)))
    return failure();
  if (promotion == "bool")
    common = importer.b.getI1Type();
  else if (promotion == "float" && !isa<FloatType>(common))
    common = importer.b.getF32Type();
  else if (common.isInteger(1) && takesBools(op))
    common = importer.b.getI32Type();
  elements.assign(operands.size(), common);
  return success();
}

/// Asks the op's own verifier, whose words are about the dialect, not the user's program.
static bool isValid(Operation *op) {
  ScopedDiagnosticHandler quiet(op->getContext(), [](Diagnostic &) { return success(); });
  return succeeded(verify(op));
}

static LogicalResult promoteOperands(Importer &importer, Node &node, StringRef op,
                                     StringRef promotion, SmallVectorImpl<Value> &values) {
  SmallVector<Type> elements;
  if (failed(checkTensors(importer, node)) ||
      failed(operandTypes(importer, node, op, promotion, elements)))
    return failure();
  return unify(importer, node, elements, values);
}
LogicalResult promoteOperands(Importer &importer, Node &node, StringRef promotion,
                              SmallVectorImpl<Value> &values) {
  return promoteOperands(importer, node, node.spec->name, promotion, values);
}

//===-- Parameters ----------------------------------------------------------------------------===//

namespace {
/// "kind name default".
struct Parameter {
  explicit Parameter(StringRef text) {
    StringRef rest;
    std::tie(kind, rest) = text.split(' ');
    std::tie(name, absent) = rest.split(' ');
  }
  bool isInteger() const { return kind == "integer"; }
  StringRef kind, name, absent;
};
} // namespace

std::vector<AttributeSpec> parametersOf(const ag::OpEntry &entry) {
  std::vector<AttributeSpec> specs;
  for (StringRef text : entry.parameters) {
    Parameter p(text);
    specs.push_back({p.name, p.isInteger() ? AttributeKind::integer : AttributeKind::number,
                     p.absent == "required"});
  }
  return specs;
}

static double absentNumber(const Parameter &p, Type element) {
  double value = 0;
  if (!p.absent.getAsDouble(value))
    return value;
  auto type = dyn_cast<FloatType>(element);
  if (!type)
    return 0;
  bool lost;
  APFloat limit = APFloat::getLargest(type.getFloatSemantics(), p.absent == "lowest");
  limit.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
  return limit.convertToDouble();
}

static void addParameters(OpBuilder &b, Node &node, const ag::OpEntry &entry, Type element,
                          OperationState &state) {
  for (StringRef text : entry.parameters) {
    Parameter p(text);
    const Json *json = node.attribute(p.name);
    double value = json ? numberOf(*json) : absentNumber(p, element);
    state.addAttribute(p.name, p.isInteger() ? Attribute(b.getI64IntegerAttr(int64_t(value)))
                                             : Attribute(b.getF64FloatAttr(value)));
  }
}

/// Whether promotion takes an operand for a number, whatever the other operands are.
static bool isNumber(const Operand &operand) {
  return operand.isLiteral || operand.tensor->wrapped;
}

/// Whether the second operand of a product or quotient of short floats is not rounded to them.
static bool isFactor(const Operand &x, const Operand &factor) {
  if (isNumber(x))
    return false;
  return isNumber(factor) || (x.tensor->type.getRank() && !factor.tensor->type.getRank());
}

/// Products and quotients of short floats and a number: PyTorch does not round the number to the
/// short type, and divides a number by multiplying with a reciprocal.
static Value scaleShort(Importer &importer, Node &node, StringRef op) {
  Operand *x = &node.inputs[0], *number = &node.inputs[1];
  bool inverse = op == "div" && isNumber(*x);
  if (isNumber(*x))
    std::swap(x, number);
  Location loc = node.loc;
  Type f32 = importer.b.getF32Type();
  Value value = importer.read(*x->tensor, loc);
  auto type = cast<RankedTensorType>(value.getType());
  if (inverse)
    value = ag::ReciprocalOp::create(importer.b, loc, value);
  Value wide = importer.cast(value, f32, loc);
  // A later write of the operand is one of what the op saved.
  wide.getDefiningOp()->setAttr("ag.saves_operand", importer.b.getUnitAttr());
  auto wideType = cast<RankedTensorType>(wide.getType());
  Value factor;
  if (number->isLiteral) {
    factor = importer.constant(wideType, *number->json, loc);
  } else {
    Value given = importer.read(*number->tensor, loc);
    factor = importer.cast(given, f32, loc);
    if (factor != given)
      factor.getDefiningOp()->setAttr("ag.saves_operand", importer.b.getUnitAttr());
    factor = importer.broadcast(factor, type.getShape(), loc);
  }
  Value result = op == "div" && !inverse ? Value(ag::DivOp::create(importer.b, loc, wide, factor))
                                         : ag::MulOp::create(importer.b, loc, wide, factor);
  return importer.cast(result, commonType(importer, node.inputs), loc);
}

/// What PyTorch takes of bools: the nearest of 0 and 1 is logic. Null for other ops.
static Value computeBools(Importer &importer, Node &node, StringRef op, ArrayRef<Value> x) {
  if (op == "sign")
    return x[0];
  // Numbers as bounds are not among it.
  for (const Operand &operand : node.inputs)
    if (operand.isLiteral)
      return {};
  auto either = [&](Value a, Value c) {
    return ag::LogicalOrOp::create(importer.b, node.loc, a, c);
  };
  auto both = [&](Value a, Value c) {
    return ag::LogicalAndOp::create(importer.b, node.loc, a, c);
  };
  if (op == "heaviside" || op == "clamp_min" || op == "fmax")
    return either(x[0], x[1]);
  bool isLesser = op == "clamp_max" || op == "fmin";
  return isLesser ? both(x[0], x[1]) : Value();
}

Value computeElementwise(Importer &importer, Node &node, const ag::OpEntry &entry) {
  if ((entry.mnemonic == "mul" || entry.mnemonic == "div") &&
      succeeded(checkTensors(importer, node)) && isShortFloat(commonType(importer, node.inputs)) &&
      (isFactor(node.inputs[0], node.inputs[1]) ||
       (isNumber(node.inputs[0]) && isFactor(node.inputs[1], node.inputs[0]))))
    return scaleShort(importer, node, entry.mnemonic);
  SmallVector<Value> values;
  if (failed(promoteOperands(importer, node, entry.mnemonic, entry.promotion, values)))
    return {};
  // Integers have nothing to replace.
  if (entry.mnemonic == "nan_to_num" && !isa<FloatType>(getElementTypeOrSelf(values[0].getType())))
    return values[0];
  if (getElementTypeOrSelf(values.back().getType()).isInteger(1))
    if (Value y = computeBools(importer, node, entry.mnemonic, values))
      return y;
  OperationState state(node.loc, ("ag." + entry.mnemonic).str());
  state.addOperands(values);
  addParameters(importer.b, node, entry, getElementTypeOrSelf(values.back().getType()), state);
  // All operands but a condition have the result's type.
  state.addTypes(values.back().getType());
  Operation *op = importer.b.create(state);
  if (isValid(op)) {
    bool asBool = takesBools(entry.mnemonic) && commonType(importer, node.inputs).isInteger(1);
    return asBool ? importer.cast(op->getResult(0), importer.b.getI1Type(), node.loc)
                  : op->getResult(0);
  }
  (void)importer.fail(node.loc, "'" + node.spec->name + "' is not supported for tensors of " +
                                    dtypeName(getElementTypeOrSelf(values.back().getType())));
  return {};
}

static Value computePow(Importer &importer, Node &node, const ag::OpEntry &entry) {
  const Operand &base = node.inputs[0], &exponent = node.inputs[1];
  if (failed(checkTensors(importer, node)))
    return {};
  Type element = commonType(importer, node.inputs);
  bool isFloat = isa<FloatType>(element);
  bool byBool = exponent.isLiteral && exponent.json->kind == Json::Kind::boolean;
  if (byBool && element.isInteger(1)) {
    Value x = importer.read(*base.tensor, node.loc);
    auto type = cast<RankedTensorType>(x.getType());
    return exponent.json->boolean ? x : importer.splat(type, 1, node.loc);
  }
  if (!exponent.isLiteral || byBool)
    return computeElementwise(importer, node, entry);
  double value = numberOf(*exponent.json);
  if (!isFloat && value < 0) {
    (void)importer.fail(*exponent.json, "Integers to negative integer powers are not allowed.");
    return {};
  }
  // Small powers of integers are products; the rest is left to the general op.
  if (!isFloat && value > 16)
    return computeElementwise(importer, node, entry);
  Value x = importer.cast(importer.read(*base.tensor, node.loc), element, node.loc);
  return ag::PowScalarOp::create(importer.b, node.loc, x, APFloat(value));
}

const ag::OpEntry &entryOf(StringRef mnemonic) {
  return **llvm::find_if(ag::allEntries(),
                         [&](const ag::OpEntry *e) { return e->mnemonic == mnemonic; });
}

/// PyTorch's gradient of nextafter is that of the first operand where the two differ, and zero for
/// the second.
static Value withNextafterGradient(Importer &importer, Node &node, const ag::OpEntry &entry,
                                   Value y) {
  SmallVector<Value> values;
  if (failed(promoteOperands(importer, node, entry.mnemonic, entry.promotion, values)))
    return {};
  OpBuilder &b = importer.b;
  Location loc = node.loc;
  auto type = cast<RankedTensorType>(y.getType());
  Value x = values[0], none = importer.splat(type, 0, loc);
  Value fixed = ag::DetachOp::create(b, loc, x);
  // x - x is no zero for infinities, NaN for NaN as the result is.
  Value gap = ag::SubOp::create(b, loc, fixed, fixed);
  Value follow =
      ag::LogicalOrOp::create(b, loc, ag::CompareOp::create(b, loc, gap, none, ag::Predicate::eq),
                              ag::CompareOp::create(b, loc, fixed, fixed, ag::Predicate::ne));
  Value moves = ag::LogicalAndOp::create(
      b, loc, ag::CompareOp::create(b, loc, fixed, values[1], ag::Predicate::ne), follow);
  Value follows = ag::SelectOp::create(b, loc, moves, ag::SubOp::create(b, loc, fixed, x), none);
  y = ag::SubOp::create(b, loc, ag::DetachOp::create(b, loc, y), follows);
  Shape starts(type.getRank(), 0), steps(type.getRank(), 1);
  return ag::UpdateSliceOp::create(b, loc, type, values[1], y, starts, steps);
}

static Value compute(Importer &importer, Node &node) {
  if (const ag::OpEntry *entry = node.spec->entry) {
    if (entry->mnemonic == "pow")
      return computePow(importer, node, *entry);
    Value y = computeElementwise(importer, node, *entry);
    if (y && entry->mnemonic == "nextafter" && importer.needsGrad(node))
      return withNextafterGradient(importer, node, *entry, y);
    return y;
  }
  StringRef name = node.spec->name;
  if (!llvm::any_of(mathComposites(), [&](const Composite &c) { return c.name == name; }))
    name.consume_back("_");
  for (const Composite &composite : mathComposites())
    if (composite.name == name)
      return composite.compute(importer, node);
  llvm_unreachable("an elementwise op without a definition");
}

/// Python computes with numbers as numbers: the result has a number's rank in promotion, too.
static bool isNumber(const Node &node) {
  return llvm::all_of(node.inputs, [](const Operand &operand) {
    return operand.isLiteral || operand.tensor->wrapped;
  });
}

static LogicalResult elementwise(Importer &importer, Node &node) {
  Value value = compute(importer, node);
  if (!value)
    return failure();
  node.results = {importer.makeTensor(value, importer.needsGrad(node))};
  node.results[0]->wrapped = isNumber(node);
  return success();
}

static bool isLogical(const Node &node) {
  return node.spec->entry && node.spec->entry->promotion == "bool";
}

static bool hasHistory(Importer &importer, const Node &node) {
  return !isLogical(node) && importer.needsGrad(node);
}

LogicalResult writeTarget(Importer &importer, Node &node, Value value) {
  Tensor &target = *node.inputs[0].tensor;
  auto type = cast<RankedTensorType>(value.getType());
  Type from = type.getElementType(), to = target.type.getElementType();
  if (category(from) > category(to))
    return importer.fail(node.loc, "result type " + dtypeWord(from) +
                                       " can't be cast to the desired output type " +
                                       dtypeWord(to));
  if (type.getShape() != target.type.getShape())
    return importer.fail(node.loc, "output with shape " + listText(target.type.getShape()) +
                                       " doesn't match the broadcast shape " +
                                       listText(type.getShape()));
  node.results = {node.inputs[0].tensor};
  value = importer.cast(value, to, node.loc);
  if (from.isInteger(1) && !isLogical(node)) // a comparison
    for (Operand &operand : node.inputs)
      if (operand.tensor)
        value = writtenOver(importer, *operand.tensor, value, node.loc);
  return importer.write(target, value, hasHistory(importer, node), node.loc);
}

LogicalResult checkTarget(Importer &importer, Node &node) {
  if (!node.inputs[0].tensor)
    return importer.expected(*node.inputs[0].json,
                             "a tensor to write as input 1 of '" + node.spec->name + "'");
  Tensor &target = *node.inputs[0].tensor;
  // PyTorch's autograd does not see such a write: the gradient would be that of the old contents.
  if (isLogical(node) && importer.gradEnabled() && importer.needsGrad(target))
    return importer.fail(node.loc, "'" + node.spec->name +
                                       "' of a tensor that requires grad is "
                                       "not supported: it has no gradient");
  return importer.checkWritable(target, hasHistory(importer, node), node.loc);
}

static LogicalResult inPlace(Importer &importer, Node &node) {
  if (failed(checkTarget(importer, node)))
    return failure();
  Value value = compute(importer, node);
  return value ? writeTarget(importer, node, value) : failure();
}

static LogicalResult compare(Importer &importer, Node &node) {
  SmallVector<Value> values;
  if (failed(checkTensors(importer, node)))
    return failure();
  SmallVector<Type> elements(2, commonType(importer, node.inputs));
  if (failed(unify(importer, node, elements, values)))
    return failure();
  auto predicate = *ag::symbolizePredicate(node.spec->name);
  Value value = ag::CompareOp::create(importer.b, node.loc, values[0], values[1], predicate);
  node.results = {importer.makeTensor(value, false)};
  node.results[0]->wrapped = isNumber(node);
  return success();
}

/// The tensor itself.
static LogicalResult positive(Importer &importer, Node &node) {
  const Operand &x = node.inputs[0];
  if (!x.tensor)
    return importer.expected(*x.json, "a tensor as input 1 of 'positive'");
  if (x.tensor->type.getElementType().isInteger(1))
    return importer.fail(node.json, "The `+` operator, on a bool tensor is not supported.");
  node.results = {x.tensor};
  return success();
}

static LogicalResult castTo(Importer &importer, Node &node) {
  Value x = importer.readInput(node, 0);
  if (!x)
    return failure();
  Value other = node.inputs.size() > 1 ? importer.readInput(node, 1) : Value();
  if (node.inputs.size() > 1 && !other)
    return failure();
  Type element =
      other ? getElementTypeOrSelf(other.getType()) : importer.dtype(node.attribute("dtype")->text);
  if (node.inputs[0].tensor->type.getElementType() == element) {
    node.results = {node.inputs[0].tensor};
    return success();
  }
  node.results = {
      importer.makeTensor(importer.cast(x, element, node.loc), importer.needsGrad(node))};
  return success();
}

/// copy_, fill_: the source is converted to the target's type whatever it is.
static LogicalResult copyInto(Importer &importer, Node &node) {
  const Operand &source = node.inputs[1];
  node.results = {node.inputs[0].tensor};
  if (node.spec->name == "fill_" && source.isLiteral)
    node.inputs[0].tensor = unexpanded(node.inputs[0].tensor);
  if (failed(checkTarget(importer, node)))
    return failure();
  Tensor &target = *node.inputs[0].tensor;
  if (node.spec->name == "fill_" && source.tensor && source.tensor->type.getRank() != 0)
    return importer.fail(*source.json,
                         "fill_ only supports 0-dimension value tensor but got tensor with " +
                             Twine(source.tensor->type.getRank()) + " dimensions.");
  Value value;
  if (source.isLiteral) {
    value = importer.constant(target.type, *source.json, node.loc);
  } else {
    Shape joined;
    ArrayRef<int64_t> wanted = target.type.getShape();
    if (failed(broadcastShapes(importer, node.loc, wanted, source.tensor->type.getShape(), joined)))
      return failure();
    if (ArrayRef<int64_t>(joined) != wanted)
      return importer.fail(node.loc, "output with shape " + listText(wanted) +
                                         " doesn't match the broadcast shape " + listText(joined));
    value = importer.cast(importer.read(*source.tensor, node.loc), target.type.getElementType(),
                          node.loc);
    // A later write of the source does not change it.
    value = ag::ReshapeOp::create(importer.b, node.loc, value.getType(), value);
    value.getDefiningOp()->setAttr("ag.copy", importer.b.getUnitAttr());
    value = importer.broadcast(value, wanted, node.loc);
  }
  Node sourceOnly{node.json, node.spec, node.loc, {}, {source}, {}};
  if (!value)
    return failure();
  return importer.write(target, writtenOver(importer, target, value, node.loc),
                        importer.needsGrad(sourceOnly), node.loc);
}

static LogicalResult zeroInto(Importer &importer, Node &node) {
  node.results = {node.inputs[0].tensor};
  node.inputs[0].tensor = unexpanded(node.inputs[0].tensor);
  if (failed(checkTarget(importer, node)))
    return failure();
  Tensor &target = *node.inputs[0].tensor;
  Value zeros = importer.splat(target.type, 0, node.loc);
  return importer.write(target, writtenOver(importer, target, zeros, node.loc), false, node.loc);
}

//===-- Table ---------------------------------------------------------------------------------===//

void addElementwiseOps(OpTable &table, MLIRContext &context) {
  auto isElementwise = [&](const ag::OpEntry &entry) {
    auto name = RegisteredOperationName::lookup(("ag." + entry.mnemonic).str(), &context);
    return name && name->hasInterface<ag::ElementwiseOpInterface>();
  };
  // What PyTorch has no in-place form of.
  static const llvm::StringSet<> pure = {"logaddexp",  "logaddexp2", "fmax",
                                         "fmin",       "softplus",   "hardshrink",
                                         "softshrink", "logsigmoid", "ag.prelu"};
  std::vector<OpSpec> writers;
  auto add = [&](OpSpec spec, bool inPlaceToo) {
    if (inPlaceToo) {
      OpSpec writer = spec;
      writer.summary = "'" + spec.name + "', written into the first input";
      writer.name += "_";
      writer.handler = inPlace;
      writers.push_back(std::move(writer));
    }
    table.add(StringRef(spec.name).starts_with("ag.") ? "dialect" : "elementwise", std::move(spec));
  };
  for (const ag::OpEntry *entry : ag::allEntries()) {
    if (!isElementwise(*entry))
      continue;
    for (StringRef name : entry->json)
      if (!llvm::any_of(mathComposites(), [&](const Composite &c) { return c.name == name; }))
        add({name.str(), entry->arity, entry->arity, parametersOf(*entry), entry->summary.str(),
             elementwise, true, entry},
            entry->promotion != "condition" && !pure.contains(name) && !name.starts_with("ag."));
  }
  for (const Composite &c : mathComposites())
    add({c.name.str(), c.minInputs, c.maxInputs, c.attributes, c.summary.str(), elementwise},
        c.inPlace);
  for (StringRef name : {"eq", "ne", "lt", "le", "gt", "ge"})
    table.add("elementwise", {name.str(), 2, 2, {}, "elementwise comparison, bool", compare});
  table.add("elementwise", {"cast",
                            1,
                            1,
                            {{"dtype", AttributeKind::dtype, true}},
                            "conversion to another dtype",
                            castTo});
  table.add("elementwise", {"positive", 1, 1, {}, "the same tensor", positive});
  table.add("elementwise", {"type_as", 2, 2, {}, "conversion to the dtype of input 2", castTo});
  for (OpSpec &writer : writers)
    table.add("in place", std::move(writer));
  table.add("in place", {"copy_", 2, 2, {}, "writes the second input into the first", copyInto});
  table.add("in place", {"fill_", 2, 2, {}, "writes one number everywhere", copyInto});
  table.add("in place", {"zero_", 1, 1, {}, "writes 0 everywhere", zeroInto});
}

} // namespace gradc::graph
