// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>) {
  // CHECK: ag.set @w, %{{.*}} : tensor<3xf32>
  // LOWER: ag.set @w
  ag.set @w, %x : tensor<3xf32>
  // CHECK: ag.set @w, %{{.*}} init : tensor<3xf32>
  ag.set @w, %x init : tensor<3xf32>
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected a variable named @w, found none}}
  ag.set @w, %x : tensor<3xf32>
  return
}

// -----
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<2xf32>) {
  // expected-error@+1 {{expected the type 'tensor<3xf32>' of @w, got 'tensor<2xf32>'}}
  ag.set @w, %x : tensor<2xf32>
  return
}
