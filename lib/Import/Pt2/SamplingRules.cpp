// SamplingRules.cpp - affine_grid and grid_sample.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Jaderberg et al., Spatial Transformer Networks, arXiv:1506.02025; the details are those of
// at::native::grid_sampler_2d_cpu.
#include "Rules.h"

using namespace mlir;
namespace gradc::pt2 {

static Json add(Json a, Json b) { return makeNode("add", {std::move(a), std::move(b)}); }
static Json sub(Json a, Json b) { return makeNode("sub", {std::move(a), std::move(b)}); }
static Json mul(Json a, Json b) { return makeNode("mul", {std::move(a), std::move(b)}); }

//===-- affine_grid ---------------------------------------------------------------------------===//

/// Places of `size` cells in [-1, 1]: their centres, or with `corners` from end to end.
static Json places(Aten &call, int64_t size, bool corners) {
  std::vector<Json> values;
  double step = corners ? (size > 1 ? 2.0 / double(size - 1) : 0) : 2.0 / double(size);
  double first = corners ? (size > 1 ? -1 : 0) : step / 2 - 1;
  for (int64_t i = 0; i < size; ++i)
    values.push_back(number(first + step * double(i)));
  return object({{"op", word("tensor")},
                 {"value", list(std::move(values))},
                 {"dtype", word(resultDtype(call))}});
}

/// theta [N, d, d + 1] times the homogeneous places of the cells, x first.
static Json affineGrid(Aten &call) {
  ArrayRef<int64_t> shape = call.result()->sizes; // [N, (D,) H, W, d]
  if (!call.hasRank(shape, 4, 5))
    return null();
  SmallVector<int64_t> space(shape.drop_front().drop_back());
  size_t dims = space.size();
  bool corners = call.flag("align_corners");
  std::vector<Json> columns;
  int64_t count = 1;
  for (int64_t size : space)
    count *= size;
  for (int64_t size : space)
    if (!isWritable(call, size))
      return null();
  for (size_t k = 0; k <= dims; ++k) {
    Json column;
    SmallVector<int64_t> own(dims, 1);
    if (k == dims) {
      column = object(
          {{"op", word("ones")}, {"shape", integers(own)}, {"dtype", word(resultDtype(call))}});
    } else {
      size_t d = dims - 1 - k;
      own[d] = space[d];
      column = reshape(places(call, space[d], corners), own);
    }
    column = makeNode("expand", {std::move(column)}, {{"shape", integers(space)}});
    columns.push_back(reshape(std::move(column), {count, 1}));
  }
  Json cells = makeNode("cat", std::move(columns), {{"dim", integer(1)}});
  Json moved = makeNode("matmul",
                        {std::move(cells), makeNode("transpose", {call.operand("theta")},
                                                    {{"dim0", integer(1)}, {"dim1", integer(2)}})});
  return reshape(std::move(moved), shape);
}

//===-- grid_sample ---------------------------------------------------------------------------===//

namespace {
enum class Padding { zeros, border, reflection };

/// One call of grid_sampler_2d.
struct Sampler {
  Aten &call;
  int64_t batch, channels, height, width, cells;
  Padding padding;
  bool corners;
  Json flat; // the input as [N, C, H W]

  Json along(unsigned axis, int64_t size);
  Json reflected(Json at, double low, double high);
  Json corner(const Json &x, const Json &y, const Json &weight);
  Json bilinear(const Json &x, const Json &y);
};
} // namespace

/// Back and forth between two bounds.
Json Sampler::reflected(Json at, double low, double high) {
  double span = high - low;
  if (span <= 0)
    return mul(std::move(at), integer(0));
  Json away = call.let(makeNode("abs", {sub(std::move(at), number(low))}), "away");
  Json rest = makeNode("fmod", {away, number(span)});
  Json turns = makeNode("floor", {makeNode("div", {away, number(span)})});
  Json isEven = makeNode("eq", {makeNode("remainder", {std::move(turns), integer(2)}), integer(0)});
  rest = call.let(std::move(rest), "rest");
  return makeNode("where", {std::move(isEven), add(rest, number(low)), sub(number(high), rest)});
}

/// Where the grid points along one axis, in elements: [N, cells].
Json Sampler::along(unsigned axis, int64_t size) {
  Json g = reshape(
      makeNode("select", {call.operand("grid")}, {{"dim", integer(-1)}, {"index", integer(axis)}}),
      {batch, cells});
  Json at = corners ? mul(add(std::move(g), integer(1)), number(double(size - 1) / 2))
                    : mul(sub(mul(add(std::move(g), integer(1)), integer(size)), integer(1)),
                          number(0.5));
  if (padding == Padding::reflection)
    at = corners ? reflected(std::move(at), 0, double(size - 1))
                 : reflected(std::move(at), -0.5, double(size) - 0.5);
  if (padding != Padding::zeros)
    at = makeNode("clamp", {std::move(at)}, {{"min", integer(0)}, {"max", integer(size - 1)}});
  return call.let(std::move(at), axis ? "y" : "x");
}

/// The elements at whole places, times their weights; nothing from outside.
Json Sampler::corner(const Json &x, const Json &y, const Json &weight) {
  auto inside = [&](const Json &at, int64_t size) {
    return makeNode("logical_and",
                    {makeNode("ge", {at, integer(0)}), makeNode("le", {at, integer(size - 1)})});
  };
  auto bounded = [&](const Json &at, int64_t size) {
    return makeNode("clamp", {at}, {{"min", integer(0)}, {"max", integer(size - 1)}});
  };
  Json index = cast(add(mul(bounded(y, height), integer(width)), bounded(x, width)), "i64");
  index = makeNode("expand", {reshape(std::move(index), {batch, 1, cells})},
                   {{"shape", integers({batch, channels, cells})}});
  Json values = makeNode("gather", {flat, std::move(index)}, {{"dim", integer(2)}});
  Json used = makeNode("where", {makeNode("logical_and", {inside(x, width), inside(y, height)}),
                                 weight, integer(0)});
  return mul(std::move(values), reshape(std::move(used), {batch, 1, cells}));
}

Json Sampler::bilinear(const Json &x, const Json &y) {
  auto below = [&](const Json &at, StringRef hint) {
    return call.let(makeNode("detach", {makeNode("floor", {at})}), hint);
  };
  Json x0 = below(x, "x0"), y0 = below(y, "y0");
  Json x1 = call.let(add(x0, integer(1)), "x1"), y1 = call.let(add(y0, integer(1)), "y1");
  Json right = call.let(sub(x, x0), "right"), left = call.let(sub(x1, x), "left");
  Json down = call.let(sub(y, y0), "down"), up = call.let(sub(y1, y), "up");
  return add(add(corner(x0, y0, mul(left, up)), corner(x1, y0, mul(right, up))),
             add(corner(x0, y1, mul(left, down)), corner(x1, y1, mul(right, down))));
}

static Json gridSampler(Aten &call) {
  ArrayRef<int64_t> in = call.shape("input"), out = call.result()->sizes;
  if (in.size() != 4)
    return call.fail("grid_sample over three dimensions is not supported");
  if (!call.hasRank(out, 4, 4))
    return null();
  int64_t mode = call.integerOf("interpolation_mode"), padding = call.integerOf("padding_mode");
  if (mode != 0 && mode != 1)
    return call.fail("grid_sample with bicubic interpolation is not supported");
  if (padding < 0 || padding > 2)
    return call.fail("expected a padding mode of 0 to 2, found " + Twine(padding));
  int64_t cells = out[2] * out[3];
  Sampler sampler{call,
                  in[0],
                  in[1],
                  in[2],
                  in[3],
                  cells,
                  Padding(padding),
                  call.flag("align_corners"),
                  call.let(reshape(call.operand("input"), {in[0], in[1], in[2] * in[3]}), "flat")};
  Json x = sampler.along(0, in[3]), y = sampler.along(1, in[2]);
  if (mode == 0)
    return reshape(sampler.bilinear(x, y), out);
  auto nearest = [&](const Json &at) {
    return call.let(makeNode("detach", {makeNode("round", {at})}), "nearest");
  };
  return reshape(sampler.corner(nearest(x), nearest(y), integer(1)), out);
}

void addSamplingRules(RuleTable &table) {
  table["affine_grid_generator"].rule = affineGrid;
  table["grid_sampler_2d"].rule = gridSampler;
  table["grid_sampler"].rule = gridSampler;
}

} // namespace gradc::pt2
