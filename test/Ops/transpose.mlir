// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  // CHECK: ag.transpose %{{.*}} [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  %y = ag.transpose %x [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  return %y : tensor<4x2x3xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[R:.*]] = ag.transpose %[[D]] [1, 2, 0]
// RULE: return %[[R]]
// RULE-LABEL: func.func @f_jvp(
// RULE: ag.transpose %arg1 [2, 0, 1]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic {{.*}} ins(%{{.*}} : tensor<2x3x4xf32>) outs(%{{.*}} : tensor<4x2x3xf32>)

//--- fold.mlir
func.func @same(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  // CHECK-LABEL: @same(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %y = ag.transpose %x [0, 1] : tensor<4x2xf32> -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}
func.func @splat() -> tensor<3x2xf32> {
  // CHECK-LABEL: @splat(
  // CHECK-NEXT: ag.constant dense<2.000000e+00> : tensor<3x2xf32>
  %x = ag.constant dense<2.0> : tensor<2x3xf32>
  %y = ag.transpose %x [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

//--- invalid.mlir
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{expected 'perm' to be a permutation of the 2 dimensions, got [0, 0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.transpose %x [0, 0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{expected 'perm' to be a permutation of the 2 dimensions, got [0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.transpose %x [0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{inferred type(s) 'tensor<3x2xf32>' are incompatible with return type(s)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.transpose %x [1, 0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}
