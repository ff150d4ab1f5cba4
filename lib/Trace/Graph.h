// Graph.h - the recorded program: values, storages, nodes, blocks, and the context that grows them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TRACE_GRAPH_H
#define GRADC_LIB_TRACE_GRAPH_H

#include "gradc/Trace/Control.h"
#include "gradc/Trace/Tensor.h"
#include <map>
#include <set>
#include <utility>

namespace gradc::detail {

struct Block;
struct Node;
struct Storage;

struct Type {
  Dtype dtype = Dtype::f32;
  Shape shape;

  bool operator==(const Type &other) const { return dtype == other.dtype && shape == other.shape; }
  bool operator!=(const Type &other) const { return !(*this == other); }
};

/// A leaf that requires grad, as far as the trace knows. It serves two questions only: which
/// parameters an optimiser updates, and whether a kept handle of a gradient is still that gradient.
struct Leaf {
  bool hasGrad = false;
  /// Grows when `.grad` becomes another tensor: at its first backward and at its reset to None.
  uint64_t gradEpoch = 0;
  std::shared_ptr<Storage> gradStorage;
};
using LeafSet = std::set<std::shared_ptr<Leaf>>;

/// The memory that a tensor and its views share.
struct Storage {
  uint64_t id = 0;
  uint64_t version = 0;
  /// Leaves that in-place writes brought in.
  LeafSet leaves;
  /// It may be another name of other storages: a result of repeat or if_, which PyTorch would go on
  /// sharing and the graph does not. It may not be written, nor outlive a write to those.
  bool isAmbiguous = false;
  /// Why, as in "a tensor that …".
  const char *reason = "";
  std::vector<std::pair<std::shared_ptr<Storage>, uint64_t>> mayShare;
};

struct Value {
  Type type;
  Device device;
  Location where;
  std::string hint;
  uint64_t trace = 0;
  /// The block whose end is the end of this value (never that of no_grad or a checkpoint).
  Block *scope = nullptr;
  /// The node that computes it, if any.
  Node *node = nullptr;
  /// This is another name of that value; set for what repeat put in place of an outer value.
  ValueRef same;
  /// This is `gradOf.grad`, taken at that epoch.
  ValueRef gradOf;
  uint64_t gradEpoch = 0;
  std::shared_ptr<Storage> storage;
  std::shared_ptr<Leaf> leaf;
  LeafSet leaves;
  bool isIndex = false;
  /// More than one element refers to one memory location, after expand.
  bool isExpanded = false;
  /// A view whose elements may not lie in the order of their indices.
  bool isStrided = false;
  /// Computed from such a view: PyTorch may give it the layout of the view, so that nobody knows
  /// whether a reshape of it is a view or a copy.
  bool hasUnknownLayout = false;
  /// In the JSON.
  std::string name;
};

/// A value, or JSON text of a number.
struct Operand {
  Operand() = default;
  Operand(ValueRef value) : value(std::move(value)) {}
  Operand(std::string literal) : literal(std::move(literal)) {}

  ValueRef value;
  std::string literal;
};

enum class Effect {
  /// May move to its only use.
  pure,
  /// Stays where it is; pure nodes may move past it.
  fixed,
  /// Writes: nothing moves past it.
  writes
};

using Attributes = std::vector<std::pair<std::string, std::string>>;

struct Carry {
  ValueRef carried, initial, yielded;
};

struct Node {
  std::string op;
  Location where;
  std::vector<Operand> inputs;
  /// Names in JSON text.
  Attributes attributes;
  std::vector<ValueRef> results;
  Effect effect = Effect::pure;
  /// It belongs to the first values of parameters and buffers.
  bool isInitial = false;
  /// Inputs before this one are targets, which need a name.
  size_t firstNestable = 0;
  /// Of while.
  ValueRef condition;
  Block *block = nullptr;
  /// Of grad.
  std::vector<ValueRef> wrt;
  /// Of repeat.
  ValueRef index;
  std::vector<Carry> carries;
  /// Of if: results and what the branches yield for them.
  std::vector<ValueRef> thenYields, elseYields;
  std::vector<std::pair<std::string, std::unique_ptr<Block>>> blocks;
};

enum class BlockKind { main, repeat, branch, noGrad, checkpoint };

struct Block {
  BlockKind kind = BlockKind::main;
  Block *parent = nullptr;
  std::vector<std::unique_ptr<Node>> nodes;
};

/// A resolved operand of an elementwise op.
struct Resolved {
  Operand operand;
  Type type;
  Device device;
  /// A number or item: wrapped, as PyTorch says.
  bool isNumber = false;
  std::optional<Number> number;
  ValueRef value;
  Location where;
};

/// What a repeat knows of the handles and writes since its body began.
struct Frame {
  uint64_t firstStorage = 0;
  std::map<Storage *, Location> written;
  /// Handles that were asked `defined()` with the answer no.
  std::set<const Tensor *> askedUndefined;
  /// Leaves that an optimiser left out for want of a gradient.
  std::vector<std::pair<std::shared_ptr<Leaf>, Location>> skippedLeaves;
};

/// The program under trace. One per thread at a time.
class Context {
public:
  Context();
  ~Context();

  /// The active one; an error if there is none.
  static Context &get(Location where);
  static Context *active();

  /// The value of a handle, if it may be used here.
  ValueRef use(const Tensor &tensor, Location where, const char *role = nullptr);
  Resolved resolve(const Arg &arg);

  /// Appends a node; the results get fresh storages unless `storage` is given.
  Node *append(std::string op, std::vector<Operand> inputs, Attributes attributes, Effect effect,
               Location where);
  /// A node with one result, which depends on the leaves of its inputs.
  ValueRef compute(std::string op, std::vector<Operand> inputs, Attributes attributes, Type type,
                   Device device, Location where, Effect effect = Effect::pure);
  /// The same with a result that shares the storage of `base`.
  ValueRef computeView(std::string op, const ValueRef &base, Attributes attributes, Shape shape,
                       Location where);
  /// A node that writes into `target`.
  void write(std::string op, const ValueRef &target, std::vector<Operand> rest,
             Attributes attributes, Location where);
  /// The node of `result` writes these tensors, where they are defined, besides.
  void noteWrites(const Tensor &result, const std::vector<const Tensor *> &targets, Location where);
  ValueRef makeValue(Type type, Device device, Location where);
  std::shared_ptr<Storage> makeStorage();
  std::shared_ptr<Leaf> makeLeaf();

  Block *open(BlockKind kind, std::unique_ptr<Block> &owner);
  void close(Block *block);
  /// The innermost block that ends the life of values.
  Block *scope() const;
  bool gradEnabled() const { return noGradDepth == 0; }
  /// All leaves that a backward from the value may reach.
  static LeafSet leavesOf(const ValueRef &value);

  uint64_t id;
  std::unique_ptr<Block> main;
  Block *current;
  std::vector<Frame> frames;
  std::vector<std::shared_ptr<Leaf>> allLeaves;
  /// Of a model; a script has none.
  std::vector<ValueRef> inputs, buffers;
  std::vector<std::pair<std::string, ValueRef>> outputs;
  uint64_t nextStorage = 0;
  /// Open scopes of `initialize`.
  unsigned initialDepth = 0;
  bool usesCuda = false, usesAuto = false;

private:
  void shareStorage(const std::string &op, const ValueRef &base, const ValueRef &view);
  void checkWritable(const ValueRef &target, Location where) const;

  unsigned noGradDepth = 0;
  Context *outer;
};

/// What is recorded during its life belongs to the first values of parameters and buffers.
class InitialScope {
public:
  explicit InitialScope(Location where) : context(Context::get(where)) { ++context.initialDepth; }
  InitialScope(const InitialScope &) = delete;
  InitialScope &operator=(const InitialScope &) = delete;
  ~InitialScope() { --context.initialDepth; }

private:
  Context &context;
};

/// The way into the handles for the library.
struct Access {
  static const ValueRef &value(const Tensor &tensor) { return tensor.value; }
  static Tensor make(ValueRef value) { return Tensor(std::move(value)); }
  static void rebind(Tensor &tensor, ValueRef value) { tensor.value = std::move(value); }
  static Item item(Tensor tensor) { return Item(std::move(tensor)); }
  static const Tensor &tensor(const Item &item) { return item.value; }
  /// All live handles, oldest first.
  static std::vector<Tensor *> handles();
};

[[noreturn]] void fail(Location where, const std::string &text);

} // namespace gradc::detail

#endif // GRADC_LIB_TRACE_GRAPH_H
