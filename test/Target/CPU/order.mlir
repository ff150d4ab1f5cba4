// Sums in the order that docs/numbers.md states, to the bit, in every form of kernel.
// RUN: gradc-kernel-run %s

sched.kernel @row_1 kind "rows" inplace [] (%a0: tensor<1xf32>) -> tensor<f32> attributes {test.order = "row"} {
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

sched.kernel @row_10 kind "rows" inplace [] (%a0: tensor<10xf32>) -> tensor<f32> attributes {test.order = "row"} {
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

sched.kernel @row_64 kind "rows" inplace [] (%a0: tensor<64xf32>) -> tensor<f32> attributes {test.order = "row"} {
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

sched.kernel @row_65 kind "rows" inplace [] (%a0: tensor<65xf32>) -> tensor<f32> attributes {test.order = "row"} {
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

sched.kernel @row_200 kind "rows" inplace [] (%a0: tensor<200xf32>) -> tensor<f32> attributes {test.order = "row"} {
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

sched.kernel @row_1000 kind "rows" inplace [] (%a0: tensor<1000xf32>) -> tensor<f32> attributes {test.order = "row"} {
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

sched.kernel @row_4096 kind "rows" inplace [] (%a0: tensor<4096xf32>) -> tensor<f32> attributes {test.order = "row"} {
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

sched.kernel @row_4100 kind "rows" inplace [] (%a0: tensor<4100xf32>) -> tensor<f32> attributes {test.order = "row"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<f32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<f32>) -> tensor<f32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a0 : tensor<4100xf32>) outs(%v3 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  sched.return %v4 : tensor<f32>
}

sched.kernel @row_100000 kind "rows" inplace [] (%a0: tensor<100000xf32>) -> tensor<f32> attributes {test.order = "row"} {
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

sched.kernel @rows_3x5 kind "rows" inplace [] (%a0: tensor<3x5xf32>) -> tensor<5xf32> attributes {test.order = "rows"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<5xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<5xf32>) -> tensor<5xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<3x5xf32>) outs(%v3 : tensor<5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<5xf32>
  sched.return %v4 : tensor<5xf32>
}

sched.kernel @rows_70x4 kind "rows" inplace [] (%a0: tensor<70x4xf32>) -> tensor<4xf32> attributes {test.order = "rows"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<4xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<4xf32>) -> tensor<4xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<70x4xf32>) outs(%v3 : tensor<4xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  sched.return %v4 : tensor<4xf32>
}

sched.kernel @rows_64x40 kind "rows" inplace [] (%a0: tensor<64x40xf32>) -> tensor<40xf32> attributes {test.order = "rows"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<40xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<40xf32>) -> tensor<40xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<64x40xf32>) outs(%v3 : tensor<40xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<40xf32>
  sched.return %v4 : tensor<40xf32>
}

sched.kernel @rows_65x300 kind "rows" inplace [] (%a0: tensor<65x300xf32>) -> tensor<300xf32> attributes {test.order = "rows"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<300xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<300xf32>) -> tensor<300xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<65x300xf32>) outs(%v3 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  sched.return %v4 : tensor<300xf32>
}

sched.kernel @rows_1000x70 kind "rows" inplace [] (%a0: tensor<1000x70xf32>) -> tensor<70xf32> attributes {test.order = "rows"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<70xf32>) -> tensor<70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<1000x70xf32>) outs(%v3 : tensor<70xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<70xf32>
  sched.return %v4 : tensor<70xf32>
}

sched.kernel @rows_3000x5 kind "rows" inplace [] (%a0: tensor<3000x5xf32>) -> tensor<5xf32> attributes {test.order = "rows"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<5xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<5xf32>) -> tensor<5xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a0 : tensor<3000x5xf32>) outs(%v3 : tensor<5xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<5xf32>
  sched.return %v4 : tensor<5xf32>
}

sched.kernel @products_4x5x6 kind "contraction" inplace [] (%a0: tensor<4x6xf32>, %a1: tensor<6x5xf32>) -> tensor<4x5xf32> attributes {test.order = "products"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<4x5xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<4x5xf32>) -> tensor<4x5xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<4x6xf32>, tensor<6x5xf32>) outs(%v3 : tensor<4x5xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<4x5xf32>
  sched.return %v4 : tensor<4x5xf32>
}

sched.kernel @products_40x70x30 kind "contraction" inplace [] (%a0: tensor<40x30xf32>, %a1: tensor<30x70xf32>) -> tensor<40x70xf32> attributes {test.order = "products"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<40x70xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<40x70xf32>) -> tensor<40x70xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<40x30xf32>, tensor<30x70xf32>) outs(%v3 : tensor<40x70xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<40x70xf32>
  sched.return %v4 : tensor<40x70xf32>
}

sched.kernel @products_130x100x600 kind "contraction" inplace [] (%a0: tensor<130x600xf32>, %a1: tensor<600x100xf32>) -> tensor<130x100xf32> attributes {test.order = "products"} {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<130x100xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<130x100xf32>) -> tensor<130x100xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<130x600xf32>, tensor<600x100xf32>) outs(%v3 : tensor<130x100xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<130x100xf32>
  sched.return %v4 : tensor<130x100xf32>
}
