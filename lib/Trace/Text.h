// Text.h - JSON text of numbers, strings and lists.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TRACE_TEXT_H
#define GRADC_LIB_TRACE_TEXT_H

#include "gradc/Trace/Types.h"

namespace gradc::detail {

/// All digits, so that reading it gives the same number; "inf", "-inf" and "nan" in quotes.
std::string numberText(const Number &number, Location where);
/// The same as an operand of a node.
std::string operandText(const Number &number, Location where);
std::string quoted(const std::string &text);
std::string listText(const Shape &list);
std::string boolText(bool value);

} // namespace gradc::detail

#endif // GRADC_LIB_TRACE_TEXT_H
