// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%a: tensor<4xi64>, %b: tensor<4xi64>) -> tensor<4xi64> {
  // CHECK: ag.shift_left %{{.*}}, %{{.*}} : tensor<4xi64>
  %y = ag.shift_left %a, %b : tensor<4xi64>
  return %y : tensor<4xi64>
}

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.cmpi
// LOWER: arith.andi
// LOWER: arith.select

// -----

func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of 8-bit unsigned integer}}
  %y = ag.shift_left %a, %b : tensor<4xf32>
  return
}
