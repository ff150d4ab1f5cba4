// Every launch and copy stands between a begin and an end, which says what it does.
// RUN: gradc-opt %s --sched-profile-launches | FileCheck %s

sched.kernel @double kind "elementwise" inplace [0, 0] (%x: tensor<10xf32>) -> tensor<10xf32> {
  %e = tensor.empty() : tensor<10xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<10xf32>) outs(%e : tensor<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  } -> tensor<10xf32>
  sched.return %r : tensor<10xf32>
}

// CHECK-LABEL: func.func @main
func.func @main(%x: memref<10xf32>, %y: memref<10xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK: scf.for
  // CHECK-NEXT: sched.host "profile_begin"() outs() {}
  // CHECK-NEXT: sched.launch @double
  // CHECK-NEXT: sched.host "profile_end"() outs() {bytes = 80 : i64, flops = 10 : i64, kind = "elementwise", name = "double"}
  scf.for %i = %c0 to %n step %c1 {
    sched.launch @double(%x) outs(%y) inplace [0, 0] : (memref<10xf32>, memref<10xf32>) -> ()
  }
  // CHECK: sched.host "profile_begin"
  // CHECK-NEXT: memref.copy
  // CHECK-NEXT: sched.host "profile_end"() outs() {bytes = 80 : i64, flops = 0 : i64, kind = "copy", name = "copy"}
  memref.copy %x, %y : memref<10xf32> to memref<10xf32>
  return
}
