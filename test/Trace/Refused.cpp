// Refused.cpp - host uses of tensors, one of which is compiled at a time and must be refused.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Trace/gradc.h"
using namespace gradc;

int use(Tensor x) {
#ifdef USE_bool
  if (x > 0)
    return 1;
#endif
#ifdef USE_number
  return static_cast<int>(x);
#endif
#ifdef USE_item
  double loss = x.item();
  return loss > 0;
#endif
#ifdef USE_assign
  x[0] = x;
#endif
  x = x[0];
  return 0;
}
