// erfc against libm: its bound is wider than that of the others.
// RUN: gradc-kernel-run %s --ulp=4.7

sched.kernel @erfc_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.erfc %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @erfc_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = math.erfc %x0 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}
