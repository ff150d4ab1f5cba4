// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<2x8xf32>) -> tensor<2x4xi64> {
  // CHECK: ag.window_argmax %{{.*}} sizes [3] strides [2] low [1] high [1] window_dilation [1] : tensor<2x8xf32> -> tensor<2x4xi64>
  %y = ag.window_argmax %x sizes [3] strides [2] low [1] high [1] window_dilation [1] : tensor<2x8xf32> -> tensor<2x4xi64>
  return %y : tensor<2x4xi64>
}

// No gradient flows through places.
// RULE-LABEL: func.func @f_vjp(
// RULE: %[[Z:.*]] = ag.constant dense<0.000000e+00> : tensor<2x8xf32>
// RULE: return %[[Z]]

// LOWER-LABEL: func.func @f(
// LOWER: arith.maximumf
// LOWER: arith.minsi

//--- invalid.mlir
func.func @f(%x: tensor<2x8xf32>) {
  // expected-error@+2 {{expected as many numbers in each list of a window, at most 2, got [1, 1]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.window_argmax %x sizes [3] strides [2] low [1, 1] high [1] window_dilation [1] : tensor<2x8xf32> -> tensor<2x4xi64>
  return
}

// -----
func.func @f(%x: tensor<2x8xf32>) {
  // expected-error@+2 {{expected sizes, strides and dilation above 0 and paddings not below 0 at window dimension 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.window_argmax %x sizes [3] strides [2] low [-1] high [1] window_dilation [1] : tensor<2x8xf32> -> tensor<2x4xi64>
  return
}

// -----
func.func @f(%x: tensor<2x0xf32>) {
  // expected-error@+2 {{expected elements in the windows, got shape [2, 0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.window_argmax %x sizes [1] strides [1] low [1] high [1] window_dilation [1] : tensor<2x0xf32> -> tensor<2x2xi64>
  return
}
