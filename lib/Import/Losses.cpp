// Losses.cpp - losses between tensors of one shape.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Formulas, and gradients at kinks, as in PyTorch's aten/src/ATen/native/Loss.cpp.
#include "Losses.h"
#include <numbers>

using namespace mlir;
namespace gradc::graph {

using P = ag::Predicate;

LogicalResult checkReduction(Call &call, bool batchmean) {
  StringRef reduction = call.text("reduction", "mean");
  if (reduction == "none" || reduction == "mean" || reduction == "sum" ||
      (batchmean && reduction == "batchmean"))
    return success();
  return call.fail(reduction + " is not a valid value for reduction");
}

LogicalResult reduced(Call &call, Term loss) {
  StringRef reduction = call.text("reduction", "mean");
  return call.result(reduction == "none"  ? loss
                     : reduction == "sum" ? sumAll(loss)
                                          : meanAll(loss));
}

/// clamp_min(x, 0): no gradient at 0 and at NaN.
static Term aboveZero(Term x) {
  if (!x)
    return x;
  return select(compare(x, 0, ag::Predicate::gt), x, detach(relu(x)));
}

/// The first two inputs of a loss, of which one at least is of floats.
static LogicalResult pair(Call &call, Term &x, Term &y) {
  x = call.input(0);
  y = x ? call.input(1) : call.none();
  if (!y || failed(checkReduction(call, call.node.spec->name == "kl_div")))
    return failure();
  if (!x.isFloat() && !y.isFloat())
    return call.fail("\"" + call.node.spec->name + "\" not implemented for '" +
                     dtypeWord(x.element()) + "'");
  return success();
}

template <Term (*loss)(Call &, Term, Term)>
static LogicalResult elementwiseLoss(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.none(), y = x;
  if (failed(pair(call, x, y)))
    return failure();
  Term elements = loss(call, x, y);
  return elements ? reduced(call, elements) : failure();
}

static Term mse(Call &, Term x, Term y) { return pow(x - y, 2); }
static Term l1(Call &, Term x, Term y) { return abs(x - y); }

static Term smoothL1(Call &call, Term x, Term y) {
  double beta = call.number("beta", 1);
  if (beta < 0) {
    (void)call.fail("smooth_l1_loss does not support negative values for beta.");
    return call.none();
  }
  Term z = x - y, a = abs(z);
  if (beta == 0)
    return a;
  Term isLarge = compare(a, beta, P::ge), small = select(isLarge, 0, z);
  return select(isLarge, a - 0.5 * beta, small * small * 0.5 / beta);
}

static Term huber(Call &call, Term x, Term y) {
  double delta = call.number("delta", 1);
  if (!(delta > 0)) {
    (void)call.fail("huber_loss does not support non-positive values for delta.");
    return call.none();
  }
  Term z = x - y, a = abs(z);
  Term isLarge = compare(a, delta, P::ge), small = select(isLarge, 0, z);
  Term loss = select(isLarge, (a - 0.5 * delta) * delta, small * small * 0.5);
  // Alone among the losses it has the input's dtype, whatever the target's is.
  Term input = call.input(0);
  return loss && input.isFloat() ? cast(loss, input.element()) : loss;
}

//===-- Binary cross entropy ------------------------------------------------------------------===//

/// Where input is 0 or 1 PyTorch bounds the logarithms, but not the gradient: there the value has
/// none of its own, and a term that is 0 has the gradient.
static Term bceElements(Term x, Term t) {
  constexpr double eps = 1e-12f; // as PyTorch has it for f64, too
  Term room = (1 - x) * x, isEdge = compare(room, eps, P::lt);
  auto logs = [](Term p, Term target) {
    return (target - 1) * maximum(log(1 - p), -100) - target * maximum(log(p), -100);
  };
  Term inside = logs(select(isEdge, 0.5, x), t), fixed = detach(x);
  Term slope = detach((x - t) / maximum(room, eps));
  return select(isEdge, logs(fixed, t) + (x - fixed) * slope, inside);
}

static LogicalResult bce(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.none(), t = x;
  if (failed(pair(call, x, t)))
    return failure();
  auto size = [](Term y) {
    return (y.rank() == 1 ? "torch.Size([" + std::to_string(y.size(0)) + "])"
                          : "torch.Size(" + listText(y.shape()) + ")");
  };
  if (x.shape() != t.shape())
    return call.fail("Using a target size (" + size(t) + ") that is different to the input size (" +
                     size(x) + ") is deprecated. Please ensure they have the same size.");
  Term loss = bceElements(x, t);
  if (call.has(2))
    loss = loss * call.input(2);
  return loss ? reduced(call, loss) : failure();
}

static LogicalResult bceWithLogits(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.none(), t = x;
  if (failed(pair(call, x, t)))
    return failure();
  if (x.shape() != t.shape())
    return call.fail("Target size (torch.Size(" + listText(t.shape()) +
                     ")) must be the same as input size (torch.Size(" + listText(x.shape()) + "))");
  Term logs = logSigmoid(x);
  if (call.has(3)) {
    Term positive = call.input(3);
    logs = logs * ((positive - 1) * t + 1);
  }
  // PyTorch's first term is written into a tensor of the target's dtype.
  Term rest = (1 - t) * x;
  if (t.isFloat() && rest)
    rest = cast(rest, t.element());
  Term loss = rest - logs;
  if (t.isFloat() && loss)
    loss = cast(loss, t.element());
  if (call.has(2))
    loss = loss * call.input(2);
  return loss ? reduced(call, loss) : failure();
}

//===-- Likelihoods ---------------------------------------------------------------------------===//

static LogicalResult klDiv(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.none(), t = x;
  if (failed(pair(call, x, t)))
    return failure();
  if (!x.isFloat() || !t.isFloat())
    return call.fail("kl_div: Integral inputs not supported.");
  // The gradient is PyTorch's where the target is 0, too: NaN.
  Term own = t.with(ag::XlogyOp::create(importer.b, node.loc, t.value, t.value));
  Term loss = node.flag("log_target") ? exp(t) * (t - x) : own - t * x;
  if (call.text("reduction", "mean") != "batchmean")
    return loss ? reduced(call, loss) : failure();
  return call.result(sumAll(loss) / double(x.rank() ? x.size(0) : 1));
}

static Term poissonNll(Call &call, Term x, Term t) {
  double eps = call.number("eps", 1e-8);
  Term loss = call.node.flag("log_input", true) ? exp(x) - t * x : x - t * log(x + eps);
  if (!call.node.flag("full"))
    return loss;
  // As in PyTorch the gradient of a target below 0 is NaN, although its term is left out.
  Term stirling = t * log(t) - t + log(t * (2 * std::numbers::pi)) * 0.5;
  return loss + select(compare(t, 1, P::le), 0, stirling);
}

static LogicalResult gaussianNll(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.none(), t = x;
  if (failed(pair(call, x, t)))
    return failure();
  Term var = call.input(2);
  if (!var)
    return failure();
  if (var.shape() != x.shape()) {
    int64_t other = 0;
    for (int64_t d = 0; var.rank() == x.rank() && d < x.rank(); ++d)
      other += var.size(d) == x.size(d) ? 0 : var.size(d);
    if (x.rank() && x.shape().drop_back() == var.shape())
      var = unsqueeze(var, -1);
    else if (var.rank() != x.rank() || other != 1)
      return call.fail("var is of incorrect size");
  }
  // The bound is not differentiated: a variance below it gets the gradient as if it were there.
  double eps = call.number("eps", 1e-6);
  var = var + detach(maximum(var, eps) - var);
  Term loss = (log(var) + pow(x - t, 2) / var) * 0.5;
  if (node.flag("full"))
    loss = loss + 0.5 * std::log(2 * std::numbers::pi);
  return loss ? reduced(call, loss) : failure();
}

//===-- Margins -------------------------------------------------------------------------------===//

static Term hingeEmbedding(Call &call, Term x, Term t) {
  Term far = aboveZero(call.number("margin", 1) - x);
  return select(compare(t, 1, P::ne), far, 0) + select(compare(t, -1, P::ne), x, 0);
}

static Term softMargin(Call &, Term x, Term t) {
  Term grown = exp(-t * x);
  return grown ? grown.with(ag::Log1pOp::create(grown.importer->b, grown.loc, grown.value)) : grown;
}

static LogicalResult marginRanking(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.none(), c = a;
  if (failed(pair(call, a, c)))
    return failure();
  Term t = call.input(2);
  if (!t)
    return failure();
  if (a.rank() != c.rank() || a.rank() != t.rank())
    return call.fail("margin_ranking_loss : All input tensors should have same dimension but got "
                     "sizes: input1: torch.Size(" +
                     listText(a.shape()) + "), input2: torch.Size(" + listText(c.shape()) +
                     "), target: torch.Size(" + listText(t.shape()) + ") ");
  Term loss = aboveZero(-t * (a - c) + call.number("margin", 0));
  return loss ? reduced(call, loss) : failure();
}

static LogicalResult cosineEmbedding(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.none(), c = a;
  if (failed(pair(call, a, c)))
    return failure();
  Term t = call.input(2);
  if (!t)
    return failure();
  int64_t wanted = t.rank() + 1;
  if (t.rank() > 1 || a.rank() != wanted || c.rank() != wanted)
    return call.fail(Twine(t.rank()) + "D target tensor expects " + Twine(wanted) +
                     "D input tensors, but found inputs with sizes " + listText(a.shape()) +
                     " and " + listText(c.shape()) + ".");
  constexpr double eps = 1e-12f; // as PyTorch has it for f64, too
  auto norm = [&](Term x) { return sum(x * x, {-1}) + inOwnDtype(x, eps); };
  Term cosine = sum(a * c, {-1}) / sqrt(norm(a) * norm(c));
  Term loss = select(compare(t, 1, P::eq), 1 - cosine, 0) +
              select(compare(t, -1, P::eq), aboveZero(cosine - call.number("margin", 0)), 0);
  return loss ? reduced(call, loss) : failure();
}

static LogicalResult tripletMargin(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.none(), near = a;
  if (failed(pair(call, a, near)))
    return failure();
  Term far = call.input(2);
  if (!far)
    return failure();
  if (a.rank() != near.rank() || a.rank() != far.rank())
    return call.fail("The anchor, positive, and negative tensors are expected to have the same "
                     "number of dimensions, but got: anchor " +
                     Twine(a.rank()) + "D, positive " + Twine(near.rank()) + "D, and negative " +
                     Twine(far.rank()) + "D inputs");
  double p = call.number("p", 2), eps = call.number("eps", 1e-6);
  auto distance = [&](Term x, Term y) { return vectorNorm(x - y + eps, p, -1); };
  Term toNear = distance(a, near), toFar = distance(a, far);
  if (node.flag("swap"))
    toFar = minimum(toFar, distance(near, far));
  Term loss = aboveZero(toNear - toFar + call.number("margin", 1));
  return loss ? reduced(call, loss) : failure();
}

static LogicalResult multilabelSoftMargin(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.none(), t = x;
  if (failed(pair(call, x, t)))
    return failure();
  Term loss = -(t * logSigmoid(x) + (1 - t) * logSigmoid(-x));
  if (call.has(2))
    loss = loss * call.input(2);
  if (!loss || !x.rank())
    return loss ? reduced(call, loss) : failure();
  // The classes are where the input has them, also where targets or weights have more dims.
  int64_t classes = x.rank() - 1;
  return reduced(call, loss.rank() == x.rank() ? mean(loss, {classes})
                                               : sum(loss, {classes}) / double(x.size(classes)));
}

//===-- Table ---------------------------------------------------------------------------------===//

void addLossOps(OpTable &table) {
  using K = AttributeKind;
  auto add = [&](StringRef name, unsigned least, unsigned most, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &),
                 std::vector<AttributeSpec> attributes = {}) {
    attributes.push_back({"reduction", K::text});
    table.add("loss", {name.str(),
                       least,
                       most,
                       std::move(attributes),
                       summary.str(),
                       handler,
                       true,
                       nullptr,
                       {},
                       least != most});
  };
  const AttributeSpec margin{"margin", K::number}, eps{"eps", K::number}, full{"full", K::boolean},
      ignore{"ignore_index", K::integer};
  add("cross_entropy", 2, 3,
      "negative log softmax at the target, a class or probabilities; weights", crossEntropy,
      {ignore, {"label_smoothing", K::number}});
  add("nll_loss", 2, 3, "negative log-probability of the target class; weights of classes", nllLoss,
      {ignore});
  add("mse_loss", 2, 2, "squared difference", elementwiseLoss<mse>);
  add("l1_loss", 2, 2, "absolute difference", elementwiseLoss<l1>);
  add("smooth_l1_loss", 2, 2, "squared below beta, absolute above", elementwiseLoss<smoothL1>,
      {{"beta", K::number}});
  add("huber_loss", 2, 2, "squared below delta, linear above", elementwiseLoss<huber>,
      {{"delta", K::number}});
  add("binary_cross_entropy", 2, 3, "cross entropy of probabilities; weights", bce);
  add("binary_cross_entropy_with_logits", 2, 4,
      "the same of logits; weights, weights of positive targets", bceWithLogits);
  add("kl_div", 2, 2, "Kullback-Leibler divergence of a log-probability from the target", klDiv,
      {{"log_target", K::boolean}});
  add("poisson_nll_loss", 2, 2, "negative log-likelihood of counts", elementwiseLoss<poissonNll>,
      {{"log_input", K::boolean}, full, eps});
  add("gaussian_nll_loss", 3, 3, "negative log-likelihood under a mean and a variance", gaussianNll,
      {full, eps});
  add("hinge_embedding_loss", 2, 2, "distance for targets 1, margin - distance for -1",
      elementwiseLoss<hingeEmbedding>, {margin});
  add("soft_margin_loss", 2, 2, "log(1 + exp(-target * x))", elementwiseLoss<softMargin>);
  add("margin_ranking_loss", 3, 3, "max(0, -target * (a - b) + margin)", marginRanking, {margin});
  add("cosine_embedding_loss", 3, 3, "1 - cosine for targets 1, cosine - margin for -1",
      cosineEmbedding, {margin});
  add("triplet_margin_loss", 3, 3, "max(0, distance to the positive - to the negative + margin)",
      tripletMargin, {margin, {"p", K::number}, eps, {"swap", K::boolean}});
  add("multilabel_soft_margin_loss", 2, 3, "mean over classes of binary cross entropies; weights",
      multilabelSoftMargin);
  addMarginOps(table);
  addDistanceOps(table);
}

} // namespace gradc::graph
