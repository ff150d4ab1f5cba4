// Passes.td - the passes of the last stage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_LINK_PASSES_TD
#define GRADC_TARGET_LINK_PASSES_TD

include "mlir/Pass/PassBase.td"

def StackArenaPass : Pass<"sched-stack-arena", "::mlir::func::FuncOp"> {
  let summary = "small arenas become stack slots";
  let description = [{
    Each view of the function's arena becomes a slot of its own, so that LLVM can keep it in registers. The argument
    stays, unused.
  }];
  let options = [Option<"limit", "limit", "int64_t", "16384", "the most bytes of all slots together">];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def SealFunctionsPass : Pass<"sched-seal-functions", "::mlir::ModuleOp"> {
  let summary = "scheduled functions become internal functions of bare pointers";
  let description = [{
    Public functions are renamed to their body symbols; their arguments get what the ABI promises (no aliasing, alignment,
    size). A function that draws gets the random generator as a last argument. Variables are dropped: their place is known.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ExitLoopsPass : Pass<"ag-exit-loops", "::mlir::func::FuncOp"> {
  let summary = "loops that a condition ends become scf.while";
  let description = [{
    Up to here a while is an scf.for to its bound with `ag.continue_if` in it; the turns after the last one do nothing.
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect"];
}

def SchedToLLVMPass : Pass<"sched-to-llvm", "::mlir::ModuleOp"> {
  let summary = "host calls and what else is left becomes the LLVM dialect";
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif
