// Movement.cpp - elements in other places: stacks, rolls, triangles, tiles, padding by content.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Movement.h"

using namespace mlir;
namespace gradc::graph {

using Handler = LogicalResult (*)(Importer &, Node &);

Term remap(Term x, ArrayRef<std::pair<int64_t, Term>> places) {
  if (!x || places.empty())
    return x;
  int64_t first = places.front().first, last = first;
  for (auto &[dim, index] : places) {
    if (!index)
      return index;
    first = std::min(first, dim);
    last = std::max(last, dim);
  }
  Shape taken(x.shape().slice(first, last - first + 1)), strides = contiguousStrides(taken);
  Shape shape(x.shape().take_front(first));
  shape.push_back(1);
  for (int64_t size : taken)
    shape.back() *= size;
  llvm::append_range(shape, x.shape().drop_front(last + 1));
  Shape out(taken);
  for (auto &[dim, index] : places)
    out[dim - first] = index.numel();
  Term flat = x.with({});
  for (int64_t d = first; d <= last; ++d) {
    Term part = x.with({});
    for (auto &[dim, index] : places)
      if (dim == d) {
        Shape spread(out.size(), 1);
        spread[d - first] = index.numel();
        part = expand(reshape(index, spread), out);
      }
    if (!part)
      part = iota(x, out, d - first);
    part = part * double(strides[d - first]);
    flat = flat ? flat + part : part;
  }
  return gather(reshape(x, shape), flat, first);
}

//===-- Joining -------------------------------------------------------------------------------===//

static LogicalResult readAll(Call &call, SmallVectorImpl<Term> &parts) {
  Type element = commonType(call.importer, call.node.inputs);
  for (unsigned i = 0; i < call.node.inputs.size(); ++i) {
    Term part = call.input(i);
    if (!part)
      return failure();
    parts.push_back(cast(part, element));
  }
  return success();
}

static LogicalResult stack(Importer &importer, Node &node) {
  Call call(importer, node);
  SmallVector<Term> parts;
  int64_t dim = 0;
  if (failed(readAll(call, parts)) || failed(call.dim("dim", 0, parts[0].rank() + 1, dim)))
    return failure();
  for (auto [i, part] : llvm::enumerate(parts))
    if (part.shape() != parts[0].shape())
      return call.fail("stack expects each tensor to be equal size, but got " +
                       listText(parts[0].shape()) + " at entry 0 and " + listText(part.shape()) +
                       " at entry " + Twine(i));
  for (Term &part : parts)
    part = unsqueeze(part, dim);
  return call.result(concat(parts, dim));
}

static LogicalResult join(Call &call, SmallVectorImpl<Term> &parts, int64_t dim) {
  const Term &first = parts[0];
  for (auto [i, part] : llvm::enumerate(parts)) {
    if (part.rank() != first.rank())
      return call.fail("Tensors must have same number of dimensions: got " + Twine(first.rank()) +
                       " and " + Twine(part.rank()));
    for (int64_t d = 0; d < first.rank(); ++d)
      if (d != dim && part.size(d) != first.size(d))
        return call.fail("Sizes of tensors must match except in dimension " + Twine(dim) +
                         ". Expected size " + Twine(first.size(d)) + " but got size " +
                         Twine(part.size(d)) + " for tensor number " + Twine(i) + " in the list.");
  }
  return call.result(concat(parts, dim));
}

static Term atLeast(Term x, int64_t rank) {
  while (x && x.rank() < rank)
    x = unsqueeze(x, rank == 3 && x.rank() == 2 ? 2 : 0);
  return x;
}

static LogicalResult hstack(Importer &importer, Node &node) {
  Call call(importer, node);
  SmallVector<Term> parts;
  if (failed(readAll(call, parts)))
    return failure();
  for (Term &part : parts)
    part = atLeast(part, 1);
  return join(call, parts, parts[0].rank() == 1 ? 0 : 1);
}

static LogicalResult vstack(Importer &importer, Node &node) {
  Call call(importer, node);
  SmallVector<Term> parts;
  if (failed(readAll(call, parts)))
    return failure();
  for (Term &part : parts)
    part = atLeast(part, 2);
  return join(call, parts, 0);
}

static LogicalResult dstack(Importer &importer, Node &node) {
  Call call(importer, node);
  SmallVector<Term> parts;
  if (failed(readAll(call, parts)))
    return failure();
  for (Term &part : parts)
    part = atLeast(part, 3);
  return join(call, parts, 2);
}

static LogicalResult columnStack(Importer &importer, Node &node) {
  Call call(importer, node);
  SmallVector<Term> parts;
  if (failed(readAll(call, parts)))
    return failure();
  for (Term &part : parts)
    if (part.rank() < 2)
      part = reshape(part, {part.numel(), 1});
  return join(call, parts, 1);
}

//===-- Turning -------------------------------------------------------------------------------===//

static LogicalResult flip(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  SmallVector<int64_t> dims;
  if (node.spec->name != "flip") {
    int64_t dim = node.spec->name == "fliplr" ? 1 : 0;
    if (x.rank() <= dim)
      return call.fail("Input must be >= " + Twine(dim + 1) + "-d.");
    return call.result(reverse(x, {dim}));
  }
  for (int64_t dim : node.integers("dims")) {
    int64_t wrapped = 0;
    if (failed(wrapDim(importer, *node.attribute("dims"), dim, x.rank(), wrapped)))
      return failure();
    if (llvm::is_contained(dims, wrapped))
      return call.fail("dim " + Twine(wrapped) + " appears multiple times in the list of dims");
    dims.push_back(wrapped);
  }
  if (x.rank() == 0)
    dims.clear();
  return call.result(reverse(x, dims));
}

/// A vector of `n` indices: position i takes what was `shift` before it, round the end.
static Term rolled(Term like, int64_t n, int64_t shift) {
  shift = n ? ((shift % n) + n) % n : 0;
  Term i = iota(like, {n}, 0);
  return select(compare(i, double(shift), ag::Predicate::lt), i + double(n - shift),
                i - double(shift));
}

static LogicalResult roll(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  Shape shifts = node.integers("shifts"), dims = node.integers("dims");
  if (shifts.empty())
    return call.fail("`shifts` required");
  if (dims.empty()) {
    if (shifts.size() != 1)
      return call.fail("shifts and dimensions must align. shifts: " + Twine(shifts.size()) +
                       ", dims:" + Twine(dims.size()));
    Term flat = reshape(x, {x.numel()});
    return call.result(reshape(remap(flat, {{0, rolled(x, x.numel(), shifts[0])}}), x.shape()));
  }
  if (shifts.size() != dims.size())
    return call.fail("shifts and dimensions must align. shifts: " + Twine(shifts.size()) +
                     ", dims:" + Twine(dims.size()));
  SmallVector<int64_t> total(x.rank(), 0);
  SmallVector<std::pair<int64_t, Term>> places;
  for (auto [shift, dim] : llvm::zip(shifts, dims)) {
    int64_t wrapped = 0;
    if (failed(wrapDim(importer, *node.attribute("dims"), dim, x.rank(), wrapped)))
      return failure();
    if (x.rank())
      total[wrapped] += shift;
  }
  for (int64_t d = 0; d < x.rank(); ++d)
    if (x.size(d) > 1 && total[d] % x.size(d) != 0)
      places.push_back({d, rolled(x, x.size(d), total[d])});
  return call.result(x.numel() == 0 || places.empty() ? reshape(x, x.shape()) : remap(x, places));
}

static LogicalResult rot90(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  Shape dims = node.attribute("dims") ? node.integers("dims") : Shape{0, 1};
  if (dims.size() != 2)
    return call.fail("expected total rotation dims == 2, but got dims = " + Twine(dims.size()));
  if (x.rank() < 2)
    return call.fail("expected total dims >= 2, but got total dims = " + Twine(x.rank()));
  for (int64_t &dim : dims)
    if (failed(wrapDim(importer, node.json, dim, x.rank(), dim)))
      return failure();
  if (dims[0] == dims[1])
    return call.fail("expected rotation dims to be different, but got dim0 = " + Twine(dims[0]) +
                     " and dim1 = " + Twine(dims[1]));
  int64_t k = ((node.integer("k", 1) % 4) + 4) % 4;
  if (k == 2)
    return call.result(reverse(x, dims));
  if (k == 1)
    return call.result(transpose(reverse(x, {dims[1]}), dims[0], dims[1]));
  if (k == 3)
    return call.result(reverse(transpose(x, dims[0], dims[1]), {dims[1]}));
  return call.result(x);
}

//===-- Triangles and diagonals ---------------------------------------------------------------===//

template <bool isLower> static LogicalResult triangle(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  if (x.rank() < 2)
    return call.fail(node.spec->name + ": input tensor must have at least 2 dimensions");
  int64_t rows = x.rank() - 2;
  Shape plane(x.shape().drop_front(rows));
  Term distance = iota(x, plane, 1) - iota(x, plane, 0);
  Term inside = compare(distance, double(node.integer("diagonal", 0)),
                        isLower ? ag::Predicate::le : ag::Predicate::ge);
  Term y = select(expand(inside, x.shape()), x, 0.0);
  // PyTorch's keeps no mask: a second backward goes through it.
  y.value.getDefiningOp()->setAttr("ag.unsaved", importer.b.getUnitAttr());
  return call.result(y);
}

/// Rows of `x` on diagonals of new last dims.
static Term embedDiagonal(Term x, int64_t offset) {
  int64_t last = x.rank() - 1, n = x.size(last), size = n + std::abs(offset);
  Shape flat(x.shape()), square(x.shape());
  square.back() = size;
  square.push_back(size);
  if (failed(x.importer->checkSize(x.loc, square, x.element())))
    return {x.importer, x.loc, {}};
  if (x.numel() == 0) {
    flat[last] = size * size;
    SmallVector<int64_t> none(x.rank(), 0), all(x.rank(), 0);
    all[last] = size * size - n;
    return reshape(padTo(x, none, all, 0), square);
  }
  // One row behind the other, each element is followed by a row's length of zeros.
  SmallVector<int64_t> low(x.rank() + 1, 0), high(x.rank() + 1, 0);
  high.back() = size;
  flat[last] = n * (size + 1);
  Term rows = reshape(padTo(unsqueeze(x, -1), low, high, 0), flat);
  low.pop_back();
  high.pop_back();
  low[last] = offset >= 0 ? offset : -offset * size;
  high[last] = size * size - low[last] - flat[last];
  return reshape(padTo(rows, low, high, 0), square);
}

static LogicalResult diagEmbed(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  int64_t first = 0, second = 0, rank = x.rank() + 1;
  if (x.rank() == 0)
    return call.fail("Dimension out of range (expected to be in range of [-1, 0], but got -2)");
  if (failed(call.dim("dim1", -2, rank, first)) || failed(call.dim("dim2", -1, rank, second)))
    return failure();
  if (first == second)
    return call.fail("diagonal dimensions cannot be identical " + Twine(first) + ", " +
                     Twine(second));
  Term y = embedDiagonal(x, diagonalOffset(node, "offset"));
  if (!y)
    return failure();
  SmallVector<int64_t> perm;
  int64_t next = 0;
  for (int64_t d = 0; d < rank; ++d)
    perm.push_back(d == first ? rank - 2 : d == second ? rank - 1 : next++);
  return call.result(permute(y, perm));
}

static LogicalResult diag(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  int64_t offset = diagonalOffset(node, "diagonal");
  if (x.rank() == 1)
    return call.result(embedDiagonal(x, offset));
  if (x.rank() != 2)
    return call.fail("diag(): Supports 1D or 2D tensors. Got " + Twine(x.rank()) + "D");
  int64_t n = x.size(0), m = x.size(1);
  int64_t count =
      std::max<int64_t>(0, offset >= 0 ? std::min(n, m - offset) : std::min(n + offset, m));
  int64_t start = count ? (offset >= 0 ? offset : -offset * m) : 0;
  int64_t end = count ? start + (count - 1) * (m + 1) + 1 : start;
  Term flat = reshape(x, {n * m});
  return call.result(
      flat.with(ag::SliceOp::create(importer.b, node.loc, flat.value, ArrayRef<int64_t>(start),
                                    ArrayRef<int64_t>(end), ArrayRef<int64_t>(m + 1))));
}

//===-- Repeating -----------------------------------------------------------------------------===//

static LogicalResult tile(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  Shape counts = node.integers("dims"), shape(x.shape());
  while (counts.size() < shape.size())
    counts.insert(counts.begin(), 1);
  while (shape.size() < counts.size())
    shape.insert(shape.begin(), 1);
  Shape apart, spread, whole;
  for (auto [count, size] : llvm::zip(counts, shape)) {
    if (count < 0)
      return call.fail("Trying to create tensor with negative dimension " +
                       Twine(-saturatedProduct(-std::max<int64_t>(count, -INT64_MAX), size)) +
                       ": " + listText(counts));
    apart.append({1, size});
    spread.append({count, size});
    whole.push_back(saturatedProduct(count, size));
  }
  if (failed(importer.checkSize(node.loc, whole, x.element())))
    return failure();
  return call.result(reshape(expand(reshape(x, apart), spread), whole));
}

static LogicalResult repeatInterleave(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  int64_t dim = 0, count = node.integer("repeats", 1);
  if (count < 0)
    return call.fail("Repeats must be non-negative");
  if (!node.attribute("dim"))
    x = reshape(x, {x.numel()});
  else if (failed(call.dim("dim", 0, x.rank(), dim)))
    return failure();
  if (x.rank() == 0)
    x = reshape(x, {1});
  Shape spread(x.shape()), whole(x.shape());
  spread.insert(spread.begin() + dim + 1, count);
  whole[dim] = saturatedProduct(whole[dim], count);
  if (failed(importer.checkSize(node.loc, whole, x.element())))
    return failure();
  return call.result(reshape(expand(unsqueeze(x, dim + 1), spread), whole));
}

static LogicalResult meshgrid(Importer &importer, Node &node) {
  Call call(importer, node);
  SmallVector<Term> parts;
  Shape shape;
  for (unsigned i = 0; i < node.inputs.size(); ++i) {
    Term part = call.input(i);
    if (!part)
      return failure();
    if (part.rank() > 1)
      return call.fail("torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: " +
                       Twine(part.rank()));
    parts.push_back(reshape(part, {part.numel()}));
    shape.push_back(part.numel());
  }
  StringRef order = call.text("indexing", "ij");
  if (order != "ij" && order != "xy")
    return call.fail("torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: " +
                     order);
  for (auto [i, part] : llvm::enumerate(parts)) {
    Shape spread(shape.size(), 1);
    spread[i] = part.numel();
    part = expand(reshape(part, spread), shape);
    if (order == "xy" && shape.size() > 1)
      part = transpose(part, 0, 1);
  }
  return call.results(parts);
}

static LogicalResult unfold(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  int64_t dim = 0, size = node.integer("size", 1), step = node.integer("step", 1);
  if (failed(call.dim("dimension", 0, x.rank(), dim)))
    return failure();
  if (x.rank() == 0)
    x = reshape(x, {1});
  if (size < 0 || size > x.size(dim))
    return call.fail("maximum size for tensor at dimension " + Twine(dim) + " is " +
                     Twine(x.size(dim)) + " but size is " + Twine(size));
  if (step <= 0)
    return call.fail("step is " + Twine(step) + " but must be > 0");
  int64_t count = (x.size(dim) - size) / step + 1;
  Term at = iota(x, {count, size}, 0) * double(step) + iota(x, {count, size}, 1);
  Term y = gather(x, at, dim);
  y.value.getDefiningOp()->setAttr("ag.unsaved", importer.b.getUnitAttr());
  SmallVector<int64_t> perm = range(0, x.rank() + 1);
  perm.erase(perm.begin() + dim + 1);
  perm.push_back(dim + 1);
  return call.result(permute(y, perm));
}

static LogicalResult pixelShuffle(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  bool isInverse = node.spec->name == "pixel_unshuffle";
  int64_t r = node.integer(isInverse ? "downscale_factor" : "upscale_factor", 1);
  if (x.rank() < 3)
    return call.fail(node.spec->name +
                     " expects input to have at least 3 dimensions, but got "
                     "input with " +
                     Twine(x.rank()) + " dimension(s)");
  if (r <= 0)
    return call.fail(node.spec->name + " expects a positive " +
                     (isInverse ? "downscale_factor" : "upscale_factor") + ", but got " + Twine(r));
  Shape lead(x.shape().drop_back(3));
  int64_t c = x.size(-3), h = x.size(-2), w = x.size(-1), n = lead.size();
  Shape apart(lead), whole(lead);
  SmallVector<int64_t> perm = range(0, n);
  if (!isInverse) {
    if (c % (r * r))
      return call.fail("pixel_shuffle expects its input's 'channel' dimension to be divisible by "
                       "the square of upscale_factor, but input.size(-3)=" +
                       Twine(c) + " is not divisible by " + Twine(r * r));
    apart.append({c / (r * r), r, r, h, w});
    perm.append({n, n + 3, n + 1, n + 4, n + 2});
    whole.append({c / (r * r), h * r, w * r});
  } else {
    if (h % r || w % r)
      return call.fail("pixel_unshuffle expects " + Twine(h % r ? "height" : "width") +
                       " to be divisible by downscale_factor, but input.size(-" +
                       Twine(h % r ? 2 : 1) + ")=" + Twine(h % r ? h : w) +
                       " is not divisible by " + Twine(r));
    apart.append({c, h / r, r, w / r, r});
    perm.append({n, n + 2, n + 4, n + 1, n + 3});
    whole.append({c * r * r, h / r, w / r});
  }
  return call.result(reshape(permute(reshape(x, apart), perm), whole));
}

//===-- Padding by content --------------------------------------------------------------------===//

LogicalResult padByContent(Importer &importer, Node &node) {
  Call call(importer, node);
  Term x = call.input(0);
  if (!x)
    return failure();
  StringRef mode = node.attribute("mode")->text;
  Shape pads = node.integers("pad");
  if (mode != "reflect" && mode != "replicate" && mode != "circular")
    return call.fail("Unrecognised padding mode " + mode);
  int64_t dims = pads.size() / 2;
  if (pads.size() % 2 || dims < 1 || dims > 3 || (x.rank() != dims + 1 && x.rank() != dims + 2))
    return call.fail("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
  SmallVector<std::pair<int64_t, Term>> places;
  for (int64_t i = 0; i < dims; ++i) {
    int64_t d = x.rank() - 1 - i, n = x.size(d), low = pads[2 * i], high = pads[2 * i + 1];
    int64_t size = n + low + high;
    if (mode == "reflect" && (low >= n || high >= n))
      return call.fail("Argument #4: Padding size should be less than the corresponding input "
                       "dimension, but got: padding (" +
                       Twine(low) + ", " + Twine(high) + ") at dimension " + Twine(d) +
                       " of input " + listText(x.shape()));
    if (mode == "circular" && (low > n || high > n))
      return call.fail("Padding value causes wrapping around more than once.");
    if (size < 0 || (mode != "circular" && (size < 1 || n == 0)))
      return call.fail("the padding " + listText(pads) + " of input " + listText(x.shape()) +
                       " leaves nothing at dimension " + Twine(d));
    if (low == 0 && high == 0)
      continue;
    Term at = iota(x, {size}, 0) - double(low);
    if (mode == "replicate")
      at = minimum(maximum(at, 0), double(n - 1));
    else if (mode == "reflect")
      at = double(n - 1) - abs(double(n - 1) - abs(at));
    else
      at = select(compare(at, 0, ag::Predicate::lt), at + double(n),
                  select(compare(at, double(n), ag::Predicate::ge), at - double(n), at));
    places.push_back({d, at});
  }
  return call.result(remap(x, places));
}

void addMovementOps(OpTable &table) {
  using K = AttributeKind;
  auto add = [&](StringRef name, std::vector<AttributeSpec> attributes, StringRef summary,
                 Handler handler, unsigned most = 1) {
    table.add("shape", {name.str(), 1, most, std::move(attributes), summary.str(), handler});
  };
  const AttributeSpec dim{"dim", K::integer}, names{"names", K::names};
  add("stack", {dim}, "tensors of one shape joined along a new dimension", stack, unlimited);
  add("hstack", {}, "tensors joined side by side", hstack, unlimited);
  add("vstack", {}, "tensors joined one below another", vstack, unlimited);
  add("dstack", {}, "tensors joined along the third dimension", dstack, unlimited);
  add("column_stack", {}, "vectors as columns, and matrices, side by side", columnStack, unlimited);
  add("flip", {{"dims", K::dims, true}}, "the order along dimensions turned round", flip);
  add("fliplr", {}, "the order of columns turned round", flip);
  add("flipud", {}, "the order of rows turned round", flip);
  add("roll", {{"shifts", K::dims, true}, {"dims", K::dims}},
      "elements moved on along dimensions, round the end", roll);
  add("rot90", {{"k", K::integer}, {"dims", K::integers}}, "planes turned by 90 degrees, `k` times",
      rot90);
  add("tril", {{"diagonal", K::integer}}, "0 above a diagonal", triangle<true>);
  add("triu", {{"diagonal", K::integer}}, "0 below a diagonal", triangle<false>);
  add("diag", {{"diagonal", K::integer}}, "the diagonal of a matrix, or a matrix of a vector",
      diag);
  add("diag_embed", {{"offset", K::integer}, {"dim1", K::integer}, {"dim2", K::integer}},
      "the last dimension on the diagonals of two dimensions", diagEmbed);
  add("tile", {{"dims", K::integers, true}}, "copies along dimensions (Tensor.repeat)", tile);
  add("repeat_interleave", {{"repeats", K::integer, true}, dim},
      "each element several times; of all elements without `dim`", repeatInterleave);
  add("meshgrid", {{"indexing", K::text}, names}, "coordinates of a grid: one tensor an input",
      meshgrid, unlimited);
  add("unfold",
      {{"dimension", K::integer, true}, {"size", K::integer, true}, {"step", K::integer, true}},
      "windows along a dimension, in a new last dimension (a copy)", unfold);
  add("pixel_shuffle", {{"upscale_factor", K::integer, true}}, "channels to larger planes",
      pixelShuffle);
  add("pixel_unshuffle", {{"downscale_factor", K::integer, true}}, "planes to more channels",
      pixelShuffle);
}

} // namespace gradc::graph
