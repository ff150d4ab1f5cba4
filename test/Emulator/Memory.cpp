// Memory.cpp - memory of the emulated device: bounds, and who read and wrote what.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every four bytes, and for narrower accesses every byte, have a record of their last write and
// last reads. Two accesses of which one writes race unless a barrier stands between them: one of
// the block for threads of a block, one of the warp for lanes of a warp, the end of the kernel for
// threads of different blocks.
#include "Memory.h"
#include <cstring>
#include <sys/mman.h>
#include <vector>

using namespace emulator;

namespace {

constexpr unsigned kWarp = 32;

/// The last access, or the last reads of several threads at one time.
struct Stamp {
  enum Who : uint16_t { Thread, Warp, Block, Grid };
  uint64_t launch = 0;
  uint32_t block = 0;
  uint16_t thread = 0, epoch = 0, warpEpoch = 0;
  Who who = Thread;
};

struct Record {
  Stamp write, read;
};

struct Region {
  char *begin;
  size_t bytes;
  bool isShared;
  Record *words, *narrow;
};

std::vector<Region> regions;

/// Zeroed, and without cost until it is touched.
Record *records(size_t count) {
  void *p = mmap(nullptr, count * sizeof(Record), PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? nullptr : static_cast<Record *>(p);
}

void add(char *begin, size_t bytes, bool isShared) {
  regions.push_back({begin, bytes, isShared, records(bytes / 4 + 1), records(bytes + 1)});
}

/// Whether nothing orders what `s` says and the access.
bool races(const Stamp &s, const Access &a) {
  if (s.launch != a.launch)
    return false;
  if (s.who == Stamp::Grid || s.block != a.block)
    return true;
  if (s.who == Stamp::Thread && s.thread == a.thread)
    return false;
  if (s.epoch != a.epoch)
    return false;
  bool sameWarp = s.who != Stamp::Block && s.thread / kWarp == a.thread / kWarp;
  return !sameWarp || s.warpEpoch == a.warpEpoch;
}

Stamp stampOf(const Access &a) {
  return {a.launch, a.block, a.thread, a.epoch, a.warpEpoch, Stamp::Thread};
}

/// Adds a read to those that are not ordered before it.
void merge(Stamp &s, const Access &a) {
  if (!races(s, a)) {
    // The thread itself or an earlier time: what raced with it before is told by the write alone.
    if (s.launch != a.launch || s.who == Stamp::Thread || s.epoch != a.epoch)
      s = stampOf(a);
    return;
  }
  if (s.who == Stamp::Grid || s.block != a.block)
    s.who = Stamp::Grid;
  else if (s.who == Stamp::Block || s.thread / kWarp != a.thread / kWarp)
    s.who = Stamp::Block;
  else
    s.who = Stamp::Warp;
}

std::string text(const Stamp &s) {
  std::string block = "block " + std::to_string(s.block);
  switch (s.who) {
  case Stamp::Thread:
    return "thread " + std::to_string(s.thread) + " of " + block;
  case Stamp::Warp:
    return "warp " + std::to_string(s.thread / kWarp) + " of " + block;
  case Stamp::Block:
    return block;
  case Stamp::Grid:
    return "several blocks";
  }
  return "";
}

std::string check(Record &r, const Access &a) {
  if (races(r.write, a))
    return std::string("race: ") + (a.isWrite ? "written" : "read") + " while " + text(r.write) +
           " writes it";
  if (!a.isWrite) {
    merge(r.read, a);
    return "";
  }
  if (races(r.read, a))
    return "race: written while " + text(r.read) + " reads it";
  r.write = stampOf(a);
  return "";
}

} // namespace

char *emulator::allocate(size_t bytes) {
  bytes = (bytes + 4095) / 4096 * 4096;
  void *p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED)
    return nullptr;
  memset(p, 0xff, bytes);
  add(static_cast<char *>(p), bytes, false);
  return static_cast<char *>(p);
}

static void protect(int how) {
  for (const Region &r : regions)
    if (!r.isShared)
      mprotect(r.begin, r.bytes, how);
}
void emulator::open() { protect(PROT_READ | PROT_WRITE); }
void emulator::close() { protect(PROT_NONE); }

void emulator::addShared(char *begin, size_t bytes) { add(begin, bytes, true); }

void emulator::poisonShared() {
  for (const Region &r : regions)
    if (r.isShared)
      memset(r.begin, 0xff, r.bytes);
}

std::string emulator::note(const char *p, unsigned bytes, unsigned alignment, const char *base,
                           uint64_t extent, const Access &a) {
  if (reinterpret_cast<uintptr_t>(p) % alignment)
    return "misaligned: " + std::to_string(bytes) + " bytes";
  if (extent && (p < base || uint64_t(p - base) + bytes > extent))
    return "out of bounds: byte " + std::to_string(p - base) + " of a buffer of " +
           std::to_string(extent);
  for (Region &r : regions) {
    if (p < r.begin || p + bytes > r.begin + r.bytes)
      continue;
    size_t offset = size_t(p - r.begin), unit = bytes < 4 ? 1 : 4;
    // Every block has its own shared memory: for that it is a launch of its own.
    Access here = a;
    here.launch = a.launch << 32 | (r.isShared ? a.block : 0);
    for (size_t i = 0; i < bytes; i += unit) {
      Record &record = unit == 4 ? r.words[(offset + i) / 4] : r.narrow[offset + i];
      if (std::string wrong = check(record, here); !wrong.empty())
        return wrong;
    }
    return "";
  }
  return "out of bounds: no memory of the device";
}
