// Npy.cpp - reads arrays of files: .npy itself, and by their own readers .npz and .safetensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include "Npy.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
namespace gradc::graph {

void appendPath(SmallVectorImpl<char> &folder, StringRef file) {
  if (llvm::sys::path::is_absolute(file))
    folder.clear();
  llvm::sys::path::append(folder, file);
}

/// The text after `'key':` in the header's dictionary.
static StringRef field(StringRef header, StringRef key) {
  size_t at = header.find(("'" + key + "'").str());
  if (at == StringRef::npos)
    return {};
  StringRef rest = header.drop_front(at + key.size() + 2).ltrim();
  return rest.consume_front(":") ? rest.ltrim() : StringRef();
}

static bool parseShape(StringRef text, SmallVectorImpl<int64_t> &shape) {
  if (!text.consume_front("("))
    return false;
  SmallVector<StringRef> parts;
  text.substr(0, text.find(')')).split(parts, ',');
  for (StringRef part : parts) {
    int64_t size = 0;
    if (part = part.trim(); part.empty())
      continue;
    if (part.getAsInteger(10, size) || size < 0)
      return false;
    shape.push_back(size);
  }
  return text.contains(')');
}

static ElementsAttr parseArray(MLIRContext *context, const Owned &file, std::string &problem) {
  StringRef bytes = file.bytes;
  auto fail = [&](const Twine &text) {
    problem = text.str();
    return ElementsAttr();
  };
  if (!bytes.starts_with("\x93NUMPY") || bytes.size() < 12)
    return fail("expected a .npy file, found other contents");
  bool isLong = bytes[6] >= 2;
  size_t start = isLong ? 12 : 10;
  size_t length = isLong ? llvm::support::endian::read32le(bytes.data() + 8)
                         : llvm::support::endian::read16le(bytes.data() + 8);
  if (length > bytes.size() - start)
    return fail("the header is cut off");
  StringRef header = bytes.substr(start, length), data = bytes.drop_front(start + length);
  StringRef descr = field(header, "descr");
  descr =
      descr.empty() ? descr : descr.drop_front().take_until([&](char c) { return c == descr[0]; });
  Type element = llvm::StringSwitch<Type>(descr)
                     .Case("<f4", Float32Type::get(context))
                     .Case("<f8", Float64Type::get(context))
                     .Case("<i8", IntegerType::get(context, 64))
                     .Case("<i4", IntegerType::get(context, 32))
                     .Case("<f2", Float16Type::get(context))
                     .Case("<V2", BFloat16Type::get(context)) // what ml_dtypes writes
                     .Case("|V2", BFloat16Type::get(context))
                     .Case("<i2", IntegerType::get(context, 16))
                     .Case("|i1", IntegerType::get(context, 8))
                     .Case("|u1", IntegerType::get(context, 8, IntegerType::Unsigned))
                     .Case("|b1", IntegerType::get(context, 1))
                     .Default(Type());
  if (!element)
    return fail(
        "field 'descr': expected <f4, <f8, <f2, <V2 (bfloat16), <i8, <i4, <i2, |i1, |u1 or |b1, "
        "found " +
        descr);
  if (!field(header, "fortran_order").starts_with("False"))
    return fail("field 'fortran_order': expected False (C order)");
  SmallVector<int64_t> shape;
  if (!parseShape(field(header, "shape"), shape))
    return fail("field 'shape': expected a tuple of sizes");
  return makeArray({data, file.owner}, element, shape, problem);
}

ElementsAttr makeArray(const Owned &array, Type element, ArrayRef<int64_t> shape,
                       std::string &problem) {
  StringRef data = array.bytes;
  unsigned width = std::max(1u, element.getIntOrFloatBitWidth() / 8);
  uint64_t elements = 1;
  for (int64_t size : shape)
    if (__builtin_mul_overflow(elements, uint64_t(size), &elements)) {
      problem = "field 'shape': the sizes are too large";
      return {};
    }
  if (elements > data.size() / width || elements * width != data.size()) {
    problem = ("expected " + Twine(elements) + " elements of " + Twine(width) + " bytes, found " +
               Twine(data.size()) + " bytes")
                  .str();
    return {};
  }
  return makeElements(RankedTensorType::get(shape, element), {data.data(), data.size()},
                      array.owner);
}

ElementsAttr readArray(MLIRContext *context, StringRef path, StringRef key, std::string &problem) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer) {
    problem = buffer.getError().message();
    return {};
  }
  Owned file{(*buffer)->getBuffer(), std::move(*buffer)}, entry;
  StringRef bytes = file.bytes;
  if (bytes.starts_with("PK"))
    return readNpzEntry(file, key, entry, problem) ? parseArray(context, entry, problem)
                                                   : ElementsAttr();
  if (isSafetensors(bytes))
    return readSafetensors(context, file, key, problem);
  if (!key.empty()) {
    problem = "expected no 'key' for a .npy file";
    return {};
  }
  return parseArray(context, file, problem);
}

} // namespace gradc::graph
