// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f() -> tensor<2x3xi64> {
  // CHECK: ag.iota dim 1 : tensor<2x3xi64>
  %y = ag.iota dim 1 : tensor<2x3xi64>
  return %y : tensor<2x3xi64>
}

// LOWER-LABEL: func.func @f(
// LOWER: %[[I:.*]] = linalg.index 1
// LOWER: arith.index_cast %[[I]] : index to i64

//--- invalid.mlir
func.func @f() {
  // expected-error@+1 {{expected 'dim' below 2, got 2}}
  %y = ag.iota dim 2 : tensor<2x3xi64>
  return
}

// -----
func.func @f() {
  // expected-error@+1 {{expected 'dim' below 2, got -1}}
  %y = ag.iota dim -1 : tensor<2x3xi64>
  return
}
