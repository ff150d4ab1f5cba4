// Raw.cpp - value ops of the dialect under their own names, for what graph JSON has no other word.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The canonical form needs them: an import turns linear and writes through views into these.
#include "Importer.h"
#include "mlir/IR/Verifier.h"
#include <cstddef>

using namespace mlir;
namespace gradc::graph {

static Attribute attributeOf(OpBuilder &b, const Json &json, StringRef name, AttributeKind kind) {
  if (kind == AttributeKind::integer)
    return b.getI64IntegerAttr(json.integer);
  if (kind == AttributeKind::number)
    return b.getF64FloatAttr(numberOf(json));
  if (kind == AttributeKind::boolean)
    return b.getBoolAttr(json.boolean);
  if (kind == AttributeKind::text) {
    if (name == "mode") {
      auto mode = ag::symbolizeScatterMode(json.text);
      return mode ? ag::ScatterModeAttr::get(b.getContext(), *mode) : Attribute();
    }
    auto word = ag::symbolizeCumulativeKind(json.text);
    return word ? ag::CumulativeKindAttr::get(b.getContext(), *word) : Attribute();
  }
  SmallVector<int64_t> list;
  for (const Json &item : json.items)
    list.push_back(item.integer);
  return b.getDenseI64ArrayAttr(list);
}

/// The result types that an op infers, from attributes in properties of its kind.
static LogicalResult inferTypes(RegisteredOperationName name, OperationState &state,
                                SmallVectorImpl<Type> &types) {
  MLIRContext *context = state.getContext();
  auto *infer = name.getInterface<InferTypeOpInterface>();
  // Properties are plain structs; the largest of ours has a few arrays and a segment table.
  SmallVector<std::max_align_t> memory(name.getOpPropertyByteSize() / sizeof(std::max_align_t) + 1);
  OpaqueProperties properties(memory.data());
  name.initOpProperties(properties, OpaqueProperties(nullptr));
  DictionaryAttr attributes = state.attributes.getDictionary(context);
  LogicalResult done = name.setOpPropertiesFromAttribute(name, properties, attributes,
                                                         [&] { return emitError(state.location); });
  if (succeeded(done))
    done = infer->inferReturnTypes(context, state.location, state.operands, attributes, properties,
                                   {}, types);
  name.destroyOpProperties(properties);
  return done;
}

/// Names for an op of several results.
static LogicalResult bindNames(Importer &importer, Node &node, Operation *op, const Json &names) {
  if (names.items.size() != op->getNumResults())
    return importer.expected(names, "a list of " + Twine(op->getNumResults()) + " for 'names'");
  node.definesNames = true;
  node.results.clear();
  SmallVector<StringRef> words;
  for (auto [name, value] : llvm::zip(names.items, op->getResults())) {
    bool history = isa<FloatType>(getElementTypeOrSelf(value)) && importer.needsGrad(node);
    node.results.push_back(importer.makeTensor(value, history));
    words.push_back(name.text);
    if (failed(importer.define(name, name.text, node.results.back())))
      return failure();
  }
  noteNames(op, words);
  return success();
}

static LogicalResult raw(Importer &importer, Node &node) {
  OpBuilder &b = importer.b;
  OperationState state(node.loc, node.spec->name);
  for (unsigned i = 0; i < node.inputs.size(); ++i) {
    Value value = importer.readInput(node, i);
    if (!value)
      return failure();
    state.addOperands(value);
  }
  const Json *names = nullptr;
  for (const AttributeSpec &spec : node.spec->attributes) {
    const Json &value = *node.attribute(spec.name);
    if (spec.kind == AttributeKind::names) {
      names = &value;
      continue;
    }
    Attribute attribute = attributeOf(b, value, spec.name, spec.kind);
    if (!attribute)
      return importer.expected(value, "a word that '" + node.spec->name + "' knows");
    state.addAttribute(spec.name, attribute);
  }
  auto name = *RegisteredOperationName::lookup(node.spec->name, b.getContext());
  SmallVector<Type> types;
  if (name.hasInterface<InferTypeOpInterface>()) {
    if (failed(inferTypes(name, state, types)))
      return failure();
  } else if (const Json *type = node.attribute("type")) {
    RankedTensorType stated = importer.parseType(*type);
    if (!stated)
      return failure();
    types.push_back(stated);
  } else {
    return importer.fail(node.json, "expected 'type' of '" + node.spec->name + "', found none");
  }
  state.addTypes(types);
  Operation *op = b.create(state);
  // The op's own verifier says what is wrong with operands and attributes.
  if (failed(verify(op)) || failed(checkResult(importer, node, op->getResult(0))))
    return failure();
  node.results = {importer.makeTensor(op->getResult(0), importer.needsGrad(node))};
  return names ? bindNames(importer, node, op, *names) : success();
}

/// Says that values were written in place, for the check of saved tensors.
static LogicalResult modified(Importer &importer, Node &node) {
  SmallVector<Value> values;
  for (unsigned i = 0; i < node.inputs.size(); ++i) {
    values.push_back(importer.readInput(node, i));
    if (!values.back())
      return failure();
  }
  ag::ModifiedOp::create(importer.b, node.loc, values);
  return success();
}

/// Says what PyTorch's backward of the first value reads.
static LogicalResult saved(Importer &importer, Node &node) {
  SmallVector<Value> values;
  for (unsigned i = 0; i < node.inputs.size(); ++i) {
    values.push_back(importer.readInput(node, i));
    if (!values.back())
      return failure();
  }
  if (Operation *op = values[0].getDefiningOp())
    op->setAttr("ag.unsaved", importer.b.getUnitAttr());
  ag::SavedOp::create(importer.b, node.loc, values[0], ArrayRef(values).drop_front());
  return success();
}

//===-- Statements ----------------------------------------------------------------------------===//

/// The variable that the first input names; null after an error.
static Storage *variableOf(Importer &importer, Node &node) {
  const Operand &operand = node.inputs[0];
  if (operand.tensor && operand.tensor->storage->kind == Storage::Kind::variable &&
      operand.tensor->views.empty())
    return operand.tensor->storage;
  (void)importer.expected(*operand.json, "the name of a variable");
  return nullptr;
}

static LogicalResult variable(Importer &importer, Node &node) {
  Value value = importer.readInput(node, 0);
  if (!value)
    return failure();
  const Json &kind = *node.attribute("kind");
  if (!llvm::is_contained({"parameter", "local"}, StringRef(kind.text)))
    return importer.expected(kind, "parameter or local for 'kind'");
  importer.isCanonical = true;
  bool leaf = node.flag("requires_grad");
  auto type = cast<RankedTensorType>(value.getType());
  if (leaf && !isa<FloatType>(type.getElementType()))
    return importer.fail(node.loc, "only Tensors of floating point dtype can require gradients");
  auto op = importer.declareVariable(node.name, type, kind.text, leaf, node.loc);
  ag::SetOp::create(importer.b, node.loc, op.getSymName(), value, /*init=*/true);
  node.results = {importer.variableTensor(op)};
  return success();
}

static LogicalResult get(Importer &importer, Node &node) {
  Storage *storage = variableOf(importer, node);
  if (!storage)
    return failure();
  importer.isCanonical = true;
  Value value =
      ag::GetOp::create(importer.b, node.loc, storage->type, storage->variable.getSymName());
  node.results = {importer.makeTensor(value, storage->leaf)};
  return success();
}

static LogicalResult getGrad(Importer &importer, Node &node) {
  Storage *storage = variableOf(importer, node);
  if (!storage)
    return failure();
  if (!storage->variable.getRequiresGrad())
    return importer.expected(*node.inputs[0].json, "the name of a leaf that requires grad");
  Value value = ag::GradOp::create(importer.b, node.loc, storage->type,
                                   storage->variable.getSymName(), node.flag("may_be_none"));
  node.results = {importer.makeTensor(value, false)};
  return success();
}

template <typename OpT> static LogicalResult set(Importer &importer, Node &node) {
  Storage *storage = variableOf(importer, node);
  Value value = storage ? importer.readInput(node, 1) : Value();
  if (!value)
    return failure();
  if (value.getType() != storage->type)
    return importer.fail(*node.inputs[1].json,
                         "expected " + typeText(storage->type) + ", found " +
                             typeText(cast<RankedTensorType>(value.getType())));
  if constexpr (std::is_same_v<OpT, ag::SetOp>) {
    ag::SetOp::create(importer.b, node.loc, storage->variable.getSymName(), value, /*init=*/false);
  } else {
    if (!storage->variable.getRequiresGrad())
      return importer.expected(*node.inputs[0].json, "the name of a leaf that requires grad");
    OpT::create(importer.b, node.loc, storage->variable.getSymName(), value);
  }
  return success();
}

static LogicalResult detachValue(Importer &importer, Node &node) {
  Value x = importer.readInput(node, 0);
  if (!x)
    return failure();
  node.results = {importer.makeTensor(ag::DetachOp::create(importer.b, node.loc, x), false)};
  return success();
}

static LogicalResult expect(Importer &importer, Node &node) {
  Value condition = importer.readInput(node, 0);
  if (!condition)
    return failure();
  auto type = cast<RankedTensorType>(condition.getType());
  if (type.getRank() != 0 || !type.getElementType().isInteger(1))
    return importer.expected(*node.inputs[0].json, "one bool");
  ag::ExpectOp::create(importer.b, node.loc, condition, node.attribute("text")->text);
  return success();
}

static LogicalResult printParts(Importer &importer, Node &node) {
  SmallVector<Value> values;
  SmallVector<Attribute> parts;
  for (unsigned i = 0; i < node.inputs.size(); ++i) {
    values.push_back(importer.readInput(node, i));
    if (!values.back())
      return failure();
  }
  for (const Json &part : node.attribute("parts")->items)
    parts.push_back(importer.b.getStringAttr(part.text));
  auto op = ag::PrintOp::create(importer.b, node.loc, values, importer.b.getArrayAttr(parts));
  return verify(op);
}

void addRawOps(OpTable &table, MLIRContext &context) {
  using K = AttributeKind;
  auto add = [&](StringRef name, unsigned inputs, std::vector<AttributeSpec> attributes) {
    auto *entry = *llvm::find_if(
        ag::allEntries(), [&](const ag::OpEntry *e) { return name.drop_front(3) == e->mnemonic; });
    for (AttributeSpec &a : attributes)
      a.required = true;
    table.add("dialect", {name.str(), inputs, inputs, std::move(attributes), entry->summary.str(),
                          raw, true, entry});
  };
  add("ag.iota", 0, {{"dim", K::integer}});
  add("ag.draw", 0, {});
  add("ag.training", 0, {});
  add("ag.contract", 2,
      {{"a_batch", K::integers},
       {"b_batch", K::integers},
       {"a_contract", K::integers},
       {"b_contract", K::integers}});
  add("ag.broadcast", 1, {{"dims", K::integers}});
  add("ag.slice", 1, {{"starts", K::integers}, {"limits", K::integers}, {"strides", K::integers}});
  add("ag.update_slice", 2, {{"starts", K::integers}, {"strides", K::integers}});
  add("ag.pad", 1,
      {{"low", K::integers},
       {"high", K::integers},
       {"interior", K::integers},
       {"value", K::number}});
  add("ag.gather", 2, {{"dim", K::integer}});
  add("ag.reverse", 1, {{"dims", K::integers}});
  add("ag.reduce_window", 1,
      {{"sizes", K::integers},
       {"strides", K::integers},
       {"padding_low", K::integers},
       {"padding_high", K::integers},
       {"base_dilation", K::integers},
       {"window_dilation", K::integers}});
  add("ag.window_argmax", 1,
      {{"sizes", K::integers},
       {"strides", K::integers},
       {"padding_low", K::integers},
       {"padding_high", K::integers},
       {"window_dilation", K::integers}});
  for (StringRef name : {"ag.reduce_prod", "ag.logsumexp", "ag.softmax", "ag.log_softmax"})
    add(name, 1, {{"dims", K::integers}});
  for (StringRef name : {"ag.normalize", "ag.rms_normalize"})
    add(name, 1, {{"dims", K::integers}, {"eps", K::number}});
  add("ag.pow_scalar", 1, {{"exponent", K::number}});
  add("ag.scatter", 3, {{"dim", K::integer}, {"mode", K::text}});
  add("ag.sort", 1, {{"dim", K::integer}, {"descending", K::boolean}, {"names", K::names}});
  add("ag.cumulative", 1, {{"dim", K::integer}, {"kind", K::text}, {"reverse", K::boolean}});
  add("ag.recurrence", 2, {{"dim", K::integer}, {"reverse", K::boolean}});
  std::vector<AttributeSpec> windows = {
      {"strides", K::integers},         {"padding_low", K::integers},
      {"padding_high", K::integers},    {"base_dilation", K::integers},
      {"window_dilation", K::integers}, {"groups", K::integer},
      {"flipped", K::boolean}};
  add("ag.convolution", 2, windows);
  windows.push_back({"window", K::integers});
  add("ag.convolution_weight", 2, windows);
  auto statement = [&](StringRef name, unsigned inputs, unsigned most,
                       std::vector<AttributeSpec> attributes, StringRef summary,
                       LogicalResult (*handler)(Importer &, Node &), bool hasResult) {
    table.add("dialect",
              {name.str(), inputs, most, std::move(attributes), summary.str(), handler, hasResult});
  };
  statement("ag.variable", 1, 1, {{"kind", K::text, true}, {"requires_grad", K::boolean}},
            "a variable, and its first value", variable, true);
  statement("ag.get", 1, 1, {}, "the value of a variable now", get, true);
  statement("ag.set", 2, 2, {}, "writes a variable", set<ag::SetOp>, false);
  statement("ag.grad", 1, 1, {{"may_be_none", K::boolean}}, "the value of a leaf's .grad now",
            getGrad, true);
  statement("ag.set_grad", 2, 2, {}, "writes the existing .grad of a leaf", set<ag::SetGradOp>,
            false);
  statement("ag.expect", 1, 1, {{"text", K::text, true}},
            "the program fails with the text where the condition is false", expect, false);
  statement("ag.detach", 1, 1, {}, "the same value without history", detachValue, true);
  statement("ag.modified", 1, unlimited, {}, "says that values were written in place", modified,
            false);
  statement("ag.saved", 1, unlimited, {}, "says what PyTorch's backward of input 1 reads", saved,
            false);
  statement("ag.print", 0, unlimited, {{"parts", K::names, true}},
            "prints; `parts` says how each input is shown", printParts, false);
}

} // namespace gradc::graph
