// Symbols.h - sizes that an export left open, and expressions of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The export schema writes a symbolic size as the srepr of a SymPy expression:
// Add(Mul(Integer(2), Symbol('s77', positive=True, integer=True)), Integer(1)).
#ifndef GRADC_LIB_IMPORT_PT2_SYMBOLS_H
#define GRADC_LIB_IMPORT_PT2_SYMBOLS_H

#include "llvm/ADT/StringMap.h"
#include <cstdint>
#include <optional>
#include <string>

namespace gradc::pt2 {

/// What the symbols stand for in this compilation.
class Symbols {
public:
  void set(llvm::StringRef symbol, int64_t value) { values[symbol] = value; }
  bool has(llvm::StringRef symbol) const { return values.contains(symbol); }
  /// The integer that an expression is; a relation is 0 or 1. None when it is no integer or cannot
  /// be read, then `problem` says why.
  std::optional<int64_t> evaluate(llvm::StringRef srepr, std::string &problem) const;
  /// The name when the expression is one symbol, else empty.
  static std::string symbolOf(llvm::StringRef srepr);

private:
  llvm::StringMap<int64_t> values;
};

} // namespace gradc::pt2

#endif
