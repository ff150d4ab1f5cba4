// Control.cpp - repeat and if_: which handles a body rebinds, and what they are after it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "Infer.h"
#include "gradc/Trace/Functions.h"
#include <algorithm>

namespace gradc {
namespace detail {

namespace {
/// A handle from outside of a body.
struct Entry {
  Tensor *handle;
  ValueRef before;
  /// What stands in its place inside of a repeat.
  ValueRef placeholder;
  /// What the body has left in it.
  ValueRef after;
};

class Repeat {
public:
  Repeat(Context &context, int64_t count, Location where);
  void run(const std::function<void(const Tensor &)> &body);

private:
  void enter();
  void readHandles();
  void checkFrame() const;
  void checkCarry(const Entry &entry) const;
  void carry();
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
};
} // namespace

Repeat::Repeat(Context &context, int64_t count, Location where)
    : context(context), where(where),
      node(
          context.append("repeat", {}, {{"count", std::to_string(count)}}, Effect::writes, where)) {
  node->blocks.emplace_back("body", nullptr);
}

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
  bool isOuter = after->storage->id < context.frames.back().firstStorage;
  if (isOuter && written.count(after->storage.get()))
    fail(after->where, "a repeat carries a tensor that shares its storage with one that the body "
                       "writes: clone() it");
}

// What a rebound handle is after the loop.
ValueRef Repeat::result(const Entry &entry) {
  const Entry *outer = entryOf(entry.after);
  if (outer && !isCarried(outer->placeholder))
    return outer->before;
  ValueRef value = context.makeValue(entry.after->type, entry.after->device, entry.after->where);
  value->same = entry.placeholder;
  value->leaf = entry.after->leaf;
  value->leaves = Context::leavesOf(entry.after);
  value->leaves.merge(Context::leavesOf(entry.before));
  std::shared_ptr<Storage> storage = entry.after->storage;
  if (storage->id >= context.frames.back().firstStorage) {
    value->storage = storage;
    // Two results in one storage: PyTorch would show a write through either in both.
    ValueRef &other = resultOf[storage.get()];
    storage->isAmbiguous |= other != nullptr;
    other = value;
    return value;
  }
  value->storage->isAmbiguous = true;
  value->storage->mayShare = storage->mayShare;
  value->storage->mayShare.emplace_back(storage, storage->version);
  return value;
}

void Repeat::carry() {
  std::map<std::pair<Value *, Value *>, const Entry *> done;
  std::vector<std::pair<Tensor *, ValueRef>> results;
  for (Entry &entry : entries) {
    if (!entry.before || entry.after == entry.placeholder)
      continue;
    checkCarry(entry);
    auto [first, isNew] = done.emplace(std::pair(entry.before.get(), entry.after.get()), &entry);
    if (!isNew) {
      // Two handles of one tensor that are still two handles of one tensor.
      entry.placeholder->same = first->second->placeholder;
      for (const auto &[handle, value] : std::vector(results))
        if (handle == first->second->handle)
          results.emplace_back(entry.handle, value);
      continue;
    }
    entry.placeholder->same = nullptr;
    entry.placeholder->scope = body;
    node->carries.push_back({entry.placeholder, entry.before, entry.after});
    results.emplace_back(entry.handle, result(entry));
  }
  for (const auto &[handle, value] : results)
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

void Repeat::run(const std::function<void(const Tensor &)> &traced) {
  enter();
  body = context.open(BlockKind::repeat, node->blocks.back().second);
  node->index = context.makeValue({Dtype::i64, {}}, Device(), where);
  node->index->isIndex = true;
  node->index->hint = "step";
  {
    Tensor step = Access::make(node->index);
    traced(step);
  }
  if (context.current != body)
    fail(where, "a NoGradGuard outlives the body of this repeat");
  readHandles();
  checkFrame();
  carry();
  settleHandles();
  context.close(body);
  context.frames.pop_back();
  // The results belong to the block around.
  for (auto &[storage, value] : resultOf)
    value->scope = context.scope();
}

void repeat(int64_t count, const std::function<void(const Tensor &)> &body, Location where) {
  Context &context = Context::get(where);
  if (count > 0)
    Repeat(context, count, where).run(body);
}

namespace {
class If {
public:
  If(Context &context, Operand condition, Location where);
  void run(const std::function<void()> &then, const std::function<void()> &otherwise);

private:
  /// Runs a branch, notes what it left in the handles, and puts them back.
  std::vector<ValueRef> trace(const char *name, const std::function<void()> &branch);
  ValueRef merge(const ValueRef &before, const ValueRef &then, const ValueRef &otherwise);
  void markShared(const ValueRef &result, const ValueRef &branch) const;
  std::vector<bool> leafStates() const;

  Context &context;
  Location where;
  Node *node;
  uint64_t firstStorage;
  std::vector<Entry> entries;
};
} // namespace

If::If(Context &context, Operand condition, Location where)
    : context(context), where(where),
      node(context.append("if", {std::move(condition)}, {}, Effect::writes, where)),
      firstStorage(context.nextStorage) {
  for (Tensor *handle : Access::handles()) {
    const ValueRef &value = Access::value(*handle);
    if (!value || value->trace == context.id)
      entries.push_back({handle, value, nullptr, nullptr});
  }
}

std::vector<bool> If::leafStates() const {
  std::vector<bool> states;
  for (const auto &leaf : context.allLeaves)
    states.push_back(leaf->hasGrad);
  return states;
}

std::vector<ValueRef> If::trace(const char *name, const std::function<void()> &branch) {
  node->blocks.emplace_back(name, nullptr);
  Block *block = context.open(BlockKind::branch, node->blocks.back().second);
  if (branch)
    branch();
  if (context.current != block)
    fail(where, "a NoGradGuard outlives a branch of this if_");
  std::vector<Tensor *> alive = Access::handles();
  std::set<Tensor *> aliveSet(alive.begin(), alive.end());
  std::vector<ValueRef> after;
  for (Entry &entry : entries) {
    bool isAlive = aliveSet.count(entry.handle);
    after.push_back(isAlive ? Access::value(*entry.handle) : entry.before);
    if (!isAlive)
      continue;
    if (after.back() && after.back() != entry.before) {
      Tensor probe = Access::make(after.back());
      context.use(probe, after.back()->where);
    }
    Access::rebind(*entry.handle, entry.before);
  }
  context.close(block);
  return after;
}

// A result that is an outer tensor in a branch shares its storage, if anybody still holds that.
void If::markShared(const ValueRef &result, const ValueRef &branch) const {
  if (branch->storage->id >= firstStorage)
    return;
  bool isHeld = false;
  for (const Tensor *handle : Access::handles()) {
    const ValueRef &value = Access::value(*handle);
    isHeld |= value && value != branch && value->storage == branch->storage;
  }
  bool isEntry = std::any_of(entries.begin(), entries.end(), [&](const Entry &entry) {
    return entry.before == branch && Access::value(*entry.handle) == branch;
  });
  if (!isHeld && !isEntry)
    return;
  result->storage->isAmbiguous = true;
  result->storage->mayShare.emplace_back(branch->storage, branch->storage->version);
}

ValueRef If::merge(const ValueRef &before, const ValueRef &then, const ValueRef &otherwise) {
  Location line = then != before ? then->where : otherwise->where;
  if (then->type != otherwise->type || then->device.is_cuda() != otherwise->device.is_cuda())
    fail(line, "a tensor that an if_ rebinds must have the same shape and dtype after both "
               "branches: it is " +
                   typeText(then->type) + " after the first, " + typeText(otherwise->type) +
                   " after the second");
  if (then->gradOf || otherwise->gradOf)
    fail(line, "an if_ cannot yield the gradient of a tensor itself: clone() it");
  ValueRef result = context.makeValue(then->type, then->device, where);
  result->hint = before ? before->hint : then->hint;
  result->leaves = Context::leavesOf(then);
  result->leaves.merge(Context::leavesOf(otherwise));
  result->node = node;
  node->results.push_back(result);
  node->thenYields.push_back(then);
  node->elseYields.push_back(otherwise);
  return result;
}

void If::run(const std::function<void()> &then, const std::function<void()> &otherwise) {
  std::vector<bool> before = leafStates();
  std::vector<ValueRef> afterThen = trace("then", then);
  std::vector<bool> thenStates = leafStates();
  for (size_t i = 0; i < before.size(); ++i)
    context.allLeaves[i]->hasGrad = before[i];
  std::vector<ValueRef> afterElse = trace("else", otherwise);
  for (size_t i = 0; i < thenStates.size(); ++i)
    context.allLeaves[i]->hasGrad = context.allLeaves[i]->hasGrad || thenStates[i];

  std::map<std::pair<Value *, Value *>, ValueRef> merged;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (afterThen[i] == entries[i].before && afterElse[i] == entries[i].before)
      continue;
    // Defined in one branch only: whoever uses it is told where it was made.
    if (!afterThen[i] || !afterElse[i]) {
      Access::rebind(*entries[i].handle, afterThen[i] ? afterThen[i] : afterElse[i]);
      continue;
    }
    ValueRef &result = merged[{afterThen[i].get(), afterElse[i].get()}];
    if (!result)
      result = merge(entries[i].before, afterThen[i], afterElse[i]);
    Access::rebind(*entries[i].handle, result);
  }
  for (size_t i = 0; i < node->results.size(); ++i) {
    markShared(node->results[i], node->thenYields[i]);
    markShared(node->results[i], node->elseYields[i]);
  }
}

} // namespace detail

void if_(const Arg &condition, const std::function<void()> &then,
         const std::function<void()> &otherwise) {
  Location where = condition.where;
  detail::Context &context = detail::Context::get(where);
  if (condition.number) {
    const auto &chosen = condition.number->floating != 0 ? then : otherwise;
    if (chosen)
      chosen();
    return;
  }
  detail::Resolved resolved = context.resolve(condition);
  int64_t count = detail::numelOf(resolved.type.shape);
  if (count != 1)
    detail::fail(where, count ? "Boolean value of Tensor with more than one value is ambiguous"
                              : "Boolean value of Tensor with no values is ambiguous");
  if (resolved.type.dtype == Dtype::boolean) {
    detail::If(context, resolved.operand, where).run(then, otherwise);
    return;
  }
  const Tensor &number =
      condition.item ? detail::Access::tensor(*condition.item) : *condition.tensor;
  Tensor isTrue = ne(Arg(number, where), Arg(0, where));
  detail::If(context, detail::Access::value(isTrue), where).run(then, otherwise);
}

} // namespace gradc
