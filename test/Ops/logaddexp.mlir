// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.logaddexp %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.logaddexp %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.logaddexp
// RULE: ag.sub
// RULE: ag.exp
// RULE: ag.add
// RULE: ag.div
// RULE: ag.sub
// RULE: ag.exp
// RULE: ag.add
// RULE: ag.div
// RULE: return %{{[^,]+}}, %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.maximumf
// LOWER: arith.subf
// LOWER: math.absf

// -----

func.func @f(%a: tensor<4xi64>, %b: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point}}
  %y = ag.logaddexp %a, %b : tensor<4xi64>
  return
}
