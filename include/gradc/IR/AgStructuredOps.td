// AgStructuredOps.td - indexing, windows, products, softmax and normalisation, and expectations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_AGSTRUCTUREDOPS_TD
#define GRADC_IR_AGSTRUCTUREDOPS_TD

include "gradc/IR/AgBase.td"

def Ag_IndexTensor : RankedTensorOf<[I32, I64]>;

//===-- Indexing ----------------------------------------------------------------------------===//

def Ag_GatherOp : Ag_DiffOp<"gather", [InferTypeOpAdaptor]> {
  let summary = "slices of a tensor at the indices of another";
  let doc = [{Dimension `dim` of `x` is replaced by the dimensions of `i`: `%0 = ag.gather %x, %i dim 0 :
(tensor<10x3xf32>, tensor<4xi64>) -> tensor<4x3xf32>` takes four rows. Indices count from 0; those out of range are taken
as the nearest one in range, so that no memory outside of `x` is read: `ag.expect` is what refuses them.}];
  let arguments = (ins AnyRankedTensor:$x, Ag_IndexTensor:$i, I64Attr:$dim);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `,` $i `dim` $dim attr-dict `:` functional-type(operands, results)";
  let vjp = ["gatherBack(d, x, i, getDim())", ""];
  let jvp = Ag_JvpCustom;
}
def Ag_ReverseOp : Ag_DiffOp<"reverse", [InferTypeOpAdaptor]> {
  let summary = "a tensor with the order of elements along dimensions turned round";
  let arguments = (ins AnyRankedTensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `dims` $dims attr-dict `:` type($x)";
  let vjp = ["op<ReverseOp>(d, getDims())"];
  let jvp = Ag_JvpLinear;
  let hasFolder = 1;
}

//===-- Windows -----------------------------------------------------------------------------===//

def Ag_ReduceWindowOp : Ag_DiffOp<"reduce_window", [InferTypeOpAdaptor]> {
  let summary = "sums of windows that slide over a tensor";
  let doc = [{The elements of dimension `k` stand `base_dilation[k]` apart, with zeros between and `padding_low[k]` and
`padding_high[k]` zeros around (negative: that many positions cut off). A window has `sizes[k]` places `window_dilation[k]`
apart and moves by `strides[k]`.}];
  let arguments = (ins Ag_NumberTensor:$x, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$padding_low, DenseI64ArrayAttr:$padding_high,
                       DenseI64ArrayAttr:$base_dilation, DenseI64ArrayAttr:$window_dilation);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = [{$x `sizes` $sizes `strides` $strides `low` $padding_low `high` $padding_high
                         `base_dilation` $base_dilation `window_dilation` $window_dilation attr-dict `:` type($x) `->` type($y)}];
  let vjp = ["reduceWindowBack(d, x, *this)"];
  let jvp = Ag_JvpLinear;
}
def Ag_WindowArgmaxOp : Ag_ValueOp<"window_argmax", [InferTypeOpAdaptor]> {
  let summary = "where the maximum of each window is";
  let doc = [{The windows of `reduce_window` over the last dimensions, as many as `sizes` has; earlier ones are separate planes.
The result is the index into the flattened plane of the first maximum, or of the last NaN, as PyTorch's max pooling
finds it; padding never counts.}];
  let arguments = (ins Ag_NumberTensor:$x, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$padding_low, DenseI64ArrayAttr:$padding_high,
                       DenseI64ArrayAttr:$window_dilation);
  let results = (outs RankedTensorOf<[I64]>:$y);
  let assemblyFormat = [{$x `sizes` $sizes `strides` $strides `low` $padding_low `high` $padding_high
                         `window_dilation` $window_dilation attr-dict `:` type($x) `->` type($y)}];
}

//===-- Reduction ---------------------------------------------------------------------------===//

class Ag_ReduceNumbers<string mnemonic, TypeConstraint type> : Ag_DiffOp<mnemonic, [InferTypeOpAdaptor]> {
  let arguments = (ins type:$x, DenseI64ArrayAttr:$dims);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `dims` $dims attr-dict `:` type($x) `->` type($y)";
}
def Ag_ReduceProdOp : Ag_ReduceNumbers<"reduce_prod", Ag_NumberTensor> {
  let summary = "product over dimensions, which are dropped";
  let doc = [{The derivative at an element that is not 0 is the product divided by it; at the only zero it is the product of
the others, with more zeros 0. Second derivatives hold for up to two zeros.}];
  let vjp = ["prodBack(d, x, y, getDims())"];
  let jvp = Ag_JvpCustom;
}
def Ag_LogsumexpOp : Ag_ReduceNumbers<"logsumexp", Ag_FloatTensor> {
  let summary = "logarithm of the sum of exponentials over dimensions, which are dropped";
  let doc = "Of nothing, or of nothing but -inf, it is -inf; the derivative is the softmax, NaN where the result is infinite.";
  let vjp = ["broadcastBack(d, x, getDims()) * exp(x - broadcastBack(y, x, getDims()))"];
  let jvp = Ag_JvpCustom;
}

//===-- Rows --------------------------------------------------------------------------------===//

class Ag_Rows<string mnemonic, dag more = (ins), string format = ""> : Ag_DiffOp<mnemonic, [SameOperandsAndResultType]> {
  let arguments = !con((ins Ag_FloatTensor:$x, DenseI64ArrayAttr:$dims), more);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `dims` $dims " # format # " attr-dict `:` type($y)";
  let hasVerifier = 1;
}
def Ag_SoftmaxOp : Ag_Rows<"softmax"> {
  let summary = "exponentials that sum to 1 over dimensions";
  let doc = "Shifted by the maximum, so that nothing overflows. A row with NaN or inf, or of nothing but -inf, is NaN.";
  let derivative = ["softmaxBack(d, y, getDims())"];
}
def Ag_LogSoftmaxOp : Ag_Rows<"log_softmax"> {
  let summary = "logarithm of the softmax over dimensions";
  let vjp = ["d - exp(y) * rowSum(d, getDims())"];
  let jvp = Ag_JvpCustom;
}
def Ag_NormalizeOp : Ag_Rows<"normalize", (ins F64Attr:$eps), "`eps` $eps"> {
  let summary = "mean 0 and variance 1 over dimensions: (x - mean) / sqrt(variance + eps)";
  let doc = "The variance is the mean of squares, without Bessel's correction. The derivative reads `x` only.";
  let derivative = ["normalizeBack(d, x, *this)"];
}
def Ag_RmsNormalizeOp : Ag_Rows<"rms_normalize", (ins F64Attr:$eps), "`eps` $eps"> {
  let summary = "mean square 1 over dimensions: x / sqrt(mean(x * x) + eps)";
  let derivative = ["rmsNormalizeBack(d, x, *this)"];
}

//===-- Expectations ------------------------------------------------------------------------===//

def Ag_ExpectOp : Ag_Statement<"expect", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "the program fails with a text where a condition is false";
  let doc = [{`ag.expect %ok, "index out of range in self" : tensor<i1>`. Functions return an error code, the first one that
failed; executables print the text with the user's line and exit with status 1. It is in program order with prints.}];
  let arguments = (ins TensorOf<[I1]>:$condition, StrAttr:$text);
  let assemblyFormat = "$condition `,` $text attr-dict `:` type($condition)";
  let hasVerifier = 1;
}
#endif
