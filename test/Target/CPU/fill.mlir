// A large fill is a loop; a small one stays without. Both are checked for what they store.
// RUN: gradc-kernel-run %s
// RUN: gradc-opt %s --cpu-emit-kernels="vector-bits=256 registers=16 share-from=1e9" | FileCheck %s

// CHECK-LABEL: func.func private @large.cpu
// CHECK: scf.for
// CHECK-COUNT-2: llvm.store
// CHECK-NOT: llvm.store
// CHECK: return
sched.kernel @large kind "fill" inplace [] () -> tensor<8x128x768xf32> {
  %c = arith.constant 2.5 : f32
  %e = tensor.empty() : tensor<8x128x768xf32>
  %v = linalg.fill ins(%c : f32) outs(%e : tensor<8x128x768xf32>) -> tensor<8x128x768xf32>
  sched.return %v : tensor<8x128x768xf32>
}

// CHECK-LABEL: func.func private @small.cpu
// CHECK-NOT: scf.for
// CHECK: return
sched.kernel @small kind "fill" inplace [] () -> tensor<5x7xf32> {
  %c = arith.constant -1.0 : f32
  %e = tensor.empty() : tensor<5x7xf32>
  %v = linalg.fill ins(%c : f32) outs(%e : tensor<5x7xf32>) -> tensor<5x7xf32>
  sched.return %v : tensor<5x7xf32>
}
