// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xi64>) {
  // CHECK: ag.sort %{{.*}} dim 1 descending true : tensor<4x3xf32> -> tensor<4x3xf32>, tensor<4x3xi64>
  %v, %i = ag.sort %x dim 1 descending true : tensor<4x3xf32> -> tensor<4x3xf32>, tensor<4x3xi64>
  return %v, %i : tensor<4x3xf32>, tensor<4x3xi64>
}
// RULE-LABEL: func.func @f_vjp(
// RULE: %{{.*}}, %[[I:.*]] = ag.sort
// RULE: ag.scatter %{{.*}} dim 0 mode add : (tensor<12xf32>, tensor<12xi64>, tensor<12xf32>)
// RULE-LABEL: func.func @f_jvp(
// RULE: ag.gather %{{.*}} dim 0
// LOWER-LABEL: func.func @f(
// LOWER: ag.sort

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+2 {{expected 'dim' below 1, got 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %v, %i = ag.sort %x dim 1 descending false : tensor<3xf32> -> tensor<3xf32>, tensor<3xi64>
  return
}

// -----
func.func @f(%x: tensor<f32>) {
  // expected-error@+2 {{expected 'dim' below 0, got 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %v, %i = ag.sort %x dim 0 descending false : tensor<f32> -> tensor<f32>, tensor<i64>
  return
}
