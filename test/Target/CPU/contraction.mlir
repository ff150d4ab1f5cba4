// Contractions: orders of operands, tails, batches, epilogues, panels of k.
// RUN: gradc-kernel-run %s

sched.kernel @matmul_nn_33x70x29_f32 kind "contraction" inplace [] (%a0: tensor<33x29xf32>, %a1: tensor<29x70xf32>, %a2: tensor<70xf32>) -> tensor<33x70xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<33x70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<33x70xf32>) -> tensor<33x70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<33x29xf32>, tensor<29x70xf32>) outs(%v3 : tensor<33x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<33x70xf32>
  %v5 = tensor.empty() : tensor<33x70xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<33x70xf32>, tensor<70xf32>) outs(%v5 : tensor<33x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<33x70xf32>
  sched.return %v6 : tensor<33x70xf32>
}

sched.kernel @matmul_nt_33x70x29_f32 kind "contraction" inplace [] (%a0: tensor<33x29xf32>, %a1: tensor<70x29xf32>, %a2: tensor<70xf32>) -> tensor<33x70xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<33x70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<33x70xf32>) -> tensor<33x70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<33x29xf32>, tensor<70x29xf32>) outs(%v3 : tensor<33x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<33x70xf32>
  %v5 = tensor.empty() : tensor<33x70xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<33x70xf32>, tensor<70xf32>) outs(%v5 : tensor<33x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<33x70xf32>
  sched.return %v6 : tensor<33x70xf32>
}

sched.kernel @matmul_tn_33x70x29_f32 kind "contraction" inplace [] (%a0: tensor<29x33xf32>, %a1: tensor<29x70xf32>, %a2: tensor<70xf32>) -> tensor<33x70xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<33x70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<33x70xf32>) -> tensor<33x70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d2, d0)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<29x33xf32>, tensor<29x70xf32>) outs(%v3 : tensor<33x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<33x70xf32>
  %v5 = tensor.empty() : tensor<33x70xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<33x70xf32>, tensor<70xf32>) outs(%v5 : tensor<33x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<33x70xf32>
  sched.return %v6 : tensor<33x70xf32>
}

sched.kernel @matmul_tt_33x70x29_f32 kind "contraction" inplace [] (%a0: tensor<29x33xf32>, %a1: tensor<70x29xf32>, %a2: tensor<70xf32>) -> tensor<33x70xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<33x70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<33x70xf32>) -> tensor<33x70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d2, d0)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<29x33xf32>, tensor<70x29xf32>) outs(%v3 : tensor<33x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<33x70xf32>
  %v5 = tensor.empty() : tensor<33x70xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<33x70xf32>, tensor<70xf32>) outs(%v5 : tensor<33x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<33x70xf32>
  sched.return %v6 : tensor<33x70xf32>
}

sched.kernel @matmul_nt_64x10x100_f32 kind "contraction" inplace [] (%a0: tensor<64x100xf32>, %a1: tensor<10x100xf32>, %a2: tensor<10xf32>) -> tensor<64x10xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<64x10xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<64x10xf32>) -> tensor<64x10xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<64x100xf32>, tensor<10x100xf32>) outs(%v3 : tensor<64x10xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<64x10xf32>
  %v5 = tensor.empty() : tensor<64x10xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<64x10xf32>, tensor<10xf32>) outs(%v5 : tensor<64x10xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<64x10xf32>
  sched.return %v6 : tensor<64x10xf32>
}

sched.kernel @matmul_nn_100x130x64_f32 kind "contraction" inplace [] (%a0: tensor<100x64xf32>, %a1: tensor<64x130xf32>, %a2: tensor<130xf32>) -> tensor<100x130xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<100x130xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<100x130xf32>) -> tensor<100x130xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<100x64xf32>, tensor<64x130xf32>) outs(%v3 : tensor<100x130xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<100x130xf32>
  %v5 = tensor.empty() : tensor<100x130xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<100x130xf32>, tensor<130xf32>) outs(%v5 : tensor<100x130xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<100x130xf32>
  sched.return %v6 : tensor<100x130xf32>
}

sched.kernel @matmul_tt_4x4x4_f32 kind "contraction" inplace [] (%a0: tensor<4x4xf32>, %a1: tensor<4x4xf32>, %a2: tensor<4xf32>) -> tensor<4x4xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<4x4xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<4x4xf32>) -> tensor<4x4xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d2, d0)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<4x4xf32>, tensor<4x4xf32>) outs(%v3 : tensor<4x4xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<4x4xf32>
  %v5 = tensor.empty() : tensor<4x4xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<4x4xf32>, tensor<4xf32>) outs(%v5 : tensor<4x4xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<4x4xf32>
  sched.return %v6 : tensor<4x4xf32>
}

sched.kernel @matmul_nt_20x40x1500_f32 kind "contraction" inplace [] (%a0: tensor<20x1500xf32>, %a1: tensor<40x1500xf32>, %a2: tensor<40xf32>) -> tensor<20x40xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<20x40xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<20x40xf32>) -> tensor<20x40xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<20x1500xf32>, tensor<40x1500xf32>) outs(%v3 : tensor<20x40xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<20x40xf32>
  %v5 = tensor.empty() : tensor<20x40xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<20x40xf32>, tensor<40xf32>) outs(%v5 : tensor<20x40xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<20x40xf32>
  sched.return %v6 : tensor<20x40xf32>
}

sched.kernel @matmul_nt_150x100x3001_f32 kind "contraction" inplace [] (%a0: tensor<150x3001xf32>, %a1: tensor<100x3001xf32>, %a2: tensor<100xf32>) -> tensor<150x100xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<150x100xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<150x100xf32>) -> tensor<150x100xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<150x3001xf32>, tensor<100x3001xf32>) outs(%v3 : tensor<150x100xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<150x100xf32>
  %v5 = tensor.empty() : tensor<150x100xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<150x100xf32>, tensor<100xf32>) outs(%v5 : tensor<150x100xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<150x100xf32>
  sched.return %v6 : tensor<150x100xf32>
}

sched.kernel @matmul_nt_10x70x40_f64 kind "contraction" inplace [] (%a0: tensor<10x40xf64>, %a1: tensor<70x40xf64>, %a2: tensor<70xf64>) -> tensor<10x70xf64> {
  %c1 = arith.constant 0.0 : f64
  %v2 = tensor.empty() : tensor<10x70xf64>
  %v3 = linalg.fill ins(%c1 : f64) outs(%v2 : tensor<10x70xf64>) -> tensor<10x70xf64>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<10x40xf64>, tensor<70x40xf64>) outs(%v3 : tensor<10x70xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %p = arith.mulf %x0, %x1 : f64
    %r = arith.addf %o, %p : f64
    linalg.yield %r : f64
  } -> tensor<10x70xf64>
  %v5 = tensor.empty() : tensor<10x70xf64>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<10x70xf64>, tensor<70xf64>) outs(%v5 : tensor<10x70xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %a = arith.addf %x0, %x1 : f64
    %z = arith.constant 0.0 : f64
    %p = arith.cmpf ole, %a, %z : f64
    %r = arith.select %p, %z, %a : f64
    linalg.yield %r : f64
  } -> tensor<10x70xf64>
  sched.return %v6 : tensor<10x70xf64>
}

sched.kernel @matmul_nn_13x9x70_f64 kind "contraction" inplace [] (%a0: tensor<13x70xf64>, %a1: tensor<70x9xf64>, %a2: tensor<9xf64>) -> tensor<13x9xf64> {
  %c1 = arith.constant 0.0 : f64
  %v2 = tensor.empty() : tensor<13x9xf64>
  %v3 = linalg.fill ins(%c1 : f64) outs(%v2 : tensor<13x9xf64>) -> tensor<13x9xf64>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<13x70xf64>, tensor<70x9xf64>) outs(%v3 : tensor<13x9xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %p = arith.mulf %x0, %x1 : f64
    %r = arith.addf %o, %p : f64
    linalg.yield %r : f64
  } -> tensor<13x9xf64>
  %v5 = tensor.empty() : tensor<13x9xf64>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<13x9xf64>, tensor<9xf64>) outs(%v5 : tensor<13x9xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %a = arith.addf %x0, %x1 : f64
    %z = arith.constant 0.0 : f64
    %p = arith.cmpf ole, %a, %z : f64
    %r = arith.select %p, %z, %a : f64
    linalg.yield %r : f64
  } -> tensor<13x9xf64>
  sched.return %v6 : tensor<13x9xf64>
}

sched.kernel @matmul_nn_1x100x200_f32 kind "contraction" inplace [] (%a0: tensor<1x200xf32>, %a1: tensor<200x100xf32>) -> tensor<1x100xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<1x100xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<1x100xf32>) -> tensor<1x100xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<1x200xf32>, tensor<200x100xf32>) outs(%v3 : tensor<1x100xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<1x100xf32>
  sched.return %v4 : tensor<1x100xf32>
}

sched.kernel @matmul_nn_100x1x200_f32 kind "contraction" inplace [] (%a0: tensor<100x200xf32>, %a1: tensor<200x1xf32>) -> tensor<100x1xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<100x1xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<100x1xf32>) -> tensor<100x1xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<100x200xf32>, tensor<200x1xf32>) outs(%v3 : tensor<100x1xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<100x1xf32>
  sched.return %v4 : tensor<100x1xf32>
}

sched.kernel @batched_3x17x40x21_nn kind "contraction" inplace [] (%a0: tensor<3x17x21xf32>, %a1: tensor<3x21x40xf32>) -> tensor<3x17x40xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<3x17x40xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<3x17x40xf32>) -> tensor<3x17x40xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<3x17x21xf32>, tensor<3x21x40xf32>) outs(%v3 : tensor<3x17x40xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<3x17x40xf32>
  sched.return %v4 : tensor<3x17x40xf32>
}

sched.kernel @batched_4x16x16x16_nt kind "contraction" inplace [] (%a0: tensor<4x16x16xf32>, %a1: tensor<4x16x16xf32>) -> tensor<4x16x16xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<4x16x16xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<4x16x16xf32>) -> tensor<4x16x16xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<4x16x16xf32>, tensor<4x16x16xf32>) outs(%v3 : tensor<4x16x16xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<4x16x16xf32>
  sched.return %v4 : tensor<4x16x16xf32>
}

sched.kernel @matrix_vector_300x100 kind "contraction" inplace [] (%a0: tensor<300x100xf32>, %a1: tensor<100xf32>) -> tensor<300xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<300xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<300xf32>) -> tensor<300xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0, %a1 : tensor<300x100xf32>, tensor<100xf32>) outs(%v3 : tensor<300xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  sched.return %v4 : tensor<300xf32>
}

sched.kernel @matrix_vector_7x1000 kind "contraction" inplace [] (%a0: tensor<7x1000xf32>, %a1: tensor<1000xf32>) -> tensor<7xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<7xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<7xf32>) -> tensor<7xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0, %a1 : tensor<7x1000xf32>, tensor<1000xf32>) outs(%v3 : tensor<7xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<7xf32>
  sched.return %v4 : tensor<7xf32>
}

sched.kernel @vector_matrix_300x100 kind "contraction" inplace [] (%a0: tensor<100x300xf32>, %a1: tensor<100xf32>) -> tensor<300xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<300xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<300xf32>) -> tensor<300xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a1, %a0 : tensor<100xf32>, tensor<100x300xf32>) outs(%v3 : tensor<300xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  sched.return %v4 : tensor<300xf32>
}

sched.kernel @dot_1000 kind "contraction" inplace [] (%a0: tensor<1000xf32>, %a1: tensor<1000xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0, %a1 : tensor<1000xf32>, tensor<1000xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @dot_5 kind "contraction" inplace [] (%a0: tensor<5xf32>, %a1: tensor<5xf32>) -> tensor<f32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0, %a1 : tensor<5xf32>, tensor<5xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @outer_product_50x60 kind "contraction" inplace [] (%a0: tensor<50x1xf32>, %a1: tensor<1x60xf32>) -> tensor<50x60xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<50x60xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<50x60xf32>) -> tensor<50x60xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<50x1xf32>, tensor<1x60xf32>) outs(%v3 : tensor<50x60xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<50x60xf32>
  sched.return %v4 : tensor<50x60xf32>
}

sched.kernel @two_contracted_dims_30x40x5x16 kind "contraction" inplace [] (%a0: tensor<5x30x16xf32>, %a1: tensor<40x5x16xf32>) -> tensor<30x40xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<30x40xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<30x40xf32>) -> tensor<30x40xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d2, d0, d3)>, affine_map<(d0, d1, d2, d3) -> (d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%a0, %a1 : tensor<5x30x16xf32>, tensor<40x5x16xf32>) outs(%v3 : tensor<30x40xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<30x40xf32>
  sched.return %v4 : tensor<30x40xf32>
}

sched.kernel @two_contracted_dims_20x70x300x9 kind "contraction" inplace [] (%a0: tensor<300x20x9xf32>, %a1: tensor<70x300x9xf32>) -> tensor<20x70xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<20x70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<20x70xf32>) -> tensor<20x70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d2, d0, d3)>, affine_map<(d0, d1, d2, d3) -> (d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%a0, %a1 : tensor<300x20x9xf32>, tensor<70x300x9xf32>) outs(%v3 : tensor<20x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<20x70xf32>
  sched.return %v4 : tensor<20x70xf32>
}

sched.kernel @accumulate kind "contraction" inplace [2, 0] (%a0: tensor<70x40xf32>, %a1: tensor<40x90xf32>, %a2: tensor<70x90xf32>) -> tensor<70x90xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<70x90xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<70x90xf32>) -> tensor<70x90xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<70x40xf32>, tensor<40x90xf32>) outs(%v3 : tensor<70x90xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<70x90xf32>
  %v5 = tensor.empty() : tensor<70x90xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a2, %v4 : tensor<70x90xf32>, tensor<70x90xf32>) outs(%v5 : tensor<70x90xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.addf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<70x90xf32>
  sched.return %v6 : tensor<70x90xf32>
}

sched.kernel @transposed_result_of_matmul kind "contraction" inplace [] (%a0: tensor<40x60xf32>, %a1: tensor<60x50xf32>) -> tensor<50x40xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<50x40xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<50x40xf32>) -> tensor<50x40xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d1, d0)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<40x60xf32>, tensor<60x50xf32>) outs(%v3 : tensor<50x40xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<50x40xf32>
  sched.return %v4 : tensor<50x40xf32>
}

sched.kernel @matmul_nn_0x5x7_f32 kind "contraction" inplace [] (%a0: tensor<0x7xf32>, %a1: tensor<7x5xf32>, %a2: tensor<5xf32>) -> tensor<0x5xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<0x5xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<0x5xf32>) -> tensor<0x5xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<0x7xf32>, tensor<7x5xf32>) outs(%v3 : tensor<0x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<0x5xf32>
  %v5 = tensor.empty() : tensor<0x5xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<0x5xf32>, tensor<5xf32>) outs(%v5 : tensor<0x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<0x5xf32>
  sched.return %v6 : tensor<0x5xf32>
}

sched.kernel @matmul_nn_40x30x0_f32 kind "contraction" inplace [] (%a0: tensor<40x0xf32>, %a1: tensor<0x30xf32>, %a2: tensor<30xf32>) -> tensor<40x30xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<40x30xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<40x30xf32>) -> tensor<40x30xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<40x0xf32>, tensor<0x30xf32>) outs(%v3 : tensor<40x30xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<40x30xf32>
  %v5 = tensor.empty() : tensor<40x30xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<40x30xf32>, tensor<30xf32>) outs(%v5 : tensor<40x30xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<40x30xf32>
  sched.return %v6 : tensor<40x30xf32>
}

sched.kernel @matmul_nt_40x0x30_f32 kind "contraction" inplace [] (%a0: tensor<40x30xf32>, %a1: tensor<0x30xf32>, %a2: tensor<0xf32>) -> tensor<40x0xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<40x0xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<40x0xf32>) -> tensor<40x0xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<40x30xf32>, tensor<0x30xf32>) outs(%v3 : tensor<40x0xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<40x0xf32>
  %v5 = tensor.empty() : tensor<40x0xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<40x0xf32>, tensor<0xf32>) outs(%v5 : tensor<40x0xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ole, %a, %z : f32
    %r = arith.select %p, %z, %a : f32
    linalg.yield %r : f32
  } -> tensor<40x0xf32>
  sched.return %v6 : tensor<40x0xf32>
}

// Rows in several dims, of which one is cut into tiles: layers over time by gates, and their gradients.
sched.kernel @rows_of_steps_7x3x8x70_f32 kind "contraction" inplace [] (%a0: tensor<7x8x33xf32>, %a1: tensor<3x70x33xf32>) -> tensor<7x3x8x70xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<7x3x8x70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<7x3x8x70xf32>) -> tensor<7x3x8x70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d2, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d1, d3, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<7x8x33xf32>, tensor<3x70x33xf32>) outs(%v3 : tensor<7x3x8x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<7x3x8x70xf32>
  sched.return %v4 : tensor<7x3x8x70xf32>
}

sched.kernel @rows_of_two_sums_7x8x70_f32 kind "contraction" inplace [] (%a0: tensor<7x3x8x13xf32>, %a1: tensor<3x13x70xf32>) -> tensor<7x8x70xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<7x8x70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<7x8x70xf32>) -> tensor<7x8x70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d0, d3, d1, d4)>, affine_map<(d0, d1, d2, d3, d4) -> (d3, d4, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%a0, %a1 : tensor<7x3x8x13xf32>, tensor<3x13x70xf32>) outs(%v3 : tensor<7x8x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<7x8x70xf32>
  sched.return %v4 : tensor<7x8x70xf32>
}

sched.kernel @rows_of_gates_3x24x70_f32 kind "contraction" inplace [] (%a0: tensor<7x3x6x24xf32>, %a1: tensor<7x6x70xf32>) -> tensor<3x24x70xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<3x24x70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<3x24x70xf32>) -> tensor<3x24x70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d3, d0, d4, d1)>, affine_map<(d0, d1, d2, d3, d4) -> (d3, d4, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%a0, %a1 : tensor<7x3x6x24xf32>, tensor<7x6x70xf32>) outs(%v3 : tensor<3x24x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<3x24x70xf32>
  sched.return %v4 : tensor<3x24x70xf32>
}

sched.kernel @rows_of_three_dims_2x5x16x9_f32 kind "contraction" inplace [] (%a0: tensor<37x5x2x16xf32>, %a1: tensor<37x9xf32>) -> tensor<2x5x16x9xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<2x5x16x9xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<2x5x16x9xf32>) -> tensor<2x5x16x9xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d4, d1, d0, d2)>, affine_map<(d0, d1, d2, d3, d4) -> (d4, d3)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<37x5x2x16xf32>, tensor<37x9xf32>) outs(%v3 : tensor<2x5x16x9xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<2x5x16x9xf32>
  sched.return %v4 : tensor<2x5x16x9xf32>
}
