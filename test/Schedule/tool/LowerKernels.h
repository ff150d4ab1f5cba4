// LowerKernels.h - the plainest code for kernels and launches, to run scheduled programs in tests.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_SCHEDULE_LOWERKERNELS_H
#define GRADC_TEST_SCHEDULE_LOWERKERNELS_H

/// Registers the pass `test-sched-lower-kernels`.
void registerTestLowerKernels();

#endif
