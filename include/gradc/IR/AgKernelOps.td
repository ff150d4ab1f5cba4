// AgKernelOps.td - the value ops that own a kernel: what loop nests cannot say.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_AGKERNELOPS_TD
#define GRADC_IR_AGKERNELOPS_TD

include "gradc/IR/AgBase.td"

class Ag_KernelOp<string mnemonic, list<string> methods = [], list<Trait> traits = []>
    : Ag_DiffOp<mnemonic, !listconcat([DeclareOpInterfaceMethods<KernelOpInterface, methods>], traits)>;

//===-- Scatter -------------------------------------------------------------------------------===//

def Ag_ScatterModeAttr : I32EnumAttr<"ScatterMode", "how a scatter combines", [
    I32EnumAttrCase<"add", 0>, I32EnumAttrCase<"set", 1>, I32EnumAttrCase<"mul", 2>,
    I32EnumAttrCase<"max", 3>, I32EnumAttrCase<"min", 4>]> {
  let cppNamespace = "::gradc::ag";
}
def Ag_ScatterOp : Ag_KernelOp<"scatter", ["getInplacePairs"], [AllTypesMatch<["x", "y"]>]> {
  let summary = "slices combined into a tensor at the indices of another";
  let doc = [{The inverse of gather: `u` has the dimensions of `x`, with those of `i` in the place of `dim`; the slices of `u`
go to `x` at their indices, one after another in the order of `i`: `%0 = ag.scatter %x, %i, %u dim 0 mode add :
(tensor<10x3xf32>, tensor<4xi64>, tensor<4x3xf32>) -> tensor<10x3xf32>` adds four rows. Indices count from 0; those out of
range are skipped. With `set` the last one wins; of `max` and `min` NaN wins, and ties share the cotangent.}];
  let arguments = (ins AnyRankedTensor:$x, TensorOf<[I32, I64]>:$i, AnyRankedTensor:$u, I64Attr:$dim,
                       Ag_ScatterModeAttr:$mode);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `,` $i `,` $u `dim` $dim `mode` $mode attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

//===-- Convolution ---------------------------------------------------------------------------===//

class Ag_Convolution<string mnemonic> : Ag_KernelOp<mnemonic, ["getScratchBytes", "getFlops"], [InferTypeOpAdaptor]> {
  dag windows = (ins DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding_low, DenseI64ArrayAttr:$padding_high,
                     DenseI64ArrayAttr:$base_dilation, DenseI64ArrayAttr:$window_dilation, I64Attr:$groups, BoolAttr:$flipped);
  let results = (outs AnyRankedTensor:$y);
}
def Ag_ConvolutionOp : Ag_Convolution<"convolution"> {
  let summary = "sums over windows of a tensor, weighted";
  let doc = [{`x` is [N, C, spatial...], `w` [O, C / groups, spatial...], the result [N, O, spatial...], with one to three
spatial dimensions. Between neighbours of `x` stand `base_dilation - 1` zeros, around it `padding_low` and `padding_high`
(negative ones crop), windows start `strides` apart and take every `window_dilation`th element. With `flipped` the weight is
read from its end (XLA's window reversal). Each element is one chain of fused multiply-adds over channels, then window positions.}];
  let arguments = !con((ins AnyRankedTensor:$x, AnyRankedTensor:$w), windows);
  let assemblyFormat = [{$x `,` $w `strides` $strides `padding` $padding_low `x` $padding_high `dilation` $base_dilation `x`
                         $window_dilation `groups` $groups `flipped` $flipped attr-dict `:` functional-type(operands, results)}];
  let vjp = ["convolveBackX(d, w, x, *this)", "convolveBackW(d, x, w, *this)"];
  let jvp = Ag_JvpMultilinear;
}
def Ag_ConvolutionWeightOp : Ag_Convolution<"convolution_weight"> {
  let summary = "gradient of a convolution by its weight";
  let doc = [{`x` and the attributes are those of the convolution, `d` is like its result; `window` has the weight's spatial
sizes. Each element is one chain of fused multiply-adds over images, then positions.}];
  let arguments = !con((ins AnyRankedTensor:$x, AnyRankedTensor:$d, DenseI64ArrayAttr:$window), windows);
  let assemblyFormat = [{$x `,` $d `window` $window `strides` $strides `padding` $padding_low `x` $padding_high `dilation`
                         $base_dilation `x` $window_dilation `groups` $groups `flipped` $flipped attr-dict `:`
                         functional-type(operands, results)}];
}

//===-- Order ---------------------------------------------------------------------------------===//

def Ag_SortOp : Ag_KernelOp<"sort", ["getScratchBytes"], [InferTypeOpAdaptor]> {
  let summary = "elements in ascending or descending order along a dimension, and where they came from";
  let doc = [{Stable, also when descending: equal elements keep their order. NaN is the largest. `indices` is i64.
`%v, %i = ag.sort %x dim 0 descending false : tensor<5xf32> -> tensor<5xf32>, tensor<5xi64>`}];
  let arguments = (ins AnyRankedTensor:$x, I64Attr:$dim, BoolAttr:$descending);
  let results = (outs AnyRankedTensor:$values, TensorOf<[I64]>:$indices);
  let assemblyFormat = "$x `dim` $dim `descending` $descending attr-dict `:` type($x) `->` type($values) `,` type($indices)";
}

//===-- Cumulation ----------------------------------------------------------------------------===//

def Ag_CumulativeKindAttr : I32EnumAttr<"CumulativeKind", "what a cumulation computes", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"prod", 1>, I32EnumAttrCase<"max", 2>,
    I32EnumAttrCase<"min", 3>, I32EnumAttrCase<"logaddexp", 4>]> {
  let cppNamespace = "::gradc::ag";
}
def Ag_CumulativeOp : Ag_KernelOp<"cumulative", ["getInplacePairs", "getFlops"], [AllTypesMatch<["x", "y"]>]> {
  let summary = "sum, product, ... of the elements so far along a dimension";
  let doc = [{`%0 = ag.cumulative %x dim 1 kind sum reverse false : tensor<2x3xf32>`; with `reverse` from the last element to the
first. Elements are taken one after another. Of `max` and `min` NaN wins, and of equal elements the later one; it gets the
cotangent.}];
  let arguments = (ins AnyRankedTensor:$x, I64Attr:$dim, Ag_CumulativeKindAttr:$kind, BoolAttr:$reverse);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `dim` $dim `kind` $kind `reverse` $reverse attr-dict `:` type($y)";
  let vjp = ["cumulativeBack(d, x, y, *this)"];
  let jvp = Ag_JvpCustom;
  let hasVerifier = 1;
}
def Ag_RecurrenceOp : Ag_KernelOp<"recurrence", ["getInplacePairs", "getFlops"], [AllTypesMatch<["a", "x", "y"]>]> {
  let summary = "a linear recurrence along a dimension";
  let doc = [{Each element is `x + a * previous`, the first one `x`; with `reverse` from the last element to the first. The
derivatives of cumulative products and log-sums of exponentials are recurrences, which divide by nothing.}];
  let arguments = (ins Ag_FloatTensor:$a, Ag_FloatTensor:$x, I64Attr:$dim, BoolAttr:$reverse);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$a `,` $x `dim` $dim `reverse` $reverse attr-dict `:` type($y)";
  let vjp = ["recurrenceBackA(d, a, y, *this)", "recurrenceBackX(d, a, *this)"];
  let jvp = Ag_JvpCustom;
  let hasVerifier = 1;
}
#endif
