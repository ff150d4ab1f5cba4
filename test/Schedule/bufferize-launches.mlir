// RUN: gradc-opt %s --sched-bufferize-launches | FileCheck %s

sched.kernel @k kind "elementwise" inplace [0, 0] (%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%x: f32, %o: f32):
      %t = arith.addf %x, %x : f32
      linalg.yield %t : f32 } -> tensor<4xf32>
  sched.return %0 : tensor<4xf32>
}
sched.kernel @apart kind "elementwise" inplace [] (%a: tensor<4xf32>) -> tensor<4xf32> {
  sched.return %a : tensor<4xf32>
}

// Kernel bodies stay tensors; a good hint costs nothing.
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<4xf32>)
// CHECK-LABEL: func.func @good
// CHECK-NEXT: sched.launch @k(%arg0) outs(%arg0)
// CHECK-NEXT: sched.commit %arg0 to %arg0
func.func @good(%x: memref<4xf32>) {
  %a = bufferization.to_tensor %x restrict writable : memref<4xf32> to tensor<4xf32>
  %0 = sched.launch @k(%a) outs(%a) inplace [0, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  sched.commit %0 to %x : tensor<4xf32> to memref<4xf32>
  return
}

// Wrong hints are safe: over what the kernel may not overwrite, over what may not be written, over what is
// read later. The new buffer takes no content.
// CHECK-LABEL: func.func @refused
// CHECK: %[[A:.*]] = memref.alloc
// CHECK-NOT: memref.copy
// CHECK: sched.launch @apart(%arg0) outs(%[[A]])
// CHECK-LABEL: func.func @readonly
// CHECK: %[[A:.*]] = memref.alloc
// CHECK-NOT: memref.copy
// CHECK: sched.launch @k(%arg0) outs(%[[A]])
// CHECK-LABEL: func.func @live
// CHECK: %[[A:.*]] = memref.alloc
// CHECK-NOT: memref.copy
// CHECK: sched.launch @k(%arg0) outs(%[[A]])
// CHECK: sched.commit %[[A]], %arg0
func.func @refused(%x: memref<4xf32>) {
  %a = bufferization.to_tensor %x restrict writable : memref<4xf32> to tensor<4xf32>
  %0 = sched.launch @apart(%a) outs(%a) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  sched.commit %0 to %x : tensor<4xf32> to memref<4xf32>
  return
}
func.func @readonly(%x: memref<4xf32>, %o: memref<4xf32>) {
  %a = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %0 = sched.launch @k(%a) outs(%a) inplace [0, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  sched.commit %0 to %o : tensor<4xf32> to memref<4xf32>
  return
}
func.func @live(%x: memref<4xf32>, %o: memref<4xf32>, %p: memref<4xf32>) {
  %a = bufferization.to_tensor %x restrict writable : memref<4xf32> to tensor<4xf32>
  %0 = sched.launch @k(%a) outs(%a) inplace [0, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  sched.commit %0, %a to %o, %p : tensor<4xf32>, tensor<4xf32> to memref<4xf32>, memref<4xf32>
  return
}

// A launch reads and writes contiguous buffers: columns are packed, rows at any offset are taken as they are.
// CHECK-LABEL: func.func @views
// CHECK: %[[COLUMN:.*]] = memref.subview %arg0[0, 1]
// CHECK: %[[ROW:.*]] = memref.subview %arg1[%arg2, 0]
// CHECK: %[[PACKED:.*]] = memref.alloc() : memref<4xf32>
// CHECK: memref.copy %[[COLUMN]], %[[PACKED]]
// CHECK: sched.launch @apart(%[[PACKED]]) outs(%[[ROW]])
func.func @views(%x: memref<4x4xf32>, %y: memref<4x4xf32>, %i: index) {
  %a = bufferization.to_tensor %x restrict : memref<4x4xf32> to tensor<4x4xf32>
  %b = bufferization.to_tensor %y restrict writable : memref<4x4xf32> to tensor<4x4xf32>
  %c = tensor.extract_slice %a[0, 1] [4, 1] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %d = tensor.extract_slice %b[%i, 0] [1, 4] [1, 1] : tensor<4x4xf32> to tensor<4xf32>
  %0 = sched.launch @apart(%c) outs(%d) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = tensor.insert_slice %0 into %b[%i, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<4x4xf32>
  sched.commit %1 to %y : tensor<4x4xf32> to memref<4x4xf32>
  return
}
