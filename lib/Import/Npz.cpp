// Npz.cpp - finds an entry of a .npz file, which is a zip archive of .npy files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.6 onwards).
#include "Npy.h"
#include "llvm/Support/Endian.h"
#include <zlib.h>

using namespace mlir;
namespace gradc::graph {

namespace {
/// Little-endian fields at offsets; past the end they are 0.
struct Bytes {
  StringRef data;
  uint64_t u16(uint64_t at) const {
    return fits(at, 2) ? llvm::support::endian::read16le(data.data() + at) : 0;
  }
  uint64_t u32(uint64_t at) const {
    return fits(at, 4) ? llvm::support::endian::read32le(data.data() + at) : 0;
  }
  bool fits(uint64_t at, uint64_t size) const {
    return at <= data.size() && size <= data.size() - at;
  }
};

struct Entry {
  StringRef name;
  uint64_t method = 0, crc = 0, packed = 0, size = 0, header = 0;
};
} // namespace

/// The entries of the central directory; false when it is damaged.
static bool readDirectory(Bytes zip, std::vector<Entry> &entries) {
  uint64_t size = zip.data.size();
  if (size < 22)
    return false;
  uint64_t end = size - 22, lowest = end > 65535 ? end - 65535 : 0;
  while (end > lowest && zip.u32(end) != 0x06054b50)
    --end;
  if (zip.u32(end) != 0x06054b50)
    return false;
  uint64_t count = zip.u16(end + 10), at = zip.u32(end + 16);
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t name = zip.u16(at + 28);
    if (zip.u32(at) != 0x02014b50 || !zip.fits(at + 46, name))
      return false;
    entries.push_back({zip.data.substr(at + 46, name), zip.u16(at + 10), zip.u32(at + 16),
                       zip.u32(at + 20), zip.u32(at + 24), zip.u32(at + 42)});
    at += 46 + name + zip.u16(at + 30) + zip.u16(at + 32);
  }
  return true;
}

static bool inflateEntry(StringRef packed, std::string &result) {
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

bool readZipEntry(StringRef bytes, StringRef key, std::string &result, std::string &problem) {
  auto fail = [&](const Twine &text) {
    problem = text.str();
    return false;
  };
  Bytes zip{bytes};
  std::vector<Entry> entries;
  if (!readDirectory(zip, entries))
    return fail("expected a .npz file, found a damaged archive");
  std::string known;
  const Entry *found = nullptr;
  for (const Entry &entry : entries) {
    StringRef name = entry.name;
    name.consume_back(".npy");
    known += (known.empty() ? "" : ", ") + name.str();
    if (name == key)
      found = &entry;
  }
  if (!found)
    return fail("expected one of the entries " + known + " for 'key', found '" + key + "'");
  if (found->packed == UINT32_MAX || found->size == UINT32_MAX || found->header == UINT32_MAX)
    return fail("entries of 4 GiB and more are not supported");
  uint64_t start = found->header + 30 + zip.u16(found->header + 26) + zip.u16(found->header + 28);
  if (zip.u32(found->header) != 0x04034b50 || !zip.fits(start, found->packed))
    return fail("the entry is cut off");
  StringRef packed = bytes.substr(start, found->packed);
  // Deflate packs at most about 1032 to 1: more is a damaged size, not worth the memory.
  if (found->method == 8 && found->size / 1040 > found->packed)
    return fail("the entry's size is damaged");
  if (found->method == 0) {
    result = packed.str();
  } else if (found->method == 8) {
    result.resize(found->size);
    if (!inflateEntry(packed, result))
      return fail("the entry's compressed data is damaged");
  } else {
    return fail("expected an entry that is stored or deflated, found method " +
                Twine(found->method));
  }
  if (result.size() != found->size ||
      crc32(0, reinterpret_cast<const Bytef *>(result.data()), result.size()) != found->crc)
    return fail("the entry's checksum is wrong");
  return true;
}

} // namespace gradc::graph
