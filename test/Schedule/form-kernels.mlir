// RUN: gradc-opt %s --sched-form-kernels --split-input-file --verify-diagnostics | FileCheck %s

#a = affine_map<(i, j, k) -> (i, k)>
#b = affine_map<(i, j, k) -> (k, j)>
#c = affine_map<(i, j, k) -> (i, j)>
#m = affine_map<(i, j) -> (i, j)>
#r = affine_map<(i, j) -> (j)>
// A contraction with its bias and relu, twice with one body: one kernel, two launches.
// CHECK: sched.kernel @contraction_0 kind "contraction"
// CHECK-COUNT-2: linalg.generic
// CHECK-NOT: sched.kernel
// CHECK-LABEL: func.func @layers
// CHECK: %[[H:.*]] = sched.launch @contraction_0(
// CHECK: sched.launch @contraction_0(%[[H]],
// CHECK-NOT: linalg
func.func @layers(%x: tensor<64x64xf32>, %w: tensor<64x64xf32>, %b: tensor<64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x64xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<64x64xf32>, tensor<64x64xf32>) outs(%z : tensor<64x64xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %t = arith.mulf %p, %q : f32
      %u = arith.addf %o, %t : f32
      linalg.yield %u : f32 } -> tensor<64x64xf32>
  %1 = linalg.generic {indexing_maps = [#m, #r, #m], iterator_types = ["parallel", "parallel"]} ins(%0, %b : tensor<64x64xf32>, tensor<64xf32>) outs(%e : tensor<64x64xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %t = arith.addf %p, %q : f32
      %u = arith.maximumf %t, %zero : f32
      linalg.yield %u : f32 } -> tensor<64x64xf32>
  %2 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%1, %w : tensor<64x64xf32>, tensor<64x64xf32>) outs(%z : tensor<64x64xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %t = arith.mulf %p, %q : f32
      %u = arith.addf %o, %t : f32
      linalg.yield %u : f32 } -> tensor<64x64xf32>
  %3 = linalg.generic {indexing_maps = [#m, #r, #m], iterator_types = ["parallel", "parallel"]} ins(%2, %b : tensor<64x64xf32>, tensor<64xf32>) outs(%e : tensor<64x64xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %t = arith.addf %p, %q : f32
      %u = arith.maximumf %t, %zero : f32
      linalg.yield %u : f32 } -> tensor<64x64xf32>
  return %3 : tensor<64x64xf32>
}

// -----

#m = affine_map<(i, j) -> (i, j)>
#r = affine_map<(i, j) -> (i)>
// The exponentials and their row sums leave one kernel: siblings over the same loops.
// CHECK: sched.kernel @reduction_0 kind "reduction"
// CHECK-SAME: -> (tensor<128x96xf32>, tensor<128xf32>)
// CHECK-NOT: sched.kernel
// CHECK-LABEL: func.func @siblings
func.func @siblings(%x: tensor<128x96xf32>) -> (tensor<128x96xf32>, tensor<128xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<128x96xf32>
  %f = tensor.empty() : tensor<128xf32>
  %z = linalg.fill ins(%zero : f32) outs(%f : tensor<128xf32>) -> tensor<128xf32>
  %0 = linalg.generic {indexing_maps = [#m, #m], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<128x96xf32>) outs(%e : tensor<128x96xf32>) {
    ^bb0(%p: f32, %o: f32):
      %t = math.exp %p : f32
      linalg.yield %t : f32 } -> tensor<128x96xf32>
  %1 = linalg.generic {indexing_maps = [#m, #r], iterator_types = ["parallel", "reduction"]} ins(%0 : tensor<128x96xf32>) outs(%z : tensor<128xf32>) {
    ^bb0(%p: f32, %o: f32):
      %t = arith.addf %p, %o : f32
      linalg.yield %t : f32 } -> tensor<128xf32>
  return %0, %1 : tensor<128x96xf32>, tensor<128xf32>
}

// -----

#m = affine_map<(i, j) -> (i, j)>
#t = affine_map<(i, j) -> (j, i)>
// A transpose of what the kernel computes would need all of it: two kernels.
// CHECK-COUNT-2: sched.kernel
// CHECK-LABEL: func.func @transposed
func.func @transposed(%x: tensor<96x96xf32>) -> tensor<96x96xf32> {
  %e = tensor.empty() : tensor<96x96xf32>
  %0 = linalg.generic {indexing_maps = [#m, #m], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<96x96xf32>) outs(%e : tensor<96x96xf32>) {
    ^bb0(%p: f32, %o: f32):
      %s = math.exp %p : f32
      linalg.yield %s : f32 } -> tensor<96x96xf32>
  %1 = linalg.generic {indexing_maps = [#m, #t, #m], iterator_types = ["parallel", "parallel"]} ins(%0, %0 : tensor<96x96xf32>, tensor<96x96xf32>) outs(%e : tensor<96x96xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %s = arith.addf %p, %q : f32
      linalg.yield %s : f32 } -> tensor<96x96xf32>
  return %1 : tensor<96x96xf32>
}

// -----

// A fill that escapes twice is made twice; host ops keep their order and their attributes.
// CHECK: sched.kernel @fill_0 kind "fill"
// CHECK-NOT: sched.kernel
// CHECK-LABEL: func.func @host
// CHECK: sched.host "manual_seed"() outs() {seed = 7 : i64}
// CHECK: %[[R:.*]] = sched.host "randint"() outs(%{{.*}}) {high = 9 : i64, low = 1 : i64}
// CHECK: sched.host "print"(%[[R]]) outs() {parts = ["tensor"]}
// CHECK-COUNT-2: sched.launch @fill_0
func.func @host() -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  ag.manual_seed 7
  %r = ag.randint 1 to 9 : tensor<3xi64>
  ag.print ["tensor"](%r : tensor<3xi64>)
  return %z, %z : tensor<4xf32>, tensor<4xf32>
}

// -----

#m = affine_map<(i, j) -> (i, j)>
// 1 - y * y is computed where the gradient is: y is stored anyway.
// CHECK: sched.kernel @contraction_0
// CHECK-SAME: -> tensor<64x64xf32>
// CHECK: sched.kernel @contraction_1
// CHECK-SAME: -> tensor<64x64xf32>
// CHECK: arith.subf
// CHECK-LABEL: func.func @tanh
// CHECK: %[[Y:.*]] = sched.launch @contraction_0
// CHECK: sched.launch @contraction_1(%[[Y]], %{{.*}}) outs(
func.func @tanh(%x: tensor<64x64xf32>, %w: tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<64x64xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<64x64xf32>, tensor<64x64xf32>) outs(%z : tensor<64x64xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %t = arith.mulf %p, %q : f32
      %u = arith.addf %o, %t : f32
      linalg.yield %u : f32 } -> tensor<64x64xf32>
  %y = linalg.generic {indexing_maps = [#m, #m], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
    ^bb0(%p: f32, %o: f32):
      %t = math.tanh %p : f32
      linalg.yield %t : f32 } -> tensor<64x64xf32>
  %f = linalg.generic {indexing_maps = [#m, #m], iterator_types = ["parallel", "parallel"]} ins(%y : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
    ^bb0(%p: f32, %o: f32):
      %t = arith.mulf %p, %p : f32
      %u = arith.subf %one, %t : f32
      linalg.yield %u : f32 } -> tensor<64x64xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%y, %w : tensor<64x64xf32>, tensor<64x64xf32>) outs(%z : tensor<64x64xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %t = arith.mulf %p, %q : f32
      %u = arith.addf %o, %t : f32
      linalg.yield %u : f32 } -> tensor<64x64xf32>
  %d = linalg.generic {indexing_maps = [#m, #m, #m], iterator_types = ["parallel", "parallel"]} ins(%1, %f : tensor<64x64xf32>, tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %t = arith.mulf %p, %q : f32
      linalg.yield %t : f32 } -> tensor<64x64xf32>
  return %y, %d : tensor<64x64xf32>, tensor<64x64xf32>
}

// -----

// A contraction reads its factors from memory: the gradient of a sum has its ones made before.
// CHECK-DAG: sched.kernel @fill_0
// CHECK-DAG: sched.kernel @contraction_0
// CHECK-LABEL: func.func @ones
// CHECK: %[[ONES:.*]] = sched.launch @fill_0
// CHECK: sched.launch @contraction_0(%{{.*}}, %[[ONES]])
func.func @ones(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<64x64xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  %w = linalg.fill ins(%one : f32) outs(%e : tensor<64x64xf32>) -> tensor<64x64xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (k, i)>, affine_map<(i, j, k) -> (k, j)>, affine_map<(i, j, k) -> (i, j)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<64x64xf32>, tensor<64x64xf32>) outs(%z : tensor<64x64xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %t = arith.mulf %p, %q : f32
      %u = arith.addf %o, %t : f32
      linalg.yield %u : f32 } -> tensor<64x64xf32>
  return %0 : tensor<64x64xf32>
}

// -----

func.func @left(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'ag.exp' has no kernel; lower it to linalg first}}
  %0 = ag.exp %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// An embedding: what is read at computed places is an argument that no result overwrites, and what
// computes it is another kernel; what uses the rows joins.
// CHECK-LABEL: sched.kernel @elementwise_0 kind "elementwise" inplace [0, 0]
// CHECK: math.tanh
// CHECK-LABEL: sched.kernel @elementwise_1 kind "elementwise" inplace [2, 0]
// CHECK-SAME: (%[[X:.*]]: tensor<8x40xf32>, %{{.*}}: tensor<8xi64>, %{{.*}}: tensor<8x40xf32>)
// CHECK: tensor.extract %[[X]]
// CHECK: arith.addf
// CHECK-LABEL: func.func @gather
func.func @gather(%x: tensor<8x40xf32>, %y: tensor<8x40xf32>, %i: tensor<8xi64>) -> tensor<8x40xf32> {
  %e = tensor.empty() : tensor<8x40xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8x40xf32>) outs(%e : tensor<8x40xf32>) {
    ^bb0(%a: f32, %o: f32):
      %s = math.tanh %a : f32
      linalg.yield %s : f32 } -> tensor<8x40xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<8xi64>) outs(%e : tensor<8x40xf32>) {
    ^bb0(%p: i64, %o: f32):
      %r = arith.index_cast %p : i64 to index
      %c = linalg.index 1 : index
      %s = tensor.extract %t[%r, %c] : tensor<8x40xf32>
      linalg.yield %s : f32 } -> tensor<8x40xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%g, %y : tensor<8x40xf32>, tensor<8x40xf32>) outs(%e : tensor<8x40xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %s = arith.addf %a, %b : f32
      linalg.yield %s : f32 } -> tensor<8x40xf32>
  return %0 : tensor<8x40xf32>
}

// -----

func.func @rows(%x: tensor<?xf32>, %i: tensor<4xi64>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{no kernel can compute this: a shape is not static}}
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%i : tensor<4xi64>) outs(%e : tensor<4xf32>) {
    ^bb0(%p: i64, %o: f32):
      %r = arith.index_cast %p : i64 to index
      %s = tensor.extract %x[%r] : tensor<?xf32>
      linalg.yield %s : f32 } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
