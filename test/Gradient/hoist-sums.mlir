// RUN: gradc-opt %s -ag-hoist-sums -canonicalize -split-input-file | FileCheck %s

// The factors of all turns lie in stacks, one in another order of dims: one contraction behind the loop.
// CHECK-LABEL: func.func @weight
// CHECK: %[[R:.*]]:2 = scf.for
// CHECK: %[[D:.*]] = ag.tanh
// CHECK-NOT: ag.contract
// CHECK: scf.yield
// CHECK: %[[T:.*]] = ag.transpose %arg0 [0, 2, 1]
// CHECK: %[[W:.*]] = ag.contract %[[R]]#1, %[[T]] batch [] x [] contract [0, 1] x [0, 2] : (tensor<6x2x4xf32>, tensor<6x3x2xf32>) -> tensor<4x3xf32>
// CHECK: ag.transpose %[[W]] [1, 0]
func.func @weight(%xs: tensor<6x2x3xf32>, %d0: tensor<2x4xf32>) -> (tensor<3x4xf32>, tensor<2x4xf32>, tensor<6x2x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %c6 = arith.constant 6 : index
  %zero = ag.constant dense<0.0> : tensor<3x4xf32>
  %empty = tensor.empty() : tensor<6x2x4xf32>
  %r:3 = scf.for %i = %c0 to %c6 step %c1 iter_args(%w = %zero, %d = %d0, %ds = %empty) -> (tensor<3x4xf32>, tensor<2x4xf32>, tensor<6x2x4xf32>) {
    %t = arith.subi %c5, %i : index
    %x = tensor.extract_slice %xs[%t, 0, 0] [1, 2, 3] [1, 1, 1] : tensor<6x2x3xf32> to tensor<2x3xf32>
    %next = ag.tanh %d : tensor<2x4xf32>
    %turned = ag.transpose %x [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
    %g = ag.contract %next, %turned batch [] x [] contract [0] x [1] : (tensor<2x4xf32>, tensor<3x2xf32>) -> tensor<4x3xf32>
    %gt = ag.transpose %g [1, 0] : tensor<4x3xf32> -> tensor<3x4xf32>
    %sum = ag.add %w, %gt : tensor<3x4xf32>
    %slots = tensor.insert_slice %next into %ds[%t, 0, 0] [1, 2, 4] [1, 1, 1] : tensor<2x4xf32> into tensor<6x2x4xf32>
    scf.yield %sum, %next, %slots : tensor<3x4xf32>, tensor<2x4xf32>, tensor<6x2x4xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<3x4xf32>, tensor<2x4xf32>, tensor<6x2x4xf32>
}

// -----
// A stack that is lacking is made, if it is small beside the others; what the sum starts from is added.
// CHECK-LABEL: func.func @made
// CHECK: %[[R:.*]]:2 = scf.for {{.*}} iter_args(%[[D:.*]] = %{{.*}}, %[[S:.*]] = %{{.*}})
// CHECK: tensor.insert_slice %{{.*}} into %[[S]]
// CHECK-NOT: ag.reduce_sum
// CHECK: scf.yield
// CHECK: %[[A:.*]] = ag.reduce_sum %[[R]]#1 dims [0, 1]
// CHECK: ag.add %arg2, %[[A]]
func.func @made(%xs: tensor<6x2x8xf32>, %d0: tensor<2x4xf32>, %b0: tensor<4xf32>) -> (tensor<4xf32>, tensor<2x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %r:2 = scf.for %i = %c0 to %c6 step %c1 iter_args(%b = %b0, %d = %d0) -> (tensor<4xf32>, tensor<2x4xf32>) {
    %x = tensor.extract_slice %xs[%i, 0, 0] [1, 2, 8] [1, 1, 1] : tensor<6x2x8xf32> to tensor<2x8xf32>
    %half = ag.slice %x from [0, 0] to [2, 4] by [1, 1] : tensor<2x8xf32> -> tensor<2x4xf32>
    %next = ag.mul %d, %half : tensor<2x4xf32>
    %g = ag.reduce_sum %next dims [0] : tensor<2x4xf32> -> tensor<4xf32>
    %sum = ag.add %b, %g : tensor<4xf32>
    scf.yield %sum, %next : tensor<4xf32>, tensor<2x4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<2x4xf32>
}

// -----
// No stack but for this; a factor from outside; a sum that the turns read: left as they are.
// CHECK-LABEL: func.func @others
// CHECK: scf.for
// CHECK-COUNT-3: ag.contract
// CHECK: scf.yield
// CHECK-NOT: ag.contract
func.func @others(%d0: tensor<2x4xf32>, %c: tensor<2x4xf32>, %xs: tensor<6x2x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %zero = ag.constant dense<0.0> : tensor<4x4xf32>
  %r:4 = scf.for %i = %c0 to %c6 step %c1 iter_args(%u = %zero, %v = %zero, %w = %zero, %d = %d0) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<2x4xf32>) {
    %x = tensor.extract_slice %xs[%c0, 0, 0] [1, 2, 4] [1, 1, 1] : tensor<6x2x4xf32> to tensor<2x4xf32>
    %next = ag.tanh %d : tensor<2x4xf32>
    %a = ag.contract %next, %next batch [] x [] contract [0] x [0] : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
    %b = ag.contract %c, %next batch [] x [] contract [0] x [0] : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
    %e = ag.contract %x, %x batch [] x [] contract [0] x [0] : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<4x4xf32>
    %au = ag.add %u, %a : tensor<4x4xf32>
    %bv = ag.add %v, %b : tensor<4x4xf32>
    %seen = ag.mul %w, %e : tensor<4x4xf32>
    %ew = ag.add %w, %seen : tensor<4x4xf32>
    scf.yield %au, %bv, %ew, %next : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<2x4xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}
