// mutate-json.h - changes JSON text so that most of it stays JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random changes of bytes hardly ever pass a parser: values are replaced, exchanged, repeated and
// left out as wholes. Included by one unit of a target, which it gives libFuzzer's custom mutator.
#ifndef GRADC_TEST_FUZZ_MUTATE_JSON_H
#define GRADC_TEST_FUZZ_MUTATE_JSON_H

#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

namespace gradc::fuzz {

/// Where a value, or a key, stands in the text.
struct Span {
  size_t begin, end;
};

/// All values of a text, from the inside out, as far as it is JSON.
inline std::vector<Span> valuesOf(std::string_view text) {
  std::vector<Span> values;
  std::vector<size_t> open;
  auto isPlain = [](char c) {
    return std::isalnum(uint8_t(c)) || c == '-' || c == '+' || c == '.';
  };
  for (size_t i = 0; i < text.size();) {
    size_t begin = i;
    char c = text[i++];
    if (c == '"') {
      while (i < text.size() && text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
      i = std::min(i + 1, text.size());
      values.push_back({begin, i});
    } else if (c == '[' || c == '{') {
      open.push_back(begin);
    } else if ((c == ']' || c == '}') && !open.empty()) {
      values.push_back({open.back(), i});
      open.pop_back();
    } else if (isPlain(c)) {
      while (i < text.size() && isPlain(text[i]))
        ++i;
      values.push_back({begin, i});
    }
  }
  return values;
}

class JsonMutator {
public:
  JsonMutator(std::string_view text, unsigned seed)
      : text(text), random(seed), values(valuesOf(text)) {}

  /// The changed text; empty where there is nothing to change.
  std::string run() {
    if (values.empty())
      return {};
    std::string result(text);
    const Span span = pick();
    std::string_view old = text.substr(span.begin, span.end - span.begin);
    std::string other;
    switch (random() % 6) {
    case 0: // another value of the text
    case 1: {
      Span from = pick();
      // Mostly of the same kind, which comes further.
      for (int tries = 0; tries < 8 && kind(from) != kind(span); ++tries)
        from = pick();
      other = text.substr(from.begin, from.end - from.begin);
      break;
    }
    case 2: // nothing, with a comma of its own
      result.erase(span.begin, span.end - span.begin);
      if (span.begin < result.size() && result[span.begin] == ',')
        result.erase(span.begin, 1);
      else if (span.begin && result[span.begin - 1] == ',')
        result.erase(span.begin - 1, 1);
      return result;
    case 3: // twice
      other = std::string(old) + "," + std::string(old);
      break;
    default:
      other = std::isdigit(uint8_t(old[0])) || old[0] == '-' ? number(old) : word();
    }
    return result.replace(span.begin, span.end - span.begin, other);
  }

private:
  Span pick() { return values[random() % values.size()]; }
  int kind(Span span) const {
    char c = text[span.begin];
    return c == '"' ? 0 : c == '[' ? 1 : c == '{' ? 2 : 3;
  }
  std::string number(std::string_view old) {
    static const char *const numbers[] = {
        "0",     "1",          "2",          "3",
        "-1",    "-2",         "7",          "16",
        "17",    "1000",       "0.5",        "-0.0",
        "1e-30", "1e400",      "2147483647", "-2147483648",
        "1e9",   "255",        "1e18",       "65536",
        "4096",  "4294967296", "1048576",    "9223372036854775807",
        "-1",    "-3",         "64",         "20",
        "-7",    "99999",      "1e5",        "-9223372036854775808"};
    if (random() % 3)
      return numbers[random() % std::size(numbers)];
    // Near the old one, modulo 2^64.
    uint64_t near = std::strtoll(std::string(old).c_str(), nullptr, 10);
    return std::to_string(int64_t(near + random() % 5 - 2));
  }
  std::string word() {
    static const char *const words[] = {"null", "true", "false", "[]", "{}", "\"\"", "[1]", "0"};
    return words[random() % std::size(words)];
  }

  std::string_view text;
  std::minstd_rand random;
  std::vector<Span> values;
};

/// What LLVMFuzzerCustomMutator of a target whose inputs are JSON does.
inline size_t mutateJson(uint8_t *data, size_t size, size_t most, unsigned seed) {
  if (size && seed % 8) {
    std::string_view bytes(reinterpret_cast<const char *>(data), size);
    std::string text = JsonMutator(bytes, seed).run();
    for (unsigned more = seed / 8 % 3; more && !text.empty(); --more)
      text = JsonMutator(text, seed + more).run();
    if (!text.empty() && text.size() <= most) {
      std::memcpy(data, text.data(), text.size());
      return text.size();
    }
  }
  return LLVMFuzzerMutate(data, size, most);
}

} // namespace gradc::fuzz

#endif
