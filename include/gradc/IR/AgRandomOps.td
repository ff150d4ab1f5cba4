// AgRandomOps.td - randomness and the mode inside of differentiated code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_AGRANDOMOPS_TD
#define GRADC_IR_AGRANDOMOPS_TD

include "gradc/IR/AgBase.td"

def Ag_Counter : TensorRankOf<[I64], [0]>,
                 BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI64Type())">;

def Ag_PhiloxOp : Ag_ValueOp<"philox"> {
  let summary = "uniform numbers of [0, 1) from a seed and a counter";
  let doc = [{`%0 = ag.philox %seed, %counter : tensor<2x3xf32>`. Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy
as 1, 2, 3", 2011) with the seed as key. The counter of the element with row-major index i has i in its lower 64 bits and
`counter` in its upper ones; the number is 2^-24 times the upper 24 bits of the first of the four words.}];
  let arguments = (ins Ag_Counter:$seed, Ag_Counter:$counter);
  let results = (outs RankedTensorOf<[F32]>:$y);
  let assemblyFormat = "$seed `,` $counter attr-dict `:` type($y)";
}
def Ag_DrawOp : Ag_Statement<"draw", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "uniform numbers of [0, 1) that each run draws anew";
  let doc = [{The numbers of `ag.philox` for the program's seed and counter, which then grows by one. `ag-expand-draws` makes both
variables, so that a loop draws anew in each iteration and a checkpoint holds where the stream is.}];
  let results = (outs RankedTensorOf<[F32]>:$y);
  let assemblyFormat = "attr-dict `:` type($y)";
}
def Ag_TrainingOp : Ag_ValueOp<"training"> {
  let summary = "whether the program trains, a bool";
  let doc = "False in a model's `predict` and in functions that say so, true elsewhere; `ag-resolve-mode` replaces it.";
  let arguments = (ins);
  let results = (outs TensorOf<[I1]>:$y);
  let assemblyFormat = "attr-dict `:` type($y)";
}

#endif
