// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.sigmoid %{{.*}} : tensor<4xf32>
  %y = ag.sigmoid %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.sigmoid %[[X]]
// RULE: %[[ONE:.*]] = ag.constant dense<1.0
// RULE: %[[S:.*]] = ag.sub %[[ONE]], %[[Y]]
// RULE: %[[DS:.*]] = ag.mul %[[D]], %[[S]]
// RULE: %[[R:.*]] = ag.mul %[[DS]], %[[Y]]
// RULE: return %[[R]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[IN:.*]]: f32, %{{.*}}: f32):
// LOWER: %[[N:.*]] = arith.negf %[[IN]]
// LOWER: %[[E:.*]] = math.exp %[[N]]
// LOWER: %[[S:.*]] = arith.addf %{{.*}}, %[[E]]
// LOWER: arith.divf %{{.*}}, %[[S]]

//--- invalid.mlir
func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point values, but got 'tensor<4xi64>'}}
  %y = ag.sigmoid %x : tensor<4xi64>
  return
}
