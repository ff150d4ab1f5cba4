// Lanes.cpp - one operation on several independent vectors in lockstep.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lanes.h"

using namespace mlir;
using namespace gradc::lanes;
using gradc::sched::Combiner;

int64_t gradc::lanes::lanesOf(Type type) {
  auto v = dyn_cast<VectorType>(type);
  return v ? v.getNumElements() : 1;
}
Type gradc::lanes::laneType(Type element, int64_t lanes) {
  if (isNarrow(element))
    element = IntegerType::get(element.getContext(), 16);
  return lanes == 1 ? element : VectorType::get({lanes}, element);
}
Type gradc::lanes::withElement(Type type, Type element) { return laneType(element, lanesOf(type)); }

//===-- Constants and addresses ---------------------------------------------------------------===//

Value LaneBuilder::constant(TypedAttr element, Type type) {
  if (auto f = dyn_cast<FloatAttr>(element); f && isNarrow(f.getType()))
    element = IntegerAttr::get(b.getI16Type(), f.getValue().bitcastToAPInt());
  if (auto v = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(v, Attribute(element)));
  return arith::ConstantOp::create(b, loc, element);
}
Value LaneBuilder::real(double value, Type type) {
  return constant(b.getFloatAttr(getElementTypeOrSelf(type), value), type);
}
Value LaneBuilder::integer(int64_t value, Type type) {
  auto element = cast<IntegerType>(getElementTypeOrSelf(type));
  return constant(IntegerAttr::get(element, APInt(element.getWidth(), uint64_t(value), true, true)),
                  type);
}
Value LaneBuilder::i64(int64_t value) { return integer(value, b.getI64Type()); }

Value LaneBuilder::add(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }
Value LaneBuilder::add(Value x, int64_t y) { return y ? add(x, i64(y)) : x; }
Value LaneBuilder::mul(Value x, int64_t y) {
  return y == 1 ? x : arith::MulIOp::create(b, loc, x, i64(y));
}

Value LaneBuilder::asI64(Value v) {
  Type element = getElementTypeOrSelf(v.getType());
  if (element.isInteger(64))
    return v;
  return arith::IndexCastOp::create(b, loc, withElement(v.getType(), b.getI64Type()), v);
}

//===-- Memory --------------------------------------------------------------------------------===//

static Type inMemory(Type element) {
  if (element.isInteger(1))
    return IntegerType::get(element.getContext(), 8);
  return laneType(element, 1);
}
static unsigned bytesOf(Type element) {
  return std::max(1u, inMemory(element).getIntOrFloatBitWidth() / 8);
}

Value LaneBuilder::address(Value pointer, Value offset, Type element) {
  return LLVM::GEPOp::create(b, loc, pointer.getType(), inMemory(element), pointer,
                             ArrayRef<LLVM::GEPArg>{offset}, LLVM::GEPNoWrapFlags::inbounds);
}

unsigned LaneBuilder::alignment(Type element, int64_t lanes) const {
  return bytesOf(element) * (aligned ? unsigned(lanes) : 1);
}

Value LaneBuilder::load(Value pointer, Value offset, Type element, int64_t lanes) {
  Type stored = inMemory(element);
  Value at = address(pointer, offset, element), v;
  int64_t full = target.vectorBits / 8 / bytesOf(element);
  bool masked =
      masks && lanes > 1 && lanes < full && (lanes & (lanes - 1)) != 0 && bytesOf(element) >= 4;
  if (masked) {
    Type wide = laneType(stored, full);
    Value none = LLVM::PoisonOp::create(b, loc, wide);
    v = narrow(
        LLVM::MaskedLoadOp::create(b, loc, wide, at, mask(lanes, full), none, bytesOf(element)),
        lanes);
  } else {
    v = LLVM::LoadOp::create(b, loc, laneType(stored, lanes), at, alignment(element, lanes));
  }
  if (!element.isInteger(1))
    return v;
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, v, integer(0, v.getType()));
}

void LaneBuilder::store(Value v, Value pointer, Value offset) {
  Type element = getElementTypeOrSelf(v.getType());
  int64_t lanes = lanesOf(v.getType()), full = target.vectorBits / 8 / bytesOf(element);
  Value at = address(pointer, offset, element);
  if (element.isInteger(1))
    v = arith::ExtUIOp::create(b, loc, withElement(v.getType(), b.getI8Type()), v);
  bool masked =
      masks && lanes > 1 && lanes < full && (lanes & (lanes - 1)) != 0 && bytesOf(element) >= 4;
  if (!masked) {
    LLVM::StoreOp::create(b, loc, v, at, alignment(element, lanes));
    return;
  }
  SmallVector<int64_t> lane(full, -1);
  for (int64_t i = 0; i < lanes; ++i)
    lane[i] = i;
  LLVM::MaskedStoreOp::create(b, loc, shuffle(v, v, lane), at, mask(lanes, full), bytesOf(element));
}

Value LaneBuilder::gather(Value pointer, Value places, Type element) {
  int64_t lanes = lanesOf(places.getType()), full = int64_t(llvm::PowerOf2Ceil(uint64_t(lanes)));
  Type stored = inMemory(element);
  if (lanes < full) {
    SmallVector<int64_t> lane(full, 0);
    for (int64_t i = 0; i < lanes; ++i)
      lane[i] = i;
    places = shuffle(places, places, lane);
  }
  Value at =
      LLVM::GEPOp::create(b, loc, VectorType::get({full}, pointer.getType()), stored, pointer,
                          ArrayRef<LLVM::GEPArg>{places}, LLVM::GEPNoWrapFlags::inbounds);
  Type wide = laneType(stored, full);
  Value none = LLVM::PoisonOp::create(b, loc, wide);
  Value v = LLVM::masked_gather::create(b, loc, wide, at, mask(lanes, full), none,
                                        b.getI32IntegerAttr(int32_t(bytesOf(element))));
  v = narrow(v, lanes);
  if (!element.isInteger(1))
    return v;
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, v, integer(0, v.getType()));
}

Value LaneBuilder::mask(int64_t lanes, int64_t full) {
  SmallVector<bool> bits(full, false);
  std::fill_n(bits.begin(), lanes, true);
  auto type = VectorType::get({full}, b.getI1Type());
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, ArrayRef<bool>(bits)));
}

Value LaneBuilder::loadStrided(Value pointer, Value offset, int64_t stride, Type element,
                               int64_t lanes) {
  if (stride == 1 || lanes == 1)
    return load(pointer, offset, element, lanes);
  if (stride == 0)
    return splat(load(pointer, offset, element, 1), laneType(element, lanes));
  if (stride == -1) {
    SmallVector<int64_t> lane;
    for (int64_t i = lanes; i-- > 0;)
      lane.push_back(i);
    Value v = load(pointer, add(offset, 1 - lanes), element, lanes);
    return shuffle(v, v, lane);
  }
  if (stride == 2) {
    // Two loads of neighbours, of which every other one is taken; none beyond the last element.
    SmallVector<int64_t> lane;
    for (int64_t i = 0; i < lanes; ++i)
      lane.push_back(2 * i < lanes ? 2 * i : 2 * i + 1);
    Value low = load(pointer, offset, element, lanes);
    return shuffle(low, load(pointer, add(offset, lanes - 1), element, lanes), lane);
  }
  SmallVector<Value> elements;
  for (int64_t i = 0; i < lanes; ++i)
    elements.push_back(load(pointer, add(offset, i * stride), element, 1));
  return vector::FromElementsOp::create(b, loc, cast<VectorType>(laneType(element, lanes)),
                                        elements);
}

/// Two stores that leave out what stands between.
void LaneBuilder::storeEveryOther(Value v, Value pointer, Value offset) {
  Type element = getElementTypeOrSelf(v.getType());
  int64_t lanes = lanesOf(v.getType()), wide = int64_t(llvm::PowerOf2Ceil(uint64_t(lanes)));
  for (int64_t start : {int64_t(0), wide}) {
    SmallVector<int64_t> lane(wide, -1);
    SmallVector<bool> bits(wide, false);
    for (int64_t i = start; i < std::min(start + wide, 2 * lanes); i += 2) {
      lane[i - start] = i / 2;
      bits[i - start] = true;
    }
    auto type = VectorType::get({wide}, b.getI1Type());
    Value mask =
        arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, ArrayRef<bool>(bits)));
    LLVM::MaskedStoreOp::create(b, loc, shuffle(v, v, lane),
                                address(pointer, add(offset, start), element), mask,
                                bytesOf(element));
  }
}

void LaneBuilder::storeStrided(Value v, Value pointer, Value offset, int64_t stride) {
  if (stride == 1 || lanesOf(v.getType()) == 1)
    return store(v, pointer, offset);
  Type element = getElementTypeOrSelf(v.getType());
  if (stride == 2 && bytesOf(element) >= 4)
    return storeEveryOther(v, pointer, offset);
  for (int64_t i = 0; i < lanesOf(v.getType()); ++i)
    store(extract(v, i), pointer, add(offset, i * stride));
}

Value LaneBuilder::workspace(Type element, int64_t count) {
  OpBuilder::InsertionGuard guard(b);
  auto function = b.getInsertionBlock()->getParentOp()->getParentOfType<FunctionOpInterface>();
  if (!function)
    function = cast<FunctionOpInterface>(b.getInsertionBlock()->getParentOp());
  b.setInsertionPointToStart(&function.getFunctionBody().front());
  return LLVM::AllocaOp::create(b, loc, LLVM::LLVMPointerType::get(b.getContext()),
                                inMemory(element), i64(std::max<int64_t>(count, 1)), 64);
}

//===-- Lanes of one value --------------------------------------------------------------------===//

Value LaneBuilder::splat(Value scalar, Type type) {
  return isa<VectorType>(type) ? Value(vector::BroadcastOp::create(b, loc, type, scalar)) : scalar;
}

Value LaneBuilder::extract(Value v, int64_t lane) {
  if (!isa<VectorType>(v.getType()))
    return v;
  return vector::ExtractOp::create(b, loc, v, ArrayRef<int64_t>{lane});
}

Value LaneBuilder::shuffle(Value x, Value y, ArrayRef<int64_t> mask) {
  if (mask.size() == 1) {
    int64_t n = lanesOf(x.getType());
    return mask[0] < n ? extract(x, std::max<int64_t>(mask[0], 0)) : extract(y, mask[0] - n);
  }
  auto vectorOf = [&](Value v) -> Value {
    if (isa<VectorType>(v.getType()))
      return v;
    return vector::BroadcastOp::create(b, loc, VectorType::get({1}, v.getType()), v);
  };
  return vector::ShuffleOp::create(b, loc, vectorOf(x), vectorOf(y), mask);
}

Value LaneBuilder::widen(Value v, int64_t lanes, Value filler) {
  int64_t have = lanesOf(v.getType());
  if (have == lanes)
    return v;
  SmallVector<int64_t> lane(lanes, -1), blend;
  for (int64_t i = 0; i < have; ++i)
    lane[i] = i;
  Value wide = shuffle(v, v, lane);
  for (int64_t i = 0; i < lanes; ++i)
    blend.push_back(i < have ? i : lanes + i);
  return shuffle(wide, filler, blend);
}

Value LaneBuilder::narrow(Value v, int64_t lanes) {
  if (lanesOf(v.getType()) == lanes)
    return v;
  SmallVector<int64_t> lane;
  for (int64_t i = 0; i < lanes; ++i)
    lane.push_back(i);
  return shuffle(v, v, lane);
}

Value LaneBuilder::multiplyAdd(Value x, Value y, Value z) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return math::FmaOp::create(b, loc, x, y, z);
  return arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, x, y), z);
}

Value LaneBuilder::zero(Type type) {
  return isa<FloatType>(getElementTypeOrSelf(type)) ? real(0, type) : integer(0, type);
}

//===-- Reductions ----------------------------------------------------------------------------===//

Value LaneBuilder::combine(Combiner combiner, Value x, Value y) {
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(x.getType()));
  switch (combiner) {
  case Combiner::Add:
    return isFloat ? Value(arith::AddFOp::create(b, loc, x, y))
                   : Value(arith::AddIOp::create(b, loc, x, y));
  case Combiner::Mul:
    return isFloat ? Value(arith::MulFOp::create(b, loc, x, y))
                   : Value(arith::MulIOp::create(b, loc, x, y));
  case Combiner::And:
    return arith::AndIOp::create(b, loc, x, y);
  case Combiner::Or:
    return arith::OrIOp::create(b, loc, x, y);
  default:
    break;
  }
  bool max = combiner == Combiner::Max;
  if (!isFloat)
    return max ? Value(arith::MaxSIOp::create(b, loc, x, y))
               : Value(arith::MinSIOp::create(b, loc, x, y));
  // NaN stays, from either side. The zeros need no order: which of them is kept follows from the
  // order of the reduction.
  auto predicate = max ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
  Value better = arith::CmpFOp::create(b, loc, predicate, y, x);
  Value nan = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, y, y);
  Value best = arith::SelectOp::create(b, loc, better, y, x);
  return arith::SelectOp::create(b, loc, nan, y, best);
}

Value LaneBuilder::finish(Combiner combiner, Value v) {
  Type type = v.getType();
  if (combiner != Combiner::Add || !isa<FloatType>(getElementTypeOrSelf(type)))
    return v;
  return arith::AddFOp::create(b, loc, v, real(0, type));
}

Value LaneBuilder::treeOfParts(Combiner combiner, Lanes parts) {
  for (int64_t half = sched::kPartials / 2; half >= 1; half /= 2) {
    for (int64_t i = 0; i < half && i + half < int64_t(parts.size()); ++i)
      parts[i] = combine(combiner, parts[i], parts[i + half]);
    if (int64_t(parts.size()) > half)
      parts.resize(half);
  }
  return parts[0];
}

Value LaneBuilder::tree(Combiner combiner, Lanes parts) {
  Type element = getElementTypeOrSelf(parts[0].getType());
  int64_t width = lanesOf(parts[0].getType());
  // Missing vectors are neutral: those at the end stay out of the halving.
  for (int64_t half = sched::kPartials / width / 2; half >= 1; half /= 2) {
    for (int64_t i = 0; i < half && i + half < int64_t(parts.size()); ++i) {
      int64_t lanes = lanesOf(parts[i + half].getType());
      Value neutral = constant(sched::neutralElement(combiner, element), parts[i].getType());
      parts[i] = combine(combiner, parts[i],
                         lanes == width ? parts[i + half] : widen(parts[i + half], width, neutral));
    }
    if (int64_t(parts.size()) > half)
      parts.resize(half);
  }
  Value v = parts[0];
  int64_t lanes = lanesOf(v.getType());
  for (int64_t half = sched::kPartials / 2; half >= 1; half /= 2) {
    if (lanes <= half)
      continue;
    SmallVector<int64_t> high;
    for (int64_t i = half; i < lanes; ++i)
      high.push_back(i);
    Value low = narrow(v, half), upper = shuffle(v, v, high);
    if (int64_t(high.size()) < half)
      upper = widen(upper, half, constant(sched::neutralElement(combiner, element), low.getType()));
    v = combine(combiner, low, upper);
    lanes = half;
  }
  return v;
}

Lanes LaneBuilder::transpose(Lanes rows) {
  // Eklundh: each round exchanges blocks of half the size between rows that far apart.
  int64_t n = int64_t(rows.size());
  for (int64_t distance = n / 2; distance; distance /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t k = 0; k < n; ++k) {
      low.push_back(k & distance ? n + k - distance : k);
      high.push_back(k & distance ? n + k : k + distance);
    }
    for (int64_t i = 0; i < n; ++i)
      if (!(i & distance)) {
        Value a = shuffle(rows[i], rows[i + distance], low);
        Value c = shuffle(rows[i], rows[i + distance], high);
        rows[i] = a;
        rows[i + distance] = c;
      }
  }
  return rows;
}

Lanes LaneBuilder::loop(Value from, Value to, int64_t step, const Lanes &init,
                        llvm::function_ref<Lanes(Value, Lanes)> body, int64_t unroll) {
  auto f = scf::ForOp::create(b, loc, from, to, i64(step), ValueRange(init));
  if (unroll > 1) {
    // The conversion to branches hands this on, and to the branch of LLVM's dialect it is the
    // attribute of that name.
    auto count = LLVM::LoopUnrollAttr::get(b.getContext(), {}, b.getI32IntegerAttr(int32_t(unroll)),
                                           {}, {}, {}, {}, {});
    f->setAttr("loop_annotation",
               LLVM::LoopAnnotationAttr::get(b.getContext(), {}, {}, {}, count, {}, {}, {}, {}, {},
                                             {}, {}, {}, {}, {}, {}));
  }
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(f.getBody());
  Lanes carried(f.getRegionIterArgs().begin(), f.getRegionIterArgs().end());
  Lanes next = body(f.getInductionVar(), carried);
  if (!next.empty())
    scf::YieldOp::create(b, loc, next);
  return Lanes(f.getResults().begin(), f.getResults().end());
}
