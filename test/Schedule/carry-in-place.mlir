// RUN: gradc-opt %s --sched-carry-in-place | FileCheck %s

// CHECK-LABEL: func.func @swap
// CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %arg0, %[[B:.*]] = %arg1, %[[N:.*]] = %{{.*}})
// CHECK: sched.commit %[[B]], %[[A]] to %[[A]], %[[B]]
// CHECK-NEXT: scf.yield %[[A]], %[[B]], %{{.*}}
func.func @swap(%x: memref<2xf32>, %y: memref<2xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y, %k = %c0) -> (memref<2xf32>, memref<2xf32>, index) {
    %next = arith.addi %k, %i : index
    scf.yield %b, %a, %next : memref<2xf32>, memref<2xf32>, index
  }
  return
}
