// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  // CHECK: ag.reduce_prod %{{.*}} dims [1] : tensor<2x3xf32> -> tensor<2xf32>
  %y = ag.reduce_prod %x dims [1] : tensor<2x3xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.reduce_prod

// LOWER-LABEL: func.func @f(
// LOWER: iterator_types = ["parallel", "reduction"]
// LOWER: arith.mulf

//--- invalid.mlir
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{expected 'dims' to be ascending dimensions below 2, got [1, 0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_prod %x dims [1, 0] : tensor<2x3xf32> -> tensor<f32>
  return
}
