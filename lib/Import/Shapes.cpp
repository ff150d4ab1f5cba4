// Shapes.cpp - views, and the ops that move elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Movement.h"

using namespace mlir;
namespace gradc::graph {

//===-- Views ---------------------------------------------------------------------------------===//

/// The strides under which a reshaped tensor shares its elements; none when it must be a copy.
/// As PyTorch's computeStride (aten/src/ATen/TensorUtils.cpp).
static std::optional<Shape> reshapedStrides(ArrayRef<int64_t> from, ArrayRef<int64_t> strides,
                                            ArrayRef<int64_t> to) {
  if (llvm::is_contained(from, 0))
    return contiguousStrides(to);
  Shape result(to.size(), 1);
  int64_t at = int64_t(to.size()) - 1, tensorElements = 1, viewElements = 1;
  int64_t chunkStride = from.empty() ? 1 : strides.back();
  for (int64_t i = int64_t(from.size()) - 1; i >= 0; --i) {
    tensorElements *= from[i];
    bool chunkEnds = i == 0 || (from[i - 1] != 1 && strides[i - 1] != tensorElements * chunkStride);
    if (!chunkEnds)
      continue;
    while (at >= 0 && (viewElements < tensorElements || to[at] == 1)) {
      result[at] = viewElements * chunkStride;
      viewElements *= to[at--];
    }
    if (viewElements != tensorElements)
      return std::nullopt;
    if (i > 0) {
      chunkStride = strides[i - 1];
      tensorElements = viewElements = 1;
    }
  }
  if (from.empty())
    return contiguousStrides(to);
  return at == -1 ? std::optional<Shape>(result) : std::nullopt;
}

/// PyTorch's name of the node of a view.
static StringRef nodeOf(View::Kind kind) {
  switch (kind) {
  case View::Kind::transpose:
    return "Transpose";
  case View::Kind::slice:
    return "Slice";
  case View::Kind::expand:
    return "Expand";
  default:
    return "View";
  }
}

/// Binds a further view of the first input.
static LogicalResult bindView(Importer &importer, Node &node, View view, Shape strides) {
  Tensor &base = *node.inputs[0].tensor;
  auto tensor = std::make_shared<Tensor>(base);
  bool isSame = view.kind == View::Kind::reshape && view.type == base.type;
  if (!isSame)
    tensor->views.push_back(view);
  tensor->type = view.type;
  tensor->strides = std::move(strides);
  tensor->cache = {};
  importer.inheritView(*tensor, base, nodeOf(view.kind));
  Storage &storage = *tensor->storage;
  // A view of a view of a leaf follows from the value of that: `grad` may ask for both.
  bool follows = storage.leaf && base.isView && !tensor->cut;
  if (storage.kind == Storage::Kind::plain || follows) {
    Value value = importer.read(base, node.loc);
    tensor->cache = isSame ? value : importer.applyView(view, value, node.loc);
    // A view of no_grad that changes nothing has no op in there: it cuts itself.
    if (tensor->cut && tensor->cache == value)
      tensor->cache = ag::DetachOp::create(importer.b, node.loc, value);
    tensor->version = storage.version;
    if (tensor->cache != value)
      storage.reads.push_back(tensor->cache);
  } else if (storage.kind == Storage::Kind::gradient || storage.leaf) {
    // A gradient that is None has no views.
    (void)importer.read(*tensor, node.loc);
  }
  node.results = {tensor};
  return success();
}

static LogicalResult checkTensor(Importer &importer, Node &node) {
  if (node.inputs[0].tensor)
    return success();
  return importer.expected(*node.inputs[0].json,
                           "a tensor as input 1 of '" + node.spec->name + "'");
}

static LogicalResult bindReshape(Importer &importer, Node &node, ArrayRef<int64_t> shape) {
  Tensor &base = *node.inputs[0].tensor;
  RankedTensorType type = importer.makeType(shape, base.type.getElementType());
  if (auto strides = reshapedStrides(base.type.getShape(), base.strides, shape))
    return bindView(importer, node, {View::Kind::reshape, type, {}, {}, {}, {}}, *strides);
  if (node.spec->name == "view")
    return importer.fail(node.loc,
                         "view size is not compatible with input tensor's size and stride (at "
                         "least one dimension spans across two contiguous subspaces). Use "
                         ".reshape(...) instead.");
  Value copy = importer.reshape(importer.read(base, node.loc), shape, node.loc);
  node.results = {importer.makeTensor(copy, importer.needsGrad(node))};
  return success();
}

static LogicalResult reshape(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  Shape shape = node.integers("shape");
  const Json &at = *node.attribute("shape");
  RankedTensorType type = node.inputs[0].tensor->type;
  int64_t known = 1, open = -1, count = type.getNumElements();
  for (auto [i, size] : llvm::enumerate(shape)) {
    if (size < -1)
      return importer.fail(at, "invalid shape dimension " + Twine(size) + " at index " + Twine(i) +
                                   " of shape " + listText(shape));
    if (size == -1 && open >= 0)
      return importer.fail(at, "only one dimension can be inferred");
    if (size == -1)
      open = i;
    else if (__builtin_mul_overflow(known, size, &known))
      return importer.fail(at, "shape '" + listText(shape) + "' is invalid for input of size " +
                                   Twine(count));
  }
  if (open >= 0 && known == 0 && count == 0)
    return importer.fail(at, "cannot reshape tensor of 0 elements into shape " + listText(shape) +
                                 " because the unspecified dimension size -1 can be any value and "
                                 "is ambiguous");
  if (open >= 0 ? known == 0 || count % known != 0 : known != count)
    return importer.fail(at, "shape '" + listText(shape) + "' is invalid for input of size " +
                                 Twine(count));
  if (open >= 0)
    shape[open] = count / known;
  return bindReshape(importer, node, shape);
}

static LogicalResult flatten(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  ArrayRef<int64_t> from = node.inputs[0].tensor->type.getShape();
  int64_t first = 0, last = 0;
  const Json *start = node.attribute("start_dim"), *end = node.attribute("end_dim");
  if (failed(wrapDim(importer, start ? *start : node.json, node.integer("start_dim", 0),
                     from.size(), first)) ||
      failed(wrapDim(importer, end ? *end : node.json, node.integer("end_dim", -1), from.size(),
                     last)))
    return failure();
  if (first > last)
    return importer.fail(node.json,
                         "flatten() has invalid args: start_dim cannot come after end_dim");
  if (from.empty())
    return bindReshape(importer, node, {1});
  if (first == last) {
    node.results = {node.inputs[0].tensor};
    return success();
  }
  Shape shape(from.take_front(first));
  int64_t joined = 1;
  for (int64_t size : from.slice(first, last - first + 1))
    joined *= size;
  shape.push_back(joined);
  shape.append(from.begin() + last + 1, from.end());
  return bindReshape(importer, node, shape);
}

static LogicalResult bindPermutation(Importer &importer, Node &node, Shape perm) {
  const Tensor &base = *node.inputs[0].tensor;
  Shape shape, strides;
  for (int64_t p : perm) {
    shape.push_back(base.type.getDimSize(p));
    strides.push_back(base.strides[p]);
  }
  RankedTensorType type = importer.makeType(shape, base.type.getElementType());
  if (llvm::is_sorted(perm))
    return bindView(importer, node, {View::Kind::reshape, type, {}, {}, {}, {}}, strides);
  return bindView(importer, node, {View::Kind::transpose, type, perm, {}, {}, {}}, strides);
}

static LogicalResult swapDims(Importer &importer, Node &node, int64_t a, int64_t c) {
  Shape perm;
  for (int64_t i = 0; i < node.inputs[0].tensor->type.getRank(); ++i)
    perm.push_back(i == a ? c : i == c ? a : i);
  return bindPermutation(importer, node, perm);
}

static LogicalResult transpose(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  int64_t a = 0, c = 0, rank = node.inputs[0].tensor->type.getRank();
  if (failed(wrapDim(importer, *node.attribute("dim0"), node.integer("dim0", 0), rank, a)) ||
      failed(wrapDim(importer, *node.attribute("dim1"), node.integer("dim1", 0), rank, c)))
    return failure();
  return swapDims(importer, node, a, c);
}

static LogicalResult t(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  int64_t rank = node.inputs[0].tensor->type.getRank();
  if (rank > 2)
    return importer.fail(node.json, "t() expects a tensor with <= 2 dimensions, but self is " +
                                        Twine(rank) + "D");
  return swapDims(importer, node, 0, rank == 2 ? 1 : 0);
}

static LogicalResult permute(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  Shape dims = node.integers("dims"), perm;
  const Json &at = *node.attribute("dims");
  int64_t rank = node.inputs[0].tensor->type.getRank();
  if (int64_t(dims.size()) != rank)
    return importer.fail(at, "permute(sparse_coo): number of dimensions in the tensor input does "
                             "not match the length of the desired ordering of dimensions i.e. "
                             "input.dim() = " +
                                 Twine(rank) +
                                 " is not equal to len(dims) = " + Twine(dims.size()));
  for (int64_t dim : dims) {
    int64_t wrapped = 0;
    if (failed(wrapDim(importer, at, dim, rank, wrapped)))
      return failure();
    if (llvm::is_contained(perm, wrapped))
      return importer.fail(at, "permute(): duplicate dims are not allowed.");
    perm.push_back(wrapped);
  }
  return bindPermutation(importer, node, perm);
}

/// The sizes and strides of an expanded tensor, from the last dimension on, as PyTorch checks them.
static LogicalResult expandSizes(Importer &importer, Node &node, const Json &at, Shape &shape,
                                 Shape &strides) {
  const Tensor &base = *node.inputs[0].tensor;
  ArrayRef<int64_t> from = base.type.getShape();
  Shape target = shape;
  size_t lead = shape.size() - from.size();
  for (size_t i = shape.size(); i-- > 0;) {
    if (i < lead && shape[i] == -1)
      return importer.fail(at, "The expanded size of the tensor (-1) isn't allowed in a leading, "
                               "non-existing dimension " +
                                   Twine(i));
    if (i < lead)
      continue;
    int64_t old = from[i - lead];
    if (shape[i] == -1)
      shape[i] = old;
    if (old != 1 && shape[i] != old)
      return importer.fail(at, "The expanded size of the tensor (" + Twine(shape[i]) +
                                   ") must match the existing size (" + Twine(old) +
                                   ") at non-singleton dimension " + Twine(i) +
                                   ".  Target sizes: " + listText(target) +
                                   ".  Tensor sizes: " + listText(from));
    strides[i] = shape[i] == old ? base.strides[i - lead] : 0;
  }
  return success();
}

static LogicalResult expandTo(Importer &importer, Node &node, const Json &at, Shape shape) {
  const Tensor &base = *node.inputs[0].tensor;
  Type element = base.type.getElementType();
  Shape strides(shape.size(), 0);
  ArrayRef<int64_t> from = base.type.getShape();
  if (shape.size() < from.size())
    return importer.fail(at, "expand(torch." + dtypeWord(element) + "Tensor{" + listText(from) +
                                 "}, size=" + listText(shape) +
                                 "): the number of sizes provided (" + Twine(shape.size()) +
                                 ") must be greater or equal to the number of dimensions in the "
                                 "tensor (" +
                                 Twine(from.size()) + ")");
  if (failed(expandSizes(importer, node, at, shape, strides)) ||
      failed(importer.checkSize(importer.at(at), shape, element)))
    return failure();
  RankedTensorType type = importer.makeType(shape, element);
  // Sizes of 1 that are added repeat nothing: such a view can be written.
  bool repeats = type.getNumElements() != base.type.getNumElements();
  View::Kind kind = repeats ? View::Kind::expand : View::Kind::reshape;
  return bindView(importer, node, {kind, type, {}, {}, {}, {}}, strides);
}

static LogicalResult expand(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  return expandTo(importer, node, *node.attribute("shape"), node.integers("shape"));
}

static LogicalResult expandAs(Importer &importer, Node &node) {
  Value other = failed(checkTensor(importer, node)) ? Value() : importer.readInput(node, 1);
  if (!other)
    return failure();
  return expandTo(importer, node, node.json,
                  Shape(cast<RankedTensorType>(other.getType()).getShape()));
}

static LogicalResult unsqueeze(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  Shape shape(node.inputs[0].tensor->type.getShape());
  int64_t dim = 0;
  if (failed(
          wrapDim(importer, *node.attribute("dim"), node.integer("dim", 0), shape.size() + 1, dim)))
    return failure();
  shape.insert(shape.begin() + dim, 1);
  return bindReshape(importer, node, shape);
}

static LogicalResult squeeze(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  ArrayRef<int64_t> from = node.inputs[0].tensor->type.getShape();
  SmallVector<int64_t> dims;
  for (int64_t dim : node.integers("dim")) {
    int64_t wrapped = 0;
    if (failed(wrapDim(importer, *node.attribute("dim"), dim, from.size(), wrapped)))
      return failure();
    dims.push_back(wrapped);
  }
  Shape shape;
  for (auto [i, size] : llvm::enumerate(from))
    if (size != 1 || (node.attribute("dim") && !llvm::is_contained(dims, i)))
      shape.push_back(size);
  return bindReshape(importer, node, shape);
}

static LogicalResult slice(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  const Tensor &base = *node.inputs[0].tensor;
  Shape shape(base.type.getShape()), strides(base.strides);
  int64_t dim = 0, step = node.integer("step", 1);
  const Json *at = node.attribute("dim");
  if (shape.empty())
    return importer.fail(node.json, "slice() cannot be applied to a 0-dim tensor.");
  if (failed(wrapDim(importer, at ? *at : node.json, node.integer("dim", 0), shape.size(), dim)))
    return failure();
  if (step <= 0)
    return importer.fail(*node.attribute("step"), "slice step must be positive");
  int64_t size = shape[dim];
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + size : i, 0, size); };
  int64_t start = clamp(node.integer("start", 0)), end = clamp(node.integer("end", INT64_MAX));
  end = std::max(start, end);
  View view{View::Kind::slice, {}, {}, Shape(shape.size(), 0), shape, Shape(shape.size(), 1)};
  view.starts[dim] = start;
  view.limits[dim] = end;
  view.steps[dim] = step;
  shape[dim] = end == start ? 0 : (end - start - 1) / step + 1;
  if (shape[dim] <= 1)
    view.steps[dim] = 1; // A step beyond the end may overflow later.
  if (shape[dim] == 1)
    view.limits[dim] = start + 1;
  if (__builtin_mul_overflow(strides[dim], step, &strides[dim]))
    strides[dim] = 0;
  view.type = importer.makeType(shape, base.type.getElementType());
  if (view.type == base.type)
    view.kind = View::Kind::reshape;
  return bindView(importer, node, view, strides);
}

static LogicalResult detach(Importer &importer, Node &node) {
  if (failed(checkTensor(importer, node)))
    return failure();
  auto tensor = std::make_shared<Tensor>(*node.inputs[0].tensor);
  tensor->cut = true;
  // Not a view for autograd.
  tensor->isNoGradView = tensor->saysGrad = false;
  tensor->part.clear();
  tensor->cache = {};
  node.results = {tensor};
  if (tensor->storage->kind != Storage::Kind::variable)
    importer.read(*tensor, node.loc);
  return success();
}

//===-- Moving elements -----------------------------------------------------------------------===//

static LogicalResult cat(Importer &importer, Node &node) {
  SmallVector<Value> parts;
  for (unsigned i = 0; i < node.inputs.size(); ++i) {
    Value part = importer.readInput(node, i);
    if (!part)
      return failure();
    parts.push_back(part);
  }
  Type element = commonType(importer, node.inputs);
  // As in PyTorch a vector without elements fits everything.
  auto isNothing = [](Value part) {
    ArrayRef<int64_t> shape = cast<RankedTensorType>(part.getType()).getShape();
    return shape.size() == 1 && shape[0] == 0;
  };
  if (!llvm::all_of(parts, isNothing))
    llvm::erase_if(parts, isNothing);
  auto first = cast<RankedTensorType>(parts[0].getType());
  int64_t dim = 0, rank = first.getRank(), total = 0;
  for (auto [i, part] : llvm::enumerate(parts))
    if (cast<RankedTensorType>(part.getType()).getRank() == 0)
      return importer.fail(node.loc, "zero-dimensional tensor (at position " + Twine(i) +
                                         ") cannot be concatenated");
  const Json *at = node.attribute("dim");
  if (failed(wrapDim(importer, at ? *at : node.json, node.integer("dim", 0), rank, dim)))
    return failure();
  for (auto [i, part] : llvm::enumerate(parts)) {
    auto type = cast<RankedTensorType>(part.getType());
    if (type.getRank() != rank)
      return importer.fail(node.loc, "Tensors must have same number of dimensions: got " +
                                         Twine(rank) + " and " + Twine(type.getRank()));
    for (int64_t d = 0; d < rank; ++d)
      if (d != dim && type.getDimSize(d) != first.getDimSize(d))
        return importer.fail(node.loc, "Sizes of tensors must match except in dimension " +
                                           Twine(dim) + ". Expected size " +
                                           Twine(first.getDimSize(d)) + " but got size " +
                                           Twine(type.getDimSize(d)) + " for tensor number " +
                                           Twine(i) + " in the list.");
    total += type.getDimSize(dim);
    part = importer.cast(part, element, node.loc);
  }
  Shape shape(first.getShape());
  shape[dim] = total;
  if (failed(importer.checkSize(node.loc, shape, element)))
    return failure();
  Value joined = ag::ConcatOp::create(importer.b, node.loc, parts, dim);
  node.results = {importer.makeTensor(joined, importer.needsGrad(node))};
  return success();
}

static LogicalResult pad(Importer &importer, Node &node) {
  if (const Json *mode = node.attribute("mode"); mode && mode->text != "constant")
    return padByContent(importer, node);
  Value x = importer.readInput(node, 0);
  if (!x)
    return failure();
  auto type = cast<RankedTensorType>(x.getType());
  Shape pads = node.integers("pad");
  const Json &at = *node.attribute("pad"), *value = node.attribute("value");
  size_t rank = type.getRank();
  if (pads.size() % 2)
    return importer.fail(at, "Padding length must be divisible by 2");
  if (pads.size() > 2 * rank)
    return importer.fail(at, "Padding length should be less than or equal to two times the input "
                             "dimension but got padding length " +
                                 Twine(pads.size()) + " and input of dimension " + Twine(rank));
  SmallVector<int64_t> low(rank, 0), high(rank, 0), interior(rank, 0);
  Shape starts(rank, 0), limits(type.getShape()), steps(rank, 1), padded(type.getShape());
  bool crops = false;
  for (size_t i = 0; i < pads.size(); ++i) {
    size_t d = rank - 1 - i / 2;
    constexpr int64_t limit = int64_t(1) << 40;
    if (pads[i] > limit || pads[i] < -limit)
      return importer.fail(at, "expected paddings of at most 2^40, found " + Twine(pads[i]));
    if (pads[i] < 0) { // crops
      crops = true;
      (i % 2 ? limits : starts)[d] += i % 2 ? pads[i] : -pads[i];
    } else {
      (i % 2 ? high : low)[d] = pads[i];
    }
    padded[d] += pads[i];
  }
  for (size_t d = 0; d < rank; ++d)
    if (padded[d] < 0 || limits[d] < starts[d])
      return importer.fail(
          at, "The input size " + Twine(type.getDimSize(d)) +
                  ", plus negative padding "
                  "resulted in a negative output size, which is invalid. Check dimension " +
                  Twine(d) + " of your input.");
  if (failed(importer.checkSize(importer.at(at), padded, type.getElementType())))
    return failure();
  if (crops)
    x = ag::SliceOp::create(importer.b, node.loc, x, starts, limits, steps);
  double around = value ? numberOf(*value) : 0.0;
  if (type.getElementType().isInteger(1))
    around = around != 0;
  Value y = ag::PadOp::create(importer.b, node.loc, x, low, high, interior, APFloat(around));
  node.results = {importer.makeTensor(y, importer.needsGrad(node))};
  return success();
}

void addShapeOps(OpTable &table) {
  using K = AttributeKind;
  auto add = [&](StringRef name, std::vector<AttributeSpec> attributes, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &), unsigned most = 1) {
    table.add("shape", {name.str(), 1, most, std::move(attributes), summary.str(), handler});
  };
  add("reshape", {{"shape", K::integers, true}},
      "the same elements under another shape; one size may be -1", reshape);
  add("view", {{"shape", K::integers, true}},
      "the same elements, which must lie in this order, in another shape", reshape);
  add("transpose", {{"dim0", K::integer, true}, {"dim1", K::integer, true}},
      "two dimensions swapped", transpose);
  add("t", {}, "a matrix transposed", t);
  add("permute", {{"dims", K::integers, true}}, "the dimensions in another order", permute);
  add("expand", {{"shape", K::integers, true}}, "sizes of 1 repeated; -1 keeps a size", expand);
  table.add("shape", {"expand_as", 2, 2, {}, "expand to the shape of input 2", expandAs});
  add("unsqueeze", {{"dim", K::integer, true}}, "a dimension of size 1 more", unsqueeze);
  add("squeeze", {{"dim", K::dims}}, "dimensions of size 1 dropped", squeeze);
  add("flatten", {{"start_dim", K::integer}, {"end_dim", K::integer}}, "dimensions joined to one",
      flatten);
  add("slice",
      {{"dim", K::integer}, {"start", K::integer}, {"end", K::integer}, {"step", K::integer}},
      "start, start + step, ... below end along one dimension; negative counts from the end",
      slice);
  add("detach", {}, "the same storage without history", detach);
  add("cat", {{"dim", K::integer}}, "tensors joined along a dimension", cat, unlimited);
  add("pad", {{"pad", K::integers, true}, {"value", K::number}, {"mode", K::text}},
      "a constant around it: before and after of the last dimension, then of the one before", pad);
}

} // namespace gradc::graph
