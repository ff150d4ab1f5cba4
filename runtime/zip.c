// zip.c - reads members of zip archives, stored or deflated.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PKWARE's APPNOTE 6.3. The central directory at the end is the truth; the local header in front of
// a member must agree with it. Every field is checked against the file's size before it is used.
#include "files.h"
#include "hosted.h"

#include <string.h>

enum { END_BYTES = 22, END64_BYTES = 56, LOCATOR_BYTES = 20, ENTRY_BYTES = 46, LOCAL_BYTES = 30 };

static const char truncated[] = "it is truncated or not a zip file";
static const char damaged_directory[] = "its central directory is damaged";

// One record of the central directory.
typedef struct entry {
  const char *name;
  size_t name_length;
  uint64_t packed, size, local;
  uint32_t crc;
  uint16_t flags, method;
} entry;

// Where 32-bit fields are full, a 64-bit extra field holds their values, in this order.
static int widen(const unsigned char *extra, size_t length, uint64_t *size, uint64_t *packed,
                 uint64_t *local) {
  uint64_t *fields[3] = {size, packed, local};
  const unsigned char *at = NULL, *end = NULL;
  for (size_t i = 0; i + 4 <= length;) {
    size_t bytes = gradc_get16(extra + i + 2);
    if (bytes > length - i - 4)
      return 0;
    if (gradc_get16(extra + i) == 1) {
      at = extra + i + 4;
      end = at + bytes;
    }
    i += 4 + bytes;
  }
  for (int i = 0; i < 3; ++i) {
    if (!fields[i] || *fields[i] != UINT32_MAX)
      continue;
    if (!at || end - at < 8)
      return 0;
    *fields[i] = gradc_get64(at);
    at += 8;
  }
  return 1;
}

// Reads the record at `*at` of the directory and moves on. Returns 0 when it is damaged.
static int next_entry(const gradc_archive *archive, uint64_t *at, entry *out) {
  const unsigned char *p = archive->file.data + *at;
  uint64_t room = archive->directory + archive->directory_bytes - *at;
  if (room < ENTRY_BYTES || gradc_get32(p) != 0x02014b50)
    return 0;
  size_t name = gradc_get16(p + 28), extra = gradc_get16(p + 30), comment = gradc_get16(p + 32);
  if (room - ENTRY_BYTES < name + extra + comment)
    return 0;
  *out = (entry){.name = (const char *)p + ENTRY_BYTES,
                 .name_length = name,
                 .packed = gradc_get32(p + 20),
                 .size = gradc_get32(p + 24),
                 .local = gradc_get32(p + 42),
                 .crc = gradc_get32(p + 16),
                 .flags = gradc_get16(p + 8),
                 .method = gradc_get16(p + 10)};
  *at += ENTRY_BYTES + name + extra + comment;
  return widen(p + ENTRY_BYTES + name, extra, &out->size, &out->packed, &out->local);
}

// The end record stands before a comment of up to 65535 bytes.
static int find_end(gradc_bytes file, uint64_t *out) {
  if (file.size < END_BYTES)
    return 0;
  uint64_t least = file.size > END_BYTES + 65535 ? file.size - END_BYTES - 65535 : 0;
  for (uint64_t at = file.size - END_BYTES + 1; at-- > least;) {
    const unsigned char *p = file.data + at;
    if (gradc_get32(p) == 0x06054b50 && at + END_BYTES + gradc_get16(p + 20) == file.size) {
      *out = at;
      return 1;
    }
  }
  return 0;
}

const char *gradc_zip_open(gradc_archive *archive) {
  gradc_bytes file = archive->file;
  uint64_t end;
  if (!find_end(file, &end))
    return truncated;
  const unsigned char *p = file.data + end;
  if (gradc_get16(p + 4) || gradc_get16(p + 6))
    return "it is one part of a split zip archive";
  archive->members = gradc_get16(p + 10);
  archive->directory_bytes = gradc_get32(p + 12);
  archive->directory = gradc_get32(p + 16);
  if (end >= LOCATOR_BYTES && gradc_get32(p - LOCATOR_BYTES) == 0x07064b50) {
    uint64_t end64 = gradc_get64(p - LOCATOR_BYTES + 8);
    if (end < LOCATOR_BYTES + END64_BYTES || end64 > end - LOCATOR_BYTES - END64_BYTES ||
        gradc_get32(file.data + end64) != 0x06064b50)
      return damaged_directory;
    archive->members = gradc_get64(file.data + end64 + 32);
    archive->directory_bytes = gradc_get64(file.data + end64 + 40);
    archive->directory = gradc_get64(file.data + end64 + 48);
    end = end64;
  }
  if (archive->directory > end || archive->directory_bytes > end - archive->directory)
    return damaged_directory;
  uint64_t at = archive->directory;
  entry ignored;
  for (uint64_t i = 0; i < archive->members; ++i)
    if (!next_entry(archive, &at, &ignored))
      return damaged_directory;
  return at == archive->directory + archive->directory_bytes ? NULL : damaged_directory;
}

// Finds the member's bytes behind its local header, which must say what the directory says.
static const char *locate(const gradc_archive *archive, const entry *e, const unsigned char **out) {
  static const char wrong[] = "its local header in the archive is damaged";
  const unsigned char *p = archive->file.data + e->local;
  if (e->local > archive->directory || archive->directory - e->local < LOCAL_BYTES ||
      gradc_get32(p) != 0x04034b50)
    return wrong;
  size_t name = gradc_get16(p + 26), extra = gradc_get16(p + 28);
  uint64_t room = archive->directory - e->local - LOCAL_BYTES;
  if (room < name + extra || room - name - extra < e->packed)
    return wrong;
  if (gradc_get16(p + 8) != e->method || name != e->name_length ||
      memcmp(p + LOCAL_BYTES, e->name, name))
    return wrong;
  uint64_t packed = gradc_get32(p + 18), size = gradc_get32(p + 22);
  if (!widen(p + LOCAL_BYTES + name, extra, &size, &packed, NULL))
    return wrong;
  // With bit 3 the sizes and the checksum follow the member; the directory has them too.
  if (!(e->flags & 8) && (packed != e->packed || size != e->size || gradc_get32(p + 14) != e->crc))
    return wrong;
  *out = p + LOCAL_BYTES + name + extra;
  return NULL;
}

static const char *unpack(const unsigned char *packed, const entry *e, gradc_bytes *out) {
  static const char wrong[] = "its compressed data is damaged";
  // Deflate packs 1032 to 1 at best: a larger promise is a lie, not worth allocating for.
  if (e->size / 1032 > e->packed)
    return wrong;
  unsigned char *data = gradc_pages(e->size);
  if (!data)
    return "there is no memory to unpack it";
  *out = (gradc_bytes){data, e->size};
  return gradc_inflate((gradc_bytes){packed, e->packed}, data, e->size) ? wrong : NULL;
}

static const char *read_member(const gradc_archive *archive, const entry *e, gradc_array *out) {
  const unsigned char *data;
  if (e->flags & 1)
    return "it is encrypted";
  if (e->method != 0 && e->method != 8)
    return "its compression is neither 'stored' nor 'deflated'";
  if (e->method == 0 && e->packed != e->size)
    return "its sizes in the archive are damaged";
  const char *why = locate(archive, e, &data);
  if (why)
    return why;
  gradc_bytes file = {data, e->size};
  if (e->method == 8)
    why = unpack(data, e, &file);
  if (why)
    return why;
  if (gradc_crc32(0, file.data, file.size) != e->crc)
    return "its checksum is wrong: the file is damaged";
  return gradc_npy_parse(file, out);
}

// NumPy stores array x as x.npy.
static int names(const entry *e, const char *name) {
  size_t length = strlen(name);
  if (e->name_length < length || memcmp(e->name, name, length))
    return 0;
  size_t rest = e->name_length - length;
  return rest == 0 || (rest == 4 && !memcmp(e->name + length, ".npy", 4));
}

int gradc_zip_find(const gradc_archive *archive, const char *name, gradc_array *out,
                   const char **why) {
  uint64_t at = archive->directory;
  entry e, match = {0};
  int matches = 0;
  for (uint64_t i = 0; i < archive->members; ++i) {
    if (next_entry(archive, &at, &e) && names(&e, name)) {
      match = e;
      ++matches;
    }
  }
  if (!matches)
    return GRADC_MISSING;
  *why = matches > 1 ? "the archive has it twice" : read_member(archive, &match, out);
  return *why ? GRADC_BROKEN : GRADC_FOUND;
}

void gradc_zip_names(const gradc_archive *archive, gradc_name_visitor visit, void *context) {
  uint64_t at = archive->directory;
  entry e;
  for (uint64_t i = 0; i < archive->members && next_entry(archive, &at, &e); ++i) {
    size_t length = e.name_length;
    if (length > 4 && !memcmp(e.name + length - 4, ".npy", 4))
      length -= 4;
    if (!visit(context, e.name, length))
      return;
  }
}
