// Sums, products and extrema of a whole tensor: short, one chunk, several chunks, other types.
// RUN: gradc-kernel-run %s

sched.kernel @reduce_addf_1_f32 kind "rows" inplace [] (%a0: tensor<1xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<1xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_5_f32 kind "rows" inplace [] (%a0: tensor<5xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<5xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_63_f32 kind "rows" inplace [] (%a0: tensor<63xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<63xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_64_f32 kind "rows" inplace [] (%a0: tensor<64xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<64xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_65_f32 kind "rows" inplace [] (%a0: tensor<65xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<65xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_200_f32 kind "rows" inplace [] (%a0: tensor<200xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<200xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_1000_f32 kind "rows" inplace [] (%a0: tensor<1000xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<1000xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_4095_f32 kind "rows" inplace [] (%a0: tensor<4095xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<4095xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_4096_f32 kind "rows" inplace [] (%a0: tensor<4096xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<4096xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_4097_f32 kind "rows" inplace [] (%a0: tensor<4097xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<4097xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_8192_f32 kind "rows" inplace [] (%a0: tensor<8192xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<8192xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_10000_f32 kind "rows" inplace [] (%a0: tensor<10000xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<10000xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_100000_f32 kind "rows" inplace [] (%a0: tensor<100000xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<100000xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addf_3_f64 kind "rows" inplace [] (%a0: tensor<3xf64>) -> tensor<f64> {
  %c1 = arith.constant 0.0 : f64
  %v2 = tensor.empty() : tensor<f64>
  %v3 = linalg.fill ins(%c1 : f64) outs(%v2 : tensor<f64>) -> tensor<f64>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<3xf64>) outs(%v3 : tensor<f64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = arith.addf %o, %x0 : f64
    linalg.yield %r : f64
  } -> tensor<f64>
  sched.return %v4 : tensor<f64>
}

sched.kernel @reduce_addf_65_f64 kind "rows" inplace [] (%a0: tensor<65xf64>) -> tensor<f64> {
  %c1 = arith.constant 0.0 : f64
  %v2 = tensor.empty() : tensor<f64>
  %v3 = linalg.fill ins(%c1 : f64) outs(%v2 : tensor<f64>) -> tensor<f64>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<65xf64>) outs(%v3 : tensor<f64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = arith.addf %o, %x0 : f64
    linalg.yield %r : f64
  } -> tensor<f64>
  sched.return %v4 : tensor<f64>
}

sched.kernel @reduce_addf_5000_f64 kind "rows" inplace [] (%a0: tensor<5000xf64>) -> tensor<f64> {
  %c1 = arith.constant 0.0 : f64
  %v2 = tensor.empty() : tensor<f64>
  %v3 = linalg.fill ins(%c1 : f64) outs(%v2 : tensor<f64>) -> tensor<f64>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<5000xf64>) outs(%v3 : tensor<f64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = arith.addf %o, %x0 : f64
    linalg.yield %r : f64
  } -> tensor<f64>
  sched.return %v4 : tensor<f64>
}

sched.kernel @reduce_maximumf_3001_f32 kind "rows" inplace [] (%a0: tensor<3001xf32>) -> tensor<f32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<3001xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_minimumf_77_f32 kind "rows" inplace [] (%a0: tensor<77xf32>) -> tensor<f32> {
  %c1 = arith.constant 0x7F800000 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<77xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.minimumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_mulf_40_f32 kind "rows" inplace [] (%a0: tensor<40xf32>) -> tensor<f32> {
  %c1 = arith.constant 1.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<40xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.mulf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @reduce_addi_3001_i64 kind "rows" inplace [] (%a0: tensor<3001xi64>) -> tensor<i64> {
  %c1 = arith.constant 0 : i64
  %v2 = tensor.empty() : tensor<i64>
  %v3 = linalg.fill ins(%c1 : i64) outs(%v2 : tensor<i64>) -> tensor<i64>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<3001xi64>) outs(%v3 : tensor<i64>) {
  ^bb0(%x0: i64, %o: i64):
    %r = arith.addi %o, %x0 : i64
    linalg.yield %r : i64
  } -> tensor<i64>
  sched.return %v4 : tensor<i64>
}

sched.kernel @reduce_maxsi_100_i32 kind "rows" inplace [] (%a0: tensor<100xi32>) -> tensor<i32> {
  %c1 = arith.constant -2147483648 : i32
  %v2 = tensor.empty() : tensor<i32>
  %v3 = linalg.fill ins(%c1 : i32) outs(%v2 : tensor<i32>) -> tensor<i32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<100xi32>) outs(%v3 : tensor<i32>) {
  ^bb0(%x0: i32, %o: i32):
    %r = arith.maxsi %o, %x0 : i32
    linalg.yield %r : i32
  } -> tensor<i32>
  sched.return %v4 : tensor<i32>
}

sched.kernel @reduce_ori_3001_i1 kind "rows" inplace [] (%a0: tensor<3001xi1>) -> tensor<i1> {
  %c1 = arith.constant false
  %v2 = tensor.empty() : tensor<i1>
  %v3 = linalg.fill ins(%c1 : i1) outs(%v2 : tensor<i1>) -> tensor<i1>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<3001xi1>) outs(%v3 : tensor<i1>) {
  ^bb0(%x0: i1, %o: i1):
    %r = arith.ori %o, %x0 : i1
    linalg.yield %r : i1
  } -> tensor<i1>
  sched.return %v4 : tensor<i1>
}

sched.kernel @reduce_andi_10_i1 kind "rows" inplace [] (%a0: tensor<10xi1>) -> tensor<i1> {
  %c1 = arith.constant true
  %v2 = tensor.empty() : tensor<i1>
  %v3 = linalg.fill ins(%c1 : i1) outs(%v2 : tensor<i1>) -> tensor<i1>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<10xi1>) outs(%v3 : tensor<i1>) {
  ^bb0(%x0: i1, %o: i1):
    %r = arith.andi %o, %x0 : i1
    linalg.yield %r : i1
  } -> tensor<i1>
  sched.return %v4 : tensor<i1>
}

sched.kernel @sum_of_negative_zeros_10 kind "rows" inplace [] (%a0: tensor<10xf32>) -> tensor<f32> attributes {test.fill = -0.0 : f32} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<10xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @sum_of_negative_zeros_10000 kind "rows" inplace [] (%a0: tensor<10000xf32>) -> tensor<f32> attributes {test.fill = -0.0 : f32} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<10000xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}
