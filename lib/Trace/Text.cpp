// Text.cpp - JSON text of numbers, strings and lists.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Text.h"
#include "Graph.h"
#include <charconv>
#include <cmath>

namespace gradc::detail {

static std::string floatingText(double value) {
  if (std::isnan(value))
    return "\"nan\"";
  if (std::isinf(value))
    return value > 0 ? "\"inf\"" : "\"-inf\"";
  char buffer[32];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  std::string text(buffer, error == std::errc() ? end : buffer);
  // Without a point or an exponent it would be read as a whole number.
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string numberText(const Number &number, Location where) {
  if (number.overflow)
    fail(where, "the number does not fit in i64");
  if (number.kind == Number::Kind::boolean)
    return boolText(number.integer != 0);
  if (number.kind == Number::Kind::integer)
    return std::to_string(number.integer);
  return floatingText(number.floating);
}

std::string operandText(const Number &number, Location where) {
  std::string text = numberText(number, where);
  // As an operand, a string would be a name.
  if (text.front() == '"')
    return "{\"op\": \"full\", \"shape\": [], \"value\": " + text + ", \"dtype\": \"f32\"}";
  return text;
}

std::string quoted(const std::string &text) {
  static const char digits[] = "0123456789abcdef";
  std::string result = "\"";
  for (char c : text) {
    unsigned char code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (code < 0x20)
      result += std::string("\\u00") + digits[code >> 4] + digits[code & 15];
    else
      result += c;
  }
  return result + '"';
}

std::string listText(const Shape &list) {
  std::string result = "[";
  for (size_t i = 0; i < list.size(); ++i)
    result += (i ? ", " : "") + std::to_string(list[i]);
  return result + "]";
}

std::string boolText(bool value) { return value ? "true" : "false"; }

} // namespace gradc::detail
