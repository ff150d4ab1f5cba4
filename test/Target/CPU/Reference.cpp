// Reference.cpp - runs a kernel's body op by op, in double precision.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Reference.h"
#include "Owned.h"
#include "gradc/IR/Ag.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;
using namespace gradc;
using namespace gradc::test;

static Number fromAttribute(Attribute a) {
  if (auto f = dyn_cast<FloatAttr>(a))
    return {f.getValueAsDouble(), 0};
  auto i = cast<IntegerAttr>(a);
  if (i.getType().isInteger(1))
    return {0, i.getValue().getBoolValue()};
  return {0, i.getValue().getSExtValue()};
}

static bool compareFloat(arith::CmpFPredicate p, double x, double y) {
  using P = arith::CmpFPredicate;
  switch (p) {
  case P::OEQ:
    return x == y;
  case P::UNE:
    return x != y;
  case P::OLT:
    return x < y;
  case P::OLE:
    return x <= y;
  case P::OGT:
    return x > y;
  case P::OGE:
    return x >= y;
  default:
    llvm::report_fatal_error("a comparison that the reference lacks");
  }
}

static bool compareInt(arith::CmpIPredicate p, int64_t x, int64_t y) {
  using P = arith::CmpIPredicate;
  switch (p) {
  case P::eq:
    return x == y;
  case P::ne:
    return x != y;
  case P::slt:
  case P::ult:
    return x < y;
  case P::sle:
  case P::ule:
    return x <= y;
  case P::sgt:
  case P::ugt:
    return x > y;
  case P::sge:
  case P::uge:
    return x >= y;
  }
  return false;
}

static double extremum(double x, double y, bool max) {
  if (std::isnan(x) || std::isnan(y))
    return NAN;
  return max ? std::fmax(x, y) : std::fmin(x, y);
}

static int64_t wrap(int64_t v, Type type) {
  if (type.isInteger(1))
    return v & 1;
  return type.isIndex() ? v : llvm::SignExtend64(uint64_t(v), type.getIntOrFloatBitWidth());
}

static uint64_t unsignedOf(int64_t v, Operation *op) {
  Type type = op->getOperand(0).getType();
  return type.isIndex()
             ? uint64_t(v)
             : uint64_t(v) & llvm::maskTrailingOnes<uint64_t>(type.getIntOrFloatBitWidth());
}

static double rounded(double v, Type type) {
  APFloat x(v);
  bool lost;
  x.convert(cast<FloatType>(type).getFloatSemantics(), APFloat::rmNearestTiesToEven, &lost);
  x.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
  return x.convertToDouble();
}

/// Floats round to their type once an op, but for reductions, which the caller keeps wide.
static Number scalarOp(Operation *op, ArrayRef<Number> in) {
  double x = in.empty() ? 0 : in[0].real, y = in.size() > 1 ? in[1].real : 0;
  int64_t i = in.empty() ? 0 : in[0].integer, j = in.size() > 1 ? in[1].integer : 0;
  Type type = op->getResult(0).getType();
  auto whole = [&](int64_t v) { return Number{0, wrap(v, type)}; };
  return llvm::TypeSwitch<Operation *, Number>(op)
      .Case<arith::ConstantOp>([&](auto c) { return fromAttribute(c.getValue()); })
      .Case<arith::AddFOp>([&](auto) { return Number{x + y}; })
      .Case<arith::SubFOp>([&](auto) { return Number{x - y}; })
      .Case<arith::MulFOp>([&](auto) { return Number{x * y}; })
      .Case<arith::DivFOp>([&](auto) { return Number{x / y}; })
      .Case<arith::NegFOp>([&](auto) { return Number{-x}; })
      .Case<arith::MaximumFOp>([&](auto) { return Number{extremum(x, y, true)}; })
      .Case<arith::MinimumFOp>([&](auto) { return Number{extremum(x, y, false)}; })
      .Case<arith::AddIOp>([&](auto) { return whole(i + j); })
      .Case<arith::SubIOp>([&](auto) { return whole(i - j); })
      .Case<arith::MulIOp>([&](auto) { return whole(i * j); })
      .Case<arith::DivSIOp>([&](auto) { return whole(i / j); })
      .Case<arith::MaxSIOp>([&](auto) { return whole(std::max(i, j)); })
      .Case<arith::MinSIOp>([&](auto) { return whole(std::min(i, j)); })
      .Case<arith::AndIOp>([&](auto) { return whole(i & j); })
      .Case<arith::OrIOp>([&](auto) { return whole(i | j); })
      .Case<arith::XOrIOp>([&](auto) { return whole(i ^ j); })
      .Case<arith::CmpFOp>([&](auto c) { return whole(compareFloat(c.getPredicate(), x, y)); })
      .Case<arith::CmpIOp>([&](auto c) { return whole(compareInt(c.getPredicate(), i, j)); })
      .Case<arith::SelectOp>([&](auto) { return i ? in[1] : in[2]; })
      .Case<arith::TruncFOp>([&](auto t) { return Number{rounded(x, t.getType())}; })
      .Case<arith::ExtFOp>([&](auto) { return Number{x}; })
      .Case<arith::SIToFPOp>([&](auto) { return Number{double(i)}; })
      .Case<arith::UIToFPOp>([&](auto) { return Number{double(unsignedOf(i, op))}; })
      .Case<arith::FPToSIOp>([&](auto) { return whole(int64_t(x)); })
      .Case<arith::ExtSIOp, arith::TruncIOp, arith::IndexCastOp>([&](auto) { return whole(i); })
      .Case<arith::ExtUIOp>([&](auto) { return whole(int64_t(unsignedOf(i, op))); })
      .Case<arith::ShLIOp>([&](auto) { return whole(int64_t(uint64_t(i) << j)); })
      .Case<arith::ShRSIOp>([&](auto) { return whole(i >> j); })
      .Case<arith::ShRUIOp>([&](auto) { return whole(int64_t(unsignedOf(i, op) >> j)); })
      .Case<arith::RemSIOp>([&](auto) { return whole(i % j); })
      .Case<arith::FloorDivSIOp>(
          [&](auto) { return whole(i / j - (i % j != 0 && (i < 0) != (j < 0))); })
      .Case<math::ExpOp>([&](auto) { return Number{std::exp(x)}; })
      .Case<math::LogOp>([&](auto) { return Number{std::log(x)}; })
      .Case<math::TanhOp>([&](auto) { return Number{std::tanh(x)}; })
      .Case<math::SinOp>([&](auto) { return Number{std::sin(x)}; })
      .Case<math::CosOp>([&](auto) { return Number{std::cos(x)}; })
      .Case<math::SqrtOp>([&](auto) { return Number{std::sqrt(x)}; })
      .Case<math::RsqrtOp>([&](auto) { return Number{1 / std::sqrt(x)}; })
      .Case<math::AbsFOp>([&](auto) { return Number{std::fabs(x)}; })
      .Case<math::AbsIOp>([&](auto) { return whole(std::abs(i)); })
      .Case<math::PowFOp>([&](auto) { return Number{std::pow(x, y)}; })
      .Case<math::FloorOp>([&](auto) { return Number{std::floor(x)}; })
      .Case<math::Exp2Op>([&](auto) { return Number{std::exp2(x)}; })
      .Case<math::CopySignOp>([&](auto) { return Number{std::copysign(x, y)}; })
      .Case<arith::RemFOp>([&](auto) { return Number{std::fmod(x, y)}; })
      .Case<math::IPowIOp>([&](auto) {
        int64_t r = 1;
        for (int64_t k = 0; k < j; ++k)
          r = wrap(r * i, type);
        return Number{0, j < 0 ? (i == 1 ? 1 : i == -1 ? (j % 2 ? -1 : 1) : 0) : r};
      })
      .Default([](Operation *other) -> Number {
        llvm::report_fatal_error("an op that the reference lacks: " +
                                 other->getName().getStringRef());
      });
}

namespace {
class Interpreter {
public:
  std::vector<Tensor> run(sched::KernelOp kernel, const std::vector<Tensor> &args);

private:
  void generic(linalg::GenericOp op);
  void owner(Operation &op);
  bool product(linalg::GenericOp op);
  void body(linalg::GenericOp op, ArrayRef<int64_t> index);
  Number scalar(Value v, const DenseMap<Value, Number> &local) {
    auto it = local.find(v);
    return it != local.end() ? it->second : tensors[v].at(0);
  }
  static int64_t position(RankedTensorType type, AffineMap map, ArrayRef<int64_t> index);
  DenseMap<Value, Tensor> tensors;
};
} // namespace

int64_t Interpreter::position(RankedTensorType type, AffineMap map, ArrayRef<int64_t> index) {
  int64_t at = 0;
  for (auto [size, e] : llvm::zip(type.getShape(), map.getResults())) {
    auto d = dyn_cast<AffineDimExpr>(e);
    at = at * size + (d ? index[d.getPosition()] : cast<AffineConstantExpr>(e).getValue());
  }
  return at;
}

void Interpreter::body(linalg::GenericOp op, ArrayRef<int64_t> index) {
  DenseMap<Value, Number> local;
  for (OpOperand &o : op->getOpOperands()) {
    int64_t at = 0;
    Value source = o.get();
    if (auto t = dyn_cast<RankedTensorType>(source.getType()))
      at = position(t, op.getMatchingIndexingMap(&o), index);
    if (!op.isDpsInput(&o))
      source = op.getTiedOpResult(&o);
    local[op.getMatchingBlockArgument(&o)] = tensors[source].at(at);
  }
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (auto i = dyn_cast<linalg::IndexOp>(inner)) {
      local[i.getResult()] = {0, index[i.getDim()]};
      continue;
    }
    if (auto extract = dyn_cast<tensor::ExtractOp>(inner)) {
      int64_t at = 0;
      for (auto [size, v] :
           llvm::zip(extract.getTensor().getType().getShape(), extract.getIndices()))
        at = at * size + scalar(v, local).integer;
      local[extract.getResult()] = tensors[extract.getTensor()].at(at);
      continue;
    }
    SmallVector<Number> in;
    for (Value v : inner.getOperands())
      in.push_back(scalar(v, local));
    local[inner.getResult(0)] = scalarOp(&inner, in);
  }
  for (auto [k, v] : llvm::enumerate(op.getBody()->getTerminator()->getOperands())) {
    OpOperand *init = op.getDpsInitOperand(k);
    int64_t at = position(cast<RankedTensorType>(init->get().getType()),
                          op.getMatchingIndexingMap(init), index);
    tensors[op.getResult(k)].at(at) = scalar(v, local);
  }
}

/// The step along each loop through a row-major tensor.
static SmallVector<int64_t> steps(RankedTensorType type, AffineMap map) {
  SmallVector<int64_t> out(map.getNumDims(), 0);
  int64_t stride = 1;
  for (int64_t k = type.getRank() - 1; k >= 0; --k) {
    if (auto d = dyn_cast<AffineDimExpr>(map.getResult(k)))
      out[d.getPosition()] += stride;
    stride *= type.getDimSize(k);
  }
  return out;
}

/// Sums of products are most of the time of a test: the same without a walk over the body.
bool Interpreter::product(linalg::GenericOp op) {
  Block &body = *op.getBody();
  auto mul = dyn_cast<arith::MulFOp>(body.front());
  if (!mul || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      body.getOperations().size() != 3 || !isa<arith::AddFOp>(*std::next(body.begin())) ||
      !op.getNumReductionLoops())
    return false;
  SmallVector<SmallVector<int64_t>> step;
  SmallVector<Number *> data;
  for (OpOperand &o : op->getOpOperands()) {
    step.push_back(steps(cast<RankedTensorType>(o.get().getType()), op.getMatchingIndexingMap(&o)));
    data.push_back(tensors[op.isDpsInput(&o) ? o.get() : Value(op.getResult(0))].data());
  }
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  auto walk = [&](auto &self, size_t d, int64_t a, int64_t b, int64_t c) -> void {
    if (d == sizes.size()) {
      data[2][c].real += data[0][a].real * data[1][b].real;
      return;
    }
    for (int64_t i = 0; i < sizes[d]; ++i)
      self(self, d + 1, a + i * step[0][d], b + i * step[1][d], c + i * step[2][d]);
  };
  walk(walk, 0, 0, 0, 0);
  return true;
}

void Interpreter::generic(linalg::GenericOp op) {
  for (unsigned k = 0; k < op.getNumDpsInits(); ++k)
    tensors[op.getResult(k)] = Tensor(tensors[op.getDpsInits()[k]]);
  if (product(op))
    return;
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  int64_t count = 1;
  for (int64_t s : sizes)
    count *= s;
  for (int64_t i = 0; i < count; ++i) {
    SmallVector<int64_t> index(sizes.size());
    int64_t rest = i;
    for (int64_t d = int64_t(sizes.size()) - 1; d >= 0; --d) {
      index[d] = rest % sizes[d];
      rest /= sizes[d];
    }
    body(op, index);
  }
}

void Interpreter::owner(Operation &op) {
  std::vector<Elements> in;
  for (Value v : op.getOperands()) {
    in.emplace_back();
    for (const Number &n : tensors[v])
      in.back().push_back({n.real, n.integer});
  }
  for (auto [r, elements] : llvm::zip_equal(op.getResults(), evaluateOwner(op, in))) {
    tensors[r].clear();
    for (auto [real, integer] : elements)
      tensors[r].push_back({real, integer});
  }
}

std::vector<Tensor> Interpreter::run(sched::KernelOp kernel, const std::vector<Tensor> &args) {
  for (auto [a, v] : llvm::zip(kernel.getBody().getArguments(), args))
    tensors[a] = v;
  std::vector<Tensor> results;
  for (Operation &op : kernel.getBody().front()) {
    if (auto g = dyn_cast<linalg::GenericOp>(op)) {
      generic(g);
    } else if (isa<ag::KernelOpInterface>(op)) {
      owner(op);
    } else if (auto r = dyn_cast<sched::ReturnOp>(op)) {
      for (Value v : r.getValues())
        results.push_back(tensors[v]);
    } else if (auto f = dyn_cast<linalg::FillOp>(op)) {
      Number v = tensors[f.getInputs()[0]].at(0);
      tensors[f.getResult(0)] =
          Tensor(cast<ShapedType>(f.getResult(0).getType()).getNumElements(), v);
    } else if (auto c = dyn_cast<arith::ConstantOp>(op)) {
      Tensor t;
      if (auto dense = dyn_cast<DenseElementsAttr>(c.getValue()))
        for (Attribute a : dense.getValues<Attribute>())
          t.push_back(fromAttribute(a));
      else
        t.push_back(fromAttribute(c.getValue()));
      tensors[c.getResult()] = t;
    } else if (isa<tensor::EmptyOp>(op)) {
      int64_t n = cast<ShapedType>(op.getResult(0).getType()).getNumElements();
      tensors[op.getResult(0)] = Tensor(n, Number{NAN, 99});
    } else if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op)) {
      tensors[op.getResult(0)] = Tensor(tensors[op.getOperand(0)]);
    } else if (auto s = dyn_cast<tensor::ExtractSliceOp>(op)) {
      ArrayRef<int64_t> from = s.getSourceType().getShape(), sizes = s.getStaticSizes();
      Tensor t, source = tensors[s.getSource()];
      int64_t count = s.getResultType().getNumElements();
      for (int64_t i = 0; i < count; ++i) {
        int64_t rest = i, at = 0, stride = 1;
        for (int64_t d = int64_t(from.size()) - 1; d >= 0; --d) {
          at += (s.getStaticOffsets()[d] + rest % sizes[d] * s.getStaticStrides()[d]) * stride;
          stride *= from[d];
          rest /= sizes[d];
        }
        t.push_back(source.at(at));
      }
      tensors[s.getResult()] = t;
    } else {
      SmallVector<Number> in;
      for (Value v : op.getOperands())
        in.push_back(tensors[v].at(0));
      tensors[op.getResult(0)] = {scalarOp(&op, in)};
    }
  }
  return results;
}

std::vector<Tensor> gradc::test::evaluate(sched::KernelOp kernel, const std::vector<Tensor> &args) {
  return Interpreter().run(kernel, args);
}
