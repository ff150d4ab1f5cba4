// Reverse.h - reverse-mode differentiation of one value at one place of a program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_REVERSE_H
#define GRADC_LIB_GRADIENT_REVERSE_H

#include "Activity.h"
#include "llvm/ADT/MapVector.h"

namespace gradc::gradient {

/// What the backward passes of one function did to its graph: PyTorch's rules on freed and modified
/// saved values, decided at compile time.
class Tape {
public:
  Tape() = default;
  Tape(const Tape &) = delete;
  ~Tape();
  /// Notes that `statement` visits `node`, whose rule reads `reads`; reports PyTorch's errors.
  mlir::LogicalResult visit(mlir::Operation *node, mlir::ArrayRef<mlir::Value> reads,
                            mlir::Operation *statement, bool retain);

  /// Takes an op that has been replaced out of the program. It is freed with the tape: until then
  /// no new op has its address, by which values and ops are known.
  void bury(mlir::Operation *op);

private:
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Operation *, 1>> freedBy;
  llvm::SmallVector<mlir::Operation *> buried;
};

/// How forward values are reached from where the backward program is being built.
class Scope {
public:
  virtual ~Scope() = default;
  explicit Scope(Tape &tape) : tape(tape) {}
  virtual mlir::Value available(mlir::Value v) { return v; }
  Tape &tape;
};

/// Cotangents on one level of regions.
struct Frame {
  explicit Frame(Scope *scope) : scope(scope) {}
  Scope *scope;
  /// The loop whose body this is the level of, if it is one's.
  mlir::scf::ForOp loop;
  llvm::DenseMap<mlir::Value, mlir::Value> cotangents;
  /// Of a loop: what its turns read of values from outside slice by slice, with the cotangents of
  /// the slices.
  llvm::MapVector<mlir::Value, llvm::SmallVector<std::pair<mlir::Operation *, mlir::Value>, 1>>
      slots;
  /// Of a loop: the writes that fill stacks, whose old content has no cotangent.
  llvm::DenseSet<mlir::Operation *> stackWrites;
  llvm::MapVector<mlir::StringAttr, mlir::Value> leaves; // by variable
};

class Reverse {
public:
  /// The activity learns of what is computed again. `history`: what requires grad, where that is
  /// more than what is active.
  Reverse(mlir::Operation *statement, Activity &active, Tape &tape, bool retain,
          const Activity *history = nullptr)
      : statement(statement), active(active), history(history), tape(tape), retain(retain),
        builder(statement) {}

  /// Propagates `cotangent` of `value` (ones when null) back to the roots of the activity. The new
  /// ops stand right before the statement.
  mlir::LogicalResult run(mlir::Value value, mlir::Value cotangent);
  /// Gradients of leaves, by variable.
  const llvm::MapVector<mlir::StringAttr, mlir::Value> &leaves() const { return top.leaves; }
  /// The cotangent of a value of the statement's own or an enclosing block; null where none flowed.
  mlir::Value of(mlir::Value v) const { return top.cotangents.lookup(v); }

private:
  mlir::LogicalResult upwards(mlir::Operation *from);
  mlir::LogicalResult throughBlock(mlir::ArrayRef<mlir::Operation *> ops, Frame &frame);
  mlir::LogicalResult through(mlir::Operation *op, Frame &frame);
  mlir::LogicalResult throughRule(ag::DifferentiableOpInterface op, Frame &frame);
  llvm::SmallVector<mlir::Value> savedBy(ag::DifferentiableOpInterface op,
                                         mlir::ArrayRef<mlir::Value> cotangents,
                                         mlir::ArrayRef<mlir::Value> reads);
  void reuseResult(mlir::Operation *op, mlir::Operation *after, Frame &frame);
  void throughSlot(mlir::Operation *op, Frame &frame);
  mlir::Value withSlots(mlir::Value sum, mlir::Value source, bool &isFilled, Frame &inner);
  mlir::LogicalResult throughLoop(mlir::scf::ForOp loop, Frame &frame);
  mlir::LogicalResult throughBranches(mlir::scf::IfOp branch, Frame &frame);
  mlir::LogicalResult throughCheckpoint(ag::CheckpointOp op, Frame &frame);
  mlir::Value captured(mlir::Value v, mlir::Value after, Frame &frame);
  mlir::LogicalResult branchBody(mlir::scf::IfOp branch, mlir::Region &region, mlir::Region &into,
                                 const Reached &reached, Frame &frame, Scope &scope);
  mlir::LogicalResult loopBody(mlir::scf::ForOp loop, mlir::scf::ForOp back, const Frame &outer,
                               mlir::ArrayRef<unsigned> carried, const Reached &reached,
                               Scope &scope, llvm::SmallVectorImpl<bool> &reads);
  bool isFilledStack(mlir::scf::ForOp loop, unsigned i, const Frame &frame);
  void add(llvm::DenseMap<mlir::Value, mlir::Value> &map, mlir::Value key, mlir::Value term);
  void addLeaf(Frame &frame, mlir::StringAttr name, mlir::Value term);
  mlir::Value sum(mlir::Value a, mlir::Value b);
  mlir::Value zeros(mlir::Type type, mlir::Location loc);

  mlir::Operation *statement;
  Activity &active;
  const Activity *history;
  Tape &tape;
  bool retain;
  mlir::OpBuilder builder;
  /// Of ops that are computed again.
  llvm::DenseMap<mlir::Operation *, mlir::Operation *> originals;
  Scope identity{tape};
  Frame top{&identity};
};

/// A tensor of one repeated element.
mlir::Value splat(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, double value);

/// Puts what a checkpoint's region does in its place.
void inlineCheckpoint(ag::CheckpointOp op);

/// Replaces an scf.if by one with more results; its branches must already yield them. Returns the
/// new op; the old one is buried.
mlir::scf::IfOp widenIf(mlir::scf::IfOp branch, mlir::TypeRange added, Tape &tape);

} // namespace gradc::gradient

#endif
