// Diagnostics.cpp - how gradc speaks of errors, its own failures included.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mlir/IR/Diagnostics.h"
#include "Commands.h"
#include "gradc/Target/Link/Link.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <unistd.h>

using namespace gradc;

/// Programs may nest deeply and basic blocks be long; LLVM recurses over both.
static constexpr unsigned kStackBytes = 256u << 20;

int gradc::report(const llvm::Twine &text, Outcome outcome) {
  llvm::errs() << "gradc: error: " << text << "\n";
  return int(outcome);
}

/// The place that a user knows: the innermost file position of a location.
static std::optional<mlir::FileLineColLoc> findPosition(mlir::Location loc) {
  std::optional<mlir::FileLineColLoc> found;
  loc->walk([&](mlir::Location part) {
    if (auto position = llvm::dyn_cast<mlir::FileLineColLoc>(part)) {
      found = position;
      return mlir::WalkResult::interrupt();
    }
    return mlir::WalkResult::advance();
  });
  return found;
}

static void print(mlir::Location loc, llvm::StringRef severity, const std::string &text,
                  llvm::StringRef input) {
  llvm::raw_ostream &os = llvm::errs();
  if (auto position = findPosition(loc)) {
    os << position->getFilename().getValue();
    // Line 0 stands for the whole file.
    if (position->getLine())
      os << ":" << position->getLine();
    // A traced program knows its lines only.
    if (position->getLine() && position->getColumn())
      os << ":" << position->getColumn();
  } else {
    os << (input.empty() ? "gradc" : input);
  }
  os << ": " << severity << ": " << text << "\n";
}

static llvm::StringRef nameOf(mlir::DiagnosticSeverity severity) {
  switch (severity) {
  case mlir::DiagnosticSeverity::Error:
    return "error";
  case mlir::DiagnosticSeverity::Warning:
    return "warning";
  case mlir::DiagnosticSeverity::Note:
    return "note";
  case mlir::DiagnosticSeverity::Remark:
    return "remark";
  }
  return "error";
}

namespace {
/// Prints diagnostics as they come; a fault of gradc itself is said at most once.
class Printer {
public:
  Printer(mlir::MLIRContext &context, llvm::StringRef input)
      : handler(&context, [this, input](mlir::Diagnostic &diagnostic) {
          errors += diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
          print(diagnostic.getLocation(), nameOf(diagnostic.getSeverity()), diagnostic.str(),
                input);
          for (mlir::Diagnostic &note : diagnostic.getNotes())
            // MLIR's own notes show generic ops, which say nothing to a user.
            if (!llvm::StringRef(note.str()).starts_with("see current operation"))
              print(note.getLocation(), "note", note.str(), input);
          return mlir::success();
        }) {}
  unsigned errors = 0;

private:
  mlir::ScopedDiagnosticHandler handler;
};
} // namespace

/// Writes the program as it was before the stage that failed, and says where.
static void writeReproducer(const Request &request, Stage failed) {
  CompileOptions options = request.compile;
  options.dumpDir.clear();
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "// gradc failed in stage '" << infoOf(failed).name << "'; run: gradc build this-file "
     << "--march=" << options.march << " -O" << options.optLevel
     << ", or: gradc-opt this-file --run-reproducer\n";
  llvm::CrashRecoveryContext recovery;
  bool done = false;
  recovery.RunSafelyOnThread(
      [&] {
        Compiler compiler(options);
        mlir::ScopedDiagnosticHandler silent(&compiler.context(),
                                             [](mlir::Diagnostic &) { return mlir::success(); });
        Stage before =
            failed == Stage::Link ? Stage::Schedule : Stage(std::max(int(failed) - 1, 0));
        done = compiler.load(request.input) == Outcome::Done &&
               compiler.runThrough(before) == Outcome::Done && compiler.current() < Stage::Target;
        if (done)
          compiler.printReproducer(failed, os);
      },
      kStackBytes);
  if (!done) {
    llvm::errs() << "gradc: note: the reproducer is the input itself, " << request.input << "\n";
    return;
  }
  llvm::SmallString<128> path;
  if (llvm::sys::fs::createTemporaryFile("gradc-reproducer", "mlir", path) ||
      !link::writeOutput(path, text, [](const llvm::Twine &) {}))
    return;
  llvm::errs() << "gradc: note: a reproducer was written to " << path << "\n";
}

/// LLVM's own fatal errors: said in our form, then taken back as a crash of the guarded body.
static void onFatalError(void *, const char *reason, bool) {
  llvm::errs() << "gradc: error: internal error: " << reason << "\n";
  if (auto *context = llvm::CrashRecoveryContext::GetCurrent())
    context->HandleExit(int(Outcome::Internal));
  _exit(int(Outcome::Internal));
}

int gradc::guarded(const Request &request,
                   llvm::function_ref<Outcome(Compiler &, const Request &)> body) {
  llvm::CrashRecoveryContext::Enable();
  llvm::install_fatal_error_handler(onFatalError);
  Outcome outcome = Outcome::Internal;
  Stage stage = Stage::Import;
  bool said = false;
  llvm::CrashRecoveryContext recovery;
  bool survived = recovery.RunSafelyOnThread(
      [&] {
        Compiler compiler(request.compile, &stage);
        Printer printer(compiler.context(), request.input);
        outcome = body(compiler, request);
        said = printer.errors;
        if (request.time)
          for (auto [name, milliseconds] : compiler.times())
            llvm::errs() << llvm::format("%9.2f ms  ", milliseconds) << name << "\n";
        compiler.release();
      },
      kStackBytes);
  if (!survived) {
    outcome = Outcome::Internal;
    said = recovery.RetCode == int(Outcome::Internal);
  }
  if (outcome == Outcome::Internal) {
    if (!said || survived)
      llvm::errs() << "gradc: error: internal error in stage '" << infoOf(stage).name << "'\n";
    writeReproducer(request, stage);
  }
  llvm::errs().flush();
  return int(outcome);
}
