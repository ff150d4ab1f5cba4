// Passes.td - the passes of the Schedule stage, in the order in which they run.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_SCHEDULE_PASSES_TD
#define GRADC_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def BindBuffersPass : Pass<"sched-bind-buffers", "::mlir::ModuleOp"> {
  let summary = "turns arguments, results and variables of functions into memref arguments";
  let description = [{
    No function boundary is left to bufferization. An argument becomes a read-only buffer, a variable a
    buffer that may be written only if the function sets it (else bufferization would use it as
    a scratch pad), and the exit one `sched.commit`: a parallel copy of all new values. Arguments carry
    `sched.input`, `sched.variable` or `sched.output`; names come from `ag.name`, or are in0, out0 and so on.
    A tensor constant that is not a splat becomes a variable that nobody sets.
  }];
  let dependentDialects = ["::gradc::ag::AgDialect", "::mlir::bufferization::BufferizationDialect",
                           "::gradc::sched::SchedDialect"];
}

def FoldMovementPass : Pass<"sched-fold-movement", "::mlir::func::FuncOp"> {
  let summary = "reads through broadcasts, transposes and unit dims instead of storing them";
  let description = [{
    A linalg.generic that only moves elements is composed into the indexing maps of its consumers, and so is a
    reshape that only adds or drops dims of size 1. Numbers (a loop's index) are read as numbers, and what is
    computed from numbers alone stays arithmetic. Named linalg ops become generic, splat constants
    fills, and an elementwise op gets a destination of its own, so that later passes see few forms.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FormKernelsPass : Pass<"sched-form-kernels", "::mlir::ModuleOp"> {
  let summary = "outlines groups of linalg ops into sched.kernel and sched.launch";
  let description = [{
    Groups grow along producer-consumer edges (a contraction takes its epilogue, a reduction its elementwise
    producers and consumers) and between siblings that read the same values in the same loops, as long as
    the group is one kernel to the emitters. Constants and fills are copied into every kernel that wants them;
    a fill that escapes is made anew before each use. Kernels with equal bodies are one kernel.
    Host ops become sched.host.
  }];
  let dependentDialects = ["::gradc::sched::SchedDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [Statistic<"kernels", "kernels", "kernels made">,
                    Statistic<"shared", "shared", "launches that reuse a kernel">];
}

def OrderLaunchesPass : Pass<"sched-order-launches", "::mlir::func::FuncOp"> {
  let summary = "updates run as soon as what they read is there";
  let description = [{
    A launch whose results only replace variables, outputs or what a loop carries moves up to the last of what it
    reads, but stays behind those that read what it writes in place. What a backward pass computes for an update is
    then in the cache, and its buffer is free for the next layer.
  }];
  let statistics = [Statistic<"moved", "moved", "launches that run earlier">];
}

def ChooseDestinationsPass : Pass<"sched-choose-destinations", "::mlir::func::FuncOp"> {
  let summary = "computes results where they end, else over a dying operand";
  let description = [{
    A result is followed through slices, reshapes, yields and commits to its final buffer, which becomes the
    launch's destination if nobody reads the old content later. Every choice is a hint: where one is wrong,
    bufferization adds a buffer.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::tensor::TensorDialect"];
  let options = [Option<"randomHints", "random-hints", "uint64_t", "0",
                        "choose any visible tensor, by this seed: shows in tests that hints are safe">];
  let statistics = [Statistic<"atEnd", "at-end", "results computed where they end">,
                    Statistic<"overOperand", "over-operand", "results computed over a dying operand">];
}

def BufferizeLaunchesPass : Pass<"sched-bufferize-launches", "::mlir::func::FuncOp"> {
  let summary = "One-Shot Bufferize of a function around its kernels";
  let description = [{
    Kernel bodies stay tensor SSA. A launch takes contiguous memrefs only: an operand that is a strided view
    is copied to or from a contiguous buffer.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::memref::MemRefDialect"];
}

def CarryInPlacePass : Pass<"sched-carry-in-place", "::mlir::func::FuncOp"> {
  let summary = "lets loops carry buffers unchanged";
  let description = [{
    What a loop yields is committed to the buffer of its iter_arg, which is then yielded: the buffers of a
    loop are fixed before it starts.
  }];
  let dependentDialects = ["::gradc::sched::SchedDialect"];
}

def ExpandCommitsPass : Pass<"sched-expand-commits", "::mlir::func::FuncOp"> {
  let summary = "orders the copies of each commit; a cycle takes one temporary";
  let description = [{
    Copies between strided views become loops of loads and stores: Target sees contiguous ones only.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::arith::ArithDialect"];
}

def ForwardCopiesPass : Pass<"sched-forward-copies", "::mlir::func::FuncOp"> {
  let summary = "computes where a copy would take the result";
  let description = [{
    A buffer that a block makes and copies elsewhere becomes that place, if nobody touches the place between the first and
    the last use of the buffer: the parts of a concatenation are computed side by side, and all of it in its slot of a stack.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
  let statistics = [Statistic<"forwarded", "forwarded", "copies that went">];
}

def PlanMemoryPass : Pass<"sched-plan-memory", "::mlir::func::FuncOp"> {
  let summary = "places every buffer in one arena";
  let description = [{
    A buffer lives from its first to its last use, through all aliases, widened to every loop that holds a use
    but not the buffer; the branches of an scf.if share memory. The largest goes first, at the lowest free offset.
    The function gets an argument with `sched.arena` and the attributes `sched.arena_bytes` and
    `sched.copies` (how many memref.copy are left).
  }];
  let options = [Option<"alignment", "alignment", "int64_t", "64", "alignment of every buffer in bytes">];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

def ProfileLaunchesPass : Pass<"sched-profile-launches", "::mlir::ModuleOp"> {
  let summary = "has every launch and copy timed by the runtime";
  let description = [{
    Each stands between `sched.host "profile_begin"` and `sched.host "profile_end"`; the latter has the kernel's name and
    kind, its float operations and the bytes of its buffers, and the place in the source. Runs last, and only when asked for.
  }];
  let dependentDialects = ["::gradc::sched::SchedDialect"];
}

#endif
