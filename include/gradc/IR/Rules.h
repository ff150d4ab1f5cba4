// Rules.h - the vocabulary in which derivative rules are written.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An op's entry states its derivative as an expression over Exprs: its operands, its results and
// `d`. mlir-tblgen pastes that text into buildVjp (where `d` is the cotangent of the result) and
// into buildJvp (where `d` is the tangent of an operand). Rules emit ag ops only, so derivatives
// repeat.
#ifndef GRADC_IR_RULES_H
#define GRADC_IR_RULES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SetVector.h"

namespace gradc::ag {

/// The entry of an op as data.
struct OpEntry {
  llvm::StringRef mnemonic;
  llvm::StringRef summary;
  std::vector<llvm::StringRef> arguments; // operands, then attributes
  unsigned arity;                         // how many arguments are operands
  std::vector<llvm::StringRef> derivative;
  llvm::StringRef forward;   // "derivative", "linear", "multilinear" or "custom"
  llvm::StringRef promotion; // "common", "float", "bool" or "condition"
  std::vector<llvm::StringRef> json;
  std::vector<llvm::StringRef> aten;
  std::vector<llvm::StringRef> parameters; // "kind name default"
};

class Rule;

/// The bool tensor type of the shape of `type`.
mlir::Type boolLike(mlir::Type type);

/// A tensor value inside a rule. `primal` values (operands and results of the differentiated op)
/// count as read only when an op is built from them: that is what has to be saved.
struct Expr {
  Rule *rule;
  mlir::Value value;
  bool primal = false;
};

/// What both modes share: where to build, and how forward values are reached.
class Rule {
public:
  /// Maps a value of the forward program to one that is available at the builder's position.
  using Available = llvm::function_ref<mlir::Value(mlir::Value)>;
  using Active = llvm::function_ref<bool(mlir::Value)>;

  Rule(mlir::OpBuilder &builder, mlir::Operation *op, Active active, Available available)
      : builder(builder), op(op), active(active), available(available) {}

  Expr operand(unsigned i) { return {this, op->getOperand(i), true}; }
  Expr result(unsigned i) { return {this, op->getResult(i), true}; }
  bool isActive(unsigned i) const { return active(op->getOperand(i)); }
  /// The value behind an expression, ready to be an operand; notes the read.
  mlir::Value use(Expr e);
  /// The forward values that the rule has read so far.
  const llvm::SetVector<mlir::Value> &reads() const { return readValues; }

  mlir::OpBuilder &builder;
  mlir::Operation *op;

protected:
  Active active;
  Available available;
  llvm::SetVector<mlir::Value> readValues;
};

/// Reverse mode: the cotangents of the results are given; contributions to operands are collected.
class Vjp : public Rule {
public:
  using Contribute = llvm::function_ref<void(unsigned, mlir::Value)>;
  Vjp(mlir::OpBuilder &builder, mlir::Operation *op, mlir::ValueRange cotangents, Active active,
      Available available, Contribute contribute)
      : Rule(builder, op, active, available), cotangents(cotangents), add(contribute) {}
  /// The cotangent of result `i`; null where nothing flowed to it.
  Expr cotangent(unsigned i) { return {this, cotangents[i]}; }
  void contribute(unsigned operand, Expr e) { add(operand, use(e)); }

private:
  mlir::ValueRange cotangents;
  Contribute add;
};

/// Forward mode: the tangents of the active operands are given; the results' are summed up.
class Jvp : public Rule {
public:
  Jvp(mlir::OpBuilder &builder, mlir::Operation *op, mlir::ValueRange tangents, Active active,
      Available available)
      : Rule(builder, op, active, available), tangents(tangents), sums(op->getNumResults()) {}
  Expr tangent(unsigned i) { return {this, tangents[i]}; }
  /// Adds a term to the tangent of a result.
  void contribute(unsigned result, Expr e);
  /// For an op that is linear in all its operands together: the op itself on their tangents.
  void linear();
  /// For an op that is linear in each operand: the sum of the op with one operand replaced.
  void multilinear();
  mlir::ArrayRef<mlir::Value> results() const { return sums; }

private:
  mlir::ValueRange tangents;
  llvm::SmallVector<mlir::Value, 1> sums;
};

inline mlir::Value useArgument(Expr e) { return e.rule->use(e); }
template <typename T> T useArgument(T t) { return t; }

/// Emits an op whose first operand is `first`.
template <typename OpT, typename... Args> Expr op(Expr first, Args... rest) {
  Rule *rule = first.rule;
  mlir::Value operand = rule->use(first);
  return {rule, OpT::create(rule->builder, rule->op->getLoc(), operand, useArgument(rest)...)};
}

Expr operator+(Expr, Expr);
Expr operator-(Expr, Expr);
Expr operator*(Expr, Expr);
Expr operator/(Expr, Expr);
Expr operator-(Expr);
Expr operator&(Expr, Expr);
Expr operator|(Expr, Expr);
Expr operator!(Expr);
Expr operator+(Expr, double);
Expr operator*(Expr, double);
Expr operator/(Expr, double);
Expr operator-(Expr, double);
Expr operator-(double, Expr);
Expr operator==(Expr, Expr);
Expr operator>(Expr, Expr);
Expr operator<(Expr, Expr);
Expr operator<=(Expr, Expr);
Expr operator>=(Expr, Expr);
Expr operator==(Expr, double);
Expr operator<(Expr, double);
Expr operator>(Expr, double);
Expr operator<=(Expr, double);
Expr operator>=(Expr, double);
Expr isNan(Expr);

Expr exp(Expr);
Expr log(Expr);
Expr sin(Expr);
Expr cos(Expr);
Expr sign(Expr);
Expr pow(Expr, Expr);
Expr pow(Expr, double);
Expr abs(Expr);
Expr tanh(Expr);
Expr sigmoid(Expr);
Expr select(Expr condition, Expr a, Expr b);
Expr select(Expr condition, Expr a, double b);
Expr select(Expr condition, double a, Expr b);

/// A constant of the type of `like`.
Expr constant(Expr like, double value);
/// Zeros of the type of `like`, without reading it.
Expr zerosLike(Expr like);
/// Zeros that depend on `d`.
Expr zeros(Expr d);
/// d * exponent * x^(exponent - 1); zeros where the exponent is 0.
Expr powDerivative(Expr d, Expr x, double exponent);
/// 1 where `x` is finite, else 0.
Expr finiteMask(Expr x);
/// 1 / (1 + exp(x)), which is 0 where exp(x) overflows.
Expr logistic(Expr x);
// The derivatives of ops whose formula takes more than a line, each as PyTorch writes it.
Expr sincDerivative(Expr d, Expr x);
Expr logitDerivative(Expr d, Expr x, double eps);
Expr geluDerivative(Expr d, Expr x);
Expr geluTanhDerivative(Expr d, Expr x);
Expr siluDerivative(Expr d, Expr x);
Expr mishDerivative(Expr d, Expr x);
Expr softplusDerivative(Expr d, Expr x, double beta, double threshold);
Expr logSigmoidDerivative(Expr d, Expr x);
Expr eluDerivative(Expr d, Expr x, double alpha, double scale, double inputScale);
/// 1 / (a^2 + b^2), and 0 at the origin.
Expr reciprocalOfSquares(Expr a, Expr b);
/// The contribution of one operand, `mine`, of logaddexp (or its base 2 form).
Expr logAddDerivative(Expr d, Expr mine, Expr other, bool base2);
/// `d` converted to the element type of `x` (whose value is not read).
Expr castLike(Expr d, Expr x);
/// `d` under the shape of `x` (whose value is not read).
Expr reshapeLike(Expr d, Expr x);
/// `d`, which lacks `dims`, repeated along them to the shape of `x` (whose value is not read).
Expr broadcastBack(Expr d, Expr x, llvm::ArrayRef<int64_t> dims);
/// `d / n` at all n elements of `x` along `dims` (whose values are not read).
Expr shareAmongAll(Expr d, Expr x, llvm::ArrayRef<int64_t> dims);
/// The sum of `d` over all dimensions that are not in `kept`.
Expr reduceBack(Expr d, llvm::ArrayRef<int64_t> kept);
/// `d / n` at the n elements of `x` that equal the extremum `y` over `dims`.
Expr shareAmongEqual(Expr d, Expr x, Expr y, llvm::ArrayRef<int64_t> dims);
llvm::SmallVector<int64_t> inverse(llvm::ArrayRef<int64_t> permutation);

class ContractOp;
class ConvolutionOp;
class CumulativeOp;
class RecurrenceOp;
class SliceOp;
class UpdateSliceOp;
class PadOp;
Expr contractBackA(Expr d, Expr b, ContractOp op);
Expr contractBackB(Expr d, Expr a, ContractOp op);
Expr padBack(Expr d, Expr x, SliceOp op);
Expr sliceBack(Expr d, Expr u, UpdateSliceOp op);
Expr unpadBack(Expr d, PadOp op);
Expr convolveBackX(Expr d, Expr w, Expr x, ConvolutionOp op);
Expr convolveBackW(Expr d, Expr x, Expr w, ConvolutionOp op);
Expr cumulativeBack(Expr d, Expr x, Expr y, CumulativeOp op);
Expr recurrenceBackA(Expr d, Expr a, Expr y, RecurrenceOp op);
Expr recurrenceBackX(Expr d, Expr a, RecurrenceOp op);

/// Where elements are in a tensor of `shape` laid flat, from their indices along `dim`: those of
/// torch.gather and its like, as many dimensions as `shape`. -1 where an index is out of range.
mlir::Value flatIndices(mlir::OpBuilder &b, mlir::Location loc, mlir::Value indices,
                        llvm::ArrayRef<int64_t> shape, int64_t dim);
/// [groups * a, b, ...] as [groups * b, a, ...]: the weight of a transposed convolution.
mlir::Value swapChannels(mlir::OpBuilder &b, mlir::Location loc, mlir::Value w, int64_t groups);
/// The places of a cumulative maximum's or minimum's elements in `x`, i64.
mlir::Value cumulativeIndices(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y,
                              int64_t dim, bool reverse);

// Of AgStructuredOps.td.
class ReduceWindowOp;
class NormalizeOp;
class RmsNormalizeOp;
/// The sum over `dims`, at every element that was summed.
Expr rowSum(Expr e, llvm::ArrayRef<int64_t> dims);
/// The slices `d` added to zeros of the shape of `x` where `i` took them from.
Expr gatherBack(Expr d, Expr x, Expr i, int64_t dim);
Expr reduceWindowBack(Expr d, Expr x, ReduceWindowOp op);
Expr prodBack(Expr d, Expr x, Expr y, llvm::ArrayRef<int64_t> dims);
Expr softmaxBack(Expr d, Expr y, llvm::ArrayRef<int64_t> dims);
Expr normalizeBack(Expr d, Expr x, NormalizeOp op);
Expr rmsNormalizeBack(Expr d, Expr x, RmsNormalizeOp op);

} // namespace gradc::ag

#endif
