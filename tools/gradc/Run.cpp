// Run.cpp - gradc run: builds into a cache that is keyed by content, then becomes the program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Commands.h"
#include "gradc/Target/Link/Link.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include "llvm/TargetParser/Host.h"
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using namespace gradc;
using llvm::StringRef;

static std::string hashOfFile(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  return buffer ? llvm::utohexstr(llvm::xxh3_64bits((*buffer)->getBuffer())) : "none";
}

/// What an executable depends on: the input, the options, gradc itself and the machine.
static std::string cacheKey(const Request &request, StringRef input) {
  const CompileOptions &options = request.compile;
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "1\n"
     << options.name << '\n'
     << options.march << '\n'
     << options.triple << '\n'
     << options.optLevel << '\n'
     << options.checkNan << options.profile << '\n'
     << int(options.device) << ' ' << options.gpuArch << '\n'
     << options.grad << '\n'
     << options.loss << '\n'
     << options.optimizer << '\n'
     << options.schedule << '\n'
     << options.clipNorm << ' ' << options.clipValue << ' ' << options.accumulate << '\n'
     << request.from << '\n'
     << options.pt2.trustDecomposed << '\n';
  for (const auto &[name, size] : options.pt2.sizes)
    os << name << '=' << size.least.value_or(-1) << ".." << size.most.value_or(-1) << '\n';
  os << hashOfFile(request.self) << '\n'
     << hashOfFile(request.runtimeArchive) << '\n'
     << llvm::sys::getHostCPUName() << '\n'
     << request.input << '\n' // messages at run time name it
     << input;
  auto hash = llvm::xxh3_128bits(
      llvm::ArrayRef(reinterpret_cast<const uint8_t *>(text.data()), text.size()));
  return llvm::utohexstr(hash.high64, /*LowerCase=*/true, 16) +
         llvm::utohexstr(hash.low64, /*LowerCase=*/true, 16);
}

/// $XDG_CACHE_HOME/gradc or ~/.cache/gradc, made if need be; empty when that does not work.
static std::string cacheFolder() {
  llvm::SmallString<128> folder;
  const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  if (cache && *cache == '/')
    folder = cache;
  else if (home && *home == '/')
    llvm::sys::path::append(folder, home, ".cache");
  else
    return "";
  llvm::sys::path::append(folder, "gradc");
  if (llvm::sys::fs::create_directories(folder) ||
      llvm::sys::fs::access(folder, llvm::sys::fs::AccessMode::Write))
    return "";
  return folder.str().str();
}

/// Becomes the program; returns only when that fails.
static int become(const Request &request, int file, StringRef path) {
  std::string name = request.input == "-" ? "program" : llvm::sys::path::stem(request.input).str();
  std::vector<char *> argv{name.data()};
  std::vector<std::string> arguments = request.programArguments;
  for (std::string &argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  fexecve(file, argv.data(), environ);
  return report("cannot run '" + path + "': " + strerror(errno), Outcome::InputError);
}

static int open(const std::string &path) { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }

/// A program that is to run on a GPU needs code for it.
static void takeDevice(Request &request) {
  const std::vector<std::string> &arguments = request.programArguments;
  for (size_t i = 0; i < arguments.size(); ++i) {
    StringRef value = arguments[i];
    if (value == "--device" && i + 1 < arguments.size())
      value = arguments[i + 1];
    else if (!value.consume_front("--device="))
      continue;
    // Every program has code for the CPU.
    request.device = value.starts_with("cuda") ? "cuda" : value == "auto" ? "auto" : "";
  }
}

int gradc::runRun(Request request) {
  takeDevice(request);
  Outcome outcome = complete(request);
  if (outcome != Outcome::Done)
    return int(outcome);
  auto input = Compiler::read(request.input);
  if (!input)
    return report("cannot read '" + request.input + "': " + input.getError().message(),
                  Outcome::InputError);
  std::shared_ptr<llvm::MemoryBuffer> file = std::move(*input);
  StringRef bytes = file->getBuffer();
  // A program that reads files is built anew: the key does not know what they hold.
  std::string folder = bytes.contains("\"load\"") ? "" : cacheFolder();
  std::string cached = folder.empty() ? "" : folder + "/" + cacheKey(request, bytes);
  if (!cached.empty())
    if (int file = open(cached); file >= 0) {
      become(request, file, cached);
      close(file); // a broken entry is made anew
    }

  llvm::SmallString<128> temporary;
  if (cached.empty() && llvm::sys::fs::createTemporaryFile("gradc-run", "", temporary))
    return report("cannot write a temporary file", Outcome::InputError);
  std::string path = cached.empty() ? temporary.str().str() : cached;
  int code = guarded(request, [&](Compiler &compiler, const Request &) {
    Outcome outcome = compiler.load(file, request.input);
    if (outcome == Outcome::Done)
      outcome = compiler.runThrough(Stage::Link);
    return outcome == Outcome::Done ? compiler.link(request.runtimeArchive, path) : outcome;
  });
  int made = code ? -1 : open(path);
  if (cached.empty())
    llvm::sys::fs::remove(path);
  if (code)
    return code;
  if (made < 0)
    return report("cannot run '" + path + "': " + strerror(errno), Outcome::InputError);
  return become(request, made, path);
}
