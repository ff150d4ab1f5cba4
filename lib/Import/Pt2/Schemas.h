// Schemas.h - the signatures of ATen's operators.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_PT2_SCHEMAS_H
#define GRADC_LIB_IMPORT_PT2_SCHEMAS_H

#include "Graph.h"

namespace gradc::pt2 {

struct Parameter {
  llvm::StringRef type; // "Tensor?", "int[2]", "Scalar"; without aliases
  llvm::StringRef name;
  llvm::StringRef absent; // the default as text; empty when there is none
  bool isWritten = false;
  /// A result may be a view of it.
  bool isAliased = false;

  bool isTensor() const { return type.starts_with("Tensor"); }
  bool isScalar() const { return type == "Scalar" || type == "Scalar?"; }
};

struct Schema {
  llvm::StringRef name; // "add.Tensor"
  std::vector<Parameter> parameters;
  llvm::StringRef returns; // "Tensor", "Tensor(a)[]", "(Tensor, Tensor)", "()"

  /// The name without overload.
  llvm::StringRef base() const { return name.split('.').first; }
  bool isInPlace() const {
    return base().ends_with("_") && !base().ends_with("__") && !parameters.empty() &&
           parameters[0].isWritten;
  }
};

/// "add.Tensor" of "torch.ops.aten.add.Tensor", "relu" of "torch.ops.aten.relu.default".
llvm::StringRef atenName(llvm::StringRef target);
/// The signature of "add.Tensor", or "relu" for relu.default; null when there is none.
const Schema *findSchema(llvm::StringRef name);
/// The names of all signatures, sorted.
llvm::ArrayRef<llvm::StringRef> schemaNames();
/// The default of a parameter.
Argument defaultOf(const Parameter &parameter);

} // namespace gradc::pt2

#endif
