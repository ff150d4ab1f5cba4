// Team.cpp - kernels that several threads run together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All threads run the same code on the same arguments: each takes its share of the loops whose
// turns do not depend on each other, and where one needs what others computed they meet at a
// barrier. What is summed in which order depends on the shapes alone, so that the number of threads
// changes no bit. A kernel K becomes three functions:
//
//     K.cpu(arguments, team)                         launches call this one; starts the threads
//     K.part(record, team, index, count)             what a thread runs; takes the arguments apart
//     K.body(arguments, shared, team, index, count)  the code
#include "Team.h"
#include "gradc_abi.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <cstddef>

using namespace mlir;
using namespace gradc;
using namespace gradc::cpu;

//===-- What the code of a kernel asks for ----------------------------------------------------===//

std::pair<Value, Value> LaneBuilder::share(Value n) {
  if (!team)
    return {i64(0), n};
  auto part = [&](Value index) -> Value {
    return arith::DivUIOp::create(b, loc, arith::MulIOp::create(b, loc, n, index), team->count);
  };
  return {part(team->index), part(add(team->index, 1))};
}

/// A field of the team's record.
static Value loadField(LaneBuilder &b, Value record, size_t offset, Type type) {
  Value at = LLVM::GEPOp::create(b.b, b.loc, record.getType(), b.b.getI8Type(), record,
                                 ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  return LLVM::LoadOp::create(b.b, b.loc, type, at);
}

static Value isNull(LaneBuilder &b, Value pointer) {
  Value null = LLVM::ZeroOp::create(b.b, b.loc, pointer.getType());
  return LLVM::ICmpOp::create(b.b, b.loc, LLVM::ICmpPredicate::eq, pointer, null);
}

/// Two ways to go on.
static void either(LaneBuilder &b, Value condition, llvm::function_ref<void()> yes,
                   llvm::function_ref<void()> no) {
  auto branch = scf::IfOp::create(b.b, b.loc, condition, /*withElseRegion=*/bool(no));
  OpBuilder::InsertionGuard guard(b.b);
  b.b.setInsertionPointToStart(branch.thenBlock());
  yes();
  if (!no)
    return;
  b.b.setInsertionPointToStart(branch.elseBlock());
  no();
}

static void callThrough(LaneBuilder &b, Value function, ArrayRef<Value> arguments) {
  SmallVector<Type> types;
  for (Value v : arguments)
    types.push_back(v.getType());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.b.getContext()), types);
  SmallVector<Value> operands{function};
  operands.append(arguments.begin(), arguments.end());
  LLVM::CallOp::create(b.b, b.loc, type, operands);
}

void LaneBuilder::barrier() {
  if (!team)
    return;
  team->meets = true;
  Value several = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ugt, team->count, i64(1));
  either(
      *this, several,
      [&] {
        Type pointer = LLVM::LLVMPointerType::get(b.getContext());
        Value f = loadField(*this, team->pointer, offsetof(gradc_team, barrier), pointer);
        callThrough(*this, f, {team->pointer});
      },
      nullptr);
}

void LaneBuilder::lead(llvm::function_ref<void()> body) {
  if (!team)
    return body();
  Value first = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, team->index, i64(0));
  either(*this, first, body, nullptr);
}

Value LaneBuilder::isLast() {
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, add(team->index, 1), team->count);
}

Value LaneBuilder::sharedWorkspace(Type element, int64_t count) {
  if (!team)
    return workspace(element, count);
  int64_t bytes = std::max<int64_t>(1, llvm::divideCeil(element.getIntOrFloatBitWidth(), 8));
  Value at = LLVM::GEPOp::create(b, loc, team->shared.getType(), b.getI8Type(), team->shared,
                                 ArrayRef<LLVM::GEPArg>{int32_t(team->sharedBytes)});
  team->sharedBytes += llvm::alignTo(std::max<int64_t>(count, 1) * bytes, GRADC_ALIGNMENT);
  return at;
}

Value LaneBuilder::ownMemory(Value first, int64_t bytes) {
  if (!team)
    return first;
  team->ownBytes = std::max(team->ownBytes, bytes);
  Value leads = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, team->index, i64(0));
  auto branch = scf::IfOp::create(b, loc, TypeRange{first.getType()}, leads, true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, loc, first);
  b.setInsertionPointToStart(branch.elseBlock());
  Value memory =
      loadField(*this, team->pointer, offsetof(gradc_team, scratch), team->pointer.getType());
  Value size = loadField(*this, team->pointer, offsetof(gradc_team, scratch_bytes), b.getI64Type());
  Value offset = arith::MulIOp::create(b, loc, add(team->index, -1), size);
  scf::YieldOp::create(b, loc, address(memory, offset, b.getI8Type()));
  return branch.getResult(0);
}

//===-- The functions around it ---------------------------------------------------------------===//

static Type pointerType(func::FuncOp f) { return LLVM::LLVMPointerType::get(f.getContext()); }

static func::FuncOp declare(func::FuncOp before, const Twine &name, ArrayRef<Type> types) {
  OpBuilder b(before);
  auto f = func::FuncOp::create(b, before.getLoc(), name.str(), b.getFunctionType(types, {}));
  f.setPrivate();
  f->setAttr("llvm.linkage", LLVM::LinkageAttr::get(f.getContext(), LLVM::Linkage::Internal));
  f->setAttr("passthrough", b.getStrArrayAttr({"noinline"}));
  f.addEntryBlock();
  return f;
}

TeamKernel::TeamKernel(func::FuncOp f, const CpuTarget &target)
    : entry(f), target(target), arguments(f.getNumArguments()) {
  OpBuilder b(f);
  SmallVector<Type> types(f.getArgumentTypes());
  types.append({pointerType(f), pointerType(f), b.getI64Type(), b.getI64Type()});
  StringRef name = f.getSymName().drop_back(StringRef(".cpu").size());
  body = declare(f, name + ".body", types);
  for (unsigned i = 0; i < arguments; ++i)
    body.setArgAttrs(i, mlir::function_interface_impl::getArgAttrs(f, i));
  team.shared = body.getArgument(arguments);
  team.pointer = body.getArgument(arguments + 1);
  team.index = body.getArgument(arguments + 2);
  team.count = body.getArgument(arguments + 3);
  (void)f.insertArgument(arguments, pointerType(f), {}, f.getLoc());
}

/// The arguments lie one after another, in eight bytes each; the shared memory's address is last.
LLVM::LLVMFuncOp TeamKernel::makePart() {
  OpBuilder b(entry);
  Location loc = entry.getLoc();
  Type pointer = pointerType(entry), i32 = b.getI32Type();
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                          {pointer, pointer, i32, i32});
  StringRef name = entry.getSymName().drop_back(StringRef(".cpu").size());
  auto part =
      LLVM::LLVMFuncOp::create(b, loc, (name + ".part").str(), type, LLVM::Linkage::Internal);
  Block *block = part.addEntryBlock(b);
  b.setInsertionPointToStart(block);
  LaneBuilder lanes(b, loc, target);
  SmallVector<Value> operands;
  for (unsigned i = 0; i <= arguments; ++i) {
    Type wanted = body.getArgumentTypes()[i];
    Type kept = wanted.isIndex() ? b.getI64Type() : wanted;
    Value v = loadField(lanes, block->getArgument(0), 8 * i, kept);
    operands.push_back(kept == wanted ? v : arith::IndexCastOp::create(b, loc, wanted, v));
  }
  operands.push_back(block->getArgument(1));
  for (unsigned i : {2, 3})
    operands.push_back(LLVM::ZExtOp::create(b, loc, b.getI64Type(), block->getArgument(i)));
  func::CallOp::create(b, loc, body, operands);
  LLVM::ReturnOp::create(b, loc, ValueRange());
  return part;
}

void TeamKernel::finish() {
  // What other threads write between two barriers is written through pointers of their own.
  if (team.meets)
    for (unsigned i = 0; i < arguments; ++i)
      if (!body.getArgAttr(i, LLVM::LLVMDialect::getReadonlyAttrName()))
        body.removeArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName());
  LLVM::LLVMFuncOp part = makePart();
  OpBuilder start = OpBuilder::atBlockBegin(&entry.getBody().front());
  LaneBuilder b(start, entry.getLoc(), target);
  Type pointer = pointerType(entry);
  Value shared = b.workspace(b.b.getI8Type(), team.sharedBytes);
  Value record = b.workspace(b.b.getI64Type(), arguments + 1);
  Value given = entry.getArgument(arguments);
  SmallVector<Value> operands(entry.getArguments().take_front(arguments));
  operands.push_back(shared);
  auto alone = [&] {
    Value none = LLVM::ZeroOp::create(b.b, b.loc, pointer);
    SmallVector<Value> all(operands);
    all.append({none, b.i64(0), b.i64(1)});
    func::CallOp::create(b.b, b.loc, body, all);
  };
  auto together = [&] {
    for (auto [i, v] : llvm::enumerate(operands)) {
      Value at = LLVM::GEPOp::create(b.b, b.loc, pointer, b.b.getI8Type(), record,
                                     ArrayRef<LLVM::GEPArg>{int32_t(8 * i)});
      LLVM::StoreOp::create(b.b, b.loc, v.getType().isIndex() ? b.asI64(v) : v, at);
    }
    Value f = loadField(b, given, offsetof(gradc_team, run), pointer);
    callThrough(b, f, {given, LLVM::AddressOfOp::create(b.b, b.loc, part), record});
  };
  either(b, isNull(b, given), alone, together);
  func::ReturnOp::create(b.b, b.loc);
}
