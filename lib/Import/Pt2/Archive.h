// Archive.h - the container of a .pt2 file: its entries, its parts and its tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A .pt2 file as torch.export.save writes it is a zip archive of stored entries below one root
// folder: models/NAME.json is the program; data/weights and data/constants hold storages, each
// folder with a table NAME_weights_config.json or NAME_constants_config.json of the tensors that
// are views of them.
#ifndef GRADC_LIB_IMPORT_PT2_ARCHIVE_H
#define GRADC_LIB_IMPORT_PT2_ARCHIVE_H

#include "../Json.h"
#include "../Zip.h"
#include "gradc/IR/Data.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include <memory>
#include <optional>

namespace gradc::pt2 {

using graph::Json;

/// A JSON entry of the archive, and where to report problems of its parts.
struct Document {
  Json root;
  mlir::StringAttr file; // "model.pt2:models/model.json"

  mlir::Location at(const Json &json) const {
    return mlir::FileLineColLoc::get(file, json.at.line, json.at.column);
  }
  mlir::LogicalResult fail(const Json &json, const llvm::Twine &text) const;
  /// "expected WHAT, found ..."
  mlir::LogicalResult expected(const Json &json, const llvm::Twine &what) const;
  /// A key of an object; null after an error.
  const Json *field(const Json &object, llvm::StringRef key, const llvm::Twine &owner) const;
};

/// The element type of a ScalarType of the export schema: null when there is none in gradc.
mlir::Type elementOf(mlir::MLIRContext *context, int64_t scalarType);
/// What PyTorch calls it: "torch.complex64".
std::string scalarTypeName(int64_t scalarType);

/// A tensor over a storage; sizes and strides in elements.
struct Payload {
  std::string path; // of the storage, within the root
  bool isParameter = false;
  bool requiresGrad = false;
  int64_t scalarType = 0;
  mlir::Type element;
  llvm::SmallVector<int64_t> sizes, strides;
  int64_t offset = 0;
  const Json *json = nullptr;
  const Document *document = nullptr;

  /// The same view of the same storage.
  bool isTiedTo(const Payload &other) const {
    return path == other.path && sizes == other.sizes && strides == other.strides &&
           offset == other.offset && scalarType == other.scalarType;
  }
};

class Archive {
public:
  /// Null after an error. `bytes` must outlive it. Where there is an owner of them, large tensors
  /// refer to them instead of being copied.
  static std::unique_ptr<Archive> open(mlir::MLIRContext *context, llvm::StringRef bytes,
                                       llvm::StringRef fileName,
                                       std::shared_ptr<const llvm::MemoryBuffer> owner = nullptr);

  const Document &program() const { return model; }
  /// By the names of the state dict.
  const Payload *weight(llvm::StringRef name) const { return find(weights, name); }
  const Payload *constant(llvm::StringRef name) const { return find(constants, name); }
  /// The contents in row-major order; null after an error.
  mlir::ElementsAttr read(const Payload &payload) const;
  mlir::LogicalResult fail(const llvm::Twine &text) const;

private:
  using Table = llvm::MapVector<llvm::StringRef, Payload>;
  static const Payload *find(const Table &table, llvm::StringRef name) {
    auto found = table.find(name);
    return found == table.end() ? nullptr : &found->second;
  }
  mlir::LogicalResult readHeader();
  mlir::LogicalResult checkMarker(llvm::StringRef name, llvm::StringRef wanted);
  mlir::LogicalResult readDocument(llvm::StringRef name, Document &document);
  mlir::LogicalResult readTable(llvm::StringRef folder, llvm::StringRef what, Document &document,
                                Table &table);
  mlir::LogicalResult readPayload(const Document &document, const Json &json, Payload &payload);
  /// The content of an entry below the root; none after an error.
  std::optional<llvm::StringRef> content(llvm::StringRef name) const;

  mlir::MLIRContext *context = nullptr;
  llvm::StringRef bytes;
  std::shared_ptr<const llvm::MemoryBuffer> owner;
  std::string fileName, root, name;
  std::vector<graph::ZipEntry> entries;
  llvm::StringMap<const graph::ZipEntry *> byName;
  Document model, weightsConfig, constantsConfig;
  Table weights, constants;
  /// Storages whose checksum was right.
  mutable llvm::StringMap<llvm::StringRef> verified;
};

} // namespace gradc::pt2

#endif
