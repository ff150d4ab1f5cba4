// TrainStep.h - writes one step of training: gradients, clipping, update.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_TRAINSTEP_H
#define GRADC_LIB_GRADIENT_TRAINSTEP_H

#include "Updates.h"

namespace gradc::gradient {

/// What a step does besides the model.
struct TrainPlan {
  Optimizer optimizer;
  Schedule schedule;
  double clipNorm = 0, clipValue = 0; // 0: not
  int64_t accumulate = 1;             // forward and backward passes an update
};

/// The variables that a function reads, itself or by the functions that it calls.
llvm::DenseSet<mlir::StringAttr> variablesReadBy(mlir::func::FuncOp func);

class TrainStep {
public:
  /// `loss` is the number of the model's result that is minimised.
  TrainStep(mlir::func::FuncOp model, unsigned loss, const TrainPlan &plan)
      : model(model), loss(loss), plan(plan) {}

  /// Makes the variables that hold the optimiser's state, and finds out which parameters are
  /// trained.
  void prepare();
  /// Emits a step on these inputs; returns the loss.
  mlir::Value emit(mlir::OpBuilder &b, mlir::ValueRange inputs);

private:
  bool isScheduled() const;
  mlir::FlatSymbolRefAttr variable(llvm::StringRef name, mlir::Type type, double init,
                                   mlir::Operation *after);
  void clearGradients(Place at);
  void update(Place at);
  void clip(Place at);
  mlir::Value norm(Place at, mlir::ArrayRef<mlir::Value> gradients);
  mlir::Value get(Place at, mlir::FlatSymbolRefAttr symbol);
  void set(Place at, mlir::FlatSymbolRefAttr symbol, mlir::Value value);
  mlir::Value gradient(Place at, ag::VariableOp v);

  mlir::func::FuncOp model;
  unsigned loss;
  TrainPlan plan;
  llvm::SmallVector<ag::VariableOp> trained;
  mlir::FlatSymbolRefAttr updates; // how many were done; null where nothing depends on it
  mlir::FlatSymbolRefAttr rate;    // the last learning rate; null where it is constant
  mlir::FlatSymbolRefAttr passes;  // since the last update; null without accumulation
};

} // namespace gradc::gradient

#endif
