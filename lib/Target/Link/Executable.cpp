// Executable.cpp - links an executable with lld, in process, without a C compiler's files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/Link/Link.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace llvm;

/// The path of one of the C library's shared objects; empty when there is none.
static std::string findLibrary(const Triple &triple, StringRef name) {
  std::string multiarch = (triple.getArchName() + "-linux-gnu").str();
  for (const std::string &folder :
       {"/lib/" + multiarch, "/usr/lib/" + multiarch, std::string("/lib64"),
        std::string("/usr/lib64"), std::string("/lib"), std::string("/usr/lib")}) {
    std::string path = folder + "/" + name.str();
    if (sys::fs::exists(path))
      return path;
  }
  return "";
}

static StringRef dynamicLinker(const Triple &triple) {
  return triple.isAArch64() ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2";
}

static bool runLinker(ArrayRef<std::string> arguments, gradc::link::ErrorHandler error) {
  SmallVector<const char *> argv;
  for (const std::string &argument : arguments)
    argv.push_back(argument.c_str());
  std::string said;
  raw_string_ostream os(said);
  lld::Result result = lld::lldMain(argv, os, os, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode)
    error("the linker failed: " + StringRef(said).trim());
  return result.retCode == 0;
}

bool gradc::link::joinObjects(ArrayRef<SmallVector<char, 0>> objects, SmallVectorImpl<char> &out,
                              ErrorHandler error) {
  SmallVector<SmallString<128>> files;
  scope_exit remove([&] {
    for (auto &file : files)
      sys::fs::remove(file);
  });
  auto makeFile = [&]() -> StringRef {
    std::error_code code = sys::fs::createTemporaryFile("gradc", "o", files.emplace_back());
    if (code)
      error("cannot write a temporary file: " + code.message());
    return code ? "" : files.back().str();
  };
  StringRef joined = makeFile();
  std::vector<std::string> arguments{"ld.lld", "-r", "--threads=1", "-o", joined.str()};
  for (auto &object : objects) {
    StringRef file = joined.empty() ? "" : makeFile();
    if (file.empty() || !writeOutput(file, StringRef(object.data(), object.size()), error))
      return false;
    arguments.push_back(file.str());
  }
  if (!runLinker(arguments, error))
    return false;
  auto read = MemoryBuffer::getFile(joined, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!read) {
    error("cannot read '" + joined + "': " + read.getError().message());
    return false;
  }
  out.assign((*read)->getBufferStart(), (*read)->getBufferEnd());
  return true;
}

bool gradc::link::linkExecutable(const ObjectFile &object, const Triple &triple,
                                 StringRef runtimeArchive, StringRef outputPath, bool shared,
                                 ErrorHandler error) {
  SmallString<128> objectPath;
  // The folder for temporary files may be memory: an object with weights goes beside its result.
  std::error_code code = object.weights.empty()
                             ? sys::fs::createTemporaryFile("gradc", "o", objectPath)
                             : sys::fs::createUniqueFile(outputPath + ".%%%%%%.o", objectPath);
  if (code) {
    error("cannot write a temporary file: " + code.message());
    return false;
  }
  scope_exit remove([&] { sys::fs::remove(objectPath); });
  if (!writeOutput(objectPath, [&](raw_ostream &os) { object.write(os); }, error))
    return false;
  std::string libc = findLibrary(triple, "libc.so.6"), libm = findLibrary(triple, "libm.so.6");
  if (libc.empty() || libm.empty()) {
    error("cannot link an executable: there is no libc.so.6 or libm.so.6 of " + triple.str());
    return false;
  }
  // A name aside that nobody else uses; lld writes the file and sets its mode.
  SmallString<128> aside;
  int reserved;
  if (std::error_code failed = sys::fs::createUniqueFile(outputPath + ".%%%%%%", reserved, aside)) {
    error("cannot write '" + outputPath + "': " + failed.message());
    return false;
  }
  sys::Process::SafelyCloseFileDescriptor(reserved);
  scope_exit removeAside([&] { sys::fs::remove(aside); });
  std::string said;
  if (!runLinker({"ld.lld",
                  "-o",
                  aside.str().str(),
                  shared ? "-shared" : "-pie",
                  "--gc-sections",
                  "--as-needed",
                  "--hash-style=gnu",
                  "--build-id=none",
                  "--threads=1",
                  "-O1",
                  "-z",
                  "relro",
                  "-z",
                  "now",
                  "--strip-debug",
                  "--allow-shlib-undefined",
                  "-dynamic-linker",
                  dynamicLinker(triple).str(),
                  objectPath.str().str(),
                  runtimeArchive.str(),
                  libm,
                  libc},
                 [&](const Twine &text) { said = text.str(); })) {
    error("cannot write '" + outputPath + "': " + said);
    return false;
  }
  if (std::error_code failed = sys::fs::rename(aside, outputPath)) {
    error("cannot write '" + outputPath + "': " + failed.message());
    return false;
  }
  return true;
}
