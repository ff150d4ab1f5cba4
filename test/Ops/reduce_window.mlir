// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<8xf32>) -> tensor<4xf32> {
  // CHECK: ag.reduce_window %{{.*}} sizes [3] strides [2] low [1] high [1] base_dilation [1] window_dilation [1] : tensor<8xf32> -> tensor<4xf32>
  %y = ag.reduce_window %x sizes [3] strides [2] low [1] high [1] base_dilation [1] window_dilation [1] : tensor<8xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// The transposed sum has the strides as its base's dilation.
// RULE-LABEL: func.func @f_vjp(
// RULE: ag.reduce_window %{{.*}} sizes [3] strides [1] low [1] high [2] base_dilation [2] window_dilation [1] : tensor<4xf32> -> tensor<8xf32>

// LOWER-LABEL: func.func @f(
// LOWER: iterator_types = ["parallel", "reduction"]
// LOWER: tensor.extract
// LOWER: arith.select
// LOWER: arith.addf

//--- invalid.mlir
func.func @f(%x: tensor<8xf32>) {
  // expected-error@+2 {{expected 1 numbers in each list of a window, got [2, 2]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_window %x sizes [3] strides [2, 2] low [1] high [1] base_dilation [1] window_dilation [1] : tensor<8xf32> -> tensor<4xf32>
  return
}

// -----
func.func @f(%x: tensor<8xf32>) {
  // expected-error@+2 {{expected sizes, strides and dilations above 0 at dimension 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_window %x sizes [0] strides [2] low [1] high [1] base_dilation [1] window_dilation [1] : tensor<8xf32> -> tensor<4xf32>
  return
}
