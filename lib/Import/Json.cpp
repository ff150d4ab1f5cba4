// Json.cpp - reads JSON by nlohmann's SAX parser and notes the position of every value.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one unit of this stage that is compiled with exceptions: nlohmann/json needs them.
#include "Json.h"
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace gradc::graph {

const Json *Json::find(std::string_view key) const {
  for (size_t i = 0; i < keys.size(); ++i)
    if (keys[i].text == key)
      return &items[i];
  return nullptr;
}

std::string Json::describe() const {
  switch (kind) {
  case Kind::null:
    return "null";
  case Kind::boolean:
    return boolean ? "true" : "false";
  case Kind::integer:
    return "the number " + std::to_string(integer);
  case Kind::number:
    return "a number with a fraction or an exponent";
  case Kind::string:
    return "the string '" + text + "'";
  case Kind::array:
    return "a list of " + std::to_string(items.size());
  case Kind::object:
    return "an object";
  }
  return "";
}

namespace {

/// Walks the bytes and tells how far the parser has read.
struct CountingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char *;
  using reference = const char &;

  const char *at;
  const char **furthest;

  reference operator*() const { return *at; }
  CountingIterator &operator++() {
    ++at;
    *furthest = std::max(*furthest, at);
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator &other) const { return at == other.at; }
  bool operator!=(const CountingIterator &other) const { return at != other.at; }
};

class Builder {
public:
  Builder(std::string_view bytes, Json &result, JsonError &error)
      : first(bytes.data()), furthest(bytes.data()), last(bytes.data()),
        end(bytes.data() + bytes.size()), lineStart(bytes.data()), scanned(bytes.data()),
        result(result), problem(error) {}

  bool null() { return add(Json::Kind::null) != nullptr; }
  bool boolean(bool value) {
    if (Json *json = add(Json::Kind::boolean))
      json->boolean = value;
    return !failed;
  }
  bool number_integer(int64_t value) {
    if (Json *json = add(Json::Kind::integer))
      json->integer = value;
    return !failed;
  }
  bool number_unsigned(uint64_t value) {
    Json *json = add(Json::Kind::integer);
    if (json && value > uint64_t(INT64_MAX))
      return fail(json->at, "expected an integer of 64 bits, found " + std::to_string(value));
    if (json)
      json->integer = int64_t(value);
    return !failed;
  }
  bool number_float(double value, const std::string &spelling) {
    Json *json = add(Json::Kind::number);
    // nlohmann turns an integer that overflows into a double: it would lose digits silently.
    if (json && spelling.find_first_of(".eE") == std::string::npos)
      return fail(json->at, "expected an integer of 64 bits, found " + spelling);
    if (json)
      json->number = value;
    return !failed;
  }
  bool string(std::string &value) {
    Json *json = add(Json::Kind::string);
    if (!json)
      return false;
    if (value.find('\0') != std::string::npos)
      return fail(json->at, "expected a string without the character NUL");
    json->text = std::move(value);
    return true;
  }
  bool binary(std::vector<uint8_t> &) { return false; }
  bool start_object(size_t) { return open(Json::Kind::object); }
  bool start_array(size_t) { return open(Json::Kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string &text) {
    Position at = tokenStart();
    if (!seen.back().insert(text).second)
      return fail(at, "expected every key once, found '" + text + "' again");
    stack.back()->keys.push_back({std::move(text), at});
    return true;
  }

  /// `position` counts the bytes up to the end of `token`.
  bool parse_error(size_t position, const std::string &token,
                   const nlohmann::json::exception &error) {
    std::string what = error.what();
    auto after = [&](const char *mark) {
      size_t at = what.find(mark);
      return at == std::string::npos ? std::string() : what.substr(at + std::strlen(mark));
    };
    if (error.id == 406)
      return fail(tokenStart(), "expected a number in the range of f64");
    if (std::string unexpected = after(" - unexpected "); !unexpected.empty()) {
      size_t split = unexpected.find("; expected ");
      std::string found = unexpected.substr(0, split);
      std::string wanted =
          split == std::string::npos ? "a JSON value" : unexpected.substr(split + 11);
      // `token` is exact for strings and numbers only.
      size_t back = found == "end of input"    ? 0
                    : found[0] == '\''         ? 1
                    : found == "false literal" ? 5
                    : found == "true literal" || found == "null literal"
                        ? 4
                        : std::min(position, token.size());
      return fail(positionOf(first + position - back), "expected " + wanted + ", found " + found);
    }
    std::string reason = after(" - ");
    // What follows quotes the input, which need not be UTF-8.
    return fail(positionOf(first + position - std::min<size_t>(position, 1)),
                "expected JSON, found " + reason.substr(0, reason.find("; last read")));
  }

  CountingIterator begin() { return {furthest, &furthest}; }
  CountingIterator finish() { return {end, &furthest}; }

private:
  bool fail(Position at, std::string text) {
    if (!failed)
      problem = {at, std::move(text)};
    failed = true;
    return false;
  }

  /// Positions are asked for in ascending order, but for errors.
  Position positionOf(const char *at) {
    // nlohmann counts the end of the input as a character.
    at = std::clamp(at, lineStart, end);
    for (; scanned < at; ++scanned)
      if (*scanned == '\n') {
        ++line;
        lineStart = scanned + 1;
      }
    return {line, unsigned(at - lineStart) + 1};
  }

  /// Where the token begins that the parser has just read: after what separates it from the last.
  Position tokenStart() {
    const char *at = last;
    while (at < furthest && std::string_view(" \t\r\n,:]}").find(*at) != std::string_view::npos)
      ++at;
    // A number is known to end only when the character after it was read; it separates.
    last = furthest;
    return positionOf(at);
  }

  Json *add(Json::Kind kind) {
    Json *json = &result;
    if (!stack.empty())
      json = &stack.back()->items.emplace_back();
    json->kind = kind;
    json->at = tokenStart();
    return failed ? nullptr : json;
  }

  bool open(Json::Kind kind) {
    Json *json = add(kind);
    if (!json)
      return false;
    if (stack.size() >= maxDepth)
      return fail(json->at, "expected at most " + std::to_string(maxDepth) +
                                " levels of nesting, found more");
    stack.push_back(json);
    seen.emplace_back();
    return true;
  }

  bool close() {
    stack.pop_back();
    seen.pop_back();
    last = furthest;
    return true;
  }

  const char *first, *furthest, *last, *end, *lineStart;
  const char *scanned; // lines up to here are counted
  unsigned line = 1;
  bool failed = false;
  Json &result;
  JsonError &problem;
  std::vector<Json *> stack;
  std::vector<std::unordered_set<std::string>> seen;
};

} // namespace

bool parseJson(std::string_view bytes, Json &result, JsonError &error) {
  if (bytes.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    error = {{}, "expected JSON, found an empty file"};
    return false;
  }
  Builder builder(bytes, result, error);
  return nlohmann::json::sax_parse(builder.begin(), builder.finish(), &builder);
}

} // namespace gradc::graph
