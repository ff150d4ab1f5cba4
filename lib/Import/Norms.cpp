// Norms.cpp - normalisation layers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Losses.h"

using namespace mlir;
namespace gradc::graph {

static Term normalized(Term x, Dims dims, double eps) {
  return x ? x.with(ag::NormalizeOp::create(x.importer->b, x.loc, x.value, dims, APFloat(eps))) : x;
}

/// `y * weight + bias`, either of which may be left out; both are reshaped to `shape`.
static Term affine(Term y, Term weight, Term bias, ArrayRef<int64_t> shape) {
  if (weight)
    y = y * reshape(weight, shape);
  return bias ? y + reshape(bias, shape) : y;
}

/// The shape of a vector of channels beside x [N, C, ...].
static Shape channels(Term x, int64_t dim = 1) {
  Shape shape(x.rank(), 1);
  shape[dim] = x.size(dim);
  return shape;
}

static LogicalResult optional(Call &call, unsigned i, Term &result) {
  result = call.has(i) ? call.input(i) : call.none();
  return success(result || !call.has(i));
}

static LogicalResult requireFloat(Call &call, Term x, StringRef kernel) {
  return x.isFloat()
             ? success()
             : call.fail("\"" + kernel + "\" not implemented for '" + dtypeWord(x.element()) + "'");
}

//===-- Over the last dims --------------------------------------------------------------------===//

static LogicalResult checkNormalizedShape(Call &call, Term x, Term weight, Term bias,
                                          StringRef separator) {
  Shape shape = call.node.integers("normalized_shape");
  ArrayRef<int64_t> wanted(shape);
  if (shape.empty())
    return call.fail("Expected normalized_shape to be at least 1-dimensional, i.e., containing at "
                     "least one element, but got normalized_shape = []");
  for (auto [name, term] : {std::pair<StringRef, Term>("weight", weight), {"bias", bias}})
    if (term && term.shape() != wanted)
      return call.fail("Expected " + name + " to be of same shape as normalized_shape, but got " +
                       name + " of shape " + listText(term.shape()) +
                       " and normalized_shape = " + listText(shape));
  if (x.rank() >= int64_t(shape.size()) && x.shape().take_back(shape.size()) == wanted)
    return success();
  std::string sizes = listText(shape);
  return call.fail("Given normalized_shape=" + sizes + ", expected input with shape [*" +
                   separator + StringRef(sizes).drop_front() + ", but got input of size" +
                   listText(x.shape()));
}

static LogicalResult layerNorm(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0), weight = call.none(), bias = weight;
  if (!x || failed(optional(call, 1, weight)) || failed(optional(call, 2, bias)) ||
      failed(checkNormalizedShape(call, x, weight, bias, ", ")) ||
      failed(requireFloat(call, x, "LayerNormKernelImpl")))
    return failure();
  Shape shape = node.integers("normalized_shape");
  Term y = normalized(x, range(x.rank() - shape.size(), x.rank()), call.number("eps", 1e-5));
  return call.result(affine(y, weight, bias, shape));
}

static LogicalResult rmsNorm(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0), weight = call.none();
  if (!x || failed(optional(call, 1, weight)) ||
      failed(checkNormalizedShape(call, x, weight, call.none(), "")) ||
      failed(requireFloat(call, x, "rms_norm")))
    return failure();
  Shape shape = node.integers("normalized_shape");
  double eps = call.number("eps", x.element().isF64() ? 0x1p-52 : 0x1p-23);
  SmallVector<int64_t> dims = range(x.rank() - shape.size(), x.rank());
  Term y = x.with(ag::RmsNormalizeOp::create(importer.b, x.loc, x.value, dims, APFloat(eps)));
  return call.result(affine(y, weight, call.none(), shape));
}

//===-- Over groups of channels ---------------------------------------------------------------===//

static LogicalResult groupNorm(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0), weight = call.none(), bias = weight;
  if (!x || failed(optional(call, 1, weight)) || failed(optional(call, 2, bias)))
    return failure();
  int64_t groups = node.integer("num_groups", 1);
  if (x.rank() < 2)
    return call.fail("Expected at least 2 dimensions for input tensor but received " +
                     Twine(x.rank()));
  if (groups < 1)
    return call.fail("Expected num groups to be greater than 0, got " + Twine(groups));
  if (x.size(1) % groups)
    return call.fail("Expected number of channels in input to be divisible by num_groups, but got "
                     "input of shape " +
                     listText(x.shape()) + " and num_groups=" + Twine(groups));
  for (auto [name, term] : {std::pair<StringRef, Term>("weight", weight), {"bias", bias}})
    if (term && (term.rank() != 1 || term.size(0) != x.size(1)))
      return call.fail("Expected " + name + " to be a vector of size equal to the number of " +
                       "channels in input, but got " + name + " of shape " +
                       listText(term.shape()) + " and input of shape " + listText(x.shape()));
  if (failed(requireFloat(call, x, "GroupNormKernelImpl")))
    return failure();
  int64_t each = x.numel() ? x.numel() / (x.size(0) * groups) : 0;
  Term y = normalized(reshape(x, {x.size(0), groups, each}), {2}, call.number("eps", 1e-5));
  return call.result(affine(reshape(y, x.shape()), weight, bias, channels(x)));
}

//===-- With running statistics ---------------------------------------------------------------===//

namespace {
/// What batch_norm and instance_norm have in common.
struct Running {
  Call &call;
  Term x, mean, var, weight, bias;
  bool useInput;
  double momentum, eps;

  explicit Running(Call &call)
      : call(call), x(call.none()), mean(x), var(x), weight(x), bias(x), useInput(true),
        momentum(call.number("momentum", 0.1)), eps(call.number("eps", 1e-5)) {}
  LogicalResult read(int64_t instances);
  LogicalResult update(Dims dims, bool overBatch);
  Term evaluate();
};
} // namespace

LogicalResult Running::read(int64_t instances) {
  const std::pair<StringRef, Term *> operands[] = {
      {"running_mean", &mean}, {"running_var", &var}, {"weight", &weight}, {"bias", &bias}};
  for (auto [i, operand] : llvm::enumerate(operands)) {
    auto [name, term] = operand;
    if (failed(optional(call, i + 1, *term)))
      return failure();
    if (!useInput && i < 2 && !*term)
      return call.fail(name + " must be defined in evaluation mode");
    if (*term && isShortFloat(term->element()))
      *term = cast(*term, call.importer.b.getF32Type());
    int64_t wanted = x.rank() > 1 ? x.size(1) : 0;
    if (*term && term->numel() != wanted)
      return call.fail(name + " should contain " + Twine(wanted * instances) + " elements not " +
                       Twine(term->numel() * instances));
  }
  return success();
}

/// running = (1 - momentum) * running + momentum * statistic, of the unbiased variance.
LogicalResult Running::update(Dims dims, bool overBatch) {
  Term still = detach(x);
  int64_t n = 1;
  for (int64_t dim : dims)
    n *= x.size(dim);
  Term center = graph::mean(still, dims, true);
  Term square = pow(still - center, 2);
  Term spread = sum(square, dims, true) / double(std::max<int64_t>(n - 1, 1));
  for (auto [i, old, fresh] : {std::tuple(1u, mean, center), {2u, var, spread}}) {
    if (!old)
      continue;
    Term statistic = overBatch ? sum(fresh, {0}, true) / double(x.size(0)) : fresh;
    Tensor &target = *call.node.inputs[i].tensor;
    Term next = old * (1 - momentum) + reshape(statistic, old.shape()) * momentum;
    next = cast(next, target.type.getElementType());
    if (!next || failed(call.importer.checkWritable(target, false, call.node.loc)) ||
        failed(call.importer.write(target, next.value, false, call.node.loc)))
      return failure();
  }
  return success();
}

Term Running::evaluate() {
  Shape shape = channels(x);
  Term scale = pow(reshape(var, shape) + eps, -0.5);
  return affine((x - reshape(mean, shape)) * scale, weight, bias, shape);
}

static std::string sizeText(Term x) {
  return "torch.Size(" +
         (x.rank() == 1 ? "[" + std::to_string(x.size(0)) + "]" : listText(x.shape())) + ")";
}

/// What an entry point that trains computes, and writes; and what one that evaluates computes.
static LogicalResult byMode(Call &call, Running &run, Dims dims) {
  Importer &importer = call.importer;
  OpBuilder &b = importer.b;
  Location loc = call.node.loc;
  for (unsigned i : {1u, 2u})
    if (!call.has(i) || call.node.inputs[i].tensor->storage->kind != Storage::Kind::variable)
      return call.fail("batch_norm: 'by_mode' needs running statistics that are buffers");
  Value training = ag::TrainingOp::create(b, loc, importer.makeType({}, b.getI1Type()));
  training = tensor::ExtractOp::create(b, loc, training, ValueRange());
  auto branch = scf::IfOp::create(b, loc, run.x.type(), training, /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(b);
    ++importer.controlDepth;
    b.setInsertionPointToEnd(&branch.getThenRegion().front());
    Term y = affine(normalized(run.x, dims, run.eps), run.weight, run.bias, channels(run.x));
    LogicalResult updated = run.update(dims, false);
    if (y)
      scf::YieldOp::create(b, loc, y.value);
    b.setInsertionPointToEnd(&branch.getElseRegion().front());
    Term still = run.evaluate();
    if (still)
      scf::YieldOp::create(b, loc, still.value);
    --importer.controlDepth;
    if (failed(updated) || !y || !still)
      return failure();
  }
  return call.result(run.x.with(branch.getResult(0)));
}

static LogicalResult batchNorm(Importer &importer, Node &node) {
  Call call(importer, node);
  Running run(call);
  run.x = call.input(0);
  run.useInput = node.flag("training") || node.flag("by_mode");
  if (!run.x)
    return failure();
  const Term &x = run.x;
  if (run.useInput && x.rank() > 1 && x.numel() == x.size(1))
    return call.fail("Expected more than 1 value per channel when training, got input size " +
                     sizeText(x));
  if (x.rank() < 2)
    return call.fail("batch_norm: expected an input of 2 dimensions at least, got " +
                     Twine(x.rank()));
  if (failed(run.read(1)) || failed(requireFloat(call, x, "batch_norm")))
    return failure();
  if (!run.useInput)
    return call.result(run.evaluate());
  SmallVector<int64_t> dims = range(2, x.rank());
  dims.insert(dims.begin(), 0);
  if (node.flag("by_mode"))
    return byMode(call, run, dims);
  Term y = affine(normalized(x, dims, run.eps), run.weight, run.bias, channels(x));
  if (failed(run.update(dims, false)))
    return failure();
  return call.result(y);
}

static LogicalResult instanceNorm(Importer &importer, Node &node) {
  Call call(importer, node);
  Running run(call);
  run.x = call.input(0);
  run.useInput = node.flag("use_input_stats", true);
  if (!run.x)
    return failure();
  const Term &x = run.x;
  if (x.rank() < 2)
    return call.fail("instance_norm: expected an input of 2 dimensions at least, got " +
                     Twine(x.rank()));
  if (run.useInput && x.numel() == x.size(0) * x.size(1))
    return call.fail("Expected more than 1 spatial element when training, got input size " +
                     sizeText(x));
  if (failed(run.read(x.size(0))) || failed(requireFloat(call, x, "instance_norm")))
    return failure();
  if (!run.useInput)
    return call.result(run.evaluate());
  SmallVector<int64_t> dims = range(2, x.rank());
  Term y = affine(normalized(x, dims, run.eps), run.weight, run.bias, channels(x));
  if (failed(run.update(dims, true)))
    return failure();
  return call.result(y);
}

//===-- Others --------------------------------------------------------------------------------===//

/// Sums over `size` channels around each one; outside there are zeros.
static Term reduceChannels(Term x, int64_t size) {
  SmallVector<int64_t> sizes(x.rank(), 1), ones(x.rank(), 1), low(x.rank(), 0), high(x.rank(), 0);
  sizes[1] = size;
  low[1] = size / 2;
  high[1] = (size - 1) / 2;
  return x.with(ag::ReduceWindowOp::create(x.importer->b, x.loc, x.value, sizes, ones, low, high,
                                           ones, ones));
}

static LogicalResult localResponseNorm(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  if (x.rank() < 3)
    return call.fail("Expected 3D or higher dimensionality                          input (got " +
                     Twine(x.rank()) + " dimensions)");
  int64_t size = node.integer("size", 1);
  if (size < 1 || size > (int64_t(1) << 20))
    return call.fail("local_response_norm: expected a size of at least 1, got " + Twine(size));
  if (failed(requireFloat(call, x, "local_response_norm")))
    return failure();
  Term total = reduceChannels(x * x, size);
  double k = call.number("k", 1), alpha = call.number("alpha", 1e-4);
  Term divisor = pow(total * (alpha / double(size)) + k, call.number("beta", 0.75));
  return call.result(x / divisor);
}

/// x divided by its p-norm along a dim.
static LogicalResult normalize(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  int64_t dim = 0;
  if (!x || failed(call.dim("dim", 1, x.rank(), dim)) || failed(requireFloat(call, x, "normalize")))
    return failure();
  Term norm = x.rank() ? vectorNorm(x, call.number("p", 2), dim, true) : abs(x);
  return call.result(x / maximum(norm, inOwnDtype(x, call.number("eps", 1e-12))));
}

void addNormOps(OpTable &table) {
  using K = AttributeKind;
  auto add = [&](StringRef name, unsigned most, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &),
                 std::vector<AttributeSpec> attributes) {
    table.add("norm", {name.str(),
                       1,
                       most,
                       std::move(attributes),
                       summary.str(),
                       handler,
                       true,
                       nullptr,
                       {},
                       true});
  };
  const AttributeSpec eps{"eps", K::number}, momentum{"momentum", K::number};
  const AttributeSpec shape{"normalized_shape", K::integers, true};
  add("layer_norm", 3, "mean 0 and variance 1 over the last dimensions; weight, bias", layerNorm,
      {shape, eps});
  add("rms_norm", 2, "mean square 1 over the last dimensions; weight", rmsNorm, {shape, eps});
  add("group_norm", 3, "mean 0 and variance 1 over groups of channels; weight, bias", groupNorm,
      {{"num_groups", K::integer, true}, eps});
  add("batch_norm", 5,
      "the same over the batch, for each channel; running mean and variance, weight, bias",
      batchNorm, {{"training", K::boolean}, {"by_mode", K::boolean}, momentum, eps});
  add("instance_norm", 5,
      "the same for each channel of each instance; running mean and variance, weight, bias",
      instanceNorm, {{"use_input_stats", K::boolean}, momentum, eps});
  add("local_response_norm", 1, "divided by a power of the squares of the channels around it",
      localResponseNorm,
      {{"size", K::integer, true}, {"alpha", K::number}, {"beta", K::number}, {"k", K::number}});
  add("normalize", 1, "divided by the p-norm along `dim`", normalize,
      {{"p", K::number}, {"dim", K::integer}, eps});
}

} // namespace gradc::graph
