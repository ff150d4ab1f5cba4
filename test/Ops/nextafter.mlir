// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.nextafter %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.nextafter %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.nextafter
// RULE: ag.constant dense<0.00
// RULE: ag.constant dense<0.00
// RULE: return %{{[^,]+}}, %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.bitcast
// LOWER: arith.cmpf
// LOWER: arith.cmpi

// -----

func.func @f(%a: tensor<4xi64>, %b: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of 32-bit float or 64-bit float}}
  %y = ag.nextafter %a, %b : tensor<4xi64>
  return
}
