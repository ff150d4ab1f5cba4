// Nn.h - layers and optimisers with PyTorch's initialisation and update rules.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_NN_H
#define GRADC_TRACE_NN_H

#include "gradc/Trace/Layers.h"
#include "gradc/Trace/Optim.h"

#endif // GRADC_TRACE_NN_H
