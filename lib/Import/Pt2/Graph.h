// Graph.h - the exported program of a .pt2 file as plain structs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows torch/_export/serde/schema.py, major version 8. Sizes are numbers here: symbols are
// replaced by what they stand for in this compilation.
#ifndef GRADC_LIB_IMPORT_PT2_GRAPH_H
#define GRADC_LIB_IMPORT_PT2_GRAPH_H

#include "Archive.h"
#include "OpenSizes.h"
#include "Symbols.h"
#include "gradc/Import/Import.h"
#include <map>

namespace gradc::pt2 {

struct TensorMeta {
  int64_t scalarType = 0;
  mlir::Type element; // null where gradc has no such type
  llvm::SmallVector<int64_t> sizes, strides;
  bool requiresGrad = false;
  /// Why a size is not known when the program is compiled; empty when all are.
  std::string unknown;
};

/// Whether the elements lie in row-major order without gaps.
bool liesInRows(const TensorMeta &meta);
bool liesInRows(llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<int64_t> strides);

struct Graph;

struct Argument {
  enum class Kind {
    none,
    tensor,  // text: its name
    tensors, // names; an empty one is left out
    integer, // integers have one
    integers,
    number,
    numbers,
    boolean,
    text,
    scalarType, // integer
    memoryFormat,
    ignored, // a layout or a device
    graph,
    operation,
    unsupported, // text: the tag, or why it has no value; `symbol` for a value of run time
  };
  Kind kind = Kind::none;
  const Json *json = nullptr;
  std::string text, symbol;
  std::vector<std::string> names;
  int64_t integer = 0;
  llvm::SmallVector<int64_t> integers;
  double number = 0;
  llvm::SmallVector<double> numbers;
  std::shared_ptr<Graph> graph;
};

struct GraphNode {
  std::string target;
  std::vector<std::pair<std::string, Argument>> inputs;
  std::vector<Argument> outputs;
  const Json *json = nullptr;
  /// The user's own line, from the stack trace; empty when there is none.
  std::string file;
  int64_t line = 0;
};

struct Graph {
  std::vector<Argument> inputs, outputs;
  std::vector<GraphNode> nodes;
  llvm::StringMap<TensorMeta> tensors;
  const Json *json = nullptr;
};

struct InputSpec {
  enum class Kind { parameter, buffer, constant, user, literal, token } kind = Kind::user;
  std::string target; // of the state dict; of a user's input the argument of forward
  bool persistent = true;
  const Json *json = nullptr;
};

struct OutputSpec {
  enum class Kind {
    user,
    loss,
    bufferMutation,
    inputMutation,
    parameterMutation,
    token
  } kind = Kind::user;
  std::string target;
  const Json *json = nullptr;
};

struct Program {
  Graph graph;
  std::vector<InputSpec> inputs;
  std::vector<OutputSpec> outputs;
  /// After run_decompositions: stop-gradients may have been lost.
  bool isDecomposed = false;
  /// The sizes that were asked to stay open; in the graph they have their largest value.
  std::vector<OpenSize> open;
};

/// Names the inputs of a program by the arguments of forward; `owner` is its "graph_module".
void nameInputs(const Json &owner, Program &program);

/// Reads the program; failure after an error. `sizes` gives open sizes a value or a range, by
/// symbol
/// ("s17") or by input and dim ("x.0"); those without have what they had at export or, with
/// `keepOpen`, stay open if the export has a largest value for them.
mlir::LogicalResult readProgram(mlir::MLIRContext *context, const Document &document,
                                const std::map<std::string, SizeRange> &sizes, bool keepOpen,
                                Program &program);

} // namespace gradc::pt2

#endif
