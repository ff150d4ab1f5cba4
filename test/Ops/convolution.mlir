// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<2x3x7xf32>, %w: tensor<4x3x3xf32>) -> tensor<2x4x4xf32> {
  // CHECK: ag.convolution %{{.*}}, %{{.*}} strides [2] padding [1] x [1] dilation [1] x [1] groups 1 flipped false : (tensor<2x3x7xf32>, tensor<4x3x3xf32>) -> tensor<2x4x4xf32>
  %y = ag.convolution %x, %w strides [2] padding [1] x [1] dilation [1] x [1] groups 1 flipped false : (tensor<2x3x7xf32>, tensor<4x3x3xf32>) -> tensor<2x4x4xf32>
  return %y : tensor<2x4x4xf32>
}
// The gradient by the input is a convolution with the strides as base dilation.
// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<2x3x7xf32>, %[[W:[a-z0-9]+]]: tensor<4x3x3xf32>, %[[D:[a-z0-9]+]]: tensor<2x4x4xf32>)
// RULE: ag.convolution %[[D]], %{{.*}} strides [1] padding [1] x [1] dilation [2] x [1] groups 1 flipped true
// RULE: ag.convolution_weight %[[X]], %[[D]] window [3] strides [2] padding [1] x [1] dilation [1] x [1] groups 1 flipped false
// LOWER-LABEL: func.func @f(
// LOWER: ag.convolution

// No channels: sums of nothing.
func.func @nothing(%x: tensor<2x0x7xf32>, %w: tensor<4x0x3xf32>) -> tensor<2x4x5xf32> {
  %y = ag.convolution %x, %w strides [1] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<2x0x7xf32>, tensor<4x0x3xf32>) -> tensor<2x4x5xf32>
  return %y : tensor<2x4x5xf32>
}
// LOWER-LABEL: func.func @nothing(
// LOWER-NOT: ag.convolution
// LOWER: linalg.fill

//--- invalid.mlir
func.func @f(%x: tensor<1x1x5xf32>, %w: tensor<1x1x2xf64>) {
  // expected-error@+2 {{expected equal element types, got 'f32' and 'f64'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.convolution %x, %w strides [1] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<1x1x5xf32>, tensor<1x1x2xf64>) -> tensor<1x1x4xf32>
  return
}

// -----
func.func @f(%x: tensor<1x1x5xf32>, %w: tensor<1x2xf32>) {
  // expected-error@+2 {{expected a weight of 3 dimensions, got 2}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.convolution %x, %w strides [1] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<1x1x5xf32>, tensor<1x2xf32>) -> tensor<1x1x4xf32>
  return
}

// -----
func.func @f(%x: tensor<1x5xf32>, %w: tensor<1x2xf32>) {
  // expected-error@+2 {{expected 3 to 5 dimensions, got 2}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.convolution %x, %w strides [1] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<1x5xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  return
}

// -----
func.func @f(%x: tensor<1x1x5x5xf32>, %w: tensor<1x1x2x2xf32>) {
  // expected-error@+2 {{expected a number for each of 2 spatial dimensions, got [1]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.convolution %x, %w strides [1] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<1x1x5x5xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----
func.func @f(%x: tensor<1x1x5xf32>, %w: tensor<1x1x2xf32>) {
  // expected-error@+2 {{expected strides, dilations and windows of 1 at least, got [0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.convolution %x, %w strides [0] padding [0] x [0] dilation [1] x [1] groups 1 flipped false : (tensor<1x1x5xf32>, tensor<1x1x2xf32>) -> tensor<1x1x4xf32>
  return
}

// -----
func.func @f(%x: tensor<1x3x5xf32>, %w: tensor<1x1x2xf32>) {
  // expected-error@+2 {{expected groups that divide 3 channels, got 2}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.convolution %x, %w strides [1] padding [0] x [0] dilation [1] x [1] groups 2 flipped false : (tensor<1x3x5xf32>, tensor<1x1x2xf32>) -> tensor<1x1x4xf32>
  return
}

// -----
func.func @f(%x: tensor<1x4x5xf32>, %w: tensor<3x2x2xf32>) {
  // expected-error@+2 {{expected a weight of [multiple of 2, 2, ...], got [3, 2, 2]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.convolution %x, %w strides [1] padding [0] x [0] dilation [1] x [1] groups 2 flipped false : (tensor<1x4x5xf32>, tensor<3x2x2xf32>) -> tensor<1x3x4xf32>
  return
}
