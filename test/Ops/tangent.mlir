// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) -> tensor<f32> {
  // CHECK: ag.tangent %{{.*}} wrt(%{{.*}}) along(%{{.*}})
  %t = ag.tangent %s wrt(%x) along(%x) : (tensor<f32>, tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  return %t : tensor<f32>
}

//--- left.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'ag.tangent' op is left after differentiation; this is an error of the compiler}}
  %t = ag.tangent %s wrt(%x) along(%x) : (tensor<f32>, tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{expected one tangent of the type of each 'wrt'}}
  %t = ag.tangent %s wrt(%x) along(%s) : (tensor<f32>, tensor<3xf32>, tensor<f32>) -> tensor<f32>
  return
}

// -----
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{expected a tangent of type 'tensor<f32>'}}
  %t = ag.tangent %s wrt(%x) along(%x) : (tensor<f32>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}
