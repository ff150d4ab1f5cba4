// RUN: gradc-opt %s --sched-fold-movement --split-input-file | FileCheck %s

// A broadcast bias and a transposed operand are read in place.
// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[ID:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[T:.*]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL: func.func @reads
// CHECK-SAME: %[[B:.*]]: tensor<3xf32>, %[[X:.*]]: tensor<3x2xf32>
// CHECK: linalg.generic {indexing_maps = [#[[ROW]], #[[T]], #[[ID]]]
// CHECK-SAME: ins(%[[B]], %[[X]] :
func.func @reads(%b: tensor<3xf32>, %x: tensor<3x2xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%b : tensor<3xf32>) outs(%e : tensor<2x3xf32>) {
    ^bb0(%a: f32, %o: f32):
      linalg.yield %a : f32 } -> tensor<2x3xf32>
  %1 = linalg.transpose ins(%x : tensor<3x2xf32>) outs(%e : tensor<2x3xf32>) permutation = [1, 0]
  %2 = linalg.add ins(%0, %1 : tensor<2x3xf32>, tensor<2x3xf32>) outs(%e : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

// The sum of a broadcast needs it: nothing else says how often to add.
// CHECK-LABEL: func.func @sum_of_broadcast
// CHECK-COUNT-2: linalg.generic
func.func @sum_of_broadcast(%b: tensor<3xf32>, %z: tensor<3xf32>) -> tensor<3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%b : tensor<3xf32>) outs(%e : tensor<2x3xf32>) {
    ^bb0(%a: f32, %o: f32):
      linalg.yield %a : f32 } -> tensor<2x3xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(j, i) -> (i, j)>, affine_map<(j, i) -> (j)>], iterator_types = ["parallel", "reduction"]} ins(%0 : tensor<2x3xf32>) outs(%z : tensor<3xf32>) {
    ^bb0(%a: f32, %o: f32):
      %s = arith.addf %a, %o : f32
      linalg.yield %s : f32 } -> tensor<3xf32>
  return %1 : tensor<3xf32>
}

// -----

// A dim of size 1 is no dim; a splat is a fill; a number of a tensor is that tensor again.
// CHECK-LABEL: func.func @small
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[S:.*]]: tensor<i1>
// CHECK: %[[E:.*]] = tensor.empty() : tensor<3x1xf32>
// CHECK: %[[F:.*]] = linalg.fill ins(%{{.*}} : f32)
// CHECK: linalg.generic
// CHECK-SAME: ins(%[[X]], %[[F]] : tensor<3xf32>, tensor<3x1xf32>)
// CHECK: return %{{.*}}, %[[S]]
func.func @small(%x: tensor<3xf32>, %s: tensor<i1>) -> (tensor<3x1xf32>, tensor<i1>) {
  %0 = tensor.expand_shape %x [[0, 1]] output_shape [3, 1] : tensor<3xf32> into tensor<3x1xf32>
  %1 = arith.constant dense<2.0> : tensor<3x1xf32>
  %2 = linalg.mul ins(%0, %1 : tensor<3x1xf32>, tensor<3x1xf32>) outs(%0 : tensor<3x1xf32>) -> tensor<3x1xf32>
  %c = tensor.extract %s[] : tensor<i1>
  %3 = tensor.from_elements %c : tensor<i1>
  return %2, %3 : tensor<3x1xf32>, tensor<i1>
}

// -----

// Numbers stay numbers: the condition needs no kernel, the scale no buffer.
// CHECK-LABEL: func.func @numbers
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[I:.*]]: i64
// CHECK-DAG: %[[F:.*]] = arith.sitofp %[[I]] : i64 to f32
// CHECK-DAG: %[[C:.*]] = arith.cmpi slt, %[[I]], %{{.*}} : i64
// CHECK: linalg.generic {{.*}} ins(%[[X]], %[[F]] : tensor<4xf32>, f32)
// CHECK: return %{{.*}}, %[[C]]
func.func @numbers(%x: tensor<4xf32>, %i: i64) -> (tensor<4xf32>, i1) {
  %c10 = arith.constant 10 : i64
  %0 = tensor.from_elements %i : tensor<i64>
  %ei = tensor.empty() : tensor<i1>
  %ef = tensor.empty() : tensor<f32>
  %e = tensor.empty() : tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%0 : tensor<i64>) outs(%ei : tensor<i1>) {
    ^bb0(%a: i64, %o: i1):
      %t = arith.cmpi slt, %a, %c10 : i64
      linalg.yield %t : i1 } -> tensor<i1>
  %2 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%0 : tensor<i64>) outs(%ef : tensor<f32>) {
    ^bb0(%a: i64, %o: f32):
      %t = arith.sitofp %a : i64 to f32
      linalg.yield %t : f32 } -> tensor<f32>
  %3 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%x, %2 : tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %t = arith.mulf %a, %b : f32
      linalg.yield %t : f32 } -> tensor<4xf32>
  %c = tensor.extract %1[] : tensor<i1>
  return %3, %c : tensor<4xf32>, i1
}

// What is read at computed places is read through a transposition, too.
// CHECK-LABEL: func.func @extract_of_transposed
// CHECK-SAME: (%[[X:.*]]: tensor<4x5xf32>
// CHECK-NOT: linalg.transpose
// CHECK: tensor.extract %[[X]][%[[J:.*]], %[[I:.*]]] : tensor<4x5xf32>
func.func @extract_of_transposed(%x: tensor<4x5xf32>, %i: tensor<7xi64>) -> tensor<7xf32> {
  %t = tensor.empty() : tensor<5x4xf32>
  %y = linalg.transpose ins(%x : tensor<4x5xf32>) outs(%t : tensor<5x4xf32>) permutation = [1, 0]
  %e = tensor.empty() : tensor<7xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%i : tensor<7xi64>) outs(%e : tensor<7xf32>) {
    ^bb0(%p: i64, %o: f32):
      %r = arith.index_cast %p : i64 to index
      %z = arith.constant 3 : index
      %s = tensor.extract %y[%r, %z] : tensor<5x4xf32>
      linalg.yield %s : f32 } -> tensor<7xf32>
  return %0 : tensor<7xf32>
}
