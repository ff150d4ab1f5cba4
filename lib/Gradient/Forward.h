// Forward.h - forward-mode differentiation of one value.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_FORWARD_H
#define GRADC_LIB_GRADIENT_FORWARD_H

#include "Activity.h"

namespace gradc::gradient {

/// The tangent of the statement's value along the tangents of its `wrt`; the new ops stand right
/// before it.
mlir::FailureOr<mlir::Value> forwardMode(ag::TangentOp statement, const Activity &active);

} // namespace gradc::gradient

#endif
