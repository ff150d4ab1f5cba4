// RUN: gradc-opt %s --sched-forward-copies | FileCheck %s

sched.kernel @two kind "elementwise" inplace [] (%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  sched.return %x, %x : tensor<4xf32>, tensor<4xf32>
}
sched.kernel @one kind "elementwise" inplace [] (%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  sched.return %x : tensor<2x4xf32>
}

// Parts of a concatenation, which goes into a slot of a stack and is read once more.
// CHECK-LABEL: func.func @parts
// CHECK: scf.for %[[I:.*]] =
// CHECK-NEXT: %[[SLOT:.*]] = memref.subview %arg1[%[[I]], 0, 0]
// CHECK-DAG: %[[A:.*]] = memref.subview %[[SLOT]][0, 0]
// CHECK-DAG: %[[B:.*]] = memref.subview %[[SLOT]][1, 0]
// CHECK: sched.launch @two(%arg0) outs(%[[A]], %[[B]])
// CHECK-NOT: memref.copy
// CHECK: sched.launch @one(%[[SLOT]])
// CHECK-NOT: memref.copy
// CHECK: return
func.func @parts(%x: memref<4xf32>, %stack: memref<6x2x4xf32>, %y: memref<2x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  scf.for %i = %c0 to %c6 step %c1 {
    %a = memref.alloc() : memref<4xf32>
    %b = memref.alloc() : memref<4xf32>
    sched.launch @two(%x) outs(%a, %b) inplace [] : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
    %both = memref.alloc() : memref<2x4xf32>
    %first = memref.subview %both[0, 0] [1, 4] [1, 1] : memref<2x4xf32> to memref<4xf32, strided<[1]>>
    memref.copy %a, %first : memref<4xf32> to memref<4xf32, strided<[1]>>
    %second = memref.subview %both[1, 0] [1, 4] [1, 1] : memref<2x4xf32> to memref<4xf32, strided<[1], offset: 4>>
    memref.copy %b, %second : memref<4xf32> to memref<4xf32, strided<[1], offset: 4>>
    %slot = memref.subview %stack[%i, 0, 0] [1, 2, 4] [1, 1, 1] : memref<6x2x4xf32> to memref<2x4xf32, strided<[4, 1], offset: ?>>
    memref.copy %both, %slot : memref<2x4xf32> to memref<2x4xf32, strided<[4, 1], offset: ?>>
    sched.launch @one(%both) outs(%y) inplace [] : (memref<2x4xf32>, memref<2x4xf32>) -> ()
  }
  return
}

// The place is read in between; it is written again while the buffer is still read; the buffer is written behind the copy;
// it was filled before the loop.
// CHECK-LABEL: func.func @others
// CHECK-COUNT-4: memref.copy
func.func @others(%x: memref<2x4xf32>, %p: memref<2x4xf32>, %y: memref<2x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc() : memref<2x4xf32>
  sched.launch @one(%x) outs(%a) inplace [] : (memref<2x4xf32>, memref<2x4xf32>) -> ()
  sched.launch @one(%p) outs(%y) inplace [] : (memref<2x4xf32>, memref<2x4xf32>) -> ()
  memref.copy %a, %p : memref<2x4xf32> to memref<2x4xf32>
  %b = memref.alloc() : memref<2x4xf32>
  sched.launch @one(%x) outs(%b) inplace [] : (memref<2x4xf32>, memref<2x4xf32>) -> ()
  memref.copy %b, %p : memref<2x4xf32> to memref<2x4xf32>
  sched.launch @one(%y) outs(%p) inplace [] : (memref<2x4xf32>, memref<2x4xf32>) -> ()
  sched.launch @one(%b) outs(%y) inplace [] : (memref<2x4xf32>, memref<2x4xf32>) -> ()
  %c = memref.alloc() : memref<2x4xf32>
  sched.launch @one(%x) outs(%c) inplace [] : (memref<2x4xf32>, memref<2x4xf32>) -> ()
  memref.copy %c, %p : memref<2x4xf32> to memref<2x4xf32>
  sched.launch @one(%y) outs(%c) inplace [] : (memref<2x4xf32>, memref<2x4xf32>) -> ()
  %d = memref.alloc() : memref<2x4xf32>
  sched.launch @one(%x) outs(%d) inplace [] : (memref<2x4xf32>, memref<2x4xf32>) -> ()
  scf.for %i = %c0 to %c1 step %c1 {
    memref.copy %d, %y : memref<2x4xf32> to memref<2x4xf32>
  }
  return
}
