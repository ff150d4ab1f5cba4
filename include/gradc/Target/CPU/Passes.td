// Passes.td - the passes that make vector code for CPUs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_CPU_PASSES_TD
#define GRADC_TARGET_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmitKernelsPass : Pass<"cpu-emit-kernels", "::mlir::ModuleOp"> {
  let summary = "turns every kernel into a function of vector code and every launch into a call";
  let description = [{
    A `sched.kernel` becomes an internal function of bare pointers (arguments, then results) and the kernel's scalars; a
    `sched.launch` on contiguous memrefs becomes a call. What is left is func, scf, arith, vector, llvm and those math ops
    that are instructions (sqrt, absf, fma, floor, ceil, copysign, roundeven). Results do not depend on the vector width.

    Kernels that take long enough share their work among the threads of a team (runtime/gradc_abi.h): functions that launch
    one get an argument `sched.team`, and the module says in `sched.thread_scratch` how much memory a thread needs.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "0", "width of a vector register in bits; 0: that of the host">,
    Option<"registers", "registers", "unsigned", "0", "number of vector registers; 0: that of the host">,
    Option<"masks", "masks", "bool", "false", "loads and stores of part of a vector are one instruction">,
    Option<"scales", "scales", "bool", "false", "the target has AVX-512's scalef">,
    Option<"shareFrom", "share-from", "double", "20000", "estimated nanoseconds from which on a kernel shares its work">,
    Option<"printPlan", "print-plan", "bool", "false", "print each kernel's plan to standard error">
  ];
  let statistics = [
    Statistic<"kernels", "kernels", "kernels emitted">,
    Statistic<"sharing", "sharing", "kernels that share their work among threads">,
    Statistic<"inlined", "inlined", "kernels small enough to be always inlined">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif
