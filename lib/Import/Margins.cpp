// Margins.cpp - losses that want the scores of right classes a margin above those of others.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Formulas and messages as in PyTorch's aten/src/ATen/native/LossMultiMargin.cpp and
// LossMultiLabelMargin.cpp. Only differences above 0 count, which NaN is not.
#include "Losses.h"
#include "Structure.h"

using namespace mlir;
namespace gradc::graph {

using P = ag::Predicate;

/// The scores as rows of classes; a vector is one row. Null after an error.
static Term rowsOf(Call &call, StringRef kernel) {
  Term x = call.input(0);
  if (!x || failed(checkReduction(call)))
    return call.none();
  LogicalResult good = success();
  if (x.rank() > 2 || (x.rank() && x.size(-1) == 0))
    good =
        call.fail("Expected non-empty vector or matrix with optional 0-dim batch size, but got: " +
                  listText(x.shape()));
  else if (!x.element().isF32() && !x.element().isF64())
    good = call.fail("\"" + kernel + "\" not implemented for '" + dtypeWord(x.element()) + "'");
  if (failed(good))
    return call.none();
  int64_t rows = x.rank() == 2 ? x.size(0) : 1;
  return reshape(x, {rows, x.rank() ? x.size(-1) : 1});
}

static LogicalResult checkLong(Call &call, Term target) {
  if (target.element().isInteger(64))
    return success();
  return call.fail("expected scalar type Long but found " + dtypeWord(target.element()));
}

/// The losses of rows, one each or together; the mean of no rows is 0.
static LogicalResult reducedRows(Call &call, Term loss, bool isBatched) {
  StringRef reduction = call.text("reduction", "mean");
  if (reduction == "none")
    return call.result(isBatched ? loss : reshape(loss, {}));
  Term total = sumAll(loss);
  return call.result(reduction == "sum" ? total
                                        : total / double(std::max<int64_t>(loss.size(0), 1)));
}

//===-- One right class -----------------------------------------------------------------------===//

static LogicalResult checkOneTarget(Call &call, Term x, Term target, int64_t rows) {
  if (target.rank() <= 1 && target.numel() == rows)
    return checkLong(call, target);
  return call.fail(
      "multi_margin_loss: target tensor should be 1-D with size equal to the number of "
      "input samples (batch size). Expected target size [" +
      Twine(rows) + "], but got " + listText(target.shape()) + ". Input has shape " +
      listText(x.shape()) + ".");
}

static LogicalResult checkClassWeight(Call &call, Term weight, Term x) {
  if (weight.rank() > 1 || weight.numel() != x.size(1))
    return call.fail("inconsistent weight size, expected " + Twine(x.size(1)) + " but got " +
                     listText(weight.shape()));
  if (weight.element() != x.element())
    return call.fail("expected scalar type " + dtypeWord(x.element()) + " but found " +
                     dtypeWord(weight.element()));
  return success();
}

static LogicalResult multiMargin(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = rowsOf(call, "multi_margin_loss_cpu_kernel"), target = x ? call.input(1) : x;
  Term weight = target && call.has(2) ? call.input(2) : call.none();
  if (!target || (call.has(2) && !weight))
    return failure();
  double p = call.number("p", 1);
  if (p != 1 && p != 2)
    return call.fail("only p == 1 and p == 2 supported");
  if (failed(checkOneTarget(call, call.input(0), target, x.size(0))) ||
      (weight && failed(checkClassWeight(call, weight, x))))
    return failure();
  bool isBatched = call.input(0).rank() == 2 || target.rank() == 1;
  target =
      checkedIndex(call, reshape(target, {x.size(0), 1}), x.size(1), false, "target out of range");
  if (!target)
    return failure();
  Term isOwn = compare(iota(x, x.shape(), 1), target, P::eq);
  Term own = sum(select(isOwn, x, 0), {1}, true);
  Term z = call.number("margin", 1) - own + x;
  z = select(logicalAnd(compare(z, 0, P::gt), logicalNot(isOwn)), z, 0);
  Term loss = sum(p == 2 ? z * z : z, {1});
  if (weight) {
    Term row = expand(reshape(weight, {1, x.size(1)}), x.shape());
    loss = loss * sum(select(isOwn, row, 0), {1});
  }
  return reducedRows(call, loss / double(x.size(1)), isBatched);
}

//===-- Several right classes -----------------------------------------------------------------===//

/// The right classes of a row come first; what comes after a negative number does not count.
static LogicalResult multilabelMargin(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = rowsOf(call, "multilabel_margin_loss_forward_out_frame");
  Term target = x ? call.input(1) : x;
  if (!target)
    return failure();
  Term given = call.input(0);
  bool fits = given.rank() == 2 ? target.shape() == given.shape()
                                : target.rank() <= 1 && target.numel() == x.size(1);
  if (!fits)
    return call.fail("inconsistent target size: " + listText(target.shape()) +
                     " for input of size: " + listText(given.shape()));
  if (failed(checkLong(call, target)))
    return failure();
  int64_t rows = x.size(0), classes = x.size(1);
  Term shifted = checkedIndex(call, reshape(target, {rows, classes}) + 1.0, classes + 1, false,
                              "argument #2 'target' is out of range");
  if (!shifted)
    return failure();
  // Dims: row, place in the list of right classes, class.
  Shape cube{rows, classes, classes};
  Term place = iota(x, {rows, classes}, 1);
  Term ends = amin(select(compare(shifted, 0, P::eq), place, double(classes)), {1}, true);
  Term isListed = expand(unsqueeze(compare(place, ends, P::lt), 2), cube);
  Term isNamed =
      logicalAnd(compare(iota(x, cube, 2), unsqueeze(shifted - 1.0, 2), P::eq), isListed);
  Term isRight = reduceBools(isNamed, {1}, /*all=*/false, /*keep=*/true);
  Term scores = expand(unsqueeze(x, 1), cube);
  Term own = sum(select(isNamed, scores, 0), {2}, true);
  Term z = 1 - own + scores;
  Term counts = logicalAnd(isListed, logicalNot(expand(isRight, cube)));
  z = select(logicalAnd(compare(z, 0, P::gt), counts), z, 0);
  return reducedRows(call, sum(z, {1, 2}) / double(classes), given.rank() == 2);
}

void addMarginOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec reduction{"reduction", K::text};
  table.add("loss", {"multi_margin_loss",
                     2,
                     3,
                     {{"p", K::number}, {"margin", K::number}, reduction},
                     "max(0, margin - x[target] + x[i])^p of other classes; weights of classes",
                     multiMargin,
                     true,
                     nullptr,
                     {},
                     true});
  table.add("loss", {"multilabel_margin_loss",
                     2,
                     2,
                     {reduction},
                     "max(0, 1 - x[t] + x[i]) of classes t that the target lists and others i",
                     multilabelMargin});
}

} // namespace gradc::graph
