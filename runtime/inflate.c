// inflate.c - unpacks raw deflate data (RFC 1951) from memory to memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both sizes are known beforehand, so no window, no state between calls and no allocation are
// needed. zlib's inflate, which accepts and refuses the same streams, would be 29 KB of an
// executable; this is 2.
#include "files.h"

#include <string.h>

enum {
  FAST_BITS = 10,
  MAX_BITS = 15,
  LENGTH_CODES = 286,
  DISTANCE_CODES = 30,
  FIXED_LENGTH_CODES = 288
};

typedef struct bits {
  const unsigned char *at, *end;
  uint64_t
      buffer; // the next `count` bits, lowest first; above them may stand bits that are read again
  unsigned count;
} bits;

typedef struct huffman {
  uint16_t
      fast[1 << FAST_BITS]; // by the next bits: symbol << 4 | length, 0 for longer or unused codes
  uint16_t count[MAX_BITS + 1];        // codes of each length
  uint16_t symbol[FIXED_LENGTH_CODES]; // in order of their codes
} huffman;

// Afterwards at least 56 bits are there, or all that are left.
static void refill(bits *b) {
  if (b->end - b->at >= 8) {
    b->buffer |= gradc_get64(b->at) << b->count;
    b->at += (63 - b->count) >> 3;
    b->count |= 56;
    return;
  }
  for (; b->count <= 56 && b->at < b->end; b->count += 8)
    b->buffer |= (uint64_t)*b->at++ << b->count;
}

static void drop(bits *b, unsigned n) {
  b->buffer >>= n;
  b->count -= n;
}

// n <= 16 bits. Returns -1 at the end of the data.
static int take_bits(bits *b, unsigned n) {
  refill(b);
  if (b->count < n)
    return -1;
  int value = (int)(b->buffer & ((1u << n) - 1));
  drop(b, n);
  return value;
}

static unsigned reverse(unsigned code, unsigned length) {
  unsigned reversed = 0;
  for (; length; --length, code >>= 1)
    reversed = reversed << 1 | (code & 1);
  return reversed;
}

enum { WRONG = 0, COMPLETE = 1, UNUSED = 2 };

// Returns WRONG for lengths that no prefix code has, and UNUSED for one code of one bit, or none:
// half of the codes, or all of them, then mean nothing.
static int build(huffman *h, const uint8_t *lengths, unsigned n) {
  uint16_t next[MAX_BITS + 2] = {0}, start[MAX_BITS + 2] = {0};
  int left = 1, longest = 0;
  memset(h->count, 0, sizeof h->count);
  memset(h->fast, 0, sizeof h->fast);
  for (unsigned i = 0; i < n; ++i)
    ++h->count[lengths[i]];
  h->count[0] = 0;
  for (int length = 1; length <= MAX_BITS; ++length) {
    left = 2 * left - h->count[length];
    if (left < 0)
      return WRONG;
    if (h->count[length])
      longest = length;
    start[length + 1] = (uint16_t)(start[length] + h->count[length]);
    next[length + 1] = (uint16_t)((next[length] + h->count[length]) << 1);
  }
  if (left && longest > 1)
    return WRONG;
  for (unsigned i = 0; i < n; ++i) {
    unsigned length = lengths[i];
    if (!length)
      continue;
    h->symbol[start[length]++] = (uint16_t)i;
    unsigned code = next[length]++;
    if (length > FAST_BITS)
      continue;
    for (unsigned at = reverse(code, length); at < 1u << FAST_BITS; at += 1u << length)
      h->fast[at] = (uint16_t)(i << 4 | length);
  }
  return left ? UNUSED : COMPLETE;
}

// The next symbol, or -1. At least 15 bits are in the buffer, or all that are left.
static int decode(bits *b, const huffman *h) {
  unsigned entry = h->fast[b->buffer & ((1u << FAST_BITS) - 1)];
  if (entry) {
    if (b->count < (entry & 15))
      return -1;
    drop(b, entry & 15);
    return (int)(entry >> 4);
  }
  int code = 0, first = 0, index = 0;
  for (unsigned length = 1; length <= MAX_BITS && length <= b->count; ++length) {
    code |= (int)(b->buffer >> (length - 1) & 1);
    int count = h->count[length];
    if (code - count < first) {
      drop(b, length);
      return h->symbol[index + code - first];
    }
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  return -1;
}

static int read_stored(bits *b, unsigned char **out, const unsigned char *end) {
  drop(b, b->count & 7);
  int length = take_bits(b, 16), check = take_bits(b, 16);
  if (length < 0 || check < 0 || length != (~check & 0xffff))
    return 0;
  // Whole bytes in the buffer go back.
  b->at -= b->count >> 3;
  b->buffer = b->count = 0;
  if (b->end - b->at < length || end - *out < length)
    return 0;
  memcpy(*out, b->at, (size_t)length);
  b->at += length;
  *out += length;
  return 1;
}

static void fixed_codes(huffman *lengths, huffman *distances) {
  uint8_t all[FIXED_LENGTH_CODES];
  memset(all, 8, 144);
  memset(all + 144, 9, 112);
  memset(all + 256, 7, 24);
  memset(all + 280, 8, 8);
  build(lengths, all, FIXED_LENGTH_CODES);
  memset(all, 5, 32);
  build(distances, all, 32); // 30 and 31 have codes, too, but mean nothing
}

// The two codes of a block with its own. `lengths` serves for the code of their lengths first.
static int read_codes(bits *b, huffman *lengths, huffman *distances) {
  static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
  uint8_t all[LENGTH_CODES + DISTANCE_CODES + 138] = {0};
  int n_lengths = take_bits(b, 5), n_distances = take_bits(b, 5), n_codes = take_bits(b, 4);
  if (n_codes < 0)
    return 0;
  n_lengths += 257;
  n_distances += 1;
  if (n_lengths > LENGTH_CODES || n_distances > DISTANCE_CODES)
    return 0;
  for (int i = 0; i < n_codes + 4; ++i) {
    int length = take_bits(b, 3);
    if (length < 0)
      return 0;
    all[order[i]] = (uint8_t)length;
  }
  if (build(lengths, all, 19) != COMPLETE)
    return 0;
  memset(all, 0, 19);
  for (int i = 0; i < n_lengths + n_distances;) {
    refill(b);
    int symbol = decode(b, lengths);
    if (symbol < 0)
      return 0;
    if (symbol < 16) {
      all[i++] = (uint8_t)symbol;
      continue;
    }
    if (symbol == 16 && !i)
      return 0;
    int repeat = symbol == 16 ? take_bits(b, 2) : symbol == 17 ? take_bits(b, 3) : take_bits(b, 7);
    if (repeat < 0)
      return 0;
    repeat += symbol == 18 ? 11 : 3;
    if (i + repeat > n_lengths + n_distances)
      return 0;
    memset(all + i, symbol == 16 ? all[i - 1] : 0, (size_t)repeat);
    i += repeat;
  }
  // Without code 256 the block would never end.
  return all[256] && build(lengths, all, (unsigned)n_lengths) &&
         build(distances, all + n_lengths, (unsigned)n_distances);
}

// Copies `length` bytes from `distance` back; the two may overlap.
static void copy_match(unsigned char *out, unsigned distance, unsigned length) {
  const unsigned char *from = out - distance;
  if (distance >= length) {
    memcpy(out, from, length);
    return;
  }
  while (length--)
    *out++ = *from++;
}

static int read_packed(bits *b, const huffman *lengths, const huffman *distances,
                       const unsigned char *start, unsigned char **out, const unsigned char *end) {
  static const uint16_t length_base[29] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                           15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                           67, 83, 99, 115, 131, 163, 195, 227, 258};
  static const uint8_t length_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                           2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static const uint16_t distance_base[DISTANCE_CODES] = {
      1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
      193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  for (;;) {
    refill(b);
    int symbol = decode(b, lengths);
    if (symbol < 0)
      return 0;
    if (symbol < 256) {
      if (*out == end)
        return 0;
      *(*out)++ = (unsigned char)symbol;
      continue;
    }
    if (symbol == 256)
      return 1;
    if (symbol > 285)
      return 0;
    int more = take_bits(b, length_extra[symbol - 257]);
    unsigned length = length_base[symbol - 257] + (unsigned)more;
    refill(b);
    int code = more < 0 ? -1 : decode(b, distances);
    if (code < 0 || code >= DISTANCE_CODES)
      return 0;
    more = take_bits(b, code < 2 ? 0 : (unsigned)code / 2 - 1);
    unsigned distance = distance_base[code] + (unsigned)more;
    if (more < 0 || *out - start < (ptrdiff_t)distance || end - *out < (ptrdiff_t)length)
      return 0;
    copy_match(*out, distance, length);
    *out += length;
  }
}

int gradc_inflate(gradc_bytes packed, unsigned char *out, uint64_t size) {
  bits b = {packed.data, packed.data + packed.size, 0, 0};
  unsigned char *start = out, *end = out + size;
  huffman lengths, distances;
  for (int last = 0; !last;) {
    last = take_bits(&b, 1);
    int kind = take_bits(&b, 2), good = 0;
    if (last < 0 || kind < 0 || kind == 3)
      return -1;
    if (kind == 0) {
      good = read_stored(&b, &out, end);
    } else {
      if (kind == 1)
        fixed_codes(&lengths, &distances);
      else if (!read_codes(&b, &lengths, &distances))
        return -1;
      good = read_packed(&b, &lengths, &distances, start, &out, end);
    }
    if (!good)
      return -1;
  }
  return out == end && (uint64_t)(b.end - b.at) == 0 && b.count < 8 ? 0 : -1;
}
