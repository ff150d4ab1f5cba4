// Commands.h - what the command line asks for, and the commands.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TOOLS_GRADC_COMMANDS_H
#define GRADC_TOOLS_GRADC_COMMANDS_H

#include "gradc/Pipeline/Pipeline.h"
#include <functional>
#include <string>
#include <vector>

namespace gradc {

struct Request {
  std::string input;
  std::string output; // empty: chosen by the kind
  std::string emit = "exe";
  std::string stopAfter, from;
  std::string target; // empty: as `device` says
  std::string device; // empty: as `target` says; both: as the program does
  bool time = false;
  CompileOptions compile;
  std::vector<std::string> programArguments; // run
  std::string runtimeArchive;                // libgradc_rt.a
  std::string self;                          // gradc's own binary
};

// Each returns the exit code.
int runBuild(Request request);
int runRun(Request request);
int runCheck(Request request);
int runInfo(Request request, bool json);
int runExplain(Request request, const std::string &name);
int runOps(bool schema, bool aten);
/// Draws the log of a training as SVG.
int runPlot(const std::string &input, const std::string &output, bool isLog);

/// "gradc: error: ..." on standard error; returns `outcome` as an exit code.
int report(const llvm::Twine &text, Outcome outcome);

/// Runs `body` with what gradc promises of every command: diagnostics as `file:line:col: error:
/// ...`, a stack that deep programs fit in, and exit code 3 with a reproducer where gradc itself
/// fails.
int guarded(const Request &request, llvm::function_ref<Outcome(Compiler &, const Request &)> body);

/// Checks the options and fills those that follow from others (the program's name, the stage).
Outcome complete(Request &request);
/// The last stage that --emit or --stop-after needs.
Outcome compileTo(Compiler &compiler, const Request &request, Stage last);
/// Compiles and writes an executable.
Outcome buildExecutable(Compiler &compiler, const Request &request, llvm::StringRef output);

} // namespace gradc

#endif
