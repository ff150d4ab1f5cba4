// Emitters.h - the emitters of kernels, one a form.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_CPU_EMITTERS_H
#define GRADC_LIB_TARGET_CPU_EMITTERS_H

#include "../Lanes/Evaluator.h"
#include "../Lanes/Math.h"
#include "gradc/Target/CPU.h"

namespace gradc::cpu {

using namespace gradc::lanes;

void emitTiny(LaneBuilder &b, const Kernel &kernel);
void emitRows(LaneBuilder &b, const Kernel &kernel);
void emitContraction(LaneBuilder &b, const Kernel &kernel);

} // namespace gradc::cpu

#endif
