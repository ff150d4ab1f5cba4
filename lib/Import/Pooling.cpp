// Pooling.cpp - maxima and means of windows, adaptive ones too, and interpolation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Movement.h"
#include <cmath>

using namespace mlir;
namespace gradc::graph {

using List = SmallVector<int64_t>;

//===-- Windows -------------------------------------------------------------------------------===//

namespace {
/// The windows of a pooling over the last `n` dims of `x`.
struct Pool {
  Call &call;
  Term x;
  size_t n;
  List kernel, stride, padding, dilation;
  List out, high; // the result's sizes, and the padding after that they need

  std::string name() const { return call.node.spec->name; }
  int64_t planes() const { return x.rank() - n; }
  int64_t size(size_t k) const { return x.size(planes() + k); }
  int64_t span(size_t k) const { return dilation[k] * (kernel[k] - 1) + 1; }
  LogicalResult read();
  LogicalResult measure();

private:
  LogicalResult list(StringRef key, int64_t absent, List &values);
};
} // namespace

LogicalResult Pool::list(StringRef key, int64_t absent, List &values) {
  Shape given = call.node.integers(key);
  if (given.empty())
    given = {absent};
  if (given.size() != 1 && given.size() != n)
    return call.fail(name() + ": " + key + " must either be a single int, or a tuple of " +
                     Twine(n) + " ints");
  values.assign(n, given[0]);
  if (given.size() == n)
    values.assign(given.begin(), given.end());
  return checkWindowNumbers(call.importer, call.node, key, given);
}

LogicalResult Pool::read() {
  if (x.rank() != int64_t(n) + 1 && x.rank() != int64_t(n) + 2)
    return call.fail(name() + ": Expected " + Twine(n + 1) + "D or " + Twine(n + 2) +
                     "D input tensor, but got " + listText(x.shape()));
  if (failed(list("kernel_size", 1, kernel)) || failed(list("padding", 0, padding)) ||
      failed(list("dilation", 1, dilation)))
    return failure();
  stride = kernel;
  if (call.node.attribute("stride") && !call.node.integers("stride").empty() &&
      failed(list("stride", 1, stride)))
    return failure();
  return measure();
}

LogicalResult Pool::measure() {
  bool ceil = call.node.flag("ceil_mode");
  for (size_t k = 0; k < n; ++k) {
    if (kernel[k] <= 0)
      return call.fail("kernel size should be greater than zero, but got kernel size " +
                       listText(kernel));
    if (stride[k] <= 0)
      return call.fail("stride should not be zero");
    if (dilation[k] <= 0)
      return call.fail("dilation should be greater than zero, but got dilation " +
                       listText(dilation));
    if (padding[k] < 0)
      return call.fail("pad must be non-negative, but got pad: " + Twine(padding[k]));
    if (padding[k] > span(k) / 2)
      return call.fail(
          "pad should be at most half of effective kernel size, but got pad=" + Twine(padding[k]) +
          ", kernel_size=" + Twine(kernel[k]) + " and dilation=" + Twine(dilation[k]));
    int64_t room = size(k) + 2 * padding[k] - span(k) + (ceil ? stride[k] - 1 : 0);
    int64_t count = room < 0 ? 0 : room / stride[k] + 1;
    if (ceil && count && (count - 1) * stride[k] >= size(k) + padding[k])
      --count;
    if (count < 1 || size(k) == 0)
      return call.fail("Given input size: " + listText(x.shape().drop_front(planes())) +
                       ". Calculated output size is too small");
    out.push_back(count);
    high.push_back((count - 1) * stride[k] + span(k) - size(k) - padding[k]);
  }
  return success();
}

/// The elements of `x` at places within each plane of its last `n` dims.
static Term takeInPlanes(Term x, Term places, size_t n) {
  int64_t planes = x.rank() - n, size = 1;
  for (int64_t extent : x.shape().drop_front(planes))
    size *= extent;
  Term flat = places;
  int64_t stride = size;
  for (int64_t d = planes; d-- > 0; stride *= x.size(d))
    if (x.size(d) > 1)
      flat = flat + iota(x, places.shape(), d) * double(stride);
  return gather(reshape(x, {x.numel()}), flat, 0);
}

template <unsigned n> static LogicalResult maxPool(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  Pool pool{call, x, n, {}, {}, {}, {}, {}, {}};
  if (failed(pool.read()))
    return failure();
  if (x.isBool())
    return call.fail("\"" + node.spec->name + "\" not implemented for 'Bool'");
  Shape shape(x.shape().take_front(pool.planes()));
  llvm::append_range(shape, pool.out);
  if (llvm::is_contained(shape, 0))
    return call.results(
        {call.constant(shape, x.element(), 0), call.constant(shape, importer.b.getI64Type(), 0)});
  for (int64_t &high : pool.high)
    high = std::max<int64_t>(high, 0);
  Term places =
      x.with(ag::WindowArgmaxOp::create(importer.b, node.loc, x.value, pool.kernel, pool.stride,
                                        pool.padding, pool.high, pool.dilation));
  return call.results({takeInPlanes(x, places, n), places});
}

/// What samples are made of is written into the program: a number for each pair, or each place.
static LogicalResult checkTable(Call &call, int64_t out, int64_t in) {
  return call.importer.checkCount(call.node.loc, "numbers in a table of samples",
                                  saturatedProduct(out, in), 24);
}

/// How many positions the mean of a window of a dim counts.
static int64_t counted(const Pool &pool, size_t k, int64_t i, bool includePad) {
  int64_t pad = pool.padding[k], size = pool.size(k), start = i * pool.stride[k] - pad;
  int64_t end = std::min(start + pool.kernel[k], size + pad);
  return includePad ? end - start : std::min(end, size) - std::max<int64_t>(start, 0);
}

/// The same of all windows of a dim; one number where they agree.
static std::vector<double> counts(const Pool &pool, size_t k, bool includePad) {
  int64_t last = pool.out[k] - 1;
  // Where the outermost windows are whole, all are.
  if (counted(pool, k, 0, includePad) == pool.kernel[k] &&
      counted(pool, k, last, includePad) == pool.kernel[k])
    return {double(pool.kernel[k])};
  std::vector<double> result;
  if (succeeded(checkTable(pool.call, pool.out[k], 1)))
    for (int64_t i = 0; i <= last; ++i)
      result.push_back(double(counted(pool, k, i, includePad)));
  if (llvm::all_equal(result))
    result.resize(std::min<size_t>(result.size(), 1));
  return result;
}

/// What the sums of windows are divided by: a number, or one for each place.
static Term divisor(const Pool &pool, bool includePad) {
  std::vector<double> all{1};
  Shape shape;
  for (size_t k = 0; k < pool.n; ++k) {
    std::vector<double> mine = counts(pool, k, includePad), next;
    if (mine.empty() || failed(checkTable(pool.call, all.size(), mine.size())))
      return pool.call.none();
    for (double a : all)
      for (double c : mine)
        next.push_back(a * c);
    all = std::move(next);
    shape.push_back(mine.size());
  }
  if (all.size() == 1)
    return pool.call.constant({}, pool.x.element(), all[0]);
  return numbers(pool.call, shape, pool.x.element(), all);
}

template <unsigned n> static LogicalResult avgPool(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  Pool pool{call, x, n, {}, {}, {}, {}, {}, {}};
  if (failed(pool.read()))
    return failure();
  if (!x.isFloat())
    return call.fail("\"" + node.spec->name + "\" not implemented for '" + dtypeWord(x.element()) +
                     "'");
  auto all = [&](ArrayRef<int64_t> last, int64_t absent) {
    List result(pool.planes(), absent);
    llvm::append_range(result, last);
    return result;
  };
  Term sums = x.with(ag::ReduceWindowOp::create(
      importer.b, node.loc, x.value, all(pool.kernel, 1), all(pool.stride, 1), all(pool.padding, 0),
      all(pool.high, 0), List(x.rank(), 1), List(x.rank(), 1)));
  if (node.attribute("divisor_override")) {
    int64_t by = node.integer("divisor_override", 1);
    return by ? call.result(sums / double(by)) : call.fail("divisor must be not zero");
  }
  Term by = divisor(pool, node.flag("count_include_pad", true));
  return by ? call.result(sums / by) : failure();
}

//===-- Adaptive windows ----------------------------------------------------------------------===//

/// The sizes of the last dims of an adaptive pooling's result.
static LogicalResult outputSizes(Call &call, Term x, size_t n, List &sizes) {
  if (x.rank() != int64_t(n) + 1 && x.rank() != int64_t(n) + 2)
    return call.fail(call.node.spec->name + "(): Expected " + Twine(n + 1) + "D or " +
                     Twine(n + 2) + "D tensor, but got " + listText(x.shape()));
  Shape given = call.node.integers("output_size");
  if (given.size() != 1 && given.size() != n)
    return call.fail(call.node.spec->name + ": internal error: output_size.size() must be " +
                     Twine(n));
  sizes.assign(n, given[0]);
  if (given.size() == n)
    sizes.assign(given.begin(), given.end());
  for (size_t k = 0; k < n; ++k) {
    int64_t size = x.size(x.rank() - n + k);
    if (sizes[k] == -1)
      sizes[k] = size;
    if (sizes[k] < 0)
      return call.fail("elements of output_size must be greater than or equal to 0 but received " +
                       listText(sizes));
    if (size == 0)
      return call.fail(call.node.spec->name +
                       "(): Expected input to have non-zero size for "
                       "non-batch dimensions, but input has sizes " +
                       listText(x.shape()) + " with dimension " + Twine(x.rank() - n + k) +
                       " being empty");
  }
  return success();
}

static int64_t windowStart(int64_t i, int64_t in, int64_t out) { return i * in / out; }
static int64_t windowEnd(int64_t i, int64_t in, int64_t out) {
  return ((i + 1) * in + out - 1) / out;
}

/// `x` with dim `d` multiplied by a constant matrix [out, in].
static Term resample(Call &call, Term x, int64_t d, int64_t out, ArrayRef<double> weights) {
  if (!x)
    return x;
  Term matrix = numbers(call, {out, x.size(d)}, x.element(), weights);
  Term y = contract(x, matrix, {}, {}, {d}, {1});
  // A second backward needs nothing of the first.
  y.value.getDefiningOp()->setAttr("ag.unsaved", call.importer.b.getUnitAttr());
  SmallVector<int64_t> perm = range(0, x.rank() - 1);
  perm.insert(perm.begin() + d, x.rank() - 1);
  return permute(y, perm);
}

template <unsigned n> static LogicalResult adaptiveAvgPool(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  List sizes;
  if (!x || failed(outputSizes(call, x, n, sizes)))
    return failure();
  if (!x.isFloat())
    return call.fail("\"" + node.spec->name + "\" not implemented for '" + dtypeWord(x.element()) +
                     "'");
  Shape apart(x.shape().drop_back(n));
  List summed;
  for (auto [k, out] : llvm::enumerate(sizes)) {
    int64_t d = x.rank() - n + k, in = x.size(d);
    if (out && in % out == 0) {
      apart.push_back(out);
      summed.push_back(apart.size());
      apart.push_back(in / out);
      continue;
    }
    if (failed(checkTable(call, out, in)))
      return failure();
    SmallVector<double> weights(out * in, 0);
    for (int64_t i = 0; i < out; ++i) {
      int64_t start = windowStart(i, in, out), end = windowEnd(i, in, out);
      for (int64_t j = start; j < end; ++j)
        weights[i * in + j] = 1.0 / double(end - start);
    }
    x = resample(call, x, d, out, weights);
    apart.push_back(out);
  }
  return call.result(summed.empty() ? x : mean(reshape(x, apart), summed));
}

/// Windows of different sizes, all brought to the largest by repeating their last element.
template <unsigned n> static LogicalResult adaptiveMaxPool(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  List sizes;
  if (!x || failed(outputSizes(call, x, n, sizes)))
    return failure();
  int64_t planes = x.rank() - n, count = 1;
  SmallVector<std::pair<int64_t, Term>> places;
  SmallVector<List> source(n);
  Shape apart(x.shape().take_front(planes)), out(apart);
  List perm = range(0, planes), inner;
  for (auto [k, size] : llvm::enumerate(sizes)) {
    int64_t in = x.size(planes + k), most = 0;
    if (failed(checkTable(call, size, 1)))
      return failure();
    for (int64_t i = 0; i < size; ++i)
      most = std::max(most, windowEnd(i, in, size) - windowStart(i, in, size));
    if (failed(checkTable(call, size, most)))
      return failure();
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j < most; ++j)
        source[k].push_back(std::min(windowStart(i, in, size) + j, windowEnd(i, in, size) - 1));
    places.push_back({planes + int64_t(k), indices(call, {size * most}, source[k])});
    apart.append({size, most});
    perm.push_back(planes + 2 * k);
    inner.push_back(planes + 2 * k + 1);
    out.push_back(size);
    count *= most;
  }
  if (llvm::is_contained(out, 0))
    return call.results(
        {call.constant(out, x.element(), 0), call.constant(out, importer.b.getI64Type(), 0)});
  llvm::append_range(perm, inner);
  Shape joined(out);
  joined.push_back(count);
  auto inWindows = [&](Term t) { return reshape(permute(reshape(t, apart), perm), joined); };
  Term windows = inWindows(remap(x, places));
  // Where each element of a window stands in its plane.
  Term plane = reshape(iota(x,
                            {x.numel() / std::max<int64_t>(1,
                                                           [&] {
                                                             int64_t lead = 1;
                                                             for (int64_t d = 0; d < planes; ++d)
                                                               lead *= x.size(d);
                                                             return lead;
                                                           }())},
                            0),
                       Shape(x.shape().drop_front(planes)));
  Term origin = inWindows(remap(expand(plane, x.shape()), places));
  int64_t last = joined.size() - 1;
  Term at = argExtremum(windows, last, false, true), place = iota(x, joined, last);
  if (x.isFloat()) { // the last NaN wins
    Term none = full(place, -1);
    Term wild =
        amax(select(compare(windows, windows, ag::Predicate::ne), place, none), {last}, true);
    at = select(compare(wild, -1, ag::Predicate::gt), wild, at);
  }
  Term taken = compare(place, at, ag::Predicate::eq);
  return call.results(
      {sum(select(taken, windows, 0.0), {last}), sum(select(taken, origin, 0.0), {last})});
}

//===-- Interpolation -------------------------------------------------------------------------===//

namespace {
/// One dim of an interpolation.
struct Axis {
  int64_t in, out;
  double scale; // source positions between neighbours of the result
  bool alignCorners;

  double source(int64_t i, bool cubic) const {
    if (alignCorners)
      return scale * double(i);
    double at = scale * (double(i) + 0.5) - 0.5;
    return cubic ? at : std::max(at, 0.0);
  }
};
} // namespace

static SmallVector<double> linearWeights(const Axis &axis) {
  SmallVector<double> weights(axis.out * axis.in, 0);
  for (int64_t i = 0; i < axis.out; ++i) {
    double at = axis.source(i, false);
    int64_t low = std::min<int64_t>(int64_t(at), axis.in - 1);
    int64_t high = std::min(low + 1, axis.in - 1);
    double part = std::clamp(at - double(low), 0.0, 1.0);
    weights[i * axis.in + low] += 1 - part;
    weights[i * axis.in + high] += part;
  }
  return weights;
}

/// Keys' cubic convolution with a = -0.75, as PyTorch has it.
static double cubicWeight(double distance) {
  const double a = -0.75;
  double x = std::fabs(distance);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

static SmallVector<double> cubicWeights(const Axis &axis) {
  SmallVector<double> weights(axis.out * axis.in, 0);
  for (int64_t i = 0; i < axis.out; ++i) {
    double at = axis.source(i, true);
    auto low = int64_t(std::floor(at));
    for (int64_t j = low - 1; j <= low + 2; ++j)
      weights[i * axis.in + std::clamp<int64_t>(j, 0, axis.in - 1)] += cubicWeight(at - double(j));
  }
  return weights;
}

static Term nearest(Call &call, Term x, int64_t first, ArrayRef<Axis> axes, bool exact) {
  SmallVector<std::pair<int64_t, Term>> places;
  for (auto [k, axis] : llvm::enumerate(axes)) {
    List at;
    for (int64_t i = 0; i < axis.out; ++i) {
      // PyTorch computes these in float.
      float position = (float(i) + (exact ? 0.5f : 0.0f)) * float(axis.scale);
      at.push_back(std::clamp<int64_t>(truncated(std::floor(position)), 0, axis.in - 1));
    }
    places.push_back({first + int64_t(k), indices(call, {axis.out}, at)});
  }
  return remap(x, places);
}

/// Reads sizes and scales of the spatial dims.
static LogicalResult readAxes(Call &call, Term x, SmallVectorImpl<Axis> &axes) {
  int64_t n = x.rank() - 2;
  Shape sizes = call.node.integers("size");
  SmallVector<double> scales;
  if (const Json *factor = call.node.attribute("scale_factor"))
    for (int64_t k = 0; k < n; ++k)
      scales.push_back(factor->items.empty()               ? numberOf(*factor)
                       : k < int64_t(factor->items.size()) ? numberOf(factor->items[k])
                                                           : numberOf(factor->items.back()));
  if (sizes.empty() == scales.empty())
    return call.fail(sizes.empty() ? "either size or scale_factor should be defined"
                                   : "only one of size or scale_factor should be defined");
  if (sizes.size() == 1)
    sizes = Shape(n, sizes[0]);
  if (!sizes.empty() && int64_t(sizes.size()) != n)
    return call.fail("Input and output must have the same number of spatial dimensions, but got "
                     "input with spatial dimensions of " +
                     listText(x.shape().drop_front(2)) + " and output size of " + listText(sizes) +
                     ".");
  bool align = call.node.flag("align_corners");
  for (int64_t k = 0; k < n; ++k) {
    int64_t in = x.size(2 + k);
    int64_t out = sizes.empty() ? truncated(std::floor(double(in) * scales[k])) : sizes[k];
    if (in <= 0 || out <= 0)
      return call.fail("Input and output sizes should be greater than 0, but got input (" +
                       Twine(in) + ") output (" + Twine(out) + ")");
    double scale = align           ? (out > 1 ? double(in - 1) / double(out - 1) : 0)
                   : sizes.empty() ? 1 / scales[k]
                                   : double(in) / double(out);
    bool isNearest = StringRef(call.text("mode", "nearest")).starts_with("nearest");
    if (failed(checkTable(call, out, isNearest ? 1 : in)))
      return failure();
    axes.push_back({in, out, scale, align});
  }
  return success();
}

static LogicalResult interpolate(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  StringRef mode = call.text("mode", "nearest");
  int64_t wanted = mode == "linear"      ? 3
                   : mode == "bilinear"  ? 4
                   : mode == "bicubic"   ? 4
                   : mode == "trilinear" ? 5
                                         : 0;
  bool isNearest = mode == "nearest" || mode == "nearest-exact";
  if (!wanted && !isNearest)
    return call.fail("Input Error: Only 3D, 4D and 5D input Tensors supported (got " +
                     Twine(x.rank()) +
                     "D) for the modes: nearest | linear | bilinear | bicubic | trilinear | "
                     "nearest-exact (got " +
                     mode + ")");
  if (x.rank() < 3 || x.rank() > 5 || (wanted && x.rank() != wanted))
    return call.fail("Got " + Twine(x.rank()) + "D input, but " + mode + " mode needs " +
                     (wanted ? Twine(wanted) + "D input" : "3D, 4D or 5D input"));
  if (isNearest && node.attribute("align_corners"))
    return call.fail("align_corners option can only be set with the interpolating modes: linear | "
                     "bilinear | bicubic | trilinear");
  SmallVector<Axis> axes;
  if (failed(readAxes(call, x, axes)))
    return failure();
  if (isNearest)
    return call.result(nearest(call, x, 2, axes, mode == "nearest-exact"));
  for (auto [k, axis] : llvm::enumerate(axes))
    if (axis.in != axis.out || axis.scale != 1)
      x = resample(call, x, 2 + k, axis.out,
                   mode == "bicubic" ? cubicWeights(axis) : linearWeights(axis));
  return call.result(x);
}

void addPoolingOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec kernel{"kernel_size", K::dims, true}, stride{"stride", K::dims},
      padding{"padding", K::dims}, dilation{"dilation", K::dims}, ceil{"ceil_mode", K::boolean},
      names{"names", K::names}, size{"output_size", K::dims, true};
  auto add = [&](StringRef name, std::vector<AttributeSpec> attributes, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &)) {
    table.add("pooling", {name.str(), 1, 1, std::move(attributes), summary.str(), handler});
  };
  const std::vector<AttributeSpec> max{kernel, stride, padding, dilation, ceil, names};
  const StringRef maxima = "maxima of windows, and where they are in their planes";
  add("max_pool1d", max, maxima, maxPool<1>);
  add("max_pool2d", max, maxima, maxPool<2>);
  add("max_pool3d", max, maxima, maxPool<3>);
  const std::vector<AttributeSpec> avg{kernel,
                                       stride,
                                       padding,
                                       ceil,
                                       {"count_include_pad", K::boolean},
                                       {"divisor_override", K::integer}};
  add("avg_pool1d", avg, "means of windows", avgPool<1>);
  add("avg_pool2d", avg, "means of windows", avgPool<2>);
  add("avg_pool3d", avg, "means of windows", avgPool<3>);
  const StringRef adaptive = "means of as many windows as said (-1 keeps a size)";
  add("adaptive_avg_pool1d", {size}, adaptive, adaptiveAvgPool<1>);
  add("adaptive_avg_pool2d", {size}, adaptive, adaptiveAvgPool<2>);
  add("adaptive_avg_pool3d", {size}, adaptive, adaptiveAvgPool<3>);
  const StringRef adaptiveMax = "maxima of as many windows as said, and where they are";
  add("adaptive_max_pool1d", {size, names}, adaptiveMax, adaptiveMaxPool<1>);
  add("adaptive_max_pool2d", {size, names}, adaptiveMax, adaptiveMaxPool<2>);
  add("adaptive_max_pool3d", {size, names}, adaptiveMax, adaptiveMaxPool<3>);
  add("interpolate",
      {{"size", K::dims},
       {"scale_factor", K::data},
       {"mode", K::text},
       {"align_corners", K::boolean}},
      "planes of another size: nearest, nearest-exact, linear, bilinear, trilinear, bicubic",
      interpolate);
}

} // namespace gradc::graph
