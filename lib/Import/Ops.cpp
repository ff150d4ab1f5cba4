// Ops.cpp - looks up ops by name, and guesses what a misspelt one was meant to be.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Ops.h"

namespace gradc::graph {

OpTable::OpTable(mlir::MLIRContext &context) {
  addCreationOps(*this);
  addElementwiseOps(*this, context);
  addComputeOps(*this);
  addReductionOps(*this);
  addShapeOps(*this);
  addViewOps(*this);
  addMovementOps(*this);
  addPatchOps(*this);
  addIndexOps(*this);
  addPoolingOps(*this);
  addScatterOps(*this);
  addOrderOps(*this);
  addConvolutionOps(*this);
  addProductOps(*this);
  addLossOps(*this);
  addNormOps(*this);
  addAttentionOps(*this);
  addRecurrentOps(*this);
  addRandomOps(*this);
  addAutogradOps(*this);
  addControlOps(*this);
  addHostOps(*this);
  addInPlaceOps(*this);
  addRawOps(*this, context);
}

void OpTable::add(llvm::StringRef group, OpSpec spec) {
  spec.group = group.str();
  const OpSpec &added = specs.emplace_back(std::move(spec));
  byName.try_emplace(added.name, &added);
}

const OpSpec *OpTable::find(llvm::StringRef name) const { return byName.lookup(name); }

const OpSpec *OpTable::nearest(llvm::StringRef name) const {
  const OpSpec *best = nullptr;
  unsigned bestDistance = std::max<unsigned>(1, name.size() / 3) + 1;
  for (const OpSpec &spec : specs) {
    unsigned distance = name.edit_distance(spec.name, /*AllowReplacements=*/true, bestDistance);
    if (distance < bestDistance) {
      best = &spec;
      bestDistance = distance;
    }
  }
  return best;
}

} // namespace gradc::graph
