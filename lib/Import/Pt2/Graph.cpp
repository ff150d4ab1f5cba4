// Graph.cpp - decodes an exported program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "../Importer.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;
namespace gradc::pt2 {

namespace {
/// A size of an input that the export left open.
struct OpenInput {
  std::string symbol;
  int64_t hint = 1; // what it was at export
  std::string name; // the first input and dimension that have it
};

class Decoder {
public:
  Decoder(MLIRContext *context, const Document &document,
          const std::map<std::string, SizeRange> &wanted, bool keepOpen)
      : context(context), document(document), wanted(wanted), keepOpen(keepOpen) {}

  LogicalResult program(Program &result);

private:
  using Kind = Argument::Kind;

  LogicalResult version();
  LogicalResult graph(const Json &json, Graph &result);
  LogicalResult node(const Json &json, GraphNode &result);
  LogicalResult argument(const Json &json, Argument &result);
  LogicalResult tensorList(const Json &list, Argument &result);
  LogicalResult scalar(StringRef tag, const Json &json, Argument &result);
  LogicalResult symbolic(StringRef tag, const Json &json, Argument &result);
  LogicalResult symbolicList(const Json &list, Argument &result);
  LogicalResult meta(const Json &json, TensorMeta &result);
  LogicalResult sizes(const Json &json, StringRef what, SmallVectorImpl<int64_t> &result,
                      std::string &unknown);
  LogicalResult inputSpec(const Json &json, InputSpec &result);
  LogicalResult outputSpec(const Json &json, OutputSpec &result);
  void collectHints(const Json &json);
  LogicalResult openSizes(const Json &graph, Program &result);
  bool hasLargest(const std::string &symbol) const;
  LogicalResult openSize(const Json &graph, const std::string &name, const OpenInput &input,
                         const SizeRange &range, Program &result);
  void readTrace(const Json &json, GraphNode &result);
  /// A list under a key of an object; null after an error.
  const Json *list(const Json &object, StringRef key, const Twine &owner);
  const Json *text(const Json &object, StringRef key, const Twine &owner);
  /// The only key and value of a tagged union; failure after an error.
  LogicalResult tag(const Json &json, StringRef &name, const Json *&value);

  MLIRContext *context;
  const Document &document;
  const std::map<std::string, SizeRange> &wanted;
  bool keepOpen;
  Symbols symbols;
  /// The values of symbolic names of the graph that is read.
  llvm::StringMap<std::optional<int64_t>> named;
};
} // namespace

const Json *Decoder::list(const Json &object, StringRef key, const Twine &owner) {
  const Json *found = document.field(object, key, owner);
  if (found && found->kind != Json::Kind::array) {
    (void)document.expected(*found, "a list for '" + key + "' of " + owner);
    return nullptr;
  }
  return found;
}

const Json *Decoder::text(const Json &object, StringRef key, const Twine &owner) {
  const Json *found = document.field(object, key, owner);
  if (found && found->kind != Json::Kind::string) {
    (void)document.expected(*found, "a string for '" + key + "' of " + owner);
    return nullptr;
  }
  return found;
}

LogicalResult Decoder::tag(const Json &json, StringRef &name, const Json *&value) {
  if (json.kind != Json::Kind::object || json.items.size() != 1)
    return document.expected(json, "an object with one key, which says its kind");
  name = json.keys[0].text;
  value = &json.items[0];
  return success();
}

//===-- Symbols -------------------------------------------------------------------------------===//

/// Notes the hints of plain symbols, wherever they stand.
void Decoder::collectHints(const Json &json) {
  if (const Json *expression = json.find("as_expr")) {
    const Json *srepr = expression->find("expr_str"), *hint = expression->find("hint");
    const Json *value = hint ? hint->find("as_int") : nullptr;
    if (srepr && srepr->kind == Json::Kind::string && value && value->kind == Json::Kind::integer) {
      std::string symbol = Symbols::symbolOf(srepr->text);
      if (!symbol.empty() && !symbols.has(symbol))
        symbols.set(symbol, value->integer);
    }
    return;
  }
  for (const Json &item : json.items)
    collectHints(item);
}

/// {"as_int": n}, {"as_bool": b} or {"as_expr": ...}: none when it is not known yet.
static std::optional<int64_t> valueOf(const Symbols &symbols, const Json &json,
                                      std::string &unknown) {
  if (const Json *value = json.find("as_int"); value && value->kind == Json::Kind::integer)
    return value->integer;
  if (const Json *value = json.find("as_bool"); value && value->kind == Json::Kind::boolean)
    return value->boolean;
  const Json *expression = json.find("as_expr"),
             *srepr = expression ? expression->find("expr_str") : nullptr;
  if (!srepr || srepr->kind != Json::Kind::string) {
    unknown = "its form is not known";
    return std::nullopt;
  }
  return symbols.evaluate(srepr->text, unknown);
}

LogicalResult Decoder::sizes(const Json &json, StringRef what, SmallVectorImpl<int64_t> &result,
                             std::string &unknown) {
  const Json *items = list(json, what, "a tensor");
  if (!items)
    return failure();
  for (const Json &item : items->items) {
    auto value = valueOf(symbols, item, unknown);
    if (value && *value < 0)
      return document.fail(item, "expected a number not below 0 in '" + what + "', found " +
                                     Twine(*value));
    result.push_back(value.value_or(0));
  }
  return success();
}

//===-- Tensors -------------------------------------------------------------------------------===//

LogicalResult Decoder::meta(const Json &json, TensorMeta &result) {
  const Json *dtype = document.field(json, "dtype", "a tensor");
  if (!dtype)
    return failure();
  if (dtype->kind != Json::Kind::integer)
    return document.expected(*dtype, "an integer for 'dtype'");
  result.scalarType = dtype->integer;
  result.element = elementOf(context, dtype->integer);
  const Json *layout = json.find("layout");
  if (layout && layout->kind == Json::Kind::integer && layout->integer != 7)
    return document.fail(*layout, "expected a strided tensor (layout 7), found layout " +
                                      Twine(layout->integer) +
                                      ": sparse tensors are not supported");
  const Json *grad = json.find("requires_grad");
  result.requiresGrad = grad && grad->kind == Json::Kind::boolean && grad->boolean;
  std::string ignored;
  if (failed(sizes(json, "sizes", result.sizes, result.unknown)) ||
      failed(sizes(json, "strides", result.strides, ignored)))
    return failure();
  if (result.strides.size() != result.sizes.size())
    return document.fail(json, "expected as many strides as sizes");
  // No larger than graph JSON has tensors: no product of sizes overflows.
  int64_t count = 1;
  for (int64_t size : result.sizes)
    count = graph::saturatedProduct(count, std::max<int64_t>(size, 1));
  if (count > int64_t(1) << 40 || result.sizes.size() > 64)
    return document.fail(json, "expected a tensor of at most 64 dimensions and 2^40 elements");
  return success();
}

//===-- Arguments -----------------------------------------------------------------------------===//

LogicalResult Decoder::tensorList(const Json &items, Argument &result) {
  result.kind = Kind::tensors;
  if (items.kind != Json::Kind::array)
    return document.expected(items, "a list of tensors");
  for (const Json &item : items.items) {
    const Json *tensor = &item;
    if (item.find("as_none")) {
      result.names.emplace_back();
      continue;
    }
    if (const Json *inner = item.find("as_tensor"))
      tensor = inner;
    const Json *name = text(*tensor, "name", "a tensor");
    if (!name)
      return failure();
    result.names.push_back(name->text);
  }
  return success();
}

static bool isNumber(const Json &json, double &value) {
  if (json.isNumber())
    value = json.asDouble();
  else if (json.kind == Json::Kind::string && json.text == "Infinity")
    value = INFINITY;
  else if (json.kind == Json::Kind::string && json.text == "-Infinity")
    value = -INFINITY;
  else if (json.kind == Json::Kind::string && json.text == "NaN")
    value = NAN;
  else
    return false;
  return true;
}

/// {"as_name": name} or {"as_int": n} and so on.
LogicalResult Decoder::symbolic(StringRef tagName, const Json &json, Argument &result) {
  result.kind = tagName == "as_sym_bool" ? Kind::boolean : Kind::integer;
  if (const Json *name = json.find("as_name")) {
    auto found = named.find(name->text);
    if (found != named.end() && found->second) {
      result.integer = *found->second;
      result.integers = {result.integer};
      return success();
    }
    result.kind = Kind::unsupported;
    result.symbol = name->text;
    result.text = "the value of '" + name->text + "' is known at run time only";
    return success();
  }
  if (const Json *value = json.find("as_float")) {
    result.kind = Kind::number;
    if (!isNumber(*value, result.number))
      return document.expected(*value, "a number for 'as_float'");
    return success();
  }
  std::string unknown;
  auto value = valueOf(symbols, json, unknown);
  if (!value)
    return document.expected(json, "a name or a number for '" + tagName + "'");
  result.integer = *value;
  result.integers = {*value};
  return success();
}

LogicalResult Decoder::symbolicList(const Json &items, Argument &result) {
  result.kind = Kind::integers;
  for (const Json &item : items.items) {
    Argument one;
    if (failed(symbolic("as_sym_int", item, one)))
      return failure();
    if (one.kind == Kind::unsupported) {
      result.kind = one.kind;
      result.text = one.text;
    }
    result.integers.push_back(one.integer);
  }
  return success();
}

/// The tags of one number, word or enumerator.
LogicalResult Decoder::scalar(StringRef name, const Json &value, Argument &result) {
  result.kind = llvm::StringSwitch<Kind>(name)
                    .Case("as_none", Kind::none)
                    .Case("as_int", Kind::integer)
                    .Case("as_float", Kind::number)
                    .Case("as_bool", Kind::boolean)
                    .Cases({"as_string", "as_operator"}, Kind::text)
                    .Case("as_scalar_type", Kind::scalarType)
                    .Case("as_memory_format", Kind::memoryFormat)
                    .Cases({"as_layout", "as_device"}, Kind::ignored)
                    .Default(Kind::unsupported);
  switch (result.kind) {
  case Kind::integer:
  case Kind::scalarType:
  case Kind::memoryFormat:
    if (value.kind != Json::Kind::integer)
      return document.expected(value, "an integer for '" + name + "'");
    result.integer = value.integer;
    result.integers = {value.integer};
    return success();
  case Kind::number:
    return isNumber(value, result.number) ? success()
                                          : document.expected(value, "a number for 'as_float'");
  case Kind::boolean:
    if (value.kind != Json::Kind::boolean)
      return document.expected(value, "true or false for 'as_bool'");
    result.integer = value.boolean;
    return success();
  case Kind::text:
    if (value.kind != Json::Kind::string)
      return document.expected(value, "a string for '" + name + "'");
    result.text = value.text;
    return success();
  case Kind::unsupported:
    result.text = ("arguments of kind '" + name + "' are not supported").str();
    return success();
  default:
    return success();
  }
}

LogicalResult Decoder::argument(const Json &json, Argument &result) {
  StringRef name;
  const Json *value = nullptr;
  if (failed(tag(json, name, value)))
    return failure();
  result.json = &json;
  auto isList = [&] {
    return value->kind == Json::Kind::array
               ? success()
               : document.expected(*value, "a list for '" + name + "'");
  };
  if (name == "as_tensor") {
    const Json *word = text(*value, "name", "a tensor");
    result.kind = Kind::tensor;
    result.text = word ? word->text : "";
    return success(word != nullptr);
  }
  if (name == "as_tensors" || name == "as_optional_tensors")
    return tensorList(*value, result);
  if (name == "as_optional_tensor")
    return argument(*value, result);
  if (name == "as_sym_int" || name == "as_sym_float" || name == "as_sym_bool")
    return symbolic(name, *value, result);
  if (name == "as_sym_ints")
    return failed(isList()) ? failure() : symbolicList(*value, result);
  if (name == "as_ints" || name == "as_floats" || name == "as_bools" || name == "as_sym_floats") {
    if (failed(isList()))
      return failure();
    result.kind = name == "as_ints" || name == "as_bools" ? Kind::integers : Kind::numbers;
    for (const Json &item : value->items) {
      double number = 0;
      bool isFlag = item.kind == Json::Kind::boolean;
      if (result.kind == Kind::integers && item.kind != Json::Kind::integer && !isFlag)
        return document.expected(item, "an integer in '" + name + "'");
      if (result.kind == Kind::integers)
        result.integers.push_back(isFlag ? item.boolean : item.integer);
      else if (isNumber(item, number))
        result.numbers.push_back(number);
      else
        return document.expected(item, "a number in '" + name + "'");
    }
    return success();
  }
  if (name == "as_graph") {
    const Json *inner = document.field(*value, "graph", "a subgraph");
    if (!inner)
      return failure();
    result.kind = Kind::graph;
    result.graph = std::make_shared<Graph>();
    auto outer = named; // the names of a subgraph are its own
    LogicalResult done = graph(*inner, *result.graph);
    named = std::move(outer);
    return done;
  }
  return scalar(name, *value, result);
}

//===-- Nodes ---------------------------------------------------------------------------------===//

/// The innermost line of the stack trace that is not PyTorch's own.
void Decoder::readTrace(const Json &json, GraphNode &result) {
  const Json *metadata = json.find("metadata"),
             *trace = metadata ? metadata->find("stack_trace") : nullptr;
  if (!trace || trace->kind != Json::Kind::string)
    return;
  SmallVector<StringRef> lines;
  StringRef(trace->text).split(lines, '\n');
  bool own = false;
  for (StringRef line : lines) {
    line = line.ltrim();
    if (!line.consume_front("File \""))
      continue;
    auto [file, rest] = line.split("\", line ");
    int64_t number;
    if (rest.consumeInteger(10, number) || number < 1 || number > INT32_MAX)
      continue;
    bool isOwn =
        !file.contains("-packages/torch/") && !file.starts_with("torch/") && !file.starts_with("<");
    if (own && !isOwn)
      continue;
    own |= isOwn;
    result.file = file.str();
    result.line = number;
  }
}

LogicalResult Decoder::node(const Json &json, GraphNode &result) {
  result.json = &json;
  readTrace(json, result);
  const Json *target = text(json, "target", "a node"),
             *inputs = target ? list(json, "inputs", "a node") : nullptr,
             *outputs = inputs ? list(json, "outputs", "a node") : nullptr;
  if (!outputs)
    return failure();
  result.target = target->text;
  for (const Json &item : inputs->items) {
    const Json *name = text(item, "name", "an argument"),
               *value = name ? document.field(item, "arg", "an argument") : nullptr;
    if (!value)
      return failure();
    auto &input = result.inputs.emplace_back(name->text, Argument());
    if (failed(argument(*value, input.second)))
      return failure();
  }
  for (const Json &item : outputs->items)
    if (failed(argument(item, result.outputs.emplace_back())))
      return failure();
  return success();
}

LogicalResult Decoder::graph(const Json &json, Graph &result) {
  result.json = &json;
  const Json *inputs = list(json, "inputs", "a graph"),
             *outputs = inputs ? list(json, "outputs", "a graph") : nullptr,
             *nodes = outputs ? list(json, "nodes", "a graph") : nullptr,
             *tensors = nodes ? document.field(json, "tensor_values", "a graph") : nullptr;
  if (!tensors)
    return failure();
  if (tensors->kind != Json::Kind::object)
    return document.expected(*tensors, "an object for 'tensor_values'");
  for (auto [key, item] : llvm::zip(tensors->keys, tensors->items))
    if (failed(meta(item, result.tensors[key.text])))
      return failure();
  for (StringRef table : {"sym_int_values", "sym_bool_values"}) {
    const Json *values = json.find({table.data(), table.size()});
    if (!values || values->kind != Json::Kind::object)
      continue;
    std::string ignored;
    for (auto [key, item] : llvm::zip(values->keys, values->items))
      named[key.text] = valueOf(symbols, item, ignored);
  }
  for (const Json &item : inputs->items)
    if (failed(argument(item, result.inputs.emplace_back())))
      return failure();
  result.nodes.reserve(nodes->items.size());
  for (const Json &item : nodes->items)
    if (failed(node(item, result.nodes.emplace_back())))
      return failure();
  for (const Json &item : outputs->items)
    if (failed(argument(item, result.outputs.emplace_back())))
      return failure();
  return success();
}

//===-- Signature -----------------------------------------------------------------------------===//

LogicalResult Decoder::inputSpec(const Json &json, InputSpec &result) {
  StringRef name;
  const Json *value = nullptr;
  if (failed(tag(json, name, value)))
    return failure();
  using K = InputSpec::Kind;
  result.json = &json;
  if (name == "user_input" || name == "constant_input" || name == "token") {
    result.kind = name == "user_input" ? K::user : name == "token" ? K::token : K::literal;
    return success();
  }
  if (name != "parameter" && name != "buffer" && name != "tensor_constant")
    return document.fail(json, "an input of kind '" + name + "' is not supported");
  result.kind = name == "parameter" ? K::parameter : name == "buffer" ? K::buffer : K::constant;
  const Json *target = text(*value, (name + "_name").str(), "an input");
  if (!target)
    return failure();
  result.target = target->text;
  if (const Json *persistent = value->find("persistent"))
    result.persistent = persistent->kind != Json::Kind::boolean || persistent->boolean;
  return success();
}

LogicalResult Decoder::outputSpec(const Json &json, OutputSpec &result) {
  StringRef name;
  const Json *value = nullptr;
  if (failed(tag(json, name, value)))
    return failure();
  using K = OutputSpec::Kind;
  result.json = &json;
  if (name == "gradient_to_parameter" || name == "gradient_to_user_input")
    return document.fail(json, "the file holds a joint graph of forward and backward: gradc takes "
                               "the forward program and derives it itself");
  auto kind = llvm::StringSwitch<std::optional<K>>(name)
                  .Case("user_output", K::user)
                  .Case("loss_output", K::loss)
                  .Case("buffer_mutation", K::bufferMutation)
                  .Case("user_input_mutation", K::inputMutation)
                  .Case("parameter_mutation", K::parameterMutation)
                  .Case("token", K::token)
                  .Default(std::nullopt);
  if (!kind)
    return document.fail(json, "an output of kind '" + name + "' is not supported");
  result.kind = *kind;
  for (StringRef key : {"buffer_name", "user_input_name", "parameter_name"})
    if (const Json *target = value->find({key.data(), key.size()});
        target && target->kind == Json::Kind::string)
      result.target = target->text;
  return success();
}

/// Of a larger bound it is doubtful that anybody wants memory mapped for it.
constexpr int64_t kMostByDefault = 1 << 16;
/// Each one multiplies the imports that find out whether it can be kept open.
constexpr size_t kOpenByDefault = 4;

/// Whether the export has a largest value for a symbol for which there is room.
bool Decoder::hasLargest(const std::string &symbol) const {
  const Json *ranges = document.root.find("range_constraints"),
             *range = ranges ? ranges->find(symbol) : nullptr,
             *most = range ? range->find("max_val") : nullptr;
  return most && most->kind == Json::Kind::integer && most->integer <= kMostByDefault;
}

/// Takes what the user wants for the size of an input, within what the export allows.
LogicalResult Decoder::openSize(const Json &top, const std::string &name, const OpenInput &input,
                                const SizeRange &wish, Program &result) {
  const Json *ranges = document.root.find("range_constraints"),
             *range = ranges ? ranges->find(input.symbol) : nullptr;
  auto bound = [&](StringRef key, int64_t absent) {
    const Json *found = range ? range->find({key.data(), key.size()}) : nullptr;
    return found && found->kind == Json::Kind::integer ? found->integer : absent;
  };
  int64_t least = bound("min_val", 0), most = bound("max_val", INT64_MAX);
  const Json &at = range ? *range : top;
  for (std::optional<int64_t> value : {wish.least, wish.most})
    if (value && (*value < least || *value > most))
      return document.fail(at, "expected a size of " + Twine(least) + " to " +
                                   (most == INT64_MAX ? Twine("any") : Twine(most)) + " for '" +
                                   input.symbol + "', found " + Twine(*value));
  OpenSize open{input.symbol, input.name, wish.least.value_or(std::max<int64_t>(least, 1)),
                wish.most.value_or(most), input.hint};
  if (open.most == INT64_MAX)
    return document.fail(at, "the export has no largest size for '" + input.symbol +
                                 "': give one, '--size " + name + "=" + Twine(open.least) +
                                 "..MOST'");
  symbols.set(input.symbol, open.most);
  if (open.least != open.most) {
    open.usual = std::clamp(open.usual, open.least, open.most);
    result.open.push_back(open);
  }
  return success();
}

/// Gives open sizes the values that the user wants.
LogicalResult Decoder::openSizes(const Json &top, Program &result) {
  std::map<std::string, OpenInput> known;
  const Json *tensors = top.find("tensor_values"), *inputs = top.find("inputs");
  for (size_t i = 0; tensors && inputs && i < inputs->items.size(); ++i) {
    const Json *tensor = inputs->items[i].find("as_tensor"),
               *name = tensor ? tensor->find("name") : nullptr,
               *type = name ? tensors->find(name->text) : nullptr,
               *sizes = type ? type->find("sizes") : nullptr;
    for (size_t d = 0; sizes && d < sizes->items.size(); ++d) {
      const Json *open = sizes->items[d].find("as_expr"),
                 *srepr = open ? open->find("expr_str") : nullptr,
                 *hint = open ? open->find("hint") : nullptr,
                 *value = hint ? hint->find("as_int") : nullptr;
      std::string symbol = srepr ? Symbols::symbolOf(srepr->text) : "";
      if (symbol.empty())
        continue;
      bool named = i < result.inputs.size() && !result.inputs[i].target.empty();
      std::string own = (named ? result.inputs[i].target : name->text) + "." + std::to_string(d);
      OpenInput input{symbol, value ? value->integer : 1, own};
      known[own] = known.insert({symbol, input}).first->second;
    }
  }
  for (const auto &[name, range] : wanted) {
    auto found = known.find(name);
    if (found == known.end()) {
      std::string list;
      for (const auto &[open, symbol] : known)
        list += (list.empty() ? "" : ", ") + open;
      return document.fail(top, "the program has no open size '" + name +
                                    (list.empty() ? Twine("': it was exported with fixed sizes")
                                                  : "'; it has " + list));
    }
    if (symbols.has(found->second.symbol))
      return document.fail(top, "size '" + found->second.symbol + "' is given twice");
    if (failed(openSize(top, name, found->second, range, result)))
      return failure();
  }
  for (const auto &[name, input] : known)
    if (keepOpen && result.open.size() < kOpenByDefault && !symbols.has(input.symbol) &&
        hasLargest(input.symbol) && failed(openSize(top, name, input, {}, result)))
      return failure();
  return success();
}

LogicalResult Decoder::version() {
  const Json *schema = document.field(document.root, "schema_version", "the program"),
             *major = schema ? document.field(*schema, "major", "'schema_version'") : nullptr;
  if (!major)
    return failure();
  if (major->kind != Json::Kind::integer || major->integer != 8)
    return document.fail(*major, "expected a program of schema version 8, which PyTorch 2.9 and "
                                 "later write, found " +
                                     major->describe());
  return success();
}

LogicalResult Decoder::program(Program &result) {
  if (failed(version()))
    return failure();
  if (const Json *verifiers = document.root.find("verifiers"))
    for (const Json &item : verifiers->items)
      result.isDecomposed |= item.kind == Json::Kind::string && item.text != "TRAINING";
  const Json *owner = document.field(document.root, "graph_module", "the program"),
             *top = owner ? document.field(*owner, "graph", "'graph_module'") : nullptr,
             *signature = top ? document.field(*owner, "signature", "'graph_module'") : nullptr,
             *inputs = signature ? list(*signature, "input_specs", "'signature'") : nullptr,
             *outputs = inputs ? list(*signature, "output_specs", "'signature'") : nullptr;
  if (!outputs)
    return failure();
  for (const Json &item : inputs->items)
    if (failed(inputSpec(item, result.inputs.emplace_back())))
      return failure();
  nameInputs(*owner, result);
  if (failed(openSizes(*top, result)))
    return failure();
  collectHints(*top);
  if (failed(graph(*top, result.graph)))
    return failure();
  for (const Json &item : outputs->items)
    if (failed(outputSpec(item, result.outputs.emplace_back())))
      return failure();
  if (result.inputs.size() != result.graph.inputs.size() ||
      result.outputs.size() != result.graph.outputs.size())
    return document.fail(*signature, "expected as many specs as the graph has inputs and outputs");
  return success();
}

LogicalResult readProgram(MLIRContext *context, const Document &document,
                          const std::map<std::string, SizeRange> &sizes, bool keepOpen,
                          Program &program) {
  return Decoder(context, document, sizes, keepOpen).program(program);
}

} // namespace gradc::pt2
