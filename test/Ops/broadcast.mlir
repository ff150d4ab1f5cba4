// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<3xf32>) -> tensor<2x3xf32> {
  // CHECK: ag.broadcast %{{.*}} dims [1] : tensor<3xf32> -> tensor<2x3xf32>
  %y = ag.broadcast %x dims [1] : tensor<3xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[R:.*]] = ag.reduce_sum %[[D]] dims [0]
// RULE: return %[[R]]
// RULE-LABEL: func.func @f_jvp(
// RULE: ag.broadcast %arg1 dims [1]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%{{.*}} : tensor<3xf32>)

//--- fold.mlir
func.func @same(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-LABEL: @same(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %y = ag.broadcast %x dims [0] : tensor<4xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func @splat() -> tensor<2x3xf32> {
  // CHECK-LABEL: @splat(
  // CHECK-NEXT: ag.constant dense<2.000000e+00> : tensor<2x3xf32>
  %x = ag.constant dense<2.0> : tensor<f32>
  %y = ag.broadcast %x dims [] : tensor<f32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected 1 dims, got []}}
  %y = ag.broadcast %x dims [] : tensor<3xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected 'dims' to be ascending dimensions below 2, got [2]}}
  %y = ag.broadcast %x dims [2] : tensor<3xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected element type 'f32', got 'f64'}}
  %y = ag.broadcast %x dims [1] : tensor<3xf32> -> tensor<2x3xf64>
  return
}

// -----
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected size 3 at result dimension 0, got 2}}
  %y = ag.broadcast %x dims [0] : tensor<3xf32> -> tensor<2x3xf32>
  return
}
