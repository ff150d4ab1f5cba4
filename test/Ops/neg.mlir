// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.neg %{{.*}} : tensor<4xf32>
  %y = ag.neg %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.neg %[[X]]
// RULE: %[[R:.*]] = ag.neg %[[D]]
// RULE: return %[[R]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[IN:.*]]: f32, %{{.*}}: f32):
// LOWER-NEXT: arith.negf %[[IN]]

//--- fold.mlir
func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-LABEL: @twice(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %y = ag.neg %x : tensor<4xf32>
  %z = ag.neg %y : tensor<4xf32>
  return %z : tensor<4xf32>
}
func.func @splat() -> tensor<4xf32> {
  // CHECK-LABEL: @splat(
  // CHECK-NEXT: ag.constant dense<-0.000000e+00>
  // CHECK-NEXT: return
  %x = ag.constant dense<0.0> : tensor<4xf32>
  %y = ag.neg %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

//--- invalid.mlir
func.func @f(%x: tensor<4xi1>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point or 8-bit unsigned integer or 8-bit signless integer or 16-bit signless integer or 32-bit signless integer or 64-bit signless integer values, but got 'tensor<4xi1>'}}
  %y = ag.neg %x : tensor<4xi1>
  return
}
