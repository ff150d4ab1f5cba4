// Sums along outer dims: blocks of rows, tails of columns, several sums in one pass.
// RUN: gradc-kernel-run %s

sched.kernel @column_sums_1x300 kind "rows" inplace [] (%a0: tensor<1x300xf32>, %a1: tensor<1x300xf32>) -> tensor<300xf32> {
  %v1 = tensor.empty() : tensor<1x300xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<1x300xf32>, tensor<1x300xf32>) outs(%v1 : tensor<1x300xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<1x300xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<300xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<300xf32>) -> tensor<300xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v2 : tensor<1x300xf32>) outs(%v5 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  sched.return %v6 : tensor<300xf32>
}

sched.kernel @column_sums_10x40 kind "rows" inplace [] (%a0: tensor<10x40xf32>, %a1: tensor<10x40xf32>) -> tensor<40xf32> {
  %v1 = tensor.empty() : tensor<10x40xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<10x40xf32>, tensor<10x40xf32>) outs(%v1 : tensor<10x40xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<10x40xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<40xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<40xf32>) -> tensor<40xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v2 : tensor<10x40xf32>) outs(%v5 : tensor<40xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<40xf32>
  sched.return %v6 : tensor<40xf32>
}

sched.kernel @column_sums_64x65 kind "rows" inplace [] (%a0: tensor<64x65xf32>, %a1: tensor<64x65xf32>) -> tensor<65xf32> {
  %v1 = tensor.empty() : tensor<64x65xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<64x65xf32>, tensor<64x65xf32>) outs(%v1 : tensor<64x65xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<64x65xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<65xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<65xf32>) -> tensor<65xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v2 : tensor<64x65xf32>) outs(%v5 : tensor<65xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<65xf32>
  sched.return %v6 : tensor<65xf32>
}

sched.kernel @column_sums_65x200 kind "rows" inplace [] (%a0: tensor<65x200xf32>, %a1: tensor<65x200xf32>) -> tensor<200xf32> {
  %v1 = tensor.empty() : tensor<65x200xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<65x200xf32>, tensor<65x200xf32>) outs(%v1 : tensor<65x200xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<65x200xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<200xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<200xf32>) -> tensor<200xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v2 : tensor<65x200xf32>) outs(%v5 : tensor<200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<200xf32>
  sched.return %v6 : tensor<200xf32>
}

sched.kernel @column_sums_77x999 kind "rows" inplace [] (%a0: tensor<77x999xf32>, %a1: tensor<77x999xf32>) -> tensor<999xf32> {
  %v1 = tensor.empty() : tensor<77x999xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<77x999xf32>, tensor<77x999xf32>) outs(%v1 : tensor<77x999xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<77x999xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<999xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<999xf32>) -> tensor<999xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v2 : tensor<77x999xf32>) outs(%v5 : tensor<999xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<999xf32>
  sched.return %v6 : tensor<999xf32>
}

sched.kernel @column_sums_1000x3 kind "rows" inplace [] (%a0: tensor<1000x3xf32>, %a1: tensor<1000x3xf32>) -> tensor<3xf32> {
  %v1 = tensor.empty() : tensor<1000x3xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<1000x3xf32>, tensor<1000x3xf32>) outs(%v1 : tensor<1000x3xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<1000x3xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<3xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<3xf32>) -> tensor<3xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v2 : tensor<1000x3xf32>) outs(%v5 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  sched.return %v6 : tensor<3xf32>
}

sched.kernel @column_sums_4000x17 kind "rows" inplace [] (%a0: tensor<4000x17xf32>, %a1: tensor<4000x17xf32>) -> tensor<17xf32> {
  %v1 = tensor.empty() : tensor<4000x17xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<4000x17xf32>, tensor<4000x17xf32>) outs(%v1 : tensor<4000x17xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<4000x17xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<17xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<17xf32>) -> tensor<17xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v2 : tensor<4000x17xf32>) outs(%v5 : tensor<17xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<17xf32>
  sched.return %v6 : tensor<17xf32>
}

sched.kernel @column_sums_3x5 kind "rows" inplace [] (%a0: tensor<3x5xf32>, %a1: tensor<3x5xf32>) -> tensor<5xf32> {
  %v1 = tensor.empty() : tensor<3x5xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<3x5xf32>, tensor<3x5xf32>) outs(%v1 : tensor<3x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<3x5xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<5xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<5xf32>) -> tensor<5xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v2 : tensor<3x5xf32>) outs(%v5 : tensor<5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<5xf32>
  sched.return %v6 : tensor<5xf32>
}

sched.kernel @row_and_column_sums kind "rows" inplace [] (%a0: tensor<150x90xf32>) -> (tensor<90xf32>, tensor<150xf32>) {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<90xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<90xf32>) -> tensor<90xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<150x90xf32>) outs(%v3 : tensor<90xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<90xf32>
  %c5 = arith.constant 0.0 : f32
  %v6 = tensor.empty() : tensor<150xf32>
  %v7 = linalg.fill ins(%c5 : f32) outs(%v6 : tensor<150xf32>) -> tensor<150xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<150x90xf32>) outs(%v7 : tensor<150xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<150xf32>
  sched.return %v4, %v8 : tensor<90xf32>, tensor<150xf32>
}

sched.kernel @sum_of_a_middle_dim kind "rows" inplace [] (%a0: tensor<5x70x33xf32>) -> tensor<5x33xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<5x33xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<5x33xf32>) -> tensor<5x33xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>], iterator_types = ["parallel", "reduction", "parallel"]} ins(%a0 : tensor<5x70x33xf32>) outs(%v3 : tensor<5x33xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<5x33xf32>
  sched.return %v4 : tensor<5x33xf32>
}

sched.kernel @sum_of_two_outer_dims kind "rows" inplace [] (%a0: tensor<9x7x41xf32>, %a1: tensor<9x41xf32>) -> tensor<41xf32> {
  %v1 = tensor.empty() : tensor<9x7x41xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%a0, %a1 : tensor<9x7x41xf32>, tensor<9x41xf32>) outs(%v1 : tensor<9x7x41xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<9x7x41xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<41xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<41xf32>) -> tensor<41xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d2)>], iterator_types = ["reduction", "reduction", "parallel"]} ins(%v2 : tensor<9x7x41xf32>) outs(%v5 : tensor<41xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<41xf32>
  sched.return %v6 : tensor<41xf32>
}

sched.kernel @mean_of_squared_softmax kind "rows" inplace [] (%a0: tensor<300x200xf32>) -> tensor<f32> {
  %v1 = tensor.empty() : tensor<300x200xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<300x200xf32>) outs(%v1 : tensor<300x200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = math.exp %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300x200xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<300xf32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<300xf32>) -> tensor<300xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v2 : tensor<300x200xf32>) outs(%v5 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v7 = tensor.empty() : tensor<300x200xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v2, %v6 : tensor<300x200xf32>, tensor<300xf32>) outs(%v7 : tensor<300x200xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %q = arith.divf %x0, %x1 : f32
    %r = arith.mulf %q, %q : f32
    linalg.yield %r : f32
  } -> tensor<300x200xf32>
  %c9 = arith.constant 0.0 : f32
  %v10 = tensor.empty() : tensor<f32>
  %v11 = linalg.fill ins(%c9 : f32) outs(%v10 : tensor<f32>) -> tensor<f32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%v8 : tensor<300x200xf32>) outs(%v11 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  %v13 = tensor.empty() : tensor<f32>
  %v14 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%v12 : tensor<f32>) outs(%v13 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 1.0e-3 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v14 : tensor<f32>
}

sched.kernel @column_sum_then_update kind "rows" inplace [1, 0] (%a0: tensor<200x33xf32>, %a1: tensor<33xf32>) -> tensor<33xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<33xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<33xf32>) -> tensor<33xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<200x33xf32>) outs(%v3 : tensor<33xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<33xf32>
  %v5 = tensor.empty() : tensor<33xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a1, %v4 : tensor<33xf32>, tensor<33xf32>) outs(%v5 : tensor<33xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %c = arith.constant 0.01 : f32
    %d = arith.mulf %x1, %c : f32
    %r = arith.subf %x0, %d : f32
    linalg.yield %r : f32
  } -> tensor<33xf32>
  sched.return %v6 : tensor<33xf32>
}

sched.kernel @sums_of_negative_zeros_150x90 kind "rows" inplace [] (%a0: tensor<150x90xf32>) -> (tensor<90xf32>, tensor<150xf32>) attributes {test.fill = -0.0 : f32} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<90xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<90xf32>) -> tensor<90xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<150x90xf32>) outs(%v3 : tensor<90xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<90xf32>
  %c5 = arith.constant 0.0 : f32
  %v6 = tensor.empty() : tensor<150xf32>
  %v7 = linalg.fill ins(%c5 : f32) outs(%v6 : tensor<150xf32>) -> tensor<150xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<150x90xf32>) outs(%v7 : tensor<150xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<150xf32>
  sched.return %v4, %v8 : tensor<90xf32>, tensor<150xf32>
}

sched.kernel @sums_of_negative_zeros_3x5 kind "rows" inplace [] (%a0: tensor<3x5xf32>) -> (tensor<5xf32>, tensor<3xf32>) attributes {test.fill = -0.0 : f32} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<5xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<5xf32>) -> tensor<5xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<3x5xf32>) outs(%v3 : tensor<5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<5xf32>
  %c5 = arith.constant 0.0 : f32
  %v6 = tensor.empty() : tensor<3xf32>
  %v7 = linalg.fill ins(%c5 : f32) outs(%v6 : tensor<3xf32>) -> tensor<3xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<3x5xf32>) outs(%v7 : tensor<3xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<3xf32>
  sched.return %v4, %v8 : tensor<5xf32>, tensor<3xf32>
}

sched.kernel @extrema_keep_nan_150x90 kind "rows" inplace [] (%a0: tensor<150x90xf32>) -> (tensor<90xf32>, tensor<150xf32>) attributes {test.nan} {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<90xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<90xf32>) -> tensor<90xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<150x90xf32>) outs(%v3 : tensor<90xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<90xf32>
  %c5 = arith.constant 0x7F800000 : f32
  %v6 = tensor.empty() : tensor<150xf32>
  %v7 = linalg.fill ins(%c5 : f32) outs(%v6 : tensor<150xf32>) -> tensor<150xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<150x90xf32>) outs(%v7 : tensor<150xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.minimumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<150xf32>
  sched.return %v4, %v8 : tensor<90xf32>, tensor<150xf32>
}

sched.kernel @one_sum_returned_twice kind "rows" inplace [] (%a0: tensor<300x90xf32>) -> (tensor<90xf32>, tensor<90xf32>, tensor<90xf32>) {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<90xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<90xf32>) -> tensor<90xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<300x90xf32>) outs(%v3 : tensor<90xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<90xf32>
  %v5 = tensor.empty() : tensor<90xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v4 : tensor<90xf32>) outs(%v5 : tensor<90xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<90xf32>
  sched.return %v4, %v4, %v6 : tensor<90xf32>, tensor<90xf32>, tensor<90xf32>
}

// What is the same in all columns, summed beside what is not.
sched.kernel @sum_of_a_uniform_33 kind "reduction" inplace [] (%b: tensor<33xf32>, %g: tensor<33x50xf32>) -> (tensor<50xf32>, tensor<50xf32>) {
  %one = arith.constant 1.0 : f32
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x50xf32>
  %v = tensor.empty() : tensor<50xf32>
  %z = linalg.fill ins(%zero : f32) outs(%v : tensor<50xf32>) -> tensor<50xf32>
  %i = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%b : tensor<33xf32>) outs(%e : tensor<33x50xf32>) {
  ^bb0(%x: f32, %o: f32):
    %q = arith.divf %one, %x : f32
    linalg.yield %q : f32
  } -> tensor<33x50xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%i : tensor<33x50xf32>) outs(%z : tensor<50xf32>) {
  ^bb0(%x: f32, %o: f32):
    %q = arith.addf %o, %x : f32
    linalg.yield %q : f32
  } -> tensor<50xf32>
  %h = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%g, %b : tensor<33x50xf32>, tensor<33xf32>) outs(%e : tensor<33x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %q = arith.divf %x, %y : f32
    linalg.yield %q : f32
  } -> tensor<33x50xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%h : tensor<33x50xf32>) outs(%z : tensor<50xf32>) {
  ^bb0(%x: f32, %o: f32):
    %q = arith.addf %o, %x : f32
    linalg.yield %q : f32
  } -> tensor<50xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%r, %s : tensor<50xf32>, tensor<50xf32>) outs(%v : tensor<50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %q = arith.addf %x, %y : f32
    linalg.yield %q : f32
  } -> tensor<50xf32>
  sched.return %r, %t : tensor<50xf32>, tensor<50xf32>
}

sched.kernel @sum_of_a_uniform_200 kind "reduction" inplace [] (%b: tensor<200xf32>, %g: tensor<200x50xf32>) -> (tensor<50xf32>, tensor<50xf32>) {
  %one = arith.constant 1.0 : f32
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<200x50xf32>
  %v = tensor.empty() : tensor<50xf32>
  %z = linalg.fill ins(%zero : f32) outs(%v : tensor<50xf32>) -> tensor<50xf32>
  %i = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%b : tensor<200xf32>) outs(%e : tensor<200x50xf32>) {
  ^bb0(%x: f32, %o: f32):
    %q = arith.divf %one, %x : f32
    linalg.yield %q : f32
  } -> tensor<200x50xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%i : tensor<200x50xf32>) outs(%z : tensor<50xf32>) {
  ^bb0(%x: f32, %o: f32):
    %q = arith.addf %o, %x : f32
    linalg.yield %q : f32
  } -> tensor<50xf32>
  %h = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%g, %b : tensor<200x50xf32>, tensor<200xf32>) outs(%e : tensor<200x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %q = arith.divf %x, %y : f32
    linalg.yield %q : f32
  } -> tensor<200x50xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%h : tensor<200x50xf32>) outs(%z : tensor<50xf32>) {
  ^bb0(%x: f32, %o: f32):
    %q = arith.addf %o, %x : f32
    linalg.yield %q : f32
  } -> tensor<50xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%r, %s : tensor<50xf32>, tensor<50xf32>) outs(%v : tensor<50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %q = arith.addf %x, %y : f32
    linalg.yield %q : f32
  } -> tensor<50xf32>
  sched.return %r, %t : tensor<50xf32>, tensor<50xf32>
}
