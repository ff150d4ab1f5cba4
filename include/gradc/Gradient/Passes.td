// Passes.td - the passes of the Gradient stage, in their order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_GRADIENT_PASSES_TD
#define GRADC_GRADIENT_PASSES_TD

include "mlir/Pass/PassBase.td"

def MakeTrainer : Pass<"ag-make-trainer", "::mlir::ModuleOp"> {
  let summary = "writes a model's predict, forward, backward, gradient, zero_grad, step and steps";
  let description = [{
    Does nothing in a script. In a model the function `forward` is the model; the entry points are ordinary ag functions, so
    that nothing behind this pass knows its options. `gradient` = zero_grad, forward, backward without residuals; `step` = zero_grad, forward, backward, optimiser; `steps` repeats it.
  }];
  let options = [
    Option<"lossName", "loss", "std::string", "\"\"", "the output that is the loss (default: the only scalar float)">,
    Option<"grad", "grad", "std::string", "\"params\"", "none, params, inputs, all or names separated by commas">,
    Option<"optimizer", "optimizer", "std::string", "\"\"", "sgd:lr=0.01,momentum=0.9">,
    Option<"schedule", "schedule", "std::string", "\"\"", "cosine:steps=1000,warmup=50 (default: constant)">,
    Option<"clipNorm", "clip-norm", "double", "0", "scale gradients down to this norm (0: not)">,
    Option<"clipValue", "clip-value", "double", "0", "limit each gradient to this range (0: not)">,
    Option<"accumulate", "accumulate", "int64_t", "1", "forward and backward passes an update">,
  ];
  let dependentDialects = ["::gradc::ag::AgDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect"];
}

def CheckNan : Pass<"ag-check-nan", "::mlir::func::FuncOp"> {
  let summary = "expects no NaN, and no infinity made of finite numbers, of every float value";
  let description = [{
    Behind each operation two `ag.expect` name it; inputs and variables are checked where they come in. The first failure in
    program order is reported at its line. Runs on explicit gradients, so that those of backward are checked, too.
  }];
  let dependentDialects = ["::gradc::ag::AgDialect"];
}
def InlineCalls : Pass<"ag-inline-calls", "::mlir::ModuleOp"> {
  let summary = "inlines every call and removes the functions that nobody outside can see";
  let description = [{
    A function's derivative is the derivative of its inlined body. Recursion is an error.
  }];
  let dependentDialects = ["::gradc::ag::AgDialect"];
}

def ResolveMode : Pass<"ag-resolve-mode", "::mlir::func::FuncOp"> {
  let summary = "replaces ag.training and takes the branches that it decides";
  let description = [{
    A function trains unless its attribute `ag.mode` is false.
  }];
  let dependentDialects = ["::gradc::ag::AgDialect", "::mlir::arith::ArithDialect"];
}

def ExpandDraws : Pass<"ag-expand-draws", "::mlir::ModuleOp"> {
  let summary = "gives the random stream of differentiated code its two variables";
  let description = [{
    `ag.draw` becomes `ag.philox` of the state variables `random.seed` and `random.counter`, of which the latter grows by one.
    `ag.manual_seed` restarts both streams.
  }];
  let dependentDialects = ["::gradc::ag::AgDialect"];
}

def FlattenNoGrad : Pass<"ag-flatten-no-grad", "::mlir::func::FuncOp"> {
  let summary = "replaces no_grad regions by detached values";
  let description = [{
    The ops of a region stay where they are; each of their results is detached. An in-place write of a leaf that requires
    grad outside such a region is PyTorch's error.
  }];
  let dependentDialects = ["::gradc::ag::AgDialect"];
}

def PromoteVariables : Pass<"ag-promote-variables", "::mlir::func::FuncOp"> {
  let summary = "turns reads and writes of variables into SSA values, iter_args and results";
  let description = [{
    One `ag.get` at the entry and one `ag.set` at the exit of the function remain for each variable whose old or new content
    matters. Reads of variables that require grad become `ag.leaf`; a write leaves `ag.modified` on the leaves it overwrote.
  }];
  let dependentDialects = ["::gradc::ag::AgDialect", "::mlir::scf::SCFDialect"];
}

def Differentiate : Pass<"ag-differentiate", "::mlir::ModuleOp"> {
  let summary = "expands backward, gradient and the statements on .grad in program order";
  let description = [{
    Reverse mode over SSA, scf.for (residuals stacked per iteration) and scf.if. PyTorch's rules are checked here: freed graphs,
    saved values modified in place, None gradients.
  }];
  let dependentDialects = ["::gradc::ag::AgDialect", "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def StripAutograd : Pass<"ag-strip-autograd", "::mlir::func::FuncOp"> {
  let summary = "removes what only differentiation needs: leaf, detach, modified, to_host";
  let dependentDialects = ["::gradc::ag::AgDialect"];
}

def RollLoops : Pass<"ag-roll-loops", "::mlir::func::FuncOp"> {
  let summary = "makes loops of ops that repeat, as an export of a loop over time steps has them";
  let description = [{
    Value ops that stand in a row at least 16 times, 128 in all, each turn reading values of its own, of the turn before, or
    the same ones from outside, become an `scf.for`; behind it only the last turn's values may be read.
  }];
  let statistics = [Statistic<"loops", "loops", "loops made">];
  let dependentDialects = ["::gradc::ag::AgDialect", "::mlir::scf::SCFDialect", "::mlir::arith::ArithDialect"];
}

def SlotIndices : Pass<"ag-slot-indices", "::mlir::func::FuncOp"> {
  let summary = "turns gathers and scatters at a loop's index into slices of one turn each";
  let description = [{
    An `ag.gather`, or an `ag.scatter` that sets, of one slice along the first dim, at an index that is linear in a loop's own and
    in range whatever the turn, becomes a `tensor.extract_slice` or `insert_slice`. What such loops expect of the index is known to
    hold and goes. Differentiation keeps slices apart: the cotangent of the whole tensor is filled, not added up, turn by turn.
  }];
  let statistics = [Statistic<"slices", "slices", "gathers and scatters replaced">];
  let dependentDialects = ["::gradc::ag::AgDialect", "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def HoistSums : Pass<"ag-hoist-sums", "::mlir::func::FuncOp"> {
  let summary = "contracts once behind a loop what each of its turns contracts and adds up";
  let description = [{
    A loop that carries a sum of contractions, or of reductions, of values of which it keeps all turns in a stack anyway (the gradient of
    a recurrent layer's weight) leaves it to one contraction of the stacks, over the turns as well. Where a stack is lacking it is
    made if it is no larger than those that there are, and filling it costs less than adding to the sum.
  }];
  let statistics = [Statistic<"sums", "sums", "sums taken out of loops">];
  let dependentDialects = ["::gradc::ag::AgDialect", "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def JoinPads : Pass<"ag-join-pads", "::mlir::func::FuncOp"> {
  let summary = "turns sums of zero-padded values that meet along a dim into concatenations";
  let dependentDialects = ["::gradc::ag::AgDialect"];
}

def SplitFunctions : Pass<"ag-split-functions", "::mlir::ModuleOp"> {
  let summary = "cuts functions at ag.split; values that cross become residual variables";
  let dependentDialects = ["::gradc::ag::AgDialect"];
}

#endif
