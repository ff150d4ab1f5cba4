// Autograd.cpp - backward, grad, no_grad, leaves and their gradients.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "History.h"

using namespace mlir;
namespace gradc::graph {

/// Checks the cotangent as PyTorch does and converts it to the type of `value`.
static LogicalResult readCotangent(Importer &importer, Node &node, Value value, Value &cotangent) {
  auto type = cast<RankedTensorType>(value.getType());
  if (node.inputs.size() < 2) {
    if (type.getNumElements() != 1)
      return importer.fail(node.loc, "grad can be implicitly created only for scalar outputs");
    return success();
  }
  cotangent = importer.readInput(node, 1);
  if (!cotangent)
    return failure();
  auto given = cast<RankedTensorType>(cotangent.getType());
  if (given.getShape() != type.getShape())
    return importer.fail(node.loc, "Mismatch in shape: grad_output[0] has a shape of torch.Size(" +
                                       listText(given.getShape()) +
                                       ") and output[0] has a shape of torch.Size(" +
                                       listText(type.getShape()) + ").");
  cotangent = importer.cast(cotangent, type.getElementType(), node.loc);
  return success();
}

static LogicalResult backward(Importer &importer, Node &node) {
  Value value = importer.readInput(node, 0), cotangent;
  if (!value || failed(readCotangent(importer, node, value, cotangent)))
    return failure();
  bool createGraph = node.flag("create_graph");
  // With create_graph PyTorch replaces .grad by a new tensor instead of adding to it in place.
  if (failed(createGraph ? importer.snapshotGradients(value, node.loc)
                         : importer.checkAddable(value, node.loc)))
    return failure();
  ag::BackwardOp::create(importer.b, node.loc, value, cotangent,
                         node.flag("retain_graph", createGraph), createGraph);
  return success();
}

static LogicalResult grad(Importer &importer, Node &node) {
  Value value = importer.readInput(node, 0), cotangent;
  if (!value || failed(readCotangent(importer, node, value, cotangent)))
    return failure();
  const Json &wrt = *node.attribute("wrt"), *names = node.attribute("names");
  if (wrt.items.empty())
    return importer.expected(wrt, "at least one name for 'wrt'");
  SmallVector<Value> leaves;
  SmallVector<Type> types;
  for (const Json &name : wrt.items) {
    TensorRef tensor = importer.lookup(name, name.text);
    if (!tensor)
      return failure();
    Storage &storage = *tensor->storage;
    if (storage.kind == Storage::Kind::variable && !storage.leaf &&
        storage.variable.getKind() == "local")
      return importer.fail(name, "the gradient with respect to a tensor that a loop or a branch "
                                 "writes is not supported: it would be that of the tensor after "
                                 "it alone; write to a new tensor");
    leaves.push_back(importer.read(*tensor, node.loc));
    types.push_back(tensor->type);
  }
  if (names && names->items.size() != leaves.size())
    return importer.expected(*names, "a list of " + Twine(leaves.size()) + " for 'names'");
  if (!names && leaves.size() != 1)
    return importer.fail(wrt, "expected 'names' for " + Twine(leaves.size()) + " gradients");
  bool createGraph = node.flag("create_graph");
  auto op = ag::GradientOp::create(importer.b, node.loc, types, value, leaves, cotangent,
                                   node.flag("retain_graph", createGraph), createGraph,
                                   node.flag("allow_unused"));
  for (Value result : op.getResults())
    node.results.push_back(importer.makeTensor(result, createGraph));
  if (!names)
    return success();
  node.definesNames = true;
  SmallVector<StringRef> words;
  for (auto [name, result] : llvm::zip(names->items, node.results)) {
    words.push_back(name.text);
    if (failed(importer.define(name, name.text, result)))
      return failure();
  }
  noteNames(op, words);
  return success();
}

//===-- no_grad -------------------------------------------------------------------------------===//

/// Reads the body of `node` into a region of an OpT; names defined within stay visible.
template <typename OpT> static LogicalResult readRegion(Importer &importer, Node &node) {
  OpBuilder &b = importer.b;
  auto region = OpT::create(b, node.loc, TypeRange());
  Block &block = region.getBody().emplaceBlock();
  SmallVector<Storage *> made;
  SmallVector<Value> values;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(&block);
    importer.touched.emplace_back();
    LogicalResult done = importer.evaluateBody(*node.attribute("body"));
    llvm::SetVector<Storage *> touched = importer.touched.pop_back_val();
    if (failed(done))
      return failure();
    for (Storage *storage : touched)
      if (storage->kind == Storage::Kind::plain && storage->current.getParentBlock() == &block) {
        made.push_back(storage);
        values.push_back(storage->current);
      }
    ag::YieldOp::create(b, node.loc, values);
  }
  // What the body made is visible after it, as in Python; what nobody reads is pruned at the end.
  auto full = OpT::create(b, node.loc, ValueRange(values).getTypes());
  full.getBody().takeBody(region.getBody());
  region.erase();
  for (auto [storage, result] : llvm::zip(made, full.getResults())) {
    storage->current = result;
    storage->reads.push_back(result);
    ++storage->version;
    if (!importer.touched.empty())
      importer.touched.back().insert(storage);
  }
  return success();
}

static LogicalResult noGrad(Importer &importer, Node &node) {
  ++importer.noGradDepth;
  LogicalResult done = readRegion<ag::NoGradOp>(importer, node);
  --importer.noGradDepth;
  return done;
}

static LogicalResult checkpoint(Importer &importer, Node &node) {
  return readRegion<ag::CheckpointOp>(importer, node);
}

template <typename OpT> static void prune(OpT op) {
  if (llvm::none_of(op.getResults(), [](Value v) { return v.use_empty(); }))
    return;
  auto yield = cast<ag::YieldOp>(op.getBody().front().getTerminator());
  SmallVector<Value> used, inner;
  for (auto [result, value] : llvm::zip(op.getResults(), yield.getValues()))
    if (!result.use_empty()) {
      used.push_back(result);
      inner.push_back(value);
    }
  OpBuilder b(op);
  auto pruned = OpT::create(b, op.getLoc(), ValueRange(used).getTypes());
  yield.getValuesMutable().assign(inner);
  pruned.getBody().takeBody(op.getBody());
  for (auto [old, result] : llvm::zip(used, pruned.getResults()))
    old.replaceAllUsesWith(result);
  op.erase();
}

void pruneNoGrad(Operation *root) {
  SmallVector<Operation *> regions;
  // Outer ones first: their yields are uses of the inner ones' results.
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<ag::NoGradOp, ag::CheckpointOp>(op))
      regions.push_back(op);
  });
  for (Operation *op : regions)
    if (auto region = dyn_cast<ag::NoGradOp>(op))
      prune(region);
    else
      prune(cast<ag::CheckpointOp>(op));
}

//===-- Leaves --------------------------------------------------------------------------------===//

static LogicalResult requiresGrad(Importer &importer, Node &node) {
  Value x = importer.readInput(node, 0);
  if (!x)
    return failure();
  RankedTensorType type = importer.makeType({}, importer.b.getI1Type());
  Value answer =
      node.inputs[0].tensor && node.inputs[0].tensor->saysGrad
          ? Value(ag::ConstantOp::create(importer.b, node.loc, DenseElementsAttr::get(type, true)))
          : Value(ag::RequiresGradOp::create(importer.b, node.loc, type, x));
  node.results = {importer.makeTensor(answer, false)};
  node.results[0]->wrapped = true;
  return success();
}

/// PyTorch's views of a tensor that becomes a leaf require grad, too, but nothing flows from them
/// to it: each is a leaf of its own.
static void makeLeavesOfViews(Importer &importer, Node &node, ArrayRef<NamedTensor> views) {
  for (auto &[name, view] : views) {
    Node named{node.json, node.spec, node.loc, name, {}, {}};
    TensorRef leaf = importer.makeVariable(named, importer.read(*view, node.loc));
    leaf->storage->shared = "is a view of what requires_grad_ made a leaf";
    leaf->storage->names = 1;
    *view = *leaf;
  }
}

/// A tensor without history becomes a leaf.
static LogicalResult makeLeaf(Importer &importer, Node &node, Tensor &tensor) {
  Storage &storage = *tensor.storage;
  if (!isa<FloatType>(tensor.type.getElementType()))
    return importer.fail(node.loc, "only Tensors of floating point dtype can require gradients");
  if (storage.kind == Storage::Kind::variable && storage.variable.getRequiresGrad() &&
      !tensor.cut && !tensor.isView) {
    storage.leaf = true;
    return success();
  }
  for (Block *block = importer.b.getInsertionBlock(); block && block != storage.home;
       block = block->getParentOp()->getBlock())
    if (!isa<ag::NoGradOp, func::FuncOp>(block->getParentOp()))
      return importer.fail(node.loc,
                           "requires_grad_ inside of repeat or if on a tensor made outside "
                           "is not supported: call it before");
  Value value = importer.read(tensor, node.loc);
  auto carried = dyn_cast<BlockArgument>(value);
  if (carried && !isa<func::FuncOp>(carried.getOwner()->getParentOp()))
    return importer.fail(node.loc, "requires_grad_ inside of repeat or if on what a loop carries "
                                   "is not supported: call it before");
  Node named{node.json, node.spec,
             node.loc,  node.inputs[0].name.empty() ? node.name : node.inputs[0].name,
             {},        {}};
  TensorRef leaf = importer.makeVariable(named, value);
  bool isNamed = !node.inputs[0].name.empty();
  // A gradient has the name of its leaf, too.
  if (storage.kind == Storage::Kind::gradient || storage.names > (isNamed ? 1u : 0u)) {
    storage.shared = "shares its storage with what requires_grad_ made a leaf";
    leaf->storage->shared =
        "was made a leaf by requires_grad_ and shares its storage with another name";
  }
  leaf->storage->names = isNamed;
  leaf->storage->leafOfView = tensor.isView && !tensor.cut;
  if (!tensor.isView)
    makeLeavesOfViews(importer, node, importer.viewsOf(tensor));
  storage.names -= isNamed;
  tensor = *leaf;
  return success();
}

static LogicalResult setRequiresGrad(Importer &importer, Node &node) {
  if (!node.inputs[0].tensor)
    return importer.expected(*node.inputs[0].json, "a tensor as input 1 of 'requires_grad_'");
  Tensor &tensor = *node.inputs[0].tensor;
  Storage &storage = *tensor.storage;
  node.results = {node.inputs[0].tensor};
  bool isLeaf = storage.leaf && !tensor.isView && !tensor.cut;
  // PyTorch refuses what reads such a view, not this.
  if (tensor.isNoGradView && Importer::isStale(tensor))
    return success();
  if (node.flag("value", true))
    return isLeaf || importer.needsGrad(tensor) ? success() : makeLeaf(importer, node, tensor);
  if (importer.needsGrad(tensor) && !isLeaf)
    return importer.fail(node.loc,
                         "you can only change requires_grad flags of leaf variables. If you "
                         "want to use a computed variable in a subgraph that doesn't "
                         "require differentiation use var_no_grad = var.detach().");
  if (isLeaf && importer.controlDepth)
    return importer.fail(node.loc, "requires_grad_(false) inside of repeat or if is not supported: "
                                   "call it outside");
  if (isLeaf)
    storage.leaf = false;
  return success();
}

static LogicalResult zeroGrad(Importer &importer, Node &node) {
  bool toNone = node.flag("set_to_none", true);
  for (const Operand &operand : node.inputs) {
    if (!operand.tensor || operand.tensor->storage->kind != Storage::Kind::variable ||
        !operand.tensor->storage->variable.getRequiresGrad() || operand.tensor->isView)
      return importer.expected(*operand.json, "the name of a leaf that requires grad");
    Storage &leaf = *operand.tensor->storage;
    StringRef shared = importer.gradientShared(leaf.variable);
    if (!toNone && !shared.empty())
      return importer.fail(node.loc, "in-place write to a tensor that " + shared + ": copy '" +
                                         leaf.variable.getSymName() +
                                         ".grad' before it becomes a leaf");
    if (toNone && failed(importer.snapshotGradient(leaf, node.loc)))
      return failure();
    ag::ZeroGradOp::create(importer.b, node.loc, leaf.variable.getSymName(), toNone);
  }
  return success();
}

void addAutogradOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec retain{"retain_graph", K::boolean}, create{"create_graph", K::boolean};
  table.add("autograd",
            {"backward",
             1,
             2,
             {retain, create},
             "adds the gradient of input 1 (with cotangent input 2) to .grad of all leaves",
             backward,
             false});
  table.add(
      "autograd",
      {"grad",
       1,
       2,
       {{"wrt", K::names, true}, retain, create, {"allow_unused", K::boolean}, {"names", K::names}},
       "the gradients of input 1 with respect to `wrt`, as values",
       grad});
  table.add("autograd",
            {"no_grad",
             0,
             0,
             {{"body", K::body, true}},
             "nodes whose results have no history; names defined within are visible after it",
             noGrad,
             false});
  table.add(
      "autograd",
      {"checkpoint",
       0,
       0,
       {{"body", K::body, true}},
       "nodes whose values are computed again for the backward instead of kept; names defined "
       "within are visible after it",
       checkpoint,
       false});
  table.add("autograd",
            {"requires_grad", 1, 1, {}, "whether a tensor requires grad, a bool", requiresGrad});
  table.add("autograd", {"requires_grad_",
                         1,
                         1,
                         {{"value", K::boolean}},
                         "makes a tensor a leaf that requires grad, or not",
                         setRequiresGrad});
  table.add("autograd", {"zero_grad",
                         1,
                         unlimited,
                         {{"set_to_none", K::boolean}},
                         "sets .grad of leaves to None, or to zeros where it exists",
                         zeroGrad,
                         false});
}

} // namespace gradc::graph
