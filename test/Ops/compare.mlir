// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xi1> {
  // CHECK: ag.compare le %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.compare le %a, %b : tensor<4xf32>
  return %y : tensor<4xi1>
}

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.cmpf ole

//--- invalid.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-note@-1 {{prior use here}}
  // expected-error@+1 {{expects different type than prior uses}}
  %y = ag.compare lt %a, %b : tensor<4xf32>
  return
}

// -----
func.func @f(%a: tensor<4xf32>) {
  // expected-error@+1 {{expected string or keyword containing one of the following enum values for attribute 'predicate' [eq, ne, lt, le, gt, ge]}}
  %y = ag.compare below %a, %a : tensor<4xf32>
  return
}
