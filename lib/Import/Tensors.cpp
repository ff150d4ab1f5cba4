// Tensors.cpp - storages and views: reading names, writing in place, and variables.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "History.h"

using namespace mlir;
namespace gradc::graph {

//===-- Making --------------------------------------------------------------------------------===//

Storage *Importer::makeStorage(RankedTensorType type) {
  Storage *storage = storages.emplace_back(std::make_unique<Storage>()).get();
  storage->type = type;
  storage->home = b.getInsertionBlock();
  return storage;
}

static TensorRef wholeOf(Storage *storage) {
  auto tensor = std::make_shared<Tensor>();
  tensor->storage = storage;
  tensor->type = storage->type;
  tensor->strides = contiguousStrides(storage->type.getShape());
  return tensor;
}

TensorRef Importer::makeTensor(Value value, bool history) {
  Storage *storage = makeStorage(cast<RankedTensorType>(value.getType()));
  storage->current = value;
  storage->history = history && isa<FloatType>(storage->type.getElementType());
  storage->reads.push_back(value);
  if (!touched.empty())
    touched.back().insert(storage);
  return wholeOf(storage);
}

ag::VariableOp Importer::declareVariable(StringRef name, RankedTensorType type, StringRef kind,
                                         bool requiresGrad, Location loc) {
  std::string symbol = name.empty() ? kind.str() : name.str();
  for (unsigned i = 0; reservedSymbols.contains(symbol) || symbols->lookup(symbol); ++i)
    symbol = (name.empty() ? kind : name).str() + "_" + std::to_string(i);
  OpBuilder::InsertionGuard guard(b);
  if (lastVariable)
    b.setInsertionPointAfter(lastVariable);
  else
    b.setInsertionPointToStart(module.getBody());
  auto op = ag::VariableOp::create(b, loc, symbol, type, kind, requiresGrad, ElementsAttr());
  symbols->insert(op);
  lastVariable = op;
  return op;
}

TensorRef Importer::makeVariable(Node &node, Value init) {
  Storage *storage = makeStorage(cast<RankedTensorType>(init.getType()));
  storage->kind = Storage::Kind::variable;
  storage->leaf = true;
  storage->variable = declareVariable(node.name, storage->type, "parameter", true, node.loc);
  ag::SetOp::create(b, node.loc, storage->variable.getSymName(), init, /*init=*/true);
  return wholeOf(storage);
}

TensorRef Importer::variableTensor(ag::VariableOp variable) {
  Storage *storage = makeStorage(cast<RankedTensorType>(variable.getType()));
  storage->kind = Storage::Kind::variable;
  storage->leaf = variable.getRequiresGrad();
  storage->variable = variable;
  return wholeOf(storage);
}

TensorRef Importer::gradientTensor(Storage &leaf) {
  Storage *&storage = gradients[leaf.variable];
  if (!storage) {
    storage = makeStorage(leaf.type);
    storage->kind = Storage::Kind::gradient;
    storage->variable = leaf.variable;
  }
  return wholeOf(storage);
}

bool Importer::needsGrad(const Tensor &tensor) const {
  return !tensor.cut && (tensor.storage->leaf || tensor.storage->history);
}

bool Importer::needsGrad(const Node &node) const {
  return gradEnabled() && llvm::any_of(node.inputs, [&](const Operand &operand) {
           return operand.tensor && needsGrad(*operand.tensor);
         });
}

//===-- Reading -------------------------------------------------------------------------------===//

bool Importer::isVisible(Value value) {
  Block *at = value.getParentBlock();
  for (Block *block = b.getInsertionBlock(); block;) {
    if (block == at)
      return true;
    Operation *parent = block->getParentOp();
    block = parent ? parent->getBlock() : nullptr;
  }
  return false;
}

Value Importer::applyView(const View &view, Value value, Location loc) {
  switch (view.kind) {
  case View::Kind::reshape:
    return reshape(value, view.type.getShape(), loc);
  case View::Kind::transpose:
    return ag::TransposeOp::create(b, loc, value, view.perm);
  case View::Kind::slice:
    return ag::SliceOp::create(b, loc, value, view.starts, view.limits, view.steps);
  case View::Kind::expand:
    return broadcast(value, view.type.getShape(), loc);
  }
  return value;
}

Value Importer::base(Storage &storage, Location loc) {
  switch (storage.kind) {
  case Storage::Kind::plain:
    return storage.current;
  case Storage::Kind::variable:
    return ag::GetOp::create(b, loc, storage.type, storage.variable.getSymName());
  case Storage::Kind::gradient:
    return ag::GradOp::create(b, loc, storage.type, storage.variable.getSymName(),
                              /*may_be_none=*/false);
  }
  return {};
}

Value Importer::read(Tensor &tensor, Location loc) {
  Storage &storage = *tensor.storage;
  bool plain = storage.kind == Storage::Kind::plain;
  // A view of a leaf is one value: `grad` may ask for its gradient.
  bool keeps = plain || (storage.kind == Storage::Kind::variable && storage.leaf && tensor.isView);
  if (keeps && tensor.cache && tensor.version == storage.version && isVisible(tensor.cache))
    return tensor.cache;
  Value whole = base(storage, loc), value = whole;
  for (const View &view : tensor.views)
    value = applyView(view, value, loc);
  bool isFrozen = storage.variable && storage.kind == Storage::Kind::variable &&
                  storage.variable.getRequiresGrad() && !storage.leaf;
  if (tensor.cut || isFrozen)
    value = ag::DetachOp::create(b, loc, value);
  // Writes to a leaf are known by its ag.set; all other readings have to be listed.
  if (storage.kind != Storage::Kind::gradient && (value != whole || !(plain || storage.leaf)))
    storage.reads.push_back(value);
  tensor.cache = keeps ? value : Value();
  tensor.version = storage.version;
  return value;
}

void Importer::inheritView(Tensor &view, const Tensor &base, StringRef node) {
  view.wrapped = false;
  view.isView = true;
  view.part = base.part.empty() ? "" : ("Output 0 of " + node).str();
  view.isNoGradView = base.isNoGradView || !gradEnabled();
  bool cuts = !gradEnabled() && needsGrad(base);
  view.cut |= cuts;
  view.saysGrad |= cuts && !base.storage->leafOfView;
  view.writes = base.storage->writes;
  view.hadHistory = base.storage->leaf || base.storage->history;
}

SmallVector<NamedTensor> Importer::viewsOf(const Tensor &tensor) const {
  SmallVector<NamedTensor> found;
  for (const Scope &scope : scopes)
    for (auto &[name, other] : scope.names)
      if (other && other->storage == tensor.storage && other->isView && other->cut == tensor.cut)
        found.push_back({name.str(), other});
  llvm::sort(found, [](auto &a, auto &c) { return a.first < c.first; });
  llvm::SmallPtrSet<Tensor *, 4> seen;
  llvm::erase_if(found, [&](auto &entry) { return !seen.insert(entry.second.get()).second; });
  return found;
}

/// Ops that PyTorch's autograd does not see.
static bool isUnrecorded(StringRef op) {
  static const StringRef names[] = {"detach",
                                    "eq",
                                    "ne",
                                    "lt",
                                    "le",
                                    "gt",
                                    "ge",
                                    "any",
                                    "all",
                                    "isnan",
                                    "isinf",
                                    "isposinf",
                                    "isneginf",
                                    "argmax",
                                    "argmin",
                                    "if",
                                    "item",
                                    "signbit",
                                    "requires_grad",
                                    "logical_and",
                                    "logical_or",
                                    "logical_xor",
                                    "logical_not",
                                    "count_nonzero",
                                    "requires_grad_",
                                    "zero_grad"};
  return llvm::is_contained(names, op);
}

bool Importer::isStale(const Tensor &tensor) {
  const Storage &storage = *tensor.storage;
  // What PyTorch asks about is a view of a view that detach gave: that needs no gradient.
  bool isDetached = tensor.cut && !tensor.saysGrad;
  return tensor.writes != storage.writes && !isDetached && (storage.leaf || storage.history);
}

LogicalResult Importer::checkReadable(const Node &node) {
  StringRef op = node.spec->name;
  if (!gradEnabled() || isUnrecorded(op))
    return success();
  for (auto [i, operand] : llvm::enumerate(node.inputs)) {
    const Tensor *tensor = operand.tensor.get();
    // The target of a write is checked as such.
    bool written = i == 0 && op.ends_with("_");
    if (!tensor || written || (tensor->part.empty() && !tensor->isNoGradView))
      continue;
    if (!isStale(*tensor))
      continue;
    StringRef what = tensor->isNoGradView ? StringRef("A view was created in no_grad mode")
                                          : StringRef(tensor->part);
    return fail(node.loc, what + (tensor->isNoGradView ? "" : " is a view") +
                              " and its base or another view of its base has been modified "
                              "inplace" +
                              (tensor->isNoGradView ? " with grad mode enabled" : "") +
                              ": make the view after the write");
  }
  return success();
}

void Importer::forgetViews() {
  for (auto &storage : storages)
    if (storage->kind == Storage::Kind::variable)
      ++storage->version;
}

Value Importer::readInput(Node &node, unsigned i) {
  Operand &operand = node.inputs[i];
  if (operand.tensor)
    return read(*operand.tensor, node.loc);
  (void)expected(*operand.json,
                 "a tensor as input " + Twine(i + 1) + " of '" + node.spec->name + "'");
  return {};
}

//===-- Writing -------------------------------------------------------------------------------===//

/// The contents of the storage after `value` was written to a view of it.
Value Importer::unview(const Tensor &target, Value value, Location loc) {
  auto isSlice = [](const View &view) { return view.kind == View::Kind::slice; };
  // Only a slice leaves elements as they are: then the old contents are read.
  SmallVector<Value> stages;
  if (llvm::any_of(target.views, isSlice)) {
    stages.push_back(base(*target.storage, loc));
    for (const View &view : ArrayRef(target.views).drop_back())
      stages.push_back(applyView(view, stages.back(), loc));
  }
  for (size_t i = target.views.size(); i-- > 0;) {
    const View &view = target.views[i];
    RankedTensorType type = i ? target.views[i - 1].type : target.storage->type;
    if (view.kind == View::Kind::reshape)
      value = reshape(value, type.getShape(), loc);
    else if (view.kind == View::Kind::transpose)
      value = ag::TransposeOp::create(b, loc, value, ag::inverse(view.perm));
    else
      value = ag::UpdateSliceOp::create(b, loc, type, stages[i], value, view.starts, view.steps);
  }
  return value;
}

void Importer::noteModified(Storage &storage, Location loc) {
  SmallVector<Value> visible, later;
  for (Value value : storage.reads) {
    if (!isVisible(value)) {
      later.push_back(value);
      continue;
    }
    visible.push_back(value);
    // Within a branch or a loop body the write may not have happened.
    Block *block = b.getInsertionBlock();
    while (block != value.getParentBlock() &&
           isa<ag::NoGradOp, ag::CheckpointOp>(block->getParentOp()))
      block = block->getParentOp()->getBlock();
    if (block != value.getParentBlock())
      later.push_back(value);
  }
  storage.reads = later;
  if (!visible.empty())
    ag::ModifiedOp::create(b, loc, visible);
}

LogicalResult Importer::checkWritable(Tensor &target, bool history, Location loc) {
  Storage &storage = *target.storage;
  if (!storage.shared.empty())
    return fail(loc,
                "in-place write to a tensor that " + storage.shared + ": write to a new tensor");
  if (target.isNoGradView && gradEnabled() && (history || target.saysGrad || needsGrad(target)))
    return fail(loc,
                "A view was created in no_grad mode and is being modified inplace with grad mode "
                "enabled. Given that this use case is ambiguous and error-prone, it is "
                "forbidden. You can clarify your code by moving both the view and the inplace "
                "either both inside the no_grad block (if you don't want the inplace to be "
                "tracked) or both outside (if you want the inplace to be tracked).");
  if (!target.part.empty() && gradEnabled() && !target.cut && (history || storage.history))
    return fail(loc, target.part +
                         " is a view and is being modified inplace. This view is the output of a "
                         "function that returns multiple views. Such functions do not allow the "
                         "output views to be modified inplace. You should replace the inplace "
                         "operation by an out-of-place one.");
  if (storage.leaf && !target.cut && gradEnabled())
    return fail(loc, StringRef(target.isView ? "a view of a leaf" : "a leaf") +
                         " Variable that requires grad is being used in an in-place operation.");
  // PyTorch has no place in the graph for a view that was made before its base had one.
  if (target.isView && !target.hadHistory && !target.cut && storage.history && gradEnabled())
    return fail(loc, "a leaf Variable that requires grad is being used in an in-place operation.");
  for (const View &view : target.views)
    if (view.kind == View::Kind::expand)
      return fail(loc,
                  "unsupported operation: more than one element of the written-to tensor refers "
                  "to a single memory location. Please clone() the tensor before performing the "
                  "operation.");
  if (history && target.cut && gradEnabled())
    return fail(loc, "in-place write with history to a tensor without, of detach or made under "
                     "no_grad, is not supported: write to a new tensor");
  if (storage.history && (target.cut || !gradEnabled()))
    return fail(loc,
                "in-place write without history (under no_grad, or through detach) to a tensor "
                "that has one is not supported: its gradient would no longer be that of its "
                "contents");
  return success();
}

LogicalResult Importer::write(Tensor &target, Value value, bool history, Location loc) {
  Storage &storage = *target.storage;
  // What is written may be what was there: who reads it from now on reads the new contents.
  if (value == storage.current || llvm::is_contained(storage.reads, value)) {
    value = ag::ReshapeOp::create(b, loc, value.getType(), value);
    value.getDefiningOp()->setAttr("ag.copy", b.getUnitAttr());
  }
  written = value;
  value = unview(target, value, loc);
  storage.history |= history && gradEnabled() && !storage.leaf;
  ++storage.writes;
  switch (storage.kind) {
  case Storage::Kind::plain:
    noteModified(storage, loc);
    storage.current = value;
    storage.reads.push_back(value);
    ++storage.version;
    if (!touched.empty())
      touched.back().insert(&storage);
    return success();
  case Storage::Kind::gradient:
    ag::SetGradOp::create(b, loc, storage.variable.getSymName(), value);
    return success();
  case Storage::Kind::variable:
    // Through detach a leaf may be written anywhere; the write itself has no history.
    OpBuilder::InsertionGuard guard(b);
    if (storage.leaf && gradEnabled())
      b.setInsertionPointToStart(
          &ag::NoGradOp::create(b, loc, TypeRange()).getBody().emplaceBlock());
    ag::SetOp::create(b, loc, storage.variable.getSymName(), value, /*init=*/false);
    if (Operation *region = b.getInsertionBlock()->getParentOp(); storage.leaf && gradEnabled()) {
      ag::YieldOp::create(b, loc, ValueRange());
      b.setInsertionPointAfter(region);
    }
    noteModified(storage, loc);
    ++storage.version;
    return success();
  }
  return success();
}

//===-- Regions -------------------------------------------------------------------------------===//

void Importer::toVariable(Storage &storage, StringRef name, Location loc) {
  storage.variable = declareVariable(name, storage.type, "local", false, loc);
  ag::SetOp::create(b, loc, storage.variable.getSymName(), storage.current, /*init=*/true);
  storage.kind = Storage::Kind::variable;
  storage.current = {};
  ++storage.version;
}

/// Whether the result of an op is its first input, or a view of it.
static bool isAlias(StringRef op) {
  static const StringRef views[] = {
      "reshape",  "view",      "expand_as", "type_as",      "cast",     "transpose",
      "permute",  "expand",    "unsqueeze", "squeeze",      "flatten",  "slice",
      "t",        "detach",    "to_host",   "to_device",    "identity", "select",
      "narrow",   "unflatten", "movedim",   "moveaxis",     "swapdims", "swapaxes",
      "diagonal", "split",     "chunk",     "tensor_split", "unbind",   "positive"};
  return llvm::is_contained(views, op) || op.ends_with("_");
}

/// The name whose storage an operand is, as far as names tell; empty when it is a new one.
static std::string rootName(const Json &operand, const llvm::StringMap<std::string> &aliases) {
  if (operand.kind == Json::Kind::string) {
    auto found = aliases.find(operand.text);
    return found == aliases.end() ? operand.text : found->second;
  }
  const Json *op = operand.find("op"), *inputs = operand.find("inputs");
  if (!op || !inputs || inputs->items.empty() || !isAlias(op->text))
    return {};
  return rootName(inputs->items[0], aliases);
}

void Importer::collectWrites(const Json &json, llvm::StringMap<std::string> &aliases,
                             SmallVectorImpl<std::pair<std::string, Storage *>> &found) {
  for (const Json &item : json.items)
    collectWrites(item, aliases, found);
  const Json *op = json.find("op"), *inputs = json.find("inputs"), *name = json.find("name");
  if (!op || op->kind != Json::Kind::string || !inputs || inputs->items.empty())
    return;
  auto note = [&](const std::string &root) {
    TensorRef target = root.empty() ? nullptr : find(root);
    if (target && target->storage->kind != Storage::Kind::gradient)
      found.push_back({root, target->storage});
  };
  // The running statistics.
  if (op->text == "batch_norm" || op->text == "instance_norm")
    for (size_t i = 1; i < std::min<size_t>(3, inputs->items.size()); ++i)
      note(rootName(inputs->items[i], aliases));
  if (!isAlias(op->text))
    return;
  std::string root = rootName(inputs->items[0], aliases);
  if (name && !root.empty())
    aliases[name->text] = root;
  if (const Json *several = json.find("names"); several && !root.empty())
    for (const Json &one : several->items)
      aliases[one.text] = root;
  if (StringRef(op->text).ends_with("_"))
    note(root);
}

llvm::SmallPtrSet<Storage *, 4> Importer::hoistWrites(const Json &body, Location loc, bool again) {
  llvm::StringMap<std::string> aliases;
  SmallVector<std::pair<std::string, Storage *>> found;
  llvm::SmallPtrSet<Storage *, 4> written;
  collectWrites(body, aliases, found);
  for (auto &[name, storage] : found) {
    written.insert(storage);
    storage->writes += again;
    if (storage->kind == Storage::Kind::variable)
      ++storage->version; // a later turn reads what this one writes
    else if (storage->shared.empty())
      toVariable(*storage, name, loc);
  }
  return written;
}

LogicalResult Importer::snapshotGradient(Storage &leaf, Location loc) {
  auto found = gradients.find(leaf.variable);
  if (found == gradients.end())
    return success();
  if (found->second->names == 0) {
    // The next gradient is a tensor of its own.
    if (!found->second->shared.empty())
      gradients.erase(found);
    return success();
  }
  Storage *storage = found->second;
  Block *home = storage->home;
  for (Block *block = b.getInsertionBlock(); block && block != home;
       block = block->getParentOp()->getBlock())
    if (!isa<ag::NoGradOp, ag::CheckpointOp>(block->getParentOp()))
      return fail(loc, "a name that was given to '" + leaf.variable.getSymName() +
                           ".grad' outside of this body would keep the old gradient: read '" +
                           leaf.variable.getSymName() + ".grad' inside");
  storage->current = base(*storage, loc);
  storage->kind = Storage::Kind::plain;
  storage->reads.push_back(storage->current);
  ++storage->version;
  if (!touched.empty())
    touched.back().insert(storage);
  gradients.erase(found);
  return success();
}

SmallVector<Operation *>
Importer::reachedGradients(Value from, llvm::function_ref<bool(const Storage &)> isOfInterest) {
  SmallVector<Operation *> leaves;
  for (auto &entry : gradients)
    if (isOfInterest(*entry.second))
      leaves.push_back(entry.first);
  llvm::erase_if(leaves, [&](Operation *leaf) {
    return !mayReach(*this, from, [&](Value v) { return isReading(v, leaf); });
  });
  llvm::sort(leaves, [](Operation *a, Operation *c) { return a->isBeforeInBlock(c); });
  return leaves;
}

LogicalResult Importer::checkAddable(Value from, Location loc) {
  auto leaves = reachedGradients(from, [](const Storage &s) { return !s.shared.empty(); });
  if (leaves.empty())
    return success();
  StringRef name = cast<ag::VariableOp>(leaves[0]).getSymName();
  return fail(loc, "this backward adds in place to '" + name + ".grad', which " +
                       gradients[leaves[0]]->shared + ": copy '" + name +
                       ".grad' before it becomes a leaf, or call zero_grad before");
}

LogicalResult Importer::snapshotGradients(Value from, Location loc) {
  for (Operation *variable : reachedGradients(from, [](const Storage &s) { return s.names > 0; })) {
    Storage leaf;
    leaf.variable = cast<ag::VariableOp>(variable);
    if (failed(snapshotGradient(leaf, loc)))
      return failure();
  }
  return success();
}

} // namespace gradc::graph
