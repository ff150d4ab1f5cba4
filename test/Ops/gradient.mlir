// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) -> tensor<3xf32> {
  // CHECK: ag.gradient %{{.*}} wrt(%{{.*}}) : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %g = ag.gradient %s wrt(%x) : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  // CHECK: ag.gradient %{{.*}} wrt(%{{.*}}) cotangent %{{.*}} retain_graph create_graph allow_unused
  %h = ag.gradient %s wrt(%x) cotangent %s retain_graph create_graph allow_unused : (tensor<f32>, tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  return %h : tensor<3xf32>
}

//--- left.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'ag.gradient' op is left after differentiation; this is an error of the compiler}}
  %g = ag.gradient %s wrt(%x) : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{expected one gradient of the type of each 'wrt'}}
  %g = ag.gradient %s wrt(%x) : (tensor<f32>, tensor<3xf32>) -> tensor<f32>
  return
}

// -----
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{grad can be implicitly created only for scalar outputs}}
  %g = ag.gradient %x wrt(%x) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}
