// Program.cpp - reads a whole graph: the header, a script or a model, and its functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"
#include "gradc/Import/Import.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
namespace gradc::graph {

void pruneNoGrad(Operation *root);
void forgetNotes(Operation *root);

/// A function of the graph; it is read when something calls or exports it.
struct FunctionState {
  const Json *json = nullptr;
  func::FuncOp op;
  bool isOpen = false;
};
struct Importer::Functions {
  llvm::MapVector<StringRef, FunctionState> byName;
  const Json *inputs = nullptr; // the model's
};

/// Reads the parts of a graph with the importer.
struct ProgramReader {
  ProgramReader(Importer &importer, const Json &root) : importer(importer), root(root) {}
  LogicalResult read();

private:
  LogicalResult checkKeys(const Json &json, StringRef what, ArrayRef<StringRef> known);
  LogicalResult header();
  LogicalResult script(const Json &main);
  LogicalResult model();
  LogicalResult variables(StringRef key, StringRef kind, bool requiresGrad);
  LogicalResult variable(const Key &key, const Json &json, StringRef kind, bool requiresGrad);
  LogicalResult initial(TensorRef tensor, StringRef name, const Json &json);
  LogicalResult initialStatements(const Json &list);
  LogicalResult listFunctions();
  func::FuncOp initFunction();

  Importer &importer;
  const Json &root;
  func::FuncOp init;
};

//===-- Functions -----------------------------------------------------------------------------===//

namespace {
/// One function under construction.
struct FunctionReader {
  Importer &importer;
  StringRef name;
  const Json &json;
  const Json *inputs;
  func::FuncOp op;

  LogicalResult read();

private:
  LogicalResult arguments();
  LogicalResult outputs();
};
} // namespace

LogicalResult FunctionReader::arguments() {
  OpBuilder &b = importer.b;
  SmallVector<Type> types;
  if (inputs && inputs->kind != Json::Kind::object)
    return importer.expected(*inputs, "an object of names and types for 'inputs'");
  size_t count = inputs ? inputs->items.size() : 0;
  for (size_t i = 0; i < count; ++i) {
    RankedTensorType type = importer.parseType(inputs->items[i]);
    if (!type)
      return failure();
    types.push_back(type);
  }
  op.setFunctionType(b.getFunctionType(types, {}));
  Block *entry = op.addEntryBlock();
  b.setInsertionPointToEnd(entry);
  for (size_t i = 0; i < count; ++i) {
    const Key &key = inputs->keys[i];
    op.setArgAttr(i, "ag.name", b.getStringAttr(key.text));
    entry->getArgument(i).setLoc(NameLoc::get(b.getStringAttr(key.text), importer.locate(key.at)));
    TensorRef tensor = importer.makeTensor(entry->getArgument(i), false);
    tensor->storage->shared = "is an input of the function";
    Json at;
    at.at = key.at;
    if (failed(importer.define(at, key.text, tensor)))
      return failure();
  }
  return success();
}

LogicalResult FunctionReader::outputs() {
  OpBuilder &b = importer.b;
  const Json *outputs = json.find("outputs");
  if (!outputs || outputs->kind != Json::Kind::object)
    return importer.expected(
        outputs, json, "an object of names and operands for 'outputs' of function '" + name + "'");
  SmallVector<Value> values;
  for (auto [key, operand] : llvm::zip(outputs->keys, outputs->items)) {
    Operand output;
    if (!isName(key.text))
      return importer.fail(operand, "expected a name of letters, digits and _, not a digit first, "
                                    "found '" +
                                        key.text + "'");
    if (failed(importer.evaluateOperand(operand, output)))
      return failure();
    if (!output.tensor)
      return importer.expected(operand, "a tensor");
    values.push_back(importer.read(*output.tensor, importer.locate(operand)));
  }
  func::ReturnOp::create(b, importer.locate(*outputs), values);
  op.setFunctionType(
      b.getFunctionType(op.getFunctionType().getInputs(), ValueRange(values).getTypes()));
  for (auto [i, key] : llvm::enumerate(outputs->keys))
    op.setResultAttr(i, "ag.name", b.getStringAttr(key.text));
  return success();
}

LogicalResult FunctionReader::read() {
  const Json *body = json.find("body");
  if (!body)
    return importer.fail(json, "expected 'body' of function '" + name + "', found none");
  if (failed(arguments()) || failed(importer.evaluateBody(*body)) || failed(outputs()))
    return failure();
  pruneNoGrad(op);
  return success();
}

func::FuncOp Importer::function(const Json &at, StringRef name) {
  auto found = functions->byName.find(name);
  if (found == functions->byName.end()) {
    (void)fail(at, "expected the name of a function, found '" + name + "'");
    return {};
  }
  FunctionState &state = found->second;
  if (state.isOpen) {
    (void)fail(at, "function '" + name + "' calls itself, which is not supported");
    return {};
  }
  if (state.op)
    return state.op;
  const Json &json = *state.json;
  const Json *inputs = json.find("inputs"), *exported = json.find("export");
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(module.getBody());
  auto op = func::FuncOp::create(b, locate(json), name, b.getFunctionType({}, {}));
  symbols->insert(op);
  // A function sees the parameters and what it makes, nothing of its caller.
  std::vector<Scope> outer(scopes.begin() + 1, scopes.end());
  scopes.resize(1);
  scopes.emplace_back();
  auto outerTouched = std::exchange(touched, {});
  unsigned outerNoGrad = std::exchange(noGradDepth, 0),
           outerControl = std::exchange(controlDepth, 0);
  auto outerLocation = std::exchange(userLocation, std::nullopt);
  state.isOpen = true;
  FunctionReader reader{*this, name, json, inputs ? inputs : functions->inputs, op};
  LogicalResult done = reader.read();
  functions->byName.find(name)->second.isOpen = false;
  scopes.resize(1);
  llvm::append_range(scopes, outer);
  touched = std::move(outerTouched);
  noGradDepth = outerNoGrad;
  controlDepth = outerControl;
  userLocation = outerLocation;
  if (failed(done))
    return {};
  bool isPublic = exported ? exported->boolean : name == "forward";
  op.setVisibility(isPublic ? SymbolTable::Visibility::Public : SymbolTable::Visibility::Private);
  return functions->byName.find(name)->second.op = op;
}

LogicalResult ProgramReader::listFunctions() {
  const Json *functions = root.find("functions");
  if (!functions)
    return success();
  if (functions->kind != Json::Kind::object)
    return importer.expected(*functions, "an object of functions");
  for (auto [key, json] : llvm::zip(functions->keys, functions->items)) {
    if (json.kind != Json::Kind::object)
      return importer.expected(json, "an object for function '" + key.text + "'");
    if (!isName(key.text) || key.text == "main" || key.text == "init")
      return importer.fail(importer.locate(key.at),
                           "expected a name of letters, digits and _ other than main and "
                           "init for a function, found '" +
                               key.text + "'");
    if (failed(checkKeys(json, "function", {"export", "inputs", "body", "outputs"})))
      return failure();
    if (const Json *exported = json.find("export");
        exported && exported->kind != Json::Kind::boolean)
      return importer.expected(*exported, "true or false for 'export'");
    importer.functions->byName[key.text].json = &json;
    importer.reservedSymbols.insert(key.text);
  }
  return success();
}

//===-- Header --------------------------------------------------------------------------------===//

LogicalResult ProgramReader::checkKeys(const Json &json, StringRef what,
                                       ArrayRef<StringRef> known) {
  for (const Key &key : json.keys)
    if (!llvm::is_contained(known, key.text)) {
      std::string list;
      for (StringRef name : known)
        list += (list.empty() ? "" : ", ") + name.str();
      return importer.fail(importer.locate(key.at),
                           "unknown key '" + key.text + "' of a " + what + ", which has " + list);
    }
  return success();
}

LogicalResult ProgramReader::header() {
  if (root.kind != Json::Kind::object)
    return importer.expected(root, "an object with 'format': \"gradc.graph\"");
  const Json *format = root.find("format"), *version = root.find("version"),
             *device = root.find("device"), *dims = root.find("dims");
  if (!format || format->kind != Json::Kind::string || format->text != "gradc.graph")
    return importer.expected(format, root, "\"gradc.graph\" for 'format'");
  if (!version || version->kind != Json::Kind::integer || version->integer != 1)
    return importer.expected(version, root, "1 for 'version'");
  if (dims)
    return importer.fail(*dims,
                         "named dims are not supported: this build compiles for fixed sizes");
  if (device) {
    if (device->kind != Json::Kind::string ||
        !llvm::is_contained({"cpu", "auto", "cuda"}, StringRef(device->text)))
      return importer.expected(*device, "cpu, auto or cuda for 'device'");
    importer.device = device->text;
  }
  if (root.find("main"))
    return checkKeys(root, "script", {"format", "version", "device", "main", "functions"});
  return checkKeys(
      root, "model",
      {"format", "version", "device", "inputs", "parameters", "buffers", "init", "functions"});
}

//===-- Models --------------------------------------------------------------------------------===//

func::FuncOp ProgramReader::initFunction() {
  if (!init) {
    OpBuilder::InsertionGuard guard(importer.b);
    importer.b.setInsertionPointToEnd(importer.module.getBody());
    init = func::FuncOp::create(importer.b, importer.locate(root), "init",
                                importer.b.getFunctionType({}, {}));
    init.addEntryBlock();
    importer.symbols->insert(init);
  }
  return init;
}

/// First contents: an attribute of the variable where they are data, else a statement of `init`.
LogicalResult ProgramReader::initial(TensorRef tensor, StringRef name, const Json &json) {
  OpBuilder::InsertionGuard guard(importer.b);
  importer.b.setInsertionPointToEnd(&initFunction().getBody().front());
  importer.pushScope();
  SmallVector<TensorRef> results;
  if (failed(importer.evaluateNode(json, /*nested=*/true, results)))
    return failure();
  importer.popScope();
  if (results[0]->type != tensor->type)
    return importer.fail(json, "expected " + typeText(tensor->type) + " as 'type' of '" + name +
                                   "' says, found " + typeText(results[0]->type));
  if (results[0]->storage->kind != Storage::Kind::plain)
    return importer.fail(json, "expected a node without requires_grad for 'init'");
  Value value = importer.read(*results[0], importer.locate(json));
  ag::VariableOp variable = tensor->storage->variable;
  if (auto constant = value.getDefiningOp<ag::ConstantOp>(); constant && value.use_empty()) {
    variable.setInitAttr(constant.getValueAttr());
    constant.erase();
    return success();
  }
  ag::SetOp::create(importer.b, importer.locate(json), variable.getSymName(), value, /*init=*/true);
  return success();
}

LogicalResult ProgramReader::variable(const Key &key, const Json &json, StringRef kind,
                                      bool requiresGrad) {
  const Json *type = json.find("type"), *init = json.find("init"),
             *grad = json.find("requires_grad"), *as = json.find("as"),
             *aliases = json.find("aliases");
  if (json.kind != Json::Kind::object)
    return importer.expected(json, "an object with 'type' for " + kind + " '" + key.text + "'");
  if (failed(checkKeys(json, kind, {"type", "init", "requires_grad", "as", "aliases"})))
    return failure();
  if (!type)
    return importer.fail(json, "expected 'type' of " + kind + " '" + key.text + "', found none");
  RankedTensorType tensorType = importer.parseType(*type);
  if (!tensorType)
    return failure();
  if (grad && (grad->kind != Json::Kind::boolean || (kind == "buffer" && grad->boolean)))
    return importer.expected(*grad, kind == "buffer" ? "no 'requires_grad' in a buffer"
                                                     : "true or false for 'requires_grad'");
  if (grad)
    requiresGrad = grad->boolean;
  if (requiresGrad && !isa<FloatType>(tensorType.getElementType()))
    return importer.fail(*type, "only Tensors of floating point dtype can require gradients");
  if (aliases && (aliases->kind != Json::Kind::array ||
                  llvm::any_of(aliases->items,
                               [](const Json &name) { return name.kind != Json::Kind::string; })))
    return importer.expected(*aliases, "a list of names for 'aliases'");
  if (as && as->kind != Json::Kind::string)
    return importer.expected(*as, "a name for 'as'");
  if (importer.reservedSymbols.contains(key.text))
    return importer.fail(importer.locate(key.at),
                         "expected a name that no function has, found '" + key.text + "'");
  TensorRef tensor = importer.variableTensor(
      importer.declareVariable(key.text, tensorType, kind, requiresGrad, importer.locate(key.at)));
  if (aliases) {
    SmallVector<StringRef> names;
    for (const Json &name : aliases->items)
      names.push_back(name.text);
    tensor->storage->variable->setAttr("ag.aliases", importer.b.getStrArrayAttr(names));
  }
  Json at;
  at.at = key.at;
  if (failed(importer.define(as ? *as : at, as ? as->text : key.text, tensor)))
    return failure();
  return init ? initial(tensor, key.text, *init) : success();
}

LogicalResult ProgramReader::variables(StringRef key, StringRef kind, bool requiresGrad) {
  const Json *table = root.find({key.data(), key.size()});
  if (!table)
    return success();
  if (table->kind != Json::Kind::object)
    return importer.expected(*table, "an object for '" + key + "'");
  for (auto [name, json] : llvm::zip(table->keys, table->items))
    if (failed(variable(name, json, kind, requiresGrad)))
      return failure();
  return success();
}

/// What is done to the first contents besides: statements, without history, that run once.
LogicalResult ProgramReader::initialStatements(const Json &list) {
  if (list.kind != Json::Kind::array)
    return importer.expected(list, "a list of nodes for 'init'");
  OpBuilder &b = importer.b;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(&initFunction().getBody().front());
  auto region = ag::NoGradOp::create(b, importer.locate(list), TypeRange());
  b.setInsertionPointToEnd(&region.getBody().emplaceBlock());
  importer.pushScope();
  ++importer.noGradDepth;
  importer.touched.emplace_back();
  if (failed(importer.evaluateBody(list)))
    return failure();
  importer.touched.pop_back();
  --importer.noGradDepth;
  importer.popScope();
  ag::YieldOp::create(b, importer.locate(list), ValueRange());
  return success();
}

LogicalResult ProgramReader::model() {
  importer.functions->inputs = root.find("inputs");
  if (failed(variables("parameters", "parameter", true)) ||
      failed(variables("buffers", "buffer", false)))
    return failure();
  if (const Json *list = root.find("init"); list && failed(initialStatements(*list)))
    return failure();
  if (init) {
    Block &body = init.getBody().front();
    OpBuilder::InsertionGuard guard(importer.b);
    importer.b.setInsertionPointToEnd(&body);
    func::ReturnOp::create(importer.b, init.getLoc());
    if (llvm::hasSingleElement(body))
      importer.symbols->erase(init);
  }
  if (importer.functions->byName.empty())
    return importer.fail(root,
                         "expected 'main' of a script or 'functions' of a model, found neither");
  return success();
}

LogicalResult ProgramReader::script(const Json &main) {
  OpBuilder::InsertionGuard guard(importer.b);
  importer.b.setInsertionPointToEnd(importer.module.getBody());
  auto op = func::FuncOp::create(importer.b, importer.locate(main), "main",
                                 importer.b.getFunctionType({}, {}));
  importer.symbols->insert(op);
  importer.b.setInsertionPointToEnd(op.addEntryBlock());
  importer.pushScope();
  if (failed(importer.evaluateBody(main)))
    return failure();
  importer.popScope();
  func::ReturnOp::create(importer.b, op.getLoc());
  pruneNoGrad(op);
  return success();
}

LogicalResult ProgramReader::read() {
  if (failed(header()))
    return failure();
  const Json *main = root.find("main");
  importer.module->setAttr("ag.kind", importer.b.getStringAttr(main ? "script" : "model"));
  importer.module->setAttr("ag.device", importer.b.getStringAttr(importer.device));
  importer.reservedSymbols.insert(main ? "main" : "init");
  importer.pushScope(); // of the parameters
  if (failed(listFunctions()) || failed(main ? script(*main) : model()))
    return failure();
  // Functions that nobody calls are read for their errors.
  for (size_t i = 0; i < importer.functions->byName.size(); ++i) {
    StringRef name = (importer.functions->byName.begin() + i)->first;
    if (!importer.function(*(importer.functions->byName.begin() + i)->second.json, name))
      return failure();
  }
  return success();
}

void loadDialects(MLIRContext &context) {
  context.loadDialect<ag::AgDialect, func::FuncDialect, arith::ArithDialect, scf::SCFDialect,
                      tensor::TensorDialect>();
}

OwningOpRef<ModuleOp> Importer::run(const Json &root) {
  OwningOpRef<ModuleOp> owner = ModuleOp::create(locate(root));
  module = *owner;
  symbols = std::make_unique<SymbolTable>(module);
  functions = std::make_shared<Functions>();
  b.setInsertionPointToEnd(module.getBody());
  ProgramReader reader(*this, root);
  if (failed(reader.read()))
    return nullptr;
  forgetNotes(module);
  if (failed(verify(module)))
    return nullptr;
  return owner;
}

} // namespace gradc::graph

mlir::OwningOpRef<mlir::ModuleOp> gradc::importGraphJson(MLIRContext &context, StringRef bytes,
                                                         StringRef fileName) {
  graph::loadDialects(context);
  graph::Json root;
  graph::JsonError error;
  if (!graph::parseJson({bytes.data(), bytes.size()}, root, error)) {
    emitError(FileLineColLoc::get(&context, fileName, error.at.line, error.at.column), error.text);
    return nullptr;
  }
  return graph::Importer(context, fileName).run(root);
}
