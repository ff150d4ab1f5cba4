// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.sub %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.sub %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[A:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[B:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.sub %[[A]], %[[B]]
// RULE: %[[N:.*]] = ag.neg %[[D]]
// RULE: return %[[D]], %[[N]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %{{.*}}: f32):
// LOWER-NEXT: arith.subf %[[A]], %[[B]]

//--- fold.mlir
func.func @integer_zero(%x: tensor<2xi64>) -> tensor<2xi64> {
  // CHECK-LABEL: @integer_zero(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %c = ag.constant dense<0> : tensor<2xi64>
  %y = ag.sub %x, %c : tensor<2xi64>
  return %y : tensor<2xi64>
}
func.func @float_zero(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-LABEL: @float_zero(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %c = ag.constant dense<0.0> : tensor<2xf32>
  %y = ag.sub %x, %c : tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func @splats() -> tensor<2xf32> {
  // CHECK-LABEL: @splats(
  // CHECK-NEXT: ag.constant dense<-5.000000e-01>
  // CHECK-NEXT: return
  %a = ag.constant dense<1.5> : tensor<2xf32>
  %b = ag.constant dense<2.0> : tensor<2xf32>
  %y = ag.sub %a, %b : tensor<2xf32>
  return %y : tensor<2xf32>
}

//--- invalid.mlir
func.func @f(%a: tensor<4xi1>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point or 8-bit unsigned integer or 8-bit signless integer}}
  %y = ag.sub %a, %a : tensor<4xi1>
  return
}
