// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f() -> tensor<3xf32> {
  // CHECK: ag.rand : tensor<3xf32>
  // LOWER: ag.rand : tensor<3xf32>
  %y = ag.rand : tensor<3xf32>
  return %y : tensor<3xf32>
}

//--- invalid.mlir
func.func @f() {
  // expected-error@+1 {{result #0 must be statically shaped tensor of any type values}}
  %y = ag.rand : tensor<?xf32>
  return
}

// -----
func.func @f() {
  // expected-error@+1 {{expected a float tensor, got 'tensor<3xi64>'}}
  %y = ag.rand : tensor<3xi64>
  return
}
