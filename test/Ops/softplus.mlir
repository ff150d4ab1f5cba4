// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.softplus %{{.*}} {beta = 1.000000e+00 : f64, threshold = 2.000000e+01 : f64} : tensor<4xf32>
  %y = ag.softplus %x {beta = 1.0 : f64, threshold = 20.0 : f64} : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.softplus
// RULE: ag.compare ge
// RULE: ag.select
// RULE: ag.exp
// RULE: ag.compare gt
// RULE: ag.mul
// RULE: ag.add
// RULE: ag.div
// RULE: ag.select
// RULE: return %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: math.exp
// LOWER: math.log1p
// LOWER: arith.cmpf

// -----

func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point}}
  %y = ag.softplus %x {beta = 1.0 : f64, threshold = 20.0 : f64} : tensor<4xi64>
  return
}
