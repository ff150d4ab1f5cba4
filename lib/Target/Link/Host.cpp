// Host.cpp - turns sched.host into calls of the runtime: print, seed and draws.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Host.h"
#include "gradc/IR/Sched.h"
#include "gradc/Target/Link/Program.h"
#include "gradc_abi.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/LLVMIR/FunctionCallUtils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include <cstddef>

using namespace mlir;
using namespace gradc;
using namespace gradc::link;

namespace {
/// Builds one runtime call and its arguments.
class CallBuilder {
public:
  CallBuilder(sched::HostOp op, RewriterBase &b, const LLVMTypeConverter &converter,
              unsigned &constants)
      : op(op), b(b), converter(converter), constants(constants), loc(op.getLoc()),
        pointer(LLVM::LLVMPointerType::get(op.getContext())) {}

  Value i32(uint32_t value) { return LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(value)); }
  Value i64(int64_t value) { return LLVM::ConstantOp::create(b, loc, b.getI64IntegerAttr(value)); }
  Value null() { return LLVM::ZeroOp::create(b, loc, pointer); }
  /// A NUL-terminated constant.
  Value text(StringRef string) {
    std::string content = string.str() + '\0';
    return global(LLVM::LLVMArrayType::get(b.getI8Type(), content.size()),
                  b.getStringAttr(content));
  }
  Value shape(ArrayRef<int64_t> extents) {
    if (extents.empty())
      return null();
    return global(LLVM::LLVMArrayType::get(b.getI64Type(), extents.size()),
                  b.getI64TensorAttr(extents));
  }
  /// The address of the data of an operand; a scalar is put on the stack.
  Value address(Value original, Value converted);
  /// Bytes on the stack, made once a call of the function even where the host op is in a loop.
  Value stack(int64_t bytes);
  void store(Value value, Value base, int64_t offset) {
    Value at = LLVM::GEPOp::create(b, loc, pointer, b.getI8Type(), base,
                                   ArrayRef<LLVM::GEPArg>{int32_t(offset)});
    LLVM::StoreOp::create(b, loc, value, at);
  }
  LogicalResult call(StringRef name, ValueRange arguments);

  sched::HostOp op;

private:
  Value global(Type type, Attribute content);

  RewriterBase &b;
  const LLVMTypeConverter &converter;
  unsigned &constants;
  Location loc;
  Type pointer;
};

struct HostLowering : ConvertOpToLLVMPattern<sched::HostOp> {
  HostLowering(const LLVMTypeConverter &converter, unsigned &constants)
      : ConvertOpToLLVMPattern(converter), constants(constants) {}
  LogicalResult matchAndRewrite(sched::HostOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override;

private:
  unsigned &constants;
};
} // namespace

Value CallBuilder::global(Type type, Attribute content) {
  LLVM::GlobalOp global;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(op->getParentOfType<ModuleOp>().getBody());
    global = LLVM::GlobalOp::create(b, loc, type, /*isConstant=*/true, LLVM::Linkage::Private,
                                    "gradc.constant." + std::to_string(constants++), content);
    global.setUnnamedAddr(LLVM::UnnamedAddr::Global); // equal ones may be merged
  }
  return LLVM::AddressOfOp::create(b, loc, global);
}

Value CallBuilder::stack(int64_t bytes) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&op->getParentOfType<FunctionOpInterface>().getFunctionBody().front());
  return LLVM::AllocaOp::create(b, loc, pointer, b.getI8Type(), i64(bytes), /*alignment=*/8);
}

Value CallBuilder::address(Value original, Value converted) {
  if (auto type = dyn_cast<MemRefType>(original.getType()))
    return MemRefDescriptor(converted).bufferPtr(b, loc, converter, type);
  Value slot = stack(8);
  if (original.getType().isInteger(1))
    converted = LLVM::ZExtOp::create(b, loc, b.getI8Type(), converted);
  store(converted, slot, 0);
  return slot;
}

LogicalResult CallBuilder::call(StringRef name, ValueRange arguments) {
  auto function = LLVM::lookupOrCreateFn(b, op->getParentOfType<ModuleOp>(), name,
                                         llvm::to_vector(arguments.getTypes()),
                                         LLVM::LLVMVoidType::get(op.getContext()));
  if (failed(function))
    return failure();
  LLVM::CallOp::create(b, loc, *function, arguments);
  return success();
}

/// Where an expectation fails the function keeps its code and returns: what follows, the update of
/// parameters among it, is not done.
static LogicalResult lowerExpect(CallBuilder &build, sched::HostOp::Adaptor adaptor,
                                 ConversionPatternRewriter &b) {
  sched::HostOp op = build.op;
  Location loc = op.getLoc();
  auto code = op.getConfig().getAs<IntegerAttr>(kExpectCode);
  if (!code || op.getInputs().size() != 2)
    return op.emitError("expected a condition and a 'code' of an expect");
  Value condition = adaptor.getInputs()[0], error = adaptor.getInputs()[1];
  if (isa<MemRefType>(op.getInputs()[0].getType())) {
    Value at = build.address(op.getInputs()[0], condition);
    condition = LLVM::LoadOp::create(b, loc, b.getI8Type(), at);
  } else {
    condition = LLVM::ZExtOp::create(b, loc, b.getI8Type(), condition);
  }
  Value zero = LLVM::ConstantOp::create(b, loc, b.getI8IntegerAttr(0));
  Value fails = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, condition, zero);
  Block *before = op->getBlock();
  Block *after = b.splitBlock(before, std::next(op->getIterator()));
  Block *exit = b.createBlock(before->getParent(), before->getParent()->end());
  LLVM::StoreOp::create(b, loc, build.i32(code.getInt()), error);
  LLVM::ReturnOp::create(b, loc, ValueRange());
  b.setInsertionPointToEnd(before);
  LLVM::CondBrOp::create(b, loc, fails, exit, after);
  b.setInsertionPoint(op);
  return success();
}

/// The runtime's record of one printed thing, before its data is known.
static gradc_value readPart(StringRef part, StringRef &text, bool &isUnsigned) {
  gradc_value value = {};
  isUnsigned = !part.starts_with("text:") && part.consume_back(":u8");
  if (part.consume_front("text:")) {
    value.what = GRADC_VALUE_TEXT;
    text = part;
  } else if (part == "none") {
    value.what = GRADC_VALUE_NONE;
  } else if (part == "number") {
    value.what = GRADC_VALUE_NUMBER;
  } else {
    value.what = GRADC_VALUE_TENSOR;
    if (part == "tensor:requires_grad")
      value.flags = GRADC_VALUE_REQUIRES_GRAD;
    if (part.consume_front("tensor:grad_fn=<") && part.consume_back(">"))
      text = part;
  }
  return value;
}

static LogicalResult lowerPrint(CallBuilder &build, ValueRange converted) {
  sched::HostOp op = build.op;
  auto parts = op.getConfig().getAs<ArrayAttr>("parts");
  if (!parts)
    return op.emitError("expected 'parts' of a print");
  Value values = build.stack(std::max<size_t>(parts.size(), 1) * sizeof(gradc_value));
  unsigned next = 0;
  for (auto [i, part] : llvm::enumerate(parts.getAsRange<StringAttr>())) {
    StringRef text;
    bool isUnsigned;
    gradc_value value = readPart(part, text, isUnsigned);
    Value data, shape;
    if (value.what == GRADC_VALUE_TENSOR || value.what == GRADC_VALUE_NUMBER) {
      if (next == op.getInputs().size())
        return op.emitError("expected as many operands as printed tensors and numbers");
      Value operand = op.getInputs()[next];
      auto type = dyn_cast<MemRefType>(operand.getType());
      auto dtype = dtypeOf(getElementTypeOrSelf(operand.getType()));
      if (!dtype || (type && !type.hasStaticShape()))
        return op.emitError("cannot print a ") << operand.getType();
      value.dtype = isUnsigned ? uint32_t(GRADC_U8) : *dtype;
      value.rank = type ? type.getRank() : 0;
      data = build.address(operand, converted[next++]);
      shape = build.shape(type ? type.getShape() : ArrayRef<int64_t>());
    }
    int64_t at = i * sizeof(gradc_value);
    build.store(build.i32(value.what), values, at + offsetof(gradc_value, what));
    build.store(build.i32(value.dtype), values, at + offsetof(gradc_value, dtype));
    build.store(build.i32(value.rank), values, at + offsetof(gradc_value, rank));
    build.store(build.i32(value.flags), values, at + offsetof(gradc_value, flags));
    build.store(shape ? shape : build.null(), values, at + offsetof(gradc_value, shape));
    build.store(data ? data : build.null(), values, at + offsetof(gradc_value, data));
    // An empty text is a text all the same; a tensor without grad_fn has none.
    bool hasText = value.what == GRADC_VALUE_TEXT || !text.empty();
    build.store(hasText ? build.text(text) : build.null(), values,
                at + offsetof(gradc_value, text));
  }
  return build.call("gradc_rt_print", {values, build.i32(parts.size())});
}

/// The end of a launch that is timed: the runtime gets a record of what it did.
static LogicalResult lowerProfile(CallBuilder &build) {
  sched::HostOp op = build.op;
  DictionaryAttr config = op.getConfig();
  auto name = config.getAs<StringAttr>("name"), kind = config.getAs<StringAttr>("kind");
  auto flops = config.getAs<IntegerAttr>("flops"), bytes = config.getAs<IntegerAttr>("bytes");
  if (!name || !kind || !flops || !bytes)
    return op.emitError("expected 'name', 'kind', 'flops' and 'bytes' of a profile_end");
  std::string where;
  llvm::raw_string_ostream os(where);
  if (auto at = op.getLoc()->findInstanceOf<FileLineColLoc>())
    os << at.getFilename().getValue() << ':' << at.getLine() << ':' << at.getColumn();
  return build.call("gradc_rt_profile_end", {build.text(name), build.text(kind), build.text(where),
                                             build.i64(flops.getInt()), build.i64(bytes.getInt())});
}

/// A draw of the generator, which SealFunctions has made the last input.
static LogicalResult lowerDraw(CallBuilder &build, sched::HostOp::Adaptor adaptor) {
  sched::HostOp op = build.op;
  Value generator = adaptor.getInputs().back();
  auto type = cast<MemRefType>(op.getOuts()[0].getType());
  Type element = type.getElementType();
  if (!type.hasStaticShape())
    return op.emitError("cannot draw a ") << type;
  Value out = build.address(op.getOuts()[0], adaptor.getOuts()[0]);
  Value count = build.i64(type.getNumElements());
  StringRef call = op.getCall();
  if (call == "randperm" && element.isInteger(64))
    return build.call("gradc_rt_randperm_i64", {generator, out, count});
  if (call == "randint" && element.isInteger(64)) {
    auto low = op.getConfig().getAs<IntegerAttr>("low");
    auto high = op.getConfig().getAs<IntegerAttr>("high");
    if (!low || !high)
      return op.emitError("expected 'low' and 'high' of a randint");
    return build.call("gradc_rt_randint_i64",
                      {generator, build.i64(low.getInt()), build.i64(high.getInt()), out, count});
  }
  if ((call == "randn" || call == "rand") && isa<FloatType>(element)) {
    StringRef suffix = element.isF32()   ? "_f32"
                       : element.isF64() ? "_f64"
                       : element.isF16() ? "_f16"
                                         : "_bf16";
    return build.call(("gradc_rt_" + call + suffix).str(), {generator, out, count});
  }
  return op.emitError("'") << call << "' of " << element << " is not supported by the runtime";
}

LogicalResult HostLowering::matchAndRewrite(sched::HostOp op, OpAdaptor adaptor,
                                            ConversionPatternRewriter &rewriter) const {
  CallBuilder build(op, rewriter, *getTypeConverter(), constants);
  LogicalResult result = success();
  if (op.getCall() == "expect") {
    result = lowerExpect(build, adaptor, rewriter);
  } else if (op.getCall() == "print") {
    result = lowerPrint(build, adaptor.getInputs());
  } else if (op.getCall() == "profile_begin") {
    result = build.call("gradc_rt_profile_begin", {});
  } else if (op.getCall() == "profile_end") {
    result = lowerProfile(build);
  } else if (op.getCall() == "manual_seed") {
    auto seed = op.getConfig().getAs<IntegerAttr>("seed");
    if (!seed)
      return op.emitError("expected 'seed' of a manual_seed");
    result = build.call("gradc_rt_seed", {adaptor.getInputs().back(), build.i64(seed.getInt())});
  } else if (op.getOuts().size() == 1) {
    result = lowerDraw(build, adaptor);
  } else {
    result = op.emitError("unknown host call '") << op.getCall() << "'";
  }
  if (succeeded(result))
    rewriter.eraseOp(op);
  return result;
}

void gradc::link::populateHostPatterns(const LLVMTypeConverter &converter,
                                       RewritePatternSet &patterns, unsigned &constants) {
  patterns.add<HostLowering>(converter, constants);
}
