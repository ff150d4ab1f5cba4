// Data.cpp - the contents of large tensors, which stay where they were read from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Data.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
namespace gradc {

static uint64_t widthOf(Type element) { return std::max(1u, element.getIntOrFloatBitWidth() / 8); }

ElementsAttr makeElements(RankedTensorType type, ArrayRef<char> bytes,
                          std::shared_ptr<const llvm::MemoryBuffer> owner) {
  if (type.getElementType().isInteger(1)) { // packed by MLIR
    SmallVector<bool> bools(bytes.begin(), bytes.end());
    return DenseElementsAttr::get(type, ArrayRef<bool>(bools));
  }
  if (!owner || bytes.size() < kLargeData)
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  AsmResourceBlob blob = UnmanagedAsmResourceBlob::allocateWithAlign(
      bytes, widthOf(type.getElementType()), [owner](void *, size_t, size_t) {});
  return DenseResourceElementsAttr::get(type, "data", std::move(blob));
}

std::optional<ArrayRef<char>> resourceBytes(ElementsAttr elements) {
  auto resource = dyn_cast_if_present<DenseResourceElementsAttr>(elements);
  AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  ShapedType type = resource ? resource.getType() : ShapedType();
  if (!blob || !type.getElementType().isIntOrFloat() || type.getElementType().isInteger(1) ||
      blob->getData().size() != uint64_t(type.getNumElements()) * widthOf(type.getElementType()))
    return std::nullopt;
  return blob->getData();
}

DenseElementsAttr denseElements(ElementsAttr elements) {
  if (auto dense = dyn_cast_if_present<DenseElementsAttr>(elements))
    return dense;
  auto bytes = resourceBytes(elements);
  return bytes ? DenseElementsAttr::getFromRawBuffer(cast<ShapedType>(elements.getType()), *bytes)
               : DenseElementsAttr();
}

} // namespace gradc
