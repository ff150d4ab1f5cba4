// Importer.cpp - evaluates nodes: checks keys and attributes, reads operands, binds names.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Importer.h"
#include "gradc/Import/Import.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;
namespace gradc::graph {

Importer::Importer(MLIRContext &context, StringRef fileName)
    : b(&context), folder(llvm::sys::path::parent_path(fileName)), ops(context),
      file(StringAttr::get(&context, fileName)) {}

//===-- Messages ------------------------------------------------------------------------------===//

Location Importer::locate(Position at) const {
  return FileLineColLoc::get(file, at.line, at.column);
}

LogicalResult Importer::fail(Location at, const Twine &text) { return emitError(at, text); }
LogicalResult Importer::fail(const Json &at, const Twine &text) {
  return emitError(userLocation ? *userLocation : locate(at), text);
}
LogicalResult Importer::expected(const Json &found, const Twine &what) {
  return fail(found, "expected " + what + ", found " + found.describe());
}

LogicalResult Importer::expected(const Json *found, const Json &owner, const Twine &what) {
  return found ? expected(*found, what) : fail(owner, "expected " + what + ", found none");
}

//===-- Names ---------------------------------------------------------------------------------===//

bool isName(StringRef name) {
  return !name.empty() && !llvm::isDigit(name[0]) &&
         llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

bool isGeneratedName(StringRef name) {
  return name.size() > 1 && name[0] == '_' && llvm::all_of(name.drop_front(), llvm::isDigit);
}

void noteNames(Operation *op, ArrayRef<StringRef> names) {
  Builder b(op->getContext());
  if (llvm::all_of(names, isGeneratedName))
    return;
  if (names.size() == 1)
    op->setLoc(NameLoc::get(b.getStringAttr(names[0]), op->getLoc()));
  else
    op->setAttr("ag.names", b.getStrArrayAttr(names));
}

LogicalResult Importer::define(const Json &at, StringRef name, TensorRef tensor) {
  if (!isName(name))
    return fail(at, "expected a name of letters, digits and _, not a digit first, found '" + name +
                        "'");
  for (Scope &scope : scopes)
    if (auto found = scope.names.find(name); found != scope.names.end()) {
      if (found->second == tensor) // an in-place op that names its target
        return success();
      return fail(at, "expected a name that is not taken, found '" + name + "' again");
    }
  if (tensor->storage->names++ == 0 && tensor->storage->kind == Storage::Kind::gradient)
    tensor->storage->home = b.getInsertionBlock();
  scopes.back().names.try_emplace(name, std::move(tensor));
  return success();
}

void Importer::popScope() {
  for (auto &entry : scopes.back().names)
    --entry.second->storage->names;
  scopes.pop_back();
}

TensorRef Importer::find(StringRef name) const {
  for (const Scope &scope : llvm::reverse(scopes))
    if (auto found = scope.names.find(name); found != scope.names.end())
      return found->second;
  return nullptr;
}

TensorRef Importer::lookup(const Json &at, StringRef name) {
  if (TensorRef found = find(name))
    return found;
  if (name.consume_back(".grad")) {
    TensorRef leaf = lookup(at, name);
    if (!leaf)
      return nullptr;
    if (leaf->storage->kind != Storage::Kind::variable || leaf->isView || leaf->cut ||
        !leaf->storage->variable.getRequiresGrad()) {
      (void)fail(at,
                 "'" + name + ".grad' is None: '" + name + "' is not a leaf that requires grad");
      return nullptr;
    }
    return gradientTensor(*leaf->storage);
  }
  std::string known;
  unsigned best = std::max<unsigned>(1, name.size() / 3) + 1;
  for (Scope &scope : scopes)
    for (auto &entry : scope.names)
      if (unsigned distance = name.edit_distance(entry.first(), true, best);
          distance < best || (distance == best && !known.empty() && entry.first() < known)) {
        best = distance;
        known = entry.first();
      }
  (void)fail(at, "expected the name of a tensor that is defined here, found '" + name + "'" +
                     (known.empty() ? "" : "; did you mean '" + known + "'?"));
  return nullptr;
}

//===-- Attributes ----------------------------------------------------------------------------===//

int64_t Node::integer(StringRef key, int64_t absent) const {
  const Json *json = attribute(key);
  return json ? json->integer : absent;
}
bool Node::flag(StringRef key, bool absent) const {
  const Json *json = attribute(key);
  return json ? json->boolean : absent;
}
Shape Node::integers(StringRef key) const {
  Shape result;
  const Json *json = attribute(key);
  if (json && json->kind == Json::Kind::integer)
    result.push_back(json->integer);
  else if (json)
    for (const Json &item : json->items)
      result.push_back(item.integer);
  return result;
}

static bool isListOf(const Json &json, Json::Kind kind) {
  return json.kind == Json::Kind::array &&
         llvm::all_of(json.items, [&](const Json &item) { return item.kind == kind; });
}

LogicalResult Importer::checkAttribute(const Json &value, const AttributeSpec &spec) {
  using Kind = Json::Kind;
  auto want = [&](bool good, StringRef what) {
    return good ? success() : expected(value, what + " for '" + spec.name + "'");
  };
  switch (spec.kind) {
  case AttributeKind::integer:
    return want(value.kind == Kind::integer, "an integer");
  case AttributeKind::integers:
    return want(isListOf(value, Kind::integer), "a list of integers");
  case AttributeKind::dims:
    return want(value.kind == Kind::integer || isListOf(value, Kind::integer),
                "an integer or a list of integers");
  case AttributeKind::dimsOrText:
    return want(value.kind == Kind::integer || value.kind == Kind::string ||
                    isListOf(value, Kind::integer),
                "an integer, a list of integers or a word");
  case AttributeKind::number:
    return want(value.isNumber() || value.kind == Kind::boolean || isSpecialNumber(value),
                "a number");
  case AttributeKind::boolean:
    return want(value.kind == Kind::boolean, "true or false");
  case AttributeKind::dtype:
    return want(value.kind == Kind::string && dtype(value.text), dtypeList());
  case AttributeKind::data:
    return want(value.isNumber() || value.kind == Kind::boolean || value.kind == Kind::array ||
                    isSpecialNumber(value),
                "nested lists of numbers");
  case AttributeKind::text:
    return want(value.kind == Kind::string, "a string");
  case AttributeKind::name:
    return want(value.kind == Kind::string, "a name");
  case AttributeKind::names:
    return want(isListOf(value, Kind::string), "a list of names");
  case AttributeKind::body:
    return want(value.kind == Kind::array, "a list of nodes");
  case AttributeKind::operandTable:
  case AttributeKind::branchTable:
    return want(value.kind == Kind::object, "an object");
  }
  return success();
}

LogicalResult Importer::checkKeys(const Json &json, const OpSpec &spec) {
  static const StringRef common[] = {"op", "name", "inputs", "type", "loc"};
  for (auto [key, value] : llvm::zip(json.keys, json.items)) {
    if (llvm::is_contained(common, key.text))
      continue;
    auto *found = llvm::find_if(spec.attributes, [&](const AttributeSpec &a) {
                    return a.name == key.text;
                  }).base();
    if (found == spec.attributes.data() + spec.attributes.size()) {
      std::string known;
      for (const AttributeSpec &a : spec.attributes)
        known += (known.empty() ? "" : ", ") + a.name.str();
      return fail(userLocation ? *userLocation : locate(key.at),
                  "unknown attribute '" + key.text + "' of '" + spec.name + "', which has " +
                      (known.empty() ? "none" : known));
    }
    if (failed(checkAttribute(value, *found)))
      return failure();
  }
  for (const AttributeSpec &a : spec.attributes)
    if (a.required && !json.find({a.name.data(), a.name.size()}))
      return fail(json, "expected attribute '" + a.name + "' of '" + spec.name + "', found none");
  return success();
}

LogicalResult Importer::unknownOp(const Json &op) {
  if (llvm::is_contained({"nonzero", "masked_select", "unique", "argwhere"}, StringRef(op.text)))
    return fail(op, "'" + op.text +
                        "' gives a tensor whose size depends on values; sizes are fixed "
                        "when a program is compiled");
  const OpSpec *near = ops.nearest(op.text);
  return fail(op, "unknown op '" + op.text + "'" +
                      (near ? "; did you mean '" + near->name + "'?" : ""));
}

//===-- Nodes ---------------------------------------------------------------------------------===//

LogicalResult Importer::readLocation(const Json &json, std::optional<Location> &result) {
  const Json *loc = json.find("loc");
  if (!loc)
    return success();
  if (loc->kind != Json::Kind::object)
    return expected(*loc, "an object with file, line and column for 'loc'");
  const Json *name = loc->find("file"), *line = loc->find("line"), *column = loc->find("column");
  auto isCount = [](const Json *j) {
    return j->kind == Json::Kind::integer && j->integer >= 0 && j->integer <= INT32_MAX;
  };
  if (!name || name->kind != Json::Kind::string)
    return expected(name, *loc, "a string for 'file' of 'loc'");
  if (!line || !isCount(line))
    return expected(line, *loc, "a line number for 'line' of 'loc'");
  if (column && !isCount(column))
    return expected(*column, "a column number for 'column' of 'loc'");
  result =
      FileLineColLoc::get(b.getStringAttr(name->text), line->integer, column ? column->integer : 0);
  return success();
}

LogicalResult Importer::evaluateBody(const Json &list) {
  if (list.kind != Json::Kind::array)
    return expected(list, "a list of nodes");
  std::optional<Location> outer = userLocation;
  auto restore = llvm::scope_exit([&] { userLocation = outer; });
  for (const Json &json : list.items) {
    userLocation.reset();
    SmallVector<TensorRef> results;
    if (failed(evaluateNode(json, /*nested=*/false, results)))
      return failure();
  }
  return success();
}

LogicalResult Importer::readInputs(const Json &json, Node &node) {
  const Json *inputs = json.find("inputs");
  if (inputs && inputs->kind != Json::Kind::array)
    return expected(*inputs, "a list for 'inputs'");
  size_t count = inputs ? inputs->items.size() : 0;
  const OpSpec &spec = *node.spec;
  if (count < spec.minInputs || count > spec.maxInputs) {
    std::string want = std::to_string(spec.minInputs);
    if (spec.maxInputs == unlimited)
      want = "at least " + want;
    else if (spec.maxInputs != spec.minInputs)
      want += " to " + std::to_string(spec.maxInputs);
    return fail(inputs ? *inputs : json, "expected " + want + (want == "1" ? " input" : " inputs") +
                                             " of '" + spec.name + "', found " +
                                             std::to_string(count));
  }
  for (size_t i = 0; i < count; ++i) {
    const Json &input = inputs->items[i];
    Operand &operand = node.inputs.emplace_back();
    operand.json = &input;
    operand.isAbsent = spec.mayOmit && i > 0 && input.kind == Json::Kind::null;
    if (!operand.isAbsent && failed(evaluateOperand(input, operand, spec.name == "print")))
      return failure();
  }
  return success();
}

/// Whether `value` is the contents of a variable that `tensor` stands for as a whole.
static bool isReadOf(const Tensor &tensor, Value value) {
  auto get = value.getDefiningOp<ag::GetOp>();
  return get && tensor.views.empty() && tensor.storage->variable &&
         get.getVariable() == tensor.storage->variable.getSymName();
}

/// What has a storage of its own in PyTorch may be made by an op that elsewhere is a view, or be
/// the operand itself: tells autograd that a write to the operand does not change it.
static void markCopies(Importer &importer, const Node &node) {
  if (StringRef(node.spec->name).starts_with("ag."))
    return;
  for (const TensorRef &result : node.results) {
    Storage &storage = *result->storage;
    Value value = result->isView ? Value() : storage.current;
    if (!value || storage.kind != Storage::Kind::plain)
      continue;
    auto isOperand = [&](const Operand &operand) {
      return operand.tensor && operand.tensor->storage != &storage &&
             (operand.tensor->cache == value || isReadOf(*operand.tensor, value) ||
              (operand.tensor->views.empty() && operand.tensor->storage->current == value));
    };
    if (llvm::any_of(node.inputs, isOperand)) {
      Value copy = ag::ReshapeOp::create(importer.b, node.loc, value.getType(), value);
      llvm::replace(storage.reads, value, copy);
      if (result->cache == value)
        result->cache = copy;
      storage.current = value = copy;
    }
    Operation *op = value.getDefiningOp();
    if (isa_and_nonnull<ag::ReshapeOp, ag::TransposeOp, ag::BroadcastOp, ag::SliceOp>(op) &&
        op->getLoc() == node.loc)
      op->setAttr("ag.copy", UnitAttr::get(op->getContext()));
  }
}

LogicalResult Importer::evaluateNode(const Json &json, bool nested,
                                     SmallVectorImpl<TensorRef> &results) {
  if (json.kind != Json::Kind::object)
    return expected(json, "a node, which is an object with 'op'");
  const Json *op = json.find("op"), *name = json.find("name");
  if (!op || op->kind != Json::Kind::string)
    return expected(op, json, "the name of an op for 'op'");
  std::optional<Location> outer = userLocation;
  auto restore = llvm::scope_exit([&] { userLocation = outer; });
  if (failed(readLocation(json, userLocation)))
    return failure();
  const OpSpec *spec = ops.find(op->text);
  if (!spec)
    return unknownOp(*op);
  if (name && nested)
    return fail(*name, "expected no 'name' in a node that is an operand");
  if (name && name->kind != Json::Kind::string)
    return expected(*name, "a string for 'name'");
  if (name && !spec->hasResult)
    return fail(*name, "expected no 'name': '" + spec->name + "' has no value");
  if (nested && !spec->hasResult)
    return fail(*op, "expected an operand, found '" + spec->name + "', which has no value");
  Location loc = userLocation ? *userLocation : locate(json);
  Node node{json, spec, loc, name ? StringRef(name->text) : StringRef(), {}, {}};
  if (failed(checkKeys(json, *spec)) || failed(readInputs(json, node)) ||
      failed(checkReadable(node)))
    return failure();
  SavedValues saved(*this, node);
  if (failed(runHandler(*this, node)))
    return failure();
  markCopies(*this, node);
  saved.note(node);
  if (failed(finishNode(node)))
    return failure();
  results.append(node.results.begin(), node.results.end());
  return success();
}

/// Gives the result the node's name and compares its type with the one that the node states.
LogicalResult Importer::finishNode(Node &node) {
  if (node.results.empty())
    return success();
  noteNode(node);
  Tensor &result = *node.results[0];
  if (const Json *type = node.json.find("type")) {
    RankedTensorType stated = parseType(*type);
    if (!stated)
      return failure();
    if (stated != result.type)
      return fail(*type, "expected type " + typeText(result.type) + ", found " + type->text);
  }
  if (node.name.empty() || node.definesNames)
    return success();
  Value value = result.cache ? result.cache : result.storage->current;
  if (value && !isGeneratedName(node.name) && value.getDefiningOp() &&
      value.getDefiningOp()->getLoc() == node.loc)
    value.getDefiningOp()->setLoc(NameLoc::get(b.getStringAttr(node.name), node.loc));
  const Json &name = *node.json.find("name");
  return define(name, node.name, node.results[0]);
}

LogicalResult Importer::evaluateOperand(const Json &json, Operand &result, bool printed) {
  result.json = &json;
  switch (json.kind) {
  case Json::Kind::boolean:
  case Json::Kind::integer:
  case Json::Kind::number:
    result.isLiteral = true;
    return success();
  case Json::Kind::string: {
    result.name = json.text;
    StringRef leaf = json.text;
    if (printed && leaf.consume_back(".grad"))
      if (TensorRef t = find(leaf); t && t->storage->kind != Storage::Kind::variable) {
        result.isNone = true;
        return success();
      }
    result.tensor = lookup(json, json.text);
    return success(result.tensor != nullptr);
  }
  case Json::Kind::object: {
    const Json *op = json.find("op"), *value = json.find("value");
    if (printed && op && op->kind == Json::Kind::string && op->text == "text") {
      if (!value || value->kind != Json::Kind::string)
        return expected(value, json, "a string for 'value' of 'text'");
      result.text = value->text;
      return success();
    }
    SmallVector<TensorRef> results;
    if (failed(evaluateNode(json, /*nested=*/true, results)))
      return failure();
    result.tensor = results[0];
    return success();
  }
  default:
    return expected(json, "an operand: a name, a number, a bool or a node");
  }
}

} // namespace gradc::graph
