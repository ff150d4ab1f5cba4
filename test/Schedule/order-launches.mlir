// Updates run next to what they read.
// RUN: gradc-opt %s --sched-order-launches | FileCheck %s

!big = tensor<20000xf32>
#m = affine_map<(i) -> (i)>
sched.kernel @twice kind "elementwise" inplace [0, 0] (%a: !big) -> !big {
  sched.return %a : !big
}
sched.kernel @update kind "elementwise" inplace [1, 0] (%g: !big, %w: !big, %rate: tensor<f32>) -> !big {
  sched.return %w : !big
}
sched.kernel @rate kind "elementwise" inplace [] (%step: tensor<i64>) -> tensor<f32> {
  %e = tensor.empty() : tensor<f32>
  sched.return %e : tensor<f32>
}

// Behind the last reader of the old value; the number that all updates read comes before.
// CHECK-LABEL: func.func @updates
// CHECK: %[[W:.*]] = bufferization.to_tensor %arg1
// CHECK: %[[G:.*]] = sched.launch @twice(%{{.*}})
// CHECK: %[[READ:.*]] = sched.launch @update(%[[G]], %[[W]],
// CHECK: %[[UPDATE:.*]] = sched.launch @update(%[[G]], %[[W]],
// CHECK: sched.launch @twice(%[[READ]])
// CHECK: sched.commit %[[UPDATE]]
func.func @updates(%x: memref<20000xf32>, %w: memref<20000xf32>, %s: memref<i64>) {
  %0 = bufferization.to_tensor %x restrict : memref<20000xf32> to !big
  %1 = bufferization.to_tensor %w restrict writable : memref<20000xf32> to !big
  %2 = bufferization.to_tensor %s restrict : memref<i64> to tensor<i64>
  %e = tensor.empty() : !big
  %g = sched.launch @twice(%0) outs(%e) inplace [0, 0] : (!big, !big) -> !big
  %n = tensor.empty() : tensor<f32>
  %r = sched.launch @rate(%2) outs(%n) inplace [] : (tensor<i64>, tensor<f32>) -> tensor<f32>
  %e0 = tensor.empty() : !big
  %read = sched.launch @update(%g, %1, %r) outs(%e0) inplace [1, 0] : (!big, !big, tensor<f32>, !big) -> !big
  %e1 = tensor.empty() : !big
  %other = sched.launch @twice(%read) outs(%e1) inplace [0, 0] : (!big, !big) -> !big
  %e3 = tensor.empty() : !big
  %last = sched.launch @twice(%other) outs(%e3) inplace [0, 0] : (!big, !big) -> !big
  %n1 = tensor.empty() : tensor<f32>
  %r1 = sched.launch @rate(%2) outs(%n1) inplace [] : (tensor<i64>, tensor<f32>) -> tensor<f32>
  %e2 = tensor.empty() : !big
  %next = sched.launch @update(%g, %1, %r1) outs(%e2) inplace [1, 0] : (!big, !big, tensor<f32>, !big) -> !big
  sched.commit %next to %w : !big to memref<20000xf32>
  return
}

// What ends nowhere would only wait in memory.
// CHECK-LABEL: func.func @kept
// CHECK: sched.launch @twice
// CHECK: sched.launch @rate
// CHECK: sched.launch @twice
func.func @kept(%x: memref<20000xf32>, %s: memref<i64>, %n: memref<f32>) {
  %0 = bufferization.to_tensor %x restrict : memref<20000xf32> to !big
  %2 = bufferization.to_tensor %s restrict : memref<i64> to tensor<i64>
  %e = tensor.empty() : !big
  %g = sched.launch @twice(%0) outs(%e) inplace [0, 0] : (!big, !big) -> !big
  %e1 = tensor.empty() : tensor<f32>
  %r = sched.launch @rate(%2) outs(%e1) inplace [] : (tensor<i64>, tensor<f32>) -> tensor<f32>
  %e2 = tensor.empty() : !big
  %h = sched.launch @twice(%g) outs(%e2) inplace [0, 0] : (!big, !big) -> !big
  %e3 = tensor.empty() : !big
  %i = sched.launch @twice(%h) outs(%e3) inplace [0, 0] : (!big, !big) -> !big
  sched.commit %r to %n : tensor<f32> to memref<f32>
  return
}
