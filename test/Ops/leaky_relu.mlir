// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.leaky_relu %{{.*}} {negative_slope = 1.250000e-01 : f64} : tensor<4xf32>
  %y = ag.leaky_relu %x {negative_slope = 0.125 : f64} : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.leaky_relu
// RULE: ag.compare gt
// RULE: ag.mul
// RULE: ag.select
// RULE: return %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.cmpf
// LOWER: arith.mulf
// LOWER: arith.select

// -----

func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point}}
  %y = ag.leaky_relu %x {negative_slope = 0.125 : f64} : tensor<4xi64>
  return
}
