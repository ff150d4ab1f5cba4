// bytes.c - files in memory, little-endian fields, checksums, and shapes as text.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files.h"
#include "hosted.h"
#include "number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Pipes and devices have no size: read until they end.
static int read_stream(int fd, gradc_bytes *out) {
  size_t size = 0, room = 1 << 16;
  unsigned char *data = malloc(room);
  while (data) {
    ssize_t got = read(fd, data + size, room - size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      break;
    if (got == 0) {
      *out = (gradc_bytes){data, size};
      return 0;
    }
    size += (size_t)got;
    if (size < room)
      continue;
    unsigned char *more = realloc(data, room *= 2);
    if (!more)
      break;
    data = more;
  }
  int error = errno;
  free(data);
  errno = error;
  return -1;
}

static int read_descriptor(int fd, gradc_bytes *out) {
  struct stat status;
  if (fstat(fd, &status))
    return -1;
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return -1;
  }
  if (!S_ISREG(status.st_mode))
    return read_stream(fd, out);
  *out = (gradc_bytes){(const unsigned char *)"", (uint64_t)status.st_size};
  if (!out->size)
    return 0; // nothing to map
  void *data = mmap(NULL, out->size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED)
    return -1;
  out->data = data;
  return 0;
}

int gradc_read_file(const char *path, gradc_bytes *out) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || read_descriptor(fd, out)) {
    gradc_report("%s: cannot read: %s", path, strerror(errno));
    if (fd >= 0)
      close(fd);
    return -1;
  }
  close(fd);
  return 0;
}

uint16_t gradc_get16(const unsigned char *p) { return (uint16_t)(p[0] | p[1] << 8); }

uint32_t gradc_get32(const unsigned char *p) {
  return gradc_get16(p) | (uint32_t)gradc_get16(p + 2) << 16;
}

uint64_t gradc_get64(const unsigned char *p) {
  return gradc_get32(p) | (uint64_t)gradc_get32(p + 4) << 32;
}

void gradc_put16(unsigned char *p, uint32_t x) {
  p[0] = (unsigned char)x;
  p[1] = (unsigned char)(x >> 8);
}

void gradc_put32(unsigned char *p, uint32_t x) {
  gradc_put16(p, x);
  gradc_put16(p + 2, x >> 16);
}

void gradc_put64(unsigned char *p, uint64_t x) {
  gradc_put32(p, (uint32_t)x);
  gradc_put32(p + 4, (uint32_t)(x >> 32));
}

// table[k][b]: the checksum of byte b followed by k zeros; eight bytes a step ("slicing by 8",
// Kounavis and Berry, 2005).
static uint32_t table[8][256];

static void make_table(void) {
  for (uint32_t b = 0; b < 256; ++b) {
    uint32_t crc = b;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    table[0][b] = crc;
  }
  for (int k = 1; k < 8; ++k)
    for (uint32_t b = 0; b < 256; ++b)
      table[k][b] = table[k - 1][b] >> 8 ^ table[0][table[k - 1][b] & 255];
}

uint32_t gradc_crc32(uint32_t crc, const unsigned char *data, uint64_t size) {
  if (!table[0][1])
    make_table();
  crc = ~crc;
  for (; size >= 8; size -= 8, data += 8) {
    uint32_t low = crc ^ gradc_get32(data), high = gradc_get32(data + 4);
    crc = table[7][low & 255] ^ table[6][low >> 8 & 255] ^ table[5][low >> 16 & 255] ^
          table[4][low >> 24] ^ table[3][high & 255] ^ table[2][high >> 8 & 255] ^
          table[1][high >> 16 & 255] ^ table[0][high >> 24];
  }
  for (; size; --size, ++data)
    crc = crc >> 8 ^ table[0][(crc ^ *data) & 255];
  return ~crc;
}

const char *gradc_shape_text(const int64_t *shape, uint32_t rank, char *out) {
  size_t length = 0;
  out[length++] = '[';
  for (uint32_t i = 0; i < rank; ++i) {
    if (length + 32 > GRADC_SHAPE_CHARS) {
      memcpy(out + length, ", ...", 5);
      length += 5;
      break;
    }
    if (i)
      out[length++] = ',', out[length++] = ' ';
    length += (size_t)gradc_format_i64(out + length, shape[i]);
  }
  out[length++] = ']';
  out[length] = 0;
  return out;
}

int gradc_tensor_bytes(const int64_t *shape, uint32_t rank, uint32_t dtype, uint64_t *out) {
  uint64_t bytes = gradc_rt_dtype_bytes(dtype);
  int empty = 0;
  for (uint32_t i = 0; i < rank; ++i) {
    if (shape[i] < 0)
      return 0;
    if (!shape[i])
      empty = 1;
    else if (__builtin_mul_overflow(bytes, (uint64_t)shape[i], &bytes))
      return 0;
  }
  *out = empty ? 0 : bytes;
  return bytes <= INT64_MAX;
}

const char *gradc_printable(const char *text, size_t length, char *out) {
  size_t kept = length > 100 ? 100 : length;
  for (size_t i = 0; i < kept; ++i)
    out[i] = (unsigned char)text[i] < 32 || text[i] == 127 ? '?' : text[i];
  memcpy(out + kept, length > kept ? "..." : "", length > kept ? 4 : 1);
  return out;
}
