// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.clamp_max %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.clamp_max %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.clamp_max
// RULE: ag.compare eq
// RULE: ag.div
// RULE: ag.compare gt
// RULE: ag.select
// RULE: ag.compare lt
// RULE: ag.select
// RULE: ag.select
// RULE: return %{{[^,]+}}, %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.minimumf

// -----

func.func @f(%a: tensor<4xi1>, %b: tensor<4xi1>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point or 8-bit unsigned integer}}
  %y = ag.clamp_max %a, %b : tensor<4xi1>
  return
}
