// RUN: gradc-opt %s --pass-pipeline='builtin.module(func.func(sched-stack-arena))' | FileCheck %s
// RUN: gradc-opt %s --pass-pipeline='builtin.module(func.func(sched-stack-arena{limit=100}))' | FileCheck %s --check-prefix=BIG

// Each view gets a slot of its own at the entry, the one in the loop too.
// CHECK-LABEL: func.func @f
// CHECK-NEXT: %[[U:.*]] = memref.alloca() {alignment = 64 : i64} : memref<4x2xf32>
// CHECK-NEXT: %[[V:.*]] = memref.alloca() {alignment = 64 : i64} : memref<f32>
// CHECK-NOT: memref.view
// CHECK: scf.for
// CHECK-NOT: memref.alloca
// BIG-LABEL: func.func @f
// BIG: memref.view
// BIG: memref.view
// BIG-NOT: memref.alloca
func.func @f(%x: f32, %a: memref<256xi8> {sched.arena}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c64 = arith.constant 64 : index
  scf.for %i = %c0 to %c2 step %c1 {
    %u = memref.view %a[%c64][] : memref<256xi8> to memref<4x2xf32>
    memref.store %x, %u[%i, %c0] : memref<4x2xf32>
    %v = memref.view %a[%c0][] : memref<256xi8> to memref<f32>
    memref.store %x, %v[] : memref<f32>
  }
  return
}

// An arena that is not cut into plain views stays.
// CHECK-LABEL: func.func @other
// CHECK: memref.view
// CHECK-NOT: memref.alloca
func.func @other(%x: i8, %a: memref<256xi8> {sched.arena}) {
  %c0 = arith.constant 0 : index
  %v = memref.view %a[%c0][] : memref<256xi8> to memref<16xi8>
  memref.store %x, %v[%c0] : memref<16xi8>
  memref.store %x, %a[%c0] : memref<256xi8>
  return
}
