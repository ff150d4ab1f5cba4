// AgDialect.td - everything of the ag dialect, for mlir-tblgen.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "gradc/IR/AgBase.td"
include "gradc/IR/AgOps.td"
include "gradc/IR/AgStructuredOps.td"
include "gradc/IR/AgKernelOps.td"
include "gradc/IR/AgRandomOps.td"
include "gradc/IR/AgMathOps.td"
include "gradc/IR/AgStateOps.td"
include "gradc/IR/AgLoopOps.td"
