// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --canonicalize --cse --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
// It stays up to the kernels: what is computed from it is not what is computed from its operand.
func.func @f(%x: tensor<4xf32>, %t: tensor<2xf32>) -> tensor<4xf32> {
  // CHECK: ag.barrier %{{.*}} after %{{.*}} : tensor<4xf32>, tensor<2xf32>
  %y = ag.barrier %x after %t : tensor<4xf32>, tensor<2xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[D:[a-z0-9]+]]: tensor<4xf32>)
// RULE: return %[[D]]

// LOWER-LABEL: func.func @f(
// LOWER: ag.barrier

//--- invalid.mlir
func.func @f(%x: tensor<4xf32>) {
  // expected-error@+1 {{failed to verify that all of {x, y} have same type}}
  %y = "ag.barrier"(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<5xf32>
  return
}
