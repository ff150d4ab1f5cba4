// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.mul %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.mul %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[A:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[B:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.mul %[[A]], %[[B]]
// RULE: %[[DA:.*]] = ag.mul %[[D]], %[[B]]
// RULE: %[[DB:.*]] = ag.mul %[[D]], %[[A]]
// RULE: return %[[DA]], %[[DB]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %{{.*}}: f32):
// LOWER-NEXT: arith.mulf

//--- fold.mlir
func.func @one(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-LABEL: @one(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %c = ag.constant dense<1.0> : tensor<2xf32>
  %y = ag.mul %x, %c : tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func @splats() -> tensor<2xf32> {
  // CHECK-LABEL: @splats(
  // CHECK-NEXT: ag.constant dense<3.000000e+00>
  // CHECK-NEXT: return
  %a = ag.constant dense<1.5> : tensor<2xf32>
  %b = ag.constant dense<2.0> : tensor<2xf32>
  %y = ag.mul %a, %b : tensor<2xf32>
  return %y : tensor<2xf32>
}

//--- invalid.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-note@-1 {{prior use here}}
  // expected-error@+1 {{expects different type than prior uses}}
  %y = ag.mul %a, %b : tensor<4xf32>
  return
}
