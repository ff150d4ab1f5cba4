// RUN: gradc-opt %s --sched-expand-commits | FileCheck %s

// Nothing is overwritten before it is read.
// CHECK-LABEL: func.func @order
// CHECK-NEXT: memref.copy %arg1, %arg2
// CHECK-NEXT: memref.copy %arg0, %arg1
// CHECK-NEXT: return
func.func @order(%a: memref<2xf32>, %b: memref<2xf32>, %c: memref<2xf32>) {
  sched.commit %a, %b to %b, %c : memref<2xf32>, memref<2xf32> to memref<2xf32>, memref<2xf32>
  return
}

// A cycle of three takes one temporary.
// CHECK-LABEL: func.func @cycle
// CHECK-NEXT: %[[T:.*]] = memref.alloc
// CHECK-NEXT: memref.copy %arg0, %[[T]]
// CHECK-COUNT-3: memref.copy
// CHECK-NOT: memref.copy
// CHECK: return
func.func @cycle(%a: memref<2xf32>, %b: memref<2xf32>, %c: memref<2xf32>) {
  sched.commit %a, %b, %c to %b, %c, %a : memref<2xf32>, memref<2xf32>, memref<2xf32> to memref<2xf32>, memref<2xf32>, memref<2xf32>
  return
}

// What bufferization copied for the commit alone is read where it was; a view is the buffer that it views.
// CHECK-LABEL: func.func @through
// CHECK-NOT: memref.alloc
// CHECK-DAG: %[[V:.*]] = memref.expand_shape %arg1
// CHECK-DAG: %[[U:.*]] = memref.expand_shape %arg0
// CHECK: memref.copy %arg1, %arg2
// CHECK-NEXT: memref.copy %[[U]], %[[V]]
// CHECK-NEXT: return
func.func @through(%a: memref<2xf32>, %b: memref<2xf32>, %c: memref<2xf32>) {
  %t = memref.alloc() : memref<2xf32>
  memref.copy %b, %t : memref<2xf32> to memref<2xf32>
  %v = memref.expand_shape %b [[0, 1]] output_shape [1, 2] : memref<2xf32> into memref<1x2xf32>
  %u = memref.expand_shape %a [[0, 1]] output_shape [1, 2] : memref<2xf32> into memref<1x2xf32>
  sched.commit %u, %t to %v, %c : memref<1x2xf32>, memref<2xf32> to memref<1x2xf32>, memref<2xf32>
  return
}

// A strided copy is a loop.
// CHECK-LABEL: func.func @strided
// CHECK: scf.for
// CHECK: memref.load
// CHECK: memref.store
// CHECK-NOT: memref.copy
func.func @strided(%a: memref<2xf32>, %b: memref<2x2xf32>) {
  %v = memref.subview %b[0, 1] [2, 1] [1, 1] : memref<2x2xf32> to memref<2xf32, strided<[2], offset: 1>>
  memref.copy %a, %v : memref<2xf32> to memref<2xf32, strided<[2], offset: 1>>
  return
}
