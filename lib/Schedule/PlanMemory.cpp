// PlanMemory.cpp - places every buffer in one arena.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Schedule/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/Support/MathExtras.h"

namespace gradc::sched {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "gradc/Schedule/Passes.h.inc"
} // namespace gradc::sched

using namespace mlir;
using namespace gradc;

namespace {

struct Buffer {
  memref::AllocOp alloc;
  int64_t size;
  /// First and last moment at which the buffer holds something.
  int64_t from, to;
  int64_t offset = -1;
};

/// Moments of a function: each op begins and ends at one, its regions lie in between. The branches
/// of an scf.if come one after the other, so that their buffers never overlap in time.
class Lifetimes {
public:
  explicit Lifetimes(func::FuncOp f) : function(f), flow(f) { number(f); }

  /// Fails where a buffer that a loop makes in each iteration is carried by it: its next value
  /// would be written over the old one.
  LogicalResult compute(Buffer &buffer) {
    for (Value alias : flow.resolve(buffer.alloc)) {
      if (auto arg = dyn_cast<BlockArgument>(alias))
        if (Operation *owner = arg.getOwner()->getParentOp();
            isa<LoopLikeOpInterface>(owner) && owner->isProperAncestor(buffer.alloc))
          return buffer.alloc.emitError(
              "internal error: a buffer made in a loop is carried by that loop");
      for (Operation *user : alias.getUsers())
        extend(buffer, user);
    }
    return success();
  }

private:
  struct Span {
    int64_t begin, end;
  };

  void number(Operation *op) {
    int64_t begin = now++;
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Operation &inner : block)
          number(&inner);
    spans[op] = {begin, now++};
  }

  void extend(Buffer &buffer, Operation *user) {
    Span span = spans[user];
    // A carried buffer lives as long as the loop.
    if (!isa<LoopLikeOpInterface>(user))
      span.end = span.begin;
    for (Operation *outer = user->getParentOp(); outer != function; outer = outer->getParentOp())
      if (isa<LoopLikeOpInterface>(outer) && !outer->isProperAncestor(buffer.alloc))
        span = spans[outer];
    buffer.from = std::min(buffer.from, span.begin);
    buffer.to = std::max(buffer.to, span.end);
  }

  func::FuncOp function;
  BufferViewFlowAnalysis flow;
  llvm::DenseMap<Operation *, Span> spans;
  int64_t now = 0;
};

int64_t bytesOf(MemRefType type) {
  Type element = type.getElementType();
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return type.getNumElements() * llvm::divideCeil(bits, 8);
}

/// Largest first, each at the lowest offset that nothing alive at the same time holds. Returns the
/// arena's size.
int64_t place(MutableArrayRef<Buffer> buffers) {
  SmallVector<Buffer *> order = llvm::to_vector(llvm::make_pointer_range(buffers));
  llvm::sort(order, [](Buffer *a, Buffer *b) {
    return a->size != b->size ? a->size > b->size : a < b; // in program order
  });
  SmallVector<Buffer *> placed; // by offset
  int64_t peak = 0;
  for (Buffer *buffer : order) {
    int64_t offset = 0;
    for (Buffer *other : placed) {
      if (other->to < buffer->from || buffer->to < other->from)
        continue;
      if (offset + buffer->size <= other->offset)
        break;
      offset = std::max(offset, other->offset + other->size);
    }
    buffer->offset = offset;
    peak = std::max(peak, offset + buffer->size);
    placed.insert(llvm::upper_bound(placed, buffer,
                                    [](Buffer *a, Buffer *b) { return a->offset < b->offset; }),
                  buffer);
  }
  return peak;
}

struct PlanMemoryPass : sched::impl::PlanMemoryPassBase<PlanMemoryPass> {
  using PlanMemoryPassBase::PlanMemoryPassBase;

  LogicalResult collect(SmallVectorImpl<Buffer> &buffers) {
    Lifetimes lifetimes(getOperation());
    SmallVector<memref::AllocOp> allocs;
    getOperation().walk([&](memref::AllocOp alloc) { allocs.push_back(alloc); });
    for (memref::AllocOp alloc : allocs) {
      if (!alloc.getType().hasStaticShape())
        return alloc.emitError("internal error: a buffer of dynamic size");
      int64_t size = llvm::alignTo(bytesOf(alloc.getType()), alignment);
      Buffer buffer{alloc, size, std::numeric_limits<int64_t>::max(), -1};
      if (failed(lifetimes.compute(buffer)))
        return failure();
      buffers.push_back(buffer);
    }
    return success();
  }

  void runOnOperation() override {
    func::FuncOp f = getOperation();
    if (f.isExternal())
      return;
    SmallVector<Buffer> buffers;
    if (failed(collect(buffers)))
      return signalPassFailure();
    int64_t bytes = place(buffers);

    OpBuilder b(f.getContext());
    unsigned n = f.getNumArguments();
    auto type = MemRefType::get({bytes}, b.getI8Type());
    auto attrs = b.getDictionaryAttr(b.getNamedAttr(sched::kArenaAttr, b.getUnitAttr()));
    if (failed(f.insertArgument(n, type, attrs, f.getLoc())))
      return signalPassFailure();
    b.setInsertionPointToStart(&f.getBody().front());
    for (Buffer &buffer : buffers) {
      Location loc = buffer.alloc.getLoc();
      Value offset = arith::ConstantIndexOp::create(b, loc, buffer.offset);
      auto view = memref::ViewOp::create(b, loc, buffer.alloc.getType(), f.getArgument(n), offset,
                                         ValueRange{});
      buffer.alloc.replaceAllUsesWith(view.getResult());
    }
    for (Buffer &buffer : buffers)
      buffer.alloc.erase();
    int64_t copies = 0;
    f.walk([&](memref::CopyOp) { ++copies; });
    f->setAttr("sched.arena_bytes", b.getI64IntegerAttr(bytes));
    f->setAttr("sched.copies", b.getI64IntegerAttr(copies));
  }
};

} // namespace
