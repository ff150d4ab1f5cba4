// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<2x3xf32>) -> tensor<3xf32> {
  // CHECK: ag.reduce_min %{{.*}} dims [0] : tensor<2x3xf32> -> tensor<3xf32>
  %y = ag.reduce_min %x dims [0] : tensor<2x3xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.reduce_min %[[X]] dims [0]
// RULE: %[[BY:.*]] = ag.broadcast %[[Y]] dims [1]
// RULE: %[[EQ:.*]] = ag.compare eq %[[X]], %[[BY]]
// RULE: %[[M:.*]] = ag.cast %[[EQ]]
// RULE: %[[TIES:.*]] = ag.reduce_sum %[[M]] dims [0]
// RULE: %[[BD:.*]] = ag.broadcast %[[D]] dims [1]
// RULE: %[[DM:.*]] = ag.mul %[[BD]], %[[M]]
// RULE: %[[BT:.*]] = ag.broadcast %[[TIES]] dims [1]
// RULE: %[[R:.*]] = ag.div %[[DM]], %[[BT]]
// RULE: return %[[R]]

// LOWER-LABEL: func.func @f(
// LOWER: %[[Z:.*]] = arith.constant 0x7F800000
// LOWER: linalg.fill ins(%[[Z]]
// LOWER: generic {indexing_maps = [#{{.*}}, #{{.*}}], iterator_types = ["reduction", "parallel"]}
// LOWER: arith.minimumf

//--- invalid.mlir
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{expected 'dims' to be ascending dimensions below 2, got [1, 0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_min %x dims [1, 0] : tensor<2x3xf32> -> tensor<f32>
  return
}

// -----
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{expected 'dims' to be ascending dimensions below 2, got [2]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_min %x dims [2] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error@+2 {{inferred type(s) 'tensor<3xf32>' are incompatible with return type(s)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_min %x dims [0] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----
func.func @f(%x: tensor<0x3xf32>) {
  // expected-error@+2 {{expected elements to take the extremum of, got shape [0, 3] over dims [0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.reduce_min %x dims [0] : tensor<0x3xf32> -> tensor<3xf32>
  return
}
