// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<4xi1>, %b: tensor<4xi1>) -> tensor<4xi1> {
  // CHECK: ag.logical_and %{{.*}}, %{{.*}} : tensor<4xi1>
  %y = ag.logical_and %a, %b : tensor<4xi1>
  return %y : tensor<4xi1>
}

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.andi

//--- invalid.mlir
func.func @f(%a: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be tensor of 1-bit signless integer values}}
  %y = ag.logical_and %a, %a : tensor<4xi64>
  return
}
