// Npz.cpp - finds an entry of a .npz file, which is a zip archive of .npy files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Npy.h"
#include "Zip.h"

using namespace mlir;
namespace gradc::graph {

bool readNpzEntry(StringRef bytes, StringRef key, std::string &result, std::string &problem) {
  std::vector<ZipEntry> entries;
  if (!readZipDirectory(bytes, entries, problem)) {
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
  StringRef content;
  if (!readZipEntry(bytes, *found, result, content, problem))
    return false;
  if (content.data() != result.data())
    result = content.str();
  return true;
}

} // namespace gradc::graph
