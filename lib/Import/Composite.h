// Composite.h - the vocabulary in which ops of graph JSON that decompose are written.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A Term is a tensor under construction. Arithmetic of Terms broadcasts and promotes as PyTorch's
// does; a number takes the element type of the tensor beside it. After an error, which has been
// reported, a Term is null, and so is what is computed from it.
#ifndef GRADC_LIB_IMPORT_COMPOSITE_H
#define GRADC_LIB_IMPORT_COMPOSITE_H

#include "Importer.h"

namespace gradc::graph {

struct Term {
  Importer *importer = nullptr;
  mlir::Location loc;
  Value value;

  explicit operator bool() const { return bool(value); }
  RankedTensorType type() const { return mlir::cast<RankedTensorType>(value.getType()); }
  llvm::ArrayRef<int64_t> shape() const { return type().getShape(); }
  int64_t rank() const { return type().getRank(); }
  int64_t size(int64_t dim) const { return shape()[dim < 0 ? dim + rank() : dim]; }
  int64_t numel() const { return type().getNumElements(); }
  mlir::Type element() const { return type().getElementType(); }
  bool isFloat() const { return mlir::isa<mlir::FloatType>(element()); }
  bool isBool() const { return element().isInteger(1); }
  Term with(Value other) const { return {importer, loc, other}; }
};

/// A composite op under evaluation: its inputs, its messages, its results.
class Call {
public:
  Call(Importer &importer, Node &node) : importer(importer), node(node) {}
  /// Input `i`, which must be a tensor; null after an error.
  Term input(unsigned i);
  /// The same for an input that may be absent or null; `present` says whether it is given.
  bool has(unsigned i) const;
  Term none() { return {&importer, node.loc, {}}; }
  /// Reports an error.
  mlir::LogicalResult fail(const llvm::Twine &text) { return importer.fail(node.loc, text); }
  double number(llvm::StringRef key, double absent) const;
  llvm::StringRef text(llvm::StringRef key, llvm::StringRef absent) const;
  /// Fails when the Term is null.
  mlir::LogicalResult result(Term y);
  /// Several results, bound to the list `names`; nested within another node it is the first.
  mlir::LogicalResult results(llvm::ArrayRef<Term> ys);
  /// `dim` of the op wrapped to [0, rank), or `absent`.
  mlir::LogicalResult dim(llvm::StringRef key, int64_t absent, int64_t rank, int64_t &result);
  Term constant(llvm::ArrayRef<int64_t> shape, mlir::Type element, double value);

  Importer &importer;
  Node &node;
};

Term operator+(Term a, Term c);
Term operator-(Term a, Term c);
Term operator*(Term a, Term c);
Term operator/(Term a, Term c);
Term operator+(Term a, double c);
Term operator-(Term a, double c);
Term operator-(double a, Term c);
Term operator*(Term a, double c);
Term operator/(Term a, double c);
Term operator-(Term a);
Term maximum(Term a, Term c);
Term maximum(Term a, double c);
Term minimum(Term a, Term c);
Term minimum(Term a, double c);
Term compare(Term a, Term c, ag::Predicate predicate);
Term compare(Term a, double c, ag::Predicate predicate);
Term logicalAnd(Term a, Term c);
Term logicalNot(Term a);
Term select(Term condition, Term a, Term c);
Term select(Term condition, Term a, double c);
Term select(Term condition, double a, Term c);
Term exp(Term x);
Term log(Term x);
Term sqrt(Term x);
Term abs(Term x);
Term sign(Term x);
Term tanh(Term x);
Term relu(Term x);
Term sigmoid(Term x);
Term pow(Term x, double exponent);
/// x * log(y), and 0 where x is 0 and y is not NaN.
Term xlogy(Term x, Term y);
Term logSigmoid(Term x);

Term cast(Term x, mlir::Type element);
/// The same without history.
Term detach(Term x);
/// A tensor of the shape and element type of `like`.
Term full(Term like, double value);
/// 0, 1, ... along `dim` of a tensor of this shape, i64.
Term iota(Term like, llvm::ArrayRef<int64_t> shape, int64_t dim);

Term reshape(Term x, llvm::ArrayRef<int64_t> shape);
Term permute(Term x, llvm::ArrayRef<int64_t> perm);
/// Two dims swapped; negative ones count from the end.
Term transpose(Term x, int64_t a, int64_t c);
/// Broadcasting that is known to work.
Term expand(Term x, llvm::ArrayRef<int64_t> shape);
Term unsqueeze(Term x, int64_t dim);
/// Elements [start, end) along a dim.
Term slice(Term x, int64_t dim, int64_t start, int64_t end);
Term concat(llvm::ArrayRef<Term> parts, int64_t dim);

using Dims = llvm::ArrayRef<int64_t>;
Term sum(Term x, Dims dims, bool keep = false);
Term mean(Term x, Dims dims, bool keep = false);
Term amax(Term x, Dims dims, bool keep = false);
Term sumAll(Term x);
Term meanAll(Term x);
/// Batch dims, then a's free ones, then c's.
Term contract(Term a, Term c, Dims aBatch, Dims cBatch, Dims aContract, Dims cContract);
/// x @ weight.t() over the last dim.
Term linear(Term x, Term weight);
Term softmax(Term x, int64_t dim);
Term logSoftmax(Term x, int64_t dim);

/// Elements dropped with the probability that this attribute says (0), as the op `dropout` does.
Term dropout(Call &call, llvm::StringRef attribute, Term x);

llvm::SmallVector<int64_t> range(int64_t from, int64_t to);

} // namespace gradc::graph

#endif
