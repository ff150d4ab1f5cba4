// Program.cpp - reads a program off its scheduled module and lays out the handle.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/Link/Program.h"
#include "gradc/IR/Ag.h"
#include "gradc/IR/Sched.h"
#include "gradc_abi.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace gradc;
using namespace gradc::link;

std::optional<uint32_t> gradc::link::dtypeOf(Type type) {
  if (type.isF32())
    return GRADC_F32;
  if (type.isF64())
    return GRADC_F64;
  if (type.isF16())
    return GRADC_F16;
  if (type.isBF16())
    return GRADC_BF16;
  if (type.isIndex())
    return GRADC_I64;
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return std::nullopt;
  switch (integer.getWidth()) {
  case 1:
    return GRADC_BOOL;
  case 8:
    return integer.isUnsigned() ? GRADC_U8 : GRADC_I8;
  case 16:
    return GRADC_I16;
  case 32:
    return GRADC_I32;
  case 64:
    return GRADC_I64;
  default:
    return std::nullopt;
  }
}

static constexpr llvm::StringLiteral kDtypeAttr = "ag.dtype";

static uint64_t dtypeBytes(uint32_t dtype) {
  static constexpr uint8_t bytes[GRADC_DTYPES] = {4, 8, 2, 2, 1, 2, 4, 8, 1, 1};
  return bytes[dtype];
}

uint64_t Tensor::elements() const {
  uint64_t n = 1;
  for (int64_t extent : shape)
    n *= extent;
  return n;
}
uint64_t Tensor::bytes() const { return elements() * dtypeBytes(dtype); }

bool gradc::link::usesGenerator(sched::HostOp op) {
  return !llvm::is_contained({"print", "expect", "profile_begin", "profile_end"}, op.getCall());
}

std::string gradc::link::toIdentifier(StringRef text) {
  std::string out;
  for (char c : text)
    out += llvm::isAlnum(c) ? c : '_';
  if (out.empty() || llvm::isDigit(out.front()))
    out.insert(out.begin(), '_');
  return out;
}

namespace {
/// Collects the parts of a program function by function.
class Reader {
public:
  Reader(ModuleOp module, StringRef name) : module(module) { program.name = toIdentifier(name); }
  FailureOr<Program> read();

private:
  LogicalResult readVariable(ag::VariableOp op);
  LogicalResult readFunction(func::FuncOp f);
  FailureOr<Argument> readArgument(func::FuncOp f, unsigned i);
  FailureOr<unsigned> addBoundary(func::FuncOp f, unsigned i, std::vector<Tensor> &list,
                                  StringRef name);
  std::optional<unsigned> findVariable(StringRef name);
  void findSteps(Function &f);
  void readExpectation(sched::HostOp op);
  LogicalResult readSizes();
  void layOut();

  ModuleOp module;
  Program program;
  bool draws = false;
  /// Further names of tied parameters.
  std::vector<std::pair<unsigned, std::string>> aliases;
};
} // namespace

/// `says` is "ag.dtype" where there is one: u8 is stored as i8.
static FailureOr<Tensor> makeTensor(Operation *op, StringRef name, ShapedType type,
                                    Attribute says) {
  auto dtype = dtypeOf(type.getElementType());
  if (says && cast<StringAttr>(says).getValue() == "u8")
    dtype = GRADC_U8;
  if (!dtype)
    return op->emitError("'") << name << "': elements of type " << type.getElementType()
                              << " cannot cross the boundary of a program";
  if (!type.hasStaticShape())
    return op->emitError("'") << name << "': expected a static shape, got " << type;
  Tensor t;
  t.name = name.str();
  t.shape.assign(type.getShape().begin(), type.getShape().end());
  t.dtype = *dtype;
  return t;
}

LogicalResult Reader::readVariable(ag::VariableOp op) {
  auto tensor =
      makeTensor(op, op.getSymName(), cast<ShapedType>(op.getType()), op->getAttr(kDtypeAttr));
  if (failed(tensor))
    return failure();
  tensor->kind = llvm::StringSwitch<uint32_t>(op.getKind())
                     .Case("parameter", GRADC_PARAMETER)
                     .Case("buffer", GRADC_BUFFER)
                     .Case("grad", GRADC_GRAD)
                     .Case("state", GRADC_STATE)
                     .Default(GRADC_LOCAL);
  if (op.getInit())
    tensor->init = *op.getInit();
  if (auto names = op->getAttrOfType<ArrayAttr>("ag.aliases"))
    for (Attribute name : names)
      aliases.emplace_back(program.variables.size(), cast<StringAttr>(name).getValue().str());
  program.variables.push_back(std::move(*tensor));
  return success();
}

FailureOr<unsigned> Reader::addBoundary(func::FuncOp f, unsigned i, std::vector<Tensor> &list,
                                        StringRef name) {
  auto type = cast<MemRefType>(f.getArgumentTypes()[i]);
  auto tensor = makeTensor(f, name, type, f.getArgAttr(i, kDtypeAttr));
  if (failed(tensor))
    return failure();
  for (auto [i, known] : llvm::enumerate(list)) {
    if (known.name != name)
      continue;
    if (known.shape != tensor->shape || known.dtype != tensor->dtype)
      return f.emitError("'") << name << "' has another type in an earlier function, here " << type;
    return unsigned(i);
  }
  list.push_back(std::move(*tensor));
  return unsigned(list.size() - 1);
}

std::optional<unsigned> Reader::findVariable(StringRef name) {
  for (auto [index, variable] : llvm::enumerate(program.variables))
    if (variable.name == name)
      return unsigned(index);
  return std::nullopt;
}

FailureOr<Argument> Reader::readArgument(func::FuncOp f, unsigned i) {
  if (f.getArgumentTypes()[i].isIndex() && f.getSymName() == "steps")
    return Argument{Argument::Count};
  auto type = dyn_cast<MemRefType>(f.getArgumentTypes()[i]);
  if (!type || !type.getLayout().isIdentity())
    return f.emitError("argument ")
           << i << ": expected a memref with the identity layout, got " << f.getArgumentTypes()[i];
  if (auto name = f.getArgAttrOfType<StringAttr>(i, sched::kInputAttr)) {
    auto index = addBoundary(f, i, program.inputs, name);
    return failed(index) ? FailureOr<Argument>() : Argument{Argument::Input, *index};
  }
  if (auto name = f.getArgAttrOfType<StringAttr>(i, sched::kOutputAttr)) {
    auto index = addBoundary(f, i, program.outputs, name);
    return failed(index) ? FailureOr<Argument>() : Argument{Argument::Output, *index};
  }
  if (auto symbol = f.getArgAttrOfType<FlatSymbolRefAttr>(i, sched::kVariableAttr)) {
    if (std::optional<unsigned> index = findVariable(symbol.getValue()))
      return Argument{Argument::Variable, *index};
    return f.emitError("argument ") << i << ": there is no variable " << symbol;
  }
  if (f.getArgAttr(i, sched::kArenaAttr)) {
    if (!type.hasStaticShape() || !type.getElementType().isInteger(8))
      return f.emitError("argument ") << i << ": expected an arena of bytes, got " << type;
    program.arenaBytes = std::max<uint64_t>(program.arenaBytes, type.getNumElements());
    return Argument{Argument::Arena};
  }
  return f.emitError("argument ") << i << ": expected one of the attributes sched.input, "
                                  << "sched.output, sched.variable and sched.arena";
}

/// Equal texts at one place share a code.
void Reader::readExpectation(sched::HostOp op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (auto at = op.getLoc()->findInstanceOf<FileLineColLoc>())
    os << at.getFilename().getValue() << ':' << at.getLine() << ':' << at.getColumn() << ": ";
  os << "error: " << op.getConfig().getAs<StringAttr>("text").getValue();
  auto &all = program.expectations;
  size_t index = llvm::find(all, text) - all.begin();
  if (index == all.size())
    all.push_back(text);
  Builder b(op.getContext());
  NamedAttrList config(op.getConfig());
  config.set(kExpectCode, b.getI32IntegerAttr(GRADC_ERROR_EXPECTATION + index));
  op.setConfigAttr(config.getDictionary(op.getContext()));
}

LogicalResult Reader::readFunction(func::FuncOp f) {
  Function function;
  function.name = f.getSymName().str();
  function.body = bodySymbol(function.name);
  if (f.getNumResults())
    return f.emitError("expected a function without results");
  for (unsigned i = 0; i < f.getNumArguments(); ++i) {
    auto argument = readArgument(f, i);
    if (failed(argument))
      return failure();
    if (argument->role == Argument::Input)
      function.inputs.push_back(argument->index);
    if (argument->role == Argument::Output)
      function.outputs.push_back(argument->index);
    function.arguments.push_back(*argument);
  }
  if (auto guard = f->getAttrOfType<FlatSymbolRefAttr>("ag.guard")) {
    function.guard = findVariable(guard.getValue());
    if (!function.guard || program.variables[*function.guard].dtype != GRADC_BOOL)
      return f.emitError("expected a bool variable as 'ag.guard', got ") << guard;
  }
  function.arguments.push_back({Argument::Team});
  bool drawsHere = false, expectsHere = false;
  f.walk([&](sched::HostOp op) {
    StringRef call = op.getCall();
    if (call == "expect")
      readExpectation(op);
    program.prints |= call == "print";
    program.profiles |= call == "profile_end";
    expectsHere |= call == "expect";
    drawsHere |= usesGenerator(op);
  });
  if (drawsHere)
    function.arguments.push_back({Argument::Random});
  if (expectsHere)
    function.arguments.push_back({Argument::Error});
  draws |= drawsHere;
  program.functions.push_back(std::move(function));
  return success();
}

// [header | random generator | variables | arena], each at a multiple of 64.
void Reader::layOut() {
  uint64_t end = sizeof(gradc_header);
  auto take = [&](uint64_t bytes) {
    uint64_t offset = llvm::alignTo(end, GRADC_ALIGNMENT);
    end = offset + bytes;
    return offset;
  };
  if (draws)
    program.rngOffset = take(sizeof(gradc_rng));
  for (Tensor &variable : program.variables)
    variable.offset = take(variable.bytes());
  for (auto &[index, name] : aliases) {
    Tensor alias = program.variables[index];
    alias.name = name;
    alias.kind = GRADC_ALIAS;
    alias.init = {};
    program.variables.push_back(std::move(alias));
  }
  program.arenaBytes = llvm::alignTo(program.arenaBytes, GRADC_ALIGNMENT);
  program.arenaOffset = take(program.arenaBytes);
  program.size = llvm::alignTo(end, GRADC_ALIGNMENT);
}

/// `step` and `steps` of a trainer, whose only output is the loss.
void Reader::findSteps(Function &f) {
  if (f.outputs.size() != 1)
    return;
  Tensor &loss = program.outputs[f.outputs[0]];
  if (loss.elements() != 1 || loss.dtype > GRADC_BF16)
    return;
  bool counted = llvm::any_of(f.arguments, [](auto &a) { return a.role == Argument::Count; });
  if (f.name == "step" && !counted)
    f.steps = Function::One;
  if (f.name == "steps" && counted)
    f.steps = Function::Many;
  if (f.steps)
    loss.flags |= GRADC_TENSOR_LOSS;
}

/// The sizes that stay open, which Import has noted at the module.
LogicalResult Reader::readSizes() {
  auto list = module->getAttrOfType<ArrayAttr>("ag.sizes");
  auto boundary = module->getAttrOfType<DictionaryAttr>("ag.open");
  if (!list || !boundary)
    return success();
  for (auto entry : list.getAsRange<DictionaryAttr>()) {
    auto number = [&](StringRef key) { return entry.getAs<IntegerAttr>(key).getInt(); };
    Size size{entry.getAs<StringAttr>("name").str(), number("least"), number("most"),
              number("usual")};
    auto input = llvm::find_if(program.inputs, [&](Tensor &t) { return t.name == size.name; });
    if (input == program.inputs.end())
      return module.emitError("no input holds the size '") << size.name << "'";
    size.input = input - program.inputs.begin();
    program.sizes.push_back(size);
  }
  auto mark = [&](StringRef key, Tensor &tensor) {
    if (auto pairs = boundary.getAs<DenseI64ArrayAttr>(key))
      for (int64_t i = 0; i + 1 < pairs.size(); i += 2)
        tensor.open.push_back({unsigned(pairs[i]), unsigned(pairs[i + 1])});
  };
  for (Tensor &t : program.inputs)
    mark("in." + t.name, t);
  for (Tensor &t : program.outputs)
    mark("out." + t.name, t);
  for (Tensor &t : program.variables)
    if (t.flags & GRADC_TENSOR_INPUT_GRAD)
      mark("in." + StringRef(t.name).drop_back(5).str(), t);
  return success();
}

FailureOr<Program> Reader::read() {
  for (auto variable : module.getOps<ag::VariableOp>())
    if (failed(readVariable(variable)))
      return failure();
  for (auto f : module.getOps<func::FuncOp>())
    if (!f.isPrivate() && failed(readFunction(f)))
      return failure();
  if (program.functions.empty())
    return module.emitError("the program has no function that can be called");
  auto kind = module->getAttrOfType<StringAttr>("ag.kind");
  auto device = module->getAttrOfType<StringAttr>("ag.device");
  program.wantsCuda = device && device.getValue() == "cuda";
  for (Function &f : program.functions) {
    program.script |= kind ? kind.getValue() == "script" : f.name == "main";
    for (unsigned output : f.outputs)
      if (program.outputs[output].name == "loss")
        program.outputs[output].flags |= GRADC_TENSOR_LOSS;
  }
  if (!program.script)
    for (Function &f : program.functions)
      findSteps(f);
  // The gradient of a variable is named X.grad; what else is named so is an input's.
  for (Tensor &t : program.variables) {
    StringRef of = StringRef(t.name);
    if (t.kind == GRADC_GRAD && of.consume_back(".grad") &&
        llvm::any_of(program.inputs, [&](Tensor &input) { return input.name == of; }))
      t.flags |= GRADC_TENSOR_INPUT_GRAD;
  }
  if (failed(readSizes()))
    return failure();
  layOut();
  return std::move(program);
}

FailureOr<Program> gradc::link::describeProgram(ModuleOp module, StringRef name) {
  return Reader(module, name).read();
}

uint64_t Program::interfaceHash() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << GRADC_ABI_VERSION << ' ' << name << ' ' << size << ' ' << script;
  for (auto *list : {&inputs, &outputs, &variables})
    for (const Tensor &t : *list) {
      os << ';' << t.name << ' ' << t.dtype << ' ' << t.kind << ' ' << t.offset;
      for (int64_t extent : t.shape)
        os << ' ' << extent;
      for (auto [size, factor] : t.open)
        os << ' ' << size << '*' << factor;
    }
  for (const Size &size : sizes)
    os << ';' << size.name << ' ' << size.least << ' ' << size.most << ' ' << size.input;
  for (const Function &f : functions) {
    os << ';' << f.name << ' ' << f.steps;
    for (unsigned i : f.inputs)
      os << ' ' << i;
    os << '/';
    for (unsigned o : f.outputs)
      os << ' ' << o;
  }
  return llvm::xxh3_64bits(text);
}
