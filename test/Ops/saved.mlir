// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/left.mlir --lower-to-linalg --verify-diagnostics

//--- op.mlir
func.func @f(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  // CHECK: ag.saved %[[Y:.*]] reads %[[X:.*]] : tensor<3xf32>, tensor<3xf32>
  ag.saved %y reads %x : tensor<3xf32>, tensor<3xf32>
  // CHECK: ag.saved %[[Y]] : tensor<3xf32>
  ag.saved %y : tensor<3xf32>
  return
}

//--- left.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{'ag.saved' op is left after differentiation; this is an error of the compiler}}
  ag.saved %x : tensor<3xf32>
  return
}
