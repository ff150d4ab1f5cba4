// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<2xf32>, %b: tensor<3xf32>) -> tensor<5xf32> {
  // CHECK: ag.concat %{{.*}}, %{{.*}} dim 0 : (tensor<2xf32>, tensor<3xf32>) -> tensor<5xf32>
  %y = ag.concat %a, %b dim 0 : (tensor<2xf32>, tensor<3xf32>) -> tensor<5xf32>
  return %y : tensor<5xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[A:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[B:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[DA:.*]] = ag.slice %[[D]] from [0] to [2] by [1]
// RULE: %[[DB:.*]] = ag.slice %[[D]] from [2] to [5] by [1]
// RULE: return %[[DA]], %[[DB]]
// RULE-LABEL: func.func @f_jvp(
// RULE: ag.concat %arg2, %arg3 dim 0

// LOWER-LABEL: func.func @f(
// LOWER: %[[E:.*]] = tensor.empty
// LOWER: %[[W:.*]] = tensor.insert_slice %{{.*}} into %[[E]][0] [2] [1]
// LOWER: tensor.insert_slice %{{.*}} into %[[W]][2] [3] [1]

//--- invalid.mlir
func.func @f() {
  // expected-error@+2 {{expected at least one part}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = "ag.concat"() {dim = 0 : i64} : () -> tensor<0xf32>
  return
}

// -----
func.func @f(%a: tensor<2xf32>) {
  // expected-error@+2 {{expected 'dim' below 1, got 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.concat %a dim 1 : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----
func.func @f(%a: tensor<2xf32>, %b: tensor<2x3xf32>) {
  // expected-error@+2 {{expected parts like 'tensor<2xf32>' but for dimension 0, got 'tensor<2x3xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.concat %a, %b dim 0 : (tensor<2xf32>, tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----
func.func @f(%a: tensor<2xf32>, %b: tensor<2xf64>) {
  // expected-error@+2 {{expected parts like 'tensor<2xf32>' but for dimension 0, got 'tensor<2xf64>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.concat %a, %b dim 0 : (tensor<2xf32>, tensor<2xf64>) -> tensor<4xf32>
  return
}
