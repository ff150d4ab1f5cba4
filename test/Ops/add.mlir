// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.add %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.add %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[A:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[B:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.add %[[A]], %[[B]]
// RULE: return %[[D]], %[[D]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %{{.*}}: f32):
// LOWER-NEXT: arith.addf

//--- fold.mlir
func.func @integer_zero(%x: tensor<2xi64>) -> tensor<2xi64> {
  // CHECK-LABEL: @integer_zero(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %c = ag.constant dense<0> : tensor<2xi64>
  %y = ag.add %x, %c : tensor<2xi64>
  return %y : tensor<2xi64>
}
// -0 + 0 is 0, so this is no identity.
func.func @float_zero(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-LABEL: @float_zero(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK: ag.add %[[X]]
  %c = ag.constant dense<0.0> : tensor<2xf32>
  %y = ag.add %x, %c : tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func @splats() -> tensor<2xf32> {
  // CHECK-LABEL: @splats(
  // CHECK-NEXT: ag.constant dense<3.500000e+00>
  // CHECK-NEXT: return
  %a = ag.constant dense<1.5> : tensor<2xf32>
  %b = ag.constant dense<2.0> : tensor<2xf32>
  %y = ag.add %a, %b : tensor<2xf32>
  return %y : tensor<2xf32>
}

//--- invalid.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-note@-1 {{prior use here}}
  // expected-error@+1 {{expects different type than prior uses}}
  %y = ag.add %a, %b : tensor<4xf32>
  return
}
