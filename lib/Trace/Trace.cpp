// Trace.cpp - the main function of a traced program: command line, tracing, output file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "Json.h"
#include <cstdio>
#include <cstring>

namespace gradc {

std::string trace_json(const std::function<void()> &program, const JsonOptions &options) {
  detail::Context context;
  program();
  if (context.current != context.main.get())
    detail::fail(Location::here(), "a NoGradGuard outlives the traced program");
  return detail::writeJson(context, options);
}

namespace {
struct CommandLine {
  const char *output = nullptr;
  JsonOptions json;
  bool help = false;
};
} // namespace

static void printUsage(std::FILE *file, const char *program) {
  std::fprintf(file,
               "usage: %s [-o FILE] [--types] [--columns]\n"
               "Traces the program and writes its graph JSON.\n"
               "  -o FILE    write to FILE instead of the standard output\n"
               "  --types    write the type of every tensor, for the reader to verify\n"
               "  --columns  write the columns of source locations\n",
               program);
}

static bool parse(int argc, const char *const *argv, CommandLine &line) {
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--types"))
      line.json.types = true;
    else if (!std::strcmp(argv[i], "--columns"))
      line.json.columns = true;
    else if (!std::strcmp(argv[i], "--help"))
      line.help = true;
    else if (!std::strcmp(argv[i], "-o") && i + 1 < argc)
      line.output = argv[++i];
    else
      return false;
  }
  return true;
}

static bool writeAll(std::FILE *file, const std::string &text) {
  return std::fwrite(text.data(), 1, text.size(), file) == text.size() && !std::fflush(file);
}

// Writes beside the file and renames, so that no partial file is left.
static bool writeFile(const std::string &path, const std::string &text) {
  std::string temporary = path + ".tmp";
  std::FILE *file = std::fopen(temporary.c_str(), "wb");
  if (!file)
    return false;
  bool ok = writeAll(file, text);
  ok &= !std::fclose(file);
  ok = ok && !std::rename(temporary.c_str(), path.c_str());
  if (!ok)
    std::remove(temporary.c_str());
  return ok;
}

int trace(int argc, const char *const *argv, const std::function<void()> &program) {
  const char *name = argc > 0 ? argv[0] : "program";
  CommandLine line;
  if (!parse(argc, argv, line)) {
    printUsage(stderr, name);
    return 2;
  }
  if (line.help) {
    printUsage(stdout, name);
    return 0;
  }
  std::string text;
  try {
    text = trace_json(program, line.json);
  } catch (const Error &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  bool ok = line.output ? writeFile(line.output, text) : writeAll(stdout, text);
  if (!ok)
    std::fprintf(stderr, "%s: error: cannot write %s\n", name,
                 line.output ? line.output : "the standard output");
  return ok ? 0 : 1;
}

} // namespace gradc
