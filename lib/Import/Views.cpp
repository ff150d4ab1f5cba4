// Views.cpp - select, narrow, diagonal, movedim, unflatten, and the views that come in lists.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Views.h"

using namespace mlir;
namespace gradc::graph {

TensorRef makeView(Importer &importer, Location loc, Tensor &base, ArrayRef<View> views,
                   Shape strides) {
  auto tensor = std::make_shared<Tensor>(base);
  RankedTensorType before = base.type;
  Storage &storage = *base.storage;
  importer.inheritView(*tensor, base, "View");
  bool plain =
      storage.kind == Storage::Kind::plain || (storage.leaf && base.isView && !tensor->cut);
  Value whole = plain ? importer.read(base, loc) : Value(), value = whole;
  for (const View &view : views) {
    if (view.kind != View::Kind::transpose && view.type == before)
      continue;
    tensor->views.push_back(view);
    before = view.type;
    if (plain)
      value = importer.applyView(view, value, loc);
  }
  // A view of no_grad that changes nothing has no op in there: it cuts itself.
  bool isCut = plain && tensor->cut && value == whole;
  if (isCut)
    value = ag::DetachOp::create(importer.b, loc, value);
  tensor->type = before;
  tensor->strides = std::move(strides);
  tensor->cache = value;
  tensor->version = storage.version;
  // A gradient that is None has no views. What is made of a leaf is made here, not where it is
  // first read, which may be in a branch: `grad` asks for this value.
  if (storage.kind == Storage::Kind::gradient || (storage.leaf && !plain))
    (void)importer.read(*tensor, loc);
  if (plain && (isCut || tensor->views.size() != base.views.size()))
    storage.reads.push_back(value);
  return tensor;
}

LogicalResult bindHandles(Importer &importer, Node &node, ArrayRef<TensorRef> handles) {
  node.results.assign(handles.begin(), handles.end());
  const Json *names = node.attribute("names");
  if (!names)
    return success();
  if (names->items.size() > handles.size())
    return importer.fail(*names, "expected at most " + Twine(handles.size()) + " names, found " +
                                     Twine(names->items.size()));
  node.definesNames = true;
  for (auto [name, handle] : llvm::zip(names->items, handles))
    if (failed(importer.define(name, name.text, handle)))
      return failure();
  return success();
}

namespace {
/// A handle under construction: views that are appended one by one.
struct Chain {
  Importer &importer;
  Node &node;
  Shape shape, strides;
  Type element;
  SmallVector<View> views;

  Chain(Importer &importer, Node &node) : importer(importer), node(node) {
    const Tensor &base = *node.inputs[0].tensor;
    shape = Shape(base.type.getShape());
    strides = base.strides;
    element = base.type.getElementType();
  }
  int64_t rank() const { return shape.size(); }

  void push(View view) {
    view.type = importer.makeType(shape, element);
    views.push_back(view);
  }
  /// `count` elements from `start` on, by `step`; all strides but of this dim are kept.
  void slice(int64_t dim, int64_t start, int64_t count, int64_t step = 1) {
    View view{View::Kind::slice, {}, {}, Shape(shape.size(), 0), shape, Shape(shape.size(), 1)};
    view.starts[dim] = count ? start : 0;
    view.limits[dim] = count ? start + (count - 1) * step + 1 : 0;
    view.steps[dim] = count > 1 ? step : 1;
    shape[dim] = count;
    strides[dim] *= view.steps[dim];
    push(view);
  }
  void drop(int64_t dim) {
    shape.erase(shape.begin() + dim);
    strides.erase(strides.begin() + dim);
    push({View::Kind::reshape, {}, {}, {}, {}, {}});
  }
  void permute(ArrayRef<int64_t> perm) {
    if (llvm::is_sorted(perm))
      return;
    Shape newShape, newStrides;
    for (int64_t p : perm) {
      newShape.push_back(shape[p]);
      newStrides.push_back(strides[p]);
    }
    shape = newShape;
    strides = newStrides;
    push({View::Kind::transpose, {}, Shape(perm), {}, {}, {}});
  }
  TensorRef finish() {
    return makeView(importer, node.loc, *node.inputs[0].tensor, views, strides);
  }
  LogicalResult bind() { return bindHandles(importer, node, {finish()}); }
};
} // namespace

static LogicalResult checkTensor(Importer &importer, Node &node) {
  if (node.inputs[0].tensor)
    return success();
  return importer.expected(*node.inputs[0].json,
                           "a tensor as input 1 of '" + node.spec->name + "'");
}

/// Reads the wrapped dimension `key`.
static LogicalResult readDim(Importer &importer, Node &node, StringRef key, int64_t absent,
                             int64_t &dim) {
  const Json *at = node.attribute(key);
  return wrapDim(importer, at ? *at : node.json, node.integer(key, absent),
                 node.inputs[0].tensor->type.getRank(), dim);
}

//===-- One dimension -------------------------------------------------------------------------===//

static LogicalResult select(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  Chain chain(importer, node);
  if (chain.rank() == 0)
    return importer.fail(node.loc, "select() cannot be applied to a 0-dim tensor.");
  int64_t dim = 0, index = node.integer("index", 0);
  if (failed(readDim(importer, node, "dim", 0, dim)))
    return failure();
  int64_t size = chain.shape[dim];
  if (index < -size || index >= size)
    return importer.fail(node.loc, "select(): index " + Twine(index) +
                                       " out of range for tensor of size " + listText(chain.shape) +
                                       " at dimension " + Twine(dim));
  chain.slice(dim, index < 0 ? index + size : index, 1);
  chain.drop(dim);
  return chain.bind();
}

static LogicalResult narrow(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  Chain chain(importer, node);
  if (chain.rank() == 0)
    return importer.fail(node.loc, "narrow() cannot be applied to a 0-dim tensor.");
  int64_t dim = 0, start = node.integer("start", 0), length = node.integer("length", 0);
  if (length < 0)
    return importer.fail(node.loc, "narrow(): length must be non-negative.");
  if (failed(readDim(importer, node, "dim", 0, dim)))
    return failure();
  int64_t size = chain.shape[dim];
  if (start < -size || start > size)
    return importer.fail(node.loc, "start out of range (expected to be in range of [" +
                                       Twine(-size) + ", " + Twine(size) + "], but got " +
                                       Twine(start) + ")");
  start = start < 0 ? start + size : start;
  if (start > size - length)
    return importer.fail(node.loc, "start (" + Twine(start) + ") + length (" + Twine(length) +
                                       ") exceeds dimension size (" + Twine(size) + ").");
  chain.slice(dim, start, length);
  return chain.bind();
}

static LogicalResult unflatten(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  Chain chain(importer, node);
  int64_t dim = 0, known = 1, open = -1;
  if (chain.rank() == 0)
    return importer.fail(node.loc, "Dimension specified as 0 but tensor has no dimensions");
  if (failed(readDim(importer, node, "dim", 0, dim)))
    return failure();
  Shape sizes = node.integers("sizes");
  if (sizes.empty())
    return importer.fail(node.loc, "unflatten: sizes must be non-empty");
  for (auto [i, size] : llvm::enumerate(sizes)) {
    if (size == -1 && open >= 0)
      return importer.fail(node.loc, "only one dimension can be inferred");
    if (size == -1)
      open = i;
    else
      known *= size;
  }
  int64_t size = chain.shape[dim];
  if (open >= 0 && known != 0 && size % known == 0) {
    sizes[open] = size / known;
    known = size;
  }
  if (known != size || llvm::any_of(sizes, [](int64_t s) { return s < 0; }))
    return importer.fail(node.loc, "unflatten: Provided sizes " + listText(sizes) +
                                       " don't multiply up to the size of dim " + Twine(dim) +
                                       " (" + Twine(size) + ") in the input tensor");
  int64_t stride = chain.strides[dim];
  Shape inner(sizes.size());
  for (size_t i = sizes.size(); i-- > 0; stride *= std::max<int64_t>(sizes[i], 1))
    inner[i] = stride;
  chain.shape.erase(chain.shape.begin() + dim);
  chain.strides.erase(chain.strides.begin() + dim);
  chain.shape.insert(chain.shape.begin() + dim, sizes.begin(), sizes.end());
  chain.strides.insert(chain.strides.begin() + dim, inner.begin(), inner.end());
  chain.push({View::Kind::reshape, {}, {}, {}, {}, {}});
  return chain.bind();
}

//===-- Order ---------------------------------------------------------------------------------===//

static LogicalResult movedim(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  Chain chain(importer, node);
  Shape from = node.integers("source"), to = node.integers("destination");
  if (from.size() != to.size())
    return importer.fail(node.loc, "movedim: Invalid source or destination dims: source (" +
                                       listText(from) +
                                       " dims) should contain the same number of dims as "
                                       "destination (" +
                                       listText(to) + " dims)");
  SmallVector<int64_t> perm(chain.rank(), -1);
  SmallVector<bool> taken(chain.rank(), false);
  for (auto [key, list] : {std::pair("source", &from), std::pair("destination", &to)})
    for (int64_t &dim : *list)
      if (failed(wrapDim(importer, *node.attribute(key), dim, chain.rank(), dim)))
        return failure();
  for (auto [f, t] : llvm::zip(from, to)) {
    if (chain.rank() == 0)
      continue;
    if (taken[f] || perm[t] >= 0)
      return importer.fail(node.loc, Twine("movedim: repeated dim in `") +
                                         (taken[f] ? "source" : "destination") + "` (" +
                                         listText(taken[f] ? from : to) + ")");
    perm[t] = f;
    taken[f] = true;
  }
  int64_t next = 0;
  for (int64_t &p : perm) {
    if (p >= 0)
      continue;
    while (taken[next])
      ++next;
    p = next++;
  }
  chain.permute(perm);
  return chain.bind();
}

static LogicalResult swapDims(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  Chain chain(importer, node);
  int64_t a = 0, c = 0;
  if (failed(readDim(importer, node, "dim0", 0, a)) ||
      failed(readDim(importer, node, "dim1", 0, c)))
    return failure();
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(chain.rank()));
  if (chain.rank())
    std::swap(perm[a], perm[c]);
  chain.permute(perm);
  return chain.bind();
}

/// The diagonal is every (m + 1)th element of rows of m that lie one behind another.
static LogicalResult diagonal(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  Chain chain(importer, node);
  int64_t a = 0, c = 0, offset = diagonalOffset(node, "offset");
  if (failed(readDim(importer, node, "dim1", 0, a)) ||
      failed(readDim(importer, node, "dim2", 1, c)))
    return failure();
  if (a == c)
    return importer.fail(node.loc, "diagonal dimensions cannot be identical " +
                                       Twine(node.integer("dim1", 0)) + ", " +
                                       Twine(node.integer("dim2", 1)));
  SmallVector<int64_t> perm;
  for (int64_t i = 0; i < chain.rank(); ++i)
    if (i != a && i != c)
      perm.push_back(i);
  perm.append({a, c});
  chain.permute(perm);
  int64_t last = chain.rank() - 2, n = chain.shape[last], m = chain.shape[last + 1];
  int64_t count =
      std::max<int64_t>(0, offset >= 0 ? std::min(n, m - offset) : std::min(n + offset, m));
  Shape strides(chain.strides);
  strides[last] += strides[last + 1];
  strides.pop_back();
  chain.shape.pop_back();
  chain.strides.pop_back();
  chain.shape[last] = n * m;
  chain.push({View::Kind::reshape, {}, {}, {}, {}, {}});
  chain.slice(last, count ? (offset >= 0 ? offset : -offset * m) : 0, count, m + 1);
  chain.strides = strides;
  return chain.bind();
}

//===-- Lists ---------------------------------------------------------------------------------===//

/// Notes that these views come from one op: no gradient could be told of a write to one of them.
static void nameParts(ArrayRef<TensorRef> parts, StringRef op) {
  for (auto [i, part] : llvm::enumerate(parts))
    part->part = ("Output " + Twine(i) + " of " + op).str();
}

static LogicalResult checkParts(Importer &importer, Node &node, int64_t count) {
  return importer.checkCount(node.loc, "parts of a tensor", count, 16);
}

/// `op`: PyTorch's node of all parts; empty where each part has one of its own.
static LogicalResult bindParts(Importer &importer, Node &node, int64_t dim, ArrayRef<int64_t> sizes,
                               StringRef op) {
  SmallVector<TensorRef> parts;
  int64_t at = 0;
  for (int64_t size : sizes) {
    Chain chain(importer, node);
    chain.slice(dim, at, size);
    parts.push_back(chain.finish());
    at += size;
  }
  if (!op.empty())
    nameParts(parts, op);
  return bindHandles(importer, node, parts);
}

/// Parts of `size`, the last of what is left.
static Shape equalParts(int64_t total, int64_t size) {
  Shape sizes;
  for (int64_t at = 0; at < total; at += size)
    sizes.push_back(std::min(size, total - at));
  if (sizes.empty())
    sizes.push_back(0);
  return sizes;
}

static LogicalResult split(Importer &importer, Node &node) {
  int64_t dim = 0;
  if (failed(checkTensor(importer, node)) || failed(readDim(importer, node, "dim", 0, dim)))
    return failure();
  RankedTensorType type = node.inputs[0].tensor->type;
  if (type.getRank() == 0)
    return importer.fail(node.loc, "split expects at least a 1-dimensional tensor");
  int64_t total = type.getDimSize(dim);
  const Json &size = *node.attribute("split_size");
  Shape sizes = node.integers("split_size");
  if (size.kind == Json::Kind::integer) {
    if (sizes[0] < 0 || (sizes[0] == 0 && total != 0))
      return importer.fail(size, "split expects split_size be non-negative, but got split_size=" +
                                     Twine(sizes[0]));
    int64_t each = std::max<int64_t>(sizes[0], 1);
    if (failed(checkParts(importer, node, total / each)))
      return failure();
    return bindParts(importer, node, dim, equalParts(total, each), "Split");
  }
  int64_t sum = 0;
  for (int64_t s : sizes) {
    if (s < 0)
      return importer.fail(size, "split_with_sizes expects split_sizes have only non-negative "
                                 "entries, but got split_sizes=" +
                                     listText(sizes));
    sum = std::min(sum, total) + s;
  }
  if (sum != total)
    return importer.fail(size, "split_with_sizes expects split_sizes to sum exactly to " +
                                   Twine(total) + " (input tensor's size at dimension " +
                                   Twine(dim) + "), but got split_sizes=" + listText(sizes));
  return bindParts(importer, node, dim, sizes, "SplitWithSizes");
}

static LogicalResult chunk(Importer &importer, Node &node) {
  int64_t dim = 0, chunks = node.integer("chunks", 1);
  if (failed(checkTensor(importer, node)))
    return failure();
  RankedTensorType type = node.inputs[0].tensor->type;
  if (type.getRank() == 0)
    return importer.fail(node.loc, "chunk expects at least a 1-dimensional tensor");
  if (chunks <= 0)
    return importer.fail(*node.attribute("chunks"),
                         "chunk expects `chunks` to be greater than 0, got: " + Twine(chunks));
  if (failed(readDim(importer, node, "dim", 0, dim)))
    return failure();
  int64_t total = type.getDimSize(dim), size = total / chunks + (total % chunks != 0);
  if (failed(checkParts(importer, node, total ? std::min(total, chunks) : chunks)))
    return failure();
  if (total == 0)
    return bindParts(importer, node, dim, Shape(chunks, 0), "SplitWithSizes");
  return bindParts(importer, node, dim, equalParts(total, size), "Split");
}

static LogicalResult tensorSplit(Importer &importer, Node &node) {
  int64_t dim = 0;
  if (failed(checkTensor(importer, node)))
    return failure();
  RankedTensorType type = node.inputs[0].tensor->type;
  if (type.getRank() == 0)
    return importer.fail(node.loc, "tensor_split expected at least a 1-dimensional tensor, but "
                                   "got a tensor with 0 dims");
  if (failed(readDim(importer, node, "dim", 0, dim)))
    return failure();
  int64_t total = type.getDimSize(dim);
  const Json &at = *node.attribute("indices_or_sections");
  Shape given = node.integers("indices_or_sections"), sizes;
  if (at.kind == Json::Kind::integer) {
    if (given[0] <= 0)
      return importer.fail(at, "number of sections must be larger than 0, got " + Twine(given[0]));
    if (failed(checkParts(importer, node, given[0])))
      return failure();
    for (int64_t i = 0; i < given[0]; ++i)
      sizes.push_back(total / given[0] + (i < total % given[0]));
    return bindParts(importer, node, dim, sizes, "");
  }
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + total : i, 0, total); };
  SmallVector<TensorRef> parts;
  int64_t start = 0;
  given.push_back(total);
  for (int64_t end : given) {
    Chain chain(importer, node);
    chain.slice(dim, start, std::max<int64_t>(0, clamp(end) - start));
    parts.push_back(chain.finish());
    start = clamp(end);
  }
  return bindHandles(importer, node, parts);
}

static LogicalResult unbind(Importer &importer, Node &node) {
  int64_t dim = 0;
  if (failed(checkTensor(importer, node)))
    return failure();
  RankedTensorType type = node.inputs[0].tensor->type;
  if (type.getRank() == 0)
    return importer.fail(node.loc, "Dimension specified as 0 but tensor has no dimensions");
  if (failed(readDim(importer, node, "dim", 0, dim)))
    return failure();
  if (failed(checkParts(importer, node, type.getDimSize(dim))))
    return failure();
  SmallVector<TensorRef> parts;
  for (int64_t i = 0; i < type.getDimSize(dim); ++i) {
    Chain chain(importer, node);
    chain.slice(dim, i, 1);
    chain.drop(dim);
    parts.push_back(chain.finish());
  }
  if (parts.empty())
    return importer.fail(node.loc, "'unbind' of a dimension of size 0 has no value");
  nameParts(parts, "Unbind");
  return bindHandles(importer, node, parts);
}

void addViewOps(OpTable &table) {
  using K = AttributeKind;
  auto add = [&](StringRef name, std::vector<AttributeSpec> attributes, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &)) {
    table.add("shape", {name.str(), 1, 1, std::move(attributes), summary.str(), handler});
  };
  const AttributeSpec dim{"dim", K::integer}, names{"names", K::names};
  add("select", {dim, {"index", K::integer, true}}, "one index of a dimension, which is dropped",
      select);
  add("narrow", {dim, {"start", K::integer, true}, {"length", K::integer, true}},
      "`length` elements from `start` on along a dimension", narrow);
  add("unflatten", {dim, {"sizes", K::integers, true}}, "a dimension divided into several",
      unflatten);
  for (StringRef name : {"movedim", "moveaxis"})
    add(name, {{"source", K::dims, true}, {"destination", K::dims, true}},
        "dimensions moved to other places", movedim);
  for (StringRef name : {"swapdims", "swapaxes"})
    add(name, {{"dim0", K::integer, true}, {"dim1", K::integer, true}}, "two dimensions swapped",
        swapDims);
  add("diagonal", {{"offset", K::integer}, {"dim1", K::integer}, {"dim2", K::integer}},
      "the diagonals of two dimensions, as the last dimension", diagonal);
  add("split", {{"split_size", K::dims, true}, dim, names},
      "parts of a size, or of a list of sizes, along a dimension", split);
  add("chunk", {{"chunks", K::integer, true}, dim, names}, "parts of equal size, at most `chunks`",
      chunk);
  add("tensor_split", {{"indices_or_sections", K::dims, true}, dim, names},
      "parts between indices, or as many as said", tensorSplit);
  add("unbind", {dim, names}, "the slices along a dimension, which is dropped", unbind);
}

} // namespace gradc::graph
