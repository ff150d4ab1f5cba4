// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<4x3xf32>, %x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  // CHECK: ag.recurrence %{{.*}}, %{{.*}} dim 0 reverse false : tensor<4x3xf32>
  %y = ag.recurrence %a, %x dim 0 reverse false : tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}
// RULE-LABEL: func.func @f_vjp(
// RULE: ag.recurrence %{{.*}} dim 0 reverse true
// RULE-LABEL: func.func @f_jvp(
// RULE: ag.recurrence %{{.*}} dim 0 reverse false
// LOWER-LABEL: func.func @f(
// LOWER: ag.recurrence

//--- invalid.mlir
func.func @f(%a: tensor<3xf32>, %x: tensor<3xf32>) {
  // expected-error@+1 {{expected 'dim' below 1, got 1}}
  %y = ag.recurrence %a, %x dim 1 reverse false : tensor<3xf32>
  return
}
