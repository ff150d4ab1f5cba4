// Lanes.h - one operation on several independent vectors in lockstep.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A single vector's chain of dependent operations leaves a CPU idle; two to four in program order
// keep it busy. An instance is a vector of any length or, for one element, a scalar; instances of
// one list may differ in length.
#ifndef GRADC_LIB_TARGET_LANES_LANES_H
#define GRADC_LIB_TARGET_LANES_LANES_H

#include "gradc/IR/KernelGraph.h"
#include "gradc/Target/Machine.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Builders.h"

namespace gradc::lanes {

using Lanes = llvm::SmallVector<mlir::Value, 8>;

/// The number of elements of an instance.
int64_t lanesOf(mlir::Type type);
/// Whether these are elements of f16 or bf16: i16 in lanes (Narrow.cpp).
bool isNarrow(mlir::Type type);
/// A vector of `lanes` elements, or the element itself.
mlir::Type laneType(mlir::Type element, int64_t lanes);
/// The type of an instance with other elements.
mlir::Type withElement(mlir::Type type, mlir::Type element);

/// The threads that run one kernel together, all of them the same code (Team.cpp).
struct Team {
  mlir::Value pointer, index, count; // gradc_team, i64, i64
  mlir::Value shared;                // memory of them all, for the time of the kernel
  int64_t sharedBytes = 0;           // taken of it
  int64_t ownBytes = 0;              // memory that each thread needs for itself
  bool meets = false;                // there is a barrier
};

class LaneBuilder {
public:
  LaneBuilder(mlir::OpBuilder b, mlir::Location loc, const Machine &target)
      : b(b), loc(loc), target(target), masks(target.masks) {}

  mlir::OpBuilder b;
  mlir::Location loc;
  const Machine &target;
  /// Parts of vectors are accessed through masks. LLVM does not forward such stores to loads.
  bool masks;
  /// Vectors lie at multiples of their size.
  bool aligned = false;

  // Constants; `type` is an instance's type.
  mlir::Value constant(mlir::TypedAttr element, mlir::Type type);
  mlir::Value real(double value, mlir::Type type);
  mlir::Value integer(int64_t value, mlir::Type type);
  mlir::Value i64(int64_t value);

  // f16 and bf16; `from` and `to` are these types.
  mlir::Value widenFloat(mlir::Value bits, mlir::Type from); // to f32
  mlir::Value narrowFloat(mlir::Value x, mlir::Type to);     // from f32, to nearest even
  /// A number that the kernel takes, as a lane.
  mlir::Value argument(mlir::Value v);

  // Addresses, in elements.
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, int64_t b);
  mlir::Value mul(mlir::Value a, int64_t b);

  /// An integer or index as i64.
  mlir::Value asI64(mlir::Value v);

  // Memory. Bools are bytes there and i1 here.
  mlir::Value load(mlir::Value pointer, mlir::Value offset, mlir::Type element, int64_t lanes);
  void store(mlir::Value v, mlir::Value pointer, mlir::Value offset);
  mlir::Value loadStrided(mlir::Value pointer, mlir::Value offset, int64_t stride,
                          mlir::Type element, int64_t lanes);
  /// The elements at `places`, a vector of positions.
  mlir::Value gather(mlir::Value pointer, mlir::Value places, mlir::Type element);
  void storeStrided(mlir::Value v, mlir::Value pointer, mlir::Value offset, int64_t stride);
  void storeEveryOther(mlir::Value v, mlir::Value pointer, mlir::Value offset);
  /// Where the element at `offset` lies.
  mlir::Value address(mlir::Value pointer, mlir::Value offset, mlir::Type element);
  /// Memory of the function's frame.
  mlir::Value workspace(mlir::Type element, int64_t count);

  // Threads. Without a team one does all.
  Team *team = nullptr;
  /// What this thread does of [0, n).
  std::pair<mlir::Value, mlir::Value> share(int64_t n) { return share(i64(n)); }
  std::pair<mlir::Value, mlir::Value> share(mlir::Value n);
  /// All threads come here before any goes on.
  void barrier();
  /// Only the first thread does it.
  void lead(llvm::function_ref<void()> body);
  /// Whether this is the last thread.
  mlir::Value isLast();
  /// Memory of the kernel, the same for all threads.
  mlir::Value sharedWorkspace(mlir::Type element, int64_t count);
  /// `bytes` for this thread alone; `first` is those of the first thread.
  mlir::Value ownMemory(mlir::Value first, int64_t bytes);

  // Lanes of one value.
  mlir::Value splat(mlir::Value scalar, mlir::Type type);
  mlir::Value extract(mlir::Value v, int64_t lane);
  /// The lanes `mask` of the concatenation of two vectors; -1: any value.
  mlir::Value shuffle(mlir::Value a, mlir::Value b, llvm::ArrayRef<int64_t> mask);
  /// `v` with elements `filler` behind it.
  mlir::Value widen(mlir::Value v, int64_t lanes, mlir::Value filler);
  mlir::Value narrow(mlir::Value v, int64_t lanes);

  /// x * y + z; fused for floats.
  mlir::Value multiplyAdd(mlir::Value x, mlir::Value y, mlir::Value z);
  /// 0 of a float or integer type.
  mlir::Value zero(mlir::Type type);

  // Reductions.
  mlir::Value combine(sched::Combiner combiner, mlir::Value a, mlir::Value b);
  /// 64 (or fewer, where `parts` says so) partial results in vectors, to one, by halving.
  mlir::Value tree(sched::Combiner combiner, Lanes parts);
  /// The same over `parts` that are partial results each, lane by lane. Parts beyond the last are
  /// neutral.
  mlir::Value treeOfParts(sched::Combiner combiner, Lanes parts);
  /// The end of a reduction: a sum of nothing but -0 is +0.
  mlir::Value finish(sched::Combiner combiner, mlir::Value v);

  /// Transposes n vectors of n elements.
  Lanes transpose(Lanes rows);

  /// A loop over [from, to) carrying `init`; LLVM is to unroll it `unroll` times.
  Lanes loop(mlir::Value from, mlir::Value to, int64_t step, const Lanes &init,
             llvm::function_ref<Lanes(mlir::Value, Lanes)> body, int64_t unroll = 1);
  void loop(mlir::Value from, mlir::Value to, int64_t step,
            llvm::function_ref<void(mlir::Value)> body) {
    loop(from, to, step, {}, [&](mlir::Value i, Lanes) {
      body(i);
      return Lanes();
    });
  }

private:
  /// Which of `full` lanes are among the first `lanes`.
  mlir::Value mask(int64_t lanes, int64_t full);
  /// Of a vector in memory.
  unsigned alignment(mlir::Type element, int64_t lanes) const;
};

/// One payload op on all instances; transcendental functions become polynomials.
Lanes applyOp(LaneBuilder &b, mlir::Operation *op, llvm::ArrayRef<Lanes> in);
/// The same where a type is f16 or bf16, if one is.
std::optional<Lanes> applyNarrow(LaneBuilder &b, mlir::Operation *op, llvm::ArrayRef<Lanes> in);
/// The op on operands of at least 32 bits a float, with elements of type `result`.
Lanes applyWide(LaneBuilder &b, mlir::Operation *op, llvm::ArrayRef<Lanes> in, mlir::Type result);

} // namespace gradc::lanes

#endif
