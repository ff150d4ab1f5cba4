// Threads.cpp - what one thread of a GPU knows, and how it works with others.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Threads.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::gpu;

/// The address space of the memory of a block.
static constexpr unsigned kSharedSpace = 3;
static constexpr int64_t kAllLanes = -1;

Threads::Threads(LaneBuilder &b, int64_t blockSize)
    : b(b), blockSize(blockSize), block(number("llvm.nvvm.read.ptx.sreg.ctaid.x")),
      thread(number("llvm.nvvm.read.ptx.sreg.tid.x")) {
  lane = arith::AndIOp::create(b.b, b.loc, thread, b.i64(kWarp - 1));
  warp = arith::ShRUIOp::create(b.b, b.loc, thread, b.i64(5));
}

Value Threads::i32(int64_t value) { return b.integer(value, b.b.getI32Type()); }

Value Threads::call(StringRef intrinsic, Type result, ValueRange arguments) {
  auto op =
      LLVM::CallIntrinsicOp::create(b.b, b.loc, result, b.b.getStringAttr(intrinsic), arguments);
  return op.getResults();
}

Value Threads::number(StringRef intrinsic) {
  Value n = call(intrinsic, b.b.getI32Type(), {});
  return arith::ExtUIOp::create(b.b, b.loc, b.b.getI64Type(), n);
}

void Threads::barrier() {
  LLVM::CallIntrinsicOp::create(
      b.b, b.loc, b.b.getStringAttr("llvm.nvvm.barrier.cta.sync.aligned.all"), ValueRange{i32(0)});
}

void Threads::syncWarp() {
  LLVM::CallIntrinsicOp::create(b.b, b.loc, b.b.getStringAttr("llvm.nvvm.bar.warp.sync"),
                                ValueRange{i32(kAllLanes)});
}

/// Registers that are exchanged have 32 bits.
Value Threads::shuffle(StringRef intrinsic, Value v, Value where) {
  Type type = v.getType(), word = b.b.getI32Type();
  unsigned bits = type.getIntOrFloatBitWidth();
  auto exchange = [&](Value x) {
    return call(intrinsic, word, {i32(kAllLanes), x, where, i32(kWarp - 1)});
  };
  Value raw = v;
  if (isa<FloatType>(type))
    raw = arith::BitcastOp::create(b.b, b.loc, b.b.getIntegerType(bits), v);
  if (bits == 64) {
    Value low = arith::TruncIOp::create(b.b, b.loc, word, raw);
    Value shifted = arith::ShRUIOp::create(b.b, b.loc, raw, b.integer(32, raw.getType()));
    Value high = arith::TruncIOp::create(b.b, b.loc, word, shifted);
    low = arith::ExtUIOp::create(b.b, b.loc, raw.getType(), exchange(low));
    high = arith::ExtUIOp::create(b.b, b.loc, raw.getType(), exchange(high));
    high = arith::ShLIOp::create(b.b, b.loc, high, b.integer(32, raw.getType()));
    raw = arith::OrIOp::create(b.b, b.loc, low, high);
  } else if (bits == 32) {
    raw = exchange(raw);
  } else {
    Value wide = arith::ExtUIOp::create(b.b, b.loc, word, raw);
    raw = arith::TruncIOp::create(b.b, b.loc, raw.getType(), exchange(wide));
  }
  return isa<FloatType>(type) ? Value(arith::BitcastOp::create(b.b, b.loc, type, raw)) : raw;
}

Value Threads::down(Value v, int64_t delta) {
  return shuffle("llvm.nvvm.shfl.sync.down.i32", v, i32(delta));
}
Value Threads::broadcast(Value v) { return shuffle("llvm.nvvm.shfl.sync.idx.i32", v, i32(0)); }

Value Threads::shared(Type element, int64_t count) {
  auto module = b.b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  Type stored = element.isInteger(1) ? b.b.getI8Type() : laneType(element, 1);
  auto type = LLVM::LLVMArrayType::get(stored, uint64_t(count));
  size_t number = size_t(llvm::range_size(module.getOps<LLVM::GlobalOp>()));
  OpBuilder at = OpBuilder::atBlockBegin(module.getBody());
  auto global = LLVM::GlobalOp::create(at, b.loc, type, /*isConstant=*/false,
                                       LLVM::Linkage::Internal, "shared_" + std::to_string(number),
                                       Attribute(), /*alignment=*/16, kSharedSpace);
  // Its first content is anything.
  at.setInsertionPointToStart(at.createBlock(&global.getInitializerRegion()));
  LLVM::ReturnOp::create(at, b.loc, ValueRange(LLVM::UndefOp::create(at, b.loc, type)));
  return LLVM::AddressOfOp::create(b.b, b.loc, global);
}

Value Threads::isBelow(Value a, Value bound) {
  return arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, a, bound);
}
Value Threads::isBelow(Value a, int64_t bound) { return isBelow(a, b.i64(bound)); }
Value Threads::equals(Value a, int64_t number) {
  return arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, a, b.i64(number));
}

void Threads::when(Value condition, llvm::function_ref<void()> body) {
  auto branch = scf::IfOp::create(b.b, b.loc, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b.b);
  b.b.setInsertionPointToStart(branch.thenBlock());
  body();
}

Lanes Threads::choose(Value condition, const Lanes &otherwise, llvm::function_ref<Lanes()> body) {
  if (otherwise.empty()) {
    when(condition, [&] { body(); });
    return {};
  }
  SmallVector<Type> types;
  for (Value v : otherwise)
    types.push_back(v.getType());
  auto branch = scf::IfOp::create(b.b, b.loc, types, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b.b);
  b.b.setInsertionPointToStart(branch.thenBlock());
  Lanes then = body();
  scf::YieldOp::create(b.b, b.loc, then);
  b.b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b.b, b.loc, otherwise);
  return Lanes(branch.getResults().begin(), branch.getResults().end());
}

Lanes Threads::unpack(Value position, ArrayRef<int64_t> sizes) {
  int64_t total = 1;
  for (int64_t n : sizes)
    total *= n;
  // Divisions of 64 bits take several times as long.
  bool isSmall = total < int64_t(1) << 31;
  Type type = isSmall ? Type(b.b.getI32Type()) : Type(b.b.getI64Type());
  Value rest = isSmall ? Value(arith::TruncIOp::create(b.b, b.loc, type, position)) : position;
  Lanes out(sizes.size());
  for (size_t i = sizes.size(); i-- > 0;) {
    Value here = rest;
    if (i > 0) {
      Value size = b.integer(sizes[i], type);
      here = arith::RemUIOp::create(b.b, b.loc, rest, size);
      rest = arith::DivUIOp::create(b.b, b.loc, rest, size);
    }
    out[i] = isSmall ? Value(arith::ExtUIOp::create(b.b, b.loc, b.b.getI64Type(), here)) : here;
  }
  return out;
}

Value Threads::tree(sched::Combiner combiner, Value first, Value second) {
  static_assert(sched::kPartials == 2 * kWarp);
  for (int64_t half = kWarp / 2; half >= 1; half /= 2) {
    first = b.combine(combiner, first, down(first, half));
    second = b.combine(combiner, second, down(second, half));
  }
  return b.combine(combiner, first, second);
}
