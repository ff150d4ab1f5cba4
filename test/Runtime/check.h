// check.h - counts the checks of a test program; a program that checks nothing fails.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_CHECK_H
#define GRADC_TEST_CHECK_H

#include <stdio.h>

static unsigned long check_count, check_failures;

// Reports at most 20 failures in full; `...` is a printf format that says what went wrong.
#define CHECK(condition, ...)                                                                      \
  do {                                                                                             \
    ++check_count;                                                                                 \
    if (!(condition) && ++check_failures <= 20) {                                                  \
      printf("%s:%d: %s: ", __FILE__, __LINE__, #condition);                                       \
      printf(__VA_ARGS__);                                                                         \
      putchar('\n');                                                                               \
    }                                                                                              \
  } while (0)

// The last statement of main: at least `least` checks must have been made.
static inline int check_done(unsigned long least) {
  printf("%lu checks, %lu failed\n", check_count, check_failures);
  if (check_count < least)
    printf("only %lu checks were made, at least %lu were meant\n", check_count, least);
  return check_failures || check_count < least;
}

#endif // GRADC_TEST_CHECK_H
