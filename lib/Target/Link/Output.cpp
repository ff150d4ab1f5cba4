// Output.cpp - writes output files whole or not at all.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/Link/Link.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

/// Special files (/dev/null, a pipe) cannot be renamed onto.
static bool isSpecial(StringRef path) {
  sys::fs::file_status status;
  return !sys::fs::status(path, status) && sys::fs::exists(status) &&
         status.type() != sys::fs::file_type::regular_file &&
         status.type() != sys::fs::file_type::directory_file;
}

static bool writeInPlace(StringRef path, function_ref<void(raw_ostream &)> write,
                         gradc::link::ErrorHandler error) {
  std::error_code code;
  raw_fd_ostream os(path, code);
  if (!code) {
    write(os);
    os.flush();
    code = os.error();
    os.clear_error();
  }
  if (code)
    error("cannot write '" + path + "': " + code.message());
  return !code;
}

bool gradc::link::writeOutput(StringRef path, StringRef content, ErrorHandler error) {
  return writeOutput(path, [&](raw_ostream &os) { os << content; }, error);
}

bool gradc::link::writeOutput(StringRef path, function_ref<void(raw_ostream &)> write,
                              ErrorHandler error) {
  if (path == "-" || isSpecial(path))
    return writeInPlace(path, write, error);
  auto aside = sys::fs::TempFile::create(path + ".%%%%%%", sys::fs::all_read | sys::fs::all_write);
  if (!aside) {
    error("cannot write '" + path + "': " + toString(aside.takeError()));
    return false;
  }
  std::error_code code;
  {
    raw_fd_ostream os(aside->FD, /*shouldClose=*/false);
    write(os);
    os.flush();
    code = os.error();
    os.clear_error();
  }
  Error failed = code ? errorCodeToError(code) : aside->keep(path);
  if (!failed)
    return true;
  error("cannot write '" + path + "': " + toString(std::move(failed)));
  consumeError(aside->discard());
  return false;
}
