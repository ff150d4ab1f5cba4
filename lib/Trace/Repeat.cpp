// Repeat.cpp - repeat: which handles the body rebinds, and what they are after the loop.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Bodies.h"
#include "Infer.h"

namespace gradc::detail {

namespace {
class Repeat {
public:
  /// `op` is repeat or while.
  Repeat(Context &context, const char *op, Attributes attributes, Location where);
  void run(const std::function<void(const Tensor &)> &body);
  void run(const std::function<Tensor()> &condition, const std::function<void()> &body);

private:
  void enter();
  void ask(const std::function<Tensor()> &condition);
  void leave();
  void readHandles();
  void checkFrame() const;
  void checkCarry(const Entry &entry) const;
  void carry();
  Storages carriedStorages(const ValueRef &after) const;
  ValueRef result(const Entry &entry);
  void settleHandles();
  bool isCarried(const ValueRef &placeholder) const;
  const Entry *entryOf(const ValueRef &placeholder) const;

  Context &context;
  Location where;
  Node *node;
  Block *body = nullptr;
  std::vector<Entry> entries;
  std::map<Storage *, ValueRef> resultOf;
  std::vector<ValueRef> results;
};
} // namespace

Repeat::Repeat(Context &context, const char *op, Attributes attributes, Location where)
    : context(context), where(where),
      node(context.append(op, {}, std::move(attributes), Effect::writes, where)) {}

void Repeat::enter() {
  for (Tensor *handle : Access::handles()) {
    const ValueRef &value = Access::value(*handle);
    if (value && value->trace != context.id)
      continue;
    Entry entry{handle, value, nullptr, nullptr};
    if (value) {
      entry.placeholder = std::make_shared<Value>(*value);
      entry.placeholder->same = value;
      entry.placeholder->node = nullptr;
      entry.placeholder->hint.clear();
      Access::rebind(*handle, entry.placeholder);
    }
    entries.push_back(std::move(entry));
  }
  context.frames.emplace_back();
  context.frames.back().firstStorage = context.nextStorage;
}

const Entry *Repeat::entryOf(const ValueRef &placeholder) const {
  for (const Entry &entry : entries)
    if (placeholder && entry.placeholder == placeholder)
      return &entry;
  return nullptr;
}

bool Repeat::isCarried(const ValueRef &placeholder) const {
  const Entry *entry = entryOf(placeholder);
  return entry && entry->after != placeholder;
}

// Notes what the body left in each handle; a handle that is gone was not rebound.
void Repeat::readHandles() {
  std::vector<Tensor *> alive = Access::handles();
  std::set<Tensor *> aliveSet(alive.begin(), alive.end());
  for (Entry &entry : entries)
    entry.after = aliveSet.count(entry.handle) ? Access::value(*entry.handle) : entry.placeholder;
  // To be assigned a copy of what it was is no change either.
  for (Entry &entry : entries) {
    const Entry *other = entryOf(entry.after);
    if (other && other->before == entry.before && !isCarried(other->placeholder))
      entry.after = entry.placeholder;
  }
}

void Repeat::checkFrame() const {
  const Frame &frame = context.frames.back();
  for (const Entry &entry : entries)
    if (!entry.before && entry.after && frame.askedUndefined.count(entry.handle))
      fail(where, "the body asks whether a tensor is defined() and then assigns to it: its first "
                  "turn would differ from the others, and the body is traced once");
  for (const auto &[leaf, line] : frame.skippedLeaves)
    if (leaf->hasGrad)
      fail(line, "step() comes before the first backward() of this repeat: the parameter would be "
                 "left out in the first turn only");
}

void Repeat::checkCarry(const Entry &entry) const {
  const ValueRef &before = entry.before, &after = entry.after;
  if (!after)
    fail(where, "the body resets a tensor from outside to an undefined one");
  Tensor probe = Access::make(after);
  context.use(probe, after->where);
  if (after->type != before->type || after->device.is_cuda() != before->device.is_cuda())
    fail(after->where, "a tensor that a repeat rebinds must keep its shape and dtype: it was " +
                           typeText(before->type) + " before the body, and is " +
                           typeText(after->type) + " after it");
  if (before->gradOf || after->gradOf)
    fail((after->gradOf ? after : before)->where,
         "a repeat cannot carry the gradient of a tensor itself: clone() it");
  const auto &written = context.frames.back().written;
  if (auto found = written.find(before->storage.get()); found != written.end())
    fail(found->second, "in-place write to a tensor that a handle of this repeat starts from and "
                        "then leaves: write `x = x + y` here, or clone() it before the repeat");
  for (const auto &storage : storagesOf(after)) {
    bool isOuter = storage->id < context.frames.back().firstStorage;
    if (isOuter && written.count(storage.get()))
      fail(after->where, "a repeat carries a tensor that shares its storage with one that the body "
                         "writes: clone() it");
  }
}

// Where a rebound handle may be after all turns: what a turn finds in a carried tensor is what an
// earlier turn has left in it. (What earlier turns have made themselves, nobody else holds.)
Storages Repeat::carriedStorages(const ValueRef &after) const {
  Storages result = storagesOf(after);
  for (size_t size = 0; size != result.size();) {
    size = result.size();
    for (const Entry &entry : entries)
      if (entry.before && entry.after != entry.placeholder && result.count(entry.before->storage))
        for (const auto &storage : storagesOf(entry.after))
          if (storage->id < context.frames.back().firstStorage)
            result.insert(storage);
  }
  return result;
}

// What a rebound handle is after the loop.
ValueRef Repeat::result(const Entry &entry) {
  const Entry *outer = entryOf(entry.after);
  if (outer && !isCarried(outer->placeholder))
    return outer->before;
  ValueRef value = context.makeValue(entry.after->type, entry.after->device, entry.after->where);
  value->same = entry.placeholder;
  value->leaf = entry.after->leaf;
  value->hasUnknownLayout = entry.after->isStrided || entry.after->hasUnknownLayout;
  value->leaves = Context::leavesOf(entry.after);
  value->leaves.merge(Context::leavesOf(entry.before));
  results.push_back(value);
  std::shared_ptr<Storage> storage = entry.after->storage;
  if (storage->id >= context.frames.back().firstStorage) {
    value->storage = storage;
    // Two results in one storage: PyTorch would show a write through either in both.
    ValueRef &other = resultOf[storage.get()];
    storage->isAmbiguous |= other != nullptr;
    other = value;
    if (storage->isAmbiguous)
      mayShare(value, carriedStorages(entry.after));
    return value;
  }
  mayShare(value, carriedStorages(entry.after));
  return value;
}

void Repeat::carry() {
  std::map<std::pair<Value *, Value *>, const Entry *> done;
  std::vector<std::pair<Tensor *, ValueRef>> rebound;
  for (Entry &entry : entries) {
    if (!entry.before || entry.after == entry.placeholder)
      continue;
    checkCarry(entry);
    auto [first, isNew] = done.emplace(std::pair(entry.before.get(), entry.after.get()), &entry);
    if (!isNew) {
      // Two handles of one tensor that are still two handles of one tensor.
      entry.placeholder->same = first->second->placeholder;
      for (const auto &[handle, value] : std::vector(rebound))
        if (handle == first->second->handle)
          rebound.emplace_back(entry.handle, value);
      continue;
    }
    entry.placeholder->same = nullptr;
    entry.placeholder->scope = body;
    node->carries.push_back({entry.placeholder, entry.before, entry.after});
    rebound.emplace_back(entry.handle, result(entry));
  }
  for (const auto &[handle, value] : rebound)
    Access::rebind(*handle, value);
}

// Handles that still hold a placeholder, old ones and those made in the body, get the outer value.
void Repeat::settleHandles() {
  for (Tensor *handle : Access::handles()) {
    const Entry *entry = entryOf(Access::value(*handle));
    if (!entry || isCarried(entry->placeholder))
      continue;
    if (entry->before->hint.empty())
      entry->before->hint = entry->placeholder->hint;
    Access::rebind(*handle, entry->before);
  }
}

// Rebinds the handles to what they are after the loop.
void Repeat::leave() {
  if (context.current != body)
    fail(where, "a NoGradGuard outlives the body of this " + node->op);
  readHandles();
  checkFrame();
  carry();
  settleHandles();
  context.close(body);
  context.frames.pop_back();
  // The results belong to the block around.
  for (const ValueRef &value : results)
    value->scope = context.scope();
}

void Repeat::run(const std::function<void(const Tensor &)> &traced) {
  enter();
  node->blocks.emplace_back("body", nullptr);
  body = context.open(BlockKind::repeat, node->blocks.back().second);
  node->index = context.makeValue({Dtype::i64, {}}, Device(), where);
  node->index->isIndex = true;
  node->index->hint = "step";
  {
    Tensor step = Access::make(node->index);
    traced(step);
  }
  leave();
}

// The condition reads the handles as a turn finds them.
void Repeat::ask(const std::function<Tensor()> &condition) {
  node->blocks.emplace_back("before", nullptr);
  Block *before = context.open(BlockKind::repeat, node->blocks.back().second);
  {
    Tensor value = condition();
    node->condition = context.use(value, where);
  }
  if (context.current != before)
    fail(where, "a NoGradGuard outlives the condition of this while_");
  int64_t count = numelOf(node->condition->type.shape);
  if (count != 1)
    fail(where, count ? "Boolean value of Tensor with more than one value is ambiguous"
                      : "Boolean value of Tensor with no values is ambiguous");
  readHandles();
  bool rebinds = !context.frames.back().written.empty();
  for (const Entry &entry : entries)
    rebinds |= entry.after != entry.placeholder;
  if (rebinds)
    fail(where, "the condition of a while_ rebinds or writes a tensor: only its body may");
  context.close(before);
}

void Repeat::run(const std::function<Tensor()> &condition, const std::function<void()> &traced) {
  enter();
  ask(condition);
  node->blocks.emplace_back("body", nullptr);
  body = context.open(BlockKind::repeat, node->blocks.back().second);
  traced();
  leave();
}

void repeat(int64_t count, const std::function<void(const Tensor &)> &body, Location where) {
  Context &context = Context::get(where);
  if (count > 0)
    Repeat(context, "repeat", {{"count", std::to_string(count)}}, where).run(body);
}

} // namespace gradc::detail

void gradc::while_(const std::function<Tensor()> &condition, const std::function<void()> &body,
                   std::optional<int64_t> max_trips, Location where) {
  detail::Context &context = detail::Context::get(where);
  if (max_trips && *max_trips < 1)
    detail::fail(where, "max_trips: expected a number above 0, got " + std::to_string(*max_trips));
  detail::Attributes attributes;
  if (max_trips)
    attributes.emplace_back("max_trips", std::to_string(*max_trips));
  detail::Repeat(context, "while", std::move(attributes), where).run(condition, body);
}
