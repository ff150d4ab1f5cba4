// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --test-ag-rules | FileCheck %s --check-prefix=RULE
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.round %{{.*}} {decimals = 2 : i64} : tensor<4xf32>
  %y = ag.round %x {decimals = 2 : i64} : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE: ag.round
// RULE: ag.constant dense<0.00
// RULE: return %{{[^,]+}} :

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.mulf
// LOWER: math.roundeven
// LOWER: arith.divf

// -----

func.func @f(%x: tensor<4xi1>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point or 8-bit unsigned integer}}
  %y = ag.round %x {decimals = 2 : i64} : tensor<4xi1>
  return
}
