// AgOps.td - the value ops of the ag dialect, each with its derivative.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_AGOPS_TD
#define GRADC_IR_AGOPS_TD

include "gradc/IR/AgBase.td"

//===-- Constants ---------------------------------------------------------------------------===//

def Ag_ConstantOp : Ag_ValueOp<"constant", [ConstantLike, AllTypesMatch<["value", "y"]>]> {
  let summary = "constant tensor";
  let doc = "`%0 = ag.constant dense<1.0> : tensor<2x3xf32>`";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyStaticShapeTensor:$y);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}
def Ag_IotaOp : Ag_ValueOp<"iota"> {
  let summary = "tensor that counts along one dimension";
  let doc = "`%0 = ag.iota dim 1 : tensor<2x3xf32>` is `[[0, 1, 2], [0, 1, 2]]`.";
  let arguments = (ins I64Attr:$dim);
  let results = (outs AnyStaticShapeTensor:$y);
  let assemblyFormat = "`dim` $dim attr-dict `:` type($y)";
  let hasVerifier = 1;
}

//===-- Elementwise: unary ------------------------------------------------------------------===//

def Ag_NegOp : Ag_Unary<"neg", "scalarNeg(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise negation";
  let derivative = ["-d"];
  let aten = ["aten.neg.default"];
  let hasFolder = 1;
}
def Ag_ExpOp : Ag_Unary<"exp", "::mlir::math::ExpOp::create(b, loc, args)"> {
  let summary = "elementwise exponential";
  let promotion = "float";
  let derivative = ["d * y"];
  let aten = ["aten.exp.default"];
}
def Ag_LogOp : Ag_Unary<"log", "::mlir::math::LogOp::create(b, loc, args)"> {
  let summary = "elementwise natural logarithm";
  let promotion = "float";
  let derivative = ["d / x"];
  let aten = ["aten.log.default"];
}
def Ag_SqrtOp : Ag_Unary<"sqrt", "::mlir::math::SqrtOp::create(b, loc, args)"> {
  let summary = "elementwise square root";
  let promotion = "float";
  let derivative = ["d / (y * 2.0)"];
  let aten = ["aten.sqrt.default"];
}
def Ag_TanhOp : Ag_Unary<"tanh", "::mlir::math::TanhOp::create(b, loc, args)"> {
  let summary = "elementwise hyperbolic tangent";
  let promotion = "float";
  let derivative = ["d * (1.0 - y * y)"];
  let aten = ["aten.tanh.default"];
}
def Ag_SigmoidOp : Ag_Unary<"sigmoid", "scalarSigmoid(b, loc, args)"> {
  let summary = "elementwise logistic function";
  let promotion = "float";
  let derivative = ["d * (1.0 - y) * y"];
  let aten = ["aten.sigmoid.default"];
}
def Ag_ReluOp : Ag_Unary<"relu", "scalarRelu(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise maximum with zero";
  let doc = "NaN stays NaN; the derivative at 0 is 0 and at NaN is passed on, as in PyTorch.";
  let derivative = ["select(y <= 0.0, 0.0, d)"];
  let aten = ["aten.relu.default"];
}
def Ag_AbsOp : Ag_Unary<"abs", "scalarAbs(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise absolute value";
  let derivative = ["d * sign(x)"];
  let aten = ["aten.abs.default"];
}
def Ag_SignOp : Ag_Unary<"sign", "scalarSign(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise sign: -1, 0 or 1";
  let doc = "The sign of NaN is 0, as in PyTorch.";
  let derivative = ["zeros(d)"];
  let aten = ["aten.sign.default"];
}
def Ag_SinOp : Ag_Unary<"sin", "::mlir::math::SinOp::create(b, loc, args)"> {
  let summary = "elementwise sine";
  let promotion = "float";
  let derivative = ["d * cos(x)"];
  let aten = ["aten.sin.default"];
}
def Ag_CosOp : Ag_Unary<"cos", "::mlir::math::CosOp::create(b, loc, args)"> {
  let summary = "elementwise cosine";
  let promotion = "float";
  let derivative = ["d * -sin(x)"];
  let aten = ["aten.cos.default"];
}
def Ag_ReciprocalOp : Ag_Unary<"reciprocal", "scalarReciprocal(b, loc, args)"> {
  let summary = "elementwise reciprocal";
  let promotion = "float";
  let derivative = ["-d * (y * y)"];
  let aten = ["aten.reciprocal.default"];
}
def Ag_PowScalarOp : Ag_Elementwise<"pow_scalar", "scalarPow(b, loc, args[0], getExponent().convertToDouble())",
    [SameOperandsAndResultType]> {
  let summary = "elementwise power with a constant exponent";
  let doc = "Exponents 0.5, 1, 2 and 3 are computed as PyTorch does: by sqrt and products.";
  let arguments = (ins Ag_NumberTensor:$x, F64Attr:$exponent);
  let assemblyFormat = "$x `,` $exponent attr-dict `:` type($y)";
  let derivative = ["powDerivative(d, x, getExponent().convertToDouble())"];
  let json = [];
  let hasFolder = 1;
  let hasVerifier = 1;
}
def Ag_LogicalNotOp : Ag_Elementwise<"logical_not", "scalarNot(b, loc, args)", [SameOperandsAndResultType]> {
  let summary = "elementwise logical negation of bools";
  let promotion = "bool";
  let arguments = (ins TensorOf<[I1]>:$x);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let derivative = [""];
  let aten = ["aten.logical_not.default"];
}
def Ag_CastOp : Ag_Elementwise<"cast", "scalarCast(b, loc, args[0], ::mlir::getElementTypeOrSelf(getY().getType()))",
    [SameOperandsAndResultShape]> {
  let summary = "conversion to another element type";
  let doc = "Float to integer truncates toward zero (NaN and what does not fit become the least integer); anything to bool is `x != 0`. No gradient flows through integers.";
  let arguments = (ins AnyRankedTensor:$x);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let vjp = ["castLike(d, x)"];
  let jvp = Ag_JvpLinear;
  let json = [];
  let hasFolder = 1;
}

//===-- Elementwise: binary and ternary -----------------------------------------------------===//

def Ag_AddOp : Ag_Binary<"add", "scalarAdd(b, loc, args)", AnyRankedTensor, [Commutative]> {
  let summary = "elementwise sum (logical or for bools)";
  let derivative = ["d", "d"];
  let hasFolder = 1;
}
def Ag_SubOp : Ag_Binary<"sub", "scalarSub(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise difference";
  let derivative = ["d", "-d"];
  let hasFolder = 1;
}
def Ag_MulOp : Ag_Binary<"mul", "scalarMul(b, loc, args)", AnyRankedTensor, [Commutative]> {
  let summary = "elementwise product (logical and for bools)";
  let derivative = ["d * b", "d * a"];
  let hasFolder = 1;
}
def Ag_DivOp : Ag_Binary<"div", "::mlir::arith::DivFOp::create(b, loc, args)", Ag_FloatTensor> {
  let summary = "elementwise true quotient of floats";
  let promotion = "float";
  let derivative = ["d / b", "-d * ((a / b) / b)"];
  let hasFolder = 1;
}
def Ag_PowOp : Ag_Binary<"pow", "scalarPowTensor(b, loc, args)", Ag_NumberTensor> {
  let summary = "elementwise power";
  let doc = "At a = 0 with b >= 0 the derivative by b is 0, as in PyTorch.";
  let derivative = ["select(b == 0.0, 0.0, d * (b * pow(a, b - 1.0)))",
                    "d * select((a == 0.0) & (b >= 0.0), 0.0, y * log(a))"];
}
def Ag_MaximumOp : Ag_Binary<"maximum", "scalarMaximum(b, loc, args)"> {
  let summary = "elementwise maximum; NaN wins";
  let doc = "Ties share the cotangent in halves, and where one side is NaN both get all of it, as in PyTorch.";
  let derivative = ["select(a == b, d / 2.0, select(a < b, 0.0, d))",
                    "select(a == b, d / 2.0, select(a > b, 0.0, d))"];
  let aten = ["aten.maximum.default"];
}
def Ag_MinimumOp : Ag_Binary<"minimum", "scalarMinimum(b, loc, args)"> {
  let summary = "elementwise minimum; NaN wins";
  let doc = "Ties share the cotangent in halves, and where one side is NaN both get all of it, as in PyTorch.";
  let derivative = ["select(a == b, d / 2.0, select(a > b, 0.0, d))",
                    "select(a == b, d / 2.0, select(a < b, 0.0, d))"];
  let aten = ["aten.minimum.default"];
}
def Ag_LogicalAndOp : Ag_Binary<"logical_and", "::mlir::arith::AndIOp::create(b, loc, args)", TensorOf<[I1]>> {
  let summary = "elementwise logical and of bools";
  let promotion = "bool";
  let derivative = ["", ""];
}
def Ag_LogicalOrOp : Ag_Binary<"logical_or", "::mlir::arith::OrIOp::create(b, loc, args)", TensorOf<[I1]>> {
  let summary = "elementwise logical or of bools";
  let promotion = "bool";
  let derivative = ["", ""];
}

def Ag_PredicateAttr : I32EnumAttr<"Predicate", "comparison", [
    I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>, I32EnumAttrCase<"lt", 2>,
    I32EnumAttrCase<"le", 3>, I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>]> {
  let cppNamespace = "::gradc::ag";
}
def Ag_CompareOp : Ag_Elementwise<"compare", "scalarCompare(b, loc, args, getPredicate())",
    [SameTypeOperands, SameOperandsAndResultShape, InferTypeOpAdaptor]> {
  let summary = "elementwise comparison";
  let doc = "`%0 = ag.compare lt %a, %b : tensor<3xf32>` gives a tensor<3xi1>. Comparisons with NaN are false, but for ne.";
  let arguments = (ins AnyRankedTensor:$a, AnyRankedTensor:$b, Ag_PredicateAttr:$predicate);
  let results = (outs TensorOf<[I1]>:$y);
  let assemblyFormat = "$predicate $a `,` $b attr-dict `:` type($a)";
  let derivative = ["", ""];
  let json = [];
}
def Ag_SelectOp : Ag_Elementwise<"select", "::mlir::arith::SelectOp::create(b, loc, args)",
    [AllTypesMatch<["a", "b", "y"]>,
     TypesMatchWith<"the condition is a bool tensor of the result's shape", "y", "condition", "::gradc::ag::boolLike($_self)">]> {
  let summary = "elementwise choice";
  let promotion = "condition";
  let arguments = (ins TensorOf<[I1]>:$condition, AnyRankedTensor:$a, AnyRankedTensor:$b);
  let assemblyFormat = "$condition `,` $a `,` $b attr-dict `:` type($y)";
  let derivative = ["", "select(condition, d, 0.0)", "select(condition, 0.0, d)"];
  let json = ["where"];
  let aten = ["aten.where.self"];
}

//===-- Reduction -----------------------------------------------------------------------------===//

class Ag_Reduce<string mnemonic, TypeConstraint type = AnyRankedTensor>
    : Ag_DiffOp<mnemonic, [InferTypeOpAdaptor]> {
  let arguments = (ins type:$x, DenseI64ArrayAttr:$dims);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `dims` $dims attr-dict `:` type($x) `->` type($y)";
}
def Ag_ReduceSumOp : Ag_Reduce<"reduce_sum"> {
  let summary = "sum over dimensions, which are dropped";
  let doc = "`%0 = ag.reduce_sum %x dims [0] : tensor<2x3xf32> -> tensor<3xf32>`; dims are ascending.";
  let vjp = ["broadcastBack(d, x, getDims())"];
  let jvp = Ag_JvpLinear;
  let hasFolder = 1;
}
def Ag_ReduceMeanOp : Ag_Reduce<"reduce_mean", Ag_FloatTensor> {
  let summary = "mean over dimensions, which are dropped";
  let doc = "The sum divided by the count (NaN when that is 0).";
  let vjp = ["shareAmongAll(d, x, getDims())"];
  let jvp = Ag_JvpLinear;
}
def Ag_ReduceMaxOp : Ag_Reduce<"reduce_max"> {
  let summary = "maximum over dimensions, which are dropped; NaN wins";
  let doc = "Ties share the cotangent equally; where the result is NaN the gradient is NaN, as in PyTorch's amax.";
  let vjp = ["shareAmongEqual(d, x, y, getDims())"];
  let jvp = Ag_JvpCustom;
}
def Ag_ReduceMinOp : Ag_Reduce<"reduce_min"> {
  let summary = "minimum over dimensions, which are dropped; NaN wins";
  let doc = "Ties share the cotangent equally; where the result is NaN the gradient is NaN, as in PyTorch's amin.";
  let vjp = ["shareAmongEqual(d, x, y, getDims())"];
  let jvp = Ag_JvpCustom;
}

//===-- Contraction ---------------------------------------------------------------------------===//

def Ag_ContractOp : Ag_DiffOp<"contract", [InferTypeOpAdaptor]> {
  let summary = "batched contraction with general dimension numbers";
  let doc = [{The result has the batch dimensions, then a's free ones, then b's free ones.
`%0 = ag.contract %a, %b batch [] x [] contract [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>`
is a matrix product.}];
  let arguments = (ins AnyRankedTensor:$a, AnyRankedTensor:$b,
                       DenseI64ArrayAttr:$a_batch, DenseI64ArrayAttr:$b_batch,
                       DenseI64ArrayAttr:$a_contract, DenseI64ArrayAttr:$b_contract);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = [{$a `,` $b `batch` $a_batch `x` $b_batch `contract` $a_contract `x` $b_contract
                         attr-dict `:` functional-type(operands, results)}];
  let vjp = ["contractBackA(d, b, *this)", "contractBackB(d, a, *this)"];
  let jvp = Ag_JvpMultilinear;
}

//===-- Shape ---------------------------------------------------------------------------------===//

def Ag_BroadcastOp : Ag_DiffOp<"broadcast"> {
  let summary = "repeats a tensor along new dimensions";
  let doc = [{Operand dimension `i` becomes result dimension `dims[i]` (ascending, sizes equal); all other result
dimensions are new: `%0 = ag.broadcast %x dims [1] : tensor<3xf32> -> tensor<2x3xf32>`.}];
  let arguments = (ins AnyRankedTensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `dims` $dims attr-dict `:` type($x) `->` type($y)";
  let vjp = ["reduceBack(d, getDims())"];
  let jvp = Ag_JvpLinear;
  let hasFolder = 1;
  let hasVerifier = 1;
}
def Ag_ReshapeOp : Ag_DiffOp<"reshape"> {
  let summary = "the same elements in row-major order under another shape";
  let arguments = (ins AnyRankedTensor:$x);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
  let vjp = ["reshapeLike(d, x)"];
  let jvp = Ag_JvpLinear;
  let hasFolder = 1;
  let hasVerifier = 1;
}
def Ag_TransposeOp : Ag_DiffOp<"transpose", [InferTypeOpAdaptor]> {
  let summary = "permutes the dimensions of a tensor";
  let doc = "Result dimension `i` is operand dimension `perm[i]`.";
  let arguments = (ins AnyRankedTensor:$x, DenseI64ArrayAttr:$perm);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x $perm attr-dict `:` type($x) `->` type($y)";
  let vjp = ["op<TransposeOp>(d, inverse(getPerm()))"];
  let jvp = Ag_JvpLinear;
  let hasFolder = 1;
}
def Ag_SliceOp : Ag_DiffOp<"slice", [InferTypeOpAdaptor]> {
  let summary = "takes a strided box out of a tensor";
  let doc = "Elements `starts[i], starts[i] + strides[i], ...` below `limits[i]` of each dimension.";
  let arguments = (ins AnyRankedTensor:$x, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$limits,
                       DenseI64ArrayAttr:$strides);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `from` $starts `to` $limits `by` $strides attr-dict `:` type($x) `->` type($y)";
  let vjp = ["padBack(d, x, *this)"];
  let jvp = Ag_JvpLinear;
}
def Ag_UpdateSliceOp : Ag_DiffOp<"update_slice", [AllTypesMatch<["x", "y"]>]> {
  let summary = "writes a tensor into a strided box of another";
  let doc = "The functional form of a write through a view: `x` with the box replaced by `u`.";
  let arguments = (ins AnyRankedTensor:$x, AnyRankedTensor:$u, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$strides);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$u `into` $x `from` $starts `by` $strides attr-dict `:` type($u) `into` type($x)";
  let vjp = ["op<UpdateSliceOp>(d, zerosLike(u), getStarts(), getStrides())", "sliceBack(d, u, *this)"];
  let jvp = Ag_JvpLinear;
  let hasVerifier = 1;
}
def Ag_PadOp : Ag_DiffOp<"pad", [InferTypeOpAdaptor]> {
  let summary = "surrounds and spreads a tensor with a constant";
  let doc = "`low[i]` elements before, `high[i]` after and `interior[i]` between neighbours of each dimension, none negative.";
  let arguments = (ins AnyRankedTensor:$x, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior, F64Attr:$value);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `low` $low `high` $high `interior` $interior `value` $value attr-dict `:` type($x) `->` type($y)";
  let vjp = ["unpadBack(d, *this)"];
  let jvp = Ag_JvpCustom;
}
def Ag_ConcatOp : Ag_DiffOp<"concat", [InferTypeOpAdaptor]> {
  let summary = "joins tensors along a dimension";
  let arguments = (ins Variadic<AnyRankedTensor>:$parts, I64Attr:$dim);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$parts `dim` $dim attr-dict `:` functional-type($parts, results)";
}

//===-- Random (the host's mt19937 stream, in program order) -------------------------------------===//

class Ag_Random<string mnemonic> : Ag_Statement<mnemonic, [MemoryEffects<[MemRead, MemWrite]>]> {
  let results = (outs AnyStaticShapeTensor:$y);
  let hasVerifier = 1;
}
def Ag_RandnOp : Ag_Random<"randn"> {
  let summary = "standard normal draws, equal to PyTorch's CPU generator";
  let assemblyFormat = "attr-dict `:` type($y)";
}
def Ag_RandOp : Ag_Random<"rand"> {
  let summary = "uniform draws from [0, 1), equal to PyTorch's CPU generator";
  let assemblyFormat = "attr-dict `:` type($y)";
}
def Ag_RandintOp : Ag_Random<"randint"> {
  let summary = "uniform integer draws from [low, high), equal to PyTorch's CPU generator";
  let arguments = (ins I64Attr:$low, I64Attr:$high);
  let assemblyFormat = "$low `to` $high attr-dict `:` type($y)";
}
def Ag_RandpermOp : Ag_Random<"randperm"> {
  let summary = "random permutation of 0..n-1, equal to PyTorch's CPU generator";
  let assemblyFormat = "attr-dict `:` type($y)";
}
#endif
