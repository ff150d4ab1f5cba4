// SizeUses.cpp - finds what depends on a size by comparing imports at several.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpenSizes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir;
namespace gradc::pt2 {

LogicalResult refuseOpenSize(Operation *op, const OpenSize &size, const Twine &why) {
  auto error = op->emitError("size '") << size.name << "' cannot stay open: " << why;
  error.attachNote(op->getLoc()) << "'--size " << size.name << '=' << size.usual
                                 << "' builds for one size";
  return failure();
}

namespace {
class Comparison {
public:
  Comparison(ArrayRef<int64_t> sizes, const OpenSize &size, SizeUses &uses)
      : sizes(sizes), size(size), uses(uses) {}

  LogicalResult compare(ArrayRef<Operation *> ops);

private:
  LogicalResult fail(const Twine &why) { return refuseOpenSize(at, size, why); }
  LogicalResult compareValues(ArrayRef<Value> values);
  LogicalResult compareBlocks(ArrayRef<Block *> blocks);
  LogicalResult compareAttributes(ArrayRef<Operation *> ops);
  LogicalResult compareConstants(ArrayRef<Operation *> ops);
  void compareTexts(ag::ExpectOp first, ag::ExpectOp other);
  bool startAlike(ArrayRef<DenseElementsAttr> values);
  Formula guess(Formula::Form form, double first, double second);
  bool fits(const Formula &formula, ArrayRef<DenseElementsAttr> values);

  ArrayRef<int64_t> sizes;
  const OpenSize &size;
  SizeUses &uses;
  Operation *at = nullptr;
  /// Values of the other programs, by those of the first.
  DenseMap<Value, SmallVector<Value>> partners;
};
} // namespace

/// One number of a constant, exact for what formulas give.
static double numberOf(DenseElementsAttr value) {
  if (isa<FloatType>(value.getElementType()))
    return value.getSplatValue<APFloat>().convertToDouble();
  return double(value.getSplatValue<APInt>().getSExtValue());
}

static double evaluate(const Formula &formula, int64_t size) {
  double m = double(formula.factor * size);
  switch (formula.form) {
  case Formula::sum:
    return m + double(formula.offset);
  case Formula::reciprocal:
    return 1 / (m + double(formula.offset));
  case Formula::ratio:
    return m / (m - 1);
  }
  return 0;
}

/// Whether a formula gives exactly these numbers, rounded to the constants' type.
bool Comparison::fits(const Formula &formula, ArrayRef<DenseElementsAttr> values) {
  for (auto [n, value] : llvm::zip(sizes, values)) {
    double expected = evaluate(formula, n);
    if (auto type = dyn_cast<FloatType>(value.getElementType())) {
      APFloat rounded(expected);
      bool lost;
      rounded.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
      expected = rounded.convertToDouble();
    }
    if (expected != numberOf(value))
      return false;
  }
  return true;
}

/// The formula of a form that two numbers would follow; factor 0: none.
Formula Comparison::guess(Formula::Form form, double first, double second) {
  auto line = [&](double v) {
    return form == Formula::sum ? v : form == Formula::reciprocal ? 1 / v : v / (v - 1);
  };
  double slope = (line(first) - line(second)) / double(sizes[0] - sizes[1]);
  if (!(std::abs(slope) < 1e9))
    return {form, 0, 0};
  int64_t factor = std::llround(slope);
  double offset = line(first) - double(factor * sizes[0]);
  if (!(std::abs(offset) < 1e15))
    return {form, 0, 0};
  return {form, factor, form == Formula::ratio ? 0 : std::llround(offset)};
}

static bool hasSameNumber(DenseElementsAttr a, DenseElementsAttr b) {
  double x = numberOf(a), y = numberOf(b);
  return x == y || (std::isnan(x) && std::isnan(y));
}

/// Whether the constants of smaller sizes are how that of the largest begins.
bool Comparison::startAlike(ArrayRef<DenseElementsAttr> values) {
  ArrayRef<int64_t> shape = values[0].getType().getShape();
  if (values[0].getElementType().isInteger(1) || shape.empty())
    return false;
  ArrayRef<char> first = values[0].getRawData();
  for (DenseElementsAttr other : values.drop_front()) {
    ArrayRef<int64_t> smaller = other.getType().getShape();
    if (other.isSplat() || shape.drop_front() != smaller.drop_front() ||
        other.getRawData() != first.take_front(other.getRawData().size()))
      return false;
  }
  return true;
}

LogicalResult Comparison::compareConstants(ArrayRef<Operation *> ops) {
  SmallVector<DenseElementsAttr> values;
  for (Operation *op : ops)
    values.push_back(dyn_cast<DenseElementsAttr>(cast<ag::ConstantOp>(op).getValue()));
  bool isSame = llvm::all_of(ops, [&](Operation *op) {
    return cast<ag::ConstantOp>(op).getValue() == cast<ag::ConstantOp>(ops[0]).getValue();
  });
  if (isSame)
    return success();
  if (llvm::is_contained(values, DenseElementsAttr()))
    return fail("a constant depends on it");
  if (!llvm::all_of(values, [](DenseElementsAttr v) { return v.isSplat(); }))
    return !values[0].isSplat() && startAlike(values) ? success()
                                                      : fail("a constant tensor depends on it");
  if (values[0].getElementType().isInteger(1))
    return fail("a constant condition depends on it");
  if (llvm::all_of(values, [&](DenseElementsAttr v) { return hasSameNumber(v, values[0]); }))
    return success();
  for (Formula::Form form : {Formula::sum, Formula::reciprocal, Formula::ratio}) {
    bool isFloat = isa<FloatType>(values[0].getElementType());
    Formula formula = guess(form, numberOf(values[0]), numberOf(values[1]));
    if (formula.factor && (isFloat || form == Formula::sum) && fits(formula, values)) {
      uses.constants.insert({ops[0], formula});
      return success();
    }
  }
  return fail("a number depends on it in a way that is not supported");
}

LogicalResult Comparison::compareValues(ArrayRef<Value> values) {
  SmallVector<int64_t> factors;
  auto type = dyn_cast<RankedTensorType>(values[0].getType());
  for (Value other : values.drop_front()) {
    auto otherType = dyn_cast<RankedTensorType>(other.getType());
    if (bool(type) != bool(otherType) || (!type && values[0].getType() != other.getType()) ||
        (type && (type.getRank() != otherType.getRank() ||
                  type.getElementType() != otherType.getElementType())))
      return fail("a type depends on it");
  }
  for (int64_t d = 0; type && d < type.getRank(); ++d) {
    auto extent = [&](unsigned k) {
      return cast<RankedTensorType>(values[k].getType()).getDimSize(d);
    };
    bool isFixed = true, isMultiple = extent(0) % sizes[0] == 0;
    int64_t factor = extent(0) / sizes[0];
    for (unsigned k = 1; k < values.size(); ++k) {
      isFixed &= extent(k) == extent(0);
      isMultiple &= extent(k) == factor * sizes[k];
    }
    if (!isFixed && !isMultiple)
      return fail("an extent here is no multiple of it");
    factors.push_back(isFixed ? 0 : factor);
  }
  partners[values[0]].assign(values.begin() + 1, values.end());
  if (llvm::any_of(factors, [](int64_t factor) { return factor; }))
    uses.factors[values[0]] = std::move(factors);
  return success();
}

/// Where a text names a number that differs, it is to name the size.
void Comparison::compareTexts(ag::ExpectOp first, ag::ExpectOp other) {
  StringRef a = first.getText(), b = other.getText();
  std::string text;
  while (!a.empty()) {
    bool isNumber = llvm::isDigit(a.front());
    auto take = [&](StringRef &rest) {
      StringRef piece = rest.take_while([&](char c) { return llvm::isDigit(c) == isNumber; });
      rest = rest.drop_front(piece.size());
      return piece;
    };
    StringRef piece = take(a), partner = take(b);
    text += isNumber && piece != partner ? size.name : piece.str();
  }
  if (text != first.getText())
    uses.texts[first] = text;
}

/// Attributes are the same, but for limits of slices that take all there is.
LogicalResult Comparison::compareAttributes(ArrayRef<Operation *> ops) {
  if (isa<ag::ConstantOp>(ops[0]))
    return compareConstants(ops);
  auto whole = [](ag::SliceOp slice) {
    SmallVector<int64_t> limits(slice.getLimits());
    for (auto [limit, extent] : llvm::zip(limits, slice.getX().getType().getShape()))
      limit = limit == extent ? -1 : limit;
    return limits;
  };
  for (Operation *other : ops.drop_front()) {
    auto attributes = [&](Operation *op) {
      NamedAttrList list(op->getAttrDictionary());
      if (isa<ag::SliceOp>(op))
        list.erase("limits");
      if (isa<func::FuncOp>(op))
        list.erase("function_type");
      if (isa<ag::VariableOp>(op)) // weights: its type is compared
        list.erase("init");
      return list.getDictionary(op->getContext());
    };
    if (isa<ag::ExpectOp>(ops[0])) {
      compareTexts(cast<ag::ExpectOp>(ops[0]), cast<ag::ExpectOp>(other));
      continue;
    }
    bool isSame = attributes(ops[0]) == attributes(other);
    if (auto slice = dyn_cast<ag::SliceOp>(ops[0]); slice && isSame)
      isSame = whole(slice) == whole(cast<ag::SliceOp>(other));
    if (!isSame)
      return fail("an attribute of '" + ops[0]->getName().getStringRef() + "' depends on it");
  }
  return success();
}

LogicalResult Comparison::compareBlocks(ArrayRef<Block *> blocks) {
  for (Block *other : blocks.drop_front())
    if (other->getNumArguments() != blocks[0]->getNumArguments() ||
        other->getOperations().size() != blocks[0]->getOperations().size())
      return fail("the program has other operations for other sizes");
  for (unsigned i = 0; i < blocks[0]->getNumArguments(); ++i) {
    SmallVector<Value> values;
    for (Block *block : blocks)
      values.push_back(block->getArgument(i));
    if (failed(compareValues(values)))
      return failure();
  }
  SmallVector<Block::iterator> next;
  for (Block *block : blocks)
    next.push_back(block->begin());
  for (; next[0] != blocks[0]->end(); llvm::for_each(next, [](auto &it) { ++it; })) {
    SmallVector<Operation *> ops;
    for (auto it : next)
      ops.push_back(&*it);
    if (failed(compare(ops)))
      return failure();
  }
  return success();
}

LogicalResult Comparison::compare(ArrayRef<Operation *> ops) {
  Operation *first = ops[0], *before = at;
  at = first;
  for (auto [k, other] : llvm::enumerate(ops.drop_front())) {
    bool isSame = other->getName() == first->getName() &&
                  other->getNumOperands() == first->getNumOperands() &&
                  other->getNumResults() == first->getNumResults() &&
                  other->getNumRegions() == first->getNumRegions();
    for (unsigned i = 0; isSame && i < first->getNumOperands(); ++i)
      isSame = partners.lookup(first->getOperand(i))[k] == other->getOperand(i);
    if (!isSame)
      return fail("the program has other operations for other sizes");
  }
  if (failed(compareAttributes(ops)))
    return failure();
  for (unsigned i = 0; i < first->getNumResults(); ++i) {
    SmallVector<Value> values;
    for (Operation *op : ops)
      values.push_back(op->getResult(i));
    if (failed(compareValues(values)))
      return failure();
  }
  for (unsigned r = 0; r < first->getNumRegions(); ++r) {
    bool isEmpty = first->getRegion(r).empty();
    for (Operation *op : ops)
      if (op->getRegion(r).empty() != isEmpty || (!isEmpty && !op->getRegion(r).hasOneBlock()))
        return fail("the program has other operations for other sizes");
    SmallVector<Block *> blocks;
    for (Operation *op : ops)
      if (!isEmpty)
        blocks.push_back(&op->getRegion(r).front());
    if (!isEmpty && failed(compareBlocks(blocks)))
      return failure();
  }
  at = before;
  return success();
}

LogicalResult findSizeUses(ModuleOp program, ArrayRef<ModuleOp> others, ArrayRef<int64_t> sizes,
                           const OpenSize &size, SizeUses &uses) {
  SmallVector<Operation *> ops{program};
  llvm::append_range(ops, others);
  if (failed(Comparison(sizes, size, uses).compare(ops)))
    return failure();
  for (auto function : program.getOps<func::FuncOp>()) {
    for (Value input : function.getArguments())
      uses.inputs.push_back(uses.factors.lookup(input));
    for (Value output : function.getBody().front().getTerminator()->getOperands())
      uses.outputs.push_back(uses.factors.lookup(output));
  }
  return success();
}

} // namespace gradc::pt2
