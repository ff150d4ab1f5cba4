// gradc-interp.cpp - runs functions in the interpreter, or checks derivatives against references.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   gradc-interp --check FILE.json...     exit status 1 when a case fails
//   gradc-interp FILE.mlir [FUNCTION]     runs a function without arguments (default: main), prints
//                                         what it prints, then its results, one line each
#include "Check.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace gradc;

static int runFunction(MLIRContext &context, StringRef path, StringRef name) {
  auto module = parseSourceFile<ModuleOp>(path, &context);
  if (!module)
    return 1;
  auto function = module->lookupSymbol<func::FuncOp>(name);
  if (!function) {
    llvm::errs() << path << ": error: expected a function named '" << name << "'\n";
    return 1;
  }
  test::Interpreter interpreter(*module, llvm::outs());
  auto results = interpreter.call(function, {});
  if (failed(results))
    return 1;
  for (const test::Datum &d : *results) {
    for (test::Number n : d.data)
      if (d.isFloat())
        llvm::outs() << llvm::format("%.17g ", n.f);
      else
        llvm::outs() << n.i << ' ';
    llvm::outs() << '\n';
  }
  return 0;
}

int main(int argc, char **argv) {
  DialectRegistry registry;
  registry.insert<ag::AgDialect, func::FuncDialect, arith::ArithDialect, math::MathDialect,
                  tensor::TensorDialect, scf::SCFDialect, linalg::LinalgDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  SmallVector<StringRef> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    llvm::errs() << "usage: gradc-interp --check FILE.json... | FILE.mlir [FUNCTION]\n";
    return 2;
  }
  if (arguments.front() != "--check")
    return runFunction(context, arguments[0], arguments.size() > 1 ? arguments[1] : "main");
  bool good = arguments.size() > 1;
  for (StringRef path : ArrayRef<StringRef>(arguments).drop_front())
    good &= test::checkFile(context, path) == 0;
  return good ? 0 : 1;
}
