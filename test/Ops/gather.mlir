// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<5x3xf32>, %i: tensor<2xi64>) -> tensor<2x3xf32> {
  // CHECK: ag.gather %{{.*}}, %{{.*}} dim 0 : (tensor<5x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  %y = ag.gather %x, %i dim 0 : (tensor<5x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: %[[Z:.*]] = ag.constant dense<0.000000e+00> : tensor<5x3xf32>
// RULE: ag.scatter %[[Z]], %{{.*}}, %{{.*}} dim 0 mode add

// The index is clamped into range.
// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.maxsi
// LOWER: arith.minsi
// LOWER: tensor.extract

//--- invalid.mlir
func.func @f(%x: tensor<5x3xf32>, %i: tensor<2xi64>) {
  // expected-error@+2 {{expected 'dim' below 2, got 2}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.gather %x, %i dim 2 : (tensor<5x3xf32>, tensor<2xi64>) -> tensor<5x2xf32>
  return
}

// -----
func.func @f(%x: tensor<0x3xf32>, %i: tensor<2xi64>) {
  // expected-error@+2 {{expected elements along dimension 0 to take, got shape [0, 3]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.gather %x, %i dim 0 : (tensor<0x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  return
}
