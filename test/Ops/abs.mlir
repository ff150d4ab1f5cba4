// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.abs %{{.*}} : tensor<4xf32>
  %y = ag.abs %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.abs %[[X]]
// RULE: %[[S:.*]] = ag.sign %[[X]]
// RULE: %[[R:.*]] = ag.mul %[[D]], %[[S]]
// RULE: return %[[R]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[IN:.*]]: f32, %{{.*}}: f32):
// LOWER-NEXT: math.absf %[[IN]]

//--- invalid.mlir
func.func @f(%x: tensor<4xi1>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point or 8-bit unsigned integer or 8-bit signless integer or 16-bit signless integer or 32-bit signless integer or 64-bit signless integer values, but got 'tensor<4xi1>'}}
  %y = ag.abs %x : tensor<4xi1>
  return
}
