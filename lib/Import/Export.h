// Export.h - text and names for the writer of canonical graph JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_EXPORT_H
#define GRADC_LIB_IMPORT_EXPORT_H

#include "gradc/IR/Ag.h"
#include "llvm/ADT/StringMap.h"

namespace gradc::graph {

/// A JSON string literal.
std::string quote(llvm::StringRef text);
/// A number that reads back as the same value, "inf" and the like as strings.
std::string numberText(llvm::APFloat value);
/// A scalar of an element type.
std::string elementText(mlir::Attribute element);
/// Nested lists of the elements.
std::string dataText(mlir::DenseElementsAttr data);
/// ["a", "b"].
std::string namesText(llvm::ArrayRef<std::string> names);

/// One node: keys in order. Values are JSON text.
struct NodeText {
  std::string op;
  std::vector<std::pair<std::string, std::string>> attributes;
};

/// The op and attributes of a value op or constant; empty `op` where graph JSON has no word.
NodeText describeValueOp(mlir::Operation *op);

/// The names of values, by scope: what is visible may not be taken again.
class Names {
public:
  void push() { scopes.emplace_back(); }
  void pop();
  /// Names a value: by `wish` if that is free, else by the next number.
  const std::string &give(mlir::Value value, llvm::StringRef wish);
  /// The same for the name of something else, a variable or a carried value.
  std::string take(llvm::StringRef wish);
  /// A name of an inner scope, which is gone, in this one.
  void takeAgain(llvm::StringRef name) {
    taken[name] = 1;
    scopes.back().push_back(name.str());
  }
  void alias(mlir::Value value, llvm::StringRef name) { names[value] = name.str(); }
  const std::string &of(mlir::Value value) const { return names.find(value)->second; }

private:
  llvm::DenseMap<mlir::Value, std::string> names;
  std::vector<std::vector<std::string>> scopes;
  llvm::StringMap<unsigned> taken;
  unsigned next = 0;
};

/// The user's name of a value, "" if none.
llvm::StringRef userName(mlir::Location loc);

} // namespace gradc::graph

#endif
