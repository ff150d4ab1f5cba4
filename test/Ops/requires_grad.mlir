// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
func.func @f(%x: tensor<3xf32>) -> tensor<i1> {
  // CHECK: ag.requires_grad %{{.*}} : tensor<3xf32> -> tensor<i1>
  %y = ag.requires_grad %x : tensor<3xf32> -> tensor<i1>
  return %y : tensor<i1>
}

//--- left.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'ag.requires_grad' op is left after differentiation; this is an error of the compiler}}
  %y = ag.requires_grad %x : tensor<3xf32> -> tensor<i1>
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{result #0 must be tensor of 1-bit signless integer values}}
  %y = ag.requires_grad %x : tensor<3xf32> -> tensor<f32>
  return
}
