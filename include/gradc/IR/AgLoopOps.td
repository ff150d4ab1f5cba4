// AgLoopOps.td - statements of loops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_AGLOOPOPS_TD
#define GRADC_IR_AGLOOPOPS_TD

include "gradc/IR/AgBase.td"

def Ag_ContinueIfOp : Ag_Statement<"continue_if", [MemoryEffects<[MemWrite]>, HasParent<"::mlir::scf::ForOp">]> {
  let summary = "the loop around ends after this turn unless the condition holds";
  let doc = [{A `while` is an scf.for up to its bound with this statement in its body. It only saves time: all that the turns
after the last one would do stands under branches that are not taken then. Link makes an scf.while of it.}];
  let arguments = (ins I1:$condition);
  let assemblyFormat = "$condition attr-dict";
}

#endif
