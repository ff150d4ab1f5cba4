// Values.cpp - types, sizes, constants, conversion and broadcasting.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>
#include <limits>

using namespace mlir;
namespace gradc::graph {

/// No tensor may be larger: 1 TiB.
static constexpr int64_t maxBytes = int64_t(1) << 40;

//===-- Text ----------------------------------------------------------------------------------===//

std::string listText(ArrayRef<int64_t> list) {
  return "[" +
         llvm::join(llvm::map_range(list, [](int64_t i) { return std::to_string(i); }), ", ") + "]";
}

StringRef dtypeName(Type element) {
  if (isa<FloatType>(element))
    return element.isF64() ? "f64" : "f32";
  return element.isInteger(1) ? "bool" : element.isInteger(32) ? "i32" : "i64";
}

StringRef dtypeWord(Type element) {
  return llvm::StringSwitch<StringRef>(dtypeName(element))
      .Case("f32", "Float")
      .Case("f64", "Double")
      .Case("i64", "Long")
      .Case("i32", "Int")
      .Default("Bool");
}

std::string typeText(RankedTensorType type) {
  return dtypeName(type.getElementType()).str() + "[" +
         llvm::join(llvm::map_range(type.getShape(), [](int64_t i) { return std::to_string(i); }),
                    ",") +
         "]";
}

bool isSpecialNumber(const Json &json) {
  return json.kind == Json::Kind::string &&
         (json.text == "inf" || json.text == "-inf" || json.text == "nan");
}

double numberOf(const Json &json) {
  if (json.kind == Json::Kind::boolean)
    return json.boolean;
  if (json.kind == Json::Kind::string) {
    double inf = std::numeric_limits<double>::infinity();
    return json.text == "nan"   ? std::numeric_limits<double>::quiet_NaN()
           : json.text == "inf" ? inf
                                : -inf;
  }
  return json.asDouble();
}

//===-- Types ---------------------------------------------------------------------------------===//

Type Importer::dtype(StringRef name) {
  return llvm::StringSwitch<Type>(name)
      .Case("f32", b.getF32Type())
      .Case("f64", b.getF64Type())
      .Case("i64", b.getI64Type())
      .Case("i32", b.getI32Type())
      .Case("bool", b.getI1Type())
      .Default(Type());
}

RankedTensorType Importer::makeType(ArrayRef<int64_t> shape, Type element) {
  return RankedTensorType::get(shape, element);
}

LogicalResult Importer::checkSize(Location at, ArrayRef<int64_t> shape, Type element) {
  for (int64_t size : shape)
    if (size < 0)
      return fail(at, "expected sizes not below 0, found " + listText(shape));
  if (llvm::is_contained(shape, 0))
    return success();
  int64_t left = maxBytes / std::max(1u, element.getIntOrFloatBitWidth() / 8);
  for (int64_t size : shape) {
    left /= size;
    if (left == 0)
      return fail(at, "expected a tensor of at most 2^40 bytes, found " + dtypeName(element) +
                          listText(shape));
  }
  return success();
}

RankedTensorType Importer::parseType(const Json &json) {
  if (json.kind != Json::Kind::string) {
    (void)expected(json, "a type like \"f32[10,3]\"");
    return {};
  }
  auto [name, dims] = StringRef(json.text).split('[');
  Type element = dtype(name);
  Shape shape;
  bool good = element && dims.consume_back("]");
  SmallVector<StringRef> sizes;
  if (!dims.empty())
    dims.split(sizes, ',');
  for (StringRef text : sizes) {
    text = text.trim(' ');
    int64_t size = 0;
    if (isName(text)) {
      (void)fail(json, "expected sizes that are numbers, found '" + text + "' in '" + json.text +
                           "': this build compiles for fixed sizes, named dims are not supported");
      return {};
    }
    good &= !text.getAsInteger(10, size);
    shape.push_back(size);
  }
  if (!good) {
    (void)fail(json, "expected a type like \"f32[10,3]\" of f32, f64, i64, i32 or bool, found '" +
                         json.text + "'");
    return {};
  }
  if (failed(checkSize(userLocation ? *userLocation : locate(json), shape, element)))
    return {};
  return makeType(shape, element);
}

//===-- Constants -----------------------------------------------------------------------------===//

Value Importer::splat(RankedTensorType type, double value, Location loc) {
  Type element = type.getElementType();
  Attribute attr = isa<FloatType>(element)
                       ? Attribute(b.getFloatAttr(element, value))
                       : Attribute(b.getIntegerAttr(
                             element, element.isInteger(1) ? int64_t(value != 0) : int64_t(value)));
  return ag::ConstantOp::create(b, loc, DenseElementsAttr::get(type, attr));
}

Value Importer::constant(RankedTensorType type, const Json &literal, Location loc) {
  Type element = type.getElementType();
  bool isInteger = literal.kind == Json::Kind::integer;
  if (isa<FloatType>(element) || element.isInteger(1))
    return splat(type, numberOf(literal), loc);
  double value = numberOf(literal);
  // PyTorch truncates a float toward zero here, but refuses what does not fit.
  double limit = element.isInteger(32) ? 0x1p31 : 0x1p63;
  bool fits = isInteger ? element.isInteger(64) || llvm::isInt<32>(literal.integer)
                        : value >= -limit && value < limit;
  if (!fits) {
    (void)fail(literal, "value cannot be converted to type " +
                            StringRef(element.isInteger(32) ? "int" : "int64_t") +
                            " without overflow");
    return {};
  }
  int64_t integer = isInteger ? literal.integer : int64_t(value);
  return ag::ConstantOp::create(
      b, loc, DenseElementsAttr::get(type, Attribute(b.getIntegerAttr(element, integer))));
}

//===-- Conversion ----------------------------------------------------------------------------===//

Value Importer::cast(Value value, Type element, Location loc) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getElementType() == element)
    return value;
  return ag::CastOp::create(b, loc, makeType(type.getShape(), element), value);
}

Value Importer::reshape(Value value, ArrayRef<int64_t> shape, Location loc) {
  auto type = mlir::cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  return ag::ReshapeOp::create(b, loc, makeType(shape, type.getElementType()), value);
}

Value Importer::broadcast(Value value, ArrayRef<int64_t> shape, Location loc) {
  auto type = mlir::cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  // Dimensions of size 1 that grow are dropped first: ag.broadcast repeats along new ones.
  size_t lead = shape.size() - type.getRank();
  SmallVector<int64_t> kept, dims;
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    if (size == shape[lead + i]) {
      kept.push_back(size);
      dims.push_back(lead + i);
    }
  value = reshape(value, kept, loc);
  return ag::BroadcastOp::create(b, loc, makeType(shape, type.getElementType()), value, dims);
}

Shape contiguousStrides(ArrayRef<int64_t> shape) {
  Shape strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(shape[i], 1);
  }
  return strides;
}

} // namespace gradc::graph
