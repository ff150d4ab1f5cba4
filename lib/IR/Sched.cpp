// Sched.cpp - the sched dialect: parsing, verification and how its ops use memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Sched.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace gradc::sched;

#include "gradc/IR/SchedDialect.cpp.inc"

#define GET_OP_CLASSES
#include "gradc/IR/SchedOps.cpp.inc"

void SchedDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "gradc/IR/SchedOps.cpp.inc"
      >();
}

//===-- Kernel --------------------------------------------------------------------------------===//

ParseResult KernelOp::parse(OpAsmParser &p, OperationState &state) {
  StringAttr name, kind;
  Attribute inplace;
  SmallVector<OpAsmParser::Argument> args;
  SmallVector<Type> results, types;
  if (p.parseSymbolName(name, "sym_name", state.attributes) || p.parseKeyword("kind") ||
      p.parseAttribute(kind, "kind", state.attributes) || p.parseKeyword("inplace"))
    return failure();
  inplace = DenseI64ArrayAttr::parse(p, Type());
  if (!inplace || p.parseArgumentList(args, OpAsmParser::Delimiter::Paren, true) ||
      p.parseOptionalArrowTypeList(results))
    return failure();
  for (auto &a : args)
    types.push_back(a.type);
  state.addAttribute("inplace", inplace);
  state.addAttribute("function_type",
                     TypeAttr::get(p.getBuilder().getFunctionType(types, results)));
  if (p.parseOptionalAttrDictWithKeyword(state.attributes))
    return failure();
  return p.parseRegion(*state.addRegion(), args);
}

void KernelOp::print(OpAsmPrinter &p) {
  p << ' ';
  p.printSymbolName(getSymName());
  p << " kind " << getKindAttr() << " inplace ";
  getInplaceAttr().print(p);
  p << " (";
  llvm::interleaveComma(getBody().getArguments(), p,
                        [&](BlockArgument a) { p.printRegionArgument(a); });
  p << ')';
  p.printOptionalArrowTypeList(getResultTypes());
  p.printOptionalAttrDictWithKeyword((*this)->getAttrs(),
                                     {"sym_name", "kind", "inplace", "function_type"});
  p << ' ';
  p.printRegion(getBody(), false, true);
}

LogicalResult KernelOp::verify() {
  auto pairs = getInplace();
  if (pairs.size() % 2)
    return emitOpError("expected pairs (argument, result) in 'inplace', got ")
           << pairs.size() << " numbers";
  for (size_t i = 0; i < pairs.size(); i += 2)
    if (pairs[i] < 0 || size_t(pairs[i]) >= getArgumentTypes().size() || pairs[i + 1] < 0 ||
        size_t(pairs[i + 1]) >= getResultTypes().size())
      return emitOpError("expected 'inplace' to name arguments and results of the kernel");
  if (getBody().front().getArgumentTypes() != TypeRange(getArgumentTypes()))
    return emitOpError("expected the body's arguments to have the kernel's argument types");
  auto ret = dyn_cast<ReturnOp>(getBody().front().getTerminator());
  if (!ret || ret.getValues().getTypes() != TypeRange(getResultTypes()))
    return emitOpError("expected a return of the kernel's result types");
  return success();
}

//===-- Launch --------------------------------------------------------------------------------===//

static bool sameShape(Type a, Type b) {
  auto s = dyn_cast<ShapedType>(a), t = dyn_cast<ShapedType>(b);
  if (!s || !t)
    return a == b;
  return s.getShape() == t.getShape() && s.getElementType() == t.getElementType();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &table) {
  auto kernel = table.lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr());
  if (!kernel)
    return emitOpError("expected a kernel named ") << getKernelAttr() << ", found none";
  if (kernel.getInplace() != getInplace())
    return emitOpError("expected the kernel's 'inplace' pairs");
  if (kernel.getArgumentTypes().size() != getInputs().size() ||
      kernel.getResultTypes().size() != getOuts().size())
    return emitOpError("expected ")
           << kernel.getArgumentTypes().size() << " inputs and " << kernel.getResultTypes().size()
           << " outs, got " << getInputs().size() << " and " << getOuts().size();
  for (auto [a, v] : llvm::zip(kernel.getArgumentTypes(), getInputs()))
    if (!sameShape(a, v.getType()))
      return emitOpError("expected an input like ") << a << ", got " << v.getType();
  for (auto [a, v] : llvm::zip(kernel.getResultTypes(), getOuts()))
    if (!sameShape(a, v.getType()))
      return emitOpError("expected a destination like ") << a << ", got " << v.getType();
  return success();
}

bool LaunchOp::mayOverwrite(unsigned input, unsigned out) {
  auto pairs = getInplace();
  for (size_t i = 0; i < pairs.size(); i += 2)
    if (pairs[i] == int64_t(input) && pairs[i + 1] == int64_t(out))
      return true;
  return false;
}

using Effects = SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>;

/// Reads of memref inputs and writes of memref destinations; on tensors there are none.
static void memrefEffects(MutableOperandRange inputs, MutableOperandRange outs, Effects &effects) {
  for (OpOperand &o : inputs)
    if (isa<MemRefType>(o.get().getType()))
      effects.emplace_back(MemoryEffects::Read::get(), &o, SideEffects::DefaultResource::get());
  for (OpOperand &o : outs)
    if (isa<MemRefType>(o.get().getType()))
      effects.emplace_back(MemoryEffects::Write::get(), &o, SideEffects::DefaultResource::get());
}

void LaunchOp::getEffects(Effects &effects) {
  memrefEffects(getInputsMutable(), getOutsMutable(), effects);
}

/// The buffers of `values`; scalars stay.
static LogicalResult buffersOf(RewriterBase &rw, ValueRange values,
                               const BufferizationOptions &options, BufferizationState &state,
                               SmallVectorImpl<Value> &out) {
  for (Value v : values) {
    if (!isa<TensorType>(v.getType())) {
      out.push_back(v);
      continue;
    }
    FailureOr<Value> buffer = getBuffer(rw, v, options, state);
    if (failed(buffer))
      return failure();
    out.push_back(*buffer);
  }
  return success();
}

/// Replaces an op in destination style by `create(inputs, destinations)` on buffers.
template <typename OpT, typename Create>
static LogicalResult bufferizeDestinations(OpT op, RewriterBase &rw,
                                           const BufferizationOptions &options,
                                           BufferizationState &state, Create create) {
  SmallVector<Value> in, out;
  rw.setInsertionPoint(op);
  if (failed(buffersOf(rw, op.getInputs(), options, state, in)) ||
      failed(buffersOf(rw, op.getOuts(), options, state, out)))
    return failure();
  create(in, out);
  replaceOpWithBufferizedValues(rw, op, out);
  return success();
}

// An input is read, a destination is only written: a kernel never sees what its destination held.
bool LaunchOp::bufferizesToMemoryRead(OpOperand &o, const AnalysisState &) {
  return !isDpsInit(&o);
}
bool LaunchOp::bufferizesToMemoryWrite(OpOperand &o, const AnalysisState &) {
  return isDpsInit(&o);
}
AliasingValueList LaunchOp::getAliasingValues(OpOperand &o, const AnalysisState &) {
  if (isDpsInit(&o))
    return {{getTiedOpResult(&o), BufferRelation::Equivalent}};
  return {};
}
bool LaunchOp::bufferizesToElementwiseAccess(const AnalysisState &,
                                             ArrayRef<OpOperand *> operands) {
  for (OpOperand *in : operands)
    for (OpOperand *out : operands)
      if (!isDpsInit(in) && isDpsInit(out) &&
          !mayOverwrite(in->getOperandNumber(), out->getOperandNumber() - getInputs().size()))
        return false;
  return true;
}
LogicalResult LaunchOp::bufferize(RewriterBase &rw, const BufferizationOptions &options,
                                  BufferizationState &state) {
  if (getResults().empty())
    return success();
  return bufferizeDestinations(*this, rw, options, state, [&](ValueRange in, ValueRange out) {
    LaunchOp::create(rw, getLoc(), TypeRange{}, getKernelAttr(), in, out, getInplaceAttr());
  });
}

//===-- Host ----------------------------------------------------------------------------------===//

void HostOp::getEffects(Effects &effects) {
  memrefEffects(getInputsMutable(), getOutsMutable(), effects);
  // The host's own state (its stream of numbers, its output) orders host ops among themselves.
  effects.emplace_back(MemoryEffects::Read::get(), SideEffects::DefaultResource::get());
  effects.emplace_back(MemoryEffects::Write::get(), SideEffects::DefaultResource::get());
}
bool HostOp::bufferizesToMemoryRead(OpOperand &o, const AnalysisState &) { return !isDpsInit(&o); }
bool HostOp::bufferizesToMemoryWrite(OpOperand &o, const AnalysisState &) { return isDpsInit(&o); }
AliasingValueList HostOp::getAliasingValues(OpOperand &o, const AnalysisState &) {
  if (isDpsInit(&o))
    return {{getTiedOpResult(&o), BufferRelation::Equivalent}};
  return {};
}
LogicalResult HostOp::bufferize(RewriterBase &rw, const BufferizationOptions &options,
                                BufferizationState &state) {
  if (getResults().empty() && llvm::none_of(getOperandTypes(), llvm::IsaPred<TensorType>))
    return success();
  return bufferizeDestinations(*this, rw, options, state, [&](ValueRange in, ValueRange out) {
    HostOp::create(rw, getLoc(), TypeRange{}, getCallAttr(), in, out, getConfigAttr());
  });
}

//===-- Commit --------------------------------------------------------------------------------===//

void CommitOp::getEffects(Effects &effects) {
  memrefEffects(getSourcesMutable(), getDestsMutable(), effects);
}
bool CommitOp::bufferizesToMemoryRead(OpOperand &, const AnalysisState &) { return true; }
bool CommitOp::bufferizesToMemoryWrite(OpOperand &, const AnalysisState &) { return false; }
bool CommitOp::mustBufferizeInPlace(OpOperand &, const AnalysisState &) { return true; }
AliasingValueList CommitOp::getAliasingValues(OpOperand &, const AnalysisState &) { return {}; }
LogicalResult CommitOp::bufferize(RewriterBase &rw, const BufferizationOptions &options,
                                  BufferizationState &state) {
  SmallVector<Value> in;
  rw.setInsertionPoint(*this);
  if (failed(buffersOf(rw, getSources(), options, state, in)))
    return failure();
  CommitOp::create(rw, getLoc(), in, getDests());
  rw.eraseOp(*this);
  return success();
}
