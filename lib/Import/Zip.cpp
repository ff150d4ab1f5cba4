// Zip.cpp - reads zip archives.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Zip.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include <zlib.h>

using namespace mlir;
namespace gradc::graph {

namespace {
/// Little-endian fields at offsets; past the end they are 0.
struct Bytes {
  StringRef data;

  template <typename T> uint64_t get(uint64_t at) const {
    return fits(at, sizeof(T))
               ? llvm::support::endian::read<T, llvm::endianness::little>(data.data() + at)
               : 0;
  }
  uint64_t u16(uint64_t at) const { return get<uint16_t>(at); }
  uint64_t u32(uint64_t at) const { return get<uint32_t>(at); }
  uint64_t u64(uint64_t at) const { return get<uint64_t>(at); }
  bool fits(uint64_t at, uint64_t size) const {
    return at <= data.size() && size <= data.size() - at;
  }
};

/// Where the directory is and how many entries it has.
struct Directory {
  uint64_t at = 0, count = 0;
};
} // namespace

static bool fail(std::string &problem, const llvm::Twine &text) {
  problem = text.str();
  return false;
}

static bool findDirectory(Bytes zip, Directory &found, std::string &problem) {
  uint64_t size = zip.data.size();
  if (size < 22)
    return fail(problem, "the file is too short for a zip archive");
  uint64_t end = size - 22, lowest = end > 65535 ? end - 65535 : 0;
  while (end > lowest && zip.u32(end) != 0x06054b50)
    --end;
  if (zip.u32(end) != 0x06054b50)
    return fail(problem, "it has no end of a zip archive: the file is cut off or no archive");
  found = {zip.u32(end + 16), zip.u16(end + 10)};
  if (found.at != UINT32_MAX && found.count != UINT16_MAX)
    return true;
  // The locator of zip64 stands just before.
  if (end < 20 || zip.u32(end - 20) != 0x07064b50)
    return fail(problem, "the zip64 end of the archive is missing");
  uint64_t large = zip.u64(end - 12);
  if (!zip.fits(large, 56) || zip.u32(large) != 0x06064b50)
    return fail(problem, "the zip64 end of the archive is damaged");
  found = {zip.u64(large + 48), zip.u64(large + 32)};
  return true;
}

/// The 64-bit sizes that an extra field holds for those that are all ones.
static bool readZip64(Bytes extra, ZipEntry &entry) {
  for (uint64_t at = 0; extra.fits(at, 4); at += 4 + extra.u16(at + 2)) {
    if (extra.u16(at) != 1)
      continue;
    uint64_t field = at + 4, end = field + extra.u16(at + 2);
    for (uint64_t *value : {&entry.size, &entry.packed, &entry.header}) {
      if (*value != UINT32_MAX)
        continue;
      if (field + 8 > end || !extra.fits(field, 8))
        return false;
      *value = extra.u64(field);
      field += 8;
    }
    return true;
  }
  return entry.size != UINT32_MAX && entry.packed != UINT32_MAX && entry.header != UINT32_MAX;
}

bool readZipDirectory(StringRef bytes, std::vector<ZipEntry> &entries, std::string &problem) {
  Bytes zip{bytes};
  Directory directory;
  if (!findDirectory(zip, directory, problem))
    return false;
  // An entry takes 46 bytes here at least: a larger count is a damaged one.
  if (directory.count > bytes.size() / 46)
    return fail(problem, "the directory of the archive is damaged");
  uint64_t at = directory.at;
  for (uint64_t i = 0; i < directory.count; ++i) {
    uint64_t name = zip.u16(at + 28), extra = zip.u16(at + 30);
    if (zip.u32(at) != 0x02014b50 || !zip.fits(at + 46, name + extra))
      return fail(problem, "the directory of the archive is damaged");
    ZipEntry entry{bytes.substr(at + 46, name),
                   zip.u16(at + 8),
                   zip.u16(at + 10),
                   zip.u32(at + 16),
                   zip.u32(at + 20),
                   zip.u32(at + 24),
                   zip.u32(at + 42)};
    if (!readZip64({bytes.substr(at + 46 + name, extra)}, entry))
      return fail(problem, "the sizes of entry '" + entry.name + "' are damaged");
    entries.push_back(entry);
    at += 46 + name + extra + zip.u16(at + 32);
  }
  return true;
}

bool packedBytes(StringRef bytes, const ZipEntry &entry, StringRef &packed, std::string &problem) {
  Bytes zip{bytes};
  uint64_t at = entry.header;
  if (!zip.fits(at, 30) || zip.u32(at) != 0x04034b50)
    return fail(problem, "the entry's header is damaged");
  uint64_t start = at + 30 + zip.u16(at + 26) + zip.u16(at + 28);
  if (!zip.fits(start, entry.packed))
    return fail(problem, "the entry is cut off");
  packed = bytes.substr(start, entry.packed);
  return true;
}

static bool inflateBytes(StringRef packed, std::string &result) {
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return false;
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data()));
  stream.avail_in = packed.size();
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = result.size();
  int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  return status == Z_STREAM_END && stream.avail_out == 0;
}

bool readZipEntry(StringRef zip, const ZipEntry &entry, std::string &buffer, StringRef &content,
                  std::string &problem) {
  StringRef packed;
  if (entry.flags & 1)
    return fail(problem, "the entry is encrypted");
  if (!packedBytes(zip, entry, packed, problem))
    return false;
  if (entry.method == 0) {
    content = packed;
  } else if (entry.method == 8) {
    if (entry.size > UINT32_MAX || entry.packed > UINT32_MAX)
      return fail(problem, "compressed entries of 4 GiB and more are not supported");
    // Deflate packs at most about 1032 to 1: more is a damaged size, not worth the memory.
    if (entry.size / 1040 > entry.packed)
      return fail(problem, "the entry's size is damaged");
    buffer.resize(entry.size);
    if (!inflateBytes(packed, buffer))
      return fail(problem, "the entry's compressed data is damaged");
    content = buffer;
  } else {
    return fail(problem, "expected an entry that is stored or deflated, found method " +
                             llvm::Twine(entry.method));
  }
  if (content.size() != entry.size ||
      crc32_z(0, reinterpret_cast<const Bytef *>(content.data()), content.size()) != entry.crc)
    return fail(problem, "the entry's checksum is wrong");
  return true;
}

} // namespace gradc::graph
