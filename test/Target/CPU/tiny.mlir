// Small kernels of any shape: everything in registers.
// RUN: gradc-kernel-run %s

sched.kernel @linear_regression_step kind "small" inplace [2, 0, 3, 1] (%a0: tensor<10x3xf32>, %a1: tensor<10x1xf32>, %a2: tensor<3x1xf32>, %a3: tensor<1xf32>) -> (tensor<3x1xf32>, tensor<1xf32>, tensor<f32>) {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<10x1xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<10x1xf32>) -> tensor<10x1xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a2 : tensor<10x3xf32>, tensor<3x1xf32>) outs(%v3 : tensor<10x1xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<10x1xf32>
  %v5 = tensor.empty() : tensor<10x1xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a3, %a1 : tensor<10x1xf32>, tensor<1xf32>, tensor<10x1xf32>) outs(%v5 : tensor<10x1xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %r = arith.subf %a, %x2 : f32
    linalg.yield %r : f32
  } -> tensor<10x1xf32>
  %v7 = tensor.empty() : tensor<10x1xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6 : tensor<10x1xf32>) outs(%v7 : tensor<10x1xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.mulf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<10x1xf32>
  %c9 = arith.constant 0.0 : f32
  %v10 = tensor.empty() : tensor<f32>
  %v11 = linalg.fill ins(%c9 : f32) outs(%v10 : tensor<f32>) -> tensor<f32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%v8 : tensor<10x1xf32>) outs(%v11 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  %v13 = tensor.empty() : tensor<f32>
  %v14 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%v12 : tensor<f32>) outs(%v13 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.1 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  %v15 = tensor.empty() : tensor<10x1xf32>
  %v16 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6 : tensor<10x1xf32>) outs(%v15 : tensor<10x1xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.2 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<10x1xf32>
  %c17 = arith.constant 0.0 : f32
  %v18 = tensor.empty() : tensor<3x1xf32>
  %v19 = linalg.fill ins(%c17 : f32) outs(%v18 : tensor<3x1xf32>) -> tensor<3x1xf32>
  %v20 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d2, d0)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %v16 : tensor<10x3xf32>, tensor<10x1xf32>) outs(%v19 : tensor<3x1xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<3x1xf32>
  %c21 = arith.constant 0.0 : f32
  %v22 = tensor.empty() : tensor<1xf32>
  %v23 = linalg.fill ins(%c21 : f32) outs(%v22 : tensor<1xf32>) -> tensor<1xf32>
  %v24 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v16 : tensor<10x1xf32>) outs(%v23 : tensor<1xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<1xf32>
  %v25 = tensor.empty() : tensor<3x1xf32>
  %v26 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a2, %v20 : tensor<3x1xf32>, tensor<3x1xf32>) outs(%v25 : tensor<3x1xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %c = arith.constant 0.01 : f32
    %d = arith.mulf %x1, %c : f32
    %r = arith.subf %x0, %d : f32
    linalg.yield %r : f32
  } -> tensor<3x1xf32>
  %v27 = tensor.empty() : tensor<1xf32>
  %v28 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a3, %v24 : tensor<1xf32>, tensor<1xf32>) outs(%v27 : tensor<1xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %c = arith.constant 0.01 : f32
    %d = arith.mulf %x1, %c : f32
    %r = arith.subf %x0, %d : f32
    linalg.yield %r : f32
  } -> tensor<1xf32>
  sched.return %v26, %v28, %v14 : tensor<3x1xf32>, tensor<1xf32>, tensor<f32>
}

sched.kernel @small_network kind "small" inplace [] (%a0: tensor<4x5xf32>, %a1: tensor<6x5xf32>, %a2: tensor<6xf32>, %a3: tensor<6x3xf32>) -> (tensor<4x3xf32>, tensor<6xf32>) {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<4x6xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<4x6xf32>) -> tensor<4x6xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<4x5xf32>, tensor<6x5xf32>) outs(%v3 : tensor<4x6xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<4x6xf32>
  %v5 = tensor.empty() : tensor<4x6xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v4, %a2 : tensor<4x6xf32>, tensor<6xf32>) outs(%v5 : tensor<4x6xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %a = arith.addf %x0, %x1 : f32
    %r = math.tanh %a : f32
    linalg.yield %r : f32
  } -> tensor<4x6xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<4x3xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<4x3xf32>) -> tensor<4x3xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%v6, %a3 : tensor<4x6xf32>, tensor<6x3xf32>) outs(%v9 : tensor<4x3xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  %c11 = arith.constant 0xFF800000 : f32
  %v12 = tensor.empty() : tensor<4xf32>
  %v13 = linalg.fill ins(%c11 : f32) outs(%v12 : tensor<4xf32>) -> tensor<4xf32>
  %v14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v10 : tensor<4x3xf32>) outs(%v13 : tensor<4xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %v15 = tensor.empty() : tensor<4x3xf32>
  %v16 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v10, %v14 : tensor<4x3xf32>, tensor<4xf32>) outs(%v15 : tensor<4x3xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  %c17 = arith.constant 0.0 : f32
  %v18 = tensor.empty() : tensor<4xf32>
  %v19 = linalg.fill ins(%c17 : f32) outs(%v18 : tensor<4xf32>) -> tensor<4xf32>
  %v20 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v16 : tensor<4x3xf32>) outs(%v19 : tensor<4xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  %v21 = tensor.empty() : tensor<4x3xf32>
  %v22 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v16, %v20 : tensor<4x3xf32>, tensor<4xf32>) outs(%v21 : tensor<4x3xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<4x3xf32>
  %c23 = arith.constant 0.0 : f32
  %v24 = tensor.empty() : tensor<6xf32>
  %v25 = linalg.fill ins(%c23 : f32) outs(%v24 : tensor<6xf32>) -> tensor<6xf32>
  %v26 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v6 : tensor<4x6xf32>) outs(%v25 : tensor<6xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<6xf32>
  sched.return %v22, %v26 : tensor<4x3xf32>, tensor<6xf32>
}
