// Raw.cpp - value ops of the dialect under their own names, for what graph JSON has no other word.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The canonical form needs them: an import turns linear and writes through views into these.
#include "Importer.h"
#include "mlir/IR/Verifier.h"
#include <cstddef>

using namespace mlir;
namespace gradc::graph {

static Attribute attributeOf(OpBuilder &b, const Json &json, AttributeKind kind) {
  if (kind == AttributeKind::integer)
    return b.getI64IntegerAttr(json.integer);
  if (kind == AttributeKind::number)
    return b.getF64FloatAttr(numberOf(json));
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

static LogicalResult raw(Importer &importer, Node &node) {
  OpBuilder &b = importer.b;
  OperationState state(node.loc, node.spec->name);
  for (unsigned i = 0; i < node.inputs.size(); ++i) {
    Value value = importer.readInput(node, i);
    if (!value)
      return failure();
    state.addOperands(value);
  }
  for (const AttributeSpec &spec : node.spec->attributes)
    state.addAttribute(spec.name, attributeOf(b, *node.attribute(spec.name), spec.kind));
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
  return success();
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
  add("ag.pow_scalar", 1, {{"exponent", K::number}});
  table.add(
      "dialect",
      {"ag.modified", 1, unlimited, {}, "says that values were written in place", modified, false});
}

} // namespace gradc::graph
