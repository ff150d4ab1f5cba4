// Losses.cpp - the losses of torch.nn.functional.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Call.h"
#include "gradc/Trace/Functional.h"
#include <algorithm>

namespace gradc::nn::functional {

using detail::Call;
using detail::Type;

static void addReduction(Call &call, Reduction reduction) {
  static const char *const names[] = {"none", "mean", "sum", "batchmean"};
  if (reduction == Reduction::batchmean && call.op != "kl_div")
    call.fail("batchmean is not a valid value for reduction");
  if (reduction != Reduction::mean)
    call.attribute("reduction", detail::quoted(names[static_cast<int>(reduction)]));
}

static Tensor reduced(Call &call, Dtype dtype, Shape elements, Reduction reduction) {
  addReduction(call, reduction);
  return call.result({dtype, reduction == Reduction::none ? std::move(elements) : Shape()});
}

/// A loss of the elements of two tensors.
static Tensor elementwise(Call &call, const Tensor &x, const Tensor &target, Reduction reduction) {
  Type a = call.input(x), b = call.input(target);
  if (!detail::isFloat(a.dtype) && !detail::isFloat(b.dtype))
    call.fail("\"" + call.op + "\" not implemented for '" + detail::torchName(a.dtype) + "'");
  return reduced(call, detail::promote(a.dtype, b.dtype),
                 detail::broadcast(a.shape, b.shape, call.where), reduction);
}

//===-- Over classes --------------------------------------------------------------------------===//

static void checkTarget(const Call &call, const Type &x, const Type &target, const Shape &wanted) {
  const Shape &found = target.shape;
  bool isScalar = x.shape.size() == 1 && found.size() <= 1 && detail::numelOf(found) == 1;
  if (isScalar || found == wanted) {
    if (target.dtype != i64)
      call.fail(std::string("expected target dtype to be Long or Byte, but got ") +
                detail::torchName(target.dtype));
    return;
  }
  if (x.shape.size() > 1 && !found.empty() && x.shape[0] != found[0])
    call.fail("Expected input batch_size (" + std::to_string(x.shape[0]) +
              ") to match target batch_size (" + std::to_string(found[0]) + ").");
  if (x.shape.size() <= 2)
    call.fail("0D or 1D target tensor expected, multi-target not supported");
  call.fail("Expected target size " + detail::shapeText(wanted) + ", got " +
            detail::shapeText(found));
}

static Tensor overClasses(const char *op, const Tensor &x, const Tensor &target,
                          const CrossEntropyOptions &options, Location where) {
  Call call(op, where);
  Type a = call.input(x), b = call.input(target);
  call.optional(options.weight);
  if (!detail::isFloat(a.dtype))
    call.fail(std::string("\"log_softmax_lastdim_kernel_impl\" not implemented for '") +
              detail::torchName(a.dtype) + "'");
  if (a.shape.empty())
    call.fail("Expected 1 or more dimensions (got 0)");
  int64_t classDim = a.shape.size() > 1 ? 1 : 0;
  Shape wanted = a.shape;
  wanted.erase(wanted.begin() + classDim);
  bool isProbability = call.op == "cross_entropy" && a.shape == b.shape;
  if (isProbability && !detail::isFloat(b.dtype))
    call.fail(
        std::string("Expected floating point type for target with class probabilities, got ") +
        detail::torchName(b.dtype));
  if (!isProbability)
    checkTarget(call, a, b, wanted);
  call.attribute("ignore_index", options.ignore_index, int64_t(-100));
  call.attribute("label_smoothing", options.label_smoothing, 0.0);
  return reduced(call, a.dtype, wanted, options.reduction);
}

Tensor cross_entropy(const Tensor &x, const Tensor &target, const CrossEntropyOptions &options,
                     Location where) {
  return overClasses("cross_entropy", x, target, options, where);
}

Tensor nll_loss(const Tensor &x, const Tensor &target, const CrossEntropyOptions &options,
                Location where) {
  if (options.label_smoothing != 0)
    detail::fail(where, "nll_loss has no label_smoothing");
  return overClasses("nll_loss", x, target, options, where);
}

//===-- Between tensors -----------------------------------------------------------------------===//

Tensor mse_loss(const Tensor &x, const Tensor &target, Reduction reduction, Location where) {
  Call call("mse_loss", where);
  return elementwise(call, x, target, reduction);
}

Tensor l1_loss(const Tensor &x, const Tensor &target, Reduction reduction, Location where) {
  Call call("l1_loss", where);
  return elementwise(call, x, target, reduction);
}

Tensor smooth_l1_loss(const Tensor &x, const Tensor &target, double beta, Reduction reduction,
                      Location where) {
  Call call("smooth_l1_loss", where);
  if (beta < 0)
    call.fail("smooth_l1_loss does not support negative values for beta.");
  call.attribute("beta", beta, 1.0);
  return elementwise(call, x, target, reduction);
}

Tensor huber_loss(const Tensor &x, const Tensor &target, double delta, Reduction reduction,
                  Location where) {
  Call call("huber_loss", where);
  if (!(delta > 0))
    call.fail("huber_loss does not support non-positive values for delta.");
  call.attribute("delta", delta, 1.0);
  return elementwise(call, x, target, reduction);
}

Tensor kl_div(const Tensor &x, const Tensor &target, bool log_target, Reduction reduction,
              Location where) {
  Call call("kl_div", where);
  call.attribute("log_target", log_target, false);
  return elementwise(call, x, target, reduction);
}

Tensor soft_margin_loss(const Tensor &x, const Tensor &target, Reduction reduction,
                        Location where) {
  Call call("soft_margin_loss", where);
  return elementwise(call, x, target, reduction);
}

Tensor hinge_embedding_loss(const Tensor &x, const Tensor &target, double margin,
                            Reduction reduction, Location where) {
  Call call("hinge_embedding_loss", where);
  call.attribute("margin", margin, 1.0);
  return elementwise(call, x, target, reduction);
}

static Tensor binary(const char *op, const Tensor &x, const Tensor &target,
                     const std::vector<const Tensor *> &weights, Reduction reduction,
                     Location where) {
  Call call(op, where);
  Type a = call.input(x), b = call.input(target);
  if (a.shape != b.shape)
    call.fail(call.op == "binary_cross_entropy"
                  ? "Using a target size (torch.Size(" + detail::shapeText(b.shape) +
                        ")) that is different to the input size (torch.Size(" +
                        detail::shapeText(a.shape) +
                        ")) is deprecated. Please ensure they have the same size."
                  : "Target size (torch.Size(" + detail::shapeText(b.shape) +
                        ")) must be the same as input size (torch.Size(" +
                        detail::shapeText(a.shape) + "))");
  for (const Tensor *weight : weights)
    call.optional(*weight);
  return reduced(call, detail::promote(a.dtype, b.dtype), a.shape, reduction);
}

Tensor binary_cross_entropy(const Tensor &x, const Tensor &target, const Tensor &weight,
                            Reduction reduction, Location where) {
  return binary("binary_cross_entropy", x, target, {&weight}, reduction, where);
}

Tensor binary_cross_entropy_with_logits(const Tensor &x, const Tensor &target, const Tensor &weight,
                                        const Tensor &pos_weight, Reduction reduction,
                                        Location where) {
  return binary("binary_cross_entropy_with_logits", x, target, {&weight, &pos_weight}, reduction,
                where);
}

//===-- Of several tensors --------------------------------------------------------------------===//

Tensor poisson_nll_loss(const Tensor &x, const Tensor &target, bool log_input, bool full,
                        double eps, Reduction reduction, Location where) {
  Call call("poisson_nll_loss", where);
  call.attribute("log_input", log_input, true);
  call.attribute("full", full, false);
  call.attribute("eps", eps, 1e-8);
  return elementwise(call, x, target, reduction);
}

Tensor gaussian_nll_loss(const Tensor &x, const Tensor &target, const Tensor &variance, bool full,
                         double eps, Reduction reduction, Location where) {
  Call call("gaussian_nll_loss", where);
  Type a = call.input(x), b = call.input(target), c = call.input(variance);
  bool isShort = a.shape.size() == c.shape.size() + 1 &&
                 std::equal(c.shape.begin(), c.shape.end(), a.shape.begin());
  Shape spread = c.shape;
  if (isShort)
    spread.push_back(1);
  call.attribute("full", full, false);
  call.attribute("eps", eps, 1e-6);
  Shape shape = detail::broadcast(detail::broadcast(a.shape, b.shape, where), spread, where);
  return reduced(call, detail::promote(detail::promote(a.dtype, b.dtype), c.dtype), shape,
                 reduction);
}

Tensor margin_ranking_loss(const Tensor &a, const Tensor &b, const Tensor &target, double margin,
                           Reduction reduction, Location where) {
  Call call("margin_ranking_loss", where);
  Type x = call.input(a), y = call.input(b), t = call.input(target);
  if (x.shape.size() != y.shape.size() || x.shape.size() != t.shape.size())
    call.fail("margin_ranking_loss : All input tensors should have same dimension but got sizes: "
              "input1: " +
              detail::shapeText(x.shape) + ", input2: " + detail::shapeText(y.shape) +
              ", target: " + detail::shapeText(t.shape) + " ");
  call.attribute("margin", margin, 0.0);
  Shape shape = detail::broadcast(detail::broadcast(x.shape, y.shape, where), t.shape, where);
  return reduced(call, detail::promote(detail::promote(x.dtype, y.dtype), t.dtype), shape,
                 reduction);
}

Tensor cosine_embedding_loss(const Tensor &a, const Tensor &b, const Tensor &target, double margin,
                             Reduction reduction, Location where) {
  Call call("cosine_embedding_loss", where);
  Type x = call.input(a), y = call.input(b), t = call.input(target);
  call.attribute("margin", margin, 0.0);
  return reduced(call, detail::promote(x.dtype, y.dtype), t.shape, reduction);
}

/// Of rows, along the last dim.
static Shape rowsOf(Shape shape, bool keepdim) {
  if (!shape.empty())
    shape.pop_back();
  if (keepdim)
    shape.push_back(1);
  return shape;
}

Tensor triplet_margin_loss(const Tensor &anchor, const Tensor &positive, const Tensor &negative,
                           double margin, double p, double eps, bool swap, Reduction reduction,
                           Location where) {
  Call call("triplet_margin_loss", where);
  Type a = call.input(anchor), b = call.input(positive), c = call.input(negative);
  if (!(margin > 0))
    call.fail("triplet_margin_loss: expected a margin above 0");
  call.attribute("margin", margin, 1.0);
  call.attribute("p", p, 2.0);
  call.attribute("eps", eps, 1e-6);
  call.attribute("swap", swap, false);
  Shape shape = detail::broadcast(detail::broadcast(a.shape, b.shape, where), c.shape, where);
  return reduced(call, detail::promote(detail::promote(a.dtype, b.dtype), c.dtype),
                 rowsOf(shape, false), reduction);
}

Tensor multilabel_soft_margin_loss(const Tensor &x, const Tensor &target, const Tensor &weight,
                                   Reduction reduction, Location where) {
  Call call("multilabel_soft_margin_loss", where);
  Type a = call.input(x), b = call.input(target);
  call.optional(weight);
  return reduced(call, detail::promote(a.dtype, b.dtype),
                 rowsOf(detail::broadcast(a.shape, b.shape, where), false), reduction);
}

/// The losses of rows of classes: a vector is one row.
static Tensor ofRows(Call &call, const Type &x, const Type &target, bool isBatched,
                     Reduction reduction) {
  if (x.shape.size() > 2 || (!x.shape.empty() && x.shape.back() == 0))
    call.fail("Expected non-empty vector or matrix with optional 0-dim batch size, but got: " +
              detail::shapeText(x.shape));
  if (target.dtype != i64)
    call.fail(std::string("expected scalar type Long but found ") +
              detail::torchName(target.dtype));
  int64_t rows = x.shape.size() == 2 ? x.shape[0] : 1;
  return reduced(call, x.dtype, isBatched ? Shape{rows} : Shape{}, reduction);
}

Tensor multi_margin_loss(const Tensor &x, const Tensor &target, int p, double margin,
                         const Tensor &weight, Reduction reduction, Location where) {
  Call call("multi_margin_loss", where);
  Type a = call.input(x), t = call.input(target);
  call.optional(weight);
  if (p != 1 && p != 2)
    call.fail("only p == 1 and p == 2 supported");
  call.attribute("p", double(p), 1.0);
  call.attribute("margin", margin, 1.0);
  int64_t rows = a.shape.size() == 2 ? a.shape[0] : 1;
  if (t.shape != Shape{rows} && !(t.shape.empty() && rows == 1))
    call.fail(
        "multi_margin_loss: target tensor should be 1-D with size equal to the number of input "
        "samples (batch size). Expected target size [" +
        std::to_string(rows) + "], but got " + detail::shapeText(t.shape) + ". Input has shape " +
        detail::shapeText(a.shape) + ".");
  return ofRows(call, a, t, a.shape.size() == 2 || t.shape.size() == 1, reduction);
}

Tensor multilabel_margin_loss(const Tensor &x, const Tensor &target, Reduction reduction,
                              Location where) {
  Call call("multilabel_margin_loss", where);
  Type a = call.input(x), t = call.input(target);
  bool isRow = a.shape.size() <= 1 && t.shape.size() <= 1 &&
               detail::numelOf(a.shape) == detail::numelOf(t.shape);
  if (t.shape != a.shape && !isRow)
    call.fail("inconsistent target size: " + detail::shapeText(t.shape) +
              " for input of size: " + detail::shapeText(a.shape));
  return ofRows(call, a, t, a.shape.size() == 2, reduction);
}

Tensor pairwise_distance(const Tensor &a, const Tensor &b, double p, double eps, bool keepdim,
                         Location where) {
  Call call("pairwise_distance", where);
  Type x = call.input(a), y = call.input(b);
  call.attribute("p", p, 2.0);
  call.attribute("eps", eps, 1e-6);
  call.attribute("keepdim", keepdim, false);
  return call.result({detail::promote(x.dtype, y.dtype),
                      rowsOf(detail::broadcast(x.shape, y.shape, where), keepdim)});
}

Tensor cosine_similarity(const Tensor &a, const Tensor &b, int64_t dim, double eps,
                         Location where) {
  Call call("cosine_similarity", where);
  Type x = call.input(a), y = call.input(b);
  Shape shape = detail::broadcast(x.shape, y.shape, where);
  shape.erase(shape.begin() + detail::wrapDim(dim, static_cast<int64_t>(shape.size()), where));
  call.attribute("dim", dim, int64_t(1));
  call.attribute("eps", eps, 1e-8);
  return call.result({detail::promote(x.dtype, y.dtype), shape});
}

} // namespace gradc::nn::functional
