// Translate.h - turns an exported program into graph JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Graph JSON has PyTorch's own semantics: views, writes in place, promotion, no_grad and detach. A
// node of an export is therefore one node of graph JSON, or a few, and the importer of graph JSON
// does the rest. Every result states the type that the export recorded: the importer compares it
// with the one that it infers.
#ifndef GRADC_LIB_IMPORT_PT2_TRANSLATE_H
#define GRADC_LIB_IMPORT_PT2_TRANSLATE_H

#include "../Ops.h"
#include "Schemas.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

namespace gradc::pt2 {

//===-- JSON ----------------------------------------------------------------------------------===//

Json word(llvm::StringRef text);
Json integer(int64_t value);
Json number(double value);
Json boolean(bool value);
Json list(std::vector<Json> items = {});
Json integers(llvm::ArrayRef<int64_t> values);
Json null();
using Attributes = std::vector<std::pair<llvm::StringRef, Json>>;
Json object(Attributes members);
/// {"op": op, "inputs": inputs, attributes...}
Json makeNode(llvm::StringRef op, std::vector<Json> inputs, Attributes attributes = {});
void set(Json &object, llvm::StringRef key, Json value);

//===-- Translation ---------------------------------------------------------------------------===//

class Translator;

/// One call of an ATen operator under translation. What returns Json returns null after an error.
class Aten {
public:
  Aten(Translator &translator, const GraphNode &node, const Schema &schema);

  /// Merges the given arguments with the defaults.
  mlir::LogicalResult bind();

  const Argument *find(llvm::StringRef name) const;
  /// Whether an argument is there and is not None.
  bool has(llvm::StringRef name) const;
  /// A tensor by name, or a number.
  Json operand(llvm::StringRef name);
  /// The tensors of a list; null for those that are left out.
  std::vector<Json> operands(llvm::StringRef name);
  int64_t integerOf(llvm::StringRef name, int64_t absent = 0) const;
  double numberOf(llvm::StringRef name, double absent = 0) const;
  bool flag(llvm::StringRef name) const { return integerOf(name) != 0; }
  std::string textOf(llvm::StringRef name) const;
  llvm::SmallVector<int64_t> integersOf(llvm::StringRef name) const;
  /// The value of an argument as an attribute.
  Json attribute(llvm::StringRef name);
  const TensorMeta *meta(llvm::StringRef name) const;
  /// The shape of a tensor argument; empty where it is a number.
  llvm::ArrayRef<int64_t> shape(llvm::StringRef name) const;
  const TensorMeta *result(unsigned i = 0) const;
  /// Whether this many dimensions are between two bounds; else an error.
  bool hasRank(llvm::ArrayRef<int64_t> shape, size_t least, size_t most = 64);
  Json fail(const llvm::Twine &text);

  /// Maps arguments by name: those that `op` has as attributes, and the tensors and scalars as
  /// inputs. `renames`: "size=shape dims=dim".
  Json generic(llvm::StringRef op, llvm::StringRef renames = "");
  /// The op, or its form that writes in place where the operator does and there is one.
  std::string named(llvm::StringRef op) const;
  /// Binds a result to a node of its own, for operators whose results are several nodes.
  void define(unsigned result, Json json);
  /// A node whose value has a name, to be used more than once.
  Json let(Json json, llvm::StringRef hint = "value");
  bool isUsed(unsigned result) const;
  unsigned resultCount() const { return results.size(); }
  llvm::StringRef resultName(unsigned i) const { return results[i]; }

  Translator &translator;
  const GraphNode &node;
  const Schema &schema;
  /// The rule's result is the tensor: nothing is written, though the operator works in place.
  bool rebinds = false;

private:
  mlir::LogicalResult checkArgument(const Parameter &parameter, const Argument &argument);
  mlir::LogicalResult checkResults();

  std::vector<std::pair<const Parameter *, Argument>> arguments;
  std::vector<std::string> results;
};

/// at::Reduction as a word of graph JSON.
Json reductionWord(int64_t value);

using Rule = Json (*)(Aten &);

/// The rule of an operator; none when it is not supported.
struct RuleEntry {
  llvm::StringRef op; // of graph JSON, when `rule` is null
  llvm::StringRef renames;
  Rule rule = nullptr;
};
std::optional<RuleEntry> findRule(const Schema &schema, const graph::OpTable &ops);

/// The rules that are functions, by operator without overload, or with it where that matters.
using RuleTable = llvm::StringMap<RuleEntry>;
void addShapeRules(RuleTable &table);
void addMathRules(RuleTable &table);
void addLayerRules(RuleTable &table);
void addReductionRules(RuleTable &table);
void addCreationRules(RuleTable &table);
void addIndexRules(RuleTable &table);
void addBackwardRules(RuleTable &table);
void addSamplingRules(RuleTable &table);

class Translator {
public:
  Translator(const Archive &archive, const Program &program, const graph::OpTable &ops)
      : archive(archive), program(program), ops(ops) {}

  /// The program as a model of graph JSON.
  mlir::LogicalResult run(Json &root);

  mlir::LogicalResult fail(const GraphNode &node, const llvm::Twine &text);
  mlir::Location locate(const GraphNode &node) const;
  mlir::MLIRContext *context() const { return archive.program().file.getContext(); }

  // Names. A value of the export has one name; graph JSON may know it under another.
  /// A name that no value has.
  std::string fresh(llvm::StringRef hint);
  /// The value of the graph that is translated, as an operand; null after an error.
  Json value(const GraphNode &node, llvm::StringRef name);
  const TensorMeta *meta(llvm::StringRef name) const;
  /// The tensor that a number of run time came from (item); null when there is none.
  const Json *numberOf(llvm::StringRef symbol) const {
    auto found = scope->numbers.find(symbol);
    return found == scope->numbers.end() ? nullptr : &found->second;
  }
  /// Whether a node or an output of the graph reads a value.
  bool isRead(llvm::StringRef name) const { return scope->read.contains(name); }
  void bind(llvm::StringRef name, Json operand) { scope->values[name] = std::move(operand); }
  /// Gives a value of the export its name in graph JSON.
  std::string declare(llvm::StringRef name);
  void emit(const GraphNode &node, Json json);

  // Higher-order operators, each in HigherOrder.cpp.
  mlir::LogicalResult cond(const GraphNode &node);
  mlir::LogicalResult whileLoop(const GraphNode &node);
  mlir::LogicalResult scan(const GraphNode &node);
  mlir::LogicalResult setGradEnabled(const GraphNode &node);

  const Archive &archive;
  const Program &program;
  const graph::OpTable &ops;
  /// The user says that a decomposed program has lost no stop-gradient.
  bool trustAliases = false;

private:
  struct Scope {
    const Graph *graph = nullptr;
    llvm::StringMap<Json> values, numbers;
    llvm::StringSet<> read;
  };
  void enter(const Graph &graph);
  /// Translates the nodes of a graph whose inputs are bound to operands; `results` gets its
  /// outputs.
  mlir::LogicalResult inlineGraph(const GraphNode &node, const Graph &graph,
                                  llvm::ArrayRef<Json> operands, std::vector<Json> &body,
                                  std::vector<Json> &results);
  mlir::LogicalResult checkSupported(const Graph &graph);
  mlir::LogicalResult checkLayouts(const Graph &graph);
  void collectUnsupported(const Graph &graph,
                          std::vector<std::pair<const GraphNode *, std::string>> &found);
  mlir::LogicalResult translate(const Graph &graph);
  mlir::LogicalResult checkResult(const GraphNode &node, llvm::StringRef name);
  mlir::LogicalResult translateNode(const GraphNode &node);
  mlir::LogicalResult item(const GraphNode &node);
  mlir::LogicalResult translateAten(const GraphNode &node, llvm::StringRef name);
  mlir::LogicalResult higherOrder(const GraphNode &node, llvm::StringRef name);
  mlir::LogicalResult bindResults(Aten &call, Json json);
  mlir::LogicalResult signature(Json &root);
  mlir::LogicalResult stateInput(const InputSpec &spec, llvm::StringRef name, Json &parameters,
                                 Json &buffers);
  mlir::LogicalResult constantInput(const InputSpec &spec, llvm::StringRef name, Json &buffers);
  mlir::LogicalResult userInput(const InputSpec &spec, llvm::StringRef name, Json &inputs);
  mlir::LogicalResult outputs(Json &table);
  void findWrites(const Graph &graph, llvm::StringMap<std::string> &roots);
  void findInnerWrites(const GraphNode &node, const llvm::StringMap<std::string> &roots);
  /// Tells of each argument that results may be views of, or that is written, and of its root: the
  /// tensor of `roots` that it is a view of. Results get their roots.
  using AliasVisitor = llvm::function_ref<void(const GraphNode &node, llvm::StringRef base,
                                               const Parameter &parameter, llvm::StringRef root)>;
  static void walkAliases(const Graph &graph, llvm::StringMap<std::string> &roots,
                          AliasVisitor visit);
  std::string typeOf(const TensorMeta &meta) const;
  std::string dtypeOf(const TensorMeta &meta) const;

  std::unique_ptr<Scope> scope;
  std::vector<Json> *body = nullptr;
  /// Within set_grad_enabled(False).
  bool noGrad = false;
  llvm::StringSet<> taken;
  /// Inputs of the program that some node writes in place.
  llvm::StringSet<> written;
  /// By payload, the name in graph JSON of a parameter that others are tied to.
  std::vector<std::pair<const Payload *, std::string>> variables;
};

} // namespace gradc::pt2

#endif
