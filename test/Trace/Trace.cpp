// Trace.cpp - what the tests of the trace API share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"
#include <regex>

namespace gradc {

std::string nodesOf(const std::function<void()> &program, const JsonOptions &options) {
  std::string text = trace_json(program, options);
  text = text.substr(text.find('\n') + 1);
  text = std::regex_replace(text, std::regex(", \"loc\": \\{[^}]*\\}"), "");
  text = std::regex_replace(text, std::regex("(^|\n) +"), "$1");
  return text.substr(0, text.rfind("]}"));
}

std::string typeOf(const std::function<Tensor()> &make) {
  static const char *const names[] = {"f32", "f64",  "i64", "i32", "bool",
                                      "f16", "bf16", "i16", "i8",  "u8"};
  std::string text;
  try {
    trace_json([&] {
      Tensor made = make();
      for (int64_t size : made.sizes())
        text += (text.empty() ? "" : ",") + std::to_string(size);
      text = names[static_cast<int>(made.dtype())] + ("[" + text + "]");
    });
  } catch (const Error &error) {
    return error.text;
  }
  return text;
}

std::string errorOf(const std::function<void()> &program) {
  try {
    trace_json(program);
  } catch (const Error &error) {
    return error.text;
  }
  return "no error";
}

int errorLineOf(const std::function<void()> &program) {
  try {
    trace_json(program);
  } catch (const Error &error) {
    return error.where.line;
  }
  return 0;
}

} // namespace gradc
