// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f() -> tensor<3xi64> {
  // CHECK: ag.randint 2 to 9 : tensor<3xi64>
  // LOWER: ag.randint 2 to 9
  %y = ag.randint 2 to 9 : tensor<3xi64>
  return %y : tensor<3xi64>
}

//--- invalid.mlir
func.func @f() {
  // expected-error@+1 {{expected low below high, got 9 and 9}}
  %y = ag.randint 9 to 9 : tensor<3xi64>
  return
}
