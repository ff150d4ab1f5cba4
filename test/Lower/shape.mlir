// RUN: gradc-opt %s --lower-to-linalg | FileCheck %s
// Ops that move nothing become reshapes, and reshapes never copy.

// CHECK-LABEL: func.func @flat_between(
// CHECK-NEXT: %[[F:.*]] = tensor.collapse_shape %{{.*}} {{\[\[}}0, 1]] : tensor<2x3xf32> into tensor<6xf32>
// CHECK-NEXT: tensor.expand_shape %[[F]] {{\[\[}}0, 1]] output_shape [3, 2]
func.func @flat_between(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %y = ag.reshape %x : tensor<2x3xf32> -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// CHECK-LABEL: func.func @from_scalar(
// CHECK-NEXT: tensor.expand_shape %{{.*}} [] output_shape [1, 1] : tensor<f32> into tensor<1x1xf32>
func.func @from_scalar(%x: tensor<f32>) -> tensor<1x1xf32> {
  %y = ag.reshape %x : tensor<f32> -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// CHECK-LABEL: func.func @to_scalar(
// CHECK-NEXT: tensor.collapse_shape %{{.*}} [] : tensor<1x1xf32> into tensor<f32>
func.func @to_scalar(%x: tensor<1x1xf32>) -> tensor<f32> {
  %y = ag.reshape %x : tensor<1x1xf32> -> tensor<f32>
  return %y : tensor<f32>
}

// CHECK-LABEL: func.func @transpose_of_a_column(
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @transpose_of_a_column(%x: tensor<3x1xf32>) -> tensor<1x3xf32> {
  %y = ag.transpose %x [1, 0] : tensor<3x1xf32> -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

// CHECK-LABEL: func.func @broadcast_of_size_1(
// CHECK-NEXT: tensor.expand_shape
// CHECK-NEXT: return
func.func @broadcast_of_size_1(%x: tensor<3xf32>) -> tensor<1x3xf32> {
  %y = ag.broadcast %x dims [1] : tensor<3xf32> -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}

// A contraction reads a transposed operand in place.
// CHECK-LABEL: func.func @transposed_weight(
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>, %[[W:.*]]: tensor<4x3xf32>
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #{{.*}}, #{{.*}}]{{.*}} ins(%[[X]], %[[W]]
// CHECK-NOT: linalg.generic
func.func @transposed_weight(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>) -> tensor<2x4xf32> {
  %t = ag.transpose %w [1, 0] : tensor<4x3xf32> -> tensor<3x4xf32>
  %y = ag.contract %x, %t batch [] x [] contract [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// Products that are not summed have no reduction, and keep -0.
// CHECK-LABEL: func.func @outer(
// CHECK-NOT: linalg.fill
// CHECK: iterator_types = ["parallel", "parallel"]
// CHECK-NOT: arith.addf
func.func @outer(%a: tensor<2xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %y = ag.contract %a, %b batch [] x [] contract [] x [] : (tensor<2xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
