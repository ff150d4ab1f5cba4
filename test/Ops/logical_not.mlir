// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<4xi1>) -> tensor<4xi1> {
  // CHECK: ag.logical_not %{{.*}} : tensor<4xi1>
  %y = ag.logical_not %x : tensor<4xi1>
  return %y : tensor<4xi1>
}

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.xori

//--- invalid.mlir
func.func @f(%x: tensor<4xf32>) {
  // expected-error@+1 {{operand #0 must be tensor of 1-bit signless integer values}}
  %y = ag.logical_not %x : tensor<4xf32>
  return
}
