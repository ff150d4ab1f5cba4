// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<6xf32>) -> tensor<2x3xf32> {
  // CHECK: ag.reshape %{{.*}} : tensor<6xf32> -> tensor<2x3xf32>
  %y = ag.reshape %x : tensor<6xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[R:.*]] = ag.reshape %[[D]] : tensor<2x3xf32> -> tensor<6xf32>
// RULE: return %[[R]]
// RULE-LABEL: func.func @f_jvp(
// RULE: ag.reshape %arg1 : tensor<6xf32> -> tensor<2x3xf32>

// LOWER-LABEL: func.func @f(
// LOWER: tensor.expand_shape

//--- fold.mlir
func.func @same(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-LABEL: @same(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %y = ag.reshape %x : tensor<4xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func @chain(%x: tensor<4xf32>) -> tensor<4x1xf32> {
  // CHECK-LABEL: @chain(
  // CHECK-NEXT: ag.reshape %{{.*}} : tensor<4xf32> -> tensor<4x1xf32>
  // CHECK-NEXT: return
  %y = ag.reshape %x : tensor<4xf32> -> tensor<2x2xf32>
  %z = ag.reshape %y : tensor<2x2xf32> -> tensor<4x1xf32>
  return %z : tensor<4x1xf32>
}
func.func @constant() -> tensor<2x1xf32> {
  // CHECK-LABEL: @constant(
  // CHECK-NEXT: ag.constant dense<{{\[\[}}1.000000e+00], [2.000000e+00]]> : tensor<2x1xf32>
  %x = ag.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = ag.reshape %x : tensor<2xf32> -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected element type 'f32', got 'f64'}}
  %y = ag.reshape %x : tensor<3xf32> -> tensor<3xf64>
  return
}

// -----
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected 3 elements, got 4}}
  %y = ag.reshape %x : tensor<3xf32> -> tensor<2x2xf32>
  return
}
