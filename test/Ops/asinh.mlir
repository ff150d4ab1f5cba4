// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.asinh %{{.*}} : tensor<4xf32>
  %y = ag.asinh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.asinh
// RULE: ag.pow_scalar
// RULE: ag.add
// RULE: ag.rsqrt
// RULE: ag.mul
// RULE: return %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: math.asinh

// -----

func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point}}
  %y = ag.asinh %x : tensor<4xi64>
  return
}
