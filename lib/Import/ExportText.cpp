// ExportText.cpp - JSON text of numbers, data and value ops, and the names of values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Export.h"
#include "Importer.h"
#include "gradc/IR/Data.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/JSON.h"
#include <charconv>

using namespace mlir;
namespace gradc::graph {

//===-- Text ----------------------------------------------------------------------------------===//

std::string quote(StringRef text) {
  std::string result;
  llvm::raw_string_ostream out(result);
  // Locations may quote a file name that is not UTF-8.
  out << llvm::json::Value(llvm::json::isUTF8(text) ? text.str() : llvm::json::fixUTF8(text));
  return result;
}

std::string numberText(APFloat value) {
  if (value.isNaN())
    return "\"nan\"";
  if (value.isInfinity())
    return value.isNegative() ? "\"-inf\"" : "\"inf\"";
  char buffer[64];
  char *end = &value.getSemantics() == &APFloat::IEEEsingle()
                  ? std::to_chars(buffer, buffer + sizeof(buffer), value.convertToFloat()).ptr
                  : std::to_chars(buffer, buffer + sizeof(buffer), value.convertToDouble()).ptr;
  std::string text(buffer, end);
  // Without a point or an exponent it would be read as an integer.
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string elementText(Attribute element) {
  if (auto number = dyn_cast<FloatAttr>(element))
    return numberText(number.getValue());
  auto integer = cast<IntegerAttr>(element);
  if (integer.getType().isInteger(1))
    return integer.getValue().isZero() ? "false" : "true";
  return std::to_string(integer.getValue().getSExtValue());
}

std::string dataText(DenseElementsAttr data) {
  ArrayRef<int64_t> shape = data.getType().getShape();
  std::string result;
  int64_t i = 0, count = data.getNumElements();
  auto opens = [&](int64_t at) {
    unsigned n = 0;
    int64_t span = 1;
    for (int64_t size : llvm::reverse(shape)) {
      span *= size;
      n += at % span == 0;
    }
    return n;
  };
  for (Attribute element : data.getValues<Attribute>()) {
    result += (i ? ", " : "") + std::string(opens(i), '[') + elementText(element);
    ++i;
    result += std::string(i == count ? shape.size() : opens(i), ']');
  }
  return result;
}

std::string namesText(ArrayRef<std::string> names) {
  return "[" +
         llvm::join(llvm::map_range(names, [](const std::string &n) { return quote(n); }), ", ") +
         "]";
}

//===-- Names ---------------------------------------------------------------------------------===//

StringRef userName(Location loc) {
  auto named = loc->findInstanceOf<NameLoc>();
  return named ? named.getName().getValue() : StringRef();
}

void Names::pop() {
  for (const std::string &name : scopes.back())
    taken.erase(name);
  scopes.pop_back();
}

std::string Names::take(StringRef wish) {
  std::string name = wish.str();
  bool isFree = isName(wish) && !isGeneratedName(wish) && !taken.contains(wish);
  while (!isFree) {
    name = "_" + std::to_string(next++);
    isFree = !taken.contains(name);
  }
  taken[name] = 1;
  scopes.back().push_back(name);
  return name;
}

const std::string &Names::give(Value value, StringRef wish) {
  std::string name = take(wish);
  return names[value] = name;
}

//===-- Value ops -----------------------------------------------------------------------------===//

static NodeText describeConstant(ag::ConstantOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  std::string dtype = quote(dtypeName(type.getElementType()));
  DenseElementsAttr data = denseElements(op.getValue());
  if (!data)
    return {};
  if (!data.isSplat() && type.getNumElements() != 0)
    return {"tensor", {{"value", dataText(data)}, {"dtype", dtype}}};
  std::string value =
      type.getNumElements() == 0 ? "0" : elementText(data.getSplatValue<Attribute>());
  return {"full", {{"shape", listText(type.getShape())}, {"value", value}, {"dtype", dtype}}};
}

static bool isPlainProduct(ag::ContractOp op) {
  auto rank = [](Value v) { return cast<RankedTensorType>(v.getType()).getRank(); };
  return rank(op.getA()) == 2 && rank(op.getB()) == 2 && op.getABatch().empty() &&
         op.getAContract() == ArrayRef<int64_t>(1) && op.getBContract() == ArrayRef<int64_t>(0) &&
         !getElementTypeOrSelf(op.getA().getType()).isInteger(1);
}

static NodeText describeReduction(StringRef op, ArrayRef<int64_t> dims) {
  return {op.str(), {{"dim", listText(dims)}}};
}

static NodeText describeDraw(StringRef op, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return {op.str(),
          {{"shape", listText(tensor.getShape())},
           {"dtype", quote(dtypeName(tensor.getElementType()))}}};
}

static std::string parameterText(Attribute attr) {
  if (auto number = dyn_cast<FloatAttr>(attr))
    return numberText(number.getValue());
  return std::to_string(cast<IntegerAttr>(attr).getInt());
}

/// The entry's own JSON name, and its parameters.
static NodeText describeByEntry(Operation *op) {
  auto described = dyn_cast<ag::DescribedOpInterface>(op);
  if (!described || !isa<ag::ElementwiseOpInterface>(op))
    return {};
  auto json = described.getEntry().json;
  if (json.empty())
    return {};
  NodeText text{json[0].str(), {}};
  for (StringRef parameter : described.getEntry().parameters) {
    StringRef name = parameter.split(' ').second.split(' ').first;
    text.attributes.push_back({name.str(), parameterText(op->getAttr(name))});
  }
  return text;
}

/// Ops that move elements, and last the ones that need no attribute.
static NodeText describeMovement(Operation *op) {
  return llvm::TypeSwitch<Operation *, NodeText>(op)
      .Case([](ag::BroadcastOp c) {
        return NodeText{"ag.broadcast", {{"dims", listText(c.getDims())}}};
      })
      .Case([](ag::ReshapeOp c) {
        auto shape = cast<RankedTensorType>(c.getType()).getShape();
        return NodeText{"reshape", {{"shape", listText(shape)}}};
      })
      .Case(
          [](ag::TransposeOp c) { return NodeText{"permute", {{"dims", listText(c.getPerm())}}}; })
      .Case([](ag::SliceOp c) {
        return NodeText{"ag.slice",
                        {{"starts", listText(c.getStarts())},
                         {"limits", listText(c.getLimits())},
                         {"strides", listText(c.getStrides())}}};
      })
      .Case([](ag::UpdateSliceOp c) {
        return NodeText{
            "ag.update_slice",
            {{"starts", listText(c.getStarts())}, {"strides", listText(c.getStrides())}}};
      })
      .Case([](ag::PadOp c) {
        return NodeText{"ag.pad",
                        {{"low", listText(c.getLow())},
                         {"high", listText(c.getHigh())},
                         {"interior", listText(c.getInterior())},
                         {"value", numberText(c.getValue())}}};
      })
      .Case([](ag::TruncDivOp) { return NodeText{"div", {{"rounding_mode", quote("trunc")}}}; })
      .Case([](ag::GeluTanhOp) { return NodeText{"gelu", {{"approximate", quote("tanh")}}}; })
      .Case([](ag::ConcatOp c) { return NodeText{"cat", {{"dim", std::to_string(c.getDim())}}}; })
      .Default([](Operation *other) { return describeByEntry(other); });
}

/// An op under its own name, with all its attributes.
static NodeText describeByName(Operation *op) {
  NodeText text{op->getName().getStringRef().str(), {}};
  for (NamedAttribute a : op->getAttrDictionary()) {
    if (a.getName().getValue().contains('.'))
      continue;
    std::string value;
    if (auto list = dyn_cast<DenseI64ArrayAttr>(a.getValue()))
      value = listText(list.asArrayRef());
    else if (auto scatter = dyn_cast<ag::ScatterOp>(op); scatter && a.getName() == "mode")
      value = quote(ag::stringifyScatterMode(scatter.getMode()));
    else if (auto cumulative = dyn_cast<ag::CumulativeOp>(op); cumulative && a.getName() == "kind")
      value = quote(ag::stringifyCumulativeKind(cumulative.getKind()));
    else if (auto flag = dyn_cast<BoolAttr>(a.getValue()))
      value = flag.getValue() ? "true" : "false";
    else if (auto number = dyn_cast<FloatAttr>(a.getValue()))
      value = elementText(number);
    else
      value = std::to_string(cast<IntegerAttr>(a.getValue()).getInt());
    text.attributes.push_back({a.getName().str(), value});
  }
  return text;
}

NodeText describeValueOp(Operation *op) {
  return llvm::TypeSwitch<Operation *, NodeText>(op)
      .Case([](ag::ConstantOp c) { return describeConstant(c); })
      .Case([](ag::IotaOp c) { return NodeText{"ag.iota", {{"dim", std::to_string(c.getDim())}}}; })
      .Case([](ag::CompareOp c) {
        return NodeText{ag::stringifyPredicate(c.getPredicate()).str(), {}};
      })
      .Case([](ag::CastOp c) {
        return NodeText{"cast", {{"dtype", quote(dtypeName(getElementTypeOrSelf(c.getType())))}}};
      })
      .Case([](ag::PowScalarOp c) {
        return NodeText{"ag.pow_scalar", {{"exponent", numberText(c.getExponent())}}};
      })
      .Case([](ag::ReduceSumOp c) { return describeReduction("sum", c.getDims()); })
      .Case([](ag::ReduceMeanOp c) { return describeReduction("mean", c.getDims()); })
      .Case([](ag::ReduceMaxOp c) { return describeReduction("amax", c.getDims()); })
      .Case([](ag::ReduceMinOp c) { return describeReduction("amin", c.getDims()); })
      .Case([](ag::ContractOp c) {
        if (isPlainProduct(c))
          return NodeText{"matmul", {}};
        return NodeText{"ag.contract",
                        {{"a_batch", listText(c.getABatch())},
                         {"b_batch", listText(c.getBBatch())},
                         {"a_contract", listText(c.getAContract())},
                         {"b_contract", listText(c.getBContract())}}};
      })
      .Case([](ag::RandnOp c) { return describeDraw("randn", c.getType()); })
      .Case([](ag::RandOp c) { return describeDraw("rand", c.getType()); })
      .Case([](ag::RandintOp c) {
        auto shape = cast<RankedTensorType>(c.getType()).getShape();
        return NodeText{"randint",
                        {{"low", std::to_string(int64_t(c.getLow()))},
                         {"high", std::to_string(int64_t(c.getHigh()))},
                         {"shape", listText(shape)}}};
      })
      .Case([](ag::DrawOp) { return NodeText{"ag.draw", {}}; })
      .Case([](ag::TrainingOp) { return NodeText{"ag.training", {}}; })
      .Case([](ag::RandpermOp c) {
        auto type = cast<RankedTensorType>(c.getType());
        return NodeText{"randperm", {{"n", std::to_string(type.getNumElements())}}};
      })
      .Case([](ag::KernelOpInterface c) { return describeByName(c); })
      .Case<ag::GatherOp, ag::ReverseOp, ag::ReduceWindowOp, ag::WindowArgmaxOp, ag::ReduceProdOp,
            ag::LogsumexpOp, ag::SoftmaxOp, ag::LogSoftmaxOp, ag::NormalizeOp, ag::RmsNormalizeOp>(
          [](Operation *c) { return describeByName(c); })
      .Case([](ag::DetachOp) { return NodeText{"ag.detach", {}}; })
      .Case([](ag::RequiresGradOp) { return NodeText{"requires_grad", {}}; })
      .Case([](ag::ToHostOp) { return NodeText{"to_host", {}}; })
      .Default([](Operation *other) { return describeMovement(other); });
}

} // namespace gradc::graph
