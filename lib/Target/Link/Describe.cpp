// Describe.cpp - adds the program's entry points and its description to the LLVM module.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/Data.h"
#include "gradc/Target/Link/Link.h"
#include "gradc_abi.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/IRBuilder.h"
#include <cstddef>

using namespace llvm;
using namespace gradc::link;

namespace {
/// Builds what stands around the bodies of the program's functions.
class Describer {
public:
  Describer(Module &module, const Program &program, std::optional<uint64_t> threadScratch,
            const DeviceCode *deviceCode)
      : module(module), program(program), threadScratch(threadScratch), deviceCode(deviceCode),
        context(module.getContext()), b(context), i32(b.getInt32Ty()), i64(b.getInt64Ty()),
        pointer(b.getPtrTy()) {}

  /// All of it; null, or what is missing.
  const char *run();

private:
  // The description.
  Constant *text(StringRef string);
  Constant *array(Type *element, ArrayRef<Constant *> values);
  Constant *table(ArrayRef<Constant *> records);
  Constant *indices(ArrayRef<unsigned> values);
  Constant *sizes();
  Constant *tensors(ArrayRef<Tensor> list);
  Constant *functions();
  void defineData();
  Constant *inits();
  Constant *expectations();
  Constant *device();
  Constant *content(StringRef image);
  void describe();

  // The entry points.
  struct Call {
    Value *self, *inputs, *outputs, *count, *loss;
    // Of a twin: the device, and what is at the place of `self` there.
    Value *device = nullptr, *base = nullptr;
  };
  llvm::Function *define(const Twine &name, Type *result, ArrayRef<Type *> arguments);
  Value *offset(Value *base, uint64_t bytes) {
    return b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, bytes);
  }
  /// Where the running function keeps its error code.
  Value *errorSlot(Value *self) { return offset(self, offsetof(gradc_header, user[3])); }
  std::vector<Value *> bodyArguments(const gradc::link::Function &f, const Call &call,
                                     llvm::Function *entry);
  void returnIf(Value *condition, int code, llvm::Function *entry);
  Value *callBody(llvm::Function *body, ArrayRef<Value *> arguments);
  void defineEntry(const gradc::link::Function &f, llvm::Function *body);
  llvm::Function *defineTwin(const gradc::link::Function &f, llvm::Function *body);
  void returnLoss(Value *computed, Value *wanted);
  void defineSize();
  void defineInit();

  Module &module;
  const Program &program;
  std::optional<uint64_t> threadScratch; // none: no kernel shares its work
  const DeviceCode *deviceCode;
  LLVMContext &context;
  IRBuilder<> b;
  Type *i32, *i64, *pointer;
  GlobalVariable *description = nullptr;
  std::vector<std::pair<llvm::Function *, const gradc::link::Function *>> entries;
  struct Content {
    uint64_t offset, bytes;
    Constant *data;
  };
  std::vector<Content> firstContents; // of the variables that do not start as zeros
  llvm::Function *computedInit = nullptr;
};
} // namespace

//===-- Description ---------------------------------------------------------------------------===//

Constant *Describer::text(StringRef string) {
  return b.CreateGlobalString(string, "gradc.text", 0, &module);
}

Constant *Describer::array(Type *element, ArrayRef<Constant *> values) {
  if (values.empty())
    return ConstantPointerNull::get(PointerType::get(context, 0));
  auto *type = ArrayType::get(element, values.size());
  auto *global = new GlobalVariable(module, type, /*isConstant=*/true, GlobalValue::PrivateLinkage,
                                    ConstantArray::get(type, values), "gradc.table");
  global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  return global;
}

Constant *Describer::table(ArrayRef<Constant *> records) {
  return array(records.empty() ? i32 : records[0]->getType(), records);
}

Constant *Describer::indices(ArrayRef<unsigned> values) {
  SmallVector<Constant *> list;
  for (unsigned value : values)
    list.push_back(b.getInt32(value));
  return array(i32, list);
}

Constant *Describer::tensors(ArrayRef<Tensor> list) {
  SmallVector<Constant *> records;
  for (const Tensor &t : list) {
    SmallVector<Constant *> extents;
    for (int64_t extent : t.shape)
      extents.push_back(b.getInt64(extent));
    SmallVector<Constant *> open;
    for (auto [size, factor] : t.open)
      open.push_back(ConstantStruct::getAnon({b.getInt32(size), b.getInt32(factor)}));
    records.push_back(ConstantStruct::getAnon(
        {text(t.name), array(i64, extents), b.getInt64(t.offset), b.getInt32(t.dtype),
         b.getInt32(t.shape.size()), b.getInt32(t.kind), b.getInt32(t.flags), table(open)}));
  }
  return table(records);
}

Constant *Describer::sizes() {
  SmallVector<Constant *> records;
  for (const Size &size : program.sizes)
    records.push_back(
        ConstantStruct::getAnon({text(size.name), b.getInt64(size.least), b.getInt64(size.most),
                                 b.getInt64(size.usual), b.getInt32(size.input), b.getInt32(0)}));
  return table(records);
}

Constant *Describer::functions() {
  SmallVector<Constant *> records;
  for (auto [symbol, f] : entries) {
    uint32_t flags = f->steps == gradc::link::Function::One    ? GRADC_FUNCTION_STEP
                     : f->steps == gradc::link::Function::Many ? GRADC_FUNCTION_STEPS
                                                               : 0;
    records.push_back(ConstantStruct::getAnon(
        {text(f->name), symbol, b.getInt32(f->inputs.size()), b.getInt32(f->outputs.size()),
         indices(f->inputs), indices(f->outputs), b.getInt32(flags), b.getInt32(0)}));
  }
  return array(records[0]->getType(), records);
}

/// The bytes of a variable's first content; empty for zeros.
static std::string initialBytes(const Tensor &t) {
  std::string bytes;
  mlir::DenseElementsAttr dense = gradc::denseElements(t.init);
  if (!dense)
    return bytes;
  if (t.dtype == GRADC_BOOL) { // packed by MLIR, bytes for the ABI
    for (bool bit : dense.getValues<bool>())
      bytes += char(bit);
  } else {
    ArrayRef<char> raw = dense.getRawData();
    for (uint64_t i = 0, n = dense.isSplat() ? t.elements() : 1; i < n; ++i)
      bytes.append(raw.begin(), raw.end());
  }
  return bytes.find_first_not_of('\0') == std::string::npos ? "" : bytes;
}

void Describer::defineData() {
  SmallVector<const Tensor *> apart;
  if (std::vector<Weight> weights = weightsOf(program); !weights.empty()) {
    GlobalVariable *all = declareWeights(module, weights);
    for (const Weight &weight : weights) {
      const Tensor &t = program.variables[weight.variable];
      apart.push_back(&t);
      firstContents.push_back(
          {t.offset, weight.bytes.size(),
           ConstantExpr::getInBoundsGetElementPtr(b.getInt8Ty(), all, b.getInt64(weight.offset))});
    }
  }
  for (const Tensor &t : program.variables) {
    if (is_contained(apart, &t))
      continue;
    std::string bytes = initialBytes(t);
    if (bytes.empty())
      continue;
    Constant *data = ConstantDataArray::getRaw(bytes, bytes.size(), b.getInt8Ty());
    auto *global = new GlobalVariable(module, data->getType(), /*isConstant=*/true,
                                      GlobalValue::PrivateLinkage, data, "gradc.data");
    global->setAlignment(Align(GRADC_ALIGNMENT));
    firstContents.push_back({t.offset, bytes.size(), global});
  }
}

Constant *Describer::inits() {
  SmallVector<Constant *> records;
  for (const Content &content : firstContents)
    records.push_back(ConstantStruct::getAnon(
        {b.getInt64(content.offset), b.getInt64(content.bytes), content.data}));
  return records.empty() ? array(i32, {}) : array(records[0]->getType(), records);
}

Constant *Describer::expectations() {
  SmallVector<Constant *> texts;
  for (const std::string &expectation : program.expectations)
    texts.push_back(text(expectation));
  return array(pointer, texts);
}

void Describer::describe() {
  uint32_t flags = (program.prints ? GRADC_PROGRAM_PRINTS : 0) |
                   (threadScratch ? GRADC_PROGRAM_SHARES : 0) |
                   (program.wantsCuda && deviceCode ? GRADC_PROGRAM_WANTS_CUDA : 0);
  Constant *startTeam = ConstantPointerNull::get(PointerType::get(context, 0));
  if (program.executable && threadScratch)
    startTeam = cast<Constant>(
        module.getOrInsertFunction("gradc_rt_team_start", pointer, i32, i64).getCallee());
  Constant *writeProfile = ConstantPointerNull::get(PointerType::get(context, 0));
  if (program.executable && program.profiles)
    writeProfile = cast<Constant>(
        module.getOrInsertFunction("gradc_rt_profile_write", i32, pointer, i32).getCallee());
  auto *record = ConstantStruct::getAnon({b.getInt32(GRADC_ABI_VERSION),
                                          b.getInt32(program.script ? GRADC_SCRIPT : GRADC_MODEL),
                                          text(program.name),
                                          b.getInt64(program.size),
                                          b.getInt64(program.arenaBytes),
                                          b.getInt32(program.inputs.size()),
                                          b.getInt32(program.outputs.size()),
                                          b.getInt32(program.variables.size()),
                                          b.getInt32(entries.size()),
                                          tensors(program.inputs),
                                          tensors(program.outputs),
                                          tensors(program.variables),
                                          functions(),
                                          b.getInt64(program.rngOffset),
                                          inits(),
                                          b.getInt32(firstContents.size()),
                                          b.getInt32(flags),
                                          b.getInt64(program.identity),
                                          expectations(),
                                          b.getInt32(program.expectations.size()),
                                          b.getInt32(0),
                                          b.getInt64(threadScratch.value_or(0)),
                                          startTeam,
                                          writeProfile,
                                          device(),
                                          sizes(),
                                          b.getInt32(program.sizes.size()),
                                          b.getInt32(0)});
  // NAME_init already refers to it.
  auto *global = new GlobalVariable(module, record->getType(), /*isConstant=*/true,
                                    GlobalValue::ExternalLinkage, record, "");
  description->replaceAllUsesWith(global);
  global->takeName(description);
  description->eraseFromParent();
  new GlobalVariable(module, i64, /*isConstant=*/true, GlobalValue::ExternalLinkage,
                     b.getInt64(program.interfaceHash()), program.name + "_interface");
  // Weak, because several programs may be linked into one process.
  new GlobalVariable(module, pointer, /*isConstant=*/true, GlobalValue::WeakAnyLinkage, global,
                     "gradc_main_program");
}

//===-- Entry points --------------------------------------------------------------------------===//

llvm::Function *Describer::define(const Twine &name, Type *result, ArrayRef<Type *> arguments) {
  auto *f = llvm::Function::Create(FunctionType::get(result, arguments, false),
                                   GlobalValue::ExternalLinkage, name, module);
  b.SetInsertPoint(BasicBlock::Create(context, "", f));
  return f;
}

void Describer::returnIf(Value *condition, int code, llvm::Function *entry) {
  auto *bad = BasicBlock::Create(context, "", entry),
       *good = BasicBlock::Create(context, "", entry);
  b.CreateCondBr(condition, bad, good);
  b.SetInsertPoint(bad);
  b.CreateRet(b.getInt32(code));
  b.SetInsertPoint(good);
}

/// The pointers that a body takes; returns an error code from `entry` where one is null.
std::vector<Value *> Describer::bodyArguments(const gradc::link::Function &f, const Call &call,
                                              llvm::Function *entry) {
  Value *missing = b.getFalse();
  bool isTwin = call.device; // the runtime has looked
  if (!f.inputs.empty() && !isTwin)
    returnIf(b.CreateIsNull(call.inputs), GRADC_ERROR_ARGUMENT, entry);
  if (!f.outputs.empty() && !call.loss && !isTwin)
    returnIf(b.CreateIsNull(call.outputs), GRADC_ERROR_ARGUMENT, entry);
  auto load = [&](Value *array, unsigned index, const Tensor &tensor) {
    Value *p = b.CreateLoad(pointer, b.CreateConstInBoundsGEP1_64(pointer, array, index));
    if (tensor.bytes())
      missing = b.CreateOr(missing, b.CreateIsNull(p));
    return p;
  };
  std::vector<Value *> arguments;
  unsigned nextInput = 0, nextOutput = 0;
  Value *base = call.base ? call.base : call.self;
  for (const gradc::link::Argument &argument : f.arguments) {
    switch (argument.role) {
    case gradc::link::Argument::Input:
      arguments.push_back(load(call.inputs, nextInput++, program.inputs[argument.index]));
      break;
    case gradc::link::Argument::Output:
      arguments.push_back(call.loss
                              ? call.loss
                              : load(call.outputs, nextOutput++, program.outputs[argument.index]));
      break;
    case gradc::link::Argument::Variable:
      arguments.push_back(offset(base, program.variables[argument.index].offset));
      break;
    case gradc::link::Argument::Arena:
      arguments.push_back(offset(base, program.arenaOffset));
      break;
    case gradc::link::Argument::Device:
      arguments.push_back(call.device);
      break;
    case gradc::link::Argument::Count:
      arguments.push_back(call.count);
      break;
    case gradc::link::Argument::Team:
      arguments.push_back(b.CreateLoad(pointer, offset(call.self, offsetof(gradc_header, team))));
      break;
    case gradc::link::Argument::Random:
      arguments.push_back(offset(call.self, program.rngOffset));
      break;
    case gradc::link::Argument::Error:
      arguments.push_back(errorSlot(call.self));
      break;
    }
  }
  if (!isTwin)
    returnIf(missing, GRADC_ERROR_ARGUMENT, entry);
  return arguments;
}

/// A body has no result, or gives an error code.
Value *Describer::callBody(llvm::Function *body, ArrayRef<Value *> arguments) {
  CallInst *call = b.CreateCall(body, arguments);
  return call->getType()->isVoidTy() ? static_cast<Value *>(b.getInt32(0)) : call;
}

/// Callers that do not want the loss pass null; they get a float whatever it was computed in.
void Describer::returnLoss(Value *computed, Value *wanted) {
  llvm::Function *entry = b.GetInsertBlock()->getParent();
  auto *store = BasicBlock::Create(context, "", entry),
       *done = BasicBlock::Create(context, "", entry);
  b.CreateCondBr(b.CreateIsNull(wanted), done, store);
  b.SetInsertPoint(store);
  auto *type = cast<AllocaInst>(computed)->getAllocatedType();
  b.CreateStore(b.CreateFPCast(b.CreateLoad(type, computed), b.getFloatTy()), wanted);
  b.CreateBr(done);
  b.SetInsertPoint(done);
}

void Describer::defineEntry(const gradc::link::Function &f, llvm::Function *body) {
  using Steps = gradc::link::Function;
  // NAME_init makes a handle; the program's own part of it is called from there.
  bool isInit = f.name == "init";
  SmallVector<Type *> types{pointer, pointer, pointer};
  if (f.steps == Steps::Many)
    types.insert(types.begin() + 2, i64);
  llvm::Function *entry = define(program.name + (isInit ? ".init" : "_" + f.name), i32, types);
  if (isInit) {
    entry->setLinkage(GlobalValue::InternalLinkage);
    computedInit = entry;
  }
  Call call{entry->getArg(0), entry->getArg(1), entry->getArg(types.size() - 1), nullptr, nullptr};
  if (f.steps) {
    uint32_t dtype = program.outputs[f.outputs[0]].dtype;
    call.loss = b.CreateAlloca(dtype == GRADC_F64    ? b.getDoubleTy()
                               : dtype == GRADC_F16  ? b.getHalfTy()
                               : dtype == GRADC_BF16 ? b.getBFloatTy()
                                                     : b.getFloatTy());
  }
  if (f.steps == Steps::Many) {
    call.count = entry->getArg(2);
    returnIf(b.CreateIsNull(call.count), GRADC_ERROR_ARGUMENT, entry);
  }
  if (f.guard) {
    Value *alive =
        b.CreateLoad(b.getInt8Ty(), offset(call.self, program.variables[*f.guard].offset));
    returnIf(b.CreateIsNull(alive), GRADC_ERROR_FREED_GRAPH, entry);
  }
  std::vector<Value *> arguments = bodyArguments(f, call, entry);
  bool expects =
      llvm::any_of(f.arguments, [](auto &a) { return a.role == gradc::link::Argument::Error; });
  if (expects) {
    b.CreateStore(b.getInt32(GRADC_OK), errorSlot(call.self));
    // A forward that fails returns before it says that there is a graph to go back through.
    for (const Steps &other : program.functions)
      if (other.guard && program.variables[*other.guard].name == f.name + ".alive")
        b.CreateStore(b.getInt8(0), offset(call.self, program.variables[*other.guard].offset));
  }
  Value *code = callBody(body, arguments);
  if (expects)
    code = b.CreateLoad(i32, errorSlot(call.self));
  if (f.steps)
    returnLoss(call.loss, call.outputs);
  b.CreateRet(code);
  entries.emplace_back(entry, &f);
}

//===-- Device --------------------------------------------------------------------------------===//

static std::string twinSymbol(const gradc::link::Function &f) {
  return bodySymbol(f.name + kDeviceSuffix.str());
}

/// What the runtime calls: a body, with addresses of the device.
llvm::Function *Describer::defineTwin(const gradc::link::Function &f, llvm::Function *body) {
  gradc::link::Function twin = f;
  auto at =
      llvm::find_if(twin.arguments, [](auto &a) { return a.role == gradc::link::Argument::Team; });
  twin.arguments.insert(at, {gradc::link::Argument::Device});
  llvm::Function *entry = define(program.name + "_" + f.name + kDeviceSuffix, b.getVoidTy(),
                                 {pointer, pointer, pointer, pointer, pointer, i64});
  entry->setLinkage(GlobalValue::InternalLinkage);
  Call call{entry->getArg(2), entry->getArg(3), entry->getArg(4), entry->getArg(5),
            nullptr,          entry->getArg(0), entry->getArg(1)};
  b.CreateCall(body, bodyArguments(twin, call, entry));
  b.CreateRetVoid();
  return entry;
}

/// What the driver loads.
Constant *Describer::content(StringRef image) {
  Constant *bytes = ConstantDataArray::getString(context, image, /*AddNull=*/false);
  auto *global = new GlobalVariable(module, bytes->getType(), /*isConstant=*/true,
                                    GlobalValue::PrivateLinkage, bytes, "gradc.image");
  global->setAlignment(Align(GRADC_ALIGNMENT));
  return global;
}

/// The record of the program's device code, or null.
Constant *Describer::device() {
  if (!deviceCode)
    return ConstantPointerNull::get(PointerType::get(context, 0));
  SmallVector<Constant *> records, names;
  for (auto [symbol, f] : entries) {
    llvm::Function *twin = defineTwin(*f, module.getFunction(twinSymbol(*f)));
    bool expects =
        llvm::any_of(f->arguments, [](auto &a) { return a.role == gradc::link::Argument::Error; });
    SmallVector<Constant *> frees;
    for (const gradc::link::Function &other : program.functions)
      if (expects && other.guard && program.variables[*other.guard].name == f->name + ".alive")
        frees.push_back(b.getInt64(program.variables[*other.guard].offset));
    records.push_back(ConstantStruct::getAnon(
        {twin, b.getInt64(f->guard ? program.variables[*f->guard].offset : 0), array(i64, frees),
         b.getInt32(frees.size()), b.getInt32(expects)}));
  }
  for (const std::string &kernel : deviceCode->kernels)
    names.push_back(text(kernel));
  SmallVector<Constant *> images;
  for (const gradc::link::DeviceImage &image : deviceCode->images)
    images.push_back(ConstantStruct::getAnon(
        {content(image.content), b.getInt32(image.capability), b.getInt32(image.isPtx)}));
  auto *api = new GlobalVariable(module, b.getInt8Ty(), /*isConstant=*/true,
                                 GlobalValue::ExternalLinkage, nullptr, "gradc_cuda_api");
  auto *record = ConstantStruct::getAnon(
      {api, array(images[0]->getType(), images), array(pointer, names),
       array(records[0]->getType(), records), b.getInt64(deviceCode->workspace),
       b.getInt32(deviceCode->kernels.size()), b.getInt32(deviceCode->images.size())});
  return new GlobalVariable(module, record->getType(), /*isConstant=*/true,
                            GlobalValue::PrivateLinkage, record, "gradc.device");
}

void Describer::defineSize() {
  define(program.name + "_size", i64, {pointer});
  b.CreateRet(b.getInt64(program.size));
}

/// NAME_init needs no runtime library, unless the program draws.
void Describer::defineInit() {
  llvm::Function *entry = define(program.name + "_init", i32, {pointer, i64, pointer, pointer});
  Value *mem = entry->getArg(0), *bytes = entry->getArg(1), *out = entry->getArg(3);
  Value *address = b.CreatePtrToInt(mem, i64);
  Value *misplaced = b.CreateIsNotNull(b.CreateAnd(address, GRADC_ALIGNMENT - 1));
  Value *small = b.CreateICmpULT(bytes, b.getInt64(program.size));
  returnIf(b.CreateOr(b.CreateOr(b.CreateIsNull(mem), misplaced), small), GRADC_ERROR_MEMORY,
           entry);
  Align align(GRADC_ALIGNMENT);
  b.CreateMemSet(mem, b.getInt8(0), program.size - program.arenaBytes, align);
  b.CreateStore(b.getInt32(GRADC_MAGIC), offset(mem, offsetof(gradc_header, magic)));
  b.CreateStore(b.getInt32(GRADC_ABI_VERSION), offset(mem, offsetof(gradc_header, abi_version)));
  b.CreateStore(description, offset(mem, offsetof(gradc_header, program)));
  b.CreateStore(b.getInt64(program.size), offset(mem, offsetof(gradc_header, size)));
  for (const Content &content : firstContents)
    b.CreateMemCpy(offset(mem, content.offset), align, content.data, align, content.bytes);
  if (program.rngOffset) {
    FunctionCallee seed = module.getOrInsertFunction("gradc_rt_seed", b.getVoidTy(), pointer, i64);
    b.CreateCall(seed, {offset(mem, program.rngOffset), b.getInt64(GRADC_DEFAULT_SEED)});
  }
  Value *code = b.getInt32(GRADC_OK);
  Value *null = ConstantPointerNull::get(PointerType::get(context, 0));
  if (computedInit)
    code = b.CreateCall(computedInit, {mem, null, null});
  auto *store = BasicBlock::Create(context, "", entry),
       *done = BasicBlock::Create(context, "", entry);
  b.CreateCondBr(b.CreateIsNull(out), done, store);
  b.SetInsertPoint(store);
  b.CreateStore(mem, out);
  b.CreateBr(done);
  b.SetInsertPoint(done);
  b.CreateRet(code);
}

const char *Describer::run() {
  description =
      new GlobalVariable(module, b.getInt8Ty(), /*isConstant=*/true, GlobalValue::ExternalLinkage,
                         nullptr, program.name + "_program");
  defineData();
  for (const gradc::link::Function &f : program.functions) {
    if (deviceCode && !module.getFunction(twinSymbol(f)))
      return "a function of the program has no twin for the device";
    llvm::Function *body = module.getFunction(f.body);
    if (!body || body->arg_size() != f.arguments.size())
      return "a function of the program has no body of pointers";
    defineEntry(f, body);
  }
  defineSize();
  defineInit();
  describe();
  return nullptr;
}

std::unique_ptr<Module> gradc::link::translateProgram(mlir::ModuleOp op, const Program &program,
                                                      const DeviceCode *device,
                                                      TargetMachine &machine,
                                                      LLVMContext &context) {
  std::unique_ptr<Module> module = mlir::translateModuleToLLVMIR(op, context, program.name);
  if (!module)
    return nullptr;
  module->setTargetTriple(machine.getTargetTriple());
  module->setDataLayout(machine.createDataLayout());
  module->setPICLevel(PICLevel::BigPIC);
  std::optional<uint64_t> threadScratch;
  if (auto bytes = op->getAttrOfType<mlir::IntegerAttr>(gradc::sched::kThreadScratchAttr))
    threadScratch = bytes.getInt();
  if (const char *missing = Describer(*module, program, threadScratch, device).run()) {
    op.emitError(missing);
    return nullptr;
  }
  for (llvm::Function &f : *module) {
    f.setDoesNotThrow();
    if (!f.isDeclaration() && machine.getTargetTriple().isX86())
      f.addFnAttr("prefer-vector-width", "512");
  }
  return module;
}
