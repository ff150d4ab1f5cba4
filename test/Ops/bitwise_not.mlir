// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s
// RUN: gradc-opt %s --verify-diagnostics --split-input-file --lower-to-linalg | FileCheck %s --check-prefix=LOWER

func.func @f(%x: tensor<4xi64>) -> tensor<4xi64> {
  // CHECK: ag.bitwise_not %{{.*}} : tensor<4xi64>
  %y = ag.bitwise_not %x : tensor<4xi64>
  return %y : tensor<4xi64>
}

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.xori

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of 1-bit signless integer or 8-bit unsigned integer}}
  %y = ag.bitwise_not %x : tensor<4xf32>
  return
}
