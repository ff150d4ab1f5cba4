// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<2x3xf32>) -> tensor<3xf32> {
  // CHECK: ag.reduce_mean %{{.*}} dims [0] : tensor<2x3xf32> -> tensor<3xf32>
  %y = ag.reduce_mean %x dims [0] : tensor<2x3xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[N:.*]] = ag.constant dense<2.0
// RULE: %[[Q:.*]] = ag.div %[[D]], %[[N]]
// RULE: %[[R:.*]] = ag.broadcast %[[Q]] dims [1]
// RULE: return %[[R]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.fill
// LOWER: generic {indexing_maps = [#{{.*}}, #{{.*}}], iterator_types = ["reduction", "parallel"]}
// LOWER: arith.addf
// LOWER: linalg.generic
// LOWER: %[[N:.*]] = arith.constant 2.0
// LOWER: arith.divf %{{.*}}, %[[N]]

//--- invalid.mlir
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{expected 'dims' to be ascending dimensions below 2, got [1, 0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_mean %x dims [1, 0] : tensor<2x3xf32> -> tensor<f32>
  return
}

// -----
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{expected 'dims' to be ascending dimensions below 2, got [2]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_mean %x dims [2] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{inferred type(s) 'tensor<3xf32>' are incompatible with return type(s)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_mean %x dims [0] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----
func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point values}}
  %y = ag.reduce_mean %x dims [0] : tensor<4xi64> -> tensor<i64>
  return
}
