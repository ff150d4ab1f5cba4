// Host.h - sched.host as calls of the runtime.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_TARGET_LINK_HOST_H
#define GRADC_LIB_TARGET_LINK_HOST_H

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/IR/PatternMatch.h"

namespace gradc::link {
/// `constants` counts the constants that the patterns make, for their names.
void populateHostPatterns(const mlir::LLVMTypeConverter &converter,
                          mlir::RewritePatternSet &patterns, unsigned &constants);
} // namespace gradc::link

#endif
