// Aten.cpp - the arguments of an ATen operator, and the mapping that goes by their names.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Importer.h"
#include "Translate.h"

using namespace mlir;
namespace gradc::pt2 {

using Kind = Argument::Kind;

Aten::Aten(Translator &translator, const GraphNode &node, const Schema &schema)
    : translator(translator), node(node), schema(schema) {
  for (const Argument &output : node.outputs) {
    if (output.kind == Kind::tensors)
      results.insert(results.end(), output.names.begin(), output.names.end());
    else
      results.push_back(output.kind == Kind::tensor ? output.text : "");
  }
}

/// Whether an argument is what its parameter takes. Exports write numbers where tensors of one
/// number are meant, lists of one number as the number, and sizes where bools or floats are.
static bool isOfType(const Parameter &parameter, const Argument &argument) {
  StringRef type = parameter.type;
  Kind kind = argument.kind;
  if (kind == Kind::none || kind == Kind::unsupported)
    return true;
  bool isNumber = kind == Kind::integer || kind == Kind::boolean || kind == Kind::number;
  if (type.consume_back("?") && type.empty())
    return false;
  bool isList = type.contains('[');
  StringRef element = type.take_until([](char c) { return c == '[' || c == '?' || c == '('; });
  if (element == "Tensor")
    return isList ? kind == Kind::tensors || (kind == Kind::integers && argument.integers.empty())
                  : kind == Kind::tensor || isNumber;
  if (element == "str")
    return kind == Kind::text;
  if (element == "Scalar" && !isList)
    return isNumber || kind == Kind::tensor;
  bool isInteger = element == "int" || element == "SymInt";
  if (isInteger || element == "bool" || element == "float" || element == "SymFloat" ||
      element == "Scalar") {
    bool isNumbers = kind == Kind::integers || kind == Kind::numbers;
    return isList ? isNumbers || isNumber : isNumber;
  }
  // Layouts, devices and the like; what they are is checked where they matter.
  return true;
}

/// Whether a number that counts dimensions names one of the tensors at hand.
static bool isDim(const Aten &call, StringRef name, const Argument &argument) {
  static const StringRef names[] = {"dim",   "dim0", "dim1",      "dim2",    "axis0",
                                    "axis1", "axis", "start_dim", "end_dim", "dims"};
  if (!llvm::is_contained(names, name) ||
      (argument.kind != Kind::integer && argument.kind != Kind::integers))
    return true;
  // stack and unsqueeze count the dim that they make.
  int64_t rank = 1;
  auto look = [&](const Argument &tensor) {
    for (StringRef one :
         tensor.kind == Kind::tensor ? ArrayRef(tensor.text) : ArrayRef<std::string>(tensor.names))
      if (const TensorMeta *known = one.empty() ? nullptr : call.translator.meta(one))
        rank = std::max<int64_t>(rank, known->sizes.size() + 1);
  };
  for (const auto &[key, input] : call.node.inputs)
    look(input);
  for (const Argument &output : call.node.outputs)
    look(output);
  auto isOne = [&](int64_t dim) { return dim >= -rank && dim < rank; };
  return argument.kind == Kind::integer ? isOne(argument.integer)
                                        : llvm::all_of(argument.integers, isOne);
}

LogicalResult Aten::checkArgument(const Parameter &parameter, const Argument &argument) {
  if (!isOfType(parameter, argument))
    return translator.fail(node, "expected " + parameter.type + " for argument '" + parameter.name +
                                     "' of '" + node.target + "'");
  if (!isDim(*this, parameter.name, argument))
    return translator.fail(node, "argument '" + parameter.name + "' of '" + node.target +
                                     "' is no dimension of its tensors");
  return success();
}

/// The rules take for granted that there are as many results as the operator has.
LogicalResult Aten::checkResults() {
  StringRef returns = schema.returns;
  bool isTuple = returns.consume_front("("), isList = returns.ends_with("[]");
  if (!returns.starts_with("Tensor"))
    return success();
  size_t count = isTuple ? returns.count("Tensor") : 1;
  auto isGood = [&](const Argument &output) {
    return isList ? output.kind == Kind::tensors
                  : output.kind == Kind::tensor || (isTuple && output.kind == Kind::none);
  };
  // A tuple whose end nobody asked for is written without it.
  bool fits = isTuple ? node.outputs.size() <= count && !node.outputs.empty()
                      : node.outputs.size() == count;
  if (fits && llvm::all_of(node.outputs, isGood))
    return success();
  return translator.fail(node,
                         "expected the results of '" + node.target + "' to be " + schema.returns);
}

LogicalResult Aten::bind() {
  for (const auto &[name, argument] : node.inputs)
    if (llvm::none_of(schema.parameters, [&](const Parameter &p) { return p.name == name; }))
      return translator.fail(node, "'" + node.target + "' has no argument '" + name + "'");
  for (const Parameter &parameter : schema.parameters) {
    auto given = llvm::find_if(node.inputs,
                               [&](const auto &input) { return parameter.name == input.first; });
    if (given == node.inputs.end() && parameter.absent.empty())
      return translator.fail(node, "expected argument '" + parameter.name + "' of '" + node.target +
                                       "', found none");
    arguments.emplace_back(&parameter,
                           given == node.inputs.end() ? defaultOf(parameter) : given->second);
    const Argument &argument = arguments.back().second;
    bool isIndex = schema.name == "select.int" && parameter.name == "index";
    if (argument.kind == Kind::unsupported && !(isIndex && translator.numberOf(argument.symbol)))
      return translator.fail(node, "argument '" + parameter.name + "' of '" + node.target +
                                       "': " + argument.text);
    if (failed(checkArgument(parameter, argument)))
      return failure();
  }
  return checkResults();
}

const Argument *Aten::find(StringRef name) const {
  for (const auto &[parameter, argument] : arguments)
    if (parameter->name == name)
      return &argument;
  return nullptr;
}

bool Aten::has(StringRef name) const {
  const Argument *found = find(name);
  return found && found->kind != Kind::none;
}

Json Aten::fail(const Twine &text) {
  (void)translator.fail(node, text);
  return null();
}

static Json toOperand(Aten &call, const Argument &argument) {
  switch (argument.kind) {
  case Kind::tensor:
    return call.translator.value(call.node, argument.text);
  case Kind::integer:
    return integer(argument.integer);
  case Kind::boolean:
    return boolean(argument.integer);
  case Kind::number:
    return number(argument.number);
  default:
    return call.fail("expected a tensor or a number as an argument of '" + call.node.target + "'");
  }
}

Json Aten::operand(StringRef name) {
  const Argument *found = find(name);
  return found ? toOperand(*this, *found) : fail("'" + node.target + "' has no '" + name + "'");
}

std::vector<Json> Aten::operands(StringRef name) {
  std::vector<Json> result;
  const Argument *found = find(name);
  if (!found)
    return result;
  for (const std::string &tensor : found->names)
    result.push_back(tensor.empty() ? null() : translator.value(node, tensor));
  return result;
}

int64_t Aten::integerOf(StringRef name, int64_t absent) const {
  const Argument *found = find(name);
  if (!found || found->kind == Kind::none)
    return absent;
  if (found->kind == Kind::number)
    return graph::truncated(found->number);
  return found->kind == Kind::integers && !found->integers.empty() ? found->integers[0]
                                                                   : found->integer;
}

double Aten::numberOf(StringRef name, double absent) const {
  const Argument *found = find(name);
  if (!found || found->kind == Kind::none)
    return absent;
  return found->kind == Kind::number ? found->number : double(found->integer);
}

std::string Aten::textOf(StringRef name) const {
  const Argument *found = find(name);
  return found ? found->text : "";
}

SmallVector<int64_t> Aten::integersOf(StringRef name) const {
  const Argument *found = find(name);
  return found ? found->integers : SmallVector<int64_t>();
}

const TensorMeta *Aten::meta(StringRef name) const {
  const Argument *found = find(name);
  return found && found->kind == Kind::tensor ? translator.meta(found->text) : nullptr;
}

ArrayRef<int64_t> Aten::shape(StringRef name) const {
  const TensorMeta *known = meta(name);
  return known ? ArrayRef<int64_t>(known->sizes) : ArrayRef<int64_t>();
}

const TensorMeta *Aten::result(unsigned i) const {
  return i < results.size() ? translator.meta(results[i]) : nullptr;
}

bool Aten::hasRank(ArrayRef<int64_t> shape, size_t least, size_t most) {
  if (shape.size() >= least && shape.size() <= most)
    return true;
  fail("expected a tensor of " + Twine(least) + (most == 64 ? "" : " to " + std::to_string(most)) +
       " dimensions in '" + node.target + "', found " + Twine(shape.size()));
  return false;
}

bool Aten::isUsed(unsigned i) const { return i < results.size() && translator.isRead(results[i]); }

Json Aten::attribute(StringRef name) {
  const Argument *found = find(name);
  if (!found)
    return null();
  switch (found->kind) {
  case Kind::integer:
    return integer(found->integer);
  case Kind::integers:
    return integers(found->integers);
  case Kind::boolean:
    return boolean(found->integer);
  case Kind::number:
    return number(found->number);
  case Kind::numbers: {
    std::vector<Json> items;
    for (double value : found->numbers)
      items.push_back(number(value));
    return list(std::move(items));
  }
  case Kind::text:
    return word(found->text);
  case Kind::scalarType: {
    Type element = elementOf(translator.context(), found->integer);
    if (!element)
      return fail(scalarTypeName(found->integer) + " is not supported");
    return word(graph::dtypeName(element));
  }
  default:
    return null();
  }
}

std::string Aten::named(StringRef op) const {
  std::string inPlace = (op + "_").str();
  return schema.isInPlace() && translator.ops.find(inPlace) ? inPlace : op.str();
}

//===-- Mapping by names ----------------------------------------------------------------------===//

/// Arguments that do not change what an operator computes.
static bool isHarmless(StringRef name) {
  static const StringRef names[] = {
      "layout",        "device", "pin_memory",  "memory_format", "non_blocking", "cudnn_enable",
      "cudnn_enabled", "sparse", "sparse_grad", "stable",        "path",         "generator"};
  return llvm::is_contained(names, name);
}

static bool isSame(const Argument &a, const Argument &b) {
  auto asNumber = [](const Argument &x) {
    return x.kind == Kind::number ? x.number : double(x.integer);
  };
  auto isScalar = [](const Argument &x) {
    return x.kind == Kind::number || x.kind == Kind::integer || x.kind == Kind::boolean;
  };
  if (isScalar(a) && isScalar(b))
    return asNumber(a) == asNumber(b);
  return a.kind == b.kind && a.text == b.text && a.integers == b.integers && a.numbers == b.numbers;
}

/// "dims" for "size" in "size=dims".
static StringRef renamed(StringRef name, StringRef renames) {
  while (!renames.empty()) {
    auto [item, rest] = renames.split(' ');
    auto [from, to] = item.split('=');
    if (from == name)
      return to;
    renames = rest;
  }
  return name;
}

static const graph::AttributeSpec *attributeOf(const graph::OpSpec &spec, StringRef name) {
  for (const graph::AttributeSpec &attribute : spec.attributes)
    if (attribute.name == name)
      return &attribute;
  return nullptr;
}

/// at::Reduction as a word.
Json reductionWord(int64_t value) {
  return word(value == 0 ? "none" : value == 1 ? "mean" : "sum");
}

/// The form that an attribute of this kind has.
static Json fitted(const graph::AttributeSpec &spec, Json json) {
  using K = graph::AttributeKind;
  if (spec.kind == K::integers && json.kind == Json::Kind::integer)
    return list({json});
  if (spec.kind == K::integer && json.kind == Json::Kind::array && json.items.size() == 1)
    return json.items[0];
  if (spec.kind == K::integer && json.kind == Json::Kind::boolean)
    return integer(json.boolean);
  if (spec.kind == K::boolean && json.kind == Json::Kind::integer)
    return boolean(json.integer != 0);
  return json;
}

Json Aten::generic(StringRef op, StringRef renames) {
  std::string name = named(op);
  const graph::OpSpec *spec = translator.ops.find(name);
  if (!spec)
    return fail("graph JSON has no op '" + name + "'");
  std::vector<Json> inputs;
  Attributes attributes;
  size_t left = 0; // inputs that are left out, not yet followed by one that is there
  for (const auto &[parameter, argument] : arguments) {
    StringRef key = renamed(parameter->name, renames);
    if (const graph::AttributeSpec *attribute = attributeOf(*spec, key)) {
      if (argument.kind == Kind::none)
        continue;
      Json value = key == "reduction" && argument.kind == Kind::integer
                       ? reductionWord(argument.integer)
                       : fitted(*attribute, this->attribute(parameter->name));
      if (value.kind == Json::Kind::null)
        return fail("argument '" + parameter->name + "' of '" + node.target +
                    "' has no form in graph JSON");
      attributes.emplace_back(attribute->name, std::move(value));
      continue;
    }
    bool isInput = parameter->isTensor() ||
                   (parameter->isScalar() && inputs.size() + left < spec->maxInputs &&
                    (parameter->absent.empty() || !isSame(argument, defaultOf(*parameter))));
    if (!isInput) {
      if (isHarmless(parameter->name) || argument.kind == Kind::none ||
          (!parameter->absent.empty() && isSame(argument, defaultOf(*parameter))))
        continue;
      return fail("argument '" + parameter->name + "' of '" + node.target +
                  "' is supported only with its default");
    }
    if (argument.kind == Kind::none) {
      ++left;
      continue;
    }
    for (; left; --left)
      inputs.push_back(null());
    if (argument.kind != Kind::tensors) {
      inputs.push_back(operand(parameter->name));
      continue;
    }
    for (Json &item : operands(parameter->name))
      inputs.push_back(std::move(item));
  }
  return makeNode(name, std::move(inputs), std::move(attributes));
}

void Aten::define(unsigned i, Json json) {
  if (i >= results.size() || results[i].empty() || json.kind == Json::Kind::null)
    return;
  if (json.kind != Json::Kind::object) {
    translator.bind(results[i], std::move(json));
    return;
  }
  set(json, "name", word(translator.declare(results[i])));
  translator.emit(node, std::move(json));
}

Json Aten::let(Json json, StringRef hint) {
  if (json.kind != Json::Kind::object)
    return json;
  std::string name = translator.fresh(hint);
  set(json, "name", word(name));
  translator.emit(node, std::move(json));
  return word(name);
}

} // namespace gradc::pt2
