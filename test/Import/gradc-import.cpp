// gradc-import.cpp - runs the importer for the tests.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Import/Import.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

static cl::opt<std::string> input(cl::Positional, cl::init("-"));
static cl::opt<bool> emitJson("json", cl::desc("write canonical graph JSON instead of ag"));
static cl::opt<bool> locations("locations", cl::desc("print the locations of ops"));
static cl::opt<bool> splitCases("split",
                                cl::desc("read the cases between lines `// -----` apart; lines "
                                         "that begin with // are no part of them"));
static cl::opt<bool> prefixes("prefixes", cl::desc("also read every prefix of the file"));

static cl::opt<bool> quiet("quiet", cl::desc("print errors only"));
static cl::opt<bool> schema("schema", cl::desc("print the JSON Schema"));
static cl::opt<bool> listOps("ops", cl::desc("list the ops"));

static void report(mlir::Diagnostic &diagnostic) {
  auto at = diagnostic.getLocation()->findInstanceOf<mlir::FileLineColLoc>();
  if (at)
    outs() << sys::path::filename(at.getFilename().getValue()) << ":" << at.getLine() << ":"
           << at.getColumn() << ": ";
  outs() << (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error ? "error: " : "note: ")
         << diagnostic << "\n";
}

/// Imports one graph and prints it, or the error.
static bool run(mlir::MLIRContext &context, StringRef bytes, StringRef name) {
  mlir::OwningOpRef<mlir::ModuleOp> module = gradc::importGraphJson(context, bytes, name);
  if (!module)
    return false;
  if (quiet)
    return true;
  if (emitJson)
    return mlir::succeeded(gradc::exportGraphJson(*module, outs()));
  if (locations)
    module->print(outs(), mlir::OpPrintingFlags().enableDebugInfo(true, true));
  else
    module->print(outs());
  outs() << "\n";
  return true;
}

/// The case in lines [first, last) of the file, under the line numbers of the file.
static std::string caseText(ArrayRef<StringRef> lines, size_t first, size_t last) {
  std::string text(first, '\n');
  for (StringRef line : lines.slice(first, last - first))
    text += (line.starts_with("//") ? "" : line.str()) + "\n";
  return text;
}

static int runCases(mlir::MLIRContext &context, StringRef bytes, StringRef name) {
  SmallVector<StringRef> lines;
  bytes.split(lines, '\n');
  size_t first = 0;
  for (size_t i = 0; i <= lines.size(); ++i)
    if (i == lines.size() || lines[i].starts_with("// -----")) {
      std::string text = caseText(lines, first, i);
      if (!StringRef(text).trim().empty())
        run(context, text, name);
      first = i + 1;
    }
  return 0;
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  if (schema || listOps) {
    (schema ? gradc::printGraphSchema : gradc::printGraphOps)(context, outs());
    return 0;
  }
  auto buffer = MemoryBuffer::getFileOrSTDIN(input);
  if (!buffer) {
    errs() << input << ": " << buffer.getError().message() << "\n";
    return 2;
  }
  unsigned errors = 0;
  context.getDiagEngine().registerHandler([&](mlir::Diagnostic &diagnostic) {
    ++errors;
    if (!prefixes)
      report(diagnostic);
    return mlir::success();
  });
  StringRef bytes = (*buffer)->getBuffer();
  if (splitCases)
    return runCases(context, bytes, input);
  if (!prefixes)
    return run(context, bytes, input) ? 0 : 1;
  for (size_t size = 0; size < bytes.rtrim().size(); ++size) {
    unsigned before = errors;
    if (gradc::importGraphJson(context, bytes.take_front(size), input) || errors != before + 1)
      outs() << "prefix of " << size << " bytes: expected one error\n";
  }
  outs() << "tried " << bytes.size() << " prefixes\n";
  return 0;
}
