// kernel-run.cpp - compiles the kernels of a file for several vector widths, runs them and
// compares. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// gradc-kernel-run FILE [--time] [--ulp=BOUND] [--only=NAME]
// Every kernel runs with registers of 128, 256 and 512 bits, with and without masked memory
// accesses, and once more with each 'inplace' pair sharing a buffer; then shared among one to seven
// threads. All must give the same bits, close to the reference interpreter's. `--time` prints the
// best time of a call; `--ulp` compares kernels of one math function with libm instead.
#include "Reference.h"
#include "gradc/IR/Ag.h"
#include "gradc/Target/CPU.h"
#include "gradc/Target/CPU/Passes.h"
#include "gradc_abi.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/TargetSelect.h"
#include <chrono>
#include <cmath>
#include <cstring>
#include <map>
#include <random>

// createConvertVectorToLLVMPass's header drags in every dialect it can lower from.
namespace mlir {
std::unique_ptr<Pass> createConvertVectorToLLVMPass();
} // namespace mlir

using namespace mlir;
using namespace gradc;
using namespace gradc::test;

namespace {

struct Options {
  std::string file, only;
  bool time = false;
  double ulp = 0;
};

[[noreturn]] void die(const llvm::Twine &text) {
  llvm::errs() << "gradc-kernel-run: " << text << '\n';
  exit(1);
}

/// A kernel compiled for one target.
struct Compiled {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  uint64_t threadScratch = 0;
  using Entry = void (*)(void **, gradc_team *);
  Entry entry(StringRef kernel) {
    auto address = jit->lookup(("run." + kernel).str());
    if (!address)
      die(llvm::toString(address.takeError()));
    return address->toPtr<Entry>();
  }
};

/// A function of one array of pointers that launches the kernel; scalars are read through their
/// pointers.
void addEntry(ModuleOp module, sched::KernelOp kernel) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  Location loc = kernel.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  auto f = func::FuncOp::create(b, loc, ("run." + kernel.getSymName()).str(),
                                b.getFunctionType({pointer}, {}));
  b.setInsertionPointToStart(f.addEntryBlock());
  unsigned next = 0;
  auto take = [&](Type type) -> Value {
    Value slot = LLVM::GEPOp::create(b, loc, pointer, pointer, f.getArgument(0),
                                     ArrayRef<LLVM::GEPArg>{int32_t(next++)});
    Value data = LLVM::LoadOp::create(b, loc, pointer, slot);
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor) {
      Type stored = type.isIndex() ? b.getI64Type() : type.isInteger(1) ? b.getI8Type() : type;
      Value v = LLVM::LoadOp::create(b, loc, stored, data);
      if (type.isInteger(1))
        return arith::TruncIOp::create(b, loc, type, v);
      return type.isIndex() ? Value(arith::IndexCastOp::create(b, loc, type, v)) : v;
    }
    // A descriptor by hand; a launch only looks at the pointer and the offset.
    auto buffer = MemRefType::get(tensor.getShape(), tensor.getElementType());
    Type i64 = b.getI64Type();
    SmallVector<Type> fields = {pointer, pointer, i64};
    if (tensor.getRank())
      fields.append(2, LLVM::LLVMArrayType::get(i64, tensor.getRank()));
    Type structType = LLVM::LLVMStructType::getLiteral(b.getContext(), fields);
    Value d = LLVM::UndefOp::create(b, loc, structType);
    d = LLVM::InsertValueOp::create(b, loc, d, data, ArrayRef<int64_t>{1});
    return UnrealizedConversionCastOp::create(b, loc, buffer, d).getResult(0);
  };
  SmallVector<Value> inputs, outs;
  for (Type t : kernel.getArgumentTypes())
    inputs.push_back(take(t));
  for (Type t : kernel.getResultTypes())
    outs.push_back(take(t));
  sched::LaunchOp::create(b, loc, TypeRange{}, FlatSymbolRefAttr::get(kernel.getSymNameAttr()),
                          inputs, outs, kernel.getInplaceAttr());
  func::ReturnOp::create(b, loc);
}

void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = tuning.LoopInterleaving = false;
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager lam;
  llvm::FunctionAnalysisManager fam;
  llvm::CGSCCAnalysisManager cgam;
  llvm::ModuleAnalysisManager mam;
  builder.registerModuleAnalyses(mam);
  builder.registerCGSCCAnalyses(cgam);
  builder.registerFunctionAnalyses(fam);
  builder.registerLoopAnalyses(lam);
  builder.crossRegisterProxies(lam, fam, cgam, mam);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, mam);
}

Compiled compile(ModuleOp source, const cpu::CpuTarget &target) {
  OwningOpRef<ModuleOp> module = source.clone();
  SmallVector<sched::KernelOp> kernels(module->getOps<sched::KernelOp>());
  for (sched::KernelOp k : kernels)
    addEntry(*module, k);
  PassManager pm(module->getContext());
  cpu::buildCpuPipeline(pm, target);
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  if (failed(pm.run(*module)))
    die("the kernels do not compile");
  uint64_t scratch = 0;
  if (auto bytes = (*module)->getAttrOfType<IntegerAttr>(sched::kThreadScratchAttr))
    scratch = bytes.getInt();
  auto context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> ir = translateModuleToLLVMIR(*module, *context);
  if (!ir)
    die("no LLVM IR");
  auto machineBuilder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!machineBuilder)
    die(llvm::toString(machineBuilder.takeError()));
  machineBuilder->getFeatures().AddFeature("prefer-256-bit", false);
  auto machine = machineBuilder->createTargetMachine();
  if (!machine)
    die(llvm::toString(machine.takeError()));
  ir->setDataLayout((*machine)->createDataLayout());
  ir->setTargetTriple((*machine)->getTargetTriple());
  for (llvm::Function &f : *ir) {
    f.addFnAttr("target-cpu", (*machine)->getTargetCPU());
    f.addFnAttr("target-features", (*machine)->getTargetFeatureString());
  }
  optimize(*ir, **machine);
  if (getenv("GRADC_KERNEL_RUN_DUMP"))
    ir->print(llvm::errs(), nullptr);
  for (const llvm::Function &f : *ir)
    if (f.isDeclaration() && !f.isIntrinsic() && !f.getName().starts_with("mem"))
      die("the code calls " + f.getName());
  auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(*machineBuilder).create();
  if (!jit)
    die(llvm::toString(jit.takeError()));
  if (auto error = (*jit)->addIRModule({std::move(ir), std::move(context)}))
    die(llvm::toString(std::move(error)));
  return {std::move(*jit), scratch};
}

//===-- Buffers -------------------------------------------------------------------------------===//

int64_t countOf(Type t) {
  auto shaped = dyn_cast<ShapedType>(t);
  return shaped ? shaped.getNumElements() : 1;
}
int64_t bytesOf(Type t) {
  Type e = getElementTypeOrSelf(t);
  return e.isIndex() ? 8 : std::max(1u, e.getIntOrFloatBitWidth() / 8);
}

/// Bytes between two guards that must not change.
struct Buffer {
  static constexpr size_t kGuard = 128;
  explicit Buffer(Type type) : type(type), bytes(countOf(type) * bytesOf(type)) {
    size_t all = (bytes + 2 * kGuard + 63) / 64 * 64;
    memory = static_cast<uint8_t *>(std::aligned_alloc(64, all));
    std::memset(memory, 0xA5, all);
  }
  ~Buffer() { std::free(memory); }
  Buffer(const Buffer &) = delete;
  uint8_t *data() const { return memory + kGuard; }
  bool intact() const {
    for (size_t i = 0; i < kGuard; ++i)
      if (memory[i] != 0xA5 || memory[kGuard + bytes + i] != 0xA5)
        return false;
    return true;
  }
  Type type;
  size_t bytes;
  uint8_t *memory;
};

/// The bits of a float of any type.
uint64_t bitsOf(double value, FloatType type) {
  APFloat x(value);
  bool lost;
  x.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
  return x.bitcastToAPInt().getZExtValue();
}

double realOf(uint64_t bits, FloatType type) {
  APFloat x(type.getFloatSemantics(), APInt(type.getWidth(), bits));
  bool lost;
  x.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
  return x.convertToDouble();
}

void put(Buffer &buffer, const Tensor &t) {
  Type e = getElementTypeOrSelf(buffer.type);
  for (size_t i = 0; i < t.size(); ++i) {
    uint8_t *at = buffer.data() + i * bytesOf(e);
    auto type = dyn_cast<FloatType>(e);
    uint64_t bits = type ? bitsOf(t[i].real, type) : uint64_t(t[i].integer);
    std::memcpy(at, &bits, bytesOf(e)); // the low bytes come first
  }
}

Number get(const Buffer &buffer, size_t i) {
  Type e = getElementTypeOrSelf(buffer.type);
  const uint8_t *at = buffer.data() + i * bytesOf(e);
  uint64_t bits = 0;
  std::memcpy(&bits, at, bytesOf(e));
  if (auto type = dyn_cast<FloatType>(e))
    return {realOf(bits, type)};
  return {0, e.isInteger(1) ? int64_t(bits) : llvm::SignExtend64(bits, unsigned(bytesOf(e)) * 8)};
}

/// Numbers around zero, exact in f32. Attributes of the kernel change that: floats from test.low
/// up, all of them test.fill, some of them NaN with test.nan; integers below test.range.
Tensor draw(sched::KernelOp kernel, Type type, std::mt19937 &random) {
  Tensor t(countOf(type));
  bool isBool = getElementTypeOrSelf(type).isInteger(1);
  auto low = kernel->getAttrOfType<FloatAttr>("test.low");
  auto fill = kernel->getAttrOfType<FloatAttr>("test.fill");
  bool nan = kernel->hasAttr("test.nan");
  auto range = kernel->getAttrOfType<IntegerAttr>("test.range");
  std::normal_distribution<float> normal;
  for (Number &x : t) {
    float f = normal(random);
    x.real = fill  ? fill.getValueAsDouble()
             : low ? float(low.getValueAsDouble() + std::fabs(f))
                   : f;
    if (nan && random() % 300 == 0)
      x.real = NAN;
    if (auto narrow = dyn_cast<FloatType>(getElementTypeOrSelf(type)))
      x.real = realOf(bitsOf(x.real, narrow), narrow);
    x.integer = isBool  ? random() & 1
                : range ? int64_t(random() % uint64_t(range.getInt()))
                        : int64_t(random() % 17) - 8;
  }
  return t;
}

//===-- Checks --------------------------------------------------------------------------------===//

struct Variant {
  const char *name;
  cpu::CpuTarget target;
};
const Variant kVariants[] = {
    {"128", {{128, 32, false}}},          {"256", {{256, 16, true}}},
    {"512", {{512, 32, true}}},           {"512 no masks", {{512, 32, false}}},
    {"256 no masks", {{256, 32, false}}}, {"128 few registers", {{128, 16, true}}},
    {"256 shared", {{256, 16, true}, 0}}};
constexpr uint32_t kThreads[] = {1, 2, 3, 7};

/// The threads that shared kernels run on; `scratch` bytes for each.
gradc_team *teamOf(uint32_t count, uint64_t scratch) {
  static std::map<uint32_t, gradc_team *> teams;
  gradc_team *&team = teams[count];
  if (team && team->scratch_bytes < scratch) {
    gradc_rt_team_stop(team);
    team = nullptr;
  }
  if (!team)
    team = gradc_rt_team_start(count, std::max<uint64_t>(scratch, 1 << 16));
  if (!team)
    die("no threads");
  return team;
}

/// A result that only gives the kernel memory.
bool isMemory(sched::KernelOp kernel, size_t result) {
  Value v = kernel.getBody().front().getTerminator()->getOperand(result);
  return v.getDefiningOp<tensor::EmptyOp>() != nullptr;
}

/// Runs with fresh buffers; `shared` is an inplace pair that shares a buffer, or -1.
std::vector<std::vector<uint8_t>> runOnce(sched::KernelOp kernel, Compiled::Entry entry,
                                          const std::vector<Tensor> &args, int shared,
                                          gradc_team *team) {
  std::vector<std::unique_ptr<Buffer>> buffers;
  for (auto [t, v] : llvm::zip(kernel.getArgumentTypes(), args)) {
    buffers.push_back(std::make_unique<Buffer>(t));
    put(*buffers.back(), v);
  }
  for (Type t : kernel.getResultTypes())
    buffers.push_back(std::make_unique<Buffer>(t));
  std::vector<void *> pointers;
  for (auto &b : buffers)
    pointers.push_back(b->data());
  if (shared >= 0)
    pointers[args.size() + kernel.getInplace()[shared + 1]] = pointers[kernel.getInplace()[shared]];
  entry(pointers.data(), team);
  for (auto &b : buffers)
    if (!b->intact())
      die("@" + kernel.getSymName() + " wrote beyond a buffer");
  std::vector<std::vector<uint8_t>> out;
  for (size_t i = args.size(); i < buffers.size(); ++i) {
    if (isMemory(kernel, i - args.size())) {
      out.emplace_back();
      continue;
    }
    auto *data = static_cast<uint8_t *>(pointers[i]);
    out.emplace_back(data, data + buffers[i]->bytes);
  }
  return out;
}

bool compareWithReference(sched::KernelOp kernel, const std::vector<Tensor> &args,
                          const std::vector<std::vector<uint8_t>> &got) {
  std::vector<Tensor> want = evaluate(kernel, args);
  bool ok = true;
  for (auto [k, t] : llvm::enumerate(want)) {
    if (isMemory(kernel, k))
      continue;
    Buffer b(kernel.getResultTypes()[k]);
    std::memcpy(b.data(), got[k].data(), got[k].size());
    Type e = getElementTypeOrSelf(b.type);
    double scale = 0;
    for (const Number &x : t)
      scale = std::fmax(scale, std::isfinite(x.real) ? std::fabs(x.real) : 0);
    double unit = e.isF64() ? 1e-11 : e.isF32() ? 2e-5 : e.isF16() ? 1e-3 : 8e-3;
    double tolerance = unit * std::fmax(scale, 1e-30);
    if (auto given = kernel->getAttrOfType<FloatAttr>("test.tolerance"))
      tolerance = given.getValueAsDouble();
    for (size_t i = 0; i < t.size() && ok; ++i) {
      Number x = get(b, i);
      bool same = isa<FloatType>(e)
                      ? (x.real == t[i].real || std::fabs(x.real - t[i].real) <= tolerance ||
                         (std::isnan(x.real) && std::isnan(t[i].real)))
                      : x.integer == t[i].integer;
      if (!same) {
        llvm::errs() << "@" << kernel.getSymName() << " result " << k << " element " << i
                     << ": expected " << t[i].real << " / " << t[i].integer << ", got " << x.real
                     << " / " << x.integer << '\n';
        ok = false;
      }
    }
  }
  return ok;
}

/// A kernel with the attribute test.order is one sum of its f32 arguments: "row" of a vector,
/// "rows" of a matrix along dim 0, "products" of two matrices. Its bits are the documented ones.
bool checkOrder(sched::KernelOp kernel, const std::vector<Tensor> &args,
                const std::vector<std::vector<uint8_t>> &got) {
  auto order = kernel->getAttrOfType<StringAttr>("test.order");
  if (!order)
    return true;
  auto shape = cast<ShapedType>(kernel.getArgumentTypes()[0]).getShape();
  auto line = [](const Tensor &t, size_t first, size_t step, size_t count) {
    std::vector<float> out;
    for (size_t i = 0; i < count; ++i)
      out.push_back(float(t[first + i * step].real));
    return out;
  };
  std::vector<float> want;
  if (order == "row") {
    want.push_back(sumAlongRow(line(args[0], 0, 1, args[0].size())));
  } else if (order == "rows") {
    for (int64_t j = 0; j < shape[1]; ++j)
      want.push_back(sumOfRows(line(args[0], j, shape[1], shape[0])));
  } else {
    int64_t n = cast<ShapedType>(kernel.getArgumentTypes()[1]).getShape()[1];
    for (int64_t i = 0; i < shape[0]; ++i)
      for (int64_t j = 0; j < n; ++j)
        want.push_back(
            sumOfProducts(line(args[0], i * shape[1], 1, shape[1]), line(args[1], j, n, shape[1])));
  }
  bool same = got[0].size() == want.size() * 4 &&
              std::memcmp(got[0].data(), want.data(), got[0].size()) == 0;
  if (!same)
    llvm::errs() << "@" << kernel.getSymName() << ": another order of sums\n";
  return same;
}

bool check(sched::KernelOp kernel, std::vector<Compiled> &compiled) {
  std::mt19937 random(1);
  std::vector<Tensor> args;
  for (Type t : kernel.getArgumentTypes())
    args.push_back(draw(kernel, t, random));
  std::vector<std::vector<uint8_t>> first;
  bool ok = true;
  for (auto [variant, c] : llvm::zip(kVariants, compiled)) {
    Compiled::Entry entry = c.entry(kernel.getSymName());
    bool shares = variant.target.shareFrom == 0;
    for (uint32_t threads : shares ? ArrayRef(kThreads) : ArrayRef(kThreads).take_front())
      for (int shared = -2; shared < int(kernel.getInplace().size()); shared += 2) {
        gradc_team *team = shares ? teamOf(threads, c.threadScratch) : nullptr;
        auto got = runOnce(kernel, entry, args, shared, team);
        if (first.empty()) {
          first = got;
          ok &= compareWithReference(kernel, args, got) && checkOrder(kernel, args, got);
        } else if (got != first) {
          llvm::errs() << "@" << kernel.getSymName() << ": other bits with " << variant.name << ", "
                       << threads << (shared >= 0 ? " threads, in place\n" : " threads\n");
          ok = false;
        }
      }
  }
  llvm::outs() << '@' << kernel.getSymName() << (ok ? ": ok\n" : ": FAILED\n");
  return ok;
}

void timeKernel(sched::KernelOp kernel, std::vector<Compiled> &compiled) {
  std::mt19937 random(1);
  std::vector<std::unique_ptr<Buffer>> buffers;
  std::vector<void *> pointers;
  for (Type t : llvm::concat<const Type>(kernel.getArgumentTypes(), kernel.getResultTypes())) {
    buffers.push_back(std::make_unique<Buffer>(t));
    put(*buffers.back(), draw(kernel, t, random));
    pointers.push_back(buffers.back()->data());
  }
  using Clock = std::chrono::steady_clock;
  auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
  llvm::outs() << '@' << kernel.getSymName() << ':';
  for (auto [variant, c] : llvm::zip(ArrayRef(kVariants).take_front(3), compiled)) {
    Compiled::Entry entry = c.entry(kernel.getSymName());
    double best = 1e9;
    int calls = 1;
    for (auto start = Clock::now(); seconds(Clock::now() - start) < 0.4;) {
      auto t = Clock::now();
      for (int i = 0; i < calls; ++i)
        entry(pointers.data(), nullptr);
      double each = seconds(Clock::now() - t);
      best = std::min(best, each / calls);
      if (each < 1e-4)
        calls *= 2;
    }
    llvm::outs() << llvm::format("  %s: %.1f ns", variant.name, best * 1e9);
  }
  llvm::outs() << '\n';
}

Options parseOptions(int argc, char **argv) {
  Options o;
  for (int i = 1; i < argc; ++i) {
    StringRef a = argv[i];
    if (a == "--time")
      o.time = true;
    else if (a.consume_front("--ulp="))
      o.ulp = std::atof(a.data());
    else if (a.consume_front("--only="))
      o.only = a.str();
    else if (a.starts_with("-") || !o.file.empty())
      die("usage: gradc-kernel-run FILE [--time] [--ulp=BOUND] [--only=NAME]");
    else
      o.file = a.str();
  }
  return o;
}

} // namespace

int main(int argc, char **argv) {
  Options o = parseOptions(argc, argv);
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  DialectRegistry registry;
  registry.insert<ag::AgDialect, sched::SchedDialect, func::FuncDialect, arith::ArithDialect,
                  math::MathDialect, linalg::LinalgDialect, tensor::TensorDialect,
                  memref::MemRefDialect, scf::SCFDialect, cf::ControlFlowDialect,
                  vector::VectorDialect, LLVM::LLVMDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(o.file, &context);
  if (!module)
    return 1;
  SmallVector<sched::KernelOp> kernels(module->getOps<sched::KernelOp>());
  for (sched::KernelOp k : llvm::make_early_inc_range(kernels))
    if (!o.only.empty() && k.getSymName() != o.only)
      k.erase();
  kernels.assign(module->getOps<sched::KernelOp>().begin(),
                 module->getOps<sched::KernelOp>().end());
  std::vector<Compiled> compiled;
  std::string why;
  FailureOr<cpu::CpuTarget> host = cpu::CpuTarget::create("", "native", why);
  for (const Variant &v : kVariants) {
    cpu::CpuTarget target = v.target;
    target.scales = succeeded(host) && host->scales && target.vectorBits == 512 && target.masks;
    compiled.push_back(compile(*module, target));
  }
  bool ok = !kernels.empty();
  for (sched::KernelOp k : kernels) {
    if (o.time) {
      timeKernel(k, compiled);
      continue;
    }
    if (o.ulp > 0)
      for (Compiled &c : compiled)
        ok &= checkUlp(
            k,
            [&](const void *const *in, void *out, int64_t) {
              SmallVector<void *> pointers;
              for (size_t i = 0; i < k.getArgumentTypes().size(); ++i)
                pointers.push_back(const_cast<void *>(in[i]));
              pointers.push_back(out);
              c.entry(k.getSymName())(pointers.data(), nullptr);
            },
            o.ulp);
    else
      ok &= check(k, compiled);
  }
  return ok ? 0 : 1;
}
