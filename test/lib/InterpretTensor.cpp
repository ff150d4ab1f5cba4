// InterpretTensor.cpp - tensor ops and linalg.fill.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interpreter.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
namespace gradc::test {

/// The values of mixed static and dynamic sizes; `operands` are the dynamic ones, in order.
static SmallVector<int64_t> mixed(ArrayRef<int64_t> statics, ArrayRef<const Datum *> &operands) {
  SmallVector<int64_t> values;
  for (int64_t s : statics) {
    if (!ShapedType::isDynamic(s)) {
      values.push_back(s);
      continue;
    }
    values.push_back(operands.front()->data[0].i);
    operands = operands.drop_front();
  }
  return values;
}

/// Where the elements of a slice (with dropped dimensions or not) lie in the whole tensor.
static std::vector<int64_t> positions(const Datum &whole, ArrayRef<int64_t> offsets,
                                      ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  std::vector<int64_t> at;
  forEachIndex(sizes, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source;
    for (size_t d = 0; d < index.size(); ++d)
      source.push_back(offsets[d] + index[d] * strides[d]);
    at.push_back(whole.offset(source));
  });
  return at;
}

template <typename OpT>
static std::vector<int64_t> positions(OpT op, const Datum &whole, ArrayRef<const Datum *> dynamic) {
  SmallVector<int64_t> offsets = mixed(op.getStaticOffsets(), dynamic);
  SmallVector<int64_t> sizes = mixed(op.getStaticSizes(), dynamic);
  return positions(whole, offsets, sizes, mixed(op.getStaticStrides(), dynamic));
}

bool evaluateTensor(Operation &op, ArrayRef<const Datum *> operands, Datum &result) {
  if (isa<tensor::EmptyOp>(op)) {
    // Nobody may depend on this content: make it conspicuous.
    for (Number &n : result.data)
      n = {-7.77e77, -777777};
  } else if (isa<linalg::FillOp>(op)) {
    std::fill(result.data.begin(), result.data.end(), operands[0]->data[0]);
  } else if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op)) {
    result.data = operands[0]->data;
  } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    std::vector<int64_t> at = positions(slice, *operands[0], operands.drop_front());
    for (auto [i, p] : llvm::enumerate(at))
      result.data[i] = operands[0]->data[p];
  } else if (auto slice = dyn_cast<tensor::InsertSliceOp>(op)) {
    result.data = operands[1]->data;
    std::vector<int64_t> at = positions(slice, *operands[1], operands.drop_front(2));
    for (auto [i, p] : llvm::enumerate(at))
      result.data[p] = operands[0]->data[i];
  } else if (isa<tensor::ExtractOp>(op)) {
    SmallVector<int64_t> index;
    for (const Datum *d : operands.drop_front())
      index.push_back(d->data[0].i);
    result.data[0] = operands[0]->data[operands[0]->offset(index)];
  } else if (isa<tensor::FromElementsOp>(op)) {
    for (auto [i, d] : llvm::enumerate(operands))
      result.data[i] = d->data[0];
  } else {
    return false;
  }
  return true;
}

} // namespace gradc::test
