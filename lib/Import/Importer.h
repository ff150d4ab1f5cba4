// Importer.h - the state of an import: names, storages, views, and the node being read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PyTorch's tensors are handles of storages that can be written; values of the ag dialect are not.
// A name is therefore bound to a storage and a chain of views of it. Reading a name yields a value
// of the storage's present contents; writing makes the inverse of the views and gives the storage
// new contents. A storage that a loop or a branch writes lives in an ag.variable, as do leaves.
#ifndef GRADC_LIB_IMPORT_IMPORTER_H
#define GRADC_LIB_IMPORT_IMPORTER_H

#include "Json.h"
#include "Ops.h"
#include "gradc/IR/Ag.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <functional>
#include <memory>
#include <optional>

namespace gradc::graph {

using mlir::RankedTensorType;
using mlir::Value;
using Shape = llvm::SmallVector<int64_t, 4>;

struct Storage {
  enum class Kind { plain, variable, gradient };
  Kind kind = Kind::plain;
  RankedTensorType type;
  /// The contents, of a plain storage.
  Value current;
  /// Of the other kinds; of a gradient it is the leaf.
  ag::VariableOp variable;
  /// Grows with every write, but of a gradient.
  unsigned version = 0;
  /// It is a leaf that requires grad.
  bool leaf = false;
  /// Its contents may have a history.
  bool history = false;
  /// Why it may not be written; empty when it may.
  std::string shared;
  /// The block that it was made in.
  mlir::Block *home = nullptr;
  /// Values that are this storage under some view, not yet followed by a write.
  llvm::SmallVector<Value> reads;
  /// Names that stand for it.
  unsigned names = 0;
  /// How often it was written, or a loop around may have.
  unsigned writes = 0;
  /// requires_grad_ made it of a view: PyTorch's views of it are views of that view's base.
  bool leafOfView = false;
};

struct View {
  enum class Kind { reshape, transpose, slice, expand };
  Kind kind;
  RankedTensorType type; // of the result
  Shape perm;
  Shape starts, limits, steps;
};

/// What a name, or a node within a node, stands for.
struct Tensor {
  Storage *storage = nullptr;
  llvm::SmallVector<View, 1> views;
  RankedTensorType type;
  /// In elements of the storage: decides whether reshape is a view or a copy.
  Shape strides;
  /// A view without history: of detach, or made under no_grad.
  bool cut = false;
  /// Made by a view op, which need not change the shape; one of them under no_grad.
  bool isView = false, isNoGradView = false;
  /// A view that no_grad cut: PyTorch says that it requires grad, though nothing flows to its base.
  bool saysGrad = false;
  /// The writes of its storage when this view was made, and whether that required grad then.
  unsigned writes = 0;
  bool hadHistory = false;
  /// One of the views of a list, in PyTorch's words: "Output 1 of Split".
  std::string part;
  /// A Python number: of item, requires_grad and the index of repeat.
  bool wrapped = false;
  Value cache;
  unsigned version = 0;
};
using TensorRef = std::shared_ptr<Tensor>;
using NamedTensor = std::pair<std::string, TensorRef>;

struct Operand {
  const Json *json = nullptr;
  TensorRef tensor;
  /// Set where the operand is a number or bool.
  bool isLiteral = false;
  /// It is null: left out.
  bool isAbsent = false;
  /// The name it was given by; empty for nested nodes and literals.
  llvm::StringRef name;
  /// The text of {"op": "text"}, only within print.
  std::optional<std::string> text;
  /// A .grad that is None whatever happens, only within print.
  bool isNone = false;
};

class Importer;

/// A node under evaluation.
struct Node {
  const Json &json;
  const OpSpec *spec;
  mlir::Location loc;
  llvm::StringRef name;
  llvm::SmallVector<Operand, 3> inputs;
  llvm::SmallVector<TensorRef, 1> results;
  /// The handler has bound the names itself.
  bool definesNames = false;

  const Json *attribute(llvm::StringRef key) const { return json.find({key.data(), key.size()}); }
  int64_t integer(llvm::StringRef key, int64_t absent) const;
  bool flag(llvm::StringRef key, bool absent = false) const;
  Shape integers(llvm::StringRef key) const;
};

struct Scope {
  llvm::StringMap<TensorRef> names;
};

class Importer {
public:
  Importer(mlir::MLIRContext &context, llvm::StringRef fileName);
  mlir::OwningOpRef<mlir::ModuleOp> run(const Json &root);

  // Messages. Each reports an error and returns failure.
  mlir::Location locate(const Json &json) const { return locate(json.at); }
  mlir::Location locate(Position at) const;
  /// Where to report a problem with a part of a node: the user's own line if the node has one.
  mlir::Location at(const Json &json) const { return userLocation ? *userLocation : locate(json); }
  mlir::LogicalResult fail(const Json &at, const llvm::Twine &text);
  mlir::LogicalResult fail(mlir::Location at, const llvm::Twine &text);
  mlir::LogicalResult expected(const Json &found, const llvm::Twine &what);
  /// The same for a key that `owner` may lack: then `found` is null.
  mlir::LogicalResult expected(const Json *found, const Json &owner, const llvm::Twine &what);

  // Nodes.
  mlir::LogicalResult evaluateBody(const Json &list);
  mlir::LogicalResult evaluateNode(const Json &json, bool nested,
                                   llvm::SmallVectorImpl<TensorRef> &results);
  /// `printed` operands may also be text or a gradient that is None.
  mlir::LogicalResult evaluateOperand(const Json &json, Operand &result, bool printed = false);
  const OpTable &table() const { return ops; }

  // Names.
  mlir::LogicalResult define(const Json &at, llvm::StringRef name, TensorRef tensor);
  /// Null after an error.
  TensorRef lookup(const Json &at, llvm::StringRef name);
  /// Null when there is none.
  TensorRef find(llvm::StringRef name) const;
  /// The named views of a tensor, each once, in the order of their names.
  llvm::SmallVector<NamedTensor> viewsOf(const Tensor &tensor) const;
  Scope &pushScope() { return scopes.emplace_back(); }
  void popScope();

  // Types.
  mlir::Type dtype(llvm::StringRef name);
  /// Null after an error.
  RankedTensorType parseType(const Json &json);
  mlir::LogicalResult checkSize(mlir::Location at, llvm::ArrayRef<int64_t> shape,
                                mlir::Type element);
  RankedTensorType makeType(llvm::ArrayRef<int64_t> shape, mlir::Type element);
  /// Refuses what a small program could ask the compiler to write down without end.
  mlir::LogicalResult checkCount(mlir::Location at, llvm::StringRef what, int64_t count,
                                 unsigned power);

  // Tensors.
  TensorRef makeTensor(Value value, bool history);
  TensorRef makeVariable(Node &node, Value init);
  Value read(Tensor &tensor, mlir::Location loc);
  /// A view derived from `base`: how PyTorch would know it.
  void inheritView(Tensor &view, const Tensor &base, llvm::StringRef node);
  /// Whether a view was written, or its base, since it was made.
  static bool isStale(const Tensor &tensor);
  /// Whether PyTorch lets an op read all inputs of a node.
  mlir::LogicalResult checkReadable(const Node &node);
  /// What follows may see other contents of variables: a function was called.
  void forgetViews();
  /// The value of an operand that is a tensor; null after an error for a number.
  Value readInput(Node &node, unsigned i);
  /// Whether PyTorch, and this importer, allow a write to it here.
  mlir::LogicalResult checkWritable(Tensor &target, bool history, mlir::Location loc);
  mlir::LogicalResult write(Tensor &target, Value value, bool history, mlir::Location loc);
  TensorRef variableTensor(ag::VariableOp variable);
  bool needsGrad(const Tensor &tensor) const;
  bool needsGrad(const Node &node) const;
  bool gradEnabled() const { return noGradDepth == 0; }
  /// The storages that nodes of a body write and that lie outside of it become variables.
  /// `again`: the body may run more than once.
  /// What the body writes of what was made outside becomes a variable; the storages of all that.
  llvm::SmallPtrSet<Storage *, 4> hoistWrites(const Json &body, mlir::Location loc,
                                              bool again = false);
  Storage *makeStorage(RankedTensorType type);
  TensorRef gradientTensor(Storage &leaf);
  ag::VariableOp declareVariable(llvm::StringRef name, RankedTensorType type, llvm::StringRef kind,
                                 bool requiresGrad, mlir::Location loc);
  /// What else the storage of its .grad is, as Storage::shared says; empty for nothing.
  llvm::StringRef gradientShared(ag::VariableOp leaf) {
    auto found = gradients.find(leaf);
    return found == gradients.end() ? llvm::StringRef() : llvm::StringRef(found->second->shared);
  }
  /// Names that stand for the gradient of a leaf keep the old tensor from here on.
  mlir::LogicalResult snapshotGradient(Storage &leaf, mlir::Location loc);
  mlir::LogicalResult snapshotGradients(Value from, mlir::Location loc);
  /// The leaves whose .grad is of interest and may be reached by a backward, in program order.
  llvm::SmallVector<mlir::Operation *>
  reachedGradients(Value from, llvm::function_ref<bool(const Storage &)> isOfInterest);
  /// Fails where a backward from a value would add to a .grad that requires_grad_ made a leaf, too.
  mlir::LogicalResult checkAddable(Value from, mlir::Location loc);
  bool isVisible(Value value);
  Value applyView(const View &view, Value value, mlir::Location loc);

  // Values.
  Value constant(RankedTensorType type, const Json &literal, mlir::Location loc);
  /// The same for an operand beside a tensor: what does not fit a short type wraps around.
  Value wrappedConstant(RankedTensorType type, const Json &literal, mlir::Location loc);
  Value splat(RankedTensorType type, double value, mlir::Location loc);
  Value cast(Value value, mlir::Type element, mlir::Location loc);
  Value reshape(Value value, llvm::ArrayRef<int64_t> shape, mlir::Location loc);
  Value broadcast(Value value, llvm::ArrayRef<int64_t> shape, mlir::Location loc);
  /// The location of a node's result: it carries the user's name.
  mlir::Location named(const Node &node, mlir::Location loc);

  // Functions.
  mlir::func::FuncOp function(const Json &at, llvm::StringRef name);

  mlir::OpBuilder b;
  /// The storages whose contents the open no_grad regions made.
  llvm::SmallVector<llvm::SetVector<Storage *>, 1> touched;
  unsigned noGradDepth = 0;
  /// How many repeat and if regions are open.
  unsigned controlDepth = 0;
  std::string folder;
  /// What `load` of a file without a name reads: tensors that came with the program. Null, after an
  /// error, for those that cannot be read.
  std::function<mlir::ElementsAttr(llvm::StringRef key)> attached;
  std::string device = "cpu";
  mlir::ModuleOp module;
  /// What the node at hand wrote in place.
  Value written;
  /// The program says itself what is saved: it was written by --emit=json.
  bool isCanonical = false;

private:
  friend struct ProgramReader;
  mlir::LogicalResult readInputs(const Json &json, Node &node);
  mlir::LogicalResult checkKeys(const Json &json, const OpSpec &spec);
  mlir::LogicalResult checkAttribute(const Json &value, const AttributeSpec &spec);
  mlir::LogicalResult finishNode(Node &node);
  mlir::LogicalResult unknownOp(const Json &op);
  mlir::LogicalResult readLocation(const Json &json, std::optional<mlir::Location> &result);
  Value base(Storage &storage, mlir::Location loc);
  Value unview(const Tensor &target, Value value, mlir::Location loc);
  void noteModified(Storage &storage, mlir::Location loc);
  void collectWrites(const Json &json, llvm::StringMap<std::string> &aliases,
                     llvm::SmallVectorImpl<std::pair<std::string, Storage *>> &found);
  void toVariable(Storage &storage, llvm::StringRef name, mlir::Location loc);

  OpTable ops;
  /// The "loc" of the innermost node that has one.
  std::optional<mlir::Location> userLocation;
  mlir::StringAttr file;
  std::vector<std::unique_ptr<Storage>> storages;
  llvm::DenseMap<mlir::Operation *, Storage *> gradients;
  std::vector<Scope> scopes;
  std::unique_ptr<mlir::SymbolTable> symbols;
  /// Names of functions, which variables must not take.
  llvm::StringSet<> reservedSymbols;
  mlir::Operation *lastVariable = nullptr;
  struct Functions;
  std::shared_ptr<Functions> functions;
};

/// Evaluates a node whose inputs are read; composites on f16 and bf16 see f32.
mlir::LogicalResult runHandler(Importer &importer, Node &node);

/// Notes what PyTorch saves for a node where its derivative does not read just that.
class SavedValues {
public:
  /// Before the node is evaluated.
  SavedValues(Importer &importer, const Node &node);
  /// After it was.
  void note(const Node &node);

private:
  bool parse(const Node &node, llvm::StringRef text, llvm::SmallVectorImpl<Value> &values);

  Importer &importer;
  const llvm::StringRef *row = nullptr;
  mlir::Block *block = nullptr;
  mlir::Operation *before = nullptr;
  llvm::SmallVector<Value> inputs;
  llvm::SmallVector<bool> needsGrad;
};

/// The dialects that an import makes ops of.
void loadDialects(mlir::MLIRContext &context);

/// PyTorch's broadcasting of two shapes.
mlir::LogicalResult broadcastShapes(Importer &importer, mlir::Location loc,
                                    llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> c,
                                    Shape &result);
/// PyTorch's type promotion.
mlir::Type commonType(Importer &importer, llvm::ArrayRef<Operand> operands);
/// Counts negative dimensions from the end.
mlir::LogicalResult wrapDim(Importer &importer, const Json &at, int64_t dim, int64_t rank,
                            int64_t &result);
/// Whether a value is not too large.
mlir::LogicalResult checkResult(Importer &importer, Node &node, Value value);

/// Notes PyTorch's name of the node that an op of several ops records.
void noteNode(const Node &node);
/// Notes the user's names of an op's results: in its location where there is one, else in
/// "ag.names".
void noteNames(mlir::Operation *op, llvm::ArrayRef<llvm::StringRef> names);

/// "f32[10,3]".
std::string typeText(RankedTensorType type);
/// "[2, 3]".
std::string listText(llvm::ArrayRef<int64_t> list);
/// PyTorch's word for an element type: "Float", "Long".
llvm::StringRef dtypeWord(mlir::Type element);
llvm::StringRef dtypeName(mlir::Type element);
/// C++'s word, which PyTorch's messages about products use: "float", "long int".
llvm::StringRef dtypeCName(mlir::Type element);
/// All names, for messages.
std::string dtypeList();
/// A float of f16, bf16 or wider, f16 and bf16 rounded as PyTorch rounds a number.
mlir::FloatAttr floatAttr(mlir::FloatType type, double value);
/// An integer modulo 2 to the width of its type.
mlir::IntegerAttr integerAttr(mlir::Type type, int64_t value);
/// Refuses numbers of windows so large that what is computed of them overflows.
mlir::LogicalResult checkWindowNumbers(Importer &importer, Node &node, llvm::StringRef key,
                                       llvm::ArrayRef<int64_t> numbers);
/// The offset of a diagonal, or one that no diagonal has either.
int64_t diagonalOffset(const Node &node, llvm::StringRef key);
/// Data that is computed, without an attribute for each number; integers modulo as above.
mlir::DenseElementsAttr packNumbers(RankedTensorType type,
                                    llvm::function_ref<double(int64_t)> element);
mlir::DenseElementsAttr packIntegers(RankedTensorType type,
                                     llvm::function_ref<int64_t(int64_t)> element);
/// The product of numbers not below 0, or the largest number.
inline int64_t saturatedProduct(int64_t a, int64_t b) {
  int64_t product;
  return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}
/// A number without its fraction, or the nearest that an integer can be.
int64_t truncated(double value);
/// Whether a number, truncated, is of an element type; always where that is a float or bool.
bool fitsInteger(mlir::Type element, const Json &literal);
/// f16 or bf16.
inline bool isShortFloat(mlir::Type type) { return type.isF16() || type.isBF16(); }
/// Whether it is "inf", "-inf" or "nan", which JSON has no numbers for.
bool isSpecialNumber(const Json &json);
double numberOf(const Json &json);
Shape contiguousStrides(llvm::ArrayRef<int64_t> shape);
bool isName(llvm::StringRef name);
/// Names of the writer's own making: "_12".
bool isGeneratedName(llvm::StringRef name);

} // namespace gradc::graph

#endif
