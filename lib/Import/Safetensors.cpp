// Safetensors.cpp - reads a tensor of a .safetensors file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The format: https://github.com/huggingface/safetensors#format
#include "Json.h"
#include "Npy.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"

using namespace mlir;
namespace gradc::graph {

bool isSafetensors(StringRef bytes) {
  return bytes.size() > 8 && bytes[8] == '{' &&
         llvm::support::endian::read64le(bytes.data()) <= bytes.size() - 8;
}

static const Json *findTensor(const Json &header, StringRef key, std::string &problem) {
  std::string known;
  for (auto [name, entry] : llvm::zip(header.keys, header.items)) {
    if (name.text == "__metadata__")
      continue;
    if (name.text == key)
      return &entry;
    known += (known.empty() ? "" : ", ") + name.text;
  }
  problem = "expected one of the tensors " + known + " for 'key', found '" + key.str() + "'";
  return nullptr;
}

static bool isSizes(const Json *list) {
  return list && list->kind == Json::Kind::array && llvm::all_of(list->items, [](const Json &item) {
           return item.kind == Json::Kind::integer && item.integer >= 0;
         });
}

ElementsAttr readSafetensors(MLIRContext *context, const Owned &file, StringRef key,
                             std::string &problem) {
  auto fail = [&](const Twine &text) {
    problem = text.str();
    return ElementsAttr();
  };
  uint64_t length = llvm::support::endian::read64le(file.bytes.data());
  StringRef text = file.bytes.substr(8, length), data = file.bytes.drop_front(8 + length);
  Json header;
  JsonError error;
  if (!parseJson({text.data(), text.size()}, header, error))
    return fail("the header is damaged: " + error.text);
  const Json *entry = findTensor(header, key, problem);
  if (!entry)
    return {};
  const Json *dtype = entry->find("dtype"), *shape = entry->find("shape"),
             *offsets = entry->find("data_offsets");
  if (!dtype || !isSizes(shape) || !isSizes(offsets) || offsets->items.size() != 2)
    return fail("expected 'dtype', 'shape' and two 'data_offsets' of tensor '" + key + "'");
  Type element = llvm::StringSwitch<Type>(dtype->text)
                     .Case("F32", Float32Type::get(context))
                     .Case("F64", Float64Type::get(context))
                     .Case("I64", IntegerType::get(context, 64))
                     .Case("I32", IntegerType::get(context, 32))
                     .Case("F16", Float16Type::get(context))
                     .Case("BF16", BFloat16Type::get(context))
                     .Case("I16", IntegerType::get(context, 16))
                     .Case("I8", IntegerType::get(context, 8))
                     .Case("U8", IntegerType::get(context, 8, IntegerType::Unsigned))
                     .Case("BOOL", IntegerType::get(context, 1))
                     .Default(Type());
  if (!element)
    return fail(
        "field 'dtype': expected F32, F64, F16, BF16, I64, I32, I16, I8, U8 or BOOL, found " +
        dtype->text);
  uint64_t first = offsets->items[0].integer, last = offsets->items[1].integer;
  if (first > last || last > data.size())
    return fail("field 'data_offsets': expected offsets within the " + Twine(data.size()) +
                " bytes of data");
  SmallVector<int64_t> sizes;
  for (const Json &size : shape->items)
    sizes.push_back(size.integer);
  return makeArray({data.slice(first, last), file.owner}, element, sizes, problem);
}

} // namespace gradc::graph
