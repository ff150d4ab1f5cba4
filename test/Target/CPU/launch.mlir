// A launch is a call with the address of each buffer; a dynamic offset is added to it.
// RUN: gradc-opt %s "--cpu-emit-kernels=vector-bits=256 registers=16" | FileCheck %s

// Small kernels are always inlined. The pair that may share a buffer gets no promise that it does not.
// CHECK-LABEL: func.func private @update.cpu
// CHECK-SAME: (%[[A:.*]]: !llvm.ptr {llvm.readonly}, %[[S:.*]]: f32, %[[R:.*]]: !llvm.ptr)
// CHECK-SAME: llvm.linkage = #llvm.linkage<internal>
// CHECK-SAME: passthrough = ["alwaysinline"]
// Three elements are one access of three lanes.
// CHECK: llvm.load %{{.*}} -> vector<3xf32>
// CHECK: llvm.store %{{.*}} : vector<3xf32>, !llvm.ptr
sched.kernel @update kind "rows" inplace [0, 0] (%a: tensor<3x1xf32>, %s: f32) -> tensor<3x1xf32> {
  %e = tensor.empty() : tensor<3x1xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<3x1xf32>) outs(%e : tensor<3x1xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.mulf %x, %s : f32
    linalg.yield %y : f32
  } -> tensor<3x1xf32>
  sched.return %0 : tensor<3x1xf32>
}

// CHECK-LABEL: func.func @step
// CHECK-SAME: (%[[W:.*]]: memref<3x1xf32>, %[[STACK:.*]]: memref<10x3x1xf32>, %[[I:.*]]: index, %[[LR:.*]]: f32)
func.func @step(%w: memref<3x1xf32>, %stack: memref<10x3x1xf32>, %i: index, %lr: f32) {
  %row = memref.subview %stack[%i, 0, 0] [1, 3, 1] [1, 1, 1] : memref<10x3x1xf32> to memref<3x1xf32, strided<[1, 1], offset: ?>>
  // CHECK: %[[D:.*]] = builtin.unrealized_conversion_cast %[[W]]
  // CHECK: %[[P:.*]] = llvm.extractvalue %[[D]][1]
  // CHECK: %[[BASE:.*]] = llvm.extractvalue %[[E:.*]][1]
  // CHECK: %[[OFFSET:.*]] = llvm.extractvalue %[[E]][2]
  // CHECK: %[[Q:.*]] = llvm.getelementptr %[[BASE]][%[[OFFSET]]]
  // CHECK: call @update.cpu(%[[P]], %[[LR]], %[[Q]])
  sched.launch @update(%w, %lr) outs(%row) inplace [0, 0] : (memref<3x1xf32>, f32, memref<3x1xf32, strided<[1, 1], offset: ?>>) -> ()
  return
}
// CHECK-NOT: sched.
