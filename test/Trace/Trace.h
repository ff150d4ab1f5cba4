// Trace.h - what the tests of the trace API share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_TRACE_TRACE_H
#define GRADC_TEST_TRACE_TRACE_H

#include "gradc/Trace/gradc.h"
#include <gtest/gtest.h>

namespace gradc {

/// The nodes of the program's JSON, one a line, without indentation, locations and closing
/// brackets.
std::string nodesOf(const std::function<void()> &program, const JsonOptions &options = {});

/// "f32[2,3]" of a tensor; the text of the error after "error: " when `make` fails.
std::string typeOf(const std::function<Tensor()> &make);

/// The text of the error of the program, or "no error".
std::string errorOf(const std::function<void()> &program);

/// The line of the error of the program, or 0.
int errorLineOf(const std::function<void()> &program);

} // namespace gradc

/// The type of the tensor that the expression makes, or its error.
#define TYPE(...) ::gradc::typeOf([&]() -> ::gradc::Tensor { return __VA_ARGS__; })
/// The error of the statements.
#define ERROR(...) ::gradc::errorOf([&] { __VA_ARGS__; })

#endif // GRADC_TEST_TRACE_TRACE_H
