// ContractionPlan.cpp - how a contraction is cut into blocks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/ContractionPlan.h"
#include "llvm/Support/MathExtras.h"

using namespace gradc::sched;

/// A packed panel of columns, and the packed rows of a block, have to stay in the second-level
/// cache.
static constexpr int64_t kPanelBytes = 256 << 10;
static constexpr int64_t kRowBytes = 1 << 20;
/// Packed columns that each tile of rows meets have to stay in the second-level cache, too.
static constexpr int64_t kNearColumnBytes = 1 << 20;
/// Packed columns that wait for their turn, and sums, may lie in the third.
static constexpr int64_t kColumnBytes = 4 << 20;
static constexpr int64_t kSumBytes = 4 << 20;
/// Fewer rows or columns than this do not repay packing the other factor; shorter sums neither.
static constexpr int64_t kReuse = 48;
static constexpr int64_t kDepth = 32;
/// Rows of a factor at most so far apart, in so many bytes in all, are near.
static constexpr int64_t kNearStep = 2 << 10;
static constexpr int64_t kNearBytes = 1 << 20;
static constexpr int64_t kNearestBytes = 64 << 10;
/// What is smaller is read from a near cache, in whatever order.
static constexpr int64_t kFarBytes = 256 << 10;

static int contractionOf(const KernelGraph &g) {
  llvm::SmallVector<bool> live = g.liveNodes();
  for (unsigned i = 0; i < g.nodes.size(); ++i)
    if (live[i] && g.nodes[i].kind == KernelNode::Contract)
      return int(i);
  llvm_unreachable("the form says that there is one");
}

ContractionPlan::ContractionPlan(const KernelGraph &g) : node(contractionOf(g)) {
  const KernelNode &c = g.nodes[node];
  const Access &result = g.results[0].access;
  n = result.dims.empty() ? int(g.sizes.size()) : result.dims.back().dim;
  wide = g.varies(c.in[1], n) || !g.varies(c.in[0], n) ? 1 : 0;
  const KernelNode &columnFactor = g.nodes[g.factorOf(c.in[wide])];
  const KernelNode &rowFactor = g.nodes[g.factorOf(c.in[1 - wide])];
  if (n < int(g.sizes.size()))
    columns = g.sizes[n];
  chooseRows(g, c.dims & ~columnFactor.dims);
  kSize = c.order.empty() ? 1 : g.sizes[c.order[0]];
  inner = g.count(c.reduced) / std::max<int64_t>(1, kSize);
  kBlock = kSize, mBlock = sumBlock = rows, nBlock = columns;

  int64_t bytes = std::max<int64_t>(1, c.type.getIntOrFloatBitWidth() / 8);
  int64_t tile = std::min<int64_t>(columns, 256 / bytes);
  bool strided = g.varies(c.in[wide], n) && columnFactor.access.strideOf(n) != 1 && columns > 1;
  // Rows far apart in memory share few cache sets and pages; those of a small factor are read from
  // the second-level cache as fast as a few rows of the other want them, those of a smaller one by
  // any number.
  int64_t step = c.order.empty() ? 0 : columnFactor.access.strideOf(c.order.back()) * bytes;
  int64_t extent = step * inner * kSize;
  bool near = (!strided && extent <= kNearestBytes) ||
              (rows < 2 * kReuse && step <= kNearStep && extent <= kNearBytes);
  bool far = rows >= kReuse && columns > tile && inner * kSize >= kDepth && !near;
  int64_t slice = std::max<int64_t>(1, inner) * tile * bytes;
  if (slice > kPanelBytes)
    return; // read across memory instead
  packsColumns = strided || far;
  packsRows = far && rowFactor.access.strideOf(c.order.back()) > 1 &&
              rows * inner * kSize * bytes >= kFarBytes;
  bool many = rows >= 2 * kReuse && columns > tile;
  if (!packsColumns) {
    rowsFirst = many && columns * inner * kSize * bytes <= kNearColumnBytes;
    return;
  }
  kBlock = std::min(kSize, kPanelBytes / slice);
  int64_t depth = std::max<int64_t>(1, inner * kBlock) * bytes;
  if (packsRows)
    mBlock = std::clamp<int64_t>(kRowBytes / depth, kReuse, rows);
  if (packsRows || isSplit())
    nBlock = std::clamp<int64_t>(kColumnBytes / depth, std::min(columns, tile), columns);
  if (isSplit())
    sumBlock = std::clamp<int64_t>(kSumBytes / (nBlock * bytes), std::min(rows, kReuse), rows);
  mBlock = std::min(mBlock, sumBlock);
  int64_t parts = llvm::divideCeil(columns * depth, kNearColumnBytes);
  rowsFirst = many && !isSplit() && !packsRows;
  if (rowsFirst) // room for whole tiles of any target, without one more block for the rest
    nBlock =
        std::min<int64_t>(columns, int64_t(llvm::divideCeil(columns, parts)) + kMaxTileColumns);
}

/// The longest dim that only one factor varies over; if a dim among several has room for whole
/// tiles of any target, all of them, so that what is packed of the other factor serves all.
void ContractionPlan::chooseRows(const KernelGraph &g, uint64_t dims) {
  llvm::SmallVector<int> candidates;
  for (const Access::Dim &d : g.results[0].access.dims)
    if (d.dim != n && dims >> d.dim & 1 && g.sizes[d.dim] > 1)
      candidates.push_back(d.dim);
  auto longest = [&](int64_t multiple) {
    for (int d : candidates)
      if (g.sizes[d] % multiple == 0 && g.sizes[d] > rows) {
        m = d;
        rows = g.sizes[d];
      }
  };
  if (candidates.size() > 1)
    longest(8);
  if (m < 0)
    return longest(1);
  for (int d : candidates)
    if (d != m) {
      outerRows.push_back(d);
      rows *= g.sizes[d];
    }
}

/// Parts of the scratch memory begin at multiples of a cache line.
static int64_t aligned(int64_t elements) { return int64_t(llvm::alignTo(elements, 64)); }

int64_t ContractionPlan::packedColumnElements() const {
  return packsBlocks() ? aligned((nBlock + kMaxTileColumns) * inner * kBlock) : 0;
}
int64_t ContractionPlan::packedRowElements() const {
  return packsRows ? aligned((mBlock + kMaxTileRows) * (inner * kBlock + 16)) : 0;
}
int64_t ContractionPlan::sumElements() const {
  return isSplit() ? aligned((sumBlock + kMaxTileRows) * (nBlock + kMaxTileColumns)) : 0;
}
