// RUN: gradc-opt %s --lower-to-linalg | FileCheck %s

// What all turns multiply by transposed is put in order once: both readers of it share the copy.
// CHECK-LABEL: func.func @turns
// CHECK: %[[T:.*]] = linalg.generic {{.*}} ins(%arg1 : tensor<40x32xf32>)
// CHECK: %[[W:.*]] = ag.barrier %[[T]] after %[[T]] : tensor<32x40xf32>
// CHECK: scf.for
// CHECK-COUNT-2: linalg.generic {{.*}} ins(%{{.*}}, %[[W]] : tensor<4x32xf32>, tensor<32x40xf32>)
func.func @turns(%x: tensor<4x32xf32>, %w: tensor<40x32xf32>) -> tensor<4x32xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %r = scf.for %i = %c0 to %c9 step %c1 iter_args(%h = %x) -> tensor<4x32xf32> {
    %a = ag.contract %h, %w batch [] x [] contract [1] x [1] : (tensor<4x32xf32>, tensor<40x32xf32>) -> tensor<4x40xf32>
    %v = ag.transpose %w [1, 0] : tensor<40x32xf32> -> tensor<32x40xf32>
    %e = ag.exp %h : tensor<4x32xf32>
    %b = ag.contract %e, %v batch [] x [] contract [1] x [0] : (tensor<4x32xf32>, tensor<32x40xf32>) -> tensor<4x40xf32>
    %s = ag.add %a, %b : tensor<4x40xf32>
    %next = ag.slice %s from [0, 0] to [4, 32] by [1, 1] : tensor<4x40xf32> -> tensor<4x32xf32>
    scf.yield %next : tensor<4x32xf32>
  }
  return %r : tensor<4x32xf32>
}

// In order already; the loop's own; too few turns.
// CHECK-LABEL: func.func @others
// CHECK-NOT: ag.barrier
func.func @others(%x: tensor<4x32xf32>, %v: tensor<32x32xf32>) -> tensor<4x32xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c9 = arith.constant 9 : index
  %r:2 = scf.for %i = %c0 to %c9 step %c1 iter_args(%h = %x, %w = %v) -> (tensor<4x32xf32>, tensor<32x32xf32>) {
    %a = ag.contract %h, %v batch [] x [] contract [1] x [0] : (tensor<4x32xf32>, tensor<32x32xf32>) -> tensor<4x32xf32>
    %b = ag.contract %a, %w batch [] x [] contract [1] x [1] : (tensor<4x32xf32>, tensor<32x32xf32>) -> tensor<4x32xf32>
    %next = ag.exp %w : tensor<32x32xf32>
    scf.yield %b, %next : tensor<4x32xf32>, tensor<32x32xf32>
  }
  %s = scf.for %i = %c0 to %c2 step %c1 iter_args(%h = %r#0) -> tensor<4x32xf32> {
    %a = ag.contract %h, %v batch [] x [] contract [1] x [1] : (tensor<4x32xf32>, tensor<32x32xf32>) -> tensor<4x32xf32>
    scf.yield %a : tensor<4x32xf32>
  }
  return %s : tensor<4x32xf32>
}
