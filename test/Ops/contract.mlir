// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) -> tensor<2x4xf32> {
  // CHECK: ag.contract %{{.*}}, %{{.*}} batch [] x [] contract [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %y = ag.contract %a, %b batch [] x [] contract [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[A:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[B:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[DA:.*]] = ag.contract %[[D]], %[[B]] batch [] x [] contract [1] x [1] : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
// Neither gradient needs a transpose.
// RULE-NOT: ag.transpose
// RULE: %[[DB:.*]] = ag.contract %[[A]], %[[D]] batch [] x [] contract [0] x [0] : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<3x4xf32>
// RULE: return %[[DA]], %[[DB]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.fill
// LOWER: generic {indexing_maps = [#{{.*}}, #{{.*}}, #{{.*}}], iterator_types = ["parallel", "parallel", "reduction"]}
// LOWER: %[[P:.*]] = arith.mulf
// LOWER: arith.addf %{{.*}}, %[[P]]

//--- invalid.mlir
func.func @f(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{expected as many contracted dimensions on both sides, got [1] and []}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.contract %a, %b batch [] x [] contract [1] x [] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @f(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{expected as many batch dimensions on both sides, got [0] and []}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.contract %a, %b batch [0] x [] contract [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @f(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{expected contracted dimensions below the ranks 2 and 2, got [2] and [0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.contract %a, %b batch [] x [] contract [2] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @f(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{expected equal contracted sizes, got 2 and 3}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.contract %a, %b batch [] x [] contract [0] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @f(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{expected every dimension at most once among batch and contracted}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.contract %a, %b batch [1] x [0] contract [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @f(%a: tensor<2x3xf32>, %b: tensor<3x4xf64>) {
  // expected-error@+2 {{expected equal element types, got 'f32' and 'f64'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.contract %a, %b batch [] x [] contract [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf64>) -> tensor<2x4xf32>
  return
}

// -----
func.func @f(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{inferred type(s) 'tensor<2x4xf32>' are incompatible with return type(s)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.contract %a, %b batch [] x [] contract [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<4x2xf32>
  return
}
