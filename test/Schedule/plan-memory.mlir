// RUN: gradc-opt %s --sched-plan-memory --split-input-file --verify-diagnostics | FileCheck %s

func.func private @use(memref<16xf32>, memref<16xf32>)

// A buffer that is not needed any more makes room; alignment is 64 bytes.
// CHECK-LABEL: func.func @line
// CHECK-SAME: %[[ARENA:[^:]*]]: memref<128xi8> {sched.arena}) attributes {sched.arena_bytes = 128 : i64, sched.copies = 1 : i64}
// CHECK: memref.view %[[ARENA]][%{{.*}}][] : memref<128xi8> to memref<16xf32>
// CHECK-NOT: memref.alloc
func.func @line(%x: memref<16xf32>) {
  %a = memref.alloc() : memref<16xf32>
  func.call @use(%x, %a) : (memref<16xf32>, memref<16xf32>) -> ()
  %b = memref.alloc() : memref<16xf32>
  func.call @use(%a, %b) : (memref<16xf32>, memref<16xf32>) -> ()
  %c = memref.alloc() : memref<16xf32>
  memref.copy %b, %c : memref<16xf32> to memref<16xf32>
  func.call @use(%c, %x) : (memref<16xf32>, memref<16xf32>) -> ()
  return
}

// Branches share memory.
// CHECK-LABEL: func.func @branches
// CHECK-SAME: sched.arena_bytes = 64
func.func @branches(%x: memref<16xf32>, %p: i1) {
  scf.if %p {
    %a = memref.alloc() : memref<16xf32>
    func.call @use(%x, %a) : (memref<16xf32>, memref<16xf32>) -> ()
  } else {
    %a = memref.alloc() : memref<16xf32>
    func.call @use(%x, %a) : (memref<16xf32>, memref<16xf32>) -> ()
  }
  return
}

// What a loop reads in each iteration lives through all of it: a has no room beside b.
// CHECK-LABEL: func.func @loop
// CHECK-SAME: sched.arena_bytes = 128
func.func @loop(%x: memref<16xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc() : memref<16xf32>
  func.call @use(%x, %a) : (memref<16xf32>, memref<16xf32>) -> ()
  scf.for %i = %c0 to %n step %c1 {
    func.call @use(%a, %x) : (memref<16xf32>, memref<16xf32>) -> ()
    %b = memref.alloc() : memref<16xf32>
    func.call @use(%x, %b) : (memref<16xf32>, memref<16xf32>) -> ()
  }
  return
}

// A buffer lives as long as what it may be chosen as.
// CHECK-LABEL: func.func @chosen
// CHECK-SAME: sched.arena_bytes = 128
func.func @chosen(%x: memref<16xf32>, %p: i1) {
  %a = memref.alloc() : memref<16xf32>
  func.call @use(%x, %a) : (memref<16xf32>, memref<16xf32>) -> ()
  %s = arith.select %p, %a, %x : memref<16xf32>
  %b = memref.alloc() : memref<16xf32>
  func.call @use(%x, %b) : (memref<16xf32>, memref<16xf32>) -> ()
  func.call @use(%s, %x) : (memref<16xf32>, memref<16xf32>) -> ()
  return
}

// -----

func.func @carried(%x: memref<16xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%h = %x) -> (memref<16xf32>) {
    // expected-error @+1 {{internal error: a buffer made in a loop is carried by that loop}}
    %a = memref.alloc() : memref<16xf32>
    scf.yield %a : memref<16xf32>
  }
  return
}

// -----

func.func @dynamic(%n: index) {
  // expected-error @+1 {{internal error: a buffer of dynamic size}}
  %a = memref.alloc(%n) : memref<?xf32>
  return
}
