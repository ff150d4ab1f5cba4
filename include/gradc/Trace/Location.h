// Location.h - the line of the user's program that a node of the trace comes from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_LOCATION_H
#define GRADC_TRACE_LOCATION_H

// g++ 12 has no __builtin_COLUMN: a column of 0 means "unknown".
#if defined(__has_builtin)
#if __has_builtin(__builtin_COLUMN)
#define GRADC_TRACE_COLUMN __builtin_COLUMN()
#endif
#endif
#ifndef GRADC_TRACE_COLUMN
#define GRADC_TRACE_COLUMN 0
#endif

namespace gradc {

/// A place in the user's program. As a default argument, `Location::here()` is the line of the
/// call.
struct Location {
  const char *file = "";
  int line = 0;
  int column = 0;

  static constexpr Location here(const char *file = __builtin_FILE(), int line = __builtin_LINE(),
                                 int column = GRADC_TRACE_COLUMN) {
    return {file, line, column};
  }
};

} // namespace gradc

#endif // GRADC_TRACE_LOCATION_H
