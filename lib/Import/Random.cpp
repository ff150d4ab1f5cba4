// Random.cpp - dropout and draws inside of differentiated code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Composite.h"
#include <charconv>
#include <cmath>

using namespace mlir;
namespace gradc::graph {

static std::string shortest(double value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr};
}

/// Uniform draws of [0, 1), f32.
static Term draw(Term like, ArrayRef<int64_t> shape) {
  Importer &importer = *like.importer;
  return like.with(
      ag::DrawOp::create(importer.b, like.loc, importer.makeType(shape, importer.b.getF32Type())));
}

/// 1 with this probability, else 0, in the element type of `like`.
static Term coins(Term like, ArrayRef<int64_t> shape, double probability) {
  Term heads = compare(draw(like, shape), probability, ag::Predicate::lt);
  return cast(heads, like.element());
}

//===-- Dropout -------------------------------------------------------------------------------===//

namespace {
/// How a kind of dropout draws: for each element, or for each channel.
struct Kind {
  StringRef name;
  bool features, alpha;
};
} // namespace

static const Kind kinds[] = {{"dropout", false, false},      {"dropout1d", true, false},
                             {"dropout2d", true, false},     {"dropout3d", true, false},
                             {"alpha_dropout", false, true}, {"feature_alpha_dropout", true, true}};

/// The shape of the noise: one draw a channel, where the kind says so.
static LogicalResult noiseShape(Call &call, const Kind &kind, Term x, Shape &shape) {
  shape.assign(x.shape().begin(), x.shape().end());
  if (!kind.features)
    return success();
  int64_t rank = x.rank(), leading = 2;
  if (kind.name == "dropout1d" || kind.name == "dropout3d") {
    int64_t batched = kind.name == "dropout1d" ? 3 : 5;
    if (rank != batched && rank != batched - 1)
      return call.fail(kind.name + ": Expected " + Twine(batched - 1) + "D or " + Twine(batched) +
                       "D input, but received a " + Twine(rank) + "D input. Note that " +
                       kind.name + " exists to provide channel-wise dropout on inputs with " +
                       (batched == 3 ? "1 spatial dimension" : "3 spatial dimensions") +
                       ", a channel dimension, and an optional batch dimension");
    leading = rank == batched ? 2 : 1;
  }
  if (rank < 2)
    return call.fail("Feature dropout requires at least 2 dimensions in the input");
  for (int64_t d = leading; d < rank; ++d)
    shape[d] = 1;
  return success();
}

/// x times noise, as at::dropout computes it.
static Term drop(const Kind &kind, Term x, ArrayRef<int64_t> shape, double p) {
  if (p == 1) {
    Term zero = full(x, 0);
    return x * zero;
  }
  Term kept = compare(draw(x, shape), 1 - p, ag::Predicate::lt);
  auto noise = [&](double one, double other) {
    Term like = x.with(x.importer->splat(x.importer->makeType(shape, x.element()), one, x.loc));
    return expand(select(kept, like, other), x.shape());
  };
  if (!kind.alpha)
    return x * noise(1 / (1 - p), 0);
  // Klambauer et al., Self-Normalizing Neural Networks, arXiv:1706.02515.
  constexpr double alpha = 1.7580993408473766;
  double a = 1 / std::sqrt((alpha * alpha * p + 1) * (1 - p));
  return x * noise(a, 0) + noise(alpha * a * p, alpha * a * (p - 1));
}

/// Drops as `train` says; without it the mode of the entry point decides.
static Term dropAs(Call &call, const Kind &kind, Term x, ArrayRef<int64_t> shape, double p) {
  const Node &node = call.node;
  if (p == 0 || x.numel() == 0 || !node.flag("train", true))
    return x;
  if (node.attribute("train"))
    return drop(kind, x, shape, p);
  // Nothing of this branch is left after Gradient.
  OpBuilder &b = call.importer.b;
  Value training = ag::TrainingOp::create(b, node.loc, call.importer.makeType({}, b.getI1Type()));
  training = tensor::ExtractOp::create(b, node.loc, training, ValueRange());
  auto branch = scf::IfOp::create(b, node.loc, x.type(), training, /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(&branch.getThenRegion().front());
    scf::YieldOp::create(b, node.loc, drop(kind, x, shape, p).value);
    b.setInsertionPointToEnd(&branch.getElseRegion().front());
    scf::YieldOp::create(b, node.loc, x.value);
  }
  return x.with(branch.getResult(0));
}

static LogicalResult badProbability(Call &call, double p) {
  return call.fail("dropout probability has to be between 0 and 1, but got " + shortest(p));
}

Term dropout(Call &call, StringRef attribute, Term x) {
  double p = call.number(attribute, 0);
  if (p >= 0 && p <= 1)
    return x ? dropAs(call, kinds[0], x, x.shape(), p) : x;
  (void)badProbability(call, p);
  return x.with({});
}

static LogicalResult dropout(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  const Kind &kind =
      *llvm::find_if(kinds, [&](const Kind &k) { return k.name == node.spec->name; });
  double p = call.number("p", 0.5);
  if (!(p >= 0 && p <= 1))
    return badProbability(call, p);
  if (!x.isFloat())
    return call.fail("result type Float can't be cast to the desired output type " +
                     dtypeWord(x.element()));
  Shape shape;
  if (failed(noiseShape(call, kind, x, shape)))
    return failure();
  return call.result(dropAs(call, kind, x, shape, p));
}

//===-- Draws ---------------------------------------------------------------------------------===//

static LogicalResult bernoulli(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  if (node.attribute("p")) {
    double p = call.number("p", 0);
    if (!(p >= 0 && p <= 1))
      return call.fail("bernoulli_ expects p to be in [0, 1], but got p=" + shortest(p));
    return call.result(detach(coins(x, x.shape(), p)));
  }
  if (!x.isFloat())
    return call.fail("expected a floating point tensor of probabilities, found " +
                     dtypeWord(x.element()));
  Term probability = cast(detach(x), importer.b.getF32Type());
  Term heads = compare(draw(x, x.shape()), probability, ag::Predicate::lt);
  return call.result(detach(cast(heads, x.element())));
}

static LogicalResult randLike(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  if (!x.isFloat())
    return call.fail("\"rand_like\" not implemented for '" + dtypeWord(x.element()) + "'");
  if (node.spec->name == "rand_like")
    return call.result(detach(cast(draw(x, x.shape()), x.element())));
  // Box and Muller 1958; 1 - u is never zero.
  Term radius = sqrt(log(1.0 - draw(x, x.shape())) * -2.0);
  Term angle = draw(x, x.shape()) * (2 * M_PI);
  Term wave = angle.with(ag::CosOp::create(importer.b, node.loc, angle.value));
  return call.result(detach(cast(radius * wave, x.element())));
}

void addRandomOps(OpTable &table) {
  using K = AttributeKind;
  auto add = [&](StringRef name, StringRef summary) {
    table.add(
        "random",
        {name.str(), 1, 1, {{"p", K::number}, {"train", K::boolean}}, summary.str(), dropout});
  };
  add("dropout", "each element is dropped with probability p (0.5), or else scaled by 1 / (1 - p); "
                 "the entry point's mode decides whether, unless `train` does");
  for (StringRef name : {"dropout1d", "dropout2d", "dropout3d"})
    add(name, "the same for whole channels");
  add("alpha_dropout", "dropout that keeps mean and variance of SELU's outputs");
  add("feature_alpha_dropout", "the same for whole channels");
  table.add("random", {"bernoulli",
                       1,
                       1,
                       {{"p", K::number}},
                       "1 with probability p, else 0; without p the input holds the probabilities",
                       bernoulli});
  table.add("random",
            {"rand_like", 1, 1, {}, "uniform draws of [0, 1) in the input's shape", randLike});
  table.add("random",
            {"randn_like", 1, 1, {}, "standard normal draws in the input's shape", randLike});
}

} // namespace gradc::graph
