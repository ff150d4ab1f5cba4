// Compute.cpp - reductions and matrix products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"

using namespace mlir;
namespace gradc::graph {

//===-- Reductions ----------------------------------------------------------------------------===//

static LogicalResult reducedDims(Importer &importer, Node &node, int64_t rank,
                                 SmallVectorImpl<int64_t> &dims) {
  Shape stated = node.integers("dim");
  if (stated.empty()) {
    for (int64_t i = 0; i < rank; ++i)
      dims.push_back(i);
    return success();
  }
  for (int64_t dim : stated) {
    int64_t wrapped = 0;
    if (failed(wrapDim(importer, *node.attribute("dim"), dim, rank, wrapped)))
      return failure();
    if (llvm::is_contained(dims, wrapped))
      return importer.fail(*node.attribute("dim"),
                           "dim " + Twine(wrapped) + " appears multiple times in the list of dims");
    dims.push_back(wrapped);
  }
  if (rank == 0)
    dims.clear();
  llvm::sort(dims);
  return success();
}

template <typename OpT> static LogicalResult reduce(Importer &importer, Node &node) {
  Value x = importer.readInput(node, 0);
  if (!x)
    return failure();
  auto type = cast<RankedTensorType>(x.getType());
  Type element = type.getElementType();
  SmallVector<int64_t> dims, kept;
  if (failed(reducedDims(importer, node, type.getRank(), dims)))
    return failure();
  if (std::is_same_v<OpT, ag::ReduceSumOp> && !isa<FloatType>(element))
    x = importer.cast(x, importer.b.getI64Type(), node.loc);
  if (std::is_same_v<OpT, ag::ReduceMeanOp> && !isa<FloatType>(element))
    return importer.fail(node.json,
                         "mean(): could not infer output dtype. Input dtype must be either a "
                         "floating point or complex dtype. Got: " +
                             dtypeWord(element));
  bool extremum = std::is_same_v<OpT, ag::ReduceMaxOp> || std::is_same_v<OpT, ag::ReduceMinOp>;
  for (int64_t dim : extremum ? node.integers("dim") : Shape())
    if (type.getRank() && type.getDimSize(dim < 0 ? dim + type.getRank() : dim) == 0)
      return importer.fail(node.json, node.spec->name + "(): Expected reduction dim " + Twine(dim) +
                                          " to have non-zero size.");
  if (extremum && type.getNumElements() == 0 && dims.size() == size_t(type.getRank()))
    return importer.fail(node.json, node.spec->name +
                                        "(): Expected reduction dim to be specified for "
                                        "input.numel() == 0. Specify the reduction dim with the "
                                        "'dim' argument.");
  Value y = OpT::create(importer.b, node.loc, x, dims);
  if (node.flag("keepdim")) {
    for (auto [i, size] : llvm::enumerate(type.getShape()))
      kept.push_back(llvm::is_contained(dims, i) ? 1 : size);
    y = importer.reshape(y, kept, node.loc);
  }
  node.results = {importer.makeTensor(y, importer.needsGrad(node))};
  return success();
}

//===-- Products ------------------------------------------------------------------------------===//

static LogicalResult shapesDiffer(Importer &importer, Node &node, int64_t m, int64_t k, int64_t k2,
                                  int64_t n) {
  return importer.fail(node.loc, "mat1 and mat2 shapes cannot be multiplied (" + Twine(m) + "x" +
                                     Twine(k) + " and " + Twine(k2) + "x" + Twine(n) + ")");
}

static LogicalResult checkDtypes(Importer &importer, Node &node, Value a, Value c) {
  Type x = getElementTypeOrSelf(a.getType()), y = getElementTypeOrSelf(c.getType());
  if (x != y)
    return importer.fail(node.loc, "expected m1 and m2 to have the same dtype, but got: " +
                                       dtypeCName(x) + " != " + dtypeCName(y));
  if (x.isInteger(1))
    return importer.fail(node.loc, "\"addmm_impl_cpu_\" not implemented for 'Bool'");
  return success();
}

static LogicalResult batchesDiffer(Importer &importer, Node &node, int64_t batch, int64_t k,
                                   int64_t k2) {
  return importer.fail(
      node.loc, "Expected size for first two dimensions of batch2 tensor to be: [" + Twine(batch) +
                    ", " + Twine(k) + "] but got: [" + Twine(batch) + ", " + Twine(k2) + "].");
}

/// One side has at most one row or matrix: no batch dimension is shared.
static Value multiplyUnbatched(Importer &importer, Node &node, Value a, Value c) {
  auto x = cast<RankedTensorType>(a.getType()).getShape(),
       y = cast<RankedTensorType>(c.getType()).getShape();
  int64_t k = x.back(), row = y.size() == 1 ? 0 : y.size() - 2, k2 = y[row];
  if (k != k2) {
    int64_t m = 1, n = y.size() == 1 ? 1 : y.back();
    for (int64_t size : x.drop_back())
      m *= size;
    int64_t batch = 1;
    for (int64_t size : y.drop_back(std::min<size_t>(y.size(), 2)))
      batch *= size;
    if (y.size() > 2)
      (void)batchesDiffer(importer, node, batch, k, k2);
    else if (x.size() == 1 && y.size() == 1)
      (void)importer.fail(node.loc, "inconsistent tensor size, expected tensor [" + Twine(k) +
                                        "] and src [" + Twine(k2) +
                                        "] to have the same number of elements, but got " +
                                        Twine(k) + " and " + Twine(k2) + " elements respectively");
    else if (y.size() == 1)
      (void)importer.fail(node.loc, "size mismatch, got input (" + Twine(m) + "), mat (" +
                                        Twine(m) + "x" + Twine(k) + "), vec (" + Twine(k2) + ")");
    else
      (void)shapesDiffer(importer, node, m, k, k2, n);
    return {};
  }
  int64_t last = x.size() - 1;
  Value product =
      ag::ContractOp::create(importer.b, node.loc, a, c, ArrayRef<int64_t>(), ArrayRef<int64_t>(),
                             ArrayRef<int64_t>(last), ArrayRef<int64_t>(row));
  if (x.size() != 2 || y.size() <= 2)
    return product;
  // The row of `a` comes first; PyTorch has it after the batch.
  SmallVector<int64_t> perm;
  for (size_t i = 0; i + 2 < y.size(); ++i)
    perm.push_back(i + 1);
  perm.push_back(0);
  perm.push_back(y.size() - 1);
  return ag::TransposeOp::create(importer.b, node.loc, product, perm);
}

static Value multiplyBatched(Importer &importer, Node &node, Value a, Value c) {
  auto x = cast<RankedTensorType>(a.getType()).getShape(),
       y = cast<RankedTensorType>(c.getType()).getShape();
  Shape batch;
  if (failed(broadcastShapes(importer, node.loc, x.drop_back(2), y.drop_back(2), batch)))
    return {};
  int64_t m = x[x.size() - 2], k = x.back(), k2 = y[y.size() - 2], n = y.back();
  int64_t rank = batch.size() + 2, count = 1;
  for (int64_t size : batch)
    count *= size;
  if (k != k2) {
    (void)batchesDiffer(importer, node, count, k, k2);
    return {};
  }
  Shape wantA(batch), wantC(batch);
  wantA.append({m, k});
  wantC.append({k, n});
  a = importer.broadcast(a, wantA, node.loc);
  c = importer.broadcast(c, wantC, node.loc);
  SmallVector<int64_t> dims;
  for (size_t i = 0; i < batch.size(); ++i)
    dims.push_back(i);
  return ag::ContractOp::create(importer.b, node.loc, a, c, dims, dims, ArrayRef<int64_t>(rank - 1),
                                ArrayRef<int64_t>(rank - 2));
}

static LogicalResult matmul(Importer &importer, Node &node) {
  Value a = importer.readInput(node, 0), c = a ? importer.readInput(node, 1) : Value();
  if (!c || failed(checkDtypes(importer, node, a, c)))
    return failure();
  int64_t x = cast<RankedTensorType>(a.getType()).getRank(),
          y = cast<RankedTensorType>(c.getType()).getRank();
  if (x == 0 || y == 0)
    return importer.fail(node.loc,
                         "both arguments to matmul need to be at least 1D, but they are " +
                             Twine(x) + "D and " + Twine(y) + "D");
  Value product = x >= 3 && y >= 3 ? multiplyBatched(importer, node, a, c)
                                   : multiplyUnbatched(importer, node, a, c);
  if (!product || failed(checkResult(importer, node, product)))
    return failure();
  node.results = {importer.makeTensor(product, importer.needsGrad(node))};
  return success();
}

static LogicalResult linear(Importer &importer, Node &node) {
  Value x = importer.readInput(node, 0), weight = x ? importer.readInput(node, 1) : Value();
  if (!weight || failed(checkDtypes(importer, node, x, weight)))
    return failure();
  auto xShape = cast<RankedTensorType>(x.getType()).getShape(),
       wShape = cast<RankedTensorType>(weight.getType()).getShape();
  if (xShape.empty())
    return importer.fail(node.loc, "both arguments to linear need to be at least 1D, but they are "
                                   "0D and " +
                                       Twine(wShape.size()) + "D");
  if (wShape.size() != 1 && wShape.size() != 2)
    return importer.fail(*node.inputs[1].json,
                         "expected a weight [out, in] or [in], found shape " + listText(wShape));
  int64_t m = 1, in = wShape.back(), out = wShape.size() == 2 ? wShape[0] : 1;
  for (int64_t size : xShape.drop_back())
    m *= size;
  if (xShape.back() != in)
    return shapesDiffer(importer, node, m, xShape.back(), in, out);
  Value y = ag::ContractOp::create(
      importer.b, node.loc, x, weight, ArrayRef<int64_t>(), ArrayRef<int64_t>(),
      ArrayRef<int64_t>(int64_t(xShape.size()) - 1), ArrayRef<int64_t>(int64_t(wShape.size()) - 1));
  if (failed(checkResult(importer, node, y)))
    return failure();
  if (node.inputs.size() == 3) {
    Value bias = importer.readInput(node, 2);
    if (!bias || failed(checkDtypes(importer, node, x, bias)))
      return failure();
    auto shape = cast<RankedTensorType>(y.getType()).getShape();
    if (wShape.size() == 1 &&
        (xShape.size() == 2 || cast<RankedTensorType>(bias.getType()).getRank()))
      return importer.fail(node.loc, "addmm: mat2 must be a matrix, got 1-D tensor");
    Shape joined;
    auto biasShape = cast<RankedTensorType>(bias.getType()).getShape();
    if (biasShape.size() > 1 || (biasShape.size() == 1 && biasShape[0] != 1 && biasShape[0] != out))
      return importer.fail(
          node.loc, "The expanded size of the tensor (" + Twine(out) +
                        ") must match the existing size (" + Twine(biasShape.back()) +
                        ") at non-singleton dimension 1.  Target sizes: " + listText({m, out}) +
                        ".  Tensor sizes: " + listText(biasShape));
    y = ag::AddOp::create(importer.b, node.loc, y, importer.broadcast(bias, shape, node.loc));
  }
  node.results = {importer.makeTensor(y, importer.needsGrad(node))};
  return success();
}

//===-- Shared --------------------------------------------------------------------------------===//

LogicalResult wrapDim(Importer &importer, const Json &at, int64_t dim, int64_t rank,
                      int64_t &result) {
  int64_t range = std::max<int64_t>(rank, 1);
  if (dim < -range || dim >= range)
    return importer.fail(at, "Dimension out of range (expected to be in range of [" +
                                 Twine(-range) + ", " + Twine(range - 1) + "], but got " +
                                 Twine(dim) + ")");
  result = dim < 0 ? dim + range : dim;
  return success();
}

LogicalResult checkResult(Importer &importer, Node &node, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return importer.checkSize(node.loc, type.getShape(), type.getElementType());
}

void addComputeOps(OpTable &table) {
  using K = AttributeKind;
  const AttributeSpec dim{"dim", K::dims}, keepdim{"keepdim", K::boolean};
  table.add("reduction", {"sum",
                          1,
                          1,
                          {dim, keepdim},
                          "sum over `dim` (all when absent); i64 for integers and bools",
                          reduce<ag::ReduceSumOp>});
  table.add("reduction", {"mean",
                          1,
                          1,
                          {dim, keepdim},
                          "mean over `dim` (all when absent), floats only",
                          reduce<ag::ReduceMeanOp>});
  table.add("reduction", {"amax",
                          1,
                          1,
                          {dim, keepdim},
                          "maximum over `dim` (all when absent)",
                          reduce<ag::ReduceMaxOp>});
  table.add("reduction", {"amin",
                          1,
                          1,
                          {dim, keepdim},
                          "minimum over `dim` (all when absent)",
                          reduce<ag::ReduceMinOp>});
  table.add(
      "product",
      {"matmul", 2, 2, {}, "matrix product; vectors and batches as torch.matmul has them", matmul});
  table.add("product",
            {"linear", 2, 3, {}, "x times the transpose of weight [out, in], plus a bias", linear});
}

} // namespace gradc::graph
