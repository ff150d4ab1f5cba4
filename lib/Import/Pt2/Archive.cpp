// Archive.cpp - opens .pt2 archives and reads their tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Archive.h"
#include "Graph.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
namespace gradc::pt2 {

//===-- Documents -----------------------------------------------------------------------------===//

LogicalResult Document::fail(const Json &json, const Twine &text) const {
  return emitError(at(json), text);
}

LogicalResult Document::expected(const Json &json, const Twine &what) const {
  return fail(json, "expected " + what + ", found " + json.describe());
}

const Json *Document::field(const Json &object, StringRef key, const Twine &owner) const {
  if (object.kind != Json::Kind::object) {
    (void)expected(object, "an object for " + owner);
    return nullptr;
  }
  const Json *found = object.find({key.data(), key.size()});
  if (!found)
    (void)fail(object, "expected field '" + key + "' of " + owner + ", found none");
  return found;
}

//===-- Types ---------------------------------------------------------------------------------===//

namespace {
struct ScalarType {
  int64_t number;
  StringRef name;
};
} // namespace

static const ScalarType scalarTypes[] = {{1, "uint8"},
                                         {2, "int8"},
                                         {3, "int16"},
                                         {4, "int32"},
                                         {5, "int64"},
                                         {6, "float16"},
                                         {7, "float32"},
                                         {8, "float64"},
                                         {9, "complex32"},
                                         {10, "complex64"},
                                         {11, "complex128"},
                                         {12, "bool"},
                                         {13, "bfloat16"},
                                         {28, "uint16"},
                                         {29, "float8_e4m3fn"},
                                         {30, "float8_e5m2"},
                                         {31, "float8_e4m3fnuz"},
                                         {32, "float8_e5m2fnuz"},
                                         {33, "float8_e8m0fnu"},
                                         {34, "uint32"},
                                         {35, "uint64"}};

std::string scalarTypeName(int64_t scalarType) {
  for (const ScalarType &type : scalarTypes)
    if (type.number == scalarType)
      return ("torch." + type.name).str();
  return "dtype " + std::to_string(scalarType);
}

Type elementOf(MLIRContext *context, int64_t scalarType) {
  switch (scalarType) {
  case 1:
    return IntegerType::get(context, 8, IntegerType::Unsigned);
  case 2:
    return IntegerType::get(context, 8);
  case 3:
    return IntegerType::get(context, 16);
  case 4:
    return IntegerType::get(context, 32);
  case 5:
    return IntegerType::get(context, 64);
  case 6:
    return Float16Type::get(context);
  case 7:
    return Float32Type::get(context);
  case 8:
    return Float64Type::get(context);
  case 12:
    return IntegerType::get(context, 1);
  case 13:
    return BFloat16Type::get(context);
  default:
    return {};
  }
}

//===-- Opening -------------------------------------------------------------------------------===//

LogicalResult Archive::fail(const Twine &text) const {
  return emitError(FileLineColLoc::get(context, fileName, 1, 1), text);
}

std::unique_ptr<Archive> Archive::open(MLIRContext *context, StringRef bytes, StringRef fileName,
                                       std::shared_ptr<const llvm::MemoryBuffer> owner) {
  auto archive = std::make_unique<Archive>();
  archive->context = context;
  archive->bytes = bytes;
  archive->owner = std::move(owner);
  archive->fileName = fileName.str();
  std::string problem;
  if (!graph::readZipDirectory(bytes, archive->entries, problem)) {
    (void)archive->fail("expected a .pt2 archive: " + problem);
    return nullptr;
  }
  if (failed(archive->readHeader()))
    return nullptr;
  const std::string &name = archive->name;
  if (failed(archive->readDocument("models/" + name + ".json", archive->model)) ||
      failed(archive->readTable("data/weights/", name + "_weights_config.json",
                                archive->weightsConfig, archive->weights)) ||
      failed(archive->readTable("data/constants/", name + "_constants_config.json",
                                archive->constantsConfig, archive->constants)))
    return nullptr;
  return archive;
}

std::optional<StringRef> Archive::content(StringRef entryName) const {
  if (auto known = verified.find(entryName); known != verified.end())
    return known->second;
  auto found = byName.find(entryName);
  if (found == byName.end()) {
    (void)fail("expected entry '" + entryName + "' in the archive, found none");
    return std::nullopt;
  }
  const graph::ZipEntry &entry = *found->second;
  std::string problem, buffer;
  StringRef result;
  if (entry.method != 0) {
    (void)fail("entry '" + entryName + "': expected a stored entry, found method " +
               Twine(entry.method));
    return std::nullopt;
  }
  if (!graph::readZipEntry(bytes, entry, buffer, result, problem)) {
    (void)fail("entry '" + entryName + "': " + problem);
    return std::nullopt;
  }
  verified[entryName] = result;
  return result;
}

LogicalResult Archive::checkMarker(StringRef entryName, StringRef wanted) {
  auto found = content(entryName);
  if (!found)
    return failure();
  if (found->trim() != wanted)
    return fail("entry '" + entryName + "': expected '" + wanted + "', found '" +
                found->trim().take_front(40) + "'");
  return success();
}

LogicalResult Archive::readHeader() {
  if (entries.empty())
    return fail("expected a .pt2 archive, found an empty one");
  root = entries[0].name.split('/').first.str() + "/";
  for (const graph::ZipEntry &entry : entries) {
    StringRef rest = entry.name;
    if (rest == "serialized_exported_program.json" || rest.ends_with("/constants.pkl"))
      return fail("expected a .pt2 archive of PyTorch 2.9 or later, found one in an older format: "
                  "export the program again with torch.export.save");
    if (!rest.consume_front(root))
      return fail("expected all entries below '" + root + "', found '" + entry.name + "'");
    if (!byName.try_emplace(rest, &entry).second)
      return fail("entry '" + rest + "' is there twice");
    if (rest.consume_front("models/") && rest.consume_back(".json")) {
      if (!name.empty())
        return fail("expected one program, found '" + name + "' and '" + rest + "'");
      name = rest.str();
    }
  }
  for (StringRef pickled : {"data/weights/", "data/constants/"})
    if (byName.contains((pickled + name + ".pt").str()))
      return fail("entry '" + pickled + name +
                  ".pt' is pickled, as older releases of PyTorch wrote it: export the program "
                  "again with torch.export.save");
  if (failed(checkMarker("archive_format", "pt2")) || failed(checkMarker("archive_version", "0")) ||
      failed(checkMarker("byteorder", "little")))
    return failure();
  if (name.empty())
    return fail("expected an entry 'models/NAME.json', which is the program, found none");
  return success();
}

LogicalResult Archive::readDocument(StringRef entryName, Document &document) {
  auto text = content(entryName);
  if (!text)
    return failure();
  document.file = StringAttr::get(context, fileName + ":" + entryName);
  graph::JsonError error;
  if (graph::parseJson({text->data(), text->size()}, document.root, error))
    return success();
  return emitError(FileLineColLoc::get(document.file, error.at.line, error.at.column), error.text);
}

//===-- Tensors -------------------------------------------------------------------------------===//

LogicalResult Archive::readTable(StringRef folder, StringRef what, Document &document,
                                 Table &table) {
  std::string entryName = (folder + what).str();
  if (!byName.contains(entryName))
    return success(); // an archive without any
  if (failed(readDocument(entryName, document)))
    return failure();
  const Json *config = document.field(document.root, "config", "the table of tensors");
  if (!config)
    return failure();
  if (config->kind != Json::Kind::object)
    return document.expected(*config, "an object for 'config'");
  for (auto [key, json] : llvm::zip(config->keys, config->items)) {
    Payload &payload = table[key.text];
    if (failed(readPayload(document, json, payload)))
      return failure();
    payload.path = folder.str() + payload.path;
  }
  return success();
}

/// A list of {"as_int": n}.
static LogicalResult readSizes(const Document &document, const Json &list, StringRef what,
                               SmallVectorImpl<int64_t> &result) {
  if (list.kind != Json::Kind::array)
    return document.expected(list, "a list for '" + what + "'");
  for (const Json &item : list.items) {
    const Json *value = document.field(item, "as_int", "a number of '" + what + "'");
    if (!value)
      return failure();
    if (value->kind != Json::Kind::integer || value->integer < 0)
      return document.expected(*value, "an integer not below 0 in '" + what + "'");
    result.push_back(value->integer);
  }
  return success();
}

LogicalResult Archive::readPayload(const Document &document, const Json &json, Payload &payload) {
  payload.json = &json;
  payload.document = &document;
  const Json *path = document.field(json, "path_name", "a tensor"),
             *pickled = path ? document.field(json, "use_pickle", "a tensor") : nullptr,
             *meta = pickled ? document.field(json, "tensor_meta", "a tensor") : nullptr;
  if (!meta)
    return failure();
  if (path->kind != Json::Kind::string)
    return document.expected(*path, "the name of an entry for 'path_name'");
  if (pickled->kind != Json::Kind::boolean || pickled->boolean)
    return document.fail(json, "entry '" + path->text +
                                   "' is a pickled object (a custom object or a tensor subclass), "
                                   "which gradc does not read");
  payload.path = path->text;
  if (const Json *parameter = json.find("is_param"))
    payload.isParameter = parameter->kind == Json::Kind::boolean && parameter->boolean;
  const Json *dtype = document.field(*meta, "dtype", "'tensor_meta'"),
             *sizes = dtype ? document.field(*meta, "sizes", "'tensor_meta'") : nullptr,
             *strides = sizes ? document.field(*meta, "strides", "'tensor_meta'") : nullptr,
             *offset = strides ? document.field(*meta, "storage_offset", "'tensor_meta'") : nullptr;
  if (!offset)
    return failure();
  if (dtype->kind != Json::Kind::integer)
    return document.expected(*dtype, "an integer for 'dtype'");
  payload.scalarType = dtype->integer;
  payload.element = elementOf(context, dtype->integer);
  if (!payload.element)
    return document.fail(*dtype,
                         "a tensor of " + scalarTypeName(dtype->integer) + " is not supported");
  if (const Json *grad = meta->find("requires_grad"))
    payload.requiresGrad = grad->kind == Json::Kind::boolean && grad->boolean;
  const Json *start = document.field(*offset, "as_int", "'storage_offset'");
  if (!start)
    return failure();
  if (start->kind != Json::Kind::integer || start->integer < 0)
    return document.expected(*start, "an integer not below 0 for 'storage_offset'");
  payload.offset = start->integer;
  if (failed(readSizes(document, *sizes, "sizes", payload.sizes)) ||
      failed(readSizes(document, *strides, "strides", payload.strides)))
    return failure();
  if (payload.sizes.size() != payload.strides.size())
    return document.fail(*strides, "expected " + Twine(payload.sizes.size()) +
                                       " strides, as there are sizes, found " +
                                       Twine(payload.strides.size()));
  return success();
}

/// The number of elements, and the first element behind the last one that is used; none when a
/// number overflows.
static std::optional<std::pair<int64_t, int64_t>> extent(const Payload &payload) {
  int64_t count = 1, last = payload.offset;
  for (int64_t size : payload.sizes)
    if (__builtin_mul_overflow(count, size, &count))
      return std::nullopt;
  if (count == 0)
    return std::pair<int64_t, int64_t>(0, 0);
  for (auto [size, stride] : llvm::zip(payload.sizes, payload.strides)) {
    int64_t step;
    if (__builtin_mul_overflow(size - 1, stride, &step) ||
        __builtin_add_overflow(last, step, &last))
      return std::nullopt;
  }
  if (__builtin_add_overflow(last, int64_t(1), &last))
    return std::nullopt;
  return std::pair(count, last);
}

/// Copies the elements of a view in row-major order.
static void gather(const Payload &payload, StringRef storage, unsigned width, char *out) {
  size_t rank = payload.sizes.size();
  SmallVector<int64_t> index(rank, 0);
  int64_t at = payload.offset;
  // The last dimension is one copy where its elements lie side by side.
  int64_t run = rank && payload.strides.back() == 1 ? payload.sizes.back() : 1;
  size_t outer = run > 1 ? rank - 1 : rank;
  while (true) {
    memcpy(out, storage.data() + at * width, run * width);
    out += run * width;
    size_t d = outer;
    while (d-- > 0) {
      at += payload.strides[d];
      if (++index[d] < payload.sizes[d])
        break;
      at -= payload.strides[d] * payload.sizes[d];
      index[d] = 0;
    }
    if (d == size_t(-1))
      return;
  }
}

ElementsAttr Archive::read(const Payload &payload) const {
  const Document &document = *payload.document;
  auto found = extent(payload);
  if (!found) {
    (void)document.fail(*payload.json, "the sizes and strides of the tensor overflow");
    return {};
  }
  auto [count, last] = *found;
  auto type = RankedTensorType::get(payload.sizes, payload.element);
  if (count == 0)
    return DenseElementsAttr::getFromRawBuffer(type, {});
  auto storage = content(payload.path);
  if (!storage)
    return {};
  unsigned width = std::max(1u, payload.element.getIntOrFloatBitWidth() / 8);
  if (uint64_t(last) > storage->size() / width) {
    (void)document.fail(*payload.json, "entry '" + payload.path + "': expected at least " +
                                           Twine(last) + " elements of " + Twine(width) +
                                           " bytes, found " + Twine(storage->size()) + " bytes");
    return {};
  }
  // An expanded tensor may be far larger than its file: that much memory is not worth an entry.
  uint64_t room = std::max<uint64_t>(storage->size(), uint64_t(1) << 28);
  if (uint64_t(count) > room / width) {
    (void)document.fail(*payload.json, "a tensor of " + Twine(count) +
                                           " elements is too large: expected at most 2^28 bytes, "
                                           "or as many as its storage has");
    return {};
  }
  if (liesInRows(payload.sizes, payload.strides))
    return makeElements(
        type, ArrayRef<char>(storage->data() + payload.offset * width, count * width), owner);
  std::shared_ptr<llvm::WritableMemoryBuffer> gathered =
      llvm::WritableMemoryBuffer::getNewUninitMemBuffer(count * width);
  gather(payload, *storage, width, gathered->getBufferStart());
  return makeElements(type, gathered->getBuffer(), gathered);
}

} // namespace gradc::pt2
