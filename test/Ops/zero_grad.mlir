// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f() {
  // CHECK: ag.zero_grad @w
  ag.zero_grad @w
  // CHECK: ag.zero_grad @w set_to_none
  ag.zero_grad @w set_to_none
  return
}

//--- left.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'ag.zero_grad' op is left after differentiation; this is an error of the compiler}}
  ag.zero_grad @w
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected a variable named @w, found none}}
  ag.zero_grad @w
  return
}

// -----
ag.variable @c : tensor<3xf32> kind "buffer"
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected a variable that requires grad, got @c}}
  ag.zero_grad @c
  return
}
