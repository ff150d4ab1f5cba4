// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.detach %{{.*}} : tensor<4xf32>
  %y = ag.detach %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[R:.*]] = ag.constant dense<0.0
// RULE: return %[[R]]

// LOWER-LABEL: func.func @f(
// LOWER-SAME: %[[X:.*]]: tensor<4xf32>
// LOWER-NEXT: return %[[X]]

//--- invalid.mlir
func.func @f(%x: tensor<4xf32>) {
  // expected-error@+1 {{requires the same type for all operands and results}}
  %y = "ag.detach"(%x) : (tensor<4xf32>) -> tensor<5xf32>
  return
}
