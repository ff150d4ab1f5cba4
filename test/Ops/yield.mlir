// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

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

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expects parent op to be one of 'ag.no_grad, ag.checkpoint'}}
  ag.yield %x : tensor<3xf32>
}
