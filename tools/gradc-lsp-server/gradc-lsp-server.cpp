// gradc-lsp-server.cpp - the language server of MLIR, with gradc's dialects.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Pipeline/Pipeline.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  gradc::registerAllDialects(registry);
  return failed(mlir::MlirLspServerMain(argc, argv, registry));
}
