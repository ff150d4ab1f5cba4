// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<2x3x7xf32>, %d: tensor<2x4x5xf32>) -> tensor<4x3x3xf32> {
  // CHECK: ag.convolution_weight %{{.*}}, %{{.*}} window [3] strides [1] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<2x3x7xf32>, tensor<2x4x5xf32>) -> tensor<4x3x3xf32>
  %y = ag.convolution_weight %x, %d window [3] strides [1] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<2x3x7xf32>, tensor<2x4x5xf32>) -> tensor<4x3x3xf32>
  return %y : tensor<4x3x3xf32>
}
// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<2x3x7xf32>, %[[E:[a-z0-9]+]]: tensor<2x4x5xf32>, %[[D:[a-z0-9]+]]: tensor<4x3x3xf32>)
// RULE: ag.convolution %[[E]], %{{.*}} flipped true
// RULE: ag.convolution %[[X]], %[[D]]
// LOWER-LABEL: func.func @f(
// LOWER: ag.convolution_weight

//--- invalid.mlir
func.func @f(%x: tensor<1x1x5xf32>, %d: tensor<1x1x4xf64>) {
  // expected-error@+2 {{expected equal element types, got 'f32' and 'f64'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.convolution_weight %x, %d window [2] strides [1] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<1x1x5xf32>, tensor<1x1x4xf64>) -> tensor<1x1x2xf32>
  return
}

// -----
func.func @f(%x: tensor<1x1x5xf32>, %d: tensor<1x1x3xf32>) {
  // expected-error@+2 {{expected a second operand of shape [1, 1, 4] with channels in 1 groups, got [1, 1, 3]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.convolution_weight %x, %d window [2] strides [1] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<1x1x5xf32>, tensor<1x1x3xf32>) -> tensor<1x1x2xf32>
  return
}
