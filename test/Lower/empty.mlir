// RUN: gradc-opt %s --lower-to-linalg | FileCheck %s
// No loop nest ever sees a tensor without elements.

// CHECK-LABEL: func.func @elementwise(
// CHECK-NEXT: %[[E:.*]] = tensor.empty() : tensor<2x0xf32>
// CHECK-NEXT: return %[[E]]
func.func @elementwise(%x: tensor<2x0xf32>) -> tensor<2x0xf32> {
  %y = ag.exp %x : tensor<2x0xf32>
  return %y : tensor<2x0xf32>
}

// CHECK-LABEL: func.func @sum(
// CHECK-NOT: linalg.generic
// CHECK: linalg.fill
// CHECK-NEXT: return
func.func @sum(%x: tensor<2x0xf32>) -> tensor<2xf32> {
  %y = ag.reduce_sum %x dims [1] : tensor<2x0xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// The sum of nothing over nothing: NaN.
// CHECK-LABEL: func.func @mean(
// CHECK: %[[S:.*]] = linalg.fill
// CHECK: linalg.generic {{.*}} ins(%[[S]] : tensor<2xf32>)
// CHECK: arith.constant 0.0
// CHECK-NEXT: arith.divf
func.func @mean(%x: tensor<2x0xf32>) -> tensor<2xf32> {
  %y = ag.reduce_mean %x dims [1] : tensor<2x0xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// CHECK-LABEL: func.func @product(
// CHECK-NOT: linalg.generic
// CHECK: linalg.fill
// CHECK-NEXT: return
func.func @product(%a: tensor<2x0xf32>, %b: tensor<0x3xf32>) -> tensor<2x3xf32> {
  %y = ag.contract %a, %b batch [] x [] contract [1] x [0] : (tensor<2x0xf32>, tensor<0x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @concat(
// CHECK-SAME: %{{.*}}, %[[B:.*]]: tensor<3xf32>
// CHECK-NEXT: return %[[B]]
func.func @concat(%a: tensor<0xf32>, %b: tensor<3xf32>) -> tensor<3xf32> {
  %y = ag.concat %a, %b dim 0 : (tensor<0xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func.func @pad(
// CHECK: linalg.fill
// CHECK-NEXT: return
func.func @pad(%x: tensor<0xf32>) -> tensor<3xf32> {
  %y = ag.pad %x low [1] high [2] interior [0] value 1.0 : tensor<0xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func.func @update(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>
// CHECK-NEXT: return %[[X]]
func.func @update(%x: tensor<3xf32>, %u: tensor<0xf32>) -> tensor<3xf32> {
  %y = ag.update_slice %u into %x from [1] by [1] : tensor<0xf32> into tensor<3xf32>
  return %y : tensor<3xf32>
}
