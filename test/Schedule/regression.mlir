// The loop of a linear regression by gradient descent, as Lower leaves it: one kernel a step that updates the
// variables and clears their gradients where they are; no buffer, no copy.
// RUN: gradc-opt %s --sched-pipeline | FileCheck %s
// CHECK-LABEL: func.func @train
// CHECK-SAME: %[[X:.*]]: memref<10x3xf32> {sched.input = "in0"}
// CHECK-SAME: %[[W:[^:]*]]: memref<3x1xf32> {sched.variable = @w}
// CHECK-SAME: %[[B:[^:]*]]: memref<1xf32> {sched.variable = @b}
// CHECK-SAME: %[[GW:[^:]*]]: memref<3x1xf32> {sched.variable = @gw}
// CHECK-SAME: %[[GB:[^:]*]]: memref<1xf32> {sched.variable = @gb}
// CHECK-SAME: %[[LOSS:[^:]*]]: memref<f32> {sched.output = "out0"}
// CHECK-SAME: sched.arena_bytes = 0 : i64, sched.copies = 0 : i64
// CHECK: scf.for
// CHECK-NEXT: sched.launch @contraction_0({{.*}}) outs(%[[LOSS]], %[[W]], %[[B]], %[[GW]], %[[GB]])
// CHECK-NEXT: }
// CHECK-NEXT: return
#m = affine_map<(i, j) -> (i, j)>
#r = affine_map<(i, j) -> (j)>
#s = affine_map<(i, j) -> ()>
#v = affine_map<(i) -> (i)>
#p = affine_map<(i, j, k) -> (k, i)>
#q = affine_map<(i, j, k) -> (k, j)>
#o = affine_map<(i, j, k) -> (i, j)>
ag.variable @w : tensor<3x1xf32> kind "parameter" requires_grad
ag.variable @b : tensor<1xf32> kind "parameter" requires_grad
ag.variable @gw : tensor<3x1xf32> kind "grad"
ag.variable @gb : tensor<1xf32> kind "grad"
func.func @train(%x: tensor<10x3xf32>, %y: tensor<10x1xf32>) -> tensor<f32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 100 : index
  %zero = arith.constant 0.0 : f32
  %inv = arith.constant 0.1 : f32
  %two = arith.constant 0.2 : f32
  %lr = arith.constant 0.01 : f32
  %es = tensor.empty() : tensor<f32>
  %l0 = linalg.fill ins(%zero : f32) outs(%es : tensor<f32>) -> tensor<f32>
  %w0 = ag.get @w : tensor<3x1xf32>
  %b0 = ag.get @b : tensor<1xf32>
  %gw0 = ag.get @gw : tensor<3x1xf32>
  %gb0 = ag.get @gb : tensor<1xf32>
  %loss, %we, %be, %gwe, %gbe = scf.for %i = %c0 to %n step %c1 iter_args(%old = %l0, %w = %w0, %b = %b0, %g0 = %gw0, %h0 = %gb0) -> (tensor<f32>, tensor<3x1xf32>, tensor<1xf32>, tensor<3x1xf32>, tensor<1xf32>) {
    %e = tensor.empty() : tensor<10x1xf32>
    %z = linalg.fill ins(%zero : f32) outs(%e : tensor<10x1xf32>) -> tensor<10x1xf32>
    %xw = linalg.matmul ins(%x, %w : tensor<10x3xf32>, tensor<3x1xf32>) outs(%z : tensor<10x1xf32>) -> tensor<10x1xf32>
    %pred = linalg.generic {indexing_maps = [#m, #r, #m], iterator_types = ["parallel", "parallel"]} ins(%xw, %b : tensor<10x1xf32>, tensor<1xf32>) outs(%e : tensor<10x1xf32>) {
      ^bb0(%a: f32, %c: f32, %d: f32):
        %t = arith.addf %a, %c : f32
        linalg.yield %t : f32 } -> tensor<10x1xf32>
    %diff = linalg.generic {indexing_maps = [#m, #m, #m], iterator_types = ["parallel", "parallel"]} ins(%pred, %y : tensor<10x1xf32>, tensor<10x1xf32>) outs(%e : tensor<10x1xf32>) {
      ^bb0(%a: f32, %c: f32, %d: f32):
        %t = arith.subf %a, %c : f32
        linalg.yield %t : f32 } -> tensor<10x1xf32>
    // mean of squares
    %sq = linalg.generic {indexing_maps = [#m, #m], iterator_types = ["parallel", "parallel"]} ins(%diff : tensor<10x1xf32>) outs(%e : tensor<10x1xf32>) {
      ^bb0(%a: f32, %d: f32):
        %t = arith.mulf %a, %a : f32
        linalg.yield %t : f32 } -> tensor<10x1xf32>
    %z0 = linalg.fill ins(%zero : f32) outs(%es : tensor<f32>) -> tensor<f32>
    %sum = linalg.generic {indexing_maps = [#m, #s], iterator_types = ["reduction", "reduction"]} ins(%sq : tensor<10x1xf32>) outs(%z0 : tensor<f32>) {
      ^bb0(%a: f32, %d: f32):
        %t = arith.addf %a, %d : f32
        linalg.yield %t : f32 } -> tensor<f32>
    %mean = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%sum : tensor<f32>) outs(%es : tensor<f32>) {
      ^bb0(%a: f32, %d: f32):
        %t = arith.mulf %a, %inv : f32
        linalg.yield %t : f32 } -> tensor<f32>
    // backward
    %dd = linalg.generic {indexing_maps = [#m, #m], iterator_types = ["parallel", "parallel"]} ins(%diff : tensor<10x1xf32>) outs(%e : tensor<10x1xf32>) {
      ^bb0(%a: f32, %d: f32):
        %t = arith.mulf %a, %two : f32
        linalg.yield %t : f32 } -> tensor<10x1xf32>
    %ew = tensor.empty() : tensor<3x1xf32>
    %eb = tensor.empty() : tensor<1xf32>
    %zw = linalg.fill ins(%zero : f32) outs(%ew : tensor<3x1xf32>) -> tensor<3x1xf32>
    %zb = linalg.fill ins(%zero : f32) outs(%eb : tensor<1xf32>) -> tensor<1xf32>
    %dw = linalg.generic {indexing_maps = [#p, #q, #o], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %dd : tensor<10x3xf32>, tensor<10x1xf32>) outs(%zw : tensor<3x1xf32>) {
      ^bb0(%a: f32, %c: f32, %d: f32):
        %t = arith.mulf %a, %c : f32
        %u = arith.addf %d, %t : f32
        linalg.yield %u : f32 } -> tensor<3x1xf32>
    %db = linalg.generic {indexing_maps = [affine_map<(j, i) -> (i, j)>, affine_map<(j, i) -> (j)>], iterator_types = ["parallel", "reduction"]} ins(%dd : tensor<10x1xf32>) outs(%zb : tensor<1xf32>) {
      ^bb0(%a: f32, %d: f32):
        %u = arith.addf %d, %a : f32
        linalg.yield %u : f32 } -> tensor<1xf32>
    // .grad accumulates, the update reads it, zero_ clears it
    %g1 = linalg.generic {indexing_maps = [#m, #m, #m], iterator_types = ["parallel", "parallel"]} ins(%g0, %dw : tensor<3x1xf32>, tensor<3x1xf32>) outs(%ew : tensor<3x1xf32>) {
      ^bb0(%a: f32, %c: f32, %d: f32):
        %t = arith.addf %a, %c : f32
        linalg.yield %t : f32 } -> tensor<3x1xf32>
    %h1 = linalg.generic {indexing_maps = [#v, #v, #v], iterator_types = ["parallel"]} ins(%h0, %db : tensor<1xf32>, tensor<1xf32>) outs(%eb : tensor<1xf32>) {
      ^bb0(%a: f32, %c: f32, %d: f32):
        %t = arith.addf %a, %c : f32
        linalg.yield %t : f32 } -> tensor<1xf32>
    %w1 = linalg.generic {indexing_maps = [#m, #m, #m], iterator_types = ["parallel", "parallel"]} ins(%w, %g1 : tensor<3x1xf32>, tensor<3x1xf32>) outs(%ew : tensor<3x1xf32>) {
      ^bb0(%a: f32, %c: f32, %d: f32):
        %t = arith.mulf %c, %lr : f32
        %u = arith.subf %a, %t : f32
        linalg.yield %u : f32 } -> tensor<3x1xf32>
    %b1 = linalg.generic {indexing_maps = [#v, #v, #v], iterator_types = ["parallel"]} ins(%b, %h1 : tensor<1xf32>, tensor<1xf32>) outs(%eb : tensor<1xf32>) {
      ^bb0(%a: f32, %c: f32, %d: f32):
        %t = arith.mulf %c, %lr : f32
        %u = arith.subf %a, %t : f32
        linalg.yield %u : f32 } -> tensor<1xf32>
    scf.yield %mean, %w1, %b1, %zw, %zb : tensor<f32>, tensor<3x1xf32>, tensor<1xf32>, tensor<3x1xf32>, tensor<1xf32>
  }
  ag.set @w, %we : tensor<3x1xf32>
  ag.set @b, %be : tensor<1xf32>
  ag.set @gw, %gwe : tensor<3x1xf32>
  ag.set @gb, %gbe : tensor<1xf32>
  return %loss : tensor<f32>
}
