// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<3xf32>, %y: tensor<1xi64>) {
  // CHECK: ag.print ["text:a:", "tensor", "number", "none"](%{{.*}}, %{{.*}} : tensor<3xf32>, tensor<1xi64>)
  // LOWER: ag.print ["text:a:", "tensor", "number", "none"]
  ag.print ["text:a:", "tensor", "number", "none"](%x, %y : tensor<3xf32>, tensor<1xi64>)
  // CHECK: ag.print ["text:"]
  ag.print ["text:"]
  // CHECK: ag.print ["tensor:requires_grad"]
  ag.print ["tensor:requires_grad"](%x : tensor<3xf32>)
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected parts tensor, number, text:... or none, got 'tensors'}}
  ag.print ["tensors"](%x : tensor<3xf32>)
  return
}

// -----
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected one element to print as a number, got 'tensor<3xf32>'}}
  ag.print ["number"](%x : tensor<3xf32>)
  return
}

// -----
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected 2 operands for the parts, got 1}}
  ag.print ["tensor", "tensor"](%x : tensor<3xf32>)
  return
}
