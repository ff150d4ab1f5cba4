// Json.h - writes the recorded program as graph JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TRACE_JSON_H
#define GRADC_LIB_TRACE_JSON_H

#include "Graph.h"

namespace gradc::detail {

/// Names the values of the program and returns its text.
std::string writeJson(const Context &context, const JsonOptions &options);

} // namespace gradc::detail

#endif // GRADC_LIB_TRACE_JSON_H
