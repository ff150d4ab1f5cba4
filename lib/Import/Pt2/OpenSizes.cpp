// OpenSizes.cpp - makes a program of the largest size right for every size.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Opener.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
namespace gradc::pt2 {

Opener::Dim Opener::dim(Value v, int64_t d) const {
  auto found = dims.find(v);
  return found == dims.end() ? Dim() : found->second[d];
}

SmallVector<int64_t> Opener::openAmong(Value v, ArrayRef<int64_t> which) const {
  SmallVector<int64_t> result;
  for (int64_t d : which)
    if (dim(v, d).factor)
      result.push_back(d);
  return result;
}

SmallVector<int64_t> Opener::openDims(Value v) const {
  SmallVector<int64_t> result;
  if (auto found = dims.find(v); found != dims.end())
    for (auto [d, one] : llvm::enumerate(found->second))
      if (one.factor)
        result.push_back(int64_t(d));
  return result;
}

LogicalResult Opener::refuse(Operation *op, const Twine &why) {
  for (ValueRange values : {ValueRange(op->getOperands()), ValueRange(op->getResults())})
    for (Value v : values)
      for (int64_t d : openDims(v))
        return refuseOpenSize(op, sizes[dim(v, d).size], why);
  return refuseOpenSize(op, sizes[0], why);
}

/// Whether it is an argument of the function.
static bool isInput(Value v) {
  auto argument = dyn_cast<BlockArgument>(v);
  return argument && isa<func::FuncOp>(argument.getOwner()->getParentOp());
}

/// Joins what was found of each size.
LogicalResult Opener::collect(ArrayRef<SizeUses> uses) {
  for (auto [k, use] : llvm::enumerate(uses)) {
    for (const auto &[value, factors] : use.factors) {
      auto &list = dims[value];
      list.resize(factors.size());
      for (auto [one, factor] : llvm::zip(list, factors)) {
        if (!factor)
          continue;
        if (one.factor) {
          Operation *op = value.getDefiningOp();
          return refuseOpenSize(op ? op : function, sizes[k],
                                "an extent depends on '" + sizes[one.size].name + "', too");
        }
        one = {unsigned(k), factor, isInput(value)};
      }
    }
  }
  return success();
}

//===-- Values that depend on sizes ----------------------------------------------------------===//

static RankedTensorType integers(OpBuilder &b, ArrayRef<int64_t> shape = {}) {
  return RankedTensorType::get(shape, b.getI64Type());
}

Value Opener::scalar(int64_t value) {
  return ag::ConstantOp::create(
      start, function.getLoc(),
      cast<ElementsAttr>(Attribute(DenseElementsAttr::get(integers(start), ArrayRef(value)))));
}

Value Opener::extent(Dim d) {
  Value n = inputs[d.size];
  return d.factor == 1 ? n : ag::MulOp::create(start, function.getLoc(), n, scalar(d.factor));
}

/// Which positions of a dimension count.
Value Opener::below(Dim d) {
  d.blocks = std::max<int64_t>(d.blocks, 1);
  Value &known = conditions[{d.size, d.factor, d.blocks}];
  if (known)
    return known;
  Location loc = function.getLoc();
  auto type = integers(start, {sizes[d.size].most * d.factor});
  auto all = [&](Value number) -> Value {
    return ag::BroadcastOp::create(start, loc, type, number, ArrayRef<int64_t>{});
  };
  Value places = ag::IotaOp::create(start, loc, type, 0);
  if (d.blocks > 1)
    places =
        ag::RemainderOp::create(start, loc, places, all(scalar(type.getDimSize(0) / d.blocks)));
  Value end = all(extent({d.size, d.factor / d.blocks}));
  return known = ag::CompareOp::create(start, loc, type.clone(start.getI1Type()), places, end,
                                       ag::Predicate::lt);
}

Value Opener::toFloat(Value integer, Type element) {
  auto type = cast<RankedTensorType>(integer.getType());
  Location loc = function.getLoc();
  Value wide = ag::CastOp::create(start, loc, type.clone(start.getF64Type()), integer);
  return element.isF64() ? wide : ag::CastOp::create(start, loc, type.clone(element), wide);
}

Value Opener::count(Value v, ArrayRef<int64_t> which) {
  auto type = cast<RankedTensorType>(v.getType());
  int64_t fixed = 1;
  Value result;
  for (int64_t d : which) {
    Dim one = dim(v, d);
    fixed *= one.factor ? one.factor : type.getDimSize(d);
    if (!one.factor)
      continue;
    Value n = inputs[one.size];
    result = result ? ag::MulOp::create(start, function.getLoc(), result, n).getResult() : n;
  }
  return ag::MulOp::create(start, function.getLoc(), result, scalar(fixed));
}

Value Opener::splat(OpBuilder &b, Location loc, RankedTensorType type, Fill fill) {
  Type element = type.getElementType();
  Attribute value;
  if (auto kind = dyn_cast<FloatType>(element)) {
    const auto &format = kind.getFloatSemantics();
    value =
        b.getFloatAttr(kind, fill == Fill::zero  ? APFloat::getZero(format)
                             : fill == Fill::one ? APFloat(format, 1)
                                                 : APFloat::getInf(format, fill == Fill::lowest));
  } else {
    unsigned bits = element.getIntOrFloatBitWidth();
    bool isBool = bits == 1;
    APInt number(bits, fill == Fill::one || (isBool && fill == Fill::highest));
    if (!isBool && fill == Fill::lowest)
      number = APInt::getSignedMinValue(bits);
    if (!isBool && fill == Fill::highest)
      number = APInt::getSignedMaxValue(bits);
    value = b.getIntegerAttr(element, number);
  }
  return ag::ConstantOp::create(b, loc, DenseElementsAttr::get(type, value));
}

Value Opener::mask(OpBuilder &b, Value v, ArrayRef<int64_t> which, Fill fill) {
  auto type = cast<RankedTensorType>(v.getType());
  auto bools = type.clone(b.getI1Type());
  Location loc = v.getLoc();
  Value condition;
  for (int64_t d : which) {
    Value counts = ag::BroadcastOp::create(b, loc, bools, below(dim(v, d)), ArrayRef<int64_t>{d});
    condition =
        condition ? ag::LogicalAndOp::create(b, loc, condition, counts).getResult() : counts;
  }
  Value result = ag::SelectOp::create(b, loc, condition, v, splat(b, loc, type, fill));
  dims[result] = SmallVector<Dim>(dims[v]);
  return result;
}

void Opener::maskOperand(Operation *op, unsigned i, ArrayRef<int64_t> which, Fill fill) {
  if (which.empty())
    return;
  OpBuilder b(op);
  op->setOperand(i, mask(b, op->getOperand(i), which, fill));
}

//===-- The start ----------------------------------------------------------------------------===//

/// The sizes become inputs behind the others. A value out of range must not lead out of memory.
void Opener::addInputs() {
  Location loc = function.getLoc();
  for (const OpenSize &size : sizes) {
    unsigned at = function.getNumArguments();
    auto name = start.getNamedAttr("ag.name", start.getStringAttr(size.name));
    (void)function.insertArgument(at, integers(start), start.getDictionaryAttr(name), loc);
    Value n = ag::MaximumOp::create(start, loc, function.getArgument(at), scalar(1));
    inputs.push_back(ag::MinimumOp::create(start, loc, n, scalar(size.most)));
  }
}

/// Behind its first elements an input is repeated; what stands there in memory is never read.
void Opener::repeatInputs() {
  Location loc = function.getLoc();
  for (unsigned i = 0; i < function.getNumArguments() - sizes.size(); ++i) {
    Value input = function.getArgument(i), value = input;
    SmallPtrSet<Operation *, 4> own;
    for (int64_t d : openDims(input)) {
      auto type = integers(start, {cast<RankedTensorType>(input.getType()).getDimSize(d)});
      Value places = ag::IotaOp::create(start, loc, type, 0);
      Value end =
          ag::BroadcastOp::create(start, loc, type, extent(dim(input, d)), ArrayRef<int64_t>{});
      Value repeated = ag::RemainderOp::create(start, loc, places, end);
      auto gather =
          ag::GatherOp::create(start, input.getLoc(), input.getType(), value, repeated, d);
      own.insert(gather);
      value = gather;
    }
    if (value == input)
      continue;
    dims[value] = SmallVector<Dim>(dims[input]);
    input.replaceAllUsesExcept(value, own);
  }
}

void Opener::replaceConstants(unsigned k, const SizeUses &uses) {
  Location loc = function.getLoc();
  for (const auto &[op, formula] : uses.constants) {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    Type element = type.getElementType();
    Value m = extent({k, formula.factor});
    auto add = [&](int64_t offset) -> Value {
      return offset ? ag::AddOp::create(start, loc, m, scalar(offset)).getResult() : m;
    };
    Value number;
    if (!isa<FloatType>(element)) {
      number = add(formula.offset);
      if (!element.isInteger(64))
        number = ag::CastOp::create(start, loc, RankedTensorType::get({}, element), number);
    } else {
      auto wide = RankedTensorType::get({}, start.getF64Type());
      Value one = splat(start, loc, wide, Fill::one);
      Value x =
          toFloat(add(formula.form == Formula::ratio ? -1 : formula.offset), wide.getElementType());
      if (formula.form == Formula::reciprocal)
        x = ag::DivOp::create(start, loc, one, x);
      if (formula.form == Formula::ratio)
        x = ag::DivOp::create(start, loc, toFloat(m, wide.getElementType()), x);
      number =
          element.isF64() ? x : ag::CastOp::create(start, loc, wide.clone(element), x).getResult();
    }
    Value all =
        type.getRank()
            ? ag::BroadcastOp::create(start, loc, type, number, ArrayRef<int64_t>{}).getResult()
            : number;
    if (auto found = dims.find(op->getResult(0)); found != dims.end())
      dims[all] = SmallVector<Dim>(found->second);
    op->getResult(0).replaceAllUsesWith(all);
  }
}

//===-- Operations ---------------------------------------------------------------------------===//

LogicalResult Opener::slice(ag::SliceOp op) {
  for (int64_t d : openDims(op.getX())) {
    Dim one = dim(op.getX(), d);
    bool isWhole = op.getStarts()[d] == 0 && op.getStrides()[d] == 1 &&
                   op.getLimits()[d] == op.getX().getType().getDimSize(d);
    if (!isWhole && op.getLimits()[d] > one.factor * sizes[one.size].least)
      return refuse(op, "a slice ends behind its least value, " + Twine(sizes[one.size].least));
    if (!isWhole && failed(isOneBlock(op, op.getX(), {d})))
      return failure();
  }
  return success();
}

LogicalResult Opener::updateSlice(ag::UpdateSliceOp op) {
  for (int64_t d : openDims(op.getX())) {
    Dim one = dim(op.getX(), d);
    int64_t n = cast<RankedTensorType>(op.getU().getType()).getDimSize(d);
    bool isWhole = dim(op.getU(), d).factor == one.factor && op.getStarts()[d] == 0;
    if (!isWhole &&
        op.getStarts()[d] + (n - 1) * op.getStrides()[d] >= one.factor * sizes[one.size].least)
      return refuse(op, "a write ends behind its least value, " + Twine(sizes[one.size].least));
    if (!isWhole && failed(isOneBlock(op, op.getX(), {d})))
      return failure();
  }
  return success();
}

void Opener::mean(ag::ReduceMeanOp op) {
  OpBuilder b(op);
  Value x = op.getX();
  auto type = cast<RankedTensorType>(op.getY().getType());
  Location loc = op.getLoc();
  bool isShort = type.getElementTypeBitWidth() < 32;
  auto wide = isShort ? type.clone(b.getF32Type()) : type;
  Value masked = mask(b, x, openAmong(x, op.getDims()), Fill::zero);
  if (isShort)
    masked = ag::CastOp::create(b, loc, cast<RankedTensorType>(x.getType()).clone(b.getF32Type()),
                                masked);
  Value sum = ag::ReduceSumOp::create(b, loc, wide, masked, op.getDims());
  Value n = ag::BroadcastOp::create(
      b, loc, wide, toFloat(count(x, op.getDims()), wide.getElementType()), ArrayRef<int64_t>{});
  Value y = ag::DivOp::create(b, loc, sum, n);
  if (isShort)
    y = ag::CastOp::create(b, loc, type, y);
  if (auto found = dims.find(op.getY()); found != dims.end())
    dims[y] = SmallVector<Dim>(found->second);
  op.getY().replaceAllUsesWith(y);
  dead.push_back(op);
}

/// normalize and rms_normalize over open dimensions, spelled out.
void Opener::normalize(Operation *op, Value x, ArrayRef<int64_t> over, double eps, bool centred) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  auto type = cast<RankedTensorType>(x.getType());
  Type element = type.getElementTypeBitWidth() < 32 ? b.getF32Type() : type.getElementType();
  auto wide = type.clone(element);
  SmallVector<int64_t> kept, shape, open = openAmong(x, over);
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (!llvm::is_contained(over, d)) {
      kept.push_back(d);
      shape.push_back(type.getDimSize(d));
    }
  auto row = RankedTensorType::get(shape, element);
  Value n =
      ag::BroadcastOp::create(b, loc, row, toFloat(count(x, over), element), ArrayRef<int64_t>{});
  Value y = wide == type ? x : ag::CastOp::create(b, loc, wide, x).getResult();
  dims[y] = SmallVector<Dim>(dims[x]);
  auto meanOf = [&](Value v) -> Value {
    dims[v] = SmallVector<Dim>(dims[x]);
    Value sum = ag::ReduceSumOp::create(b, loc, row, mask(b, v, open, Fill::zero), over);
    return ag::DivOp::create(b, loc, sum, n);
  };
  if (centred)
    y = ag::SubOp::create(b, loc, y, ag::BroadcastOp::create(b, loc, wide, meanOf(y), kept));
  Value squares = meanOf(ag::MulOp::create(b, loc, y, y));
  Value guard = ag::ConstantOp::create(
      b, loc, DenseElementsAttr::get(row, Attribute(b.getFloatAttr(element, eps))));
  Value scale = ag::RsqrtOp::create(b, loc, ag::AddOp::create(b, loc, squares, guard));
  y = ag::MulOp::create(b, loc, y, ag::BroadcastOp::create(b, loc, wide, scale, kept));
  if (wide != type)
    y = ag::CastOp::create(b, loc, type, y);
  dims[y] = SmallVector<Dim>(dims[x]);
  op->getResult(0).replaceAllUsesWith(y);
  dead.push_back(op);
}

/// Reductions and rows: what stands behind the first elements becomes neutral.
LogicalResult Opener::rewriteRows(Operation *op) {
  Value x = op->getOperand(0);
  auto neutral = [&](ArrayRef<int64_t> over, Fill fill) {
    maskOperand(op, 0, openAmong(x, over), fill);
    return success();
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ag::ReduceSumOp r) { return neutral(r.getDims(), Fill::zero); })
      .Case([&](ag::ReduceProdOp r) { return neutral(r.getDims(), Fill::one); })
      .Case([&](ag::ReduceMaxOp r) { return neutral(r.getDims(), Fill::lowest); })
      .Case([&](ag::ReduceMinOp r) { return neutral(r.getDims(), Fill::highest); })
      .Case<ag::LogsumexpOp, ag::SoftmaxOp, ag::LogSoftmaxOp>(
          [&](auto r) { return neutral(r.getDims(), Fill::lowest); })
      .Case([&](ag::ReduceMeanOp r) {
        if (!openAmong(x, r.getDims()).empty())
          mean(r);
        return success();
      })
      .Case([&](ag::NormalizeOp r) {
        if (!openAmong(x, r.getDims()).empty())
          normalize(r, x, r.getDims(), r.getEps().convertToDouble(), true);
        return success();
      })
      .Case([&](ag::RmsNormalizeOp r) {
        if (!openAmong(x, r.getDims()).empty())
          normalize(r, x, r.getDims(), r.getEps().convertToDouble(), false);
        return success();
      })
      .Default([&](Operation *) {
        return refuse(op, "'" + op->getName().stripDialect() + "' is not supported with one");
      });
}

/// Ops that move elements.
LogicalResult Opener::rewriteMoves(Operation *op) {
  auto moved = [&](Value x, auto isMoved) {
    SmallVector<int64_t> list;
    for (int64_t d : openDims(x))
      if (isMoved(d))
        list.push_back(d);
    return keepsPlaces(op, x, list);
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ag::ReshapeOp) { return success(); })
      .Case([&](ag::SliceOp s) { return slice(s); })
      .Case([&](ag::UpdateSliceOp u) { return updateSlice(u); })
      .Case([&](ag::PadOp p) {
        return moved(p.getX(), [&](int64_t d) {
          return p.getLow()[d] || p.getHigh()[d] || p.getInterior()[d];
        });
      })
      .Case([&](ag::ConcatOp c) {
        for (Value part : c.getParts())
          if (failed(keepsPlaces(op, part, {int64_t(c.getDim())})))
            return failure();
        return success();
      })
      .Case([&](ag::ReverseOp r) { return keepsPlaces(op, r.getX(), r.getDims()); })
      .Case([&](ag::GatherOp g) { return isOneBlock(op, g.getX(), {int64_t(g.getDim())}); })
      .Default([&](Operation *) { return rewriteKernels(op); });
}

LogicalResult Opener::rewriteKernels(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ag::ContractOp c) {
        // Where one factor is the same all along, the other's zeros suffice.
        SmallVector<int64_t> left, right;
        for (auto [i, k] : llvm::zip(c.getAContract(), c.getBContract())) {
          int64_t a = dim(c.getA(), i).blocks, b = dim(c.getB(), k).blocks;
          if (dim(c.getA(), i).factor && (a || !b))
            left.push_back(i);
          if (dim(c.getB(), k).factor && (b || !a))
            right.push_back(k);
        }
        maskOperand(op, 0, left, Fill::zero);
        maskOperand(op, 1, right, Fill::zero);
        return success();
      })
      .Case([&](ag::ScatterOp s) {
        int64_t first = s.getDim(), rank = cast<RankedTensorType>(s.getI().getType()).getRank();
        SmallVector<int64_t> over = llvm::to_vector(llvm::seq(first, first + rank));
        SmallVector<int64_t> open = openAmong(s.getU(), over);
        if (!open.empty() && s.getMode() != ag::ScatterMode::add)
          return refuse(op, "a scatter other than a sum takes its elements");
        maskOperand(op, 2, open, Fill::zero);
        return isOneBlock(op, s.getX(), {first});
      })
      .Case([&](ag::ConvolutionOp c) {
        SmallVector<int64_t> inner = openDims(c.getX());
        llvm::erase(inner, 0);
        if (!openDims(c.getW()).empty())
          return refuse(op, "a convolution's weight has it");
        return keepsPlaces(op, c.getX(), inner);
      })
      .Case([&](ag::SortOp s) { return keepsPlaces(op, s.getX(), {int64_t(s.getDim())}); })
      .Case([&](ag::CumulativeOp c) {
        return c.getReverse() ? keepsPlaces(op, c.getX(), {int64_t(c.getDim())})
                              : isOneBlock(op, c.getX(), {int64_t(c.getDim())});
      })
      .Case([&](ag::ReduceWindowOp w) {
        for (int64_t d : openDims(w.getX()))
          if (w.getSizes()[d] != 1 || w.getStrides()[d] != 1 || w.getPaddingLow()[d] ||
              w.getPaddingHigh()[d] || w.getBaseDilation()[d] != 1)
            return refuse(op, "windows slide along that dimension");
        return success();
      })
      .Case([&](ag::WindowArgmaxOp w) {
        int64_t rank = cast<RankedTensorType>(w.getX().getType()).getRank();
        return keepsPlaces(op, w.getX(),
                           llvm::to_vector(llvm::seq(rank - int64_t(w.getSizes().size()), rank)));
      })
      .Default([&](Operation *) { return rewriteRows(op); });
}

LogicalResult Opener::rewrite(Operation *op) {
  auto isOpen = [&](Value v) { return !openDims(v).empty(); };
  if (llvm::none_of(op->getOperands(), isOpen) && llvm::none_of(op->getResults(), isOpen))
    return success();
  if (failed(place(op)))
    return failure();
  if (isa<func::ReturnOp>(op)) {
    for (Value v : op->getOperands())
      if (failed(isOneBlock(op, v, openDims(v))))
        return failure();
  }
  // The same for every element, or the same for all of an operand.
  if (isa<ag::ElementwiseOpInterface, ag::ConstantOp, ag::IotaOp, ag::BroadcastOp, ag::TransposeOp,
          ag::DetachOp, ag::NoGradOp, ag::YieldOp, ag::BarrierOp, ag::PhiloxOp, ag::DrawOp,
          ag::SavedOp, ag::ModifiedOp, ag::RequiresGradOp, scf::IfOp, scf::ForOp, scf::WhileOp,
          scf::YieldOp, scf::ConditionOp, func::ReturnOp>(op))
    return success();
  return rewriteMoves(op);
}

LogicalResult Opener::run(ArrayRef<SizeUses> uses) {
  if (failed(collect(uses)))
    return failure();
  SmallVector<Operation *> ops;
  function.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) { ops.push_back(op); });
  start.setInsertionPointToStart(&function.getBody().front());
  addInputs();
  repeatInputs();
  for (auto [k, use] : llvm::enumerate(uses)) {
    replaceConstants(k, use);
    for (const auto &[op, text] : use.texts)
      cast<ag::ExpectOp>(op).setText(text);
  }
  for (Operation *op : ops)
    if (failed(rewrite(op)))
      return failure();
  for (Operation *op : dead)
    op->erase();
  return success();
}

LogicalResult openSizes(ModuleOp program, ArrayRef<OpenSize> sizes, ArrayRef<SizeUses> uses) {
  auto functions = llvm::to_vector(program.getOps<func::FuncOp>());
  if (functions.size() != 1)
    return refuseOpenSize(program, sizes[0], "the program has several functions");
  return Opener(functions[0], sizes).run(uses);
}

} // namespace gradc::pt2
