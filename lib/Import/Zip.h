// Zip.h - the directory of a zip archive, and the bytes of its entries.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.6 onwards, zip64 in
// 4.5.3). Sizes and places are taken from the central directory and checked against the file.
#ifndef GRADC_LIB_IMPORT_ZIP_H
#define GRADC_LIB_IMPORT_ZIP_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace gradc::graph {

struct ZipEntry {
  llvm::StringRef name;
  uint64_t flags = 0, method = 0, crc = 0;
  uint64_t packed = 0, size = 0; // bytes, in the file and of the content
  uint64_t header = 0;           // where its local header stands
};

/// The entries in the order of the central directory; false when it is damaged, then `problem` says
/// how.
bool readZipDirectory(llvm::StringRef zip, std::vector<ZipEntry> &entries, std::string &problem);

/// The bytes of an entry as the file holds them; false when they are cut off.
bool packedBytes(llvm::StringRef zip, const ZipEntry &entry, llvm::StringRef &packed,
                 std::string &problem);

/// The content of a stored or deflated entry, `buffer` when it had to be unpacked; its checksum is
/// verified.
bool readZipEntry(llvm::StringRef zip, const ZipEntry &entry, std::string &buffer,
                  llvm::StringRef &content, std::string &problem);

} // namespace gradc::graph

#endif
