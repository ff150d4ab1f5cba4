// Elementwise kernels: broadcasts, transposes, reshapes, slices, types, in place.
// RUN: gradc-kernel-run %s

sched.kernel @bias_relu_scale_4d kind "rows" inplace [] (%a0: tensor<8x16x28x28xf32>, %a1: tensor<16xf32>, %a2: tensor<28x28xf32>) -> tensor<8x16x28x28xf32> {
  %v1 = tensor.empty() : tensor<8x16x28x28xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1)>, affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%a0, %a1, %a2 : tensor<8x16x28x28xf32>, tensor<16xf32>, tensor<28x28xf32>) outs(%v1 : tensor<8x16x28x28xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %z = arith.constant 0.0 : f32
    %p = arith.cmpf ogt, %a, %z : f32
    %q = arith.select %p, %a, %z : f32
    %r = arith.mulf %q, %x2 : f32
    linalg.yield %r : f32
  } -> tensor<8x16x28x28xf32>
  sched.return %v2 : tensor<8x16x28x28xf32>
}

sched.kernel @transpose_100x77_f32 kind "rows" inplace [] (%a0: tensor<77x100xf32>, %a1: tensor<100x77xf32>) -> tensor<100x77xf32> {
  %v1 = tensor.empty() : tensor<100x77xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<77x100xf32>) outs(%v1 : tensor<100x77xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<100x77xf32>
  %v3 = tensor.empty() : tensor<100x77xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v2, %a1 : tensor<100x77xf32>, tensor<100x77xf32>) outs(%v3 : tensor<100x77xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.addf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<100x77xf32>
  sched.return %v4 : tensor<100x77xf32>
}

sched.kernel @transpose_37x1000_f32 kind "rows" inplace [] (%a0: tensor<1000x37xf32>, %a1: tensor<37x1000xf32>) -> tensor<37x1000xf32> {
  %v1 = tensor.empty() : tensor<37x1000xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<1000x37xf32>) outs(%v1 : tensor<37x1000xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<37x1000xf32>
  %v3 = tensor.empty() : tensor<37x1000xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v2, %a1 : tensor<37x1000xf32>, tensor<37x1000xf32>) outs(%v3 : tensor<37x1000xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.addf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<37x1000xf32>
  sched.return %v4 : tensor<37x1000xf32>
}

sched.kernel @transpose_64x64_f64 kind "rows" inplace [] (%a0: tensor<64x64xf64>, %a1: tensor<64x64xf64>) -> tensor<64x64xf64> {
  %v1 = tensor.empty() : tensor<64x64xf64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<64x64xf64>) outs(%v1 : tensor<64x64xf64>) {
  ^bb0(%x0: f64, %o: f64):
    %r = arith.addf %x0, %x0 : f64
    linalg.yield %r : f64
  } -> tensor<64x64xf64>
  %v3 = tensor.empty() : tensor<64x64xf64>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v2, %a1 : tensor<64x64xf64>, tensor<64x64xf64>) outs(%v3 : tensor<64x64xf64>) {
  ^bb0(%x0: f64, %x1: f64, %o: f64):
    %r = arith.addf %x0, %x1 : f64
    linalg.yield %r : f64
  } -> tensor<64x64xf64>
  sched.return %v4 : tensor<64x64xf64>
}

sched.kernel @transpose_3x5_f32 kind "rows" inplace [] (%a0: tensor<5x3xf32>, %a1: tensor<3x5xf32>) -> tensor<3x5xf32> {
  %v1 = tensor.empty() : tensor<3x5xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<5x3xf32>) outs(%v1 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %v3 = tensor.empty() : tensor<3x5xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v2, %a1 : tensor<3x5xf32>, tensor<3x5xf32>) outs(%v3 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.addf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  sched.return %v4 : tensor<3x5xf32>
}

sched.kernel @in_place_update_7 kind "rows" inplace [0, 0, 1, 1] (%a0: tensor<7xf32>, %a1: tensor<7xf32>, %a2: tensor<7xf32>, %a3: f32) -> (tensor<7xf32>, tensor<7xf32>) {
  %v1 = tensor.empty() : tensor<7xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a1, %a2 : tensor<7xf32>, tensor<7xf32>) outs(%v1 : tensor<7xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %c = arith.constant 0.9 : f32
    %p = arith.mulf %x0, %c : f32
    %d = arith.constant 0.1 : f32
    %q = arith.mulf %x1, %d : f32
    %r = arith.addf %p, %q : f32
    linalg.yield %r : f32
  } -> tensor<7xf32>
  %v3 = tensor.empty() : tensor<7xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %v2, %a3 : tensor<7xf32>, tensor<7xf32>, f32) outs(%v3 : tensor<7xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %o: f32):
    %p = arith.mulf %x1, %x2 : f32
    %r = arith.subf %x0, %p : f32
    linalg.yield %r : f32
  } -> tensor<7xf32>
  sched.return %v4, %v2 : tensor<7xf32>, tensor<7xf32>
}

sched.kernel @in_place_update_1003 kind "rows" inplace [0, 0, 1, 1] (%a0: tensor<1003xf32>, %a1: tensor<1003xf32>, %a2: tensor<1003xf32>, %a3: f32) -> (tensor<1003xf32>, tensor<1003xf32>) {
  %v1 = tensor.empty() : tensor<1003xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a1, %a2 : tensor<1003xf32>, tensor<1003xf32>) outs(%v1 : tensor<1003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %c = arith.constant 0.9 : f32
    %p = arith.mulf %x0, %c : f32
    %d = arith.constant 0.1 : f32
    %q = arith.mulf %x1, %d : f32
    %r = arith.addf %p, %q : f32
    linalg.yield %r : f32
  } -> tensor<1003xf32>
  %v3 = tensor.empty() : tensor<1003xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %v2, %a3 : tensor<1003xf32>, tensor<1003xf32>, f32) outs(%v3 : tensor<1003xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %o: f32):
    %p = arith.mulf %x1, %x2 : f32
    %r = arith.subf %x0, %p : f32
    linalg.yield %r : f32
  } -> tensor<1003xf32>
  sched.return %v4, %v2 : tensor<1003xf32>, tensor<1003xf32>
}

sched.kernel @integers_9 kind "rows" inplace [] (%a0: tensor<9xi64>, %a1: tensor<9xi32>) -> (tensor<9xi64>, tensor<9xf32>, tensor<9xi32>) {
  %v1 = tensor.empty() : tensor<9xi64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<9xi64>, tensor<9xi32>) outs(%v1 : tensor<9xi64>) {
  ^bb0(%x0: i64, %x1: i32, %o: i64):
    %e = arith.extsi %x1 : i32 to i64
    %m = arith.muli %x0, %e : i64
    %i = linalg.index 0 : index
    %j = arith.index_cast %i : index to i64
    %r = arith.addi %m, %j : i64
    linalg.yield %r : i64
  } -> tensor<9xi64>
  %v3 = tensor.empty() : tensor<9xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v2 : tensor<9xi64>) outs(%v3 : tensor<9xf32>) {
  ^bb0(%x0: i64, %o: f32):
    %r = arith.sitofp %x0 : i64 to f32
    linalg.yield %r : f32
  } -> tensor<9xf32>
  %v5 = tensor.empty() : tensor<9xi32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a1 : tensor<9xi32>) outs(%v5 : tensor<9xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %c = arith.constant 3 : i32
    %r = math.ipowi %x0, %c : i32
    linalg.yield %r : i32
  } -> tensor<9xi32>
  sched.return %v2, %v4, %v6 : tensor<9xi64>, tensor<9xf32>, tensor<9xi32>
}

sched.kernel @integers_300 kind "rows" inplace [] (%a0: tensor<300xi64>, %a1: tensor<300xi32>) -> (tensor<300xi64>, tensor<300xf32>, tensor<300xi32>) {
  %v1 = tensor.empty() : tensor<300xi64>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<300xi64>, tensor<300xi32>) outs(%v1 : tensor<300xi64>) {
  ^bb0(%x0: i64, %x1: i32, %o: i64):
    %e = arith.extsi %x1 : i32 to i64
    %m = arith.muli %x0, %e : i64
    %i = linalg.index 0 : index
    %j = arith.index_cast %i : index to i64
    %r = arith.addi %m, %j : i64
    linalg.yield %r : i64
  } -> tensor<300xi64>
  %v3 = tensor.empty() : tensor<300xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v2 : tensor<300xi64>) outs(%v3 : tensor<300xf32>) {
  ^bb0(%x0: i64, %o: f32):
    %r = arith.sitofp %x0 : i64 to f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v5 = tensor.empty() : tensor<300xi32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a1 : tensor<300xi32>) outs(%v5 : tensor<300xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %c = arith.constant 3 : i32
    %r = math.ipowi %x0, %c : i32
    linalg.yield %r : i32
  } -> tensor<300xi32>
  sched.return %v2, %v4, %v6 : tensor<300xi64>, tensor<300xf32>, tensor<300xi32>
}

sched.kernel @bools_13 kind "rows" inplace [] (%a0: tensor<13xi1>, %a1: tensor<13xf32>, %a2: tensor<13xf32>) -> (tensor<13xi1>, tensor<13xf32>) {
  %v1 = tensor.empty() : tensor<13xi1>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a1, %a2, %a0 : tensor<13xf32>, tensor<13xf32>, tensor<13xi1>) outs(%v1 : tensor<13xi1>) {
  ^bb0(%x0: f32, %x1: f32, %x2: i1, %o: i1):
    %l = arith.cmpf olt, %x0, %x1 : f32
    %r = arith.xori %l, %x2 : i1
    linalg.yield %r : i1
  } -> tensor<13xi1>
  %v3 = tensor.empty() : tensor<13xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v2, %a1, %a2 : tensor<13xi1>, tensor<13xf32>, tensor<13xf32>) outs(%v3 : tensor<13xf32>) {
  ^bb0(%x0: i1, %x1: f32, %x2: f32, %o: f32):
    %r = arith.select %x0, %x1, %x2 : f32
    linalg.yield %r : f32
  } -> tensor<13xf32>
  sched.return %v2, %v4 : tensor<13xi1>, tensor<13xf32>
}

sched.kernel @bools_1001 kind "rows" inplace [] (%a0: tensor<1001xi1>, %a1: tensor<1001xf32>, %a2: tensor<1001xf32>) -> (tensor<1001xi1>, tensor<1001xf32>) {
  %v1 = tensor.empty() : tensor<1001xi1>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a1, %a2, %a0 : tensor<1001xf32>, tensor<1001xf32>, tensor<1001xi1>) outs(%v1 : tensor<1001xi1>) {
  ^bb0(%x0: f32, %x1: f32, %x2: i1, %o: i1):
    %l = arith.cmpf olt, %x0, %x1 : f32
    %r = arith.xori %l, %x2 : i1
    linalg.yield %r : i1
  } -> tensor<1001xi1>
  %v3 = tensor.empty() : tensor<1001xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v2, %a1, %a2 : tensor<1001xi1>, tensor<1001xf32>, tensor<1001xf32>) outs(%v3 : tensor<1001xf32>) {
  ^bb0(%x0: i1, %x1: f32, %x2: f32, %o: f32):
    %r = arith.select %x0, %x1, %x2 : f32
    linalg.yield %r : f32
  } -> tensor<1001xf32>
  sched.return %v2, %v4 : tensor<1001xi1>, tensor<1001xf32>
}

sched.kernel @constants_and_fills kind "rows" inplace [] (%a0: tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<5xf32>) {
  %t = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 11.0, 12.0]]> : tensor<3x4xf32>
  %v1 = tensor.empty() : tensor<3x4xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %t : tensor<3x4xf32>, tensor<3x4xf32>) outs(%v1 : tensor<3x4xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<3x4xf32>
  %c3 = arith.constant 2.5 : f32
  %v4 = tensor.empty() : tensor<5xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<5xf32>) -> tensor<5xf32>
  sched.return %v2, %v5 : tensor<3x4xf32>, tensor<5xf32>
}

sched.kernel @reshapes kind "rows" inplace [] (%a0: tensor<6x20xf32>, %a1: tensor<3x20xf32>) -> (tensor<120xf32>, tensor<2x3xf32>) {
  %v1 = tensor.empty() : tensor<6x20xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<6x20xf32>) outs(%v1 : tensor<6x20xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<6x20xf32>
  %v3 = tensor.expand_shape %v2 [[0, 1], [2]] output_shape [2, 3, 20] : tensor<6x20xf32> into tensor<2x3x20xf32>
  %v4 = tensor.empty() : tensor<2x3x20xf32>
  %v5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%v3, %a1 : tensor<2x3x20xf32>, tensor<3x20xf32>) outs(%v4 : tensor<2x3x20xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<2x3x20xf32>
  %v6 = tensor.collapse_shape %v5 [[0, 1, 2]] : tensor<2x3x20xf32> into tensor<120xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<2x3xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<2x3xf32>) -> tensor<2x3xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%v5 : tensor<2x3x20xf32>) outs(%v9 : tensor<2x3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<2x3xf32>
  sched.return %v6, %v10 : tensor<120xf32>, tensor<2x3xf32>
}

sched.kernel @slices kind "rows" inplace [] (%a0: tensor<50x60xf32>) -> (tensor<40x50xf32>, tensor<20x50xf32>) {
  %v1 = tensor.extract_slice %a0[3, 5] [40, 50] [1, 1] : tensor<50x60xf32> to tensor<40x50xf32>
  %v2 = tensor.extract_slice %a0[2, 1] [20, 50] [2, 1] : tensor<50x60xf32> to tensor<20x50xf32>
  %v3 = tensor.extract_slice %a0[7, 0] [1, 50] [1, 1] : tensor<50x60xf32> to tensor<50xf32>
  %v4 = tensor.empty() : tensor<40x50xf32>
  %v5 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v1, %v3 : tensor<40x50xf32>, tensor<50xf32>) outs(%v4 : tensor<40x50xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.subf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<40x50xf32>
  %v6 = tensor.empty() : tensor<20x50xf32>
  %v7 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v2 : tensor<20x50xf32>) outs(%v6 : tensor<20x50xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.negf %x0 : f32
    linalg.yield %r : f32
  } -> tensor<20x50xf32>
  sched.return %v5, %v7 : tensor<40x50xf32>, tensor<20x50xf32>
}

sched.kernel @empty kind "rows" inplace [] (%a0: tensor<0x4xf32>) -> (tensor<0x4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %v1 = tensor.empty() : tensor<0x4xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<0x4xf32>) outs(%v1 : tensor<0x4xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.exp %x0 : f32
    linalg.yield %r : f32
  } -> tensor<0x4xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<4xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<4xf32>) -> tensor<4xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<0x4xf32>) outs(%v5 : tensor<4xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %c7 = arith.constant 0xFF800000 : f32
  %v8 = tensor.empty() : tensor<4xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<4xf32>) -> tensor<4xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<0x4xf32>) outs(%v9 : tensor<4xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  sched.return %v2, %v6, %v10 : tensor<0x4xf32>, tensor<4xf32>, tensor<4xf32>
}

sched.kernel @scalars kind "rows" inplace [] (%a0: tensor<f32>, %a1: f32, %a2: index, %a3: i1) -> tensor<f32> {
  %v1 = tensor.empty() : tensor<f32>
  %v2 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%a0, %a1, %a2, %a3 : tensor<f32>, f32, index, i1) outs(%v1 : tensor<f32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: index, %x3: i1, %o: f32):
    %j = arith.index_cast %x2 : index to i64
    %g = arith.sitofp %j : i64 to f32
    %p = arith.addf %x0, %g : f32
    %r = arith.select %x3, %p, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v2 : tensor<f32>
}

sched.kernel @size_one_dims kind "rows" inplace [] (%a0: tensor<1x70x1xf32>, %a1: tensor<30x1x1xf32>) -> tensor<30x70x1xf32> {
  %v1 = tensor.empty() : tensor<30x70x1xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, 0, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%a0, %a1 : tensor<1x70x1xf32>, tensor<30x1x1xf32>) outs(%v1 : tensor<30x70x1xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.addf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<30x70x1xf32>
  sched.return %v2 : tensor<30x70x1xf32>
}

sched.kernel @integer_division_300 kind "rows" inplace [] (%a0: tensor<300xi32>) -> tensor<300xi32> {
  %v1 = tensor.empty() : tensor<300xi32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<300xi32>) outs(%v1 : tensor<300xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %c = arith.constant 7 : i32
    %s = arith.muli %x0, %x0 : i32
    %d = arith.addi %s, %c : i32
    %r = arith.divsi %c, %d : i32
    linalg.yield %r : i32
  } -> tensor<300xi32>
  sched.return %v2 : tensor<300xi32>
}

sched.kernel @symmetric kind "rows" inplace [] (%a0: tensor<50x50xf32>) -> tensor<50x50xf32> {
  %v1 = tensor.empty() : tensor<50x50xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a0 : tensor<50x50xf32>, tensor<50x50xf32>) outs(%v1 : tensor<50x50xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.addf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<50x50xf32>
  sched.return %v2 : tensor<50x50xf32>
}

sched.kernel @transposed_result kind "rows" inplace [] (%a0: tensor<40x50xf32>) -> (tensor<40x50xf32>, tensor<50x40xf32>) {
  %v1 = tensor.empty() : tensor<40x50xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<40x50xf32>) outs(%v1 : tensor<40x50xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.exp %x0 : f32
    linalg.yield %r : f32
  } -> tensor<40x50xf32>
  %v3 = tensor.empty() : tensor<50x40xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1, d0)>], iterator_types = ["parallel", "parallel"]} ins(%v2 : tensor<40x50xf32>) outs(%v3 : tensor<50x40xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.negf %x0 : f32
    linalg.yield %r : f32
  } -> tensor<50x40xf32>
  sched.return %v2, %v4 : tensor<40x50xf32>, tensor<50x40xf32>
}
