// Ops.cpp - gradc ops: the table of what graphs may contain.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Commands.h"
#include "gradc/Import/Import.h"
#include "llvm/Support/raw_ostream.h"

using namespace gradc;

int gradc::runOps(bool schema, bool aten) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  if (schema)
    printGraphSchema(context, llvm::outs());
  else if (aten)
    printAtenOps(context, llvm::outs());
  else
    printGraphOps(context, llvm::outs());
  llvm::outs().flush();
  return llvm::outs().has_error() ? int(Outcome::InputError) : int(Outcome::Done);
}
