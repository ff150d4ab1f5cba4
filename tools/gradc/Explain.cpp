// Explain.cpp - gradc explain: why a tensor has, lacks, saves or recomputes a gradient.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Gradient/Explain.h"
#include "Commands.h"

using namespace gradc;

int gradc::runExplain(Request request, const std::string &name) {
  Outcome outcome = complete(request);
  request.compile.pt2.keepOpen = false;
  if (outcome != Outcome::Done)
    return int(outcome);
  return guarded(request, [&](Compiler &compiler, const Request &request) {
    Outcome outcome = compileTo(compiler, request, Stage::Import);
    if (outcome != Outcome::Done)
      return outcome;
    std::string text;
    llvm::raw_string_ostream os(text);
    if (failed(gradient::explain(compiler.module(), name, os)))
      return Outcome::InputError;
    llvm::outs() << text;
    llvm::outs().flush();
    return Outcome::Done;
  });
}
