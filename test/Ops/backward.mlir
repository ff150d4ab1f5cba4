// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // CHECK: ag.backward %{{.*}} : tensor<f32>
  ag.backward %s : tensor<f32>
  // CHECK: ag.backward %{{.*}} cotangent %{{.*}} : tensor<3xf32> retain_graph create_graph : tensor<3xf32>
  ag.backward %x cotangent %x : tensor<3xf32> retain_graph create_graph : tensor<3xf32>
  return
}

//--- left.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'ag.backward' op is left after differentiation; this is an error of the compiler}}
  ag.backward %s : tensor<f32>
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{grad can be implicitly created only for scalar outputs}}
  ag.backward %x : tensor<3xf32>
  return
}

// -----
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{expected a cotangent of type 'tensor<3xf32>', got 'tensor<f32>'}}
  ag.backward %x cotangent %s : tensor<f32> : tensor<3xf32>
  return
}
