// ShapeRules.cpp - views, copies, joins and splits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Importer.h"
#include "Rules.h"

using namespace mlir;
namespace gradc::pt2 {

std::string resultDtype(Aten &call, unsigned i) {
  const TensorMeta *type = call.result(i);
  if (type && type->element)
    return graph::dtypeName(type->element).str();
  (void)call.fail("the type of a result of '" + call.node.target + "' is not known");
  return "";
}

Type elementOf(Aten &call, StringRef name) {
  const TensorMeta *type = call.meta(name);
  return type ? type->element : Type();
}

std::optional<int64_t> wrapped(Aten &call, int64_t dim, size_t rank) {
  int64_t range = std::max<size_t>(rank, 1);
  if (dim >= -range && dim < range)
    return dim < 0 ? dim + range : dim;
  call.fail("Dimension out of range (expected to be in range of [" + Twine(-range) + ", " +
            Twine(range - 1) + "], but got " + Twine(dim) + ")");
  return std::nullopt;
}

bool isWritable(Aten &call, int64_t count) {
  if (count <= 1 << 20)
    return true;
  call.fail("'" + call.node.target + "' would write more than 2^20 numbers into the program");
  return false;
}

/// The argument under the shape that the export recorded; a view wherever the strides allow it.
static Json toResultShape(Aten &call) {
  call.rebinds = call.schema.isInPlace();
  return reshape(call.operand(call.schema.parameters[0].name), call.result()->sizes);
}

static Json expand(Aten &call) {
  return makeNode("expand", {call.operand("self")}, {{"shape", integers(call.result()->sizes)}});
}

/// The operand itself; under another name it is the same tensor.
static Json same(Aten &call) {
  call.rebinds = true;
  return call.operand(call.schema.parameters[0].name);
}

static Json cloneSelf(Aten &call) { return clone(call, call.operand("self")); }

static Json detach(Aten &call) {
  call.rebinds = true;
  return makeNode("detach", {call.operand("self")});
}

/// An alias of core ATen may have been a detach: its derivative is lost.
static Json alias(Aten &call) {
  if (call.translator.program.isDecomposed && !call.translator.trustAliases)
    return call.fail("the program was decomposed (run_decompositions), which turns detach() into "
                     "alias and drops no_grad: its gradients may be wrong. Export it again without "
                     "run_decompositions, or pass --trust-decomposed if it has neither");
  return same(call);
}

static Json contiguous(Aten &call) {
  const TensorMeta *meta = call.meta("self");
  return meta && liesInRows(*meta) ? same(call) : cloneSelf(call);
}

/// Casts where the dtype differs, else the tensor itself, or a copy where one is asked for.
static Json convert(Aten &call) {
  std::string dtype = resultDtype(call);
  Type from = elementOf(call, "self");
  if (dtype.empty() || !from)
    return null();
  if (from != call.result()->element)
    return cast(call.operand("self"), dtype);
  return call.flag("copy") || call.schema.base() == "_to_copy" ? cloneSelf(call) : same(call);
}

static Json permuteTo(Aten &call, ArrayRef<int64_t> perm) {
  call.rebinds = call.schema.isInPlace();
  return makeNode("permute", {call.operand("self")}, {{"dims", integers(perm)}});
}

static Json reverseDims(Aten &call) {
  SmallVector<int64_t> perm;
  for (size_t i = call.shape("self").size(); i-- > 0;)
    perm.push_back(i);
  return permuteTo(call, perm);
}

static Json swapLast(Aten &call) {
  size_t rank = call.shape("self").size();
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(rank));
  if (rank >= 2)
    std::swap(perm[rank - 1], perm[rank - 2]);
  return permuteTo(call, perm);
}

static Json transposeTwo(Aten &call) {
  size_t rank = call.shape("self").size();
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(rank));
  bool named = call.find("axis0");
  auto a = wrapped(call, call.integerOf(named ? "axis0" : "dim0"), rank),
       b = wrapped(call, call.integerOf(named ? "axis1" : "dim1"), rank);
  if (!a || !b)
    return null();
  if (rank)
    std::swap(perm[*a], perm[*b]);
  return permuteTo(call, perm);
}

static Json flatT(Aten &call) {
  return call.shape("self").size() < 2 ? same(call) : swapLast(call);
}

//===-- Writes into views ---------------------------------------------------------------------===//

/// select_scatter and its like: a copy, one view of which is written.
static Json scatterInto(Aten &call, llvm::function_ref<Json(Json)> view) {
  Json base = call.let(clone(call, call.operand("self")), "base");
  call.translator.emit(call.node, makeNode("copy_", {view(base), call.operand("src")}));
  return base;
}

static Json selectScatter(Aten &call) {
  return scatterInto(call, [&](Json base) {
    return makeNode("select", {base},
                    {{"dim", call.attribute("dim")}, {"index", call.attribute("index")}});
  });
}

static Json sliceScatter(Aten &call) {
  return scatterInto(call, [&](Json base) {
    Json view = makeNode("slice", {base});
    for (StringRef key : {"dim", "start", "end", "step"})
      if (call.has(key))
        set(view, key, call.attribute(key));
    return view;
  });
}

static Json diagonalScatter(Aten &call) {
  return scatterInto(call, [&](Json base) {
    return makeNode("diagonal", {base},
                    {{"offset", call.attribute("offset")},
                     {"dim1", call.attribute("dim1")},
                     {"dim2", call.attribute("dim2")}});
  });
}

//===-- Lists ---------------------------------------------------------------------------------===//

/// Splits into parts of the sizes that the export recorded.
static Json splitTo(Aten &call, int64_t dim) {
  SmallVector<int64_t> sizes;
  auto at = wrapped(call, dim, call.shape("self").size());
  for (unsigned i = 0; at && i < call.resultCount(); ++i) {
    const TensorMeta *part = call.result(i);
    if (!part || *at >= int64_t(part->sizes.size()))
      return call.fail("the parts of '" + call.node.target + "' are not known");
    sizes.push_back(part->sizes[*at]);
  }
  return at ? makeNode("split", {call.operand("self")},
                       {{"split_size", integers(sizes)}, {"dim", integer(*at)}})
            : null();
}

static Json split(Aten &call) { return splitTo(call, call.integerOf("dim")); }
static Json hsplit(Aten &call) { return splitTo(call, call.shape("self").size() == 1 ? 0 : 1); }
static Json vsplit(Aten &call) { return splitTo(call, 0); }
static Json dsplit(Aten &call) { return splitTo(call, 2); }

/// Each tensor of a list under the shape of its result.
static Json eachTo(Aten &call, StringRef op) {
  std::vector<Json> operands = call.operands("tensors");
  for (auto [i, operand] : llvm::enumerate(operands))
    if (const TensorMeta *type = call.result(i))
      call.define(i, makeNode(op, {operand}, {{"shape", integers(type->sizes)}}));
  return null();
}
static Json broadcastTensors(Aten &call) { return eachTo(call, "expand"); }
static Json atLeastList(Aten &call) { return eachTo(call, "reshape"); }

/// Matrices along the diagonal: each is surrounded by zeros, then all are joined.
static Json blockDiag(Aten &call) {
  const TensorMeta *whole = call.result();
  std::vector<Json> rows;
  if (!call.hasRank(whole->sizes, 2, 2))
    return null();
  int64_t before = 0, width = whole->sizes[1];
  for (auto [i, operand] : llvm::enumerate(call.operands("tensors"))) {
    const TensorMeta *part = call.translator.meta(call.find("tensors")->names[i]);
    SmallVector<int64_t> shape(part ? part->sizes : SmallVector<int64_t>(3));
    if (!call.hasRank(shape, 0, 2))
      return null();
    while (shape.size() < 2)
      shape.insert(shape.begin(), 1);
    int64_t after = width - before - shape[1];
    rows.push_back(
        makeNode("pad", {reshape(operand, shape)}, {{"pad", integers({before, after})}}));
    before += shape[1];
  }
  return makeNode("cat", std::move(rows));
}

//===-- Padding -------------------------------------------------------------------------------===//

static Json padAs(Aten &call, StringRef mode) {
  StringRef key = call.find("pad") ? "pad" : "padding";
  return makeNode("pad", {call.operand("self")},
                  {{"pad", call.attribute(key)}, {"mode", word(mode)}});
}
static Json reflectionPad(Aten &call) { return padAs(call, "reflect"); }
static Json replicationPad(Aten &call) { return padAs(call, "replicate"); }
static Json circularPad(Aten &call) { return padAs(call, "circular"); }
static Json constantPad(Aten &call) {
  return makeNode("pad", {call.operand("self")},
                  {{"pad", call.attribute("pad")}, {"value", number(call.numberOf("value"))}});
}

//===-- Strides -------------------------------------------------------------------------------===//

/// Elements of a contiguous tensor at an offset and strides of their own.
static Json asStrided(Aten &call) {
  const TensorMeta *meta = call.meta("self");
  if (!meta || !liesInRows(*meta))
    return call.fail("as_strided of a tensor that is not contiguous is not supported");
  SmallVector<int64_t> size = call.integersOf("size"), stride = call.integersOf("stride");
  Json index = integer(call.integerOf("storage_offset"));
  if (size.size() != stride.size())
    return call.fail("expected as many strides as sizes");
  for (size_t d = 0; d < size.size(); ++d) {
    SmallVector<int64_t> shape(size.size(), 1);
    shape[d] = size[d];
    Json counted = object({{"op", word("arange")}, {"end", integer(size[d])}});
    Json part = makeNode("mul", {reshape(counted, shape), integer(stride[d])});
    index = d ? makeNode("add", {std::move(index), std::move(part)})
              : makeNode("add", {std::move(part), std::move(index)});
  }
  if (size.empty())
    return reshape(makeNode("slice", {reshape(call.operand("self"), {-1})},
                            {{"start", index}, {"end", integer(uint64_t(index.integer) + 1)}}),
                   {});
  return makeNode("take", {call.operand("self"), std::move(index)});
}

static Json channelShuffle(Aten &call) {
  ArrayRef<int64_t> shape = call.shape("self");
  int64_t groups = call.integerOf("groups");
  if (groups < 1 || shape.size() < 3 || shape[1] % groups)
    return call.fail("the channels of channel_shuffle do not divide into groups");
  SmallVector<int64_t> split{shape[0], groups, shape[1] / groups}, perm{0, 2, 1};
  for (size_t d = 2; d < shape.size(); ++d) {
    split.push_back(shape[d]);
    perm.push_back(d + 1);
  }
  return reshape(
      makeNode("permute", {reshape(call.operand("self"), split)}, {{"dims", integers(perm)}}),
      shape);
}

/// Windows along a dim; a number is one window.
static Json unfold(Aten &call) {
  if (call.shape("self").empty())
    return reshape(call.operand("self"), call.result()->sizes);
  return call.generic("unfold");
}

static Json diagFlat(Aten &call) {
  return makeNode("diag", {reshape(call.operand("self"), {-1})},
                  {{"diagonal", call.attribute("offset")}});
}

/// x[i] along a dim; where the index is known at run time only, the slice is gathered.
static Json select(Aten &call) {
  const Argument *index = call.find("index");
  const Json *tensor = call.translator.numberOf(index->symbol);
  if (index->kind != Argument::Kind::unsupported || !tensor)
    return call.generic("select");
  Json slice = makeNode("index_select", {call.operand("self"), reshape(*tensor, {1})},
                        {{"dim", call.attribute("dim")}});
  return reshape(std::move(slice), call.result()->sizes);
}

void addShapeRules(RuleTable &table) {
  for (StringRef name :
       {"view", "_unsafe_view", "reshape", "_reshape_alias", "_reshape_copy", "view_as",
        "reshape_as", "squeeze", "unsqueeze", "flatten", "unflatten", "ravel", "atleast_1d",
        "atleast_2d", "atleast_3d", "squeeze.dim", "squeeze.dims"})
    table[name].rule = toResultShape;
  table["view.dtype"].rule = [](Aten &call) {
    return call.fail("a view of a tensor as another dtype is not supported");
  };
  for (StringRef name : {"atleast_1d.Sequence", "atleast_2d.Sequence", "atleast_3d.Sequence"})
    table[name].rule = atLeastList;
  for (StringRef name : {"expand", "expand_as", "broadcast_to"})
    table[name].rule = expand;
  for (StringRef name : {"resolve_conj", "resolve_neg", "real", "conj", "_conj", "conj_physical",
                         "_conj_physical", "lift", "lift_fresh", "positive"})
    table[name].rule = same;
  table["alias"].rule = alias;
  table["detach"].rule = detach;
  for (StringRef name : {"clone", "lift_fresh_copy", "alias_copy", "detach_copy"})
    table[name].rule = cloneSelf;
  table["contiguous"].rule = contiguous;
  for (StringRef name : {"to", "_to_copy", "type_as", "_cast_Float", "_cast_Double", "_cast_Long"})
    table[name].rule = convert;
  for (StringRef name : {"numpy_T", "adjoint"})
    table[name].rule = name == "numpy_T" ? reverseDims : swapLast;
  for (StringRef name : {"mT", "mH", "matrix_H"})
    table[name].rule = swapLast;
  table["t"].rule = flatT;
  for (StringRef name : {"transpose", "swapaxes", "swapdims"})
    table[name].rule = transposeTwo;
  table["select_scatter"].rule = selectScatter;
  table["slice_scatter"].rule = sliceScatter;
  table["diagonal_scatter"].rule = diagonalScatter;
  for (StringRef name : {"split", "split_with_sizes", "unsafe_split", "unsafe_split_with_sizes",
                         "chunk", "unsafe_chunk", "tensor_split"})
    table[name].rule = split;
  table["hsplit"].rule = hsplit;
  table["vsplit"].rule = vsplit;
  table["dsplit"].rule = dsplit;
  table["broadcast_tensors"].rule = broadcastTensors;
  table["block_diag"].rule = blockDiag;
  for (StringRef dims : {"1d", "2d", "3d"}) {
    table[("reflection_pad" + dims).str()].rule = reflectionPad;
    table[("replication_pad" + dims).str()].rule = replicationPad;
  }
  table["_pad_circular"].rule = circularPad;
  table["constant_pad_nd"].rule = constantPad;
  table["select"].rule = select;
  table["unfold"].rule = unfold;
  table["diagflat"].rule = diagFlat;
  table["repeat"] = {"tile", "repeats=dims"};
  table["as_strided"].rule = asStrided;
  table["channel_shuffle"].rule = channelShuffle;
  table["linalg_diagonal"] = {"diagonal", "A=self"};
}

} // namespace gradc::pt2
