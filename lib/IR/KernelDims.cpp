// KernelDims.cpp - equal loop dims of a kernel's ops, found by unification.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "KernelDims.h"

using namespace llvm;
using namespace gradc::sched;

int DimClasses::make(int64_t size) {
  entries.push_back({size, int(entries.size())});
  return int(entries.size()) - 1;
}

int DimClasses::find(int dim) {
  while (entries[dim].parent != dim)
    dim = entries[dim].parent = entries[entries[dim].parent].parent;
  return dim;
}

SmallVector<int> DimClasses::leaves(ArrayRef<int> dims) {
  SmallVector<int> result, stack(dims.rbegin(), dims.rend());
  while (!stack.empty()) {
    int dim = find(stack.pop_back_val());
    if (entries[dim].outer >= 0) {
      stack.push_back(entries[dim].inner);
      stack.push_back(entries[dim].outer);
    } else if (entries[dim].size != 1) {
      result.push_back(dim);
    }
  }
  return result;
}

bool DimClasses::unify(ArrayRef<int> first, ArrayRef<int> second) {
  SmallVector<int> a = leaves(first), b = leaves(second);
  // From the fastest dim: equal sizes are one dim, otherwise the larger is split and its rest goes
  // on.
  while (!a.empty() && !b.empty()) {
    int x = a.pop_back_val(), y = b.pop_back_val();
    // An earlier step of this loop may have split or united them.
    SmallVector<int> xs = leaves(x), ys = leaves(y);
    if (xs.size() != 1 || ys.size() != 1 || xs[0] != x || ys[0] != y) {
      a.append(xs);
      b.append(ys);
      continue;
    }
    if (x == y)
      continue;
    if (entries[x].size < entries[y].size) {
      std::swap(a, b);
      std::swap(x, y);
    }
    if (entries[x].size == entries[y].size) {
      entries[x].parent = y;
      continue;
    }
    int64_t inner = entries[y].size;
    if (inner == 0 || entries[x].size % inner != 0)
      return false;
    int rest = make(entries[x].size / inner);
    entries[x].outer = rest;
    entries[x].inner = y;
    a.push_back(rest);
  }
  return a.empty() && b.empty();
}
