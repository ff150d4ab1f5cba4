// Graph.cpp - grows the recorded program and says whether a handle may be used.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "Infer.h"
#include "Text.h"

namespace gradc::detail {

static thread_local Context *activeContext = nullptr;
static thread_local uint64_t nextTrace = 0;

void fail(Location where, const std::string &text) { throw Error(where, text); }

Context::Context() : id(++nextTrace), main(std::make_unique<Block>()), outer(activeContext) {
  current = main.get();
  activeContext = this;
}

Context::~Context() { activeContext = outer; }

Context *Context::active() { return activeContext; }

Context &Context::get(Location where) {
  if (!activeContext)
    fail(where, "no trace is active: call this inside the function given to gradc::trace");
  return *activeContext;
}

Block *Context::scope() const {
  Block *block = current;
  while (block->kind == BlockKind::noGrad || block->kind == BlockKind::checkpoint)
    block = block->parent;
  return block;
}

static bool isVisible(const Block *scope, const Block *from) {
  for (; from; from = from->parent)
    if (from == scope)
      return true;
  return false;
}

static std::string lineText(Location where) {
  return std::string(where.file) + ":" + std::to_string(where.line);
}

static void checkFresh(const Value &value, Location where) {
  if (value.gradOf && value.gradOf->leaf && value.gradEpoch != value.gradOf->leaf->gradEpoch)
    fail(where, "this gradient was taken at " + lineText(value.where) +
                    ", and .grad has become another tensor since: take grad() again");
  for (const auto &[storage, version] : value.storage->mayShare)
    if (storage->version != version)
      fail(where, std::string("a tensor that ") + value.storage->reason + " at " +
                      lineText(value.where) +
                      " may share its storage with one that was written since: clone() it there");
}

ValueRef Context::use(const Tensor &tensor, Location where, const char *role) {
  const ValueRef &value = Access::value(tensor);
  if (!value)
    fail(where,
         std::string(role ? role : "the tensor") + " is undefined: nothing was assigned to it");
  if (value->trace != id)
    fail(where, "this tensor belongs to another trace");
  if (!isVisible(value->scope, current))
    fail(where, "this tensor was made at " + lineText(value->where) +
                    " inside a repeat or if_ body, and that body is over: make it before the body "
                    "and assign to it inside");
  checkFresh(*value, where);
  return value;
}

Resolved Context::resolve(const Arg &arg) {
  Resolved result;
  result.where = arg.where;
  if (arg.number) {
    result.isNumber = true;
    result.number = arg.number;
    result.type.dtype = dtypeOf(*arg.number);
    result.operand = operandText(*arg.number, arg.where);
    return result;
  }
  result.isNumber = arg.item != nullptr;
  result.value = use(arg.item ? Access::tensor(*arg.item) : *arg.tensor, arg.where);
  result.type = result.value->type;
  result.device = result.value->device;
  result.operand = result.value;
  return result;
}

std::shared_ptr<Storage> Context::makeStorage() {
  auto storage = std::make_shared<Storage>();
  storage->id = nextStorage++;
  return storage;
}

std::shared_ptr<Leaf> Context::makeLeaf() {
  allLeaves.push_back(std::make_shared<Leaf>());
  return allLeaves.back();
}

ValueRef Context::makeValue(Type type, Device device, Location where) {
  auto value = std::make_shared<Value>();
  value->type = std::move(type);
  value->device = device;
  value->where = where;
  value->trace = id;
  value->scope = scope();
  value->storage = makeStorage();
  usesCuda |= device.is_cuda();
  usesAuto |= device.is_auto();
  return value;
}

Node *Context::append(std::string op, std::vector<Operand> inputs, Attributes attributes,
                      Effect effect, Location where) {
  auto node = std::make_unique<Node>();
  node->op = std::move(op);
  node->where = where;
  node->inputs = std::move(inputs);
  node->attributes = std::move(attributes);
  node->effect = effect;
  node->isInitial = initialDepth > 0;
  node->block = current;
  current->nodes.push_back(std::move(node));
  return current->nodes.back().get();
}

LeafSet Context::leavesOf(const ValueRef &value) {
  LeafSet result = value->leaves;
  result.insert(value->storage->leaves.begin(), value->storage->leaves.end());
  return result;
}

ValueRef Context::compute(std::string op, std::vector<Operand> inputs, Attributes attributes,
                          Type type, Device device, Location where, Effect effect) {
  checkSizes(type.shape, where);
  ValueRef result = makeValue(std::move(type), device, where);
  if (gradEnabled() && isFloat(result->type.dtype))
    for (const Operand &input : inputs)
      if (input.value)
        result->leaves.merge(leavesOf(input.value));
  // Matrix products, and lists of one dim, have their elements in order.
  size_t rank = result->type.shape.size();
  bool isOrdered = rank < 2 || (rank == 2 && (op == "matmul" || op == "linear"));
  for (const Operand &input : inputs)
    if (input.value && !isOrdered)
      result->hasUnknownLayout |= input.value->isStrided || input.value->hasUnknownLayout;
  Node *node = append(std::move(op), std::move(inputs), std::move(attributes), effect, where);
  node->results.push_back(result);
  result->node = node;
  return result;
}

// The shape without dims of size 1, which no layout shows.
static Shape squeezed(const Shape &shape) {
  Shape result;
  for (int64_t size : shape)
    if (size != 1)
      result.push_back(size);
  return result;
}

void Context::shareStorage(const std::string &op, const ValueRef &base, const ValueRef &view) {
  bool isReshape = op == "reshape" || op == "flatten";
  bool keepsDims = squeezed(base->type.shape) == squeezed(view->type.shape);
  bool keepsOrder = isReshape || op == "detach" || op == "squeeze" || op == "unsqueeze";
  view->isExpanded = base->isExpanded;
  view->isStrided = base->isStrided || !keepsOrder;
  view->hasUnknownLayout = base->hasUnknownLayout;
  if (!isReshape || keepsDims || !base->hasUnknownLayout) {
    view->storage = base->storage;
    return;
  }
  view->storage->isAmbiguous = true;
  view->storage->reason = "is a reshape of a tensor computed from a transposed or sliced one";
  view->storage->mayShare = base->storage->mayShare;
  view->storage->mayShare.emplace_back(base->storage, base->storage->version);
}

ValueRef Context::computeView(std::string op, const ValueRef &base, Attributes attributes,
                              Shape shape, Location where) {
  ValueRef result = compute(op, {base}, std::move(attributes), {base->type.dtype, std::move(shape)},
                            base->device, where);
  shareStorage(op, base, result);
  return result;
}

void Context::checkWritable(const ValueRef &target, Location where) const {
  if (target->storage->isAmbiguous)
    fail(where, std::string("in-place write to a tensor that ") + target->storage->reason + " at " +
                    lineText(target->where) + " and may share its storage: clone() it first");
  if (target->isExpanded)
    fail(where, "unsupported operation: more than one element of the written-to tensor refers to a "
                "single memory location. Please clone() the tensor before performing the "
                "operation.");
  if (target->isIndex)
    fail(where, "the step of a repeat cannot be written");
}

void Context::write(std::string op, const ValueRef &target, std::vector<Operand> rest,
                    Attributes attributes, Location where) {
  checkWritable(target, where);
  ++target->storage->version;
  for (Frame &frame : frames)
    frame.written.emplace(target->storage.get(), where);
  if (gradEnabled())
    for (const Operand &input : rest)
      if (input.value)
        target->storage->leaves.merge(leavesOf(input.value));
  std::vector<Operand> inputs = {target};
  inputs.insert(inputs.end(), rest.begin(), rest.end());
  append(std::move(op), std::move(inputs), std::move(attributes), Effect::writes, where)
      ->firstNestable = 1;
}

void Context::noteWrites(const Tensor &result, const std::vector<const Tensor *> &targets,
                         Location where) {
  Node *node = Access::value(result)->node;
  for (const Tensor *target : targets) {
    const ValueRef &value = Access::value(*target);
    if (!value)
      continue;
    checkWritable(value, where);
    ++value->storage->version;
    for (Frame &frame : frames)
      frame.written.emplace(value->storage.get(), where);
    node->effect = Effect::writes;
    for (size_t i = 0; i < node->inputs.size(); ++i)
      if (node->inputs[i].value == value)
        node->firstNestable = std::max(node->firstNestable, i + 1);
  }
}

Block *Context::open(BlockKind kind, std::unique_ptr<Block> &owner) {
  owner = std::make_unique<Block>();
  owner->kind = kind;
  owner->parent = current;
  current = owner.get();
  noGradDepth += kind == BlockKind::noGrad;
  return current;
}

void Context::close(Block *block) {
  noGradDepth -= block->kind == BlockKind::noGrad;
  current = block->parent;
}

} // namespace gradc::detail
