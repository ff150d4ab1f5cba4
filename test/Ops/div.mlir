// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.div %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.div %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[A:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[B:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.div %[[A]], %[[B]]
// RULE: %[[DA:.*]] = ag.div %[[D]], %[[B]]
// RULE: %[[N:.*]] = ag.neg %[[D]]
// RULE: %[[Q:.*]] = ag.div %[[A]], %[[B]]
// RULE: %[[P:.*]] = ag.div %[[Q]], %[[B]]
// RULE: %[[DB:.*]] = ag.mul %[[N]], %[[P]]
// RULE: return %[[DA]], %[[DB]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %{{.*}}: f32):
// LOWER-NEXT: arith.divf %[[A]], %[[B]]

//--- fold.mlir
func.func @one(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-LABEL: @one(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %c = ag.constant dense<1.0> : tensor<2xf32>
  %y = ag.div %x, %c : tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func @splats() -> tensor<2xf32> {
  // CHECK-LABEL: @splats(
  // CHECK-NEXT: ag.constant dense<7.500000e-01>
  // CHECK-NEXT: return
  %a = ag.constant dense<1.5> : tensor<2xf32>
  %b = ag.constant dense<2.0> : tensor<2xf32>
  %y = ag.div %a, %b : tensor<2xf32>
  return %y : tensor<2xf32>
}
// The sign of a new NaN is the machine's choice.
func.func @nan() -> tensor<2xf32> {
  // CHECK-LABEL: @nan(
  // CHECK: ag.div
  %a = ag.constant dense<0.0> : tensor<2xf32>
  %y = ag.div %a, %a : tensor<2xf32>
  return %y : tensor<2xf32>
}

//--- invalid.mlir
func.func @f(%a: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point values, but got 'tensor<4xi64>'}}
  %y = ag.div %a, %a : tensor<4xi64>
  return
}
