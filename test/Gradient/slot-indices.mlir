// RUN: gradc-opt %s -ag-slot-indices -split-input-file | FileCheck %s

// From the last to the first: in range in every turn, which nobody has to expect.
// CHECK-LABEL: func.func @turns
// CHECK: scf.for %[[I:.*]] = %{{.*}} iter_args(%[[YS:.*]] = %{{.*}})
// CHECK: %[[N:.*]] = arith.muli %[[I]], %{{.*}}
// CHECK: %[[AT:.*]] = arith.addi %[[N]], %{{.*}}
// CHECK-NOT: ag.expect
// CHECK: %[[X:.*]] = tensor.extract_slice %arg0[%[[AT]], 0] [1, 3] [1, 1] : tensor<5x3xf32> to tensor<3xf32>
// CHECK: %[[Y:.*]] = ag.tanh %[[X]]
// CHECK: tensor.insert_slice %[[Y]] into %[[YS]][%[[AT]], 0] [1, 3] [1, 1]
func.func @turns(%x: tensor<5x3xf32>) -> tensor<5x3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %zero = ag.constant dense<0.0> : tensor<5x3xf32>
  %four = ag.constant dense<4> : tensor<i64>
  %r = scf.for %i = %c0 to %c5 step %c1 iter_args(%ys = %zero) -> tensor<5x3xf32> {
    %n = arith.index_cast %i : index to i64
    %t = tensor.from_elements %n : tensor<i64>
    %at = ag.sub %four, %t : tensor<i64>
    %none = ag.constant dense<0> : tensor<i64>
    %size = ag.constant dense<5> : tensor<i64>
    %isBelow = ag.compare lt %at, %none : tensor<i64>
    %wrapped = ag.add %at, %size : tensor<i64>
    %index = ag.select %isBelow, %wrapped, %at : tensor<i64>
    %isIn = ag.compare lt %index, %size : tensor<i64>
    ag.expect %isIn, "index out of range" : tensor<i1>
    %row = ag.gather %x, %index dim 0 : (tensor<5x3xf32>, tensor<i64>) -> tensor<3xf32>
    %y = ag.tanh %row : tensor<3xf32>
    %next = ag.scatter %ys, %index, %y dim 0 mode set : (tensor<5x3xf32>, tensor<i64>, tensor<3xf32>) -> tensor<5x3xf32>
    scf.yield %next : tensor<5x3xf32>
  }
  return %r : tensor<5x3xf32>
}

// -----
// The last turn is out of range; an index that the program computes may be, too; what adds is left.
// CHECK-LABEL: func.func @others
// CHECK: ag.expect
// CHECK-COUNT-2: ag.gather
// CHECK: ag.scatter
func.func @others(%x: tensor<4x3xf32>, %k: tensor<i64>) -> tensor<4x3xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %size = ag.constant dense<4> : tensor<i64>
  %r = scf.for %i = %c0 to %c5 step %c1 iter_args(%ys = %x) -> tensor<4x3xf32> {
    %n = arith.index_cast %i : index to i64
    %t = tensor.from_elements %n : tensor<i64>
    %isIn = ag.compare lt %t, %size : tensor<i64>
    ag.expect %isIn, "index out of range" : tensor<i1>
    %a = ag.gather %x, %t dim 0 : (tensor<4x3xf32>, tensor<i64>) -> tensor<3xf32>
    %b = ag.gather %x, %k dim 0 : (tensor<4x3xf32>, tensor<i64>) -> tensor<3xf32>
    %s = ag.add %a, %b : tensor<3xf32>
    %next = ag.scatter %ys, %t, %s dim 0 mode add : (tensor<4x3xf32>, tensor<i64>, tensor<3xf32>) -> tensor<4x3xf32>
    scf.yield %next : tensor<4x3xf32>
  }
  return %r : tensor<4x3xf32>
}
