// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f() -> tensor<3xi64> {
  // CHECK: ag.randperm : tensor<3xi64>
  // LOWER: ag.randperm
  %y = ag.randperm : tensor<3xi64>
  return %y : tensor<3xi64>
}

//--- invalid.mlir
func.func @f() {
  // expected-error@+1 {{expected a vector of integers, got 'tensor<3x2xi64>'}}
  %y = ag.randperm : tensor<3x2xi64>
  return
}
