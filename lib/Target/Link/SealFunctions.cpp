// SealFunctions.cpp - gives scheduled functions the form in which the program's entry points call
// them. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Ag.h"
#include "gradc/IR/Sched.h"
#include "gradc/Target/Link/Passes.h"
#include "gradc/Target/Link/Program.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

namespace gradc::link {
#define GEN_PASS_DEF_SEALFUNCTIONSPASS
#include "gradc/Target/Link/Passes.h.inc"
} // namespace gradc::link

using namespace mlir;
using namespace gradc;

namespace {
struct SealFunctionsPass : link::impl::SealFunctionsPassBase<SealFunctionsPass> {
  using SealFunctionsPassBase::SealFunctionsPassBase;
  void runOnOperation() override;
};
} // namespace

/// Every function has an argument for the threads, also where no kernel has use for it.
static void passTeam(func::FuncOp f) {
  for (unsigned i = 0; i < f.getNumArguments(); ++i)
    if (f.getArgAttr(i, sched::kTeamAttr))
      return;
  auto pointer = LLVM::LLVMPointerType::get(f.getContext());
  NamedAttribute attr(StringAttr::get(f.getContext(), sched::kTeamAttr),
                      UnitAttr::get(f.getContext()));
  (void)f.insertArgument(f.getNumArguments(), pointer, DictionaryAttr::get(f.getContext(), attr),
                         f.getLoc());
}

/// Draws and seeds read the generator that the handle holds.
static void passGenerator(func::FuncOp f) {
  SmallVector<sched::HostOp> draws;
  f.walk([&](sched::HostOp op) {
    if (link::usesGenerator(op))
      draws.push_back(op);
  });
  if (draws.empty())
    return;
  unsigned position = f.getNumArguments();
  auto pointer = LLVM::LLVMPointerType::get(f.getContext());
  (void)f.insertArgument(position, pointer, {}, f.getLoc());
  for (sched::HostOp op : draws)
    op.getInputsMutable().append(f.getArgument(position));
}

/// Expectations note in the handle that they failed.
static void passError(func::FuncOp f) {
  SmallVector<sched::HostOp> users;
  f.walk([&](sched::HostOp op) {
    if (op.getCall() == "expect")
      users.push_back(op);
  });
  if (users.empty())
    return;
  unsigned position = f.getNumArguments();
  auto pointer = LLVM::LLVMPointerType::get(f.getContext());
  (void)f.insertArgument(position, pointer, {}, f.getLoc());
  for (sched::HostOp op : users)
    op.getInputsMutable().append(f.getArgument(position));
}

/// What the ABI promises of each argument, as LLVM's attributes.
static void annotate(func::FuncOp f, Builder &b) {
  UnitAttr unit = b.getUnitAttr();
  for (unsigned i = 0; i < f.getNumArguments(); ++i) {
    bool ofCaller = f.getArgAttr(i, sched::kInputAttr) || f.getArgAttr(i, sched::kOutputAttr);
    auto type = dyn_cast<MemRefType>(f.getArgumentTypes()[i]);
    if (f.removeArgAttr(i, sched::kTeamAttr))
      continue;
    if (!type && !isa<LLVM::LLVMPointerType>(f.getArgumentTypes()[i]))
      continue; // a number of steps
    int64_t width = type ? llvm::divideCeil(type.getElementTypeBitWidth(), 8) : 8;
    SmallVector<NamedAttribute> attrs{b.getNamedAttr(LLVM::LLVMDialect::getNoAliasAttrName(), unit),
                                      b.getNamedAttr(LLVM::LLVMDialect::getNoUndefAttrName(), unit),
                                      b.getNamedAttr(LLVM::LLVMDialect::getAlignAttrName(),
                                                     b.getI64IntegerAttr(ofCaller ? width : 64))};
    if (type && type.getNumElements())
      attrs.push_back(b.getNamedAttr(LLVM::LLVMDialect::getDereferenceableAttrName(),
                                     b.getI64IntegerAttr(type.getNumElements() * width)));
    if (f.getArgAttr(i, sched::kInputAttr))
      attrs.push_back(b.getNamedAttr(LLVM::LLVMDialect::getReadonlyAttrName(), unit));
    f.setArgAttrs(i, attrs);
  }
}

/// MLIR computes strides of 0 for memref<2x0xf32> and then refuses it as a bare pointer. Nothing is
/// behind such a pointer, so the function uses an empty buffer of its own.
static void replaceEmptyArguments(func::FuncOp f) {
  OpBuilder b(&f.getBody().front(), f.getBody().front().begin());
  for (BlockArgument argument : f.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type || type.getRank() < 2 || type.getNumElements())
      continue;
    if (!argument.use_empty())
      argument.replaceAllUsesWith(memref::AllocaOp::create(b, f.getLoc(), type));
    argument.setType(MemRefType::get({0}, type.getElementType()));
  }
  f.setFunctionType(b.getFunctionType(f.getBody().getArgumentTypes(), f.getResultTypes()));
}

void SealFunctionsPass::runOnOperation() {
  ModuleOp module = getOperation();
  Builder b(&getContext());
  auto internal = LLVM::LinkageAttr::get(&getContext(), LLVM::Linkage::Internal);
  for (auto f : module.getOps<func::FuncOp>()) {
    if (f.isExternal())
      continue;
    f->setAttr("llvm.linkage", internal);
    if (f.isPrivate())
      continue;
    replaceEmptyArguments(f);
    passTeam(f);
    passGenerator(f);
    passError(f);
    annotate(f, b);
    f->setAttr("llvm.bareptr", b.getUnitAttr());
    f.setSymName(link::bodySymbol(f.getSymName()));
  }
  for (auto variable : llvm::make_early_inc_range(module.getOps<ag::VariableOp>()))
    variable.erase();
}
