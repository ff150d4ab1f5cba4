// Branch.cpp - if_: which handles the branches rebind, and what they are after it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Bodies.h"
#include "Infer.h"
#include "gradc/Trace/Functions.h"

namespace gradc {
namespace detail {

Storages storagesOf(const ValueRef &value) {
  Storages result = {value->storage};
  for (const auto &[storage, version] : value->storage->mayShare)
    result.insert(storage);
  return result;
}

void mayShare(const ValueRef &result, const Storages &storages) {
  result->storage->isAmbiguous = true;
  result->storage->reason = "came out of the repeat or if_";
  for (const auto &storage : storages)
    if (storage != result->storage)
      result->storage->mayShare.emplace_back(storage, storage->version);
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
  void markShared(const std::vector<ValueRef> &yields) const;
  std::vector<bool> leafStates() const;

  Context &context;
  Location where;
  Node *node;
  std::vector<Entry> entries;
};
} // namespace

If::If(Context &context, Operand condition, Location where)
    : context(context), where(where),
      node(context.append("if", {std::move(condition)}, {}, Effect::writes, where)) {
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

// A result may share the storage of what a branch yields for it with whoever still holds that, and
// with another result.
void If::markShared(const std::vector<ValueRef> &yields) const {
  std::map<Storage *, unsigned> holders;
  for (const Tensor *handle : Access::handles())
    if (const ValueRef &value = Access::value(*handle))
      ++holders[value->storage.get()];
  for (const ValueRef &yielded : yields)
    ++holders[yielded->storage.get()];
  for (size_t i = 0; i < yields.size(); ++i)
    if (holders[yields[i]->storage.get()] > 1 || yields[i]->storage->isAmbiguous)
      mayShare(node->results[i], storagesOf(yields[i]));
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
  for (const ValueRef &branch : {then, otherwise})
    result->hasUnknownLayout |= branch->isStrided || branch->hasUnknownLayout;
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
  markShared(node->thenYields);
  markShared(node->elseYields);
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
