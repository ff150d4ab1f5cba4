// KernelGraph.cpp - builds the DAG of scalar expressions of a kernel's body.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/IR/KernelGraph.h"
#include "KernelGraphBuilder.h"
#include "gradc/IR/Ag.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace gradc::sched;

DimSet Access::dimSet() const {
  DimSet set = 0;
  for (const Dim &d : dims)
    set |= DimSet(1) << d.dim;
  return set;
}

int64_t Access::strideOf(int dim) const {
  for (const Dim &d : dims)
    if (d.dim == dim)
      return d.stride;
  return 0;
}

bool gradc::sched::isScalarOp(Operation *op) {
  return isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) || isa<ag::ScalarGcdOp>(op);
}

TypedAttr gradc::sched::neutralElement(Combiner combiner, Type type) {
  if (auto f = dyn_cast<FloatType>(type)) {
    const auto &semantics = f.getFloatSemantics();
    switch (combiner) {
    case Combiner::Add:
      return FloatAttr::get(f, APFloat::getZero(semantics, true));
    case Combiner::Max:
      return FloatAttr::get(f, APFloat::getInf(semantics, true));
    case Combiner::Min:
      return FloatAttr::get(f, APFloat::getInf(semantics, false));
    default:
      return FloatAttr::get(f, 1.0);
    }
  }
  unsigned width = type.getIntOrFloatBitWidth();
  switch (combiner) {
  case Combiner::Mul:
    return IntegerAttr::get(type, APInt(width, 1));
  case Combiner::Max:
    return IntegerAttr::get(type, APInt::getSignedMinValue(width));
  case Combiner::Min:
    return IntegerAttr::get(type, APInt::getSignedMaxValue(width));
  case Combiner::And:
    return IntegerAttr::get(type, APInt::getAllOnes(width));
  default:
    return IntegerAttr::get(type, APInt::getZero(width));
  }
}

void KernelGraphBuilder::numberDims(ArrayRef<int> dims) {
  for (int dim : classes.leaves(dims))
    if (numbers.try_emplace(dim, int(graph.sizes.size())).second)
      graph.sizes.push_back(classes.size(dim));
}

SmallVector<int> KernelGraphBuilder::kernelDims(ArrayRef<int> dims) {
  SmallVector<int> result;
  for (int dim : classes.leaves(dims))
    result.push_back(numbers.lookup(dim));
  return result;
}

int KernelGraphBuilder::add(KernelNode node) {
  std::string key;
  llvm::raw_string_ostream s(key);
  s << int(node.kind) << ' ' << node.arg << ' ' << node.reduced << ' ' << int(node.combiner) << ' '
    << node.type << ' ' << node.access.offset << ' ';
  for (int i : node.in)
    s << i << ',';
  for (const Access::Dim &d : node.access.dims)
    s << d.dim << '*' << d.stride << ',';
  for (int64_t step : node.steps)
    s << ' ' << step;
  if (node.value)
    s << node.value;
  if (node.op)
    s << node.op->getName() << node.op->getAttrDictionary();
  auto [it, added] = known.try_emplace(key, int(graph.nodes.size()));
  if (added)
    graph.nodes.push_back(std::move(node));
  return it->second;
}

int KernelGraphBuilder::constantNode(TypedAttr value) {
  KernelNode n{KernelNode::Constant, value.getType()};
  n.value = value;
  return add(n);
}

FailureOr<int> KernelGraphBuilder::scalarNode(Value v, DenseMap<Value, int> &scalars) {
  if (auto it = scalars.find(v); it != scalars.end())
    return it->second;
  if (auto it = kernelScalars.find(v); it != kernelScalars.end())
    return it->second;
  TypedAttr value;
  if (matchPattern(v, m_Constant(&value)))
    return constantNode(value);
  if (auto it = argNumbers.find(v); it != argNumbers.end()) {
    KernelNode n{KernelNode::Scalar, v.getType()};
    n.arg = it->second;
    return add(n);
  }
  return fail("a scalar comes from outside the kernel");
}

FailureOr<Access> KernelGraphBuilder::accessOf(const TensorView &view, AffineMap map,
                                               ArrayRef<int> loops) {
  Access access;
  access.offset = view.offset;
  for (auto [k, e] : llvm::enumerate(map.getResults())) {
    SmallVector<Piece, 1> pieces = view.dims[k];
    if (auto c = dyn_cast<AffineConstantExpr>(e)) {
      if (c.getValue() != 0 && pieces.size() != 1)
        return fail("a constant index into a reshaped dim");
      if (c.getValue() != 0)
        access.offset += c.getValue() * pieces[0].stride;
      continue;
    }
    SmallVector<int> dims = kernelDims(loops[cast<AffineDimExpr>(e).getPosition()]);
    SmallVector<Access::Dim> strides;
    for (int dim : llvm::reverse(dims)) {
      while (pieces.size() > 1 && pieces.back().size == 1)
        pieces.pop_back();
      Piece &p = pieces.back();
      strides.push_back({dim, p.stride});
      p = {graph.sizes[dim] ? p.size / graph.sizes[dim] : 0, p.stride * graph.sizes[dim], -1};
    }
    access.dims.append(strides.rbegin(), strides.rend());
  }
  sortDims(access);
  return access;
}

FailureOr<int> KernelGraphBuilder::tensorNode(Value v, AffineMap map, ArrayRef<int> loops) {
  const TensorView &view = views.find(v)->second;
  if (view.kind == TensorView::Intermediate)
    return nodeOf.lookup(view.base);
  Type element = getElementTypeOrSelf(v.getType());
  if (view.kind == TensorView::Argument) {
    KernelNode n{KernelNode::Load, element};
    n.arg = argNumbers.lookup(view.base);
    auto access = accessOf(view, map, loops);
    if (failed(access))
      return failure();
    n.access = *access;
    n.dims = access->dimSet();
    return add(n);
  }
  return uniformNode(view.base);
}

FailureOr<int> KernelGraphBuilder::uniformNode(Value base) {
  if (auto fill = base.getDefiningOp<linalg::FillOp>()) {
    DenseMap<Value, int> none;
    return scalarNode(fill.getInputs()[0], none);
  }
  DenseElementsAttr dense;
  if (matchPattern(base, m_Constant(&dense)))
    return constantNode(cast<TypedAttr>(dense.getSplatValue<Attribute>()));
  return fail("the content of a tensor.empty is read");
}

LogicalResult KernelGraphBuilder::addScalarOp(Operation *op, DenseMap<Value, int> &scalars) {
  if (op->getNumResults() != 1 || op->getNumRegions() != 0 || !isScalarOp(op))
    return fail("'" + op->getName().getStringRef() + "' has no place in a kernel");
  KernelNode n{KernelNode::Op, op->getResult(0).getType()};
  n.op = op;
  for (Value v : op->getOperands()) {
    FailureOr<int> in = scalarNode(v, scalars);
    if (failed(in))
      return failure();
    n.in.push_back(*in);
    n.dims |= graph.nodes[*in].dims;
  }
  std::optional<int> simple = simplify(op, n.in);
  scalars[op->getResult(0)] = simple ? *simple : add(n);
  return success();
}

static std::optional<Combiner> combinerOf(Operation *op) {
  if (isa<arith::AddFOp, arith::AddIOp>(op))
    return Combiner::Add;
  if (isa<arith::MulFOp, arith::MulIOp>(op))
    return Combiner::Mul;
  if (isa<arith::MaximumFOp, arith::MaxSIOp>(op))
    return Combiner::Max;
  if (isa<arith::MinimumFOp, arith::MinSIOp>(op))
    return Combiner::Min;
  if (isa<arith::AndIOp>(op))
    return Combiner::And;
  if (isa<arith::OrIOp>(op))
    return Combiner::Or;
  return std::nullopt;
}

/// Whether starting from this value changes nothing; +0 counts, since sums end with + 0.
static bool isNeutral(const KernelNode &n, Combiner combiner) {
  if (n.kind != KernelNode::Constant)
    return false;
  if (auto f = dyn_cast<FloatAttr>(n.value); f && combiner == Combiner::Add)
    return f.getValue().isZero();
  return n.value == neutralElement(combiner, n.type);
}

/// An input of the body, perhaps widened.
static BlockArgument inputOf(Value v) {
  if (Operation *def = v.getDefiningOp();
      def && isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(def))
    v = def->getOperand(0);
  return dyn_cast<BlockArgument>(v);
}

/// The factors of the product when the body is exactly a sum of products: the contract of
/// contractions.
static std::optional<std::pair<Value, Value>> productOf(linalg::GenericOp op) {
  Block *body = op.getBody();
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
    return std::nullopt;
  Operation *sum = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!sum || !isa<arith::AddFOp, arith::AddIOp>(sum))
    return std::nullopt;
  Value out = body->getArgument(2);
  Operation *mul = sum->getOperand(sum->getOperand(0) == out ? 1 : 0).getDefiningOp();
  if (!mul || !isa<arith::MulFOp, arith::MulIOp>(mul) ||
      !llvm::is_contained(sum->getOperands(), out))
    return std::nullopt;
  BlockArgument a = inputOf(mul->getOperand(0)), b = inputOf(mul->getOperand(1));
  if (!a || !b || a == b || a == out || b == out)
    return std::nullopt;
  return std::pair(mul->getOperand(0), mul->getOperand(1));
}

LogicalResult KernelGraphBuilder::addReduction(const OpLoops &loops, unsigned k,
                                               DenseMap<Value, int> &scalars) {
  linalg::GenericOp op = loops.op;
  Operation *combine = op.getBody()->getTerminator()->getOperand(k).getDefiningOp();
  Value out = op.getBody()->getArgument(op.getNumDpsInputs() + k);
  std::optional<Combiner> combiner = combine ? combinerOf(combine) : std::nullopt;
  if (!combiner || !llvm::is_contained(combine->getOperands(), out))
    return fail("a reduction without one of the combiners add, mul, max, min, and, or");
  KernelNode n{KernelNode::Reduce, combine->getResult(0).getType()};
  if (n.type.isIndex() || n.type.isF16() || n.type.isBF16())
    return fail("a reduction of index, f16 or bf16 elements: accumulate in i64 or f32");
  n.combiner = *combiner;
  if (auto product = productOf(op)) {
    n.kind = KernelNode::Contract;
    n.in = {scalars.lookup(product->first), scalars.lookup(product->second)};
  } else {
    FailureOr<int> in =
        scalarNode(combine->getOperand(combine->getOperand(0) == out ? 1 : 0), scalars);
    if (failed(in))
      return failure();
    n.in = {*in};
  }
  for (auto [dim, kind] : llvm::zip(loops.dims, op.getIteratorTypesArray())) {
    SmallVector<int> dims = kernelDims(dim);
    if (kind == utils::IteratorType::reduction)
      n.order.append(dims);
    else
      for (int d : dims)
        n.dims |= DimSet(1) << d;
  }
  bool empty = false;
  for (int d : n.order) {
    n.reduced |= DimSet(1) << d;
    empty |= graph.sizes[d] == 0;
  }
  int node;
  if (empty)
    node = constantNode(isa<FloatType>(n.type) && n.combiner == Combiner::Add
                            ? TypedAttr(FloatAttr::get(n.type, 0.0))
                            : neutralElement(n.combiner, n.type));
  else if (n.kind == KernelNode::Reduce && n.order.empty())
    node = n.in[0];
  else
    node = add(n);
  // A reduction may go on from a value that is not neutral.
  FailureOr<int> init = scalarNode(out, scalars);
  if (failed(init))
    return failure();
  if (!isNeutral(graph.nodes[*init], *combiner)) {
    KernelNode sum{KernelNode::Op, n.type};
    sum.op = combine;
    sum.in = {*init, node};
    sum.dims = graph.nodes[*init].dims | graph.nodes[node].dims;
    node = add(sum);
  }
  nodeOf[op.getResult(k)] = node;
  return success();
}

LogicalResult KernelGraphBuilder::addGeneric(const OpLoops &loops) {
  linalg::GenericOp op = loops.op;
  DenseMap<Value, int> scalars;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!op.payloadUsesValueFromOperand(&operand))
      continue;
    FailureOr<int> node =
        isa<RankedTensorType>(operand.get().getType())
            ? tensorNode(operand.get(), op.getMatchingIndexingMap(&operand), loops.dims)
            : scalarNode(operand.get(), scalars);
    if (failed(node))
      return failure();
    scalars[op.getMatchingBlockArgument(&operand)] = *node;
  }
  bool reduces = op.getNumReductionLoops() != 0;
  auto outs = op.getRegionOutputArgs();
  auto isOut = [&](Value v) { return reduces && llvm::is_contained(outs, v); };
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (llvm::any_of(inner.getOperands(), isOut))
      continue; // the combiner
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      KernelNode n{KernelNode::Index, index.getType()};
      int64_t stride = 1;
      SmallVector<int> dims = kernelDims(loops.dims[index.getDim()]);
      for (int d : llvm::reverse(dims)) {
        n.access.dims.insert(n.access.dims.begin(), {d, stride});
        stride *= graph.sizes[d];
      }
      n.dims = n.access.dimSet();
      scalars[index.getResult()] = add(n);
    } else if (auto extract = dyn_cast<tensor::ExtractOp>(inner)) {
      if (failed(addGather(extract, scalars)))
        return failure();
    } else if (!isa<arith::ConstantOp>(inner) && failed(addScalarOp(&inner, scalars))) {
      return failure();
    }
  }
  for (unsigned k = 0; k < op.getNumDpsInits(); ++k) {
    if (reduces) {
      if (failed(addReduction(loops, k, scalars)))
        return failure();
      continue;
    }
    FailureOr<int> node = scalarNode(op.getBody()->getTerminator()->getOperand(k), scalars);
    if (failed(node))
      return failure();
    nodeOf[op.getResult(k)] = *node;
  }
  return success();
}

LogicalResult KernelGraphBuilder::addResults(ValueRange results,
                                             ArrayRef<SmallVector<int>> resultDims) {
  for (auto [v, dims] : llvm::zip(results, resultDims)) {
    auto type = cast<RankedTensorType>(v.getType());
    AffineMap identity = AffineMap::getMultiDimIdentityMap(type.getRank(), type.getContext());
    FailureOr<int> node = tensorNode(v, identity, dims);
    FailureOr<Access> access = accessOf(argumentView(v), identity, dims);
    if (failed(node) || failed(access))
      return failure();
    graph.results.push_back({*node, *access, type.getElementType()});
  }
  return success();
}

LogicalResult KernelGraphBuilder::build(ArrayRef<Operation *> ops, ValueRange results) {
  graph.numArgs = int(args.size());
  for (auto [i, v] : llvm::enumerate(args)) {
    argNumbers[v] = int(i);
    auto type = dyn_cast<RankedTensorType>(v.getType());
    if (type && !type.hasStaticShape())
      return fail("a shape is not static");
    if (type)
      views[v] = argumentView(v);
  }
  for (Operation *op : ops)
    if (failed(visit(op)))
      return failure();
  SmallVector<SmallVector<int>> resultDims;
  for (Value v : results) {
    auto it = views.find(v);
    if (it == views.end())
      return fail("a result comes from outside the kernel");
    // Every result is walked in its own shape; where it is made by an op, over the dims of that op.
    SmallVector<int> dims;
    for (auto [k, size] : llvm::enumerate(cast<RankedTensorType>(v.getType()).getShape())) {
      dims.push_back(classes.make(size));
      if (it->second.kind != TensorView::Uniform &&
          !(it->second.kind == TensorView::Argument && it->second.dims[k].size() == 1) &&
          !classes.unify(dims.back(), dimsOf(it->second.dims[k])))
        return fail("two shapes do not match dim by dim: not one kernel");
    }
    resultDims.push_back(dims);
  }
  if (clash())
    return fail("two loops of one op would be the same dim: not one kernel");
  if (failed(shareArgumentDims()))
    return failure();
  for (const OpLoops &loops : generics)
    numberDims(loops.dims);
  for (const auto &dims : resultDims)
    numberDims(dims);
  if (graph.sizes.size() > 31)
    return fail("more than 31 dims");
  for (Operation *op : ops)
    if (!isa<TensorType>(op->getResult(0).getType()) && !isa<arith::ConstantOp>(op) &&
        failed(addScalarOp(op, kernelScalars)))
      return failure();
  for (const OpLoops &loops : generics)
    if (failed(addGeneric(loops)))
      return failure();
  return addResults(results, resultDims);
}

FailureOr<KernelGraph> KernelGraph::build(ValueRange args, ArrayRef<Operation *> ops,
                                          ValueRange results, std::string &why) {
  KernelGraphBuilder builder(args, why);
  if (failed(builder.build(ops, results)))
    return failure();
  KernelGraph &graph = builder.graph;
  graph.collapseDims();
  graph.chooseVectorDim();
  graph.splitReductions();
  graph.placeNodes();
  if (failed(graph.chooseForm(why)))
    return failure();
  return std::move(graph);
}

FailureOr<KernelGraph> KernelGraph::build(KernelOp kernel, std::string &why) {
  Block &body = kernel.getBody().front();
  ValueRange results = body.getTerminator()->getOperands();
  SmallVector<Operation *> ops;
  for (Operation &op : body.without_terminator())
    ops.push_back(&op);
  if (hasScratch(kernel)) {
    llvm::erase(ops, results.back().getDefiningOp());
    results = results.drop_back();
  }
  return build(body.getArguments(), ops, results, why);
}

/// A result that nothing computes is memory for the kernel's own use.
bool KernelGraph::hasScratch(KernelOp kernel) {
  ValueRange results = kernel.getBody().front().getTerminator()->getOperands();
  return results.size() > 1 && results.back().getDefiningOp<tensor::EmptyOp>() &&
         results.back().hasOneUse();
}
