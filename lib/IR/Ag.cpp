// Ag.cpp - registration of the ag dialect, its folders and verifiers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"
#include "Scalars.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace gradc::ag;

#include "gradc/IR/AgDialect.cpp.inc"
#include "gradc/IR/AgEnums.cpp.inc"
#include "gradc/IR/AgInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "gradc/IR/AgOps.cpp.inc"

void AgDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "gradc/IR/AgOps.cpp.inc"
      >();
}

Operation *AgDialect::materializeConstant(OpBuilder &b, Attribute value, Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(b, loc, elements);
}

template <typename... Ops> static std::vector<const OpEntry *> collectEntries() {
  return {&Ops::getEntry()...};
}

ArrayRef<const OpEntry *> gradc::ag::allEntries() {
  static const std::vector<const OpEntry *> entries = collectEntries<
#define GET_OP_LIST
#include "gradc/IR/AgOps.cpp.inc"
      >();
  return entries;
}

VariableOp gradc::ag::lookupVariable(Operation *from, FlatSymbolRefAttr symbol) {
  return SymbolTable::lookupNearestSymbolFrom<VariableOp>(from, symbol);
}

//===-- Folders -------------------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

/// Whether `attr` is a splat of exactly `value`.
static bool isSplat(Attribute attr, double value) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(attr);
  if (!splat)
    return false;
  if (isa<FloatType>(splat.getElementType())) {
    APFloat f = splat.getSplatValue<APFloat>();
    return f.isExactlyValue(value) && !f.isNegZero();
  }
  return splat.getElementType().isInteger(64) || splat.getElementType().isInteger(32)
             ? splat.getSplatValue<APInt>().getSExtValue() == int64_t(value)
             : false;
}

/// The splat that an op of IEEE arithmetic on splats gives; null when an operand is none.
template <typename OnFloats> static Attribute foldSplats(Attribute a, Attribute b, OnFloats f) {
  auto x = dyn_cast_or_null<SplatElementsAttr>(a), y = dyn_cast_or_null<SplatElementsAttr>(b);
  if (!x || !y || !isa<FloatType>(x.getElementType()) || x.getNumElements() == 0)
    return {};
  APFloat value = x.getSplatValue<APFloat>();
  f(value, y.getSplatValue<APFloat>());
  // The payload of a NaN is the machine's choice.
  return value.isNaN() ? Attribute() : DenseElementsAttr::get(x.getType(), value);
}

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getX().getDefiningOp<NegOp>())
    return inner.getX();
  return foldSplats(adaptor.getX(), adaptor.getX(),
                    [](APFloat &x, const APFloat &) { x.changeSign(); });
}

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  // x + 0 is x only for integers: for floats -0 + 0 is 0.
  if (!isa<FloatType>(getElementTypeOrSelf(getType())) && isSplat(adaptor.getB(), 0))
    return getA();
  return foldSplats(adaptor.getA(), adaptor.getB(),
                    [](APFloat &x, const APFloat &y) { x.add(y, APFloat::rmNearestTiesToEven); });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  // x - 0 is x for floats too: -0 - 0 is -0.
  if (isSplat(adaptor.getB(), 0))
    return getA();
  return foldSplats(adaptor.getA(), adaptor.getB(), [](APFloat &x, const APFloat &y) {
    x.subtract(y, APFloat::rmNearestTiesToEven);
  });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getB(), 1))
    return getA();
  // No canonicalizer has run where a single sweep folds, so a constant may still be on the left.
  if (isSplat(adaptor.getA(), 1))
    return getB();
  return foldSplats(adaptor.getA(), adaptor.getB(), [](APFloat &x, const APFloat &y) {
    x.multiply(y, APFloat::rmNearestTiesToEven);
  });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isSplat(adaptor.getB(), 1))
    return getA();
  return foldSplats(adaptor.getA(), adaptor.getB(), [](APFloat &x, const APFloat &y) {
    x.divide(y, APFloat::rmNearestTiesToEven);
  });
}

OpFoldResult PowScalarOp::fold(FoldAdaptor) {
  return getExponent().isExactlyValue(1) ? OpFoldResult(getX()) : OpFoldResult();
}

OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getX().getType() == getType())
    return getX();
  // There and back through a wider float.
  auto inner = getX().getDefiningOp<CastOp>();
  Type element = getElementTypeOrSelf(getType());
  bool isShort = isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32;
  if (isShort && inner && inner.getX().getType() == getType() &&
      getElementTypeOrSelf(inner.getType()).getIntOrFloatBitWidth() >= 32 &&
      isa<FloatType>(getElementTypeOrSelf(inner.getType())))
    return inner.getX();
  return {};
}

OpFoldResult ReduceSumOp::fold(FoldAdaptor) {
  return getDims().empty() ? OpFoldResult(getX()) : OpFoldResult();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto splat = dyn_cast_or_null<SplatElementsAttr>(adaptor.getX()))
    return splat.resizeSplat(cast<ShapedType>(getType()));
  return {};
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    getXMutable().assign(inner.getX());
    return getResult();
  }
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX()))
    return dense.reshape(cast<ShapedType>(getType()));
  return {};
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::is_sorted(getPerm()))
    return getX();
  if (auto splat = dyn_cast_or_null<SplatElementsAttr>(adaptor.getX()))
    return splat.resizeSplat(cast<ShapedType>(getType()));
  return {};
}
