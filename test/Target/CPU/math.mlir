// Math functions against libm.
// RUN: gradc-kernel-run %s --ulp=2.0

sched.kernel @exp_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.exp %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @exp_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = math.exp %x0 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}

sched.kernel @log_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.log %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @log_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = math.log %x0 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}

sched.kernel @tanh_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.tanh %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @tanh_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = math.tanh %x0 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}

sched.kernel @sin_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.sin %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @sin_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = math.sin %x0 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}

sched.kernel @cos_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.cos %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @cos_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = math.cos %x0 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}

sched.kernel @sqrt_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.sqrt %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @sqrt_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = math.sqrt %x0 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}

sched.kernel @rsqrt_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.rsqrt %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @rsqrt_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = math.rsqrt %x0 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}

sched.kernel @powf_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>, %a1: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<2048xf32>, tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = math.powf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @powf_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>, %a1: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<2048xf64>, tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %r = math.powf %x0, %x1 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}

sched.kernel @erf_f32 kind "rows" inplace [] (%a0: tensor<2048xf32>) -> tensor<2048xf32> {
  %v1 = tensor.empty() : tensor<2048xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf32>) outs(%v1 : tensor<2048xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.erf %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2048xf32>
  sched.return %v2 : tensor<2048xf32>
}

sched.kernel @erf_f64 kind "rows" inplace [] (%a0: tensor<2048xf64>) -> tensor<2048xf64> {
  %v1 = tensor.empty() : tensor<2048xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<2048xf64>) outs(%v1 : tensor<2048xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = math.erf %x0 : f64
    linalg.yield %r : f64
  } -> tensor<2048xf64>
  sched.return %v2 : tensor<2048xf64>
}
