// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.sin %{{.*}} : tensor<4xf32>
  %y = ag.sin %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.sin %[[X]]
// RULE: %[[C:.*]] = ag.cos %[[X]]
// RULE: %[[R:.*]] = ag.mul %[[D]], %[[C]]
// RULE: return %[[R]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[IN:.*]]: f32, %{{.*}}: f32):
// LOWER-NEXT: math.sin %[[IN]]

//--- invalid.mlir
func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point values, but got 'tensor<4xi64>'}}
  %y = ag.sin %x : tensor<4xi64>
  return
}
