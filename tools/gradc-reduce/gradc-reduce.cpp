// gradc-reduce.cpp - makes MLIR that shows a fault small: mlir-reduce with gradc's dialects.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   gradc-reduce FILE.mlir --reduction-tree='traversal-mode=0 test=SCRIPT'
//
// SCRIPT gets a file name and exits with 1 where the file still shows the fault, with 0 where it
// does not (docs/debugging.md).
#include "gradc/Pipeline/Pipeline.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  gradc::registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  return failed(mlir::mlirReduceMain(argc, argv, context));
}
