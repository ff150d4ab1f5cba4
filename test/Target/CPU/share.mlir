// A kernel that takes long enough is shared among threads: three functions, and a team for who launches it.
// RUN: gradc-opt %s "--cpu-emit-kernels=vector-bits=256 registers=16" | FileCheck %s
// RUN: gradc-opt %s "--cpu-emit-kernels=vector-bits=256 registers=16 share-from=1e12" | FileCheck %s --check-prefix=ALONE
// RUN: gradc-kernel-run %s

// CHECK: module attributes {sched.thread_scratch = 0 : i64}
// What threads run, with barriers: results may be written by others in between, arguments not.
// CHECK: func.func private @long_sum.body(%{{.*}}: !llvm.ptr {llvm.noalias, llvm.readonly}, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64)
// CHECK: arith.divui
// CHECK: llvm.func internal @long_sum.part(
// CHECK: call @long_sum.body
// Without a team the body runs at once.
// CHECK: func.func private @long_sum.cpu(
// CHECK: llvm.icmp "eq"
// CHECK: call @long_sum.body
// CHECK: llvm.mlir.addressof @long_sum.part
// A short kernel is not shared.
// CHECK: func.func private @short.cpu(
// CHECK-NOT: short.body
// CHECK: func.func @main(%{{.*}}, %[[TEAM:.*]]: !llvm.ptr {sched.team})
// CHECK: call @long_sum.cpu(%{{.*}}, %{{.*}}, %[[TEAM]])
// ALONE-NOT: sched.
// ALONE-NOT: .body

sched.kernel @long_sum kind "reduction" inplace [] (%x: tensor<500000xf32>) -> tensor<f32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%x : tensor<500000xf32>) outs(%f : tensor<f32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  sched.return %r : tensor<f32>
}

sched.kernel @short kind "elementwise" inplace [0, 0] (%x: tensor<100xf32>) -> tensor<100xf32> {
  %e = tensor.empty() : tensor<100xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<100xf32>) outs(%e : tensor<100xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  } -> tensor<100xf32>
  sched.return %r : tensor<100xf32>
}

func.func @main(%x: memref<500000xf32>, %y: memref<100xf32>, %sum: memref<f32>) {
  sched.launch @long_sum(%x) outs(%sum) inplace [] : (memref<500000xf32>, memref<f32>) -> ()
  sched.launch @short(%y) outs(%y) inplace [0, 0] : (memref<100xf32>, memref<100xf32>) -> ()
  return
}
