// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%a: tensor<4xi1>, %b: tensor<4xi1>) -> tensor<4xi1> {
  // CHECK: ag.logical_xor %{{.*}}, %{{.*}} : tensor<4xi1>
  %y = ag.logical_xor %a, %b : tensor<4xi1>
  return %y : tensor<4xi1>
}

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.xori

// -----

func.func @f(%a: tensor<4xi64>, %b: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be tensor of 1-bit signless integer}}
  %y = ag.logical_xor %a, %b : tensor<4xi64>
  return
}
