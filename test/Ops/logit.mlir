// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.logit %{{.*}} {eps = 9.9999999999999995E-7 : f64} : tensor<4xf32>
  %y = ag.logit %x {eps = 1.0e-06 : f64} : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.logit
// RULE: ag.sub
// RULE: ag.mul
// RULE: ag.div
// RULE: ag.compare lt
// RULE: ag.sub
// RULE: ag.compare gt
// RULE: ag.logical_or
// RULE: ag.select
// RULE: return %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.subf
// LOWER: arith.cmpf
// LOWER: arith.select

// -----

func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point}}
  %y = ag.logit %x {eps = 1.0e-06 : f64} : tensor<4xi64>
  return
}
