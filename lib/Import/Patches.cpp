// Patches.cpp - windows as columns and back, differences, and writes under masks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Structure.h"

using namespace mlir;
namespace gradc::graph {

//===-- Windows as columns --------------------------------------------------------------------===//

namespace {
/// The windows of planes along two dims, as torch.nn.functional.unfold and fold have them.
struct Windows {
  /// Of each dim: the plane, the window, its spread, the zeros around, the distance of windows.
  std::array<int64_t, 2> size, kernel, dilation, padding, stride;

  int64_t padded(int i) const { return size[i] + 2 * padding[i]; }
  int64_t count(int i) const {
    int64_t room = padded(i) - dilation[i] * (kernel[i] - 1) - 1;
    return room < 0 ? 0 : room / stride[i] + 1;
  }
};
} // namespace

static LogicalResult readPair(Call &call, StringRef key, int64_t absent, int64_t least,
                              std::array<int64_t, 2> &pair) {
  Shape list = call.node.integers(key);
  if (!call.node.attribute(key))
    list = {absent};
  if (list.size() == 1)
    list.push_back(list[0]);
  if (list.size() != 2)
    return call.fail("expected one number or two as '" + key + "' of '" + call.node.spec->name +
                     "', found " + listText(list));
  if (list[0] < least || list[1] < least)
    return call.fail(key + " should be " + (least ? "greater than zero" : "non-negative") +
                     ", but got " + listText(list));
  pair = {list[0], list[1]};
  return success();
}

static LogicalResult readWindows(Call &call, Windows &w) {
  return failure(failed(readPair(call, "kernel_size", 1, 1, w.kernel)) ||
                 failed(readPair(call, "dilation", 1, 1, w.dilation)) ||
                 failed(readPair(call, "padding", 0, 0, w.padding)) ||
                 failed(readPair(call, "stride", 1, 1, w.stride)));
}

/// Where element k of window i lies along a dim: [windows, kernel].
static Term places(Term like, const Windows &w, int i) {
  Shape shape{w.count(i), w.kernel[i]};
  return iota(like, shape, 0) * double(w.stride[i]) + iota(like, shape, 1) * double(w.dilation[i]);
}

/// [N, C, H, W] to [N, C kh kw, windows].
static LogicalResult im2col(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  Windows w;
  if (!x || failed(readWindows(call, w)))
    return failure();
  if (x.rank() != 3 && x.rank() != 4)
    return call.fail("Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other "
                     "non-zero dimensions for input, but got: " +
                     listText(x.shape()));
  bool isBatched = x.rank() == 4;
  if (!isBatched)
    x = unsqueeze(x, 0);
  w.size = {x.size(2), x.size(3)};
  int64_t n = x.size(0), c = x.size(1), rows = w.count(0), columns = w.count(1);
  if (rows < 1 || columns < 1)
    return call.fail("Given input with spatial size " + listText({w.size[0], w.size[1]}) +
                     ", calculated shape of the array of sliding blocks as " +
                     listText({rows, columns}) + ", but its components must be at least one.");
  Shape around{0, 0, w.padding[0], w.padding[1]};
  x = padTo(x, around, around, 0);
  Term y = gather(gather(x, places(x, w, 0), 2), places(x, w, 1), 4); // N C oh kh ow kw
  y = reshape(permute(y, {0, 1, 3, 5, 2, 4}), {n, c * w.kernel[0] * w.kernel[1], rows * columns});
  return call.result(isBatched ? y : reshape(y, y.shape().drop_front()));
}

static Term scatterAdd(Term into, Term index, Term updates, int64_t dim) {
  return into.with(ag::ScatterOp::create(into.importer->b, into.loc, into.value, index.value,
                                         updates.value, dim, ag::ScatterMode::add));
}

/// The sums of the windows' elements where they lie: im2col's transpose.
static LogicalResult col2im(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  Windows w;
  if (!x || failed(readPair(call, "output_size", 1, 1, w.size)) || failed(readWindows(call, w)))
    return failure();
  if (x.rank() != 2 && x.rank() != 3)
    return call.fail("Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size "
                     "and non-zero dimensions for input, but got: " +
                     listText(x.shape()));
  bool isBatched = x.rank() == 3;
  if (!isBatched)
    x = unsqueeze(x, 0);
  int64_t each = w.kernel[0] * w.kernel[1], rows = w.count(0), columns = w.count(1);
  if (x.size(1) % each)
    return call.fail("Expected size of input's dimension 1 to be divisible by the product of "
                     "kernel_size, but got input.size(1)=" +
                     Twine(x.size(1)) + " and kernel_size=(" + Twine(w.kernel[0]) + ", " +
                     Twine(w.kernel[1]) + ").");
  if (rows * columns != x.size(2))
    return call.fail("expected input.size(2) to match the calculated number of sliding blocks " +
                     Twine(rows) + " * " + Twine(columns) + " = " + Twine(rows * columns) +
                     ", but got input.size(2)=" + Twine(x.size(2)) + ".");
  int64_t n = x.size(0), c = x.size(1) / each;
  x = permute(reshape(x, {n, c, w.kernel[0], w.kernel[1], rows, columns}), {0, 1, 4, 2, 5, 3});
  Term wide = call.constant({n, c, rows, w.kernel[0], w.padded(1)}, x.element(), 0);
  Term plane = call.constant({n, c, w.padded(0), w.padded(1)}, x.element(), 0);
  Term y = scatterAdd(plane, places(x, w, 0), scatterAdd(wide, places(x, w, 1), x, 4), 2);
  y = slice(slice(y, 2, w.padding[0], w.padding[0] + w.size[0]), 3, w.padding[1],
            w.padding[1] + w.size[1]);
  return call.result(isBatched ? y : reshape(y, y.shape().drop_front()));
}

//===-- Differences ---------------------------------------------------------------------------===//

static LogicalResult diff(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  int64_t dim = 0, n = node.integer("n", 1);
  if (x.rank() == 0)
    return call.fail("diff expects input to be at least one-dimensional");
  if (n < 0)
    return call.fail("order must be non-negative but got " + Twine(n));
  if (failed(call.dim("dim", -1, x.rank(), dim)))
    return failure();
  for (; n > 0 && x; --n) {
    int64_t size = x.size(dim), from = std::min<int64_t>(1, size);
    Term later = slice(x, dim, from, size), earlier = slice(x, dim, 0, size - from);
    x = x.isBool() ? compare(later, earlier, ag::Predicate::ne) : later - earlier;
  }
  return call.result(x);
}

//===-- Masks ---------------------------------------------------------------------------------===//

/// The elements of the third input, in order, where the mask is true.
static LogicalResult maskedScatter(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0), mask = x ? call.input(1) : x, source = mask ? call.input(2) : mask;
  if (!source)
    return failure();
  if (!mask.isBool())
    return call.fail("masked_scatter_ only supports boolean masks, but got mask with dtype " +
                     dtypeWord(mask.element()));
  if (x.element() != source.element())
    return call.fail("masked_scatter: expected self and source to have same dtypes but got" +
                     dtypeWord(x.element()) + " and " + dtypeWord(source.element()));
  Shape shape;
  if (failed(broadcastShapes(importer, node.loc, x.shape(), mask.shape(), shape)))
    return failure();
  mask = expand(mask, shape);
  x = expand(x, shape);
  if (x.numel() == 0)
    return call.result(x);
  constexpr StringLiteral tooFew =
      "masked_scatter: expected the number of elements of source to be at least that of ones in "
      "mask";
  Term ones = cast(reshape(mask, {mask.numel()}), importer.b.getI64Type());
  if (source.numel() == 0) {
    expectAll(logicalNot(mask), tooFew);
    return call.result(x);
  }
  Term count = x.with(ag::CumulativeOp::create(importer.b, node.loc, ones.value, 0,
                                               ag::CumulativeKind::sum, /*reverse=*/false));
  expectAll(compare(slice(count, 0, ones.numel() - 1, ones.numel()), double(source.numel()),
                    ag::Predicate::le),
            tooFew);
  Term at = maximum(count - 1.0, 0);
  Term taken = reshape(gather(reshape(source, {source.numel()}), at, 0), shape);
  return call.result(select(mask, taken, x));
}

void addPatchOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec kernel{"kernel_size", K::dims, true}, dilation{"dilation", K::dims},
      padding{"padding", K::dims}, stride{"stride", K::dims};
  auto add = [&](StringRef group, StringRef name, unsigned inputs, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &),
                 std::vector<AttributeSpec> attributes) {
    table.add(group, {name.str(), inputs, inputs, std::move(attributes), summary.str(), handler});
  };
  add("shape", "im2col", 1, "windows of planes as columns (functional.unfold)", im2col,
      {kernel, dilation, padding, stride});
  add("shape", "col2im", 1, "columns of windows summed into planes (functional.fold)", col2im,
      {{"output_size", K::dims, true}, kernel, dilation, padding, stride});
  add("shape", "diff", 1, "differences of neighbours along a dimension, `n` times", diff,
      {{"n", K::integer}, {"dim", K::integer}});
  add("index", "masked_scatter", 3, "the elements of input 3, in order, where a mask is true",
      maskedScatter, {});
}

} // namespace gradc::graph
