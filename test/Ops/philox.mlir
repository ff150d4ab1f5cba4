// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%s: tensor<i64>, %c: tensor<i64>) -> tensor<2x3xf32> {
  // CHECK: ag.philox %{{.*}}, %{{.*}} : tensor<2x3xf32>
  %y = ag.philox %s, %c : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: linalg.index 0
// LOWER: linalg.index 1
// LOWER: arith.muli {{.*}} : i64
// LOWER: arith.xori {{.*}} : i64
// LOWER: arith.mulf {{.*}} : f32

//--- invalid.mlir
func.func @f(%s: tensor<i64>, %c: tensor<i64>) {
  // expected-error@+1 {{must be ranked tensor of 32-bit float values}}
  %y = ag.philox %s, %c : tensor<2xi64>
  return
}
