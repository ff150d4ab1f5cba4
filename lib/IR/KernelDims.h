// KernelDims.h - equal loop dims of a kernel's ops, found by unification.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_IR_KERNELDIMS_H
#define GRADC_LIB_IR_KERNELDIMS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace gradc::sched {

/// Dims that may be split: a reshape makes a dim equal to a list of dims. Dims of size 1 are equal
/// to nothing and match nothing.
class DimClasses {
public:
  int make(int64_t size);
  int64_t size(int dim) const { return entries[dim].size; }
  /// Makes the two lists (slowest first) the same sequence of dims, splitting where one size
  /// divides the other.
  bool unify(llvm::ArrayRef<int> a, llvm::ArrayRef<int> b);
  /// The indivisible dims of a list, slowest first, without those of size 1.
  llvm::SmallVector<int> leaves(llvm::ArrayRef<int> dims);

private:
  struct Entry {
    int64_t size;
    int parent;
    int outer = -1, inner = -1; // when split
  };
  int find(int dim);
  llvm::SmallVector<Entry> entries;
};

} // namespace gradc::sched

#endif
