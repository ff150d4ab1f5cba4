// Npz.cpp - finds an entry of a .npz file, which is a zip archive of .npy files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Npy.h"
#include "Zip.h"

using namespace mlir;
namespace gradc::graph {

bool readNpzEntry(const Owned &archive, StringRef key, Owned &result, std::string &problem) {
  std::vector<ZipEntry> entries;
  if (!readZipDirectory(archive.bytes, entries, problem)) {
    problem = "expected a .npz file, found a damaged archive: " + problem;
    return false;
  }
  std::string known;
  const ZipEntry *found = nullptr;
  for (const ZipEntry &entry : entries) {
    StringRef name = entry.name;
    name.consume_back(".npy");
    known += (known.empty() ? "" : ", ") + name.str();
    if (name == key)
      found = &entry;
  }
  if (!found) {
    problem = ("expected one of the entries " + known + " for 'key', found '" + key + "'").str();
    return false;
  }
  std::string inflated;
  if (!readZipEntry(archive.bytes, *found, inflated, result.bytes, problem))
    return false;
  result.owner = archive.owner;
  if (found->method != 0) {
    result.owner = llvm::MemoryBuffer::getMemBufferCopy(result.bytes);
    result.bytes = result.owner->getBuffer();
  }
  return true;
}

} // namespace gradc::graph
