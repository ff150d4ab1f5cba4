// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.select %c, %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[C:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[A:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[B:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[DA:.*]] = ag.select %[[C]], %[[D]], %{{.*}}
// RULE: %[[DB:.*]] = ag.select %[[C]], %{{.*}}, %[[D]]
// RULE: return %[[DA]], %[[DB]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.select

//--- invalid.mlir
func.func @f(%c: tensor<5xi1>, %a: tensor<4xf32>) {
  // expected-error@+1 {{the condition is a bool tensor of the result's shape}}
  %y = "ag.select"(%c, %a, %a) : (tensor<5xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}
