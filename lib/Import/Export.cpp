// Export.cpp - writes a module of the ag dialect as canonical graph JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The canonical form is flat and typed: every op is one node, in-place writes and views are the
// functional ops that the importer made of them, variables are made, read and written explicitly.
#include "Export.h"
#include "Importer.h"
#include "gradc/IR/Data.h"
#include "gradc/Import/Import.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
namespace gradc::graph {
namespace {

class Exporter {
public:
  Exporter(ModuleOp module, raw_ostream &out) : module(module), out(out) {}
  LogicalResult run();

private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  LogicalResult script(func::FuncOp main);
  LogicalResult model();
  LogicalResult function(func::FuncOp op);
  LogicalResult functionsTable(bool isModel);
  LogicalResult variablesTable(StringRef key, StringRef kind);
  LogicalResult initialStatements();
  LogicalResult nested(Value value, std::string &text);

  LogicalResult block(Block &block);
  LogicalResult operation(Operation *op);
  LogicalResult valueOp(Operation *op);
  LogicalResult stateOp(Operation *op);
  LogicalResult loop(scf::ForOp op);
  LogicalResult branch(scf::IfOp op);
  LogicalResult region(Operation *op, StringRef word);
  LogicalResult call(func::CallOp op);
  LogicalResult print(ag::PrintOp op);
  LogicalResult init(ag::SetOp op);
  LogicalResult whileLoop(scf::ForOp op, ag::ContinueIfOp exit);
  void gradient(ag::GradientOp op);
  LogicalResult unknown(Operation *op) {
    return op->emitError("graph JSON has no word for '") << op->getName() << "'";
  }

  /// Writes a node of these keys; `body` keys are written by the caller.
  void node(Operation *op, StringRef name, ArrayRef<std::string> inputs, Pairs attributes,
            Type type = {});
  void open(Operation *op, StringRef name, ArrayRef<std::string> inputs, Pairs attributes,
            Type type = {});
  void close() { out << "}"; }
  void line() {
    out << (isFirst ? "\n" : ",\n");
    out.indent(2 * depth);
    isFirst = false;
  }
  LogicalResult body(StringRef key, Block &block);
  std::string locationText(Operation *op);
  std::vector<std::string> operands(ValueRange values);
  std::string tableText(ArrayRef<std::string> keys, ValueRange values);
  std::vector<std::string> giveNames(Operation *op);
  std::string variableName(StringRef symbol) { return variables.lookup(symbol); }

  ModuleOp module;
  raw_ostream &out;
  Names names;
  llvm::StringMap<std::string> variables;
  unsigned depth = 1;
  bool isFirst = true;
  func::FuncOp initFunction;
};

} // namespace

//===-- Nodes ---------------------------------------------------------------------------------===//

/// The user's own line, where it is not a place in the graph's own file.
std::string Exporter::locationText(Operation *op) {
  auto at = op->getLoc()->findInstanceOf<FileLineColLoc>();
  auto own = module.getLoc()->findInstanceOf<FileLineColLoc>();
  if (!at || (own && at.getFilename() == own.getFilename()))
    return {};
  return "{\"file\": " + quote(at.getFilename()) + ", \"line\": " + std::to_string(at.getLine()) +
         ", \"column\": " + std::to_string(at.getColumn()) + "}";
}

void Exporter::open(Operation *op, StringRef name, ArrayRef<std::string> inputs, Pairs attributes,
                    Type type) {
  line();
  out << "{";
  if (!name.empty())
    out << "\"name\": " << quote(name) << ", ";
  out << "\"op\": " << attributes[0].second;
  if (!inputs.empty())
    out << ", \"inputs\": " << namesText(inputs);
  for (auto &[key, value] : ArrayRef(attributes).drop_front())
    out << ", " << quote(key) << ": " << value;
  if (type)
    out << ", \"type\": " << quote(typeText(cast<RankedTensorType>(type)));
  if (std::string at = locationText(op); !at.empty())
    out << ", \"loc\": " << at;
}

void Exporter::node(Operation *op, StringRef name, ArrayRef<std::string> inputs, Pairs attributes,
                    Type type) {
  open(op, name, inputs, std::move(attributes), type);
  close();
}

LogicalResult Exporter::body(StringRef key, Block &inner) {
  out << ", " << quote(key) << ": [";
  bool outer = std::exchange(isFirst, true);
  ++depth;
  LogicalResult done = block(inner);
  --depth;
  isFirst = outer;
  out << "]";
  return done;
}

std::vector<std::string> Exporter::operands(ValueRange values) {
  std::vector<std::string> result;
  for (Value value : values)
    result.push_back(names.of(value));
  return result;
}

std::string Exporter::tableText(ArrayRef<std::string> keys, ValueRange values) {
  std::string result = "{";
  for (auto [key, value] : llvm::zip(keys, values))
    result += (result.size() > 1 ? ", " : "") + quote(key) + ": " + quote(names.of(value));
  return result + "}";
}

/// The names that the importer noted for the results of an op; "" where there is none.
static std::vector<std::string> notedNames(Operation *op) {
  std::vector<std::string> result(op->getNumResults());
  if (result.size() == 1)
    result[0] = userName(op->getLoc());
  if (auto noted = op->getAttrOfType<ArrayAttr>("ag.names"); noted && noted.size() == result.size())
    for (auto [name, attribute] : llvm::zip(result, noted))
      name = cast<StringAttr>(attribute).getValue();
  return result;
}

std::vector<std::string> Exporter::giveNames(Operation *op) {
  std::vector<std::string> result = notedNames(op);
  for (auto [name, value] : llvm::zip(result, op->getResults()))
    name = names.give(value, name);
  return result;
}

LogicalResult Exporter::block(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(operation(&op)))
      return failure();
  return success();
}

/// What a node before it says already, and nobody else uses.
static bool isImplied(Operation *op) {
  return op->hasAttr("ag.implied") && llvm::all_of(op->getUsers(), isImplied);
}

LogicalResult Exporter::operation(Operation *op) {
  if (isImplied(op))
    return success();
  // Consumed by the nodes that use them: the bounds of loops, their index, conditions.
  if (isa<arith::ConstantOp, arith::IndexCastOp, tensor::ExtractOp, tensor::FromElementsOp>(op))
    return success();
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](scf::ForOp o) { return loop(o); })
      .Case([&](scf::IfOp o) { return branch(o); })
      .Case([&](ag::NoGradOp o) { return region(o, "\"no_grad\""); })
      .Case([&](ag::CheckpointOp o) { return region(o, "\"checkpoint\""); })
      .Case([&](func::CallOp o) { return call(o); })
      .Case([&](ag::PrintOp o) { return print(o); })
      .Case([&](ag::SetOp o) {
        if (o.getInit())
          return init(o);
        return stateOp(op);
      })
      .Default([&](Operation *) { return valueOp(op); });
}

LogicalResult Exporter::valueOp(Operation *op) {
  NodeText text = describeValueOp(op);
  if (text.op.empty())
    return stateOp(op);
  Pairs attributes = {{"op", quote(text.op)}};
  attributes.insert(attributes.end(), text.attributes.begin(), text.attributes.end());
  std::vector<std::string> inputs = operands(op->getOperands());
  if (op->getNumResults() > 1) {
    attributes.push_back({"names", namesText(giveNames(op))});
    node(op, "", inputs, attributes);
    return success();
  }
  const std::string &name = names.give(op->getResult(0), userName(op->getLoc()));
  node(op, name, inputs, attributes, op->getResult(0).getType());
  return success();
}

LogicalResult Exporter::stateOp(Operation *op) {
  auto flag = [](bool on) { return std::string(on ? "true" : "false"); };
  auto read = [&](StringRef word, StringRef variable, Value value, Pairs more) {
    Pairs attributes = {{"op", quote(word)}};
    attributes.insert(attributes.end(), more.begin(), more.end());
    std::string input = variableName(variable);
    node(op, names.give(value, userName(op->getLoc())), {input}, attributes, value.getType());
    return success();
  };
  auto statement = [&](StringRef word, std::vector<std::string> inputs, Pairs more = {}) {
    Pairs attributes = {{"op", quote(word)}};
    attributes.insert(attributes.end(), more.begin(), more.end());
    node(op, "", inputs, attributes);
    return success();
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ag::GetOp o) { return read("ag.get", o.getVariable(), o.getValue(), {}); })
      .Case([&](ag::GradOp o) {
        return read("ag.grad", o.getVariable(), o.getValue(),
                    {{"may_be_none", flag(o.getMayBeNone())}});
      })
      .Case([&](ag::SetOp o) {
        return statement("ag.set", {variableName(o.getVariable()), names.of(o.getValue())});
      })
      .Case([&](ag::SetGradOp o) {
        return statement("ag.set_grad", {variableName(o.getVariable()), names.of(o.getValue())});
      })
      .Case([&](ag::ZeroGradOp o) {
        return statement("zero_grad", {variableName(o.getVariable())},
                         {{"set_to_none", flag(o.getSetToNone())}});
      })
      .Case([&](ag::ModifiedOp o) { return statement("ag.modified", operands(o.getValues())); })
      .Case([&](ag::SavedOp o) { return statement("ag.saved", operands(o->getOperands())); })
      .Case([&](ag::BackwardOp o) {
        return statement("backward", operands(o->getOperands()),
                         {{"retain_graph", flag(o.getRetainGraph())},
                          {"create_graph", flag(o.getCreateGraph())}});
      })
      .Case([&](ag::GradientOp o) {
        gradient(o);
        return success();
      })
      .Case([&](ag::ExpectOp o) {
        return statement("ag.expect", operands(o->getOperands()), {{"text", quote(o.getText())}});
      })
      .Case([&](ag::ManualSeedOp o) {
        return statement("manual_seed", {}, {{"value", std::to_string(int64_t(o.getSeed()))}});
      })
      .Default([&](Operation *) { return unknown(op); });
}

void Exporter::gradient(ag::GradientOp op) {
  std::vector<std::string> inputs = {names.of(op.getValue())};
  if (op.getCotangent())
    inputs.push_back(names.of(op.getCotangent()));
  std::string wrt = namesText(operands(op.getWrt()));
  std::vector<std::string> results = giveNames(op);
  auto flag = [](bool on) { return std::string(on ? "true" : "false"); };
  node(op, "", inputs,
       {{"op", "\"grad\""},
        {"wrt", wrt},
        {"names", namesText(results)},
        {"retain_graph", flag(op.getRetainGraph())},
        {"create_graph", flag(op.getCreateGraph())},
        {"allow_unused", flag(op.getAllowUnused())}});
}

LogicalResult Exporter::init(ag::SetOp op) {
  auto variable = ag::lookupVariable(op, op.getVariableAttr());
  std::string value = names.of(op.getValue());
  node(op, variables[op.getVariable()], {value},
       {{"op", "\"ag.variable\""},
        {"kind", quote(variable.getKind())},
        {"requires_grad", variable.getRequiresGrad() ? "true" : "false"}},
       variable.getType());
  return success();
}

LogicalResult Exporter::print(ag::PrintOp op) {
  std::vector<std::string> parts;
  for (Attribute part : op.getParts())
    parts.push_back(cast<StringAttr>(part).getValue().str());
  node(op, "", operands(op.getValues()), {{"op", "\"ag.print\""}, {"parts", namesText(parts)}});
  return success();
}

//===-- Regions -------------------------------------------------------------------------------===//

/// A loop that While.cpp made.
LogicalResult Exporter::whileLoop(scf::ForOp op, ag::ContinueIfOp exit) {
  APInt bound;
  auto asked = exit.getCondition().getDefiningOp<scf::IfOp>();
  scf::IfOp done;
  for (auto branch : op.getBody()->getOps<scf::IfOp>())
    if (branch.getCondition() == exit.getCondition())
      done = branch;
  if (!asked || !done || !matchPattern(op.getUpperBound(), m_ConstantInt(&bound)))
    return op->emitError("expected a loop as 'while' makes it");
  Operation *answer = asked.thenYield().getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<tensor::ExtractOp>(answer))
    return op->emitError("expected a condition that is a tensor's element");
  Pairs attributes = {{"op", "\"while\""}};
  if (!bound.isMaxSignedValue())
    attributes.push_back({"max_trips", std::to_string(bound.getSExtValue())});
  names.push();
  std::vector<std::string> carried;
  for (BlockArgument arg : op.getRegionIterArgs().drop_front())
    carried.push_back(names.give(arg, userName(arg.getLoc())));
  if (!carried.empty())
    attributes.push_back({"carry", tableText(carried, op.getInitArgs().drop_front())});
  open(op, "", {}, attributes);
  names.push();
  if (failed(body("before", asked.getThenRegion().front())))
    return failure();
  out << ", \"condition\": " << tableText({"value"}, answer->getOperands().take_front());
  names.pop();
  names.push();
  if (failed(body("body", done.getThenRegion().front())))
    return failure();
  if (!carried.empty())
    out << ", \"yield\": " << tableText(carried, done.thenYield().getOperands());
  names.pop();
  close();
  names.pop();
  for (auto [name, result] : llvm::zip(carried, op.getResults().drop_front())) {
    names.takeAgain(name);
    names.alias(result, name);
  }
  return success();
}

LogicalResult Exporter::loop(scf::ForOp op) {
  for (auto exit : op.getBody()->getOps<ag::ContinueIfOp>())
    return whileLoop(op, exit);
  APInt count;
  if (!matchPattern(op.getUpperBound(), m_ConstantInt(&count)) ||
      !matchPattern(op.getLowerBound(), m_Zero()) || !matchPattern(op.getStep(), m_One()))
    return op->emitError("expected a loop that counts from 0 by 1 to a constant");
  Pairs attributes = {{"op", "\"repeat\""}, {"count", std::to_string(count.getSExtValue())}};
  names.push();
  for (Operation *user : op.getInductionVar().getUsers())
    for (Operation *made : user->getResult(0).getUsers())
      attributes.push_back(
          {"index", quote(names.give(made->getResult(0), userName(made->getLoc())))});
  std::vector<std::string> carried;
  for (BlockArgument arg : op.getRegionIterArgs())
    carried.push_back(names.give(arg, userName(arg.getLoc())));
  if (!carried.empty())
    attributes.push_back({"carry", tableText(carried, op.getInitArgs())});
  open(op, "", {}, attributes);
  if (failed(body("body", *op.getBody())))
    return failure();
  if (!carried.empty())
    out << ", \"yield\": " << tableText(carried, op.getBody()->getTerminator()->getOperands());
  close();
  names.pop();
  for (auto [name, result] : llvm::zip(carried, op.getResults())) {
    names.takeAgain(name);
    names.alias(result, name);
  }
  return success();
}

LogicalResult Exporter::branch(scf::IfOp op) {
  auto extract = op.getCondition().getDefiningOp<tensor::ExtractOp>();
  if (!extract)
    return op->emitError("expected a condition that is a tensor's element");
  open(op, "", {names.of(extract.getTensor())}, {{"op", "\"if\""}});
  std::string yields[2];
  // The results are visible after the branches, beside names of theirs that are gone by then.
  std::vector<std::string> results = notedNames(op);
  for (std::string &name : results)
    name = names.take(name);
  for (auto [i, region] : llvm::enumerate(op.getRegions())) {
    names.push();
    if (region->empty()) {
      names.pop();
      continue;
    }
    if (failed(body(i ? "else" : "then", region->front())))
      return failure();
    yields[i] = tableText(results, region->front().getTerminator()->getOperands());
    names.pop();
  }
  if (!results.empty())
    out << ", \"yield\": {\"then\": " << yields[0] << ", \"else\": " << yields[1] << "}";
  close();
  for (auto [name, result] : llvm::zip(results, op.getResults()))
    names.alias(result, name);
  return success();
}

LogicalResult Exporter::region(Operation *op, StringRef word) {
  open(op, "", {}, {{"op", word.str()}});
  Block &inner = op->getRegion(0).front();
  if (failed(body("body", inner)))
    return failure();
  close();
  for (auto [result, value] : llvm::zip(op->getResults(), inner.getTerminator()->getOperands()))
    names.alias(result, names.of(value));
  return success();
}

LogicalResult Exporter::call(func::CallOp op) {
  std::vector<std::string> inputs = operands(op.getOperands()), results = giveNames(op);
  node(op, "", inputs,
       {{"op", "\"call\""}, {"function", quote(op.getCallee())}, {"names", namesText(results)}});
  return success();
}

//===-- Programs ------------------------------------------------------------------------------===//

LogicalResult Exporter::function(func::FuncOp op) {
  Block &entry = op.getBody().front();
  names.push();
  line();
  out << quote(op.getName()) << ": {\"export\": " << (op.isPublic() ? "true" : "false")
      << ", \"inputs\": {";
  for (auto [i, arg] : llvm::enumerate(entry.getArguments())) {
    auto wish = op.getArgAttrOfType<StringAttr>(i, "ag.name");
    out << (i ? ", " : "") << quote(names.give(arg, wish ? wish.getValue() : "")) << ": "
        << quote(typeText(cast<RankedTensorType>(arg.getType())));
  }
  out << "}";
  if (failed(body("body", entry)))
    return failure();
  std::vector<std::string> keys;
  for (unsigned i = 0; i < op.getNumResults(); ++i) {
    auto wish = op.getResultAttrOfType<StringAttr>(i, "ag.name");
    keys.push_back(wish ? wish.getValue().str() : "out" + std::to_string(i));
  }
  out << ", \"outputs\": " << tableText(keys, entry.getTerminator()->getOperands()) << "}";
  names.pop();
  return success();
}

LogicalResult Exporter::functionsTable(bool isModel) {
  auto isListed = [&](func::FuncOp op) { return op.getName() != (isModel ? "init" : "main"); };
  auto functions = llvm::make_filter_range(module.getOps<func::FuncOp>(), isListed);
  if (functions.empty())
    return success();
  out << ",\n  \"functions\": {";
  isFirst = true;
  depth = 2;
  for (func::FuncOp op : functions)
    if (failed(function(op)))
      return failure();
  depth = 1;
  out << "}";
  return success();
}

LogicalResult Exporter::script(func::FuncOp main) {
  // Variables keep their names, of which programs know them; values give way.
  for (auto variable : module.getOps<ag::VariableOp>())
    variables[variable.getSymName()] = names.take(variable.getSymName());
  out << ",\n  \"main\": [";
  isFirst = true;
  depth = 2;
  if (failed(block(main.getBody().front())))
    return failure();
  depth = 1;
  out << "]";
  return functionsTable(/*isModel=*/false);
}

/// A value of `init` as nested nodes.
LogicalResult Exporter::nested(Value value, std::string &text) {
  Operation *op = value.getDefiningOp();
  NodeText node = op ? describeValueOp(op) : NodeText();
  if (node.op.empty())
    return module.emitError("graph JSON has no word for how a parameter gets its first value");
  text += "{\"op\": " + quote(node.op);
  if (op->getNumOperands())
    text += ", \"inputs\": [";
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    text += i ? ", " : "";
    if (failed(nested(operand, text)))
      return failure();
  }
  if (op->getNumOperands())
    text += "]";
  for (auto &[key, attribute] : node.attributes)
    text += ", " + quote(key) + ": " + attribute;
  text += ", \"type\": " + quote(typeText(cast<RankedTensorType>(value.getType()))) + "}";
  return success();
}

LogicalResult Exporter::variablesTable(StringRef key, StringRef kind) {
  bool any = false;
  for (auto variable : module.getOps<ag::VariableOp>()) {
    if (variable.getKind() != kind)
      continue;
    out << (any ? "," : ",\n  " + quote(key) + ": {") << "\n    " << quote(variable.getSymName())
        << ": {\"type\": " << quote(typeText(cast<RankedTensorType>(variable.getType())));
    any = true;
    variables[variable.getSymName()] = names.take(variable.getSymName());
    std::string text;
    if (auto data = denseElements(variable.getInitAttr())) {
      OpBuilder b(module.getContext());
      OwningOpRef<ag::ConstantOp> constant = ag::ConstantOp::create(b, variable.getLoc(), data);
      if (failed(nested(constant->getResult(), text)))
        return failure();
    } else if (initFunction) {
      for (auto set : initFunction.getBody().front().getOps<ag::SetOp>())
        if (set.getInit() && set.getVariable() == variable.getSymName() &&
            failed(nested(set.getValue(), text)))
          return failure();
    }
    if (!text.empty())
      out << ", \"init\": " << text;
    StringRef local = variables[variable.getSymName()];
    if (local != variable.getSymName())
      out << ", \"as\": " << quote(local);
    if (auto aliases = variable->getAttrOfType<ArrayAttr>("ag.aliases")) {
      out << ", \"aliases\": [";
      llvm::interleaveComma(aliases.getAsRange<StringAttr>(), out,
                            [&](StringAttr name) { out << quote(name.getValue()); });
      out << "]";
    }
    if (kind == "parameter")
      out << ", \"requires_grad\": " << (variable.getRequiresGrad() ? "true" : "false");
    out << "}";
  }
  out << (any ? "}" : "");
  return success();
}

/// What `init` does besides to first contents.
LogicalResult Exporter::initialStatements() {
  if (!initFunction)
    return success();
  auto regions = initFunction.getBody().front().getOps<ag::NoGradOp>();
  if (regions.empty())
    return success();
  out << ",\n  \"init\": [";
  isFirst = true;
  depth = 2;
  names.push();
  for (ag::NoGradOp region : regions)
    if (failed(block(region.getBody().front())))
      return failure();
  names.pop();
  depth = 1;
  out << "]";
  return success();
}

LogicalResult Exporter::run() {
  auto kind = module->getAttrOfType<StringAttr>("ag.kind");
  auto device = module->getAttrOfType<StringAttr>("ag.device");
  out << "{\"format\": \"gradc.graph\", \"version\": 1, \"device\": "
      << quote(device ? device.getValue() : "cpu");
  names.push();
  if (!kind || kind.getValue() == "script") {
    auto main = module.lookupSymbol<func::FuncOp>("main");
    if (!main)
      return module.emitError("expected a function 'main' in a script");
    if (failed(script(main)))
      return failure();
  } else {
    initFunction = module.lookupSymbol<func::FuncOp>("init");
    if (failed(variablesTable("parameters", "parameter")) ||
        failed(variablesTable("buffers", "buffer")) || failed(initialStatements()) ||
        failed(functionsTable(/*isModel=*/true)))
      return failure();
  }
  out << "}\n";
  return success();
}

} // namespace gradc::graph

LogicalResult gradc::exportGraphJson(ModuleOp module, llvm::raw_ostream &out) {
  return graph::Exporter(module, out).run();
}
