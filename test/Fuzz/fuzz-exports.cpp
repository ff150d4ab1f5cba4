// fuzz-exports.cpp - bytes as an exported PyTorch program: never a crash, never invalid IR.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bytes that begin as a zip archive are taken as one. Others are the JSON entries of an archive,
// with a zero byte between them: the program, the table of weights, the table of constants. They
// are put into an archive with right checksums, which random changes would hardly ever have.
#include "gradc/Import/Import.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mutate-json.h"
#include <cstdlib>
#include <zlib.h>

using namespace gradc;
using llvm::StringRef;

namespace {
/// Writes an archive of stored entries.
class Writer {
public:
  void add(StringRef name, StringRef data) {
    uint64_t at = file.size();
    uint32_t crc = crc32(0, reinterpret_cast<const Bytef *>(data.data()), data.size());
    header(file, 0x04034b50, crc, name, data);
    file += name;
    file += data;
    header(directory, 0x02014b50, crc, name, data);
    number(directory, 0, 6); // comment, disk, attributes
    number(directory, 0, 4);
    number(directory, at, 4);
    directory += name;
    ++count;
  }
  std::string finish() {
    uint64_t at = file.size(), size = directory.size();
    file += directory;
    number(file, 0x06054b50, 4);
    number(file, 0, 4);
    number(file, count, 2);
    number(file, count, 2);
    number(file, size, 4);
    number(file, at, 4);
    number(file, 0, 2);
    return std::move(file);
  }

private:
  static void number(std::string &out, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      out += char(value >> (8 * i));
  }
  static void header(std::string &out, uint32_t mark, uint32_t crc, StringRef name,
                     StringRef data) {
    number(out, mark, 4);
    number(out, mark == 0x02014b50 ? 0x00140014 : 0x14, mark == 0x02014b50 ? 4 : 2);
    number(out, 0, 8); // flags, method, time, date
    number(out, crc, 4);
    number(out, data.size(), 4);
    number(out, data.size(), 4);
    number(out, name.size(), 2);
    number(out, 0, 2);
  }

  std::string file, directory;
  unsigned count = 0;
};
} // namespace

static std::string archiveOf(StringRef bytes) {
  auto [program, tables] = bytes.split('\0');
  auto [weights, constants] = tables.split('\0');
  Writer writer;
  writer.add("m/archive_format", "pt2");
  writer.add("m/archive_version", "0");
  writer.add("m/byteorder", "little");
  writer.add("m/models/model.json", program);
  if (!weights.empty())
    writer.add("m/data/weights/model_weights_config.json", weights);
  if (!constants.empty())
    writer.add("m/data/constants/model_constants_config.json", constants);
  std::string storage(1024, '\1');
  for (int i = 0; i < 12; ++i) {
    writer.add("m/data/weights/weight_" + std::to_string(i), storage);
    writer.add("m/data/constants/tensor_" + std::to_string(i), storage);
  }
  return writer.finish();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  StringRef bytes(reinterpret_cast<const char *>(data), size);
  std::string made;
  if (!isPt2(bytes)) {
    made = archiveOf(bytes);
    bytes = made;
  }
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  unsigned errors = 0;
  mlir::ScopedDiagnosticHandler count(&context, [&](mlir::Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
    return mlir::success();
  });
  Pt2Options options;
  options.keepOpen = true;
  auto module = importPt2(context, bytes, "fuzz.pt2", options);
  // What is refused is refused with a message, and what is read is valid.
  if (module ? failed(mlir::verify(*module)) : errors == 0)
    abort();
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  if (isPt2(StringRef(reinterpret_cast<const char *>(data), size)))
    return LLVMFuzzerMutate(data, size, most);
  return fuzz::mutateJson(data, size, most, seed);
}
