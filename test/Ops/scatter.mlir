// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @add(%x: tensor<5x3xf32>, %i: tensor<4xi64>, %u: tensor<4x3xf32>) -> tensor<5x3xf32> {
  // CHECK: ag.scatter %{{.*}}, %{{.*}}, %{{.*}} dim 0 mode add : (tensor<5x3xf32>, tensor<4xi64>, tensor<4x3xf32>) -> tensor<5x3xf32>
  %y = ag.scatter %x, %i, %u dim 0 mode add : (tensor<5x3xf32>, tensor<4xi64>, tensor<4x3xf32>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}
// The cotangent goes on as it is, and is gathered.
// RULE-LABEL: func.func @add_vjp(
// RULE-SAME: %[[I:[a-z0-9]+]]: tensor<4xi64>, %{{[^:]*}}: tensor<4x3xf32>, %[[D:[a-z0-9]+]]: tensor<5x3xf32>)
// RULE: %[[U:.*]] = ag.gather %[[D]], %[[I]] dim 0
// RULE: return %[[D]], %[[U]]
// LOWER-LABEL: func.func @add(
// LOWER: ag.scatter

func.func @set(%x: tensor<5xf32>, %i: tensor<4xi32>, %u: tensor<4xf32>) -> tensor<5xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode set : (tensor<5xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<5xf32>
  return %y : tensor<5xf32>
}
// RULE-LABEL: func.func @set_vjp(
// RULE-SAME: %[[I:[a-z0-9]+]]: tensor<4xi32>, %{{[^:]*}}: tensor<4xf32>, %[[D:[a-z0-9]+]]: tensor<5xf32>)
// RULE: %[[Z:.*]] = ag.constant dense<0.0
// RULE: ag.scatter %[[D]], %[[I]], %[[Z]] dim 0 mode set
// RULE: ag.gather %[[D]], %[[I]] dim 0

// Nothing to write: no kernel.
func.func @nothing(%x: tensor<5xf32>, %i: tensor<0xi64>, %u: tensor<0xf32>) -> tensor<5xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode set : (tensor<5xf32>, tensor<0xi64>, tensor<0xf32>) -> tensor<5xf32>
  return %y : tensor<5xf32>
}
// LOWER-LABEL: func.func @nothing(
// LOWER-SAME: %[[X:[a-z0-9]+]]: tensor<5xf32>
// LOWER-NOT: ag.scatter
// LOWER: return %[[X]]

//--- invalid.mlir
func.func @f(%x: tensor<5xf32>, %i: tensor<2xi64>, %u: tensor<2xf32>) {
  // expected-error@+1 {{expected 'dim' below 1, got 1}}
  %y = ag.scatter %x, %i, %u dim 1 mode add : (tensor<5xf32>, tensor<2xi64>, tensor<2xf32>) -> tensor<5xf32>
  return
}

// -----
func.func @f(%x: tensor<5xf32>, %i: tensor<2xi64>, %u: tensor<2xf64>) {
  // expected-error@+1 {{expected element type 'f32', got 'f64'}}
  %y = ag.scatter %x, %i, %u dim 0 mode add : (tensor<5xf32>, tensor<2xi64>, tensor<2xf64>) -> tensor<5xf32>
  return
}

// -----
func.func @f(%x: tensor<5x3xf32>, %i: tensor<2xi64>, %u: tensor<2x4xf32>) {
  // expected-error@+1 {{expected updates of shape [2, 3], got [2, 4]}}
  %y = ag.scatter %x, %i, %u dim 0 mode add : (tensor<5x3xf32>, tensor<2xi64>, tensor<2x4xf32>) -> tensor<5x3xf32>
  return
}
