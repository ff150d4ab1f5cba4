// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @sum(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  // CHECK: ag.cumulative %{{.*}} dim 1 kind sum reverse false : tensor<4x3xf32>
  %y = ag.cumulative %x dim 1 kind sum reverse false : tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}
// RULE-LABEL: func.func @sum_vjp(
// RULE: ag.cumulative %{{.*}} dim 1 kind sum reverse true
// LOWER-LABEL: func.func @sum(
// LOWER: ag.cumulative

func.func @prod(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = ag.cumulative %x dim 0 kind prod reverse false : tensor<3xf32>
  return %y : tensor<3xf32>
}
// No division.
// RULE-LABEL: func.func @prod_vjp(
// RULE-NOT: ag.div
// RULE: ag.recurrence
// RULE-NOT: ag.div
// RULE: return

func.func @max(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = ag.cumulative %x dim 0 kind max reverse true : tensor<3xf32>
  return %y : tensor<3xf32>
}
// RULE-LABEL: func.func @max_vjp(
// RULE: ag.cumulative %{{.*}} dim 0 kind min reverse true : tensor<3xi64>
// RULE: ag.scatter

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected 'dim' below 1, got 1}}
  %y = ag.cumulative %x dim 1 kind sum reverse false : tensor<3xf32>
  return
}

// -----
func.func @f(%x: tensor<3xi64>) {
  // expected-error@+1 {{expected floats for logaddexp, got 'tensor<3xi64>'}}
  %y = ag.cumulative %x dim 0 kind logaddexp reverse false : tensor<3xi64>
  return
}
