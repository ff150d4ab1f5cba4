// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>) {
  // CHECK: ag.set_grad @w, %{{.*}} : tensor<3xf32>
  ag.set_grad @w, %x : tensor<3xf32>
  return
}

//--- left.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'ag.set_grad' op is left after differentiation; this is an error of the compiler}}
  ag.set_grad @w, %x : tensor<3xf32>
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected a variable named @w, found none}}
  ag.set_grad @w, %x : tensor<3xf32>
  return
}

// -----
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<2xf32>) {
  // expected-error@+1 {{expected the type 'tensor<3xf32>' of @w, got 'tensor<2xf32>'}}
  ag.set_grad @w, %x : tensor<2xf32>
  return
}

// -----
ag.variable @c : tensor<3xf32> kind "buffer"
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected a variable that requires grad, got @c}}
  ag.set_grad @c, %x : tensor<3xf32>
  return
}
