// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.elu %{{.*}} {alpha = 1.000000e+00 : f64, input_scale = 1.000000e+00 : f64, scale = 1.000000e+00 : f64} : tensor<4xf32>
  %y = ag.elu %x {alpha = 1.0 : f64, input_scale = 1.0 : f64, scale = 1.0 : f64} : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.elu
// RULE: ag.compare lt
// RULE: ag.select
// RULE: ag.mul
// RULE: ag.mul
// RULE: ag.compare le
// RULE: ag.mul
// RULE: ag.select
// RULE: return %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: math.expm1
// LOWER: arith.mulf
// LOWER: arith.cmpf

// -----

func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point}}
  %y = ag.elu %x {alpha = 1.0 : f64, input_scale = 1.0 : f64, scale = 1.0 : f64} : tensor<4xi64>
  return
}
