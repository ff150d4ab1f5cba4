// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.xlog1py %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.xlog1py %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.xlog1py
// RULE: ag.compare eq
// RULE: ag.compare le
// RULE: ag.logical_and
// RULE: ag.xlog1py
// RULE: ag.select
// RULE: ag.mul
// RULE: ag.add
// RULE: ag.div
// RULE: return %{{[^,]+}}, %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: math.log1p
// LOWER: arith.cmpf
// LOWER: arith.mulf

// -----

func.func @f(%a: tensor<4xi64>, %b: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point}}
  %y = ag.xlog1py %a, %b : tensor<4xi64>
  return
}
