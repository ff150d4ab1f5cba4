// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.nan_to_num %{{.*}} {nan = 0.000000e+00 : f64, neginf = -1.000000e+00 : f64, posinf = 1.000000e+00 : f64} : tensor<4xf32>
  %y = ag.nan_to_num %x {nan = 0.0 : f64, neginf = -1.0 : f64, posinf = 1.0 : f64} : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.nan_to_num
// RULE: ag.abs
// RULE: ag.compare lt
// RULE: ag.cast
// RULE: ag.mul
// RULE: return %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.cmpf
// LOWER: arith.select
// LOWER: arith.cmpf

// -----

func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point}}
  %y = ag.nan_to_num %x {nan = 0.0 : f64, neginf = -1.0 : f64, posinf = 1.0 : f64} : tensor<4xi64>
  return
}
