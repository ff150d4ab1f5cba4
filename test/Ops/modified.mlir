// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
func.func @f(%x: tensor<3xf32>) {
  // CHECK: ag.modified %{{.*}} : tensor<3xf32>
  ag.modified %x : tensor<3xf32>
  return
}

//--- left.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'ag.modified' op is left after differentiation; this is an error of the compiler}}
  ag.modified %x : tensor<3xf32>
  return
}
