// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK: ag.rms_normalize %{{.*}} dims [1] eps 1.000000e-05 : tensor<2x3xf32>
  %y = ag.rms_normalize %x dims [1] eps 1.000000e-05 : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.reduce_mean

// LOWER-LABEL: func.func @f(
// LOWER: iterator_types = ["parallel", "reduction"]
// LOWER: math.sqrt

//--- invalid.mlir
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{expected 'dims' to be ascending dimensions below 2, got [2]}}
  %y = ag.rms_normalize %x dims [2] eps 1.000000e-05 : tensor<2x3xf32>
  return
}
