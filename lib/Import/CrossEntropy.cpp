// CrossEntropy.cpp - losses over classes: cross entropy and negative log-likelihood.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The logit of a class is picked by comparing a counter with the target and summing over the
// classes: that is part of the row kernel of the softmax, and its gradient needs no scatter.
#include "Losses.h"
#include "Structure.h"

using namespace mlir;
namespace gradc::graph {

namespace {
/// Log-probabilities, or what stands for them, and the classes to pick.
struct Picking {
  Call &call;
  Term logs, target, weight;
  int64_t classDim;
  double ignored;

  Term mask();
  Term valid();
  /// The weights of the targets, 0 where they are ignored.
  Term weights();
  Term nll();
  Term smooth();
};
} // namespace

/// A vector of one number a class, along the class dim.
static Term alongClasses(const Picking &p, Term weight) {
  Shape shape(p.logs.rank(), 1);
  shape[p.classDim] = weight.size(0);
  return reshape(weight, shape);
}

Term Picking::mask() {
  Term classes = iota(logs, logs.shape(), classDim);
  return compare(classes, unsqueeze(target, classDim), ag::Predicate::eq);
}

Term Picking::valid() { return compare(target, ignored, ag::Predicate::ne); }

Term Picking::weights() {
  Term one = call.constant({}, logs.element(), 1);
  Term own = weight ? sum(select(mask(), alongClasses(*this, weight), 0), {classDim}) : one;
  return select(valid(), own, 0);
}

Term Picking::nll() {
  Term own = -sum(select(mask(), logs, 0), {classDim});
  return select(valid(), weight ? own * weights() : own, 0);
}

Term Picking::smooth() {
  Term all = weight ? logs * alongClasses(*this, weight) : logs;
  return select(valid(), -sum(all, {classDim}), 0);
}

static LogicalResult checkWeight(Call &call, Term weight, int64_t classes) {
  if (weight && (weight.rank() != 1 || weight.size(0) != classes))
    return call.fail(
        "weight tensor should be defined either for all " + Twine(classes) +
        " classes or no classes but got weight tensor of shape: " + listText(weight.shape()));
  return success();
}

/// The target has the shape of the input without its classes.
static LogicalResult checkTarget(Call &call, Term x, Term target, int64_t classDim) {
  Shape wanted(x.shape());
  wanted.erase(wanted.begin() + classDim);
  bool isScalar = x.rank() == 1 && target.rank() <= 1 && target.numel() == 1;
  if (isScalar || ArrayRef<int64_t>(wanted) == target.shape()) {
    if (!target.isFloat() && (target.element().isInteger(64) || target.element().isInteger(8)))
      return success();
    return call.fail("expected target dtype to be Long or Byte, but got " +
                     dtypeWord(target.element()));
  }
  if (x.rank() > 1 && target.rank() > 0 && x.size(0) != target.size(0))
    return call.fail("Expected input batch_size (" + Twine(x.size(0)) +
                     ") to match target batch_size (" + Twine(target.size(0)) + ").");
  if (x.rank() <= 2)
    return call.fail("0D or 1D target tensor expected, multi-target not supported");
  if (x.rank() == 4 && target.rank() == 3)
    return call.fail("size mismatch (got input: " + listText(x.shape()) +
                     " , target: " + listText(target.shape()));
  return call.fail("Expected target size " + listText(wanted) + ", got " +
                   listText(target.shape()));
}

/// Targets are classes or ignored: constants are checked here, others while the program runs.
static LogicalResult checkClasses(Picking &p) {
  Call &call = p.call;
  int64_t classes = p.logs.size(p.classDim);
  auto constant = p.target.value.getDefiningOp<ag::ConstantOp>();
  if (constant) {
    bool isUnsigned = p.target.element().isUnsignedInteger();
    for (const APInt &value : constant.getValue().getValues<APInt>()) {
      int64_t t = isUnsigned ? int64_t(value.getZExtValue()) : value.getSExtValue();
      if (double(t) != p.ignored && (t < 0 || t >= classes))
        return call.fail("Target " + Twine(t) + " is out of bounds.");
    }
  }
  p.target = cast(p.target, call.importer.b.getI64Type());
  if (constant)
    return success();
  Term isInside = logicalAnd(compare(p.target, 0, ag::Predicate::ge),
                             compare(p.target, double(classes), ag::Predicate::lt));
  expectAll(logicalNot(logicalAnd(p.valid(), logicalNot(isInside))), "Target is out of bounds.");
  return success();
}

static LogicalResult pickedLoss(Call &call, Picking p, double smoothing) {
  if (failed(checkClasses(p)))
    return failure();
  StringRef reduction = call.text("reduction", "mean");
  Term loss = p.nll(), smooth = smoothing > 0 ? p.smooth() : call.none();
  auto finish = [&](Term t) {
    if (reduction == "none")
      return t;
    if (reduction == "sum")
      return sumAll(t);
    return sumAll(t) / sumAll(expand(p.weights(), p.target.shape()));
  };
  loss = finish(loss);
  if (smooth)
    loss = loss * (1 - smoothing) + finish(smooth) * (smoothing / p.logs.size(p.classDim));
  return call.result(loss);
}

static LogicalResult floatOnly(Call &call, Term x, StringRef kernel) {
  return x.isFloat()
             ? success()
             : call.fail("\"" + kernel + "\" not implemented for '" + dtypeWord(x.element()) + "'");
}

/// Targets that are probabilities.
static LogicalResult probabilityLoss(Call &call, Term x, Term target, Term weight, int64_t classDim,
                                     double smoothing) {
  int64_t classes = x.size(classDim);
  Term logs = logSoftmax(x, classDim);
  if (smoothing > 0)
    target = target * (1 - smoothing) + smoothing / classes;
  Term product = logs * target;
  if (weight)
    product = product * alongClasses({call, logs, target, weight, classDim, 0}, weight);
  StringRef reduction = call.text("reduction", "mean");
  if (reduction == "none")
    return call.result(-sum(product, {classDim}));
  Term total = -sumAll(product);
  return call.result(reduction == "sum" ? total : total / (double(x.numel()) / classes));
}

LogicalResult crossEntropy(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0), target = x ? call.input(1) : call.none();
  Term weight = call.has(2) ? call.input(2) : call.none();
  if (!target || (call.has(2) && !weight) || failed(checkReduction(call)) ||
      failed(floatOnly(call, x, "log_softmax_lastdim_kernel_impl")))
    return failure();
  double smoothing = call.number("label_smoothing", 0);
  if (!(smoothing >= 0 && smoothing <= 1))
    return call.fail("label_smoothing must be between 0.0 and 1.0. Got: " +
                     call.node.attribute("label_smoothing")->describe());
  int64_t classDim = x.rank() > 1 ? 1 : 0;
  if (x.shape() == target.shape()) {
    if (!target.isFloat())
      return call.fail("Expected floating point type for target with class probabilities, got " +
                       dtypeWord(target.element()));
    if (failed(checkWeight(call, weight, x.size(classDim))))
      return failure();
    return probabilityLoss(call, x, target, weight, classDim, smoothing);
  }
  if (failed(checkTarget(call, x, target, classDim)) ||
      failed(checkWeight(call, weight, x.size(classDim))))
    return failure();
  if (x.rank() == 1)
    target = reshape(target, {});
  Picking p{call,     logSoftmax(x, classDim),          target, weight,
            classDim, call.number("ignore_index", -100)};
  return pickedLoss(call, p, smoothing);
}

LogicalResult nllLoss(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0), target = x ? call.input(1) : call.none();
  Term weight = call.has(2) ? call.input(2) : call.none();
  if (!target || (call.has(2) && !weight) || failed(checkReduction(call)) ||
      failed(floatOnly(call, x, "nll_loss_out_frame")))
    return failure();
  if (x.rank() < 1)
    return call.fail("Expected 1 or more dimensions (got 0)");
  int64_t classDim = x.rank() > 1 ? 1 : 0;
  if (failed(checkTarget(call, x, target, classDim)) ||
      failed(checkWeight(call, weight, x.size(classDim))))
    return failure();
  if (x.rank() == 1)
    target = reshape(target, {});
  return pickedLoss(call, {call, x, target, weight, classDim, call.number("ignore_index", -100)},
                    0);
}

} // namespace gradc::graph
