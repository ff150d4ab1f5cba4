// RUN: gradc-opt %s -ag-flatten-no-grad -ag-promote-variables -split-input-file | FileCheck %s
// A variable becomes values: of a loop, of a branch, of both.

ag.variable @s : tensor<f32> kind "state"
ag.variable @r : tensor<f32> kind "buffer"
// CHECK-LABEL: func.func @loop
// CHECK: %[[S:.*]] = ag.get @s
// CHECK: %[[R:.*]] = ag.get @r
// CHECK: %[[OUT:.*]] = scf.for {{.*}} iter_args(%[[A:.*]] = %[[S]]) -> (tensor<f32>)
// CHECK-NEXT: %[[N:.*]] = ag.add %[[A]], %[[R]]
// CHECK-NEXT: scf.yield %[[N]]
// CHECK: ag.set @s, %[[OUT]]
// CHECK-NOT: ag.set @r
func.func @loop(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %s = ag.get @s : tensor<f32>
    %r = ag.get @r : tensor<f32>
    %t = ag.add %s, %r : tensor<f32>
    ag.set @s, %t : tensor<f32>
  }
  return
}

// -----

ag.variable @s : tensor<f32> kind "state"
// CHECK-LABEL: func.func @branch
// CHECK: %[[S:.*]] = ag.get @s
// CHECK: %[[OUT:.*]] = scf.if %{{.*}} -> (tensor<f32>)
// CHECK: scf.yield %arg1
// CHECK: } else {
// CHECK: scf.yield %[[S]]
// CHECK: ag.set @s, %[[OUT]]
func.func @branch(%c: i1, %x: tensor<f32>) {
  scf.if %c {
    ag.set @s, %x : tensor<f32>
  }
  return
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
// A write of a leaf tells which of its reads it overwrote; a first value does not.
// CHECK-LABEL: func.func @leaf
// CHECK: ag.zero_grad @w set_to_none
// CHECK: %[[L:.*]] = ag.leaf %{{.*}} of @w
// CHECK: ag.modified %[[L]]
// CHECK: ag.set @w
func.func @leaf(%x: tensor<f32>) {
  ag.set @w, %x init : tensor<f32>
  %w = ag.get @w : tensor<f32>
  ag.no_grad {
    %n = ag.neg %w : tensor<f32>
    ag.set @w, %n : tensor<f32>
  }
  return
}
