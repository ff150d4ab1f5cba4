// Narrow.cpp - f16, bf16 and u8: what computes works on wider elements, what moves keeps them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// f16 and bf16 become f32 and u8 becomes i16 where an op computes, and the result is rounded (or
// wrapped) once. Elementwise ops do that within their loop nest; others get ag.cast around them,
// which fuse. After this stage u8 is i8: arith has no unsigned types, and "ag.dtype" says what the
// bytes of an argument, a result or a variable are.
#include "Lowering.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
namespace gradc::lower {

Type wideElement(Type element) {
  MLIRContext *context = element.getContext();
  if (isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32)
    return Float32Type::get(context);
  return element.isUnsignedInteger(8) ? Type(IntegerType::get(context, 16)) : element;
}

bool isNarrow(Type type) {
  Type element = getElementTypeOrSelf(type);
  return wideElement(element) != element;
}

//===-- One element ---------------------------------------------------------------------------===//

Value widen(OpBuilder &b, Location loc, Value v) {
  Type to = wideElement(v.getType());
  if (to == v.getType())
    return v;
  if (auto constant = v.getDefiningOp<arith::ConstantOp>()) {
    if (auto f = dyn_cast<FloatAttr>(constant.getValue()))
      return arith::ConstantOp::create(b, loc, b.getFloatAttr(to, f.getValueAsDouble()));
    APInt bits = cast<IntegerAttr>(constant.getValue()).getValue();
    return arith::ConstantOp::create(b, loc, b.getIntegerAttr(to, bits.getZExtValue()));
  }
  if (isa<FloatType>(to))
    return arith::ExtFOp::create(b, loc, to, v);
  return arith::ExtUIOp::create(b, loc, to, v);
}

Value narrow(OpBuilder &b, Location loc, Value v, Type to) {
  if (v.getType() == to)
    return v;
  if (isa<FloatType>(to))
    return arith::TruncFOp::create(b, loc, to, v);
  return arith::TruncIOp::create(b, loc, to, v);
}

//===-- Whole ops -----------------------------------------------------------------------------===//

static Type withElement(Type type, Type element) {
  return RankedTensorType::get(cast<RankedTensorType>(type).getShape(), element);
}

bool widenOp(OpBuilder &b, Operation *op, SmallVectorImpl<Value> &values) {
  if (llvm::none_of(op->getOperandTypes(), isNarrow))
    return false;
  Location loc = op->getLoc();
  Operation *wide = b.clone(*op);
  b.setInsertionPoint(wide);
  for (OpOperand &operand : wide->getOpOperands())
    if (Type type = operand.get().getType(); isNarrow(type)) {
      Type to = withElement(type, wideElement(getElementTypeOrSelf(type)));
      operand.set(ag::CastOp::create(b, loc, to, operand.get()));
    }
  b.setInsertionPointAfter(wide);
  for (Value result : wide->getResults()) {
    Type type = result.getType();
    if (!isNarrow(type)) {
      values.push_back(result);
      continue;
    }
    result.setType(withElement(type, wideElement(getElementTypeOrSelf(type))));
    values.push_back(ag::CastOp::create(b, loc, type, result));
  }
  return true;
}

/// Ops that compute, but not element by element.
static bool computes(Operation *op) {
  return isa<ag::ReduceSumOp, ag::ReduceMeanOp, ag::ReduceMaxOp, ag::ReduceMinOp, ag::ReduceProdOp,
             ag::ContractOp, ag::ReduceWindowOp, ag::WindowArgmaxOp>(op);
}

void widenOps(ModuleOp module) {
  SmallVector<Operation *> ops;
  module.walk([&](Operation *op) {
    if (computes(op))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    OpBuilder b(op);
    SmallVector<Value> values;
    // A reduction over nothing is its operand.
    auto dims = op->getAttrOfType<DenseI64ArrayAttr>("dims");
    if ((dims && dims.empty()) || !widenOp(b, op, values))
      continue;
    op->replaceAllUsesWith(values);
    op->erase();
  }
}

//===-- Bytes ---------------------------------------------------------------------------------===//

static constexpr llvm::StringLiteral kDtypeAttr = "ag.dtype";

/// The same type with i8 for u8.
static Type storedType(Type type) {
  if (type.isUnsignedInteger(8))
    return IntegerType::get(type.getContext(), 8);
  if (auto shaped = dyn_cast<ShapedType>(type);
      shaped && shaped.getElementType().isUnsignedInteger(8))
    return shaped.clone(storedType(shaped.getElementType()));
  return type;
}

static Attribute storedAttribute(Attribute value) {
  if (auto integer = dyn_cast<IntegerAttr>(value))
    return IntegerAttr::get(storedType(integer.getType()), integer.getValue());
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    return DenseResourceElementsAttr::get(cast<ShapedType>(storedType(resource.getType())),
                                          resource.getRawHandle());
  auto dense = cast<DenseElementsAttr>(value);
  return dense.bitcast(storedType(dense.getElementType()));
}

static void storeOp(Operation *op) {
  Builder b(op->getContext());
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (BlockArgument argument : block.getArguments())
        argument.setType(storedType(argument.getType()));
  if (auto constant = dyn_cast<arith::ConstantOp>(op);
      constant && storedType(constant.getType()) != constant.getType())
    constant.setValueAttr(cast<TypedAttr>(storedAttribute(constant.getValue())));
  if (auto print = dyn_cast<ag::PrintOp>(op)) {
    SmallVector<Attribute> parts(print.getParts().getAsRange<StringAttr>());
    size_t next = 0;
    for (Attribute &part : parts) {
      StringRef text = cast<StringAttr>(part).getValue();
      if (text == "none" || text.starts_with("text:"))
        continue;
      if (getElementTypeOrSelf(print.getValues()[next++]).isUnsignedInteger(8))
        part = b.getStringAttr(text + ":u8");
    }
    print.setPartsAttr(b.getArrayAttr(parts));
  }
  if (auto variable = dyn_cast<ag::VariableOp>(op);
      variable && storedType(variable.getType()) != variable.getType()) {
    variable.setTypeAttr(TypeAttr::get(storedType(variable.getType())));
    if (auto init = variable.getInitAttr())
      variable.setInitAttr(cast<ElementsAttr>(storedAttribute(init)));
    variable->setAttr(kDtypeAttr, b.getStringAttr("u8"));
  }
}

/// Says of arguments and results what they are.
static void storeFunction(func::FuncOp f) {
  Builder b(f.getContext());
  SmallVector<Type> inputs, results;
  for (auto [i, type] : llvm::enumerate(f.getArgumentTypes())) {
    inputs.push_back(storedType(type));
    if (inputs.back() != type)
      f.setArgAttr(i, kDtypeAttr, b.getStringAttr("u8"));
  }
  for (auto [i, type] : llvm::enumerate(f.getResultTypes())) {
    results.push_back(storedType(type));
    if (results.back() != type)
      f.setResultAttr(i, kDtypeAttr, b.getStringAttr("u8"));
  }
  f.setType(b.getFunctionType(inputs, results));
}

void storeUnsigned(ModuleOp module) {
  // What an op says of its operands is read before their types change.
  module.walk([](Operation *op) { storeOp(op); });
  module.walk([](Operation *op) {
    for (Value result : op->getResults())
      result.setType(storedType(result.getType()));
  });
  for (auto f : module.getOps<func::FuncOp>())
    storeFunction(f);
}

} // namespace gradc::lower
