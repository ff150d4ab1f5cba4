// Buffers.cpp - addresses of memrefs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Buffers.h"

using namespace mlir;

bool gradc::lanes::isContiguous(MemRefType type) {
  int64_t offset, expected = 1;
  SmallVector<int64_t> strides;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return false;
  for (int64_t d = type.getRank() - 1; d >= 0; --d) {
    if (type.getDimSize(d) > 1 && strides[d] != expected && type.getNumElements() != 0)
      return false;
    expected *= type.getDimSize(d);
  }
  return true;
}

/// What the conversion to LLVM makes of a memref.
static Type descriptorType(MemRefType type) {
  Type pointer = LLVM::LLVMPointerType::get(type.getContext());
  Type i64 = IntegerType::get(type.getContext(), 64);
  SmallVector<Type> fields = {pointer, pointer, i64};
  if (type.getRank())
    fields.append(2, LLVM::LLVMArrayType::get(i64, type.getRank()));
  return LLVM::LLVMStructType::getLiteral(type.getContext(), fields);
}

Value gradc::lanes::pointerOf(OpBuilder &b, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  int64_t offset;
  SmallVector<int64_t> strides;
  (void)type.getStridesAndOffset(strides, offset);
  Value d = UnrealizedConversionCastOp::create(b, loc, descriptorType(type), buffer).getResult(0);
  Value base = LLVM::ExtractValueOp::create(b, loc, d, ArrayRef<int64_t>{1});
  if (offset == 0)
    return base;
  Type element = type.getElementType(), i64 = b.getI64Type();
  if (element.isInteger(1))
    element = b.getI8Type();
  LLVM::GEPArg first = int32_t(0);
  if (ShapedType::isDynamic(offset))
    first = Value(LLVM::ExtractValueOp::create(b, loc, d, ArrayRef<int64_t>{2}));
  else
    first = Value(LLVM::ConstantOp::create(b, loc, i64, b.getI64IntegerAttr(offset)));
  return LLVM::GEPOp::create(b, loc, base.getType(), element, base, ArrayRef<LLVM::GEPArg>{first});
}

Value gradc::lanes::bufferAt(OpBuilder &b, Location loc, Value pointer, MemRefType type) {
  auto plain = MemRefType::get(type.getShape(), type.getElementType());
  Value d = LLVM::UndefOp::create(b, loc, descriptorType(plain));
  auto set = [&](Value v, ArrayRef<int64_t> at) {
    d = LLVM::InsertValueOp::create(b, loc, d, v, at);
  };
  auto number = [&](int64_t n) {
    return LLVM::ConstantOp::create(b, loc, b.getI64Type(), b.getI64IntegerAttr(n));
  };
  set(pointer, {0});
  set(pointer, {1});
  set(number(0), {2});
  int64_t stride = 1;
  for (int64_t i = plain.getRank(); i-- > 0; stride *= plain.getDimSize(i)) {
    set(number(plain.getDimSize(i)), {3, i});
    set(number(stride), {4, i});
  }
  return UnrealizedConversionCastOp::create(b, loc, plain, d).getResult(0);
}
