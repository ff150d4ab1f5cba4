// Narrow floats and integers: loads, stores and conversions of f16, bf16, i8 and i16; sums of them in
// f32 and i32; integer arithmetic.
// RUN: gradc-kernel-run %s

sched.kernel @add_f16_7 kind "elementwise" inplace [] (%a0: tensor<7xf16>, %a1: tensor<7xf16>) -> tensor<7xf16> {
  %e = tensor.empty() : tensor<7xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<7xf16>, tensor<7xf16>) outs(%e : tensor<7xf16>) {
  ^bb0(%x0: f16, %x1: f16, %o: f16):
    %p = arith.extf %x0 : f16 to f32
    %q = arith.extf %x1 : f16 to f32
    %s = arith.addf %p, %q : f32
    %t = arith.truncf %s : f32 to f16
    linalg.yield %t : f16
  } -> tensor<7xf16>
  sched.return %r : tensor<7xf16>
}

sched.kernel @add_f16_37x53 kind "elementwise" inplace [] (%a0: tensor<37x53xf16>, %a1: tensor<37x53xf16>) -> tensor<37x53xf16> {
  %e = tensor.empty() : tensor<37x53xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<37x53xf16>, tensor<37x53xf16>) outs(%e : tensor<37x53xf16>) {
  ^bb0(%x0: f16, %x1: f16, %o: f16):
    %p = arith.extf %x0 : f16 to f32
    %q = arith.extf %x1 : f16 to f32
    %s = arith.addf %p, %q : f32
    %t = arith.truncf %s : f32 to f16
    linalg.yield %t : f16
  } -> tensor<37x53xf16>
  sched.return %r : tensor<37x53xf16>
}

sched.kernel @exp_select_f16 kind "elementwise" inplace [] (%a0: tensor<3x91xf16>, %a1: tensor<3x91xf16>) -> tensor<3x91xf16> {
  %e = tensor.empty() : tensor<3x91xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<3x91xf16>, tensor<3x91xf16>) outs(%e : tensor<3x91xf16>) {
  ^bb0(%x0: f16, %x1: f16, %o: f16):
    %p = arith.extf %x0 : f16 to f32
    %q = math.exp %p : f32
    %t = arith.truncf %q : f32 to f16
    %z = arith.constant 0.5 : f16
    %c = arith.cmpf ogt, %x1, %z : f16
    %s = arith.select %c, %t, %x1 : f16
    linalg.yield %s : f16
  } -> tensor<3x91xf16>
  sched.return %r : tensor<3x91xf16>
}

sched.kernel @from_f64_f16 kind "elementwise" inplace [] (%a0: tensor<3x91xf64>) -> tensor<3x91xf16> {
  %e = tensor.empty() : tensor<3x91xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<3x91xf64>) outs(%e : tensor<3x91xf16>) {
  ^bb0(%x0: f64, %o: f16):
    %t = arith.truncf %x0 : f64 to f16
    linalg.yield %t : f16
  } -> tensor<3x91xf16>
  sched.return %r : tensor<3x91xf16>
}

sched.kernel @to_f64_f16 kind "elementwise" inplace [] (%a0: tensor<3x91xf16>) -> tensor<3x91xf64> {
  %e = tensor.empty() : tensor<3x91xf64>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<3x91xf16>) outs(%e : tensor<3x91xf64>) {
  ^bb0(%x0: f16, %o: f64):
    %t = arith.extf %x0 : f16 to f64
    linalg.yield %t : f64
  } -> tensor<3x91xf64>
  sched.return %r : tensor<3x91xf64>
}

sched.kernel @round_f16 kind "elementwise" inplace [] (%a0: tensor<1000xf32>) -> tensor<1000xf16> {
  %e = tensor.empty() : tensor<1000xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<1000xf32>) outs(%e : tensor<1000xf16>) {
  ^bb0(%x0: f32, %o: f16):
    %k = arith.constant 1.0e-3 : f32
    %s = arith.mulf %x0, %k : f32
    %t = arith.truncf %s : f32 to f16
    linalg.yield %t : f16
  } -> tensor<1000xf16>
  sched.return %r : tensor<1000xf16>
}

sched.kernel @integers_f16 kind "elementwise" inplace [] (%a0: tensor<95xi64>) -> tensor<95xf16> {
  %e = tensor.empty() : tensor<95xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<95xi64>) outs(%e : tensor<95xf16>) {
  ^bb0(%x0: i64, %o: f16):
    %t = arith.sitofp %x0 : i64 to f16
    linalg.yield %t : f16
  } -> tensor<95xf16>
  sched.return %r : tensor<95xf16>
}

sched.kernel @to_integers_f16 kind "elementwise" inplace [] (%a0: tensor<95xf16>) -> tensor<95xi32> {
  %e = tensor.empty() : tensor<95xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<95xf16>) outs(%e : tensor<95xi32>) {
  ^bb0(%x0: f16, %o: i32):
    %t = arith.fptosi %x0 : f16 to i32
    linalg.yield %t : i32
  } -> tensor<95xi32>
  sched.return %r : tensor<95xi32>
}

sched.kernel @boundaries_f16 kind "elementwise" inplace [] () -> tensor<23xf16> attributes {test.tolerance = 0.0 : f64} {
  %a = arith.constant dense<[1.0, 1.00390625, 1.01171875, -1.00390625, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0x80000000, 65519.0, 65520.0, 5.9604645e-08, 2.9802322e-08, 2.98023259e-08, 1.0e-40, 3.38953139e+38, 0x7F7FFFFF, 1.0009765625, 1.00048828125, 1.00146484375, 0x3F808000, 0x3F818000, 0x3F808001]> : tensor<23xf32>
  %e = tensor.empty() : tensor<23xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a : tensor<23xf32>) outs(%e : tensor<23xf16>) {
  ^bb0(%x0: f32, %o: f16):
    %t = arith.truncf %x0 : f32 to f16
    linalg.yield %t : f16
  } -> tensor<23xf16>
  sched.return %r : tensor<23xf16>
}

sched.kernel @sum_f16_20x300_1 kind "reduction" inplace [] (%x: tensor<20x300xf16>) -> tensor<20xf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<20xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<20xf32>) -> tensor<20xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<20x300xf16>) outs(%f : tensor<20xf32>) {
  ^bb0(%x0: f16, %o: f32):
    %p = arith.extf %x0 : f16 to f32
    %t = arith.addf %o, %p : f32
    linalg.yield %t : f32
  } -> tensor<20xf32>
  %e2 = tensor.empty() : tensor<20xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%s : tensor<20xf32>) outs(%e2 : tensor<20xf16>) {
  ^bb0(%x0: f32, %o: f16):
    %t = arith.truncf %x0 : f32 to f16
    linalg.yield %t : f16
  } -> tensor<20xf16>
  sched.return %r : tensor<20xf16>
}

sched.kernel @sum_f16_130x37_0 kind "reduction" inplace [] (%x: tensor<130x37xf16>) -> tensor<37xf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<37xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<37xf32>) -> tensor<37xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<130x37xf16>) outs(%f : tensor<37xf32>) {
  ^bb0(%x0: f16, %o: f32):
    %p = arith.extf %x0 : f16 to f32
    %t = arith.addf %o, %p : f32
    linalg.yield %t : f32
  } -> tensor<37xf32>
  %e2 = tensor.empty() : tensor<37xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%s : tensor<37xf32>) outs(%e2 : tensor<37xf16>) {
  ^bb0(%x0: f32, %o: f16):
    %t = arith.truncf %x0 : f32 to f16
    linalg.yield %t : f16
  } -> tensor<37xf16>
  sched.return %r : tensor<37xf16>
}

sched.kernel @sum_f16_3x5_1 kind "reduction" inplace [] (%x: tensor<3x5xf16>) -> tensor<3xf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x5xf16>) outs(%f : tensor<3xf32>) {
  ^bb0(%x0: f16, %o: f32):
    %p = arith.extf %x0 : f16 to f32
    %t = arith.addf %o, %p : f32
    linalg.yield %t : f32
  } -> tensor<3xf32>
  %e2 = tensor.empty() : tensor<3xf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%s : tensor<3xf32>) outs(%e2 : tensor<3xf16>) {
  ^bb0(%x0: f32, %o: f16):
    %t = arith.truncf %x0 : f32 to f16
    linalg.yield %t : f16
  } -> tensor<3xf16>
  sched.return %r : tensor<3xf16>
}

sched.kernel @add_bf16_7 kind "elementwise" inplace [] (%a0: tensor<7xbf16>, %a1: tensor<7xbf16>) -> tensor<7xbf16> {
  %e = tensor.empty() : tensor<7xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<7xbf16>, tensor<7xbf16>) outs(%e : tensor<7xbf16>) {
  ^bb0(%x0: bf16, %x1: bf16, %o: bf16):
    %p = arith.extf %x0 : bf16 to f32
    %q = arith.extf %x1 : bf16 to f32
    %s = arith.addf %p, %q : f32
    %t = arith.truncf %s : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<7xbf16>
  sched.return %r : tensor<7xbf16>
}

sched.kernel @add_bf16_37x53 kind "elementwise" inplace [] (%a0: tensor<37x53xbf16>, %a1: tensor<37x53xbf16>) -> tensor<37x53xbf16> {
  %e = tensor.empty() : tensor<37x53xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<37x53xbf16>, tensor<37x53xbf16>) outs(%e : tensor<37x53xbf16>) {
  ^bb0(%x0: bf16, %x1: bf16, %o: bf16):
    %p = arith.extf %x0 : bf16 to f32
    %q = arith.extf %x1 : bf16 to f32
    %s = arith.addf %p, %q : f32
    %t = arith.truncf %s : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<37x53xbf16>
  sched.return %r : tensor<37x53xbf16>
}

sched.kernel @exp_select_bf16 kind "elementwise" inplace [] (%a0: tensor<3x91xbf16>, %a1: tensor<3x91xbf16>) -> tensor<3x91xbf16> {
  %e = tensor.empty() : tensor<3x91xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %a1 : tensor<3x91xbf16>, tensor<3x91xbf16>) outs(%e : tensor<3x91xbf16>) {
  ^bb0(%x0: bf16, %x1: bf16, %o: bf16):
    %p = arith.extf %x0 : bf16 to f32
    %q = math.exp %p : f32
    %t = arith.truncf %q : f32 to bf16
    %z = arith.constant 0.5 : bf16
    %c = arith.cmpf ogt, %x1, %z : bf16
    %s = arith.select %c, %t, %x1 : bf16
    linalg.yield %s : bf16
  } -> tensor<3x91xbf16>
  sched.return %r : tensor<3x91xbf16>
}

sched.kernel @from_f64_bf16 kind "elementwise" inplace [] (%a0: tensor<3x91xf64>) -> tensor<3x91xbf16> {
  %e = tensor.empty() : tensor<3x91xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<3x91xf64>) outs(%e : tensor<3x91xbf16>) {
  ^bb0(%x0: f64, %o: bf16):
    %t = arith.truncf %x0 : f64 to bf16
    linalg.yield %t : bf16
  } -> tensor<3x91xbf16>
  sched.return %r : tensor<3x91xbf16>
}

sched.kernel @to_f64_bf16 kind "elementwise" inplace [] (%a0: tensor<3x91xbf16>) -> tensor<3x91xf64> {
  %e = tensor.empty() : tensor<3x91xf64>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0 : tensor<3x91xbf16>) outs(%e : tensor<3x91xf64>) {
  ^bb0(%x0: bf16, %o: f64):
    %t = arith.extf %x0 : bf16 to f64
    linalg.yield %t : f64
  } -> tensor<3x91xf64>
  sched.return %r : tensor<3x91xf64>
}

sched.kernel @round_bf16 kind "elementwise" inplace [] (%a0: tensor<1000xf32>) -> tensor<1000xbf16> {
  %e = tensor.empty() : tensor<1000xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<1000xf32>) outs(%e : tensor<1000xbf16>) {
  ^bb0(%x0: f32, %o: bf16):
    %k = arith.constant 1.0e-3 : f32
    %s = arith.mulf %x0, %k : f32
    %t = arith.truncf %s : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<1000xbf16>
  sched.return %r : tensor<1000xbf16>
}

sched.kernel @integers_bf16 kind "elementwise" inplace [] (%a0: tensor<95xi64>) -> tensor<95xbf16> {
  %e = tensor.empty() : tensor<95xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<95xi64>) outs(%e : tensor<95xbf16>) {
  ^bb0(%x0: i64, %o: bf16):
    %t = arith.sitofp %x0 : i64 to bf16
    linalg.yield %t : bf16
  } -> tensor<95xbf16>
  sched.return %r : tensor<95xbf16>
}

sched.kernel @to_integers_bf16 kind "elementwise" inplace [] (%a0: tensor<95xbf16>) -> tensor<95xi32> {
  %e = tensor.empty() : tensor<95xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<95xbf16>) outs(%e : tensor<95xi32>) {
  ^bb0(%x0: bf16, %o: i32):
    %t = arith.fptosi %x0 : bf16 to i32
    linalg.yield %t : i32
  } -> tensor<95xi32>
  sched.return %r : tensor<95xi32>
}

sched.kernel @boundaries_bf16 kind "elementwise" inplace [] () -> tensor<23xbf16> attributes {test.tolerance = 0.0 : f64} {
  %a = arith.constant dense<[1.0, 1.00390625, 1.01171875, -1.00390625, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0x80000000, 65519.0, 65520.0, 5.9604645e-08, 2.9802322e-08, 2.98023259e-08, 1.0e-40, 3.38953139e+38, 0x7F7FFFFF, 1.0009765625, 1.00048828125, 1.00146484375, 0x3F808000, 0x3F818000, 0x3F808001]> : tensor<23xf32>
  %e = tensor.empty() : tensor<23xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a : tensor<23xf32>) outs(%e : tensor<23xbf16>) {
  ^bb0(%x0: f32, %o: bf16):
    %t = arith.truncf %x0 : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<23xbf16>
  sched.return %r : tensor<23xbf16>
}

sched.kernel @sum_bf16_20x300_1 kind "reduction" inplace [] (%x: tensor<20x300xbf16>) -> tensor<20xbf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<20xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<20xf32>) -> tensor<20xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<20x300xbf16>) outs(%f : tensor<20xf32>) {
  ^bb0(%x0: bf16, %o: f32):
    %p = arith.extf %x0 : bf16 to f32
    %t = arith.addf %o, %p : f32
    linalg.yield %t : f32
  } -> tensor<20xf32>
  %e2 = tensor.empty() : tensor<20xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%s : tensor<20xf32>) outs(%e2 : tensor<20xbf16>) {
  ^bb0(%x0: f32, %o: bf16):
    %t = arith.truncf %x0 : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<20xbf16>
  sched.return %r : tensor<20xbf16>
}

sched.kernel @sum_bf16_130x37_0 kind "reduction" inplace [] (%x: tensor<130x37xbf16>) -> tensor<37xbf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<37xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<37xf32>) -> tensor<37xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<130x37xbf16>) outs(%f : tensor<37xf32>) {
  ^bb0(%x0: bf16, %o: f32):
    %p = arith.extf %x0 : bf16 to f32
    %t = arith.addf %o, %p : f32
    linalg.yield %t : f32
  } -> tensor<37xf32>
  %e2 = tensor.empty() : tensor<37xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%s : tensor<37xf32>) outs(%e2 : tensor<37xbf16>) {
  ^bb0(%x0: f32, %o: bf16):
    %t = arith.truncf %x0 : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<37xbf16>
  sched.return %r : tensor<37xbf16>
}

sched.kernel @sum_bf16_3x5_1 kind "reduction" inplace [] (%x: tensor<3x5xbf16>) -> tensor<3xbf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x5xbf16>) outs(%f : tensor<3xf32>) {
  ^bb0(%x0: bf16, %o: f32):
    %p = arith.extf %x0 : bf16 to f32
    %t = arith.addf %o, %p : f32
    linalg.yield %t : f32
  } -> tensor<3xf32>
  %e2 = tensor.empty() : tensor<3xbf16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%s : tensor<3xf32>) outs(%e2 : tensor<3xbf16>) {
  ^bb0(%x0: f32, %o: bf16):
    %t = arith.truncf %x0 : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<3xbf16>
  sched.return %r : tensor<3xbf16>
}

sched.kernel @matmul_f16 kind "contraction" inplace [] (%a: tensor<33x47xf16>, %b: tensor<47x70xf16>) -> tensor<33x70xf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x70xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<33x70xf32>) -> tensor<33x70xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<33x47xf16>, tensor<47x70xf16>) outs(%f : tensor<33x70xf32>) {
  ^bb0(%x0: f16, %x1: f16, %o: f32):
    %p = arith.extf %x0 : f16 to f32
    %q = arith.extf %x1 : f16 to f32
    %u = arith.mulf %p, %q : f32
    %t = arith.addf %o, %u : f32
    linalg.yield %t : f32
  } -> tensor<33x70xf32>
  %e2 = tensor.empty() : tensor<33x70xf16>
  %c = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%r : tensor<33x70xf32>) outs(%e2 : tensor<33x70xf16>) {
  ^bb0(%x0: f32, %o: f16):
    %t = arith.truncf %x0 : f32 to f16
    linalg.yield %t : f16
  } -> tensor<33x70xf16>
  sched.return %c : tensor<33x70xf16>
}

sched.kernel @matmul_nt_f16 kind "contraction" inplace [] (%a: tensor<33x47xf16>, %b: tensor<70x47xf16>) -> tensor<33x70xf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x70xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<33x70xf32>) -> tensor<33x70xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<33x47xf16>, tensor<70x47xf16>) outs(%f : tensor<33x70xf32>) {
  ^bb0(%x0: f16, %x1: f16, %o: f32):
    %p = arith.extf %x0 : f16 to f32
    %q = arith.extf %x1 : f16 to f32
    %u = arith.mulf %p, %q : f32
    %t = arith.addf %o, %u : f32
    linalg.yield %t : f32
  } -> tensor<33x70xf32>
  %e2 = tensor.empty() : tensor<33x70xf16>
  %c = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%r : tensor<33x70xf32>) outs(%e2 : tensor<33x70xf16>) {
  ^bb0(%x0: f32, %o: f16):
    %t = arith.truncf %x0 : f32 to f16
    linalg.yield %t : f16
  } -> tensor<33x70xf16>
  sched.return %c : tensor<33x70xf16>
}

sched.kernel @matmul_f16_f32 kind "contraction" inplace [] (%a: tensor<20x30xf16>, %b: tensor<30x40xf16>) -> tensor<20x40xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<20x40xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<20x40xf32>) -> tensor<20x40xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<20x30xf16>, tensor<30x40xf16>) outs(%f : tensor<20x40xf32>) {
  ^bb0(%x0: f16, %x1: f16, %o: f32):
    %p = arith.extf %x0 : f16 to f32
    %q = arith.extf %x1 : f16 to f32
    %u = arith.mulf %p, %q : f32
    %t = arith.addf %o, %u : f32
    linalg.yield %t : f32
  } -> tensor<20x40xf32>
  sched.return %r : tensor<20x40xf32>
}

sched.kernel @matmul_tiny_f16 kind "contraction" inplace [] (%a: tensor<3x4xf16>, %b: tensor<4x5xf16>) -> tensor<3x5xf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x5xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<3x5xf32>) -> tensor<3x5xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<3x4xf16>, tensor<4x5xf16>) outs(%f : tensor<3x5xf32>) {
  ^bb0(%x0: f16, %x1: f16, %o: f32):
    %p = arith.extf %x0 : f16 to f32
    %q = arith.extf %x1 : f16 to f32
    %u = arith.mulf %p, %q : f32
    %t = arith.addf %o, %u : f32
    linalg.yield %t : f32
  } -> tensor<3x5xf32>
  %e2 = tensor.empty() : tensor<3x5xf16>
  %c = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%r : tensor<3x5xf32>) outs(%e2 : tensor<3x5xf16>) {
  ^bb0(%x0: f32, %o: f16):
    %t = arith.truncf %x0 : f32 to f16
    linalg.yield %t : f16
  } -> tensor<3x5xf16>
  sched.return %c : tensor<3x5xf16>
}

sched.kernel @matmul_bf16 kind "contraction" inplace [] (%a: tensor<33x47xbf16>, %b: tensor<47x70xbf16>) -> tensor<33x70xbf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x70xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<33x70xf32>) -> tensor<33x70xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<33x47xbf16>, tensor<47x70xbf16>) outs(%f : tensor<33x70xf32>) {
  ^bb0(%x0: bf16, %x1: bf16, %o: f32):
    %p = arith.extf %x0 : bf16 to f32
    %q = arith.extf %x1 : bf16 to f32
    %u = arith.mulf %p, %q : f32
    %t = arith.addf %o, %u : f32
    linalg.yield %t : f32
  } -> tensor<33x70xf32>
  %e2 = tensor.empty() : tensor<33x70xbf16>
  %c = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%r : tensor<33x70xf32>) outs(%e2 : tensor<33x70xbf16>) {
  ^bb0(%x0: f32, %o: bf16):
    %t = arith.truncf %x0 : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<33x70xbf16>
  sched.return %c : tensor<33x70xbf16>
}

sched.kernel @matmul_nt_bf16 kind "contraction" inplace [] (%a: tensor<33x47xbf16>, %b: tensor<70x47xbf16>) -> tensor<33x70xbf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x70xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<33x70xf32>) -> tensor<33x70xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<33x47xbf16>, tensor<70x47xbf16>) outs(%f : tensor<33x70xf32>) {
  ^bb0(%x0: bf16, %x1: bf16, %o: f32):
    %p = arith.extf %x0 : bf16 to f32
    %q = arith.extf %x1 : bf16 to f32
    %u = arith.mulf %p, %q : f32
    %t = arith.addf %o, %u : f32
    linalg.yield %t : f32
  } -> tensor<33x70xf32>
  %e2 = tensor.empty() : tensor<33x70xbf16>
  %c = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%r : tensor<33x70xf32>) outs(%e2 : tensor<33x70xbf16>) {
  ^bb0(%x0: f32, %o: bf16):
    %t = arith.truncf %x0 : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<33x70xbf16>
  sched.return %c : tensor<33x70xbf16>
}

sched.kernel @matmul_bf16_f32 kind "contraction" inplace [] (%a: tensor<20x30xbf16>, %b: tensor<30x40xbf16>) -> tensor<20x40xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<20x40xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<20x40xf32>) -> tensor<20x40xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<20x30xbf16>, tensor<30x40xbf16>) outs(%f : tensor<20x40xf32>) {
  ^bb0(%x0: bf16, %x1: bf16, %o: f32):
    %p = arith.extf %x0 : bf16 to f32
    %q = arith.extf %x1 : bf16 to f32
    %u = arith.mulf %p, %q : f32
    %t = arith.addf %o, %u : f32
    linalg.yield %t : f32
  } -> tensor<20x40xf32>
  sched.return %r : tensor<20x40xf32>
}

sched.kernel @matmul_tiny_bf16 kind "contraction" inplace [] (%a: tensor<3x4xbf16>, %b: tensor<4x5xbf16>) -> tensor<3x5xbf16> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x5xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<3x5xf32>) -> tensor<3x5xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<3x4xbf16>, tensor<4x5xbf16>) outs(%f : tensor<3x5xf32>) {
  ^bb0(%x0: bf16, %x1: bf16, %o: f32):
    %p = arith.extf %x0 : bf16 to f32
    %q = arith.extf %x1 : bf16 to f32
    %u = arith.mulf %p, %q : f32
    %t = arith.addf %o, %u : f32
    linalg.yield %t : f32
  } -> tensor<3x5xf32>
  %e2 = tensor.empty() : tensor<3x5xbf16>
  %c = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%r : tensor<3x5xf32>) outs(%e2 : tensor<3x5xbf16>) {
  ^bb0(%x0: f32, %o: bf16):
    %t = arith.truncf %x0 : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<3x5xbf16>
  sched.return %c : tensor<3x5xbf16>
}

sched.kernel @matmul_i64 kind "contraction" inplace [] (%a: tensor<19x33xi64>, %b: tensor<33x21xi64>) -> tensor<19x21xi64> {
  %z = arith.constant 0 : i64
  %e = tensor.empty() : tensor<19x21xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<19x21xi64>) -> tensor<19x21xi64>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<19x33xi64>, tensor<33x21xi64>) outs(%f : tensor<19x21xi64>) {
  ^bb0(%x0: i64, %x1: i64, %o: i64):
    %u = arith.muli %x0, %x1 : i64
    %t = arith.addi %o, %u : i64
    linalg.yield %t : i64
  } -> tensor<19x21xi64>
  sched.return %r : tensor<19x21xi64>
}

sched.kernel @matmul_nt_i32 kind "contraction" inplace [] (%a: tensor<19x33xi32>, %b: tensor<45x33xi32>) -> tensor<19x45xi32> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<19x45xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<19x45xi32>) -> tensor<19x45xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<19x33xi32>, tensor<45x33xi32>) outs(%f : tensor<19x45xi32>) {
  ^bb0(%x0: i32, %x1: i32, %o: i32):
    %u = arith.muli %x0, %x1 : i32
    %t = arith.addi %o, %u : i32
    linalg.yield %t : i32
  } -> tensor<19x45xi32>
  sched.return %r : tensor<19x45xi32>
}

sched.kernel @matmul_i8 kind "contraction" inplace [] (%a: tensor<19x33xi8>, %b: tensor<33x45xi8>) -> tensor<19x45xi32> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<19x45xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<19x45xi32>) -> tensor<19x45xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<19x33xi8>, tensor<33x45xi8>) outs(%f : tensor<19x45xi32>) {
  ^bb0(%x0: i8, %x1: i8, %o: i32):
    %p = arith.extsi %x0 : i8 to i32
    %q = arith.extsi %x1 : i8 to i32
    %u = arith.muli %p, %q : i32
    %t = arith.addi %o, %u : i32
    linalg.yield %t : i32
  } -> tensor<19x45xi32>
  sched.return %r : tensor<19x45xi32>
}

sched.kernel @matmul_i16_tiny kind "contraction" inplace [] (%a: tensor<3x4xi16>, %b: tensor<4x5xi16>) -> tensor<3x5xi16> {
  %z = arith.constant 0 : i16
  %e = tensor.empty() : tensor<3x5xi16>
  %f = linalg.fill ins(%z : i16) outs(%e : tensor<3x5xi16>) -> tensor<3x5xi16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<3x4xi16>, tensor<4x5xi16>) outs(%f : tensor<3x5xi16>) {
  ^bb0(%x0: i16, %x1: i16, %o: i16):
    %u = arith.muli %x0, %x1 : i16
    %t = arith.addi %o, %u : i16
    linalg.yield %t : i16
  } -> tensor<3x5xi16>
  sched.return %r : tensor<3x5xi16>
}

sched.kernel @matmul_i64_empty_k kind "contraction" inplace [] (%a: tensor<19x0xi64>, %b: tensor<0x21xi64>) -> tensor<19x21xi64> {
  %z = arith.constant 0 : i64
  %e = tensor.empty() : tensor<19x21xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<19x21xi64>) -> tensor<19x21xi64>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<19x0xi64>, tensor<0x21xi64>) outs(%f : tensor<19x21xi64>) {
  ^bb0(%x0: i64, %x1: i64, %o: i64):
    %u = arith.muli %x0, %x1 : i64
    %t = arith.addi %o, %u : i64
    linalg.yield %t : i64
  } -> tensor<19x21xi64>
  sched.return %r : tensor<19x21xi64>
}

sched.kernel @matmul_i8_i16 kind "contraction" inplace [] (%a: tensor<40x64xi8>, %b: tensor<70x64xi8>) -> tensor<40x70xi16> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<40x70xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<40x70xi32>) -> tensor<40x70xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<40x64xi8>, tensor<70x64xi8>) outs(%f : tensor<40x70xi32>) {
  ^bb0(%x0: i8, %x1: i8, %o: i32):
    %p = arith.extsi %x0 : i8 to i32
    %q = arith.extsi %x1 : i8 to i32
    %u = arith.muli %p, %q : i32
    %t = arith.addi %o, %u : i32
    linalg.yield %t : i32
  } -> tensor<40x70xi32>
  %e2 = tensor.empty() : tensor<40x70xi16>
  %c = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%r : tensor<40x70xi32>) outs(%e2 : tensor<40x70xi16>) {
  ^bb0(%x0: i32, %o: i16):
    %t = arith.trunci %x0 : i32 to i16
    linalg.yield %t : i16
  } -> tensor<40x70xi16>
  sched.return %c : tensor<40x70xi16>
}

sched.kernel @bits_i8_5 kind "elementwise" inplace [] (%a0: tensor<5xi8>, %a1: tensor<5xi8>) -> tensor<5xi8> {
  %e = tensor.empty() : tensor<5xi8>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<5xi8>, tensor<5xi8>) outs(%e : tensor<5xi8>) {
  ^bb0(%x0: i8, %x1: i8, %o: i8):
    %one = arith.constant 1 : i8
    %two = arith.constant 2 : i8
    %three = arith.constant 3 : i8
    %a = arith.andi %x0, %x1 : i8
    %b = arith.ori %x0, %x1 : i8
    %c = arith.xori %a, %b : i8
    %d = arith.shli %c, %two : i8
    %e1 = arith.shrsi %x0, %one : i8
    %f1 = arith.shrui %x1, %three : i8
    %g = arith.addi %d, %e1 : i8
    %h = arith.subi %g, %f1 : i8
    %i = arith.muli %h, %x0 : i8
    %j = arith.maxsi %i, %x1 : i8
    %k = arith.minsi %j, %b : i8
    %l = arith.cmpi slt, %k, %x0 : i8
    %m = arith.select %l, %k, %x1 : i8
    linalg.yield %m : i8
  } -> tensor<5xi8>
  sched.return %r : tensor<5xi8>
}

sched.kernel @divide_i8_5 kind "elementwise" inplace [] (%a0: tensor<5xi8>, %a1: tensor<5xi8>) -> tensor<5xi8> {
  %e = tensor.empty() : tensor<5xi8>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<5xi8>, tensor<5xi8>) outs(%e : tensor<5xi8>) {
  ^bb0(%x0: i8, %x1: i8, %o: i8):
    %nine = arith.constant 9 : i8
    %ten = arith.constant 10 : i8
    %a = arith.maxsi %x1, %x0 : i8
    %d = arith.addi %a, %nine : i8
    %p = arith.muli %x0, %ten : i8
    %q = arith.divsi %p, %d : i8
    %r = arith.remsi %p, %d : i8
    %s = arith.floordivsi %p, %d : i8
    %u = arith.muli %q, %ten : i8
    %v = arith.addi %u, %r : i8
    %w = arith.xori %v, %s : i8
    linalg.yield %w : i8
  } -> tensor<5xi8>
  sched.return %r : tensor<5xi8>
}

sched.kernel @bits_i8_203 kind "elementwise" inplace [] (%a0: tensor<203xi8>, %a1: tensor<203xi8>) -> tensor<203xi8> {
  %e = tensor.empty() : tensor<203xi8>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<203xi8>, tensor<203xi8>) outs(%e : tensor<203xi8>) {
  ^bb0(%x0: i8, %x1: i8, %o: i8):
    %one = arith.constant 1 : i8
    %two = arith.constant 2 : i8
    %three = arith.constant 3 : i8
    %a = arith.andi %x0, %x1 : i8
    %b = arith.ori %x0, %x1 : i8
    %c = arith.xori %a, %b : i8
    %d = arith.shli %c, %two : i8
    %e1 = arith.shrsi %x0, %one : i8
    %f1 = arith.shrui %x1, %three : i8
    %g = arith.addi %d, %e1 : i8
    %h = arith.subi %g, %f1 : i8
    %i = arith.muli %h, %x0 : i8
    %j = arith.maxsi %i, %x1 : i8
    %k = arith.minsi %j, %b : i8
    %l = arith.cmpi slt, %k, %x0 : i8
    %m = arith.select %l, %k, %x1 : i8
    linalg.yield %m : i8
  } -> tensor<203xi8>
  sched.return %r : tensor<203xi8>
}

sched.kernel @divide_i8_203 kind "elementwise" inplace [] (%a0: tensor<203xi8>, %a1: tensor<203xi8>) -> tensor<203xi8> {
  %e = tensor.empty() : tensor<203xi8>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<203xi8>, tensor<203xi8>) outs(%e : tensor<203xi8>) {
  ^bb0(%x0: i8, %x1: i8, %o: i8):
    %nine = arith.constant 9 : i8
    %ten = arith.constant 10 : i8
    %a = arith.maxsi %x1, %x0 : i8
    %d = arith.addi %a, %nine : i8
    %p = arith.muli %x0, %ten : i8
    %q = arith.divsi %p, %d : i8
    %r = arith.remsi %p, %d : i8
    %s = arith.floordivsi %p, %d : i8
    %u = arith.muli %q, %ten : i8
    %v = arith.addi %u, %r : i8
    %w = arith.xori %v, %s : i8
    linalg.yield %w : i8
  } -> tensor<203xi8>
  sched.return %r : tensor<203xi8>
}

sched.kernel @bits_i16_5 kind "elementwise" inplace [] (%a0: tensor<5xi16>, %a1: tensor<5xi16>) -> tensor<5xi16> {
  %e = tensor.empty() : tensor<5xi16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<5xi16>, tensor<5xi16>) outs(%e : tensor<5xi16>) {
  ^bb0(%x0: i16, %x1: i16, %o: i16):
    %one = arith.constant 1 : i16
    %two = arith.constant 2 : i16
    %three = arith.constant 3 : i16
    %a = arith.andi %x0, %x1 : i16
    %b = arith.ori %x0, %x1 : i16
    %c = arith.xori %a, %b : i16
    %d = arith.shli %c, %two : i16
    %e1 = arith.shrsi %x0, %one : i16
    %f1 = arith.shrui %x1, %three : i16
    %g = arith.addi %d, %e1 : i16
    %h = arith.subi %g, %f1 : i16
    %i = arith.muli %h, %x0 : i16
    %j = arith.maxsi %i, %x1 : i16
    %k = arith.minsi %j, %b : i16
    %l = arith.cmpi slt, %k, %x0 : i16
    %m = arith.select %l, %k, %x1 : i16
    linalg.yield %m : i16
  } -> tensor<5xi16>
  sched.return %r : tensor<5xi16>
}

sched.kernel @divide_i16_5 kind "elementwise" inplace [] (%a0: tensor<5xi16>, %a1: tensor<5xi16>) -> tensor<5xi16> {
  %e = tensor.empty() : tensor<5xi16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<5xi16>, tensor<5xi16>) outs(%e : tensor<5xi16>) {
  ^bb0(%x0: i16, %x1: i16, %o: i16):
    %nine = arith.constant 9 : i16
    %ten = arith.constant 10 : i16
    %a = arith.maxsi %x1, %x0 : i16
    %d = arith.addi %a, %nine : i16
    %p = arith.muli %x0, %ten : i16
    %q = arith.divsi %p, %d : i16
    %r = arith.remsi %p, %d : i16
    %s = arith.floordivsi %p, %d : i16
    %u = arith.muli %q, %ten : i16
    %v = arith.addi %u, %r : i16
    %w = arith.xori %v, %s : i16
    linalg.yield %w : i16
  } -> tensor<5xi16>
  sched.return %r : tensor<5xi16>
}

sched.kernel @bits_i16_203 kind "elementwise" inplace [] (%a0: tensor<203xi16>, %a1: tensor<203xi16>) -> tensor<203xi16> {
  %e = tensor.empty() : tensor<203xi16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<203xi16>, tensor<203xi16>) outs(%e : tensor<203xi16>) {
  ^bb0(%x0: i16, %x1: i16, %o: i16):
    %one = arith.constant 1 : i16
    %two = arith.constant 2 : i16
    %three = arith.constant 3 : i16
    %a = arith.andi %x0, %x1 : i16
    %b = arith.ori %x0, %x1 : i16
    %c = arith.xori %a, %b : i16
    %d = arith.shli %c, %two : i16
    %e1 = arith.shrsi %x0, %one : i16
    %f1 = arith.shrui %x1, %three : i16
    %g = arith.addi %d, %e1 : i16
    %h = arith.subi %g, %f1 : i16
    %i = arith.muli %h, %x0 : i16
    %j = arith.maxsi %i, %x1 : i16
    %k = arith.minsi %j, %b : i16
    %l = arith.cmpi slt, %k, %x0 : i16
    %m = arith.select %l, %k, %x1 : i16
    linalg.yield %m : i16
  } -> tensor<203xi16>
  sched.return %r : tensor<203xi16>
}

sched.kernel @divide_i16_203 kind "elementwise" inplace [] (%a0: tensor<203xi16>, %a1: tensor<203xi16>) -> tensor<203xi16> {
  %e = tensor.empty() : tensor<203xi16>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<203xi16>, tensor<203xi16>) outs(%e : tensor<203xi16>) {
  ^bb0(%x0: i16, %x1: i16, %o: i16):
    %nine = arith.constant 9 : i16
    %ten = arith.constant 10 : i16
    %a = arith.maxsi %x1, %x0 : i16
    %d = arith.addi %a, %nine : i16
    %p = arith.muli %x0, %ten : i16
    %q = arith.divsi %p, %d : i16
    %r = arith.remsi %p, %d : i16
    %s = arith.floordivsi %p, %d : i16
    %u = arith.muli %q, %ten : i16
    %v = arith.addi %u, %r : i16
    %w = arith.xori %v, %s : i16
    linalg.yield %w : i16
  } -> tensor<203xi16>
  sched.return %r : tensor<203xi16>
}

sched.kernel @bits_i32_5 kind "elementwise" inplace [] (%a0: tensor<5xi32>, %a1: tensor<5xi32>) -> tensor<5xi32> {
  %e = tensor.empty() : tensor<5xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<5xi32>, tensor<5xi32>) outs(%e : tensor<5xi32>) {
  ^bb0(%x0: i32, %x1: i32, %o: i32):
    %one = arith.constant 1 : i32
    %two = arith.constant 2 : i32
    %three = arith.constant 3 : i32
    %a = arith.andi %x0, %x1 : i32
    %b = arith.ori %x0, %x1 : i32
    %c = arith.xori %a, %b : i32
    %d = arith.shli %c, %two : i32
    %e1 = arith.shrsi %x0, %one : i32
    %f1 = arith.shrui %x1, %three : i32
    %g = arith.addi %d, %e1 : i32
    %h = arith.subi %g, %f1 : i32
    %i = arith.muli %h, %x0 : i32
    %j = arith.maxsi %i, %x1 : i32
    %k = arith.minsi %j, %b : i32
    %l = arith.cmpi slt, %k, %x0 : i32
    %m = arith.select %l, %k, %x1 : i32
    linalg.yield %m : i32
  } -> tensor<5xi32>
  sched.return %r : tensor<5xi32>
}

sched.kernel @divide_i32_5 kind "elementwise" inplace [] (%a0: tensor<5xi32>, %a1: tensor<5xi32>) -> tensor<5xi32> {
  %e = tensor.empty() : tensor<5xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<5xi32>, tensor<5xi32>) outs(%e : tensor<5xi32>) {
  ^bb0(%x0: i32, %x1: i32, %o: i32):
    %nine = arith.constant 9 : i32
    %ten = arith.constant 10 : i32
    %a = arith.maxsi %x1, %x0 : i32
    %d = arith.addi %a, %nine : i32
    %p = arith.muli %x0, %ten : i32
    %q = arith.divsi %p, %d : i32
    %r = arith.remsi %p, %d : i32
    %s = arith.floordivsi %p, %d : i32
    %u = arith.muli %q, %ten : i32
    %v = arith.addi %u, %r : i32
    %w = arith.xori %v, %s : i32
    linalg.yield %w : i32
  } -> tensor<5xi32>
  sched.return %r : tensor<5xi32>
}

sched.kernel @bits_i32_203 kind "elementwise" inplace [] (%a0: tensor<203xi32>, %a1: tensor<203xi32>) -> tensor<203xi32> {
  %e = tensor.empty() : tensor<203xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<203xi32>, tensor<203xi32>) outs(%e : tensor<203xi32>) {
  ^bb0(%x0: i32, %x1: i32, %o: i32):
    %one = arith.constant 1 : i32
    %two = arith.constant 2 : i32
    %three = arith.constant 3 : i32
    %a = arith.andi %x0, %x1 : i32
    %b = arith.ori %x0, %x1 : i32
    %c = arith.xori %a, %b : i32
    %d = arith.shli %c, %two : i32
    %e1 = arith.shrsi %x0, %one : i32
    %f1 = arith.shrui %x1, %three : i32
    %g = arith.addi %d, %e1 : i32
    %h = arith.subi %g, %f1 : i32
    %i = arith.muli %h, %x0 : i32
    %j = arith.maxsi %i, %x1 : i32
    %k = arith.minsi %j, %b : i32
    %l = arith.cmpi slt, %k, %x0 : i32
    %m = arith.select %l, %k, %x1 : i32
    linalg.yield %m : i32
  } -> tensor<203xi32>
  sched.return %r : tensor<203xi32>
}

sched.kernel @divide_i32_203 kind "elementwise" inplace [] (%a0: tensor<203xi32>, %a1: tensor<203xi32>) -> tensor<203xi32> {
  %e = tensor.empty() : tensor<203xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<203xi32>, tensor<203xi32>) outs(%e : tensor<203xi32>) {
  ^bb0(%x0: i32, %x1: i32, %o: i32):
    %nine = arith.constant 9 : i32
    %ten = arith.constant 10 : i32
    %a = arith.maxsi %x1, %x0 : i32
    %d = arith.addi %a, %nine : i32
    %p = arith.muli %x0, %ten : i32
    %q = arith.divsi %p, %d : i32
    %r = arith.remsi %p, %d : i32
    %s = arith.floordivsi %p, %d : i32
    %u = arith.muli %q, %ten : i32
    %v = arith.addi %u, %r : i32
    %w = arith.xori %v, %s : i32
    linalg.yield %w : i32
  } -> tensor<203xi32>
  sched.return %r : tensor<203xi32>
}

sched.kernel @bits_i64_5 kind "elementwise" inplace [] (%a0: tensor<5xi64>, %a1: tensor<5xi64>) -> tensor<5xi64> {
  %e = tensor.empty() : tensor<5xi64>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<5xi64>, tensor<5xi64>) outs(%e : tensor<5xi64>) {
  ^bb0(%x0: i64, %x1: i64, %o: i64):
    %one = arith.constant 1 : i64
    %two = arith.constant 2 : i64
    %three = arith.constant 3 : i64
    %a = arith.andi %x0, %x1 : i64
    %b = arith.ori %x0, %x1 : i64
    %c = arith.xori %a, %b : i64
    %d = arith.shli %c, %two : i64
    %e1 = arith.shrsi %x0, %one : i64
    %f1 = arith.shrui %x1, %three : i64
    %g = arith.addi %d, %e1 : i64
    %h = arith.subi %g, %f1 : i64
    %i = arith.muli %h, %x0 : i64
    %j = arith.maxsi %i, %x1 : i64
    %k = arith.minsi %j, %b : i64
    %l = arith.cmpi slt, %k, %x0 : i64
    %m = arith.select %l, %k, %x1 : i64
    linalg.yield %m : i64
  } -> tensor<5xi64>
  sched.return %r : tensor<5xi64>
}

sched.kernel @divide_i64_5 kind "elementwise" inplace [] (%a0: tensor<5xi64>, %a1: tensor<5xi64>) -> tensor<5xi64> {
  %e = tensor.empty() : tensor<5xi64>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<5xi64>, tensor<5xi64>) outs(%e : tensor<5xi64>) {
  ^bb0(%x0: i64, %x1: i64, %o: i64):
    %nine = arith.constant 9 : i64
    %ten = arith.constant 10 : i64
    %a = arith.maxsi %x1, %x0 : i64
    %d = arith.addi %a, %nine : i64
    %p = arith.muli %x0, %ten : i64
    %q = arith.divsi %p, %d : i64
    %r = arith.remsi %p, %d : i64
    %s = arith.floordivsi %p, %d : i64
    %u = arith.muli %q, %ten : i64
    %v = arith.addi %u, %r : i64
    %w = arith.xori %v, %s : i64
    linalg.yield %w : i64
  } -> tensor<5xi64>
  sched.return %r : tensor<5xi64>
}

sched.kernel @bits_i64_203 kind "elementwise" inplace [] (%a0: tensor<203xi64>, %a1: tensor<203xi64>) -> tensor<203xi64> {
  %e = tensor.empty() : tensor<203xi64>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<203xi64>, tensor<203xi64>) outs(%e : tensor<203xi64>) {
  ^bb0(%x0: i64, %x1: i64, %o: i64):
    %one = arith.constant 1 : i64
    %two = arith.constant 2 : i64
    %three = arith.constant 3 : i64
    %a = arith.andi %x0, %x1 : i64
    %b = arith.ori %x0, %x1 : i64
    %c = arith.xori %a, %b : i64
    %d = arith.shli %c, %two : i64
    %e1 = arith.shrsi %x0, %one : i64
    %f1 = arith.shrui %x1, %three : i64
    %g = arith.addi %d, %e1 : i64
    %h = arith.subi %g, %f1 : i64
    %i = arith.muli %h, %x0 : i64
    %j = arith.maxsi %i, %x1 : i64
    %k = arith.minsi %j, %b : i64
    %l = arith.cmpi slt, %k, %x0 : i64
    %m = arith.select %l, %k, %x1 : i64
    linalg.yield %m : i64
  } -> tensor<203xi64>
  sched.return %r : tensor<203xi64>
}

sched.kernel @divide_i64_203 kind "elementwise" inplace [] (%a0: tensor<203xi64>, %a1: tensor<203xi64>) -> tensor<203xi64> {
  %e = tensor.empty() : tensor<203xi64>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<203xi64>, tensor<203xi64>) outs(%e : tensor<203xi64>) {
  ^bb0(%x0: i64, %x1: i64, %o: i64):
    %nine = arith.constant 9 : i64
    %ten = arith.constant 10 : i64
    %a = arith.maxsi %x1, %x0 : i64
    %d = arith.addi %a, %nine : i64
    %p = arith.muli %x0, %ten : i64
    %q = arith.divsi %p, %d : i64
    %r = arith.remsi %p, %d : i64
    %s = arith.floordivsi %p, %d : i64
    %u = arith.muli %q, %ten : i64
    %v = arith.addi %u, %r : i64
    %w = arith.xori %v, %s : i64
    linalg.yield %w : i64
  } -> tensor<203xi64>
  sched.return %r : tensor<203xi64>
}

sched.kernel @widening_multiply kind "elementwise" inplace [] (%a0: tensor<77xi32>, %a1: tensor<77xi32>) -> tensor<77xi32> {
  %e = tensor.empty() : tensor<77xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<77xi32>, tensor<77xi32>) outs(%e : tensor<77xi32>) {
  ^bb0(%x0: i32, %x1: i32, %o: i32):
    %c = arith.constant 32 : i64
    %a = arith.extui %x0 : i32 to i64
    %b = arith.extui %x1 : i32 to i64
    %p = arith.muli %a, %b : i64
    %h = arith.shrui %p, %c : i64
    %hi = arith.trunci %h : i64 to i32
    %lo = arith.trunci %p : i64 to i32
    %r = arith.xori %hi, %lo : i32
    linalg.yield %r : i32
  } -> tensor<77xi32>
  sched.return %r : tensor<77xi32>
}

sched.kernel @conversions_i8 kind "elementwise" inplace [] (%a0: tensor<131xi8>, %a1: tensor<131xf32>) -> tensor<131xi8> {
  %e = tensor.empty() : tensor<131xi8>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0, %a1 : tensor<131xi8>, tensor<131xf32>) outs(%e : tensor<131xi8>) {
  ^bb0(%x0: i8, %x1: f32, %o: i8):
    %a = arith.extsi %x0 : i8 to i16
    %b = arith.extui %x0 : i8 to i32
    %c = arith.sitofp %a : i16 to f32
    %d = arith.uitofp %b : i32 to f32
    %e1 = arith.addf %c, %d : f32
    %f = arith.addf %e1, %x1 : f32
    %k = arith.constant 0.125 : f32
    %g = arith.mulf %f, %k : f32
    %h = arith.fptosi %g : f32 to i8
    linalg.yield %h : i8
  } -> tensor<131xi8>
  sched.return %r : tensor<131xi8>
}

sched.kernel @reduce_i64_addi_21x150_1 kind "reduction" inplace [] (%x: tensor<21x150xi64>) -> tensor<21xi64> {
  %z = arith.constant 0 : i64
  %e = tensor.empty() : tensor<21xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<21xi64>) -> tensor<21xi64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<21x150xi64>) outs(%f : tensor<21xi64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.addi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<21xi64>
  sched.return %s : tensor<21xi64>
}

sched.kernel @reduce_i64_addi_150x21_0 kind "reduction" inplace [] (%x: tensor<150x21xi64>) -> tensor<21xi64> {
  %z = arith.constant 0 : i64
  %e = tensor.empty() : tensor<21xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<21xi64>) -> tensor<21xi64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<150x21xi64>) outs(%f : tensor<21xi64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.addi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<21xi64>
  sched.return %s : tensor<21xi64>
}

sched.kernel @reduce_i64_addi_3x4_1 kind "reduction" inplace [] (%x: tensor<3x4xi64>) -> tensor<3xi64> {
  %z = arith.constant 0 : i64
  %e = tensor.empty() : tensor<3xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<3xi64>) -> tensor<3xi64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x4xi64>) outs(%f : tensor<3xi64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.addi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<3xi64>
  sched.return %s : tensor<3xi64>
}

sched.kernel @reduce_i64_addi_70x90_2 kind "reduction" inplace [] (%x: tensor<70x90xi64>) -> tensor<i64> {
  %z = arith.constant 0 : i64
  %e = tensor.empty() : tensor<i64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<i64>) -> tensor<i64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<70x90xi64>) outs(%f : tensor<i64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.addi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<i64>
  sched.return %s : tensor<i64>
}

sched.kernel @reduce_i64_addi_5x0_1 kind "reduction" inplace [] (%x: tensor<5x0xi64>) -> tensor<5xi64> {
  %z = arith.constant 0 : i64
  %e = tensor.empty() : tensor<5xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<5xi64>) -> tensor<5xi64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x0xi64>) outs(%f : tensor<5xi64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.addi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<5xi64>
  sched.return %s : tensor<5xi64>
}

sched.kernel @reduce_i32_muli_21x150_1 kind "reduction" inplace [] (%x: tensor<21x150xi32>) -> tensor<21xi32> {
  %z = arith.constant 1 : i32
  %e = tensor.empty() : tensor<21xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<21xi32>) -> tensor<21xi32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<21x150xi32>) outs(%f : tensor<21xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.muli %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<21xi32>
  sched.return %s : tensor<21xi32>
}

sched.kernel @reduce_i32_muli_150x21_0 kind "reduction" inplace [] (%x: tensor<150x21xi32>) -> tensor<21xi32> {
  %z = arith.constant 1 : i32
  %e = tensor.empty() : tensor<21xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<21xi32>) -> tensor<21xi32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<150x21xi32>) outs(%f : tensor<21xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.muli %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<21xi32>
  sched.return %s : tensor<21xi32>
}

sched.kernel @reduce_i32_muli_3x4_1 kind "reduction" inplace [] (%x: tensor<3x4xi32>) -> tensor<3xi32> {
  %z = arith.constant 1 : i32
  %e = tensor.empty() : tensor<3xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<3xi32>) -> tensor<3xi32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x4xi32>) outs(%f : tensor<3xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.muli %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<3xi32>
  sched.return %s : tensor<3xi32>
}

sched.kernel @reduce_i32_muli_70x90_2 kind "reduction" inplace [] (%x: tensor<70x90xi32>) -> tensor<i32> {
  %z = arith.constant 1 : i32
  %e = tensor.empty() : tensor<i32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<i32>) -> tensor<i32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<70x90xi32>) outs(%f : tensor<i32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.muli %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<i32>
  sched.return %s : tensor<i32>
}

sched.kernel @reduce_i32_muli_5x0_1 kind "reduction" inplace [] (%x: tensor<5x0xi32>) -> tensor<5xi32> {
  %z = arith.constant 1 : i32
  %e = tensor.empty() : tensor<5xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<5xi32>) -> tensor<5xi32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x0xi32>) outs(%f : tensor<5xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.muli %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<5xi32>
  sched.return %s : tensor<5xi32>
}

sched.kernel @reduce_i16_maxsi_21x150_1 kind "reduction" inplace [] (%x: tensor<21x150xi16>) -> tensor<21xi16> {
  %z = arith.constant -32768 : i16
  %e = tensor.empty() : tensor<21xi16>
  %f = linalg.fill ins(%z : i16) outs(%e : tensor<21xi16>) -> tensor<21xi16>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<21x150xi16>) outs(%f : tensor<21xi16>) {
  ^bb0(%x0: i16, %o: i16):
    %t = arith.maxsi %o, %x0 : i16
    linalg.yield %t : i16
  } -> tensor<21xi16>
  sched.return %s : tensor<21xi16>
}

sched.kernel @reduce_i16_maxsi_150x21_0 kind "reduction" inplace [] (%x: tensor<150x21xi16>) -> tensor<21xi16> {
  %z = arith.constant -32768 : i16
  %e = tensor.empty() : tensor<21xi16>
  %f = linalg.fill ins(%z : i16) outs(%e : tensor<21xi16>) -> tensor<21xi16>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<150x21xi16>) outs(%f : tensor<21xi16>) {
  ^bb0(%x0: i16, %o: i16):
    %t = arith.maxsi %o, %x0 : i16
    linalg.yield %t : i16
  } -> tensor<21xi16>
  sched.return %s : tensor<21xi16>
}

sched.kernel @reduce_i16_maxsi_3x4_1 kind "reduction" inplace [] (%x: tensor<3x4xi16>) -> tensor<3xi16> {
  %z = arith.constant -32768 : i16
  %e = tensor.empty() : tensor<3xi16>
  %f = linalg.fill ins(%z : i16) outs(%e : tensor<3xi16>) -> tensor<3xi16>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x4xi16>) outs(%f : tensor<3xi16>) {
  ^bb0(%x0: i16, %o: i16):
    %t = arith.maxsi %o, %x0 : i16
    linalg.yield %t : i16
  } -> tensor<3xi16>
  sched.return %s : tensor<3xi16>
}

sched.kernel @reduce_i16_maxsi_70x90_2 kind "reduction" inplace [] (%x: tensor<70x90xi16>) -> tensor<i16> {
  %z = arith.constant -32768 : i16
  %e = tensor.empty() : tensor<i16>
  %f = linalg.fill ins(%z : i16) outs(%e : tensor<i16>) -> tensor<i16>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<70x90xi16>) outs(%f : tensor<i16>) {
  ^bb0(%x0: i16, %o: i16):
    %t = arith.maxsi %o, %x0 : i16
    linalg.yield %t : i16
  } -> tensor<i16>
  sched.return %s : tensor<i16>
}

sched.kernel @reduce_i16_maxsi_5x0_1 kind "reduction" inplace [] (%x: tensor<5x0xi16>) -> tensor<5xi16> {
  %z = arith.constant -32768 : i16
  %e = tensor.empty() : tensor<5xi16>
  %f = linalg.fill ins(%z : i16) outs(%e : tensor<5xi16>) -> tensor<5xi16>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x0xi16>) outs(%f : tensor<5xi16>) {
  ^bb0(%x0: i16, %o: i16):
    %t = arith.maxsi %o, %x0 : i16
    linalg.yield %t : i16
  } -> tensor<5xi16>
  sched.return %s : tensor<5xi16>
}

sched.kernel @reduce_i8_minsi_21x150_1 kind "reduction" inplace [] (%x: tensor<21x150xi8>) -> tensor<21xi8> {
  %z = arith.constant 127 : i8
  %e = tensor.empty() : tensor<21xi8>
  %f = linalg.fill ins(%z : i8) outs(%e : tensor<21xi8>) -> tensor<21xi8>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<21x150xi8>) outs(%f : tensor<21xi8>) {
  ^bb0(%x0: i8, %o: i8):
    %t = arith.minsi %o, %x0 : i8
    linalg.yield %t : i8
  } -> tensor<21xi8>
  sched.return %s : tensor<21xi8>
}

sched.kernel @reduce_i8_minsi_150x21_0 kind "reduction" inplace [] (%x: tensor<150x21xi8>) -> tensor<21xi8> {
  %z = arith.constant 127 : i8
  %e = tensor.empty() : tensor<21xi8>
  %f = linalg.fill ins(%z : i8) outs(%e : tensor<21xi8>) -> tensor<21xi8>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<150x21xi8>) outs(%f : tensor<21xi8>) {
  ^bb0(%x0: i8, %o: i8):
    %t = arith.minsi %o, %x0 : i8
    linalg.yield %t : i8
  } -> tensor<21xi8>
  sched.return %s : tensor<21xi8>
}

sched.kernel @reduce_i8_minsi_3x4_1 kind "reduction" inplace [] (%x: tensor<3x4xi8>) -> tensor<3xi8> {
  %z = arith.constant 127 : i8
  %e = tensor.empty() : tensor<3xi8>
  %f = linalg.fill ins(%z : i8) outs(%e : tensor<3xi8>) -> tensor<3xi8>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x4xi8>) outs(%f : tensor<3xi8>) {
  ^bb0(%x0: i8, %o: i8):
    %t = arith.minsi %o, %x0 : i8
    linalg.yield %t : i8
  } -> tensor<3xi8>
  sched.return %s : tensor<3xi8>
}

sched.kernel @reduce_i8_minsi_70x90_2 kind "reduction" inplace [] (%x: tensor<70x90xi8>) -> tensor<i8> {
  %z = arith.constant 127 : i8
  %e = tensor.empty() : tensor<i8>
  %f = linalg.fill ins(%z : i8) outs(%e : tensor<i8>) -> tensor<i8>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<70x90xi8>) outs(%f : tensor<i8>) {
  ^bb0(%x0: i8, %o: i8):
    %t = arith.minsi %o, %x0 : i8
    linalg.yield %t : i8
  } -> tensor<i8>
  sched.return %s : tensor<i8>
}

sched.kernel @reduce_i8_minsi_5x0_1 kind "reduction" inplace [] (%x: tensor<5x0xi8>) -> tensor<5xi8> {
  %z = arith.constant 127 : i8
  %e = tensor.empty() : tensor<5xi8>
  %f = linalg.fill ins(%z : i8) outs(%e : tensor<5xi8>) -> tensor<5xi8>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x0xi8>) outs(%f : tensor<5xi8>) {
  ^bb0(%x0: i8, %o: i8):
    %t = arith.minsi %o, %x0 : i8
    linalg.yield %t : i8
  } -> tensor<5xi8>
  sched.return %s : tensor<5xi8>
}

sched.kernel @reduce_i1_ori_21x150_1 kind "reduction" inplace [] (%x: tensor<21x150xi1>) -> tensor<21xi1> {
  %z = arith.constant false
  %e = tensor.empty() : tensor<21xi1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<21xi1>) -> tensor<21xi1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<21x150xi1>) outs(%f : tensor<21xi1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.ori %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<21xi1>
  sched.return %s : tensor<21xi1>
}

sched.kernel @reduce_i1_ori_150x21_0 kind "reduction" inplace [] (%x: tensor<150x21xi1>) -> tensor<21xi1> {
  %z = arith.constant false
  %e = tensor.empty() : tensor<21xi1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<21xi1>) -> tensor<21xi1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<150x21xi1>) outs(%f : tensor<21xi1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.ori %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<21xi1>
  sched.return %s : tensor<21xi1>
}

sched.kernel @reduce_i1_ori_3x4_1 kind "reduction" inplace [] (%x: tensor<3x4xi1>) -> tensor<3xi1> {
  %z = arith.constant false
  %e = tensor.empty() : tensor<3xi1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<3xi1>) -> tensor<3xi1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x4xi1>) outs(%f : tensor<3xi1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.ori %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<3xi1>
  sched.return %s : tensor<3xi1>
}

sched.kernel @reduce_i1_ori_70x90_2 kind "reduction" inplace [] (%x: tensor<70x90xi1>) -> tensor<i1> {
  %z = arith.constant false
  %e = tensor.empty() : tensor<i1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<i1>) -> tensor<i1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<70x90xi1>) outs(%f : tensor<i1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.ori %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<i1>
  sched.return %s : tensor<i1>
}

sched.kernel @reduce_i1_ori_5x0_1 kind "reduction" inplace [] (%x: tensor<5x0xi1>) -> tensor<5xi1> {
  %z = arith.constant false
  %e = tensor.empty() : tensor<5xi1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<5xi1>) -> tensor<5xi1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x0xi1>) outs(%f : tensor<5xi1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.ori %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<5xi1>
  sched.return %s : tensor<5xi1>
}

sched.kernel @reduce_i1_andi_21x150_1 kind "reduction" inplace [] (%x: tensor<21x150xi1>) -> tensor<21xi1> {
  %z = arith.constant true
  %e = tensor.empty() : tensor<21xi1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<21xi1>) -> tensor<21xi1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<21x150xi1>) outs(%f : tensor<21xi1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.andi %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<21xi1>
  sched.return %s : tensor<21xi1>
}

sched.kernel @reduce_i1_andi_150x21_0 kind "reduction" inplace [] (%x: tensor<150x21xi1>) -> tensor<21xi1> {
  %z = arith.constant true
  %e = tensor.empty() : tensor<21xi1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<21xi1>) -> tensor<21xi1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<150x21xi1>) outs(%f : tensor<21xi1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.andi %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<21xi1>
  sched.return %s : tensor<21xi1>
}

sched.kernel @reduce_i1_andi_3x4_1 kind "reduction" inplace [] (%x: tensor<3x4xi1>) -> tensor<3xi1> {
  %z = arith.constant true
  %e = tensor.empty() : tensor<3xi1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<3xi1>) -> tensor<3xi1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x4xi1>) outs(%f : tensor<3xi1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.andi %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<3xi1>
  sched.return %s : tensor<3xi1>
}

sched.kernel @reduce_i1_andi_70x90_2 kind "reduction" inplace [] (%x: tensor<70x90xi1>) -> tensor<i1> {
  %z = arith.constant true
  %e = tensor.empty() : tensor<i1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<i1>) -> tensor<i1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<70x90xi1>) outs(%f : tensor<i1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.andi %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<i1>
  sched.return %s : tensor<i1>
}

sched.kernel @reduce_i1_andi_5x0_1 kind "reduction" inplace [] (%x: tensor<5x0xi1>) -> tensor<5xi1> {
  %z = arith.constant true
  %e = tensor.empty() : tensor<5xi1>
  %f = linalg.fill ins(%z : i1) outs(%e : tensor<5xi1>) -> tensor<5xi1>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x0xi1>) outs(%f : tensor<5xi1>) {
  ^bb0(%x0: i1, %o: i1):
    %t = arith.andi %o, %x0 : i1
    linalg.yield %t : i1
  } -> tensor<5xi1>
  sched.return %s : tensor<5xi1>
}

sched.kernel @reduce_i32_addi_21x150_1 kind "reduction" inplace [] (%x: tensor<21x150xi32>) -> tensor<21xi32> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<21xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<21xi32>) -> tensor<21xi32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<21x150xi32>) outs(%f : tensor<21xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.addi %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<21xi32>
  sched.return %s : tensor<21xi32>
}

sched.kernel @reduce_i32_addi_150x21_0 kind "reduction" inplace [] (%x: tensor<150x21xi32>) -> tensor<21xi32> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<21xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<21xi32>) -> tensor<21xi32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<150x21xi32>) outs(%f : tensor<21xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.addi %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<21xi32>
  sched.return %s : tensor<21xi32>
}

sched.kernel @reduce_i32_addi_3x4_1 kind "reduction" inplace [] (%x: tensor<3x4xi32>) -> tensor<3xi32> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<3xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<3xi32>) -> tensor<3xi32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x4xi32>) outs(%f : tensor<3xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.addi %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<3xi32>
  sched.return %s : tensor<3xi32>
}

sched.kernel @reduce_i32_addi_70x90_2 kind "reduction" inplace [] (%x: tensor<70x90xi32>) -> tensor<i32> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<i32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<i32>) -> tensor<i32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<70x90xi32>) outs(%f : tensor<i32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.addi %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<i32>
  sched.return %s : tensor<i32>
}

sched.kernel @reduce_i32_addi_5x0_1 kind "reduction" inplace [] (%x: tensor<5x0xi32>) -> tensor<5xi32> {
  %z = arith.constant 0 : i32
  %e = tensor.empty() : tensor<5xi32>
  %f = linalg.fill ins(%z : i32) outs(%e : tensor<5xi32>) -> tensor<5xi32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x0xi32>) outs(%f : tensor<5xi32>) {
  ^bb0(%x0: i32, %o: i32):
    %t = arith.addi %o, %x0 : i32
    linalg.yield %t : i32
  } -> tensor<5xi32>
  sched.return %s : tensor<5xi32>
}

sched.kernel @reduce_i64_maxsi_21x150_1 kind "reduction" inplace [] (%x: tensor<21x150xi64>) -> tensor<21xi64> {
  %z = arith.constant -9223372036854775808 : i64
  %e = tensor.empty() : tensor<21xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<21xi64>) -> tensor<21xi64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<21x150xi64>) outs(%f : tensor<21xi64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.maxsi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<21xi64>
  sched.return %s : tensor<21xi64>
}

sched.kernel @reduce_i64_maxsi_150x21_0 kind "reduction" inplace [] (%x: tensor<150x21xi64>) -> tensor<21xi64> {
  %z = arith.constant -9223372036854775808 : i64
  %e = tensor.empty() : tensor<21xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<21xi64>) -> tensor<21xi64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%x : tensor<150x21xi64>) outs(%f : tensor<21xi64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.maxsi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<21xi64>
  sched.return %s : tensor<21xi64>
}

sched.kernel @reduce_i64_maxsi_3x4_1 kind "reduction" inplace [] (%x: tensor<3x4xi64>) -> tensor<3xi64> {
  %z = arith.constant -9223372036854775808 : i64
  %e = tensor.empty() : tensor<3xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<3xi64>) -> tensor<3xi64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<3x4xi64>) outs(%f : tensor<3xi64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.maxsi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<3xi64>
  sched.return %s : tensor<3xi64>
}

sched.kernel @reduce_i64_maxsi_70x90_2 kind "reduction" inplace [] (%x: tensor<70x90xi64>) -> tensor<i64> {
  %z = arith.constant -9223372036854775808 : i64
  %e = tensor.empty() : tensor<i64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<i64>) -> tensor<i64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%x : tensor<70x90xi64>) outs(%f : tensor<i64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.maxsi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<i64>
  sched.return %s : tensor<i64>
}

sched.kernel @reduce_i64_maxsi_5x0_1 kind "reduction" inplace [] (%x: tensor<5x0xi64>) -> tensor<5xi64> {
  %z = arith.constant -9223372036854775808 : i64
  %e = tensor.empty() : tensor<5xi64>
  %f = linalg.fill ins(%z : i64) outs(%e : tensor<5xi64>) -> tensor<5xi64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<5x0xi64>) outs(%f : tensor<5xi64>) {
  ^bb0(%x0: i64, %o: i64):
    %t = arith.maxsi %o, %x0 : i64
    linalg.yield %t : i64
  } -> tensor<5xi64>
  sched.return %s : tensor<5xi64>
}
