// Row reductions with what hangs on them.
// RUN: gradc-kernel-run %s

sched.kernel @softmax_37x1000_f32 kind "rows" inplace [] (%a0: tensor<37x1000xf32>) -> tensor<37x1000xf32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<37xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<37xf32>) -> tensor<37xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<37x1000xf32>) outs(%v3 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v5 = tensor.empty() : tensor<37x1000xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<37x1000xf32>, tensor<37xf32>) outs(%v5 : tensor<37x1000xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<37x1000xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<37xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<37xf32>) -> tensor<37xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<37x1000xf32>) outs(%v9 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v11 = tensor.empty() : tensor<37x1000xf32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<37x1000xf32>, tensor<37xf32>) outs(%v11 : tensor<37x1000xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<37x1000xf32>
  sched.return %v12 : tensor<37x1000xf32>
}

sched.kernel @softmax_5x9001_f32 kind "rows" inplace [] (%a0: tensor<5x9001xf32>) -> tensor<5x9001xf32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<5xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<5xf32>) -> tensor<5xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<5x9001xf32>) outs(%v3 : tensor<5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<5xf32>
  %v5 = tensor.empty() : tensor<5x9001xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<5x9001xf32>, tensor<5xf32>) outs(%v5 : tensor<5x9001xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<5x9001xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<5xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<5xf32>) -> tensor<5xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<5x9001xf32>) outs(%v9 : tensor<5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<5xf32>
  %v11 = tensor.empty() : tensor<5x9001xf32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<5x9001xf32>, tensor<5xf32>) outs(%v11 : tensor<5x9001xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<5x9001xf32>
  sched.return %v12 : tensor<5x9001xf32>
}

sched.kernel @softmax_3x7_f32 kind "rows" inplace [] (%a0: tensor<3x7xf32>) -> tensor<3x7xf32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<3xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<3xf32>) -> tensor<3xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<3x7xf32>) outs(%v3 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v5 = tensor.empty() : tensor<3x7xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<3x7xf32>, tensor<3xf32>) outs(%v5 : tensor<3x7xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<3x7xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<3xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<3xf32>) -> tensor<3xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<3x7xf32>) outs(%v9 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v11 = tensor.empty() : tensor<3x7xf32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<3x7xf32>, tensor<3xf32>) outs(%v11 : tensor<3x7xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<3x7xf32>
  sched.return %v12 : tensor<3x7xf32>
}

sched.kernel @softmax_100x70_f32 kind "rows" inplace [] (%a0: tensor<100x70xf32>) -> tensor<100x70xf32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<100xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<100xf32>) -> tensor<100xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<100x70xf32>) outs(%v3 : tensor<100xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<100xf32>
  %v5 = tensor.empty() : tensor<100x70xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<100x70xf32>, tensor<100xf32>) outs(%v5 : tensor<100x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<100x70xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<100xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<100xf32>) -> tensor<100xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<100x70xf32>) outs(%v9 : tensor<100xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<100xf32>
  %v11 = tensor.empty() : tensor<100x70xf32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<100x70xf32>, tensor<100xf32>) outs(%v11 : tensor<100x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<100x70xf32>
  sched.return %v12 : tensor<100x70xf32>
}

sched.kernel @softmax_2x20003_f32 kind "rows" inplace [] (%a0: tensor<2x20003xf32>) -> tensor<2x20003xf32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<2xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<2xf32>) -> tensor<2xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<2x20003xf32>) outs(%v3 : tensor<2xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2xf32>
  %v5 = tensor.empty() : tensor<2x20003xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<2x20003xf32>, tensor<2xf32>) outs(%v5 : tensor<2x20003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<2x20003xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<2xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<2xf32>) -> tensor<2xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<2x20003xf32>) outs(%v9 : tensor<2xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2xf32>
  %v11 = tensor.empty() : tensor<2x20003xf32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<2x20003xf32>, tensor<2xf32>) outs(%v11 : tensor<2x20003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<2x20003xf32>
  sched.return %v12 : tensor<2x20003xf32>
}

sched.kernel @softmax_64x128_f32 kind "rows" inplace [] (%a0: tensor<64x128xf32>) -> tensor<64x128xf32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<64xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<64xf32>) -> tensor<64xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<64x128xf32>) outs(%v3 : tensor<64xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<64xf32>
  %v5 = tensor.empty() : tensor<64x128xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<64x128xf32>, tensor<64xf32>) outs(%v5 : tensor<64x128xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<64x128xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<64xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<64xf32>) -> tensor<64xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<64x128xf32>) outs(%v9 : tensor<64xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<64xf32>
  %v11 = tensor.empty() : tensor<64x128xf32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<64x128xf32>, tensor<64xf32>) outs(%v11 : tensor<64x128xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<64x128xf32>
  sched.return %v12 : tensor<64x128xf32>
}

sched.kernel @softmax_700x10_f32 kind "rows" inplace [] (%a0: tensor<700x10xf32>) -> tensor<700x10xf32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<700xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<700xf32>) -> tensor<700xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<700x10xf32>) outs(%v3 : tensor<700xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<700xf32>
  %v5 = tensor.empty() : tensor<700x10xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<700x10xf32>, tensor<700xf32>) outs(%v5 : tensor<700x10xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<700x10xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<700xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<700xf32>) -> tensor<700xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<700x10xf32>) outs(%v9 : tensor<700xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<700xf32>
  %v11 = tensor.empty() : tensor<700x10xf32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<700x10xf32>, tensor<700xf32>) outs(%v11 : tensor<700x10xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<700x10xf32>
  sched.return %v12 : tensor<700x10xf32>
}

sched.kernel @softmax_9x130_f64 kind "rows" inplace [] (%a0: tensor<9x130xf64>) -> tensor<9x130xf64> {
  %c1 = arith.constant 0xFFF0000000000000 : f64
  %v2 = tensor.empty() : tensor<9xf64>
  %v3 = linalg.fill ins(%c1 : f64) outs(%v2 : tensor<9xf64>) -> tensor<9xf64>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<9x130xf64>) outs(%v3 : tensor<9xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = arith.maximumf %o, %x0 : f64
    linalg.yield %r : f64
  } -> tensor<9xf64>
  %v5 = tensor.empty() : tensor<9x130xf64>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<9x130xf64>, tensor<9xf64>) outs(%v5 : tensor<9x130xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %d = arith.subf %x0, %x1 : f64
    %r = math.exp %d : f64
    linalg.yield %r : f64
  } -> tensor<9x130xf64>
  %c7 = arith.constant 0.0 : f64
  %v8 = tensor.empty() : tensor<9xf64>
  %v9 = linalg.fill ins(%c7 : f64) outs(%v8 : tensor<9xf64>) -> tensor<9xf64>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<9x130xf64>) outs(%v9 : tensor<9xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = arith.addf %o, %x0 : f64
    linalg.yield %r : f64
  } -> tensor<9xf64>
  %v11 = tensor.empty() : tensor<9x130xf64>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<9x130xf64>, tensor<9xf64>) outs(%v11 : tensor<9x130xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %r = arith.divf %x0, %x1 : f64
    linalg.yield %r : f64
  } -> tensor<9x130xf64>
  sched.return %v12 : tensor<9x130xf64>
}

sched.kernel @softmax_3x5_f64 kind "rows" inplace [] (%a0: tensor<3x5xf64>) -> tensor<3x5xf64> {
  %c1 = arith.constant 0xFFF0000000000000 : f64
  %v2 = tensor.empty() : tensor<3xf64>
  %v3 = linalg.fill ins(%c1 : f64) outs(%v2 : tensor<3xf64>) -> tensor<3xf64>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<3x5xf64>) outs(%v3 : tensor<3xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = arith.maximumf %o, %x0 : f64
    linalg.yield %r : f64
  } -> tensor<3xf64>
  %v5 = tensor.empty() : tensor<3x5xf64>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<3x5xf64>, tensor<3xf64>) outs(%v5 : tensor<3x5xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %d = arith.subf %x0, %x1 : f64
    %r = math.exp %d : f64
    linalg.yield %r : f64
  } -> tensor<3x5xf64>
  %c7 = arith.constant 0.0 : f64
  %v8 = tensor.empty() : tensor<3xf64>
  %v9 = linalg.fill ins(%c7 : f64) outs(%v8 : tensor<3xf64>) -> tensor<3xf64>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<3x5xf64>) outs(%v9 : tensor<3xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = arith.addf %o, %x0 : f64
    linalg.yield %r : f64
  } -> tensor<3xf64>
  %v11 = tensor.empty() : tensor<3x5xf64>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<3x5xf64>, tensor<3xf64>) outs(%v11 : tensor<3x5xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %r = arith.divf %x0, %x1 : f64
    linalg.yield %r : f64
  } -> tensor<3x5xf64>
  sched.return %v12 : tensor<3x5xf64>
}

sched.kernel @layer_norm_37x1003 kind "rows" inplace [] (%a0: tensor<37x1003xf32>, %a1: tensor<1003xf32>, %a2: tensor<1003xf32>, %a3: tensor<37x1003xf32>) -> (tensor<37x1003xf32>, tensor<37x1003xf32>, tensor<1003xf32>, tensor<1003xf32>) {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<37xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<37xf32>) -> tensor<37xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<37x1003xf32>) outs(%v3 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v5 = tensor.empty() : tensor<37xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v4 : tensor<37xf32>) outs(%v5 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.0009970089730807576 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v7 = tensor.empty() : tensor<37x1003xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v6 : tensor<37x1003xf32>, tensor<37xf32>) outs(%v7 : tensor<37x1003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.subf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<37x1003xf32>
  %v9 = tensor.empty() : tensor<37x1003xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8 : tensor<37x1003xf32>) outs(%v9 : tensor<37x1003xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.mulf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<37x1003xf32>
  %c11 = arith.constant 0.0 : f32
  %v12 = tensor.empty() : tensor<37xf32>
  %v13 = linalg.fill ins(%c11 : f32) outs(%v12 : tensor<37xf32>) -> tensor<37xf32>
  %v14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v10 : tensor<37x1003xf32>) outs(%v13 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v15 = tensor.empty() : tensor<37xf32>
  %v16 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v14 : tensor<37xf32>) outs(%v15 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.0009970089730807576 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v17 = tensor.empty() : tensor<37xf32>
  %v18 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v16 : tensor<37xf32>) outs(%v17 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %e = arith.constant 1.0e-5 : f32
    %a = arith.addf %x0, %e : f32
    %r = math.rsqrt %a : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v19 = tensor.empty() : tensor<37x1003xf32>
  %v20 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8, %v18 : tensor<37x1003xf32>, tensor<37xf32>) outs(%v19 : tensor<37x1003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<37x1003xf32>
  %v21 = tensor.empty() : tensor<37x1003xf32>
  %v22 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v20, %a1, %a2 : tensor<37x1003xf32>, tensor<1003xf32>, tensor<1003xf32>) outs(%v21 : tensor<37x1003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %o: f32):
    %a = arith.mulf %x0, %x1 : f32
    %r = arith.addf %a, %x2 : f32
    linalg.yield %r : f32
  } -> tensor<37x1003xf32>
  %v23 = tensor.empty() : tensor<37x1003xf32>
  %v24 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %a1 : tensor<37x1003xf32>, tensor<1003xf32>) outs(%v23 : tensor<37x1003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<37x1003xf32>
  %c25 = arith.constant 0.0 : f32
  %v26 = tensor.empty() : tensor<37xf32>
  %v27 = linalg.fill ins(%c25 : f32) outs(%v26 : tensor<37xf32>) -> tensor<37xf32>
  %v28 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v24 : tensor<37x1003xf32>) outs(%v27 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v29 = tensor.empty() : tensor<37xf32>
  %v30 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v28 : tensor<37xf32>) outs(%v29 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.0009970089730807576 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v31 = tensor.empty() : tensor<37x1003xf32>
  %v32 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20 : tensor<37x1003xf32>, tensor<37x1003xf32>) outs(%v31 : tensor<37x1003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<37x1003xf32>
  %c33 = arith.constant 0.0 : f32
  %v34 = tensor.empty() : tensor<37xf32>
  %v35 = linalg.fill ins(%c33 : f32) outs(%v34 : tensor<37xf32>) -> tensor<37xf32>
  %v36 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v32 : tensor<37x1003xf32>) outs(%v35 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v37 = tensor.empty() : tensor<37xf32>
  %v38 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v36 : tensor<37xf32>) outs(%v37 : tensor<37xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.0009970089730807576 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<37xf32>
  %v39 = tensor.empty() : tensor<37x1003xf32>
  %v40 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20, %v30, %v38, %v18 : tensor<37x1003xf32>, tensor<37x1003xf32>, tensor<37xf32>, tensor<37xf32>, tensor<37xf32>) outs(%v39 : tensor<37x1003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %o: f32):
    %p = arith.mulf %x1, %x3 : f32
    %q = arith.subf %x0, %x2 : f32
    %s = arith.subf %q, %p : f32
    %r = arith.mulf %s, %x4 : f32
    linalg.yield %r : f32
  } -> tensor<37x1003xf32>
  %v41 = tensor.empty() : tensor<37x1003xf32>
  %v42 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %v20 : tensor<37x1003xf32>, tensor<37x1003xf32>) outs(%v41 : tensor<37x1003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<37x1003xf32>
  %c43 = arith.constant 0.0 : f32
  %v44 = tensor.empty() : tensor<1003xf32>
  %v45 = linalg.fill ins(%c43 : f32) outs(%v44 : tensor<1003xf32>) -> tensor<1003xf32>
  %v46 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v42 : tensor<37x1003xf32>) outs(%v45 : tensor<1003xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<1003xf32>
  %c47 = arith.constant 0.0 : f32
  %v48 = tensor.empty() : tensor<1003xf32>
  %v49 = linalg.fill ins(%c47 : f32) outs(%v48 : tensor<1003xf32>) -> tensor<1003xf32>
  %v50 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a3 : tensor<37x1003xf32>) outs(%v49 : tensor<1003xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<1003xf32>
  sched.return %v22, %v40, %v46, %v50 : tensor<37x1003xf32>, tensor<37x1003xf32>, tensor<1003xf32>, tensor<1003xf32>
}

sched.kernel @layer_norm_200x64 kind "rows" inplace [] (%a0: tensor<200x64xf32>, %a1: tensor<64xf32>, %a2: tensor<64xf32>, %a3: tensor<200x64xf32>) -> (tensor<200x64xf32>, tensor<200x64xf32>, tensor<64xf32>, tensor<64xf32>) {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<200xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<200xf32>) -> tensor<200xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<200x64xf32>) outs(%v3 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  %v5 = tensor.empty() : tensor<200xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v4 : tensor<200xf32>) outs(%v5 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.015625 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  %v7 = tensor.empty() : tensor<200x64xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v6 : tensor<200x64xf32>, tensor<200xf32>) outs(%v7 : tensor<200x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.subf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<200x64xf32>
  %v9 = tensor.empty() : tensor<200x64xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8 : tensor<200x64xf32>) outs(%v9 : tensor<200x64xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.mulf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<200x64xf32>
  %c11 = arith.constant 0.0 : f32
  %v12 = tensor.empty() : tensor<200xf32>
  %v13 = linalg.fill ins(%c11 : f32) outs(%v12 : tensor<200xf32>) -> tensor<200xf32>
  %v14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v10 : tensor<200x64xf32>) outs(%v13 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  %v15 = tensor.empty() : tensor<200xf32>
  %v16 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v14 : tensor<200xf32>) outs(%v15 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.015625 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  %v17 = tensor.empty() : tensor<200xf32>
  %v18 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v16 : tensor<200xf32>) outs(%v17 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %e = arith.constant 1.0e-5 : f32
    %a = arith.addf %x0, %e : f32
    %r = math.rsqrt %a : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  %v19 = tensor.empty() : tensor<200x64xf32>
  %v20 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8, %v18 : tensor<200x64xf32>, tensor<200xf32>) outs(%v19 : tensor<200x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<200x64xf32>
  %v21 = tensor.empty() : tensor<200x64xf32>
  %v22 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v20, %a1, %a2 : tensor<200x64xf32>, tensor<64xf32>, tensor<64xf32>) outs(%v21 : tensor<200x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %o: f32):
    %a = arith.mulf %x0, %x1 : f32
    %r = arith.addf %a, %x2 : f32
    linalg.yield %r : f32
  } -> tensor<200x64xf32>
  %v23 = tensor.empty() : tensor<200x64xf32>
  %v24 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %a1 : tensor<200x64xf32>, tensor<64xf32>) outs(%v23 : tensor<200x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<200x64xf32>
  %c25 = arith.constant 0.0 : f32
  %v26 = tensor.empty() : tensor<200xf32>
  %v27 = linalg.fill ins(%c25 : f32) outs(%v26 : tensor<200xf32>) -> tensor<200xf32>
  %v28 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v24 : tensor<200x64xf32>) outs(%v27 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  %v29 = tensor.empty() : tensor<200xf32>
  %v30 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v28 : tensor<200xf32>) outs(%v29 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.015625 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  %v31 = tensor.empty() : tensor<200x64xf32>
  %v32 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20 : tensor<200x64xf32>, tensor<200x64xf32>) outs(%v31 : tensor<200x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<200x64xf32>
  %c33 = arith.constant 0.0 : f32
  %v34 = tensor.empty() : tensor<200xf32>
  %v35 = linalg.fill ins(%c33 : f32) outs(%v34 : tensor<200xf32>) -> tensor<200xf32>
  %v36 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v32 : tensor<200x64xf32>) outs(%v35 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  %v37 = tensor.empty() : tensor<200xf32>
  %v38 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v36 : tensor<200xf32>) outs(%v37 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.015625 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  %v39 = tensor.empty() : tensor<200x64xf32>
  %v40 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20, %v30, %v38, %v18 : tensor<200x64xf32>, tensor<200x64xf32>, tensor<200xf32>, tensor<200xf32>, tensor<200xf32>) outs(%v39 : tensor<200x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %o: f32):
    %p = arith.mulf %x1, %x3 : f32
    %q = arith.subf %x0, %x2 : f32
    %s = arith.subf %q, %p : f32
    %r = arith.mulf %s, %x4 : f32
    linalg.yield %r : f32
  } -> tensor<200x64xf32>
  %v41 = tensor.empty() : tensor<200x64xf32>
  %v42 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %v20 : tensor<200x64xf32>, tensor<200x64xf32>) outs(%v41 : tensor<200x64xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<200x64xf32>
  %c43 = arith.constant 0.0 : f32
  %v44 = tensor.empty() : tensor<64xf32>
  %v45 = linalg.fill ins(%c43 : f32) outs(%v44 : tensor<64xf32>) -> tensor<64xf32>
  %v46 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v42 : tensor<200x64xf32>) outs(%v45 : tensor<64xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<64xf32>
  %c47 = arith.constant 0.0 : f32
  %v48 = tensor.empty() : tensor<64xf32>
  %v49 = linalg.fill ins(%c47 : f32) outs(%v48 : tensor<64xf32>) -> tensor<64xf32>
  %v50 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a3 : tensor<200x64xf32>) outs(%v49 : tensor<64xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<64xf32>
  sched.return %v22, %v40, %v46, %v50 : tensor<200x64xf32>, tensor<200x64xf32>, tensor<64xf32>, tensor<64xf32>
}

sched.kernel @layer_norm_3x5 kind "rows" inplace [] (%a0: tensor<3x5xf32>, %a1: tensor<5xf32>, %a2: tensor<5xf32>, %a3: tensor<3x5xf32>) -> (tensor<3x5xf32>, tensor<3x5xf32>, tensor<5xf32>, tensor<5xf32>) {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<3xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<3xf32>) -> tensor<3xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<3x5xf32>) outs(%v3 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v5 = tensor.empty() : tensor<3xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v4 : tensor<3xf32>) outs(%v5 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.2 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v7 = tensor.empty() : tensor<3x5xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v6 : tensor<3x5xf32>, tensor<3xf32>) outs(%v7 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.subf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %v9 = tensor.empty() : tensor<3x5xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8 : tensor<3x5xf32>) outs(%v9 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.mulf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %c11 = arith.constant 0.0 : f32
  %v12 = tensor.empty() : tensor<3xf32>
  %v13 = linalg.fill ins(%c11 : f32) outs(%v12 : tensor<3xf32>) -> tensor<3xf32>
  %v14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v10 : tensor<3x5xf32>) outs(%v13 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v15 = tensor.empty() : tensor<3xf32>
  %v16 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v14 : tensor<3xf32>) outs(%v15 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.2 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v17 = tensor.empty() : tensor<3xf32>
  %v18 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v16 : tensor<3xf32>) outs(%v17 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %e = arith.constant 1.0e-5 : f32
    %a = arith.addf %x0, %e : f32
    %r = math.rsqrt %a : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v19 = tensor.empty() : tensor<3x5xf32>
  %v20 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8, %v18 : tensor<3x5xf32>, tensor<3xf32>) outs(%v19 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %v21 = tensor.empty() : tensor<3x5xf32>
  %v22 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v20, %a1, %a2 : tensor<3x5xf32>, tensor<5xf32>, tensor<5xf32>) outs(%v21 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %o: f32):
    %a = arith.mulf %x0, %x1 : f32
    %r = arith.addf %a, %x2 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %v23 = tensor.empty() : tensor<3x5xf32>
  %v24 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %a1 : tensor<3x5xf32>, tensor<5xf32>) outs(%v23 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %c25 = arith.constant 0.0 : f32
  %v26 = tensor.empty() : tensor<3xf32>
  %v27 = linalg.fill ins(%c25 : f32) outs(%v26 : tensor<3xf32>) -> tensor<3xf32>
  %v28 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v24 : tensor<3x5xf32>) outs(%v27 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v29 = tensor.empty() : tensor<3xf32>
  %v30 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v28 : tensor<3xf32>) outs(%v29 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.2 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v31 = tensor.empty() : tensor<3x5xf32>
  %v32 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20 : tensor<3x5xf32>, tensor<3x5xf32>) outs(%v31 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %c33 = arith.constant 0.0 : f32
  %v34 = tensor.empty() : tensor<3xf32>
  %v35 = linalg.fill ins(%c33 : f32) outs(%v34 : tensor<3xf32>) -> tensor<3xf32>
  %v36 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v32 : tensor<3x5xf32>) outs(%v35 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v37 = tensor.empty() : tensor<3xf32>
  %v38 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v36 : tensor<3xf32>) outs(%v37 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.2 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  %v39 = tensor.empty() : tensor<3x5xf32>
  %v40 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20, %v30, %v38, %v18 : tensor<3x5xf32>, tensor<3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) outs(%v39 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %o: f32):
    %p = arith.mulf %x1, %x3 : f32
    %q = arith.subf %x0, %x2 : f32
    %s = arith.subf %q, %p : f32
    %r = arith.mulf %s, %x4 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %v41 = tensor.empty() : tensor<3x5xf32>
  %v42 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %v20 : tensor<3x5xf32>, tensor<3x5xf32>) outs(%v41 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %c43 = arith.constant 0.0 : f32
  %v44 = tensor.empty() : tensor<5xf32>
  %v45 = linalg.fill ins(%c43 : f32) outs(%v44 : tensor<5xf32>) -> tensor<5xf32>
  %v46 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v42 : tensor<3x5xf32>) outs(%v45 : tensor<5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<5xf32>
  %c47 = arith.constant 0.0 : f32
  %v48 = tensor.empty() : tensor<5xf32>
  %v49 = linalg.fill ins(%c47 : f32) outs(%v48 : tensor<5xf32>) -> tensor<5xf32>
  %v50 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a3 : tensor<3x5xf32>) outs(%v49 : tensor<5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<5xf32>
  sched.return %v22, %v40, %v46, %v50 : tensor<3x5xf32>, tensor<3x5xf32>, tensor<5xf32>, tensor<5xf32>
}

sched.kernel @layer_norm_130x17 kind "rows" inplace [] (%a0: tensor<130x17xf32>, %a1: tensor<17xf32>, %a2: tensor<17xf32>, %a3: tensor<130x17xf32>) -> (tensor<130x17xf32>, tensor<130x17xf32>, tensor<17xf32>, tensor<17xf32>) {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<130xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<130xf32>) -> tensor<130xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<130x17xf32>) outs(%v3 : tensor<130xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<130xf32>
  %v5 = tensor.empty() : tensor<130xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v4 : tensor<130xf32>) outs(%v5 : tensor<130xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.058823529411764705 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<130xf32>
  %v7 = tensor.empty() : tensor<130x17xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v6 : tensor<130x17xf32>, tensor<130xf32>) outs(%v7 : tensor<130x17xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.subf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<130x17xf32>
  %v9 = tensor.empty() : tensor<130x17xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8 : tensor<130x17xf32>) outs(%v9 : tensor<130x17xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.mulf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<130x17xf32>
  %c11 = arith.constant 0.0 : f32
  %v12 = tensor.empty() : tensor<130xf32>
  %v13 = linalg.fill ins(%c11 : f32) outs(%v12 : tensor<130xf32>) -> tensor<130xf32>
  %v14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v10 : tensor<130x17xf32>) outs(%v13 : tensor<130xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<130xf32>
  %v15 = tensor.empty() : tensor<130xf32>
  %v16 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v14 : tensor<130xf32>) outs(%v15 : tensor<130xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.058823529411764705 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<130xf32>
  %v17 = tensor.empty() : tensor<130xf32>
  %v18 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v16 : tensor<130xf32>) outs(%v17 : tensor<130xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %e = arith.constant 1.0e-5 : f32
    %a = arith.addf %x0, %e : f32
    %r = math.rsqrt %a : f32
    linalg.yield %r : f32
  } -> tensor<130xf32>
  %v19 = tensor.empty() : tensor<130x17xf32>
  %v20 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8, %v18 : tensor<130x17xf32>, tensor<130xf32>) outs(%v19 : tensor<130x17xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<130x17xf32>
  %v21 = tensor.empty() : tensor<130x17xf32>
  %v22 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v20, %a1, %a2 : tensor<130x17xf32>, tensor<17xf32>, tensor<17xf32>) outs(%v21 : tensor<130x17xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %o: f32):
    %a = arith.mulf %x0, %x1 : f32
    %r = arith.addf %a, %x2 : f32
    linalg.yield %r : f32
  } -> tensor<130x17xf32>
  %v23 = tensor.empty() : tensor<130x17xf32>
  %v24 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %a1 : tensor<130x17xf32>, tensor<17xf32>) outs(%v23 : tensor<130x17xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<130x17xf32>
  %c25 = arith.constant 0.0 : f32
  %v26 = tensor.empty() : tensor<130xf32>
  %v27 = linalg.fill ins(%c25 : f32) outs(%v26 : tensor<130xf32>) -> tensor<130xf32>
  %v28 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v24 : tensor<130x17xf32>) outs(%v27 : tensor<130xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<130xf32>
  %v29 = tensor.empty() : tensor<130xf32>
  %v30 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v28 : tensor<130xf32>) outs(%v29 : tensor<130xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.058823529411764705 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<130xf32>
  %v31 = tensor.empty() : tensor<130x17xf32>
  %v32 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20 : tensor<130x17xf32>, tensor<130x17xf32>) outs(%v31 : tensor<130x17xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<130x17xf32>
  %c33 = arith.constant 0.0 : f32
  %v34 = tensor.empty() : tensor<130xf32>
  %v35 = linalg.fill ins(%c33 : f32) outs(%v34 : tensor<130xf32>) -> tensor<130xf32>
  %v36 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v32 : tensor<130x17xf32>) outs(%v35 : tensor<130xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<130xf32>
  %v37 = tensor.empty() : tensor<130xf32>
  %v38 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v36 : tensor<130xf32>) outs(%v37 : tensor<130xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.058823529411764705 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<130xf32>
  %v39 = tensor.empty() : tensor<130x17xf32>
  %v40 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20, %v30, %v38, %v18 : tensor<130x17xf32>, tensor<130x17xf32>, tensor<130xf32>, tensor<130xf32>, tensor<130xf32>) outs(%v39 : tensor<130x17xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %o: f32):
    %p = arith.mulf %x1, %x3 : f32
    %q = arith.subf %x0, %x2 : f32
    %s = arith.subf %q, %p : f32
    %r = arith.mulf %s, %x4 : f32
    linalg.yield %r : f32
  } -> tensor<130x17xf32>
  %v41 = tensor.empty() : tensor<130x17xf32>
  %v42 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %v20 : tensor<130x17xf32>, tensor<130x17xf32>) outs(%v41 : tensor<130x17xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<130x17xf32>
  %c43 = arith.constant 0.0 : f32
  %v44 = tensor.empty() : tensor<17xf32>
  %v45 = linalg.fill ins(%c43 : f32) outs(%v44 : tensor<17xf32>) -> tensor<17xf32>
  %v46 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v42 : tensor<130x17xf32>) outs(%v45 : tensor<17xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<17xf32>
  %c47 = arith.constant 0.0 : f32
  %v48 = tensor.empty() : tensor<17xf32>
  %v49 = linalg.fill ins(%c47 : f32) outs(%v48 : tensor<17xf32>) -> tensor<17xf32>
  %v50 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a3 : tensor<130x17xf32>) outs(%v49 : tensor<17xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<17xf32>
  sched.return %v22, %v40, %v46, %v50 : tensor<130x17xf32>, tensor<130x17xf32>, tensor<17xf32>, tensor<17xf32>
}

sched.kernel @chain_100003 kind "rows" inplace [] (%a0: tensor<100003xf32>) -> (tensor<f32>, tensor<100003xf32>) {
  %v1 = tensor.empty() : tensor<100003xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<100003xf32>) outs(%v1 : tensor<100003xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %t = math.tanh %x0 : f32
    %c = arith.constant 2.0 : f32
    %y = arith.addf %t, %c : f32
    %z = arith.mulf %y, %y : f32
    %k = arith.constant 3.0 : f32
    %r = arith.mulf %z, %k : f32
    linalg.yield %r : f32
  } -> tensor<100003xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<f32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<f32>) -> tensor<f32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%v2 : tensor<100003xf32>) outs(%v5 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  %v7 = tensor.empty() : tensor<f32>
  %v8 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%v6 : tensor<f32>) outs(%v7 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 9.99970000899973e-06 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  %v9 = tensor.empty() : tensor<100003xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<100003xf32>) outs(%v9 : tensor<100003xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %t = math.tanh %x0 : f32
    %c = arith.constant 2.0 : f32
    %y = arith.addf %t, %c : f32
    %k = arith.constant 5.999820005399838e-05 : f32
    %u = arith.mulf %y, %k : f32
    %q = arith.mulf %t, %t : f32
    %e = arith.constant 1.0 : f32
    %w = arith.subf %e, %q : f32
    %r = arith.mulf %u, %w : f32
    linalg.yield %r : f32
  } -> tensor<100003xf32>
  sched.return %v8, %v10 : tensor<f32>, tensor<100003xf32>
}

sched.kernel @chain_10 kind "rows" inplace [] (%a0: tensor<10xf32>) -> (tensor<f32>, tensor<10xf32>) {
  %v1 = tensor.empty() : tensor<10xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<10xf32>) outs(%v1 : tensor<10xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %t = math.tanh %x0 : f32
    %c = arith.constant 2.0 : f32
    %y = arith.addf %t, %c : f32
    %z = arith.mulf %y, %y : f32
    %k = arith.constant 3.0 : f32
    %r = arith.mulf %z, %k : f32
    linalg.yield %r : f32
  } -> tensor<10xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<f32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<f32>) -> tensor<f32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%v2 : tensor<10xf32>) outs(%v5 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  %v7 = tensor.empty() : tensor<f32>
  %v8 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%v6 : tensor<f32>) outs(%v7 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.1 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  %v9 = tensor.empty() : tensor<10xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<10xf32>) outs(%v9 : tensor<10xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %t = math.tanh %x0 : f32
    %c = arith.constant 2.0 : f32
    %y = arith.addf %t, %c : f32
    %k = arith.constant 0.6 : f32
    %u = arith.mulf %y, %k : f32
    %q = arith.mulf %t, %t : f32
    %e = arith.constant 1.0 : f32
    %w = arith.subf %e, %q : f32
    %r = arith.mulf %u, %w : f32
    linalg.yield %r : f32
  } -> tensor<10xf32>
  sched.return %v8, %v10 : tensor<f32>, tensor<10xf32>
}

sched.kernel @chain_500 kind "rows" inplace [] (%a0: tensor<500xf64>) -> (tensor<f64>, tensor<500xf64>) {
  %v1 = tensor.empty() : tensor<500xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<500xf64>) outs(%v1 : tensor<500xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %t = math.tanh %x0 : f64
    %c = arith.constant 2.0 : f64
    %y = arith.addf %t, %c : f64
    %z = arith.mulf %y, %y : f64
    %k = arith.constant 3.0 : f64
    %r = arith.mulf %z, %k : f64
    linalg.yield %r : f64
  } -> tensor<500xf64>
  %c3 = arith.constant 0.0 : f64
  %v4 = tensor.empty() : tensor<f64>
  %v5 = linalg.fill ins(%c3 : f64) outs(%v4 : tensor<f64>) -> tensor<f64>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%v2 : tensor<500xf64>) outs(%v5 : tensor<f64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = arith.addf %o, %x0 : f64
    linalg.yield %r : f64
  } -> tensor<f64>
  %v7 = tensor.empty() : tensor<f64>
  %v8 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%v6 : tensor<f64>) outs(%v7 : tensor<f64>) {
  ^bb0(%x0: f64, %o: f64):
    %c = arith.constant 0.002 : f64
    %r = arith.mulf %x0, %c : f64
    linalg.yield %r : f64
  } -> tensor<f64>
  %v9 = tensor.empty() : tensor<500xf64>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<500xf64>) outs(%v9 : tensor<500xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %t = math.tanh %x0 : f64
    %c = arith.constant 2.0 : f64
    %y = arith.addf %t, %c : f64
    %k = arith.constant 0.012 : f64
    %u = arith.mulf %y, %k : f64
    %q = arith.mulf %t, %t : f64
    %e = arith.constant 1.0 : f64
    %w = arith.subf %e, %q : f64
    %r = arith.mulf %u, %w : f64
    linalg.yield %r : f64
  } -> tensor<500xf64>
  sched.return %v8, %v10 : tensor<f64>, tensor<500xf64>
}

sched.kernel @softmax_in_place kind "rows" inplace [0, 0] (%a0: tensor<70x900xf32>) -> tensor<70x900xf32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<70xf32>) -> tensor<70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<70x900xf32>) outs(%v3 : tensor<70xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<70xf32>
  %v5 = tensor.empty() : tensor<70x900xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<70x900xf32>, tensor<70xf32>) outs(%v5 : tensor<70x900xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<70x900xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<70xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<70xf32>) -> tensor<70xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<70x900xf32>) outs(%v9 : tensor<70xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<70xf32>
  %v11 = tensor.empty() : tensor<70x900xf32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<70x900xf32>, tensor<70xf32>) outs(%v11 : tensor<70x900xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<70x900xf32>
  sched.return %v12 : tensor<70x900xf32>
}
