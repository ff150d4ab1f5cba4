// The innermost loop of a contraction is marked for LLVM, which unrolls no others.
// RUN: gradc-opt %s "--cpu-emit-kernels=vector-bits=256 registers=16" --link-pipeline | FileCheck %s

// CHECK: llvm.br {{.*}} {loop_annotation = #[[A:.*]]}
#a = affine_map<(i, j, k) -> (i, k)>
#b = affine_map<(i, j, k) -> (k, j)>
#c = affine_map<(i, j, k) -> (i, j)>
sched.kernel @product kind "contraction" inplace [] (%x: tensor<33x29xf32>, %y: tensor<29x70xf32>) -> tensor<33x70xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x70xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<33x70xf32>) -> tensor<33x70xf32>
  %0 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %y : tensor<33x29xf32>, tensor<29x70xf32>) outs(%f : tensor<33x70xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %m = arith.mulf %p, %q : f32
      %s = arith.addf %o, %m : f32
      linalg.yield %s : f32 } -> tensor<33x70xf32>
  sched.return %0 : tensor<33x70xf32>
}
func.func @run(%x: memref<33x29xf32>, %y: memref<29x70xf32>, %z: memref<33x70xf32>) {
  sched.launch @product(%x, %y) outs(%z) inplace [] : (memref<33x29xf32>, memref<29x70xf32>, memref<33x70xf32>) -> ()
  return
}
