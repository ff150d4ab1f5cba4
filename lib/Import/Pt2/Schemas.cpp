// Schemas.cpp - parses signatures when they are first asked for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Schemas.h"
#include "llvm/ADT/STLExtras.h"
#include <mutex>

using namespace mlir;
namespace gradc::pt2 {

static constexpr StringLiteral texts[] = {
#include "AtenSchemas.inc"
};

static StringRef nameOf(StringRef text) {
  return text.take_until([](char c) { return c == '('; });
}

ArrayRef<StringRef> schemaNames() {
  static const std::vector<StringRef> names = [] {
    std::vector<StringRef> result;
    for (StringRef text : texts)
      result.push_back(nameOf(text));
    llvm::sort(result);
    return result;
  }();
  return names;
}

/// The text up to the next comma outside of brackets and quotes, or up to the end of the list.
static StringRef takeItem(StringRef &text) {
  int depth = 0;
  bool quoted = false;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"')
      quoted = !quoted;
    if (quoted)
      continue;
    if (c == '(' || c == '[')
      ++depth;
    if ((c == ')' || c == ']') && depth-- == 0)
      break;
    if (c == ',' && depth == 0)
      break;
  }
  StringRef item = text.take_front(i).trim();
  text = text.drop_front(std::min(i + 1, text.size()));
  return item;
}

/// "Tensor(a!) self", "int[2] stride=[1, 1]".
static Parameter parseParameter(StringRef item) {
  Parameter result;
  auto [declared, absent] = item.split('=');
  result.absent = absent;
  auto [type, name] = declared.rsplit(' ');
  result.name = name;
  result.type = type;
  if (size_t open = type.find('('); open != StringRef::npos) {
    StringRef alias = type.drop_front(open).take_until([](char c) { return c == ')'; });
    result.isWritten = alias.contains('!');
    result.isAliased = true;
    // Only lists of tensors have something behind the alias that matters.
    result.type = type.ends_with("[]") ? "Tensor[]" : type.ends_with("?") ? "Tensor?" : "Tensor";
  }
  return result;
}

static Schema parseSchema(StringRef text) {
  Schema schema;
  schema.name = nameOf(text);
  StringRef rest = text.drop_front(schema.name.size() + 1);
  while (!rest.starts_with(" ->") && !rest.empty()) {
    size_t before = rest.size();
    StringRef item = takeItem(rest);
    if (!item.empty() && item != "*")
      schema.parameters.push_back(parseParameter(item));
    if (rest.size() == before)
      break;
    rest = rest.starts_with(" ->") ? rest : rest.ltrim();
    if (rest.starts_with("->"))
      break;
  }
  schema.returns = text.rsplit(" -> ").second;
  return schema;
}

StringRef atenName(StringRef target) {
  if (!target.consume_front("torch.ops.aten."))
    return "";
  target.consume_back(".default");
  return target;
}

const Schema *findSchema(StringRef name) {
  // Compilers of several threads share the table.
  static std::mutex mutex;
  static llvm::StringMap<std::unique_ptr<Schema>> parsed;
  std::lock_guard<std::mutex> guard(mutex);
  if (auto known = parsed.find(name); known != parsed.end())
    return known->second.get();
  for (StringRef text : texts)
    if (nameOf(text) == name)
      return (parsed[name] = std::make_unique<Schema>(parseSchema(text))).get();
  return nullptr;
}

Argument defaultOf(const Parameter &parameter) {
  using Kind = Argument::Kind;
  Argument result;
  StringRef text = parameter.absent;
  bool isList = text.consume_front("[") && text.consume_back("]");
  if (isList) {
    result.kind = parameter.type.starts_with("float") ? Kind::numbers : Kind::integers;
    while (!text.empty()) {
      auto [item, rest] = text.split(',');
      int64_t integer = 0;
      double number = 0;
      if (!item.trim().getAsInteger(10, integer))
        result.integers.push_back(integer);
      if (!item.trim().getAsDouble(number))
        result.numbers.push_back(number);
      text = rest;
    }
  } else if (text == "True" || text == "False") {
    result.kind = Kind::boolean;
    result.integer = text == "True";
  } else if (text.consume_front("\"")) {
    result.kind = Kind::text;
    result.text = text.drop_back().str();
  } else if (!text.empty() && text != "None") {
    int64_t integer = 0;
    double number = 0;
    if (!text.getAsInteger(10, integer)) {
      // One number stands for a list of any length.
      result.kind = parameter.type.contains('[') ? Kind::integers : Kind::integer;
      result.integer = integer;
      result.integers = {integer};
    } else if (!text.getAsDouble(number)) {
      result.kind = Kind::number;
      result.number = number;
    }
  }
  return result;
}

} // namespace gradc::pt2
