// RUN: gradc-opt %s --sched-pipeline --split-input-file | FileCheck %s

#m = affine_map<(i) -> (i)>
ag.variable @w : tensor<1000xf32> kind "parameter"
// A chain under a loop that updates a variable in place: no buffer and no copy is left.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: %[[X:[^:]*]]: memref<1000xf32> {sched.input = "in0"}
// CHECK-SAME: %[[W:[^:]*]]: memref<1000xf32> {sched.variable = @w}
// CHECK-SAME: sched.arena_bytes = 0 : i64, sched.copies = 0 : i64
// CHECK: scf.for
// CHECK-NEXT: sched.launch @elementwise_0(%[[W]], %[[X]]) outs(%[[W]])
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func @chain(%x: tensor<1000xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %w = ag.get @w : tensor<1000xf32>
  %e = tensor.empty() : tensor<1000xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%h = %w) -> (tensor<1000xf32>) {
    %0 = linalg.generic {indexing_maps = [#m, #m], iterator_types = ["parallel"]} ins(%h : tensor<1000xf32>) outs(%e : tensor<1000xf32>) {
      ^bb0(%a: f32, %o: f32):
        %t = math.tanh %a : f32
        linalg.yield %t : f32 } -> tensor<1000xf32>
    %1 = linalg.generic {indexing_maps = [#m, #m, #m], iterator_types = ["parallel"]} ins(%0, %x : tensor<1000xf32>, tensor<1000xf32>) outs(%e : tensor<1000xf32>) {
      ^bb0(%a: f32, %b: f32, %o: f32):
        %t = arith.subf %a, %b : f32
        linalg.yield %t : f32 } -> tensor<1000xf32>
    scf.yield %1 : tensor<1000xf32>
  }
  ag.set @w, %r : tensor<1000xf32>
  return
}

// -----

ag.variable @a : tensor<4xf32> kind "local"
ag.variable @b : tensor<4xf32> kind "local"
ag.variable @unread : tensor<4xf32> kind "local"
// Two variables change places n times: one temporary. (An even number of exchanges is not folded away.)
// CHECK-LABEL: func.func @exchange
// CHECK-SAME: sched.arena_bytes = 64 : i64, sched.copies = 3 : i64
// CHECK: scf.for
// CHECK-COUNT-3: memref.copy
// CHECK: return
func.func @exchange(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = ag.get @a : tensor<4xf32>
  %b = ag.get @b : tensor<4xf32>
  %unread = ag.get @unread : tensor<4xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%p = %a, %q = %b) -> (tensor<4xf32>, tensor<4xf32>) {
    scf.yield %q, %p : tensor<4xf32>, tensor<4xf32>
  }
  ag.set @a, %r#0 : tensor<4xf32>
  ag.set @b, %r#1 : tensor<4xf32>
  return
}

// -----

ag.variable @v : tensor<4xf32> kind "local"
// An input that is returned, twice, and stored: copies are all that there is to do.
// CHECK-LABEL: func.func @pass
// CHECK-SAME: %[[X:[^:]*]]: memref<4xf32> {sched.input = "in0"}
// CHECK-SAME: %[[V:[^:]*]]: memref<4xf32> {sched.variable = @v}
// CHECK-SAME: %[[A:[^:]*]]: memref<4xf32> {sched.output = "out0"}
// CHECK-SAME: %[[B:[^:]*]]: memref<4xf32> {sched.output = "out1"}
// CHECK-SAME: %[[C:[^:]*]]: memref<4xf32> {sched.output = "out2"}
// CHECK-SAME: sched.arena_bytes = 0 : i64, sched.copies = 4 : i64
// CHECK-DAG: memref.copy %[[X]], %[[A]]
// CHECK-DAG: memref.copy %[[X]], %[[B]]
// CHECK-DAG: memref.copy %[[V]], %[[C]]
// CHECK: memref.copy %[[X]], %[[V]]
// CHECK-NEXT: return
func.func @pass(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %v = ag.get @v : tensor<4xf32>
  ag.set @v, %x : tensor<4xf32>
  return %x, %x, %v : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// A loop that does not run leaves what it started from; a draw lands in the output.
// CHECK-LABEL: func.func @never
// CHECK: %[[O:[^:]*]]: memref<4xf32> {sched.output = "out0"}
// CHECK: sched.host "randn"() outs(%[[O]])
// CHECK-NOT: scf.for
// CHECK: return
func.func @never() -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %x = ag.randn : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %r = scf.for %i = %c0 to %c0 step %c1 iter_args(%h = %x) -> (tensor<4xf32>) {
    %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%h : tensor<4xf32>) outs(%e : tensor<4xf32>) {
      ^bb0(%a: f32, %o: f32):
        %t = math.exp %a : f32
        linalg.yield %t : f32 } -> tensor<4xf32>
    scf.yield %0 : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
