// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f() -> tensor<3xf32> {
  // CHECK: ag.grad @w : tensor<3xf32>
  %g = ag.grad @w : tensor<3xf32>
  // CHECK: ag.grad @w may_be_none : tensor<3xf32>
  %h = ag.grad @w may_be_none : tensor<3xf32>
  return %g : tensor<3xf32>
}

//--- left.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'ag.grad' op is left after differentiation; this is an error of the compiler}}
  %g = ag.grad @w : tensor<3xf32>
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected a variable named @w, found none}}
  %g = ag.grad @w : tensor<3xf32>
  return
}

// -----
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<2xf32>) {
  // expected-error@+1 {{expected the type 'tensor<3xf32>' of @w, got 'tensor<2xf32>'}}
  %g = ag.grad @w : tensor<2xf32>
  return
}

// -----
ag.variable @c : tensor<3xf32> kind "buffer"
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected a variable that requires grad, got @c}}
  %g = ag.grad @c : tensor<3xf32>
  return
}
