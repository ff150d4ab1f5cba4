// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.hardtanh %{{.*}} {max_val = 1.000000e+00 : f64, min_val = -1.000000e+00 : f64} : tensor<4xf32>
  %y = ag.hardtanh %x {max_val = 1.0 : f64, min_val = -1.0 : f64} : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.hardtanh
// RULE: ag.compare gt
// RULE: ag.compare lt
// RULE: ag.logical_and
// RULE: ag.select
// RULE: return %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.cmpf
// LOWER: arith.select

// -----

func.func @f(%x: tensor<4xi1>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point or 8-bit unsigned integer}}
  %y = ag.hardtanh %x {max_val = 1.0 : f64, min_val = -1.0 : f64} : tensor<4xi1>
  return
}
