// RUN: gradc-opt %s --lower-to-linalg | FileCheck %s
// What nobody needs is never built, and what is computed twice is built once.

// CHECK-LABEL: func.func @once(
// CHECK-COUNT-2: linalg.generic
// CHECK-NOT: linalg.generic
func.func @once(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = ag.exp %x : tensor<4xf32>
  %b = ag.exp %x : tensor<4xf32>
  %dead = ag.log %a : tensor<4xf32>
  %y = ag.mul %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @folded(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
// CHECK-NEXT: return %[[X]]
func.func @folded(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = ag.constant dense<1.0> : tensor<f32>
  %ones = ag.broadcast %one dims [] : tensor<f32> -> tensor<4xf32>
  %y = ag.mul %ones, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// In and out of regions alike.
// CHECK-LABEL: func.func @loop(
// CHECK: scf.for
// CHECK: linalg.generic
// CHECK: arith.addf
// CHECK-NOT: ag.
func.func @loop(%x: tensor<4xf32>, %b: tensor<f32>) -> tensor<4xf32> {
  %lo = arith.constant 0 : index
  %hi = arith.constant 10 : index
  %step = arith.constant 1 : index
  %bs = ag.broadcast %b dims [] : tensor<f32> -> tensor<4xf32>
  %r = scf.for %i = %lo to %hi step %step iter_args(%a = %x) -> tensor<4xf32> {
    %y = ag.add %a, %bs : tensor<4xf32>
    %z = ag.detach %y : tensor<4xf32>
    scf.yield %z : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
