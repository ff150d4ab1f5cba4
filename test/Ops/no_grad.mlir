// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  // CHECK: ag.no_grad {
  ag.no_grad {
  }
  // CHECK: ag.no_grad -> tensor<3xf32> {
  // CHECK: ag.yield %{{.*}} : tensor<3xf32>
  %y = ag.no_grad -> tensor<3xf32> {
    ag.yield %x : tensor<3xf32>
  }
  return %y : tensor<3xf32>
}

//--- left.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+2 {{'ag.modified' op is left after differentiation; this is an error of the compiler}}
  ag.no_grad {
    ag.modified %x : tensor<3xf32>
  }
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected the yielded types to be the result types}}
  %y = ag.no_grad -> tensor<f32> {
    ag.yield %x : tensor<3xf32>
  }
  return
}
