"""Prints a function that launches one small kernel N times."""
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import sys

count = int(sys.argv[1])
print("""sched.kernel @small kind "rows" inplace [] (%a: tensor<200xf32>) -> tensor<200xf32> {
  %e = tensor.empty() : tensor<200xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%a : tensor<200xf32>) outs(%e : tensor<200xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.mulf %x, %x : f32
    linalg.yield %y : f32
  } -> tensor<200xf32>
  sched.return %0 : tensor<200xf32>
}
func.func @step(%a: memref<200xf32>, %b: memref<200xf32>) {""")
for _ in range(count):
    print("  sched.launch @small(%a) outs(%b) inplace [] : (memref<200xf32>, memref<200xf32>) -> ()")
print("  return\n}")
