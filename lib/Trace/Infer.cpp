// Infer.cpp - PyTorch's rules of dtypes, broadcasting and reductions, with its error texts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Infer.h"
#include <algorithm>

namespace gradc::detail {

namespace {
/// Categories are 0 bool, 1 integers, 2 floats.
struct DtypeWords {
  const char *name, *torch, *cpp;
  int category, bits;
};
} // namespace

// In the order of the enumeration.
static constexpr DtypeWords dtypes[] = {
    {"f32", "Float", "float", 2, 32},
    {"f64", "Double", "double", 2, 64},
    {"i64", "Long", "long", 1, 64},
    {"i32", "Int", "int", 1, 32},
    {"bool", "Bool", "bool", 0, 1},
    {"f16", "Half", "c10::Half", 2, 16},
    {"bf16", "BFloat16", "c10::BFloat16", 2, 16},
    {"i16", "Short", "short", 1, 16},
    {"i8", "Char", "signed char", 1, 8},
    {"u8", "Byte", "unsigned char", 1, 8},
};

static const DtypeWords &wordsOf(Dtype dtype) { return dtypes[static_cast<int>(dtype)]; }

bool isFloat(Dtype dtype) { return wordsOf(dtype).category == 2; }
bool isInteger(Dtype dtype) { return wordsOf(dtype).category == 1; }
const char *dtypeName(Dtype dtype) { return wordsOf(dtype).name; }
const char *torchName(Dtype dtype) { return wordsOf(dtype).torch; }
const char *cppName(Dtype dtype) { return wordsOf(dtype).cpp; }

bool holds(Dtype dtype, int64_t value) {
  if (!isInteger(dtype) || dtype == Dtype::i64)
    return true;
  // A negative number stands for what it is modulo 2^8.
  if (dtype == Dtype::u8)
    return value > -256 && value < 256;
  int64_t limit = int64_t(1) << (wordsOf(dtype).bits - 1);
  return value >= -limit && value < limit;
}

static std::string join(const Shape &shape, const char *separator) {
  std::string text;
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? separator : "") + std::to_string(shape[i]);
  return text;
}

std::string shapeText(const Shape &shape) { return "[" + join(shape, ", ") + "]"; }
std::string productText(const Shape &shape) { return join(shape, "x"); }
std::string typeText(const Type &type) {
  return std::string(dtypeName(type.dtype)) + "[" + join(type.shape, ",") + "]";
}

int64_t numelOf(const Shape &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

Dtype dtypeOf(const Number &number) {
  switch (number.kind) {
  case Number::Kind::boolean:
    return Dtype::boolean;
  case Number::Kind::integer:
    return Dtype::i64;
  case Number::Kind::floating:
    return Dtype::f32;
  }
  return Dtype::f32;
}

Dtype promote(Dtype a, Dtype b) {
  const DtypeWords &x = wordsOf(a), &y = wordsOf(b);
  if (a == b || x.category != y.category)
    return x.category >= y.category ? a : b;
  if (x.bits != y.bits)
    return x.bits > y.bits ? a : b;
  return x.category == 2 ? Dtype::f32 : Dtype::i16; // of f16 and bf16, of i8 and u8
}

using MaybeDtype = std::optional<Dtype>;

// A lower priority counts only if its category is higher.
static MaybeDtype combineCategories(MaybeDtype higher, MaybeDtype lower) {
  if (!higher || !lower)
    return higher ? higher : lower;
  if (isFloat(*higher))
    return higher;
  if (*higher == Dtype::boolean || isFloat(*lower))
    return promote(*higher, *lower);
  return higher;
}

Dtype resultType(const std::vector<Resolved> &operands) {
  MaybeDtype ofTensors, ofScalars, ofNumbers;
  for (const Resolved &operand : operands) {
    Dtype dtype = operand.type.dtype;
    if (operand.isNumber && isFloat(dtype))
      dtype = Dtype::f32;
    MaybeDtype &slot = operand.isNumber             ? ofNumbers
                       : operand.type.shape.empty() ? ofScalars
                                                    : ofTensors;
    slot = slot ? promote(*slot, dtype) : dtype;
  }
  return *combineCategories(ofTensors, combineCategories(ofScalars, ofNumbers));
}

Shape broadcast(const Shape &a, const Shape &b, Location where) {
  size_t rank = std::max(a.size(), b.size());
  Shape result(rank);
  for (size_t i = 0; i < rank; ++i) {
    // Position i from the last dim.
    int64_t sizeA = i < a.size() ? a[a.size() - 1 - i] : 1;
    int64_t sizeB = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (sizeA != sizeB && sizeA != 1 && sizeB != 1)
      fail(where, "The size of tensor a (" + std::to_string(sizeA) +
                      ") must match the size of tensor b (" + std::to_string(sizeB) +
                      ") at non-singleton dimension " + std::to_string(rank - 1 - i));
    result[rank - 1 - i] = sizeA == 1 ? sizeB : sizeA;
  }
  return result;
}

void checkCanCast(Dtype from, Dtype to, Location where) {
  bool ok = isFloat(to) || (isInteger(to) && !isFloat(from)) || from == to;
  if (!ok)
    fail(where, std::string("result type ") + torchName(from) +
                    " can't be cast to the desired output type " + torchName(to));
}

Device commonDevice(const std::vector<Resolved> &operands, Location where) {
  std::optional<Device> found;
  bool isFree = true;
  for (const Resolved &operand : operands) {
    if (operand.isNumber)
      continue;
    bool scalarOfHost = operand.type.shape.empty() && !operand.device.is_cuda();
    if (!found || (isFree && !scalarOfHost)) {
      found = operand.device;
      isFree = isFree && scalarOfHost;
      continue;
    }
    if (!scalarOfHost && found->is_cuda() != operand.device.is_cuda())
      fail(where, "Expected all tensors to be on the same device, but found at least two devices, "
                  "cuda:0 and cpu!");
  }
  return found.value_or(Device());
}

int64_t wrapDim(int64_t dim, int64_t rank, Location where) {
  int64_t range = std::max<int64_t>(rank, 1);
  if (dim < -range || dim >= range)
    fail(where, "Dimension out of range (expected to be in range of [" + std::to_string(-range) +
                    ", " + std::to_string(range - 1) + "], but got " + std::to_string(dim) + ")");
  return dim < 0 ? dim + range : dim;
}

Shape wrapDims(const Shape &dims, int64_t rank, Location where) {
  Shape result;
  for (int64_t dim : dims) {
    int64_t wrapped = wrapDim(dim, rank, where);
    if (std::find(result.begin(), result.end(), wrapped) != result.end())
      fail(where, "dim " + std::to_string(wrapped) + " appears multiple times in the list of dims");
    result.push_back(wrapped);
  }
  for (int64_t dim = 0; dims.empty() && dim < rank; ++dim)
    result.push_back(dim);
  // A scalar has no dim, yet PyTorch lets 0 and -1 name one.
  if (rank == 0)
    result.clear();
  std::sort(result.begin(), result.end());
  return result;
}

Shape reducedShape(const Shape &shape, const Shape &dims, bool keepdim) {
  Shape result;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (std::find(dims.begin(), dims.end(), static_cast<int64_t>(i)) == dims.end())
      result.push_back(shape[i]);
    else if (keepdim)
      result.push_back(1);
  }
  return result;
}

void checkSizes(const Shape &shape, Location where) {
  int64_t count = 1;
  for (int64_t size : shape) {
    if (size < 0)
      fail(where, "Trying to create tensor with negative dimension " + std::to_string(size) + ": " +
                      shapeText(shape));
    if (__builtin_mul_overflow(count, size, &count))
      fail(where, "the size of a tensor of shape " + shapeText(shape) + " is out of range");
  }
}

Shape reshapedShape(const Shape &from, const Shape &to, Location where) {
  int64_t count = numelOf(from), known = 1;
  std::optional<size_t> inferred;
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] == -1 && inferred)
      fail(where, "only one dimension can be inferred");
    if (to[i] < -1)
      fail(where, "invalid shape dimension " + std::to_string(to[i]) + " at index " +
                      std::to_string(i) + " of shape " + shapeText(to));
    if (to[i] == -1)
      inferred = i;
    else if (__builtin_mul_overflow(known, to[i], &known))
      known = -1;
  }
  if (inferred && known == 0 && count == 0)
    fail(where, "cannot reshape tensor of 0 elements into shape " + shapeText(to) +
                    " because the unspecified dimension size -1 can be any value and is ambiguous");
  bool fits = inferred ? known > 0 && count % known == 0 : known == count;
  if (!fits)
    fail(where,
         "shape '" + shapeText(to) + "' is invalid for input of size " + std::to_string(count));
  Shape result = to;
  if (inferred)
    result[*inferred] = count / known;
  return result;
}

Shape expandedShape(const Shape &from, const Shape &to, Location where) {
  if (to.size() < from.size())
    fail(where, "expand: the number of sizes provided (" + std::to_string(to.size()) +
                    ") must be greater or equal to the number of dimensions in the tensor (" +
                    std::to_string(from.size()) + ")");
  Shape result = to;
  size_t leading = to.size() - from.size();
  for (size_t i = 0; i < to.size(); ++i) {
    if (i < leading) {
      if (to[i] < 0)
        fail(where, "The expanded size of the tensor (" + std::to_string(to[i]) +
                        ") isn't allowed in a leading, non-existing dimension " +
                        std::to_string(i));
      continue;
    }
    int64_t size = from[i - leading];
    if (to[i] == -1)
      result[i] = size;
    else if (to[i] != size && (size != 1 || to[i] < 0))
      fail(where, "The expanded size of the tensor (" + std::to_string(to[i]) +
                      ") must match the existing size (" + std::to_string(size) +
                      ") at non-singleton dimension " + std::to_string(i) +
                      ".  Target sizes: " + shapeText(to) + ".  Tensor sizes: " + shapeText(from));
  }
  return result;
}

Shape catShape(const std::vector<Shape> &shapes, int64_t &dim, Location where) {
  if (shapes.empty())
    fail(where, "torch.cat(): expected a non-empty list of Tensors");
  for (size_t i = 0; i < shapes.size(); ++i)
    if (shapes[i].empty())
      fail(where, "zero-dimensional tensor (at position " + std::to_string(i) +
                      ") cannot be concatenated");
  Shape result = shapes.front();
  dim = wrapDim(dim, static_cast<int64_t>(result.size()), where);
  for (size_t i = 1; i < shapes.size(); ++i) {
    const Shape &shape = shapes[i];
    if (shape.size() != result.size())
      fail(where, "Tensors must have same number of dimensions: got " +
                      std::to_string(result.size()) + " and " + std::to_string(shape.size()));
    for (size_t j = 0; j < shape.size(); ++j)
      if (static_cast<int64_t>(j) != dim && shape[j] != result[j])
        fail(where, "Sizes of tensors must match except in dimension " + std::to_string(dim) +
                        ". Expected size " + std::to_string(result[j]) + " but got size " +
                        std::to_string(shape[j]) + " for tensor number " + std::to_string(i) +
                        " in the list.");
    result[dim] += shape[dim];
  }
  return result;
}

} // namespace gradc::detail
