// OptionText.cpp - reads `name:key=value,...`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OptionText.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace llvm;
namespace gradc::gradient {

static const char *describe(Range range) {
  switch (range) {
  case Range::NotNegative:
    return "a number not below 0";
  case Range::Positive:
    return "a number above 0";
  case Range::BelowOne:
    return "a number from 0 to below 1";
  case Range::Whole:
    return "a whole number above 0";
  case Range::Any:
    return "a number";
  }
  return "";
}

static bool fits(double value, Range range) {
  if (!std::isfinite(value))
    return false;
  switch (range) {
  case Range::NotNegative:
    return value >= 0;
  case Range::Positive:
    return value > 0;
  case Range::BelowOne:
    return value >= 0 && value < 1;
  case Range::Whole:
    return value >= 1 && value == std::floor(value) && value < 9e15;
  case Range::Any:
    return true;
  }
  return false;
}

static bool readNumber(const OptionSlot &slot, StringRef text, double &value, std::string &error) {
  if (!text.getAsDouble(value) && fits(value, slot.range))
    return true;
  error =
      ("expected " + Twine(describe(slot.range)) + " for '" + slot.key + "', got '" + text + "'")
          .str();
  return false;
}

static bool readFlag(const OptionSlot &slot, StringRef text, bool &value, std::string &error) {
  value = text == "true" || text == "1";
  if (value || text == "false" || text == "0")
    return true;
  error = ("expected true or false for '" + slot.key + "', got '" + text + "'").str();
  return false;
}

static bool readValue(const OptionSlot &slot, StringRef text, std::string &error) {
  if (auto *number = std::get_if<double *>(&slot.value))
    return readNumber(slot, text, **number, error);
  if (auto *flag = std::get_if<bool *>(&slot.value))
    return readFlag(slot, text, **flag, error);
  auto &list = *std::get<SmallVector<double> *>(slot.value);
  list.clear();
  for (StringRef item : split(text, ';'))
    if (!readNumber(slot, item, list.emplace_back(), error))
      return false;
  return true;
}

bool readOptions(StringRef text, ArrayRef<OptionSlot> slots, std::string &error) {
  SmallVector<StringRef> items;
  text.split(items, ',', -1, false);
  for (StringRef item : items) {
    auto [key, value] = item.split('=');
    const OptionSlot *slot = find_if(slots, [&](const OptionSlot &s) { return s.key == key; });
    if (slot != slots.end()) {
      if (!readValue(*slot, value, error))
        return false;
      continue;
    }
    if (slots.empty()) {
      error = ("expected no options, got '" + key + "'").str();
      return false;
    }
    error = "expected ";
    for (auto [i, s] : enumerate(slots))
      error += (i == 0 ? "" : i + 1 < slots.size() ? ", " : " or ") + s.key.str();
    error += (", got '" + key + "'").str();
    return false;
  }
  return true;
}

} // namespace gradc::gradient
