// Variants.cpp - one program that runs the variant of its code that fits the sizes of a run.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpenSizes.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
namespace gradc::pt2 {

namespace {
class Joiner {
public:
  Joiner(ModuleOp program, ArrayRef<OpenSize> sizes)
      : program(program), function(*program.getOps<func::FuncOp>().begin()), sizes(sizes),
        loc(function.getLoc()) {}

  void describe(ArrayRef<SizeUses> uses);
  void join(ArrayRef<Variant> variants);

private:
  Value size(unsigned k) {
    return function.getArgument(function.getNumArguments() - sizes.size() + k);
  }
  Value holds(OpBuilder &b, Value n, ag::Predicate predicate, int64_t bound);
  void expectSizes(OpBuilder &b);
  Value fits(OpBuilder &b, const Variant &variant);
  void copy(OpBuilder &b, const Variant &variant);

  ModuleOp program;
  func::FuncOp function;
  ArrayRef<OpenSize> sizes;
  Location loc;
};
} // namespace

/// The record of a tensor's dimensions; null when all are fixed. `factors` is by size.
static DenseI64ArrayAttr pairsOf(Builder &b, Type type, ArrayRef<SmallVector<int64_t>> factors) {
  SmallVector<int64_t> pairs(2 * cast<RankedTensorType>(type).getRank(), 0);
  for (auto [k, list] : llvm::enumerate(factors))
    for (auto [d, factor] : llvm::enumerate(list))
      if (factor) {
        pairs[2 * d] = int64_t(k) + 1;
        pairs[2 * d + 1] = factor;
      }
  bool isOpen = llvm::any_of(pairs, [](int64_t number) { return number; });
  return isOpen ? b.getDenseI64ArrayAttr(pairs) : DenseI64ArrayAttr();
}

/// Tells the later stages, for the program's description.
void Joiner::describe(ArrayRef<SizeUses> uses) {
  Builder b(program.getContext());
  SmallVector<Attribute> list;
  for (const OpenSize &size : sizes)
    list.push_back(b.getDictionaryAttr({b.getNamedAttr("name", b.getStringAttr(size.name)),
                                        b.getNamedAttr("least", b.getI64IntegerAttr(size.least)),
                                        b.getNamedAttr("most", b.getI64IntegerAttr(size.most)),
                                        b.getNamedAttr("usual", b.getI64IntegerAttr(size.usual))}));
  SmallVector<NamedAttribute> boundary;
  auto add = [&](StringRef prefix, StringAttr name, Type type, auto factorsOf) {
    SmallVector<SmallVector<int64_t>> factors;
    for (const SizeUses &use : uses)
      factors.push_back(factorsOf(use));
    if (DenseI64ArrayAttr pairs = name ? pairsOf(b, type, factors) : DenseI64ArrayAttr())
      boundary.push_back(b.getNamedAttr((prefix + name.getValue()).str(), pairs));
  };
  for (unsigned i = 0; i < function.getNumArguments() - sizes.size(); ++i)
    add("in.", function.getArgAttrOfType<StringAttr>(i, "ag.name"), function.getArgumentTypes()[i],
        [&](const SizeUses &use) { return use.inputs[i]; });
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    add("out.", function.getResultAttrOfType<StringAttr>(i, "ag.name"),
        function.getResultTypes()[i], [&](const SizeUses &use) { return use.outputs[i]; });
  program->setAttr("ag.sizes", b.getArrayAttr(list));
  program->setAttr("ag.open", b.getDictionaryAttr(boundary));
}

Value Joiner::holds(OpBuilder &b, Value n, ag::Predicate predicate, int64_t bound) {
  auto type = cast<RankedTensorType>(n.getType());
  Value number = ag::ConstantOp::create(
      b, loc, cast<ElementsAttr>(Attribute(DenseElementsAttr::get(type, ArrayRef(bound)))));
  return ag::CompareOp::create(b, loc, type.clone(b.getI1Type()), n, number, predicate);
}

void Joiner::expectSizes(OpBuilder &b) {
  for (auto [k, one] : llvm::enumerate(sizes)) {
    Value isWithin =
        ag::LogicalAndOp::create(b, loc, holds(b, size(k), ag::Predicate::ge, one.least),
                                 holds(b, size(k), ag::Predicate::le, one.most));
    ag::ExpectOp::create(b, loc, isWithin,
                         b.getStringAttr("size '" + one.name + "' is not from " + Twine(one.least) +
                                         " to " + Twine(one.most)));
  }
}

/// Whether the sizes of a run are those of a variant, as a number.
Value Joiner::fits(OpBuilder &b, const Variant &variant) {
  Value all;
  for (auto [k, most] : llvm::enumerate(variant.largest)) {
    auto predicate = variant.isExact ? ag::Predicate::eq : ag::Predicate::le;
    Value one = holds(b, size(k), predicate, most);
    all = all ? ag::LogicalAndOp::create(b, loc, all, one).getResult() : one;
  }
  return tensor::ExtractOp::create(b, loc, all, ValueRange());
}

/// Copies the code of a variant here: it takes the first elements of the inputs and yields results
/// with room for more.
void Joiner::copy(OpBuilder &b, const Variant &variant) {
  func::FuncOp other = *variant.module.get().getOps<func::FuncOp>().begin();
  IRMapping map;
  for (BlockArgument argument : other.getArguments()) {
    Value whole = function.getArgument(argument.getArgNumber());
    auto type = cast<RankedTensorType>(argument.getType());
    if (type != whole.getType())
      whole = ag::SliceOp::create(b, argument.getLoc(), type, whole,
                                  SmallVector<int64_t>(type.getRank(), 0), type.getShape(),
                                  SmallVector<int64_t>(type.getRank(), 1));
    map.map(argument, whole);
  }
  Operation *end = other.getBody().front().getTerminator();
  for (Operation &op : other.getBody().front().without_terminator())
    b.clone(op, map);
  SmallVector<Value> results;
  for (auto [value, wanted] : llvm::zip(end->getOperands(), function.getResultTypes())) {
    Value result = map.lookup(value);
    auto type = cast<RankedTensorType>(result.getType()), room = cast<RankedTensorType>(wanted);
    SmallVector<int64_t> none(type.getRank(), 0), high;
    for (auto [some, all] : llvm::zip(type.getShape(), room.getShape()))
      high.push_back(all - some);
    if (type != room)
      result = ag::PadOp::create(b, value.getLoc(), room, result, none, high, none, APFloat(0.0));
    results.push_back(result);
  }
  scf::YieldOp::create(b, loc, results);
}

void Joiner::join(ArrayRef<Variant> variants) {
  Block &entry = function.getBody().front();
  Operation *end = entry.getTerminator();
  SmallVector<Operation *> general;
  for (Operation &op : entry.without_terminator())
    general.push_back(&op);
  OpBuilder b(end);
  expectSizes(b);
  scf::IfOp outermost;
  for (const Variant &variant : variants) {
    Value condition = fits(b, variant);
    auto branch = scf::IfOp::create(b, loc, function.getResultTypes(), condition, true);
    if (outermost)
      scf::YieldOp::create(b, loc, branch.getResults());
    else
      outermost = branch;
    OpBuilder inner = OpBuilder::atBlockBegin(&branch.getThenRegion().front());
    copy(inner, variant);
    b = OpBuilder::atBlockBegin(&branch.getElseRegion().front());
  }
  auto last = scf::YieldOp::create(b, loc, end->getOperands());
  for (Operation *op : general)
    op->moveBefore(last);
  end->setOperands(outermost.getResults());
}

void joinVariants(ModuleOp program, ArrayRef<OpenSize> sizes, ArrayRef<SizeUses> uses,
                  ArrayRef<Variant> variants) {
  Joiner joiner(program, sizes);
  joiner.describe(uses);
  joiner.join(variants);
}

} // namespace gradc::pt2
