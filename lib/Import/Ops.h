// Ops.h - the table of ops of graph JSON: what the reader, the schema and the reference know.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IMPORT_OPS_H
#define GRADC_LIB_IMPORT_OPS_H

#include "gradc/IR/Ag.h"
#include "llvm/ADT/StringMap.h"
#include <deque>

namespace gradc::graph {

class Importer;
struct Node;

enum class AttributeKind {
  integer,
  integers, // a list
  dims,     // one integer or a list
  dimsOrText,
  number, // or a bool
  boolean,
  dtype,
  data, // nested lists of numbers, bools, and "inf", "-inf", "nan"
  text,
  name,
  names,
  body,         // a list of nodes
  operandTable, // names to operands
  branchTable,  // {"then": operand table, "else": operand table}
};

struct AttributeSpec {
  llvm::StringRef name;
  AttributeKind kind;
  bool required = false;
};

constexpr unsigned unlimited = ~0u;

struct OpSpec {
  std::string name;
  unsigned minInputs, maxInputs;
  std::vector<AttributeSpec> attributes;
  std::string summary;
  mlir::LogicalResult (*handler)(Importer &, Node &);
  /// How many values it has: 0 for a statement.
  bool hasResult = true;
  /// The op of the dialect that it is, for elementwise ops and "ag.…".
  const ag::OpEntry *entry = nullptr;
  std::string group = {};
  /// Inputs may be null.
  bool mayOmit = false;
};

/// All ops, by group in the order of the reference.
class OpTable {
public:
  explicit OpTable(mlir::MLIRContext &context);
  const OpSpec *find(llvm::StringRef name) const;
  const std::deque<OpSpec> &all() const { return specs; }
  /// The op that a misspelt name was probably meant to be; null when none is near.
  const OpSpec *nearest(llvm::StringRef name) const;
  void add(llvm::StringRef group, OpSpec spec);

private:
  std::deque<OpSpec> specs;
  llvm::StringMap<const OpSpec *> byName;
};

// The groups, each in the file of its name.
void addCreationOps(OpTable &table);
void addElementwiseOps(OpTable &table, mlir::MLIRContext &context);
void addComputeOps(OpTable &table);
void addShapeOps(OpTable &table);
void addViewOps(OpTable &table);
void addMovementOps(OpTable &table);
void addIndexOps(OpTable &table);
void addReductionOps(OpTable &table);
void addPoolingOps(OpTable &table);
void addScatterOps(OpTable &table);
void addOrderOps(OpTable &table);
void addConvolutionOps(OpTable &table);
void addProductOps(OpTable &table);
void addLossOps(OpTable &table);
void addNormOps(OpTable &table);
void addAttentionOps(OpTable &table);
void addRecurrentOps(OpTable &table);
void addAutogradOps(OpTable &table);
void addControlOps(OpTable &table);
void addHostOps(OpTable &table);
void addRandomOps(OpTable &table);
void addPatchOps(OpTable &table);
/// Ops that write what others compute; after all others.
void addInPlaceOps(OpTable &table);
/// The value ops of the dialect under their own names, for what has no other.
void addRawOps(OpTable &table, mlir::MLIRContext &context);

/// An op that is made of ops of the dialect; it may have an in-place form.
struct Composite {
  llvm::StringRef name;
  unsigned minInputs, maxInputs;
  std::vector<AttributeSpec> attributes;
  llvm::StringRef summary;
  mlir::Value (*compute)(Importer &, Node &);
  bool inPlace = true;
};
/// Those of elementwise mathematics, by name without a trailing "_".
llvm::ArrayRef<Composite> mathComposites();

/// Reads the operands under one shape and the element type that `promotion` (as in an entry) gives.
mlir::LogicalResult promoteOperands(Importer &importer, Node &node, llvm::StringRef promotion,
                                    llvm::SmallVectorImpl<mlir::Value> &values);
/// The entry of an op of the dialect.
const ag::OpEntry &entryOf(llvm::StringRef mnemonic);
/// The JSON attributes that an entry's parameters are.
std::vector<AttributeSpec> parametersOf(const ag::OpEntry &entry);
/// An elementwise op of the dialect on operands that are promoted and broadcast; null after an
/// error.
mlir::Value computeElementwise(Importer &importer, Node &node, const ag::OpEntry &entry);

/// Whether the first input is a tensor that this node may write.
mlir::LogicalResult checkTarget(Importer &importer, Node &node);
/// Writes `value` into the first input, which it has the shape of and is converted to.
mlir::LogicalResult writeTarget(Importer &importer, Node &node, mlir::Value value);

} // namespace gradc::graph

#endif
