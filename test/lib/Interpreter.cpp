// Interpreter.cpp - control flow, variables and loop nests of the interpreter.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interpreter.h"
#include "gradc/IR/Data.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace gradc;
namespace gradc::test {

Datum Datum::ofType(Type type) {
  Datum d;
  d.element = getElementTypeOrSelf(type);
  int64_t n = 1;
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    d.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
    n = tensor.getNumElements();
  }
  d.data.resize(n);
  return d;
}

int64_t Datum::offset(ArrayRef<int64_t> index) const {
  int64_t at = 0;
  for (auto [i, n] : llvm::zip_equal(index, shape))
    at = at * n + i;
  return at;
}

Number fit(Number n, Type element) {
  unsigned bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  if (isa<FloatType>(element) && bits <= 32)
    n.f = float(n.f);
  if (isa<FloatType>(element) && bits < 32) { // short floats are made from f32
    APFloat x(n.f);
    bool lost;
    x.convert(cast<FloatType>(element).getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
    x.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
    n.f = x.convertToDouble();
  }
  if (isa<FloatType>(element) || bits == 64)
    return n;
  int64_t low = n.i & ((int64_t(1) << bits) - 1);
  bool isSigned = bits != 1 && !element.isUnsignedInteger();
  n.i = isSigned && low >> (bits - 1) ? low - (int64_t(1) << bits) : low;
  return n;
}

void forEachIndex(ArrayRef<int64_t> shape, function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> index(shape.size(), 0);
  if (llvm::is_contained(shape, 0))
    return;
  while (true) {
    visit(index);
    size_t d = shape.size();
    while (d > 0 && ++index[d - 1] == shape[d - 1])
      index[--d] = 0;
    if (d == 0)
      return;
  }
}

Datum readElements(ElementsAttr elements) {
  DenseElementsAttr attr = denseElements(elements);
  Datum d = Datum::ofType(attr.getType());
  for (int64_t i = 0; i < attr.getNumElements(); ++i) {
    if (d.isFloat()) {
      bool lost;
      APFloat x = attr.getValues<APFloat>()[i];
      x.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
      d.data[i].f = x.convertToDouble();
    } else {
      APInt x = attr.getValues<APInt>()[i];
      bool isUnsigned = x.getBitWidth() == 1 || d.element.isUnsignedInteger();
      d.data[i].i = isUnsigned ? x.getZExtValue() : x.getSExtValue();
    }
  }
  return d;
}

FailureOr<std::vector<Datum>> Interpreter::call(func::FuncOp f, ArrayRef<Datum> arguments) {
  if (f.getNumArguments() != arguments.size())
    return f.emitError() << "expected " << f.getNumArguments() << " arguments, got "
                         << arguments.size();
  for (auto [a, d] : llvm::zip(f.getArguments(), arguments))
    set(a, d);
  std::vector<Datum> results;
  if (failed(run(f.getBody().front(), results)))
    return failure();
  return results;
}

Datum &Interpreter::variable(StringRef name) {
  auto [at, fresh] = variables.try_emplace(name.str());
  if (fresh) {
    auto op = module.lookupSymbol<ag::VariableOp>(name);
    at->second = op.getInit() ? readElements(*op.getInit()) : Datum::ofType(op.getType());
  }
  return at->second;
}

LogicalResult Interpreter::run(Block &block, std::vector<Datum> &yielded) {
  for (Operation &op : block) {
    if (!op.hasTrait<OpTrait::IsTerminator>()) {
      if (failed(step(op)))
        return failure();
      continue;
    }
    yielded.clear();
    for (Value v : op.getOperands())
      yielded.push_back(get(v));
  }
  return success();
}

/// What is computed in place of f16, bf16 and u8.
static Type wideElement(Type element) {
  if (isa<FloatType>(element) && element.getIntOrFloatBitWidth() < 32)
    return Float32Type::get(element.getContext());
  return element.isUnsignedInteger() ? Type(IntegerType::get(element.getContext(), 16)) : element;
}

static void widen(SmallVectorImpl<const Datum *> &operands, SmallVectorImpl<Datum> &wide) {
  wide.reserve(operands.size());
  for (const Datum *&d : operands)
    if (Type element = wideElement(d->element); element != d->element) {
      wide.push_back(*d);
      wide.back().element = element;
      d = &wide.back();
    }
}

static Datum narrowed(Datum d, Type type) {
  Type element = getElementTypeOrSelf(type);
  if (element == d.element)
    return d;
  d.element = element;
  for (Number &n : d.data)
    n = fit(n, element);
  return d;
}

LogicalResult Interpreter::step(Operation &op) {
  bool known = true;
  LogicalResult result = control(op, known);
  if (known)
    return result;
  result = host(op, known);
  if (known)
    return result;
  SmallVector<const Datum *> operands;
  for (Value v : op.getOperands())
    operands.push_back(&get(v));
  SmallVector<Datum> wide;
  if (isa_and_nonnull<ag::AgDialect>(op.getDialect()))
    widen(operands, wide);
  if (std::vector<Datum> several; evaluateKernelOp(op, operands, several)) {
    for (auto [r, d] : llvm::zip_equal(op.getResults(), several))
      set(r, narrowed(std::move(d), r.getType()));
    return success();
  }
  if (op.getNumResults() != 1)
    return op.emitError("the interpreter does not know '") << op.getName() << "'";
  Type type = op.getResult(0).getType();
  Datum d = Datum::ofType(type);
  if (!wide.empty() || isa<ag::IotaOp>(op))
    d.element = wideElement(d.element);
  if (!evaluateAg(op, operands, d) && !evaluateScalar(op, operands, d) &&
      !evaluateTensor(op, operands, d))
    return op.emitError("the interpreter does not know '") << op.getName() << "'";
  set(op.getResult(0), narrowed(std::move(d), type));
  return success();
}

LogicalResult Interpreter::control(Operation &op, bool &known) {
  std::vector<Datum> values;
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return forLoop(loop);
  if (isa<linalg::GenericOp>(op))
    return generic(op);
  if (auto index = dyn_cast<linalg::IndexOp>(op)) {
    Datum d = Datum::ofType(index.getType());
    d.data[0].i = loopIndex[index.getDim()];
    return set(index, d), success();
  }
  if (auto choice = dyn_cast<arith::SelectOp>(op); choice &&
                                                   isa<RankedTensorType>(choice.getType()) &&
                                                   choice.getCondition().getType().isInteger(1)) {
    set(choice,
        get(get(choice.getCondition()).data[0].i ? choice.getTrueValue() : choice.getFalseValue()));
    return success();
  }
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    Region &region =
        get(branch.getCondition()).data[0].i ? branch.getThenRegion() : branch.getElseRegion();
    if (!region.empty() && failed(run(region.front(), values)))
      return failure();
  } else if (auto call = dyn_cast<func::CallOp>(op)) {
    auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
    std::vector<Datum> arguments;
    for (Value v : call.getOperands())
      arguments.push_back(get(v));
    auto results = this->call(callee, arguments);
    if (failed(results))
      return failure();
    values = std::move(*results);
  } else {
    known = false;
    return success();
  }
  for (auto [r, d] : llvm::zip_equal(op.getResults(), values))
    set(r, d);
  return success();
}

LogicalResult Interpreter::forLoop(scf::ForOp loop) {
  std::vector<Datum> carried;
  for (Value v : loop.getInitArgs())
    carried.push_back(get(v));
  int64_t upper = get(loop.getUpperBound()).data[0].i, step = get(loop.getStep()).data[0].i;
  for (int64_t i = get(loop.getLowerBound()).data[0].i; i < upper; i += step) {
    Datum index = Datum::ofType(loop.getInductionVar().getType());
    index.data[0].i = i;
    set(loop.getInductionVar(), index);
    for (auto [a, d] : llvm::zip_equal(loop.getRegionIterArgs(), carried))
      set(a, d);
    if (failed(run(*loop.getBody(), carried)))
      return failure();
    auto exits = loop.getBody()->getOps<ag::ContinueIfOp>();
    if (!exits.empty() && !get((*exits.begin()).getCondition()).data[0].i)
      break;
  }
  for (auto [r, d] : llvm::zip_equal(loop.getResults(), carried))
    set(r, d);
  return success();
}

LogicalResult Interpreter::host(Operation &op, bool &known) {
  known = true;
  if (auto read = dyn_cast<ag::GetOp>(op)) {
    set(read.getValue(), variable(read.getVariable()));
  } else if (auto write = dyn_cast<ag::SetOp>(op)) {
    variable(write.getVariable()) = get(write.getValue());
  } else if (auto expect = dyn_cast<ag::ExpectOp>(op)) {
    if (!get(expect.getCondition()).data[0].i)
      return op.emitError(expect.getText());
  } else if (auto print = dyn_cast<ag::PrintOp>(op)) {
    for (Value v : print.getValues())
      for (Number n : get(v).data)
        if (get(v).isFloat())
          out << llvm::format("%.17g ", n.f);
        else
          out << n.i << ' ';
    out << '\n';
  } else {
    known = isa<ag::VariableOp, ag::ContinueIfOp>(op);
  }
  return success();
}

LogicalResult Interpreter::generic(Operation &operation) {
  auto op = cast<linalg::GenericOp>(operation);
  SmallVector<Datum> results;
  for (Value init : op.getOutputs())
    results.push_back(get(init));
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  Block &body = op.getRegion().front();
  size_t nInputs = op.getInputs().size();
  LogicalResult result = success();
  auto visit = [&](ArrayRef<int64_t> index) {
    loopIndex = index;
    SmallVector<int64_t> at;
    for (auto [i, a] : llvm::enumerate(body.getArguments())) {
      const Datum &from = i < nInputs ? get(op.getInputs()[i]) : results[i - nInputs];
      at.push_back(from.offset(maps[i].compose(index)));
      Datum d = Datum::ofType(a.getType());
      d.data[0] = from.data[at.back()];
      set(a, d);
    }
    std::vector<Datum> yielded;
    if (succeeded(result))
      result = run(body, yielded);
    for (auto [i, d] : llvm::enumerate(yielded))
      results[i].data[at[nInputs + i]] = d.data[0];
  };
  forEachIndex(ranges, visit);
  for (auto [r, d] : llvm::zip_equal(op.getResults(), results))
    set(r, d);
  return result;
}

} // namespace gradc::test
