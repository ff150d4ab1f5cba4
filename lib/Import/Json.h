// Json.h - JSON text as plain structs that know where they stand.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_JSON_H
#define GRADC_LIB_IMPORT_JSON_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gradc::graph {

/// Counted from 1; columns are bytes.
struct Position {
  unsigned line = 1, column = 1;
};

struct Json;
struct Key {
  std::string text;
  Position at;
};

struct Json {
  enum class Kind : uint8_t { null, boolean, integer, number, string, array, object };
  Kind kind = Kind::null;
  Position at;
  union {
    bool boolean;
    int64_t integer = 0;
    double number;
  };
  std::string text;
  /// Of an array its elements, of an object its values, in the order of the text.
  std::vector<Json> items;
  std::vector<Key> keys;

  bool isNumber() const { return kind == Kind::integer || kind == Kind::number; }
  double asDouble() const { return kind == Kind::integer ? double(integer) : number; }
  /// The value of a key; null when the object lacks it.
  const Json *find(std::string_view key) const;
  /// "a string", "the number 3" and so on, for messages.
  std::string describe() const;
};

struct JsonError {
  Position at;
  std::string text;
};

/// Objects and arrays may nest this deep.
constexpr unsigned maxDepth = 200;

/// Reads UTF-8 JSON text of one value. Refuses duplicate keys, integers that do not fit in 64 bits,
/// numbers beyond the range of f64, NUL in strings, and more than `maxDepth` levels.
bool parseJson(std::string_view bytes, Json &result, JsonError &error);

} // namespace gradc::graph

#endif
