// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f() -> (tensor<2xf32>, tensor<3x1xi64>) {
  // CHECK: ag.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  %a = ag.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: ag.constant dense<7> : tensor<3x1xi64>
  %b = ag.constant dense<7> : tensor<3x1xi64>
  return %a, %b : tensor<2xf32>, tensor<3x1xi64>
}
// Equal constants are one variable.
func.func @again() -> tensor<2xf32> {
  %a = ag.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %a : tensor<2xf32>
}

// LOWER-LABEL: func.func @f(
// LOWER: %[[A:.*]] = ag.get @constant.0 : tensor<2xf32>
// LOWER: %[[N:.*]] = arith.constant 7 : i64
// LOWER: %[[B:.*]] = linalg.fill ins(%[[N]] : i64)
// LOWER: return %[[A]], %[[B]]
// LOWER-LABEL: func.func @again
// LOWER: ag.get @constant.0

//--- invalid.mlir
func.func @f() {
  // expected-error@+1 {{all of {value, y} have same type}}
  %y = "ag.constant"() {value = dense<1.0> : tensor<2xf32>} : () -> tensor<3xf32>
  return
}
