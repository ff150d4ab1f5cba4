// Elements at computed places: gathers, reversals, windows, padding.
// RUN: gradc-kernel-run %s

sched.kernel @rows_50x96_33_f32 kind "gather" inplace [] (%x: tensor<50x96xf32>, %i: tensor<33xi64>) -> tensor<33x96xf32> attributes {test.range = 50 : i64} {
  %e = tensor.empty() : tensor<33x96xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<33xi64>) outs(%e : tensor<33x96xf32>) {
  ^bb0(%x0: i64, %o: f32):
    %j = arith.index_cast %x0 : i64 to index
    %kz = arith.constant 0 : index
    %kn = arith.constant 49 : index
    %ka = arith.maxsi %j, %kz : index
    %k = arith.minsi %ka, %kn : index
    %c = linalg.index 1 : index
    %g = tensor.extract %x[%k, %c] : tensor<50x96xf32>
    linalg.yield %g : f32
  } -> tensor<33x96xf32>
  sched.return %r : tensor<33x96xf32>
}

sched.kernel @rows_7x3_5_f32 kind "gather" inplace [] (%x: tensor<7x3xf32>, %i: tensor<5xi64>) -> tensor<5x3xf32> attributes {test.range = 7 : i64} {
  %e = tensor.empty() : tensor<5x3xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<5xi64>) outs(%e : tensor<5x3xf32>) {
  ^bb0(%x0: i64, %o: f32):
    %j = arith.index_cast %x0 : i64 to index
    %kz = arith.constant 0 : index
    %kn = arith.constant 6 : index
    %ka = arith.maxsi %j, %kz : index
    %k = arith.minsi %ka, %kn : index
    %c = linalg.index 1 : index
    %g = tensor.extract %x[%k, %c] : tensor<7x3xf32>
    linalg.yield %g : f32
  } -> tensor<5x3xf32>
  sched.return %r : tensor<5x3xf32>
}

sched.kernel @rows_40x65_20_f64 kind "gather" inplace [] (%x: tensor<40x65xf64>, %i: tensor<20xi64>) -> tensor<20x65xf64> attributes {test.range = 40 : i64} {
  %e = tensor.empty() : tensor<20x65xf64>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<20xi64>) outs(%e : tensor<20x65xf64>) {
  ^bb0(%x0: i64, %o: f64):
    %j = arith.index_cast %x0 : i64 to index
    %kz = arith.constant 0 : index
    %kn = arith.constant 39 : index
    %ka = arith.maxsi %j, %kz : index
    %k = arith.minsi %ka, %kn : index
    %c = linalg.index 1 : index
    %g = tensor.extract %x[%k, %c] : tensor<40x65xf64>
    linalg.yield %g : f64
  } -> tensor<20x65xf64>
  sched.return %r : tensor<20x65xf64>
}

sched.kernel @rows_30x37_11_i1 kind "gather" inplace [] (%x: tensor<30x37xi1>, %i: tensor<11xi64>) -> tensor<11x37xi1> attributes {test.range = 30 : i64} {
  %e = tensor.empty() : tensor<11x37xi1>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<11xi64>) outs(%e : tensor<11x37xi1>) {
  ^bb0(%x0: i64, %o: i1):
    %j = arith.index_cast %x0 : i64 to index
    %kz = arith.constant 0 : index
    %kn = arith.constant 29 : index
    %ka = arith.maxsi %j, %kz : index
    %k = arith.minsi %ka, %kn : index
    %c = linalg.index 1 : index
    %g = tensor.extract %x[%k, %c] : tensor<30x37xi1>
    linalg.yield %g : i1
  } -> tensor<11x37xi1>
  sched.return %r : tensor<11x37xi1>
}

sched.kernel @rows_19x40_70_i32 kind "gather" inplace [] (%x: tensor<19x40xi32>, %i: tensor<70xi64>) -> tensor<70x40xi32> attributes {test.range = 19 : i64} {
  %e = tensor.empty() : tensor<70x40xi32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<70xi64>) outs(%e : tensor<70x40xi32>) {
  ^bb0(%x0: i64, %o: i32):
    %j = arith.index_cast %x0 : i64 to index
    %kz = arith.constant 0 : index
    %kn = arith.constant 18 : index
    %ka = arith.maxsi %j, %kz : index
    %k = arith.minsi %ka, %kn : index
    %c = linalg.index 1 : index
    %g = tensor.extract %x[%k, %c] : tensor<19x40xi32>
    linalg.yield %g : i32
  } -> tensor<70x40xi32>
  sched.return %r : tensor<70x40xi32>
}

sched.kernel @last_20x50_37_i64 kind "gather" inplace [] (%x: tensor<20x50xf32>, %i: tensor<20x37xi64>) -> tensor<20x37xf32> attributes {test.range = 50 : i64} {
  %e = tensor.empty() : tensor<20x37xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<20x37xi64>) outs(%e : tensor<20x37xf32>) {
  ^bb0(%x0: i64, %o: f32):
    %j = arith.index_cast %x0 : i64 to index
    %kz = arith.constant 0 : index
    %kn = arith.constant 49 : index
    %ka = arith.maxsi %j, %kz : index
    %k = arith.minsi %ka, %kn : index
    %a = linalg.index 0 : index
    %g = tensor.extract %x[%a, %k] : tensor<20x50xf32>
    linalg.yield %g : f32
  } -> tensor<20x37xf32>
  sched.return %r : tensor<20x37xf32>
}

sched.kernel @last_9x300_130_i32 kind "gather" inplace [] (%x: tensor<9x300xf32>, %i: tensor<9x130xi32>) -> tensor<9x130xf32> attributes {test.range = 300 : i64} {
  %e = tensor.empty() : tensor<9x130xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<9x130xi32>) outs(%e : tensor<9x130xf32>) {
  ^bb0(%x0: i32, %o: f32):
    %j = arith.index_cast %x0 : i32 to index
    %kz = arith.constant 0 : index
    %kn = arith.constant 299 : index
    %ka = arith.maxsi %j, %kz : index
    %k = arith.minsi %ka, %kn : index
    %a = linalg.index 0 : index
    %g = tensor.extract %x[%a, %k] : tensor<9x300xf32>
    linalg.yield %g : f32
  } -> tensor<9x130xf32>
  sched.return %r : tensor<9x130xf32>
}

sched.kernel @last_3x5_4_i64 kind "gather" inplace [] (%x: tensor<3x5xf32>, %i: tensor<3x4xi64>) -> tensor<3x4xf32> attributes {test.range = 5 : i64} {
  %e = tensor.empty() : tensor<3x4xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<3x4xi64>) outs(%e : tensor<3x4xf32>) {
  ^bb0(%x0: i64, %o: f32):
    %j = arith.index_cast %x0 : i64 to index
    %kz = arith.constant 0 : index
    %kn = arith.constant 4 : index
    %ka = arith.maxsi %j, %kz : index
    %k = arith.minsi %ka, %kn : index
    %a = linalg.index 0 : index
    %g = tensor.extract %x[%a, %k] : tensor<3x5xf32>
    linalg.yield %g : f32
  } -> tensor<3x4xf32>
  sched.return %r : tensor<3x4xf32>
}

sched.kernel @columns_33x40_i1 kind "gather" inplace [] (%x: tensor<33x40xi1>, %i: tensor<70xi64>) -> tensor<33x70xi1> attributes {test.range = 40 : i64} {
  %e = tensor.empty() : tensor<33x70xi1>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<70xi64>) outs(%e : tensor<33x70xi1>) {
  ^bb0(%x0: i64, %o: i1):
    %j = arith.index_cast %x0 : i64 to index
    %kz = arith.constant 0 : index
    %kn = arith.constant 39 : index
    %ka = arith.maxsi %j, %kz : index
    %k = arith.minsi %ka, %kn : index
    %a = linalg.index 0 : index
    %g = tensor.extract %x[%a, %k] : tensor<33x40xi1>
    linalg.yield %g : i1
  } -> tensor<33x70xi1>
  sched.return %r : tensor<33x70xi1>
}

sched.kernel @reverse_30x77 kind "gather" inplace [] (%x: tensor<30x77xf32>) -> tensor<30x77xf32> {
  %e = tensor.empty() : tensor<30x77xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<30x77xf32>) {
  ^bb0(%o: f32):
    %a = linalg.index 0 : index
    %b = linalg.index 1 : index
    %n = arith.constant 29 : index
    %m = arith.constant 76 : index
    %p = arith.subi %n, %a : index
    %q = arith.subi %m, %b : index
    %g = tensor.extract %x[%p, %q] : tensor<30x77xf32>
    linalg.yield %g : f32
  } -> tensor<30x77xf32>
  sched.return %r : tensor<30x77xf32>
}

sched.kernel @reverse_3x7 kind "gather" inplace [] (%x: tensor<3x7xf32>) -> tensor<3x7xf32> {
  %e = tensor.empty() : tensor<3x7xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<3x7xf32>) {
  ^bb0(%o: f32):
    %a = linalg.index 0 : index
    %b = linalg.index 1 : index
    %n = arith.constant 2 : index
    %m = arith.constant 6 : index
    %p = arith.subi %n, %a : index
    %q = arith.subi %m, %b : index
    %g = tensor.extract %x[%p, %q] : tensor<3x7xf32>
    linalg.yield %g : f32
  } -> tensor<3x7xf32>
  sched.return %r : tensor<3x7xf32>
}

sched.kernel @every_other_9x61 kind "gather" inplace [] (%x: tensor<9x121xf32>) -> tensor<9x61xf32> {
  %e = tensor.empty() : tensor<9x61xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<9x61xf32>) {
  ^bb0(%o: f32):
    %a = linalg.index 0 : index
    %b = linalg.index 1 : index
    %n = arith.constant 2 : index
    %q = arith.muli %n, %b : index
    %g = tensor.extract %x[%a, %q] : tensor<9x121xf32>
    linalg.yield %g : f32
  } -> tensor<9x61xf32>
  sched.return %r : tensor<9x61xf32>
}

sched.kernel @reflect_5x100_3 kind "gather" inplace [] (%x: tensor<5x100xf32>) -> tensor<5x106xf32> {
  %e = tensor.empty() : tensor<5x106xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<5x106xf32>) {
  ^bb0(%o: f32):
    %a = linalg.index 0 : index
    %b = linalg.index 1 : index
    %p = arith.constant 3 : index
    %z = arith.constant 0 : index
    %n = arith.constant 198 : index
    %q = arith.subi %b, %p : index
    %nq = arith.subi %p, %b : index
    %s = arith.maxsi %q, %nq : index
    %t = arith.subi %n, %s : index
    %u = arith.minsi %s, %t : index
    %g = tensor.extract %x[%a, %u] : tensor<5x100xf32>
    linalg.yield %g : f32
  } -> tensor<5x106xf32>
  sched.return %r : tensor<5x106xf32>
}

sched.kernel @reflect_2x6_2 kind "gather" inplace [] (%x: tensor<2x6xf32>) -> tensor<2x10xf32> {
  %e = tensor.empty() : tensor<2x10xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} outs(%e : tensor<2x10xf32>) {
  ^bb0(%o: f32):
    %a = linalg.index 0 : index
    %b = linalg.index 1 : index
    %p = arith.constant 2 : index
    %z = arith.constant 0 : index
    %n = arith.constant 10 : index
    %q = arith.subi %b, %p : index
    %nq = arith.subi %p, %b : index
    %s = arith.maxsi %q, %nq : index
    %t = arith.subi %n, %s : index
    %u = arith.minsi %s, %t : index
    %g = tensor.extract %x[%a, %u] : tensor<2x6xf32>
    linalg.yield %g : f32
  } -> tensor<2x10xf32>
  sched.return %r : tensor<2x10xf32>
}

sched.kernel @max_pool_3_2_1 kind "gather" inplace [] (%x: tensor<2x5x17x37xf32>) -> tensor<2x5x9x19xf32> {
  %win = tensor.empty() : tensor<3x3xf32>
  %e = tensor.empty() : tensor<2x5x9x19xf32>
  %i = arith.constant 0xFF800000 : f32
  %f = linalg.fill ins(%i : f32) outs(%e : tensor<2x5x9x19xf32>) -> tensor<2x5x9x19xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5)>, affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%win : tensor<3x3xf32>) outs(%f : tensor<2x5x9x19xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %n = linalg.index 0 : index
    %c = linalg.index 1 : index
    %y = linalg.index 2 : index
    %x9 = linalg.index 3 : index
    %ky = linalg.index 4 : index
    %kx = linalg.index 5 : index
    %s = arith.constant 2 : index
    %p = arith.constant 1 : index
    %zero = arith.constant 0 : index
    %hh = arith.constant 17 : index
    %ww = arith.constant 37 : index
    %y1 = arith.muli %y, %s : index
    %y2 = arith.addi %y1, %ky : index
    %y3 = arith.subi %y2, %p : index
    %w1 = arith.muli %x9, %s : index
    %w2 = arith.addi %w1, %kx : index
    %w3 = arith.subi %w2, %p : index
    %ycz = arith.constant 0 : index
    %ycn = arith.constant 16 : index
    %yca = arith.maxsi %y3, %ycz : index
    %yc = arith.minsi %yca, %ycn : index
    %wcz = arith.constant 0 : index
    %wcn = arith.constant 36 : index
    %wca = arith.maxsi %w3, %wcz : index
    %wc = arith.minsi %wca, %wcn : index
    %g = tensor.extract %x[%n, %c, %yc, %wc] : tensor<2x5x17x37xf32>
    %in1 = arith.cmpi eq, %yc, %y3 : index
    %in2 = arith.cmpi eq, %wc, %w3 : index
    %in = arith.andi %in1, %in2 : i1
    %none = arith.constant 0xFF800000 : f32
    %v = arith.select %in, %g, %none : f32
    %t = arith.maximumf %o, %v : f32
    linalg.yield %t : f32
  } -> tensor<2x5x9x19xf32>
  sched.return %r : tensor<2x5x9x19xf32>
}

sched.kernel @max_pool_2_2_0 kind "gather" inplace [] (%x: tensor<3x4x20x90xf32>) -> tensor<3x4x10x45xf32> {
  %win = tensor.empty() : tensor<2x2xf32>
  %e = tensor.empty() : tensor<3x4x10x45xf32>
  %i = arith.constant 0xFF800000 : f32
  %f = linalg.fill ins(%i : f32) outs(%e : tensor<3x4x10x45xf32>) -> tensor<3x4x10x45xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5)>, affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%win : tensor<2x2xf32>) outs(%f : tensor<3x4x10x45xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %n = linalg.index 0 : index
    %c = linalg.index 1 : index
    %y = linalg.index 2 : index
    %x9 = linalg.index 3 : index
    %ky = linalg.index 4 : index
    %kx = linalg.index 5 : index
    %s = arith.constant 2 : index
    %p = arith.constant 0 : index
    %zero = arith.constant 0 : index
    %hh = arith.constant 20 : index
    %ww = arith.constant 90 : index
    %y1 = arith.muli %y, %s : index
    %y2 = arith.addi %y1, %ky : index
    %y3 = arith.subi %y2, %p : index
    %w1 = arith.muli %x9, %s : index
    %w2 = arith.addi %w1, %kx : index
    %w3 = arith.subi %w2, %p : index
    %ycz = arith.constant 0 : index
    %ycn = arith.constant 19 : index
    %yca = arith.maxsi %y3, %ycz : index
    %yc = arith.minsi %yca, %ycn : index
    %wcz = arith.constant 0 : index
    %wcn = arith.constant 89 : index
    %wca = arith.maxsi %w3, %wcz : index
    %wc = arith.minsi %wca, %wcn : index
    %g = tensor.extract %x[%n, %c, %yc, %wc] : tensor<3x4x20x90xf32>
    %in1 = arith.cmpi eq, %yc, %y3 : index
    %in2 = arith.cmpi eq, %wc, %w3 : index
    %in = arith.andi %in1, %in2 : i1
    %none = arith.constant 0xFF800000 : f32
    %v = arith.select %in, %g, %none : f32
    %t = arith.maximumf %o, %v : f32
    linalg.yield %t : f32
  } -> tensor<3x4x10x45xf32>
  sched.return %r : tensor<3x4x10x45xf32>
}

sched.kernel @sum_pool_3_1_1 kind "gather" inplace [] (%x: tensor<2x3x9x50xf32>) -> tensor<2x3x9x50xf32> {
  %win = tensor.empty() : tensor<3x3xf32>
  %e = tensor.empty() : tensor<2x3x9x50xf32>
  %i = arith.constant 0.0 : f32
  %f = linalg.fill ins(%i : f32) outs(%e : tensor<2x3x9x50xf32>) -> tensor<2x3x9x50xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5)>, affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%win : tensor<3x3xf32>) outs(%f : tensor<2x3x9x50xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %n = linalg.index 0 : index
    %c = linalg.index 1 : index
    %y = linalg.index 2 : index
    %x9 = linalg.index 3 : index
    %ky = linalg.index 4 : index
    %kx = linalg.index 5 : index
    %s = arith.constant 1 : index
    %p = arith.constant 1 : index
    %zero = arith.constant 0 : index
    %hh = arith.constant 9 : index
    %ww = arith.constant 50 : index
    %y1 = arith.muli %y, %s : index
    %y2 = arith.addi %y1, %ky : index
    %y3 = arith.subi %y2, %p : index
    %w1 = arith.muli %x9, %s : index
    %w2 = arith.addi %w1, %kx : index
    %w3 = arith.subi %w2, %p : index
    %ycz = arith.constant 0 : index
    %ycn = arith.constant 8 : index
    %yca = arith.maxsi %y3, %ycz : index
    %yc = arith.minsi %yca, %ycn : index
    %wcz = arith.constant 0 : index
    %wcn = arith.constant 49 : index
    %wca = arith.maxsi %w3, %wcz : index
    %wc = arith.minsi %wca, %wcn : index
    %g = tensor.extract %x[%n, %c, %yc, %wc] : tensor<2x3x9x50xf32>
    %in1 = arith.cmpi eq, %yc, %y3 : index
    %in2 = arith.cmpi eq, %wc, %w3 : index
    %in = arith.andi %in1, %in2 : i1
    %none = arith.constant 0.0 : f32
    %v = arith.select %in, %g, %none : f32
    %t = arith.addf %o, %v : f32
    linalg.yield %t : f32
  } -> tensor<2x3x9x50xf32>
  sched.return %r : tensor<2x3x9x50xf32>
}

sched.kernel @sum_pool_7_1_3 kind "gather" inplace [] (%x: tensor<1x2x12x40xf32>) -> tensor<1x2x12x40xf32> {
  %win = tensor.empty() : tensor<7x7xf32>
  %e = tensor.empty() : tensor<1x2x12x40xf32>
  %i = arith.constant 0.0 : f32
  %f = linalg.fill ins(%i : f32) outs(%e : tensor<1x2x12x40xf32>) -> tensor<1x2x12x40xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5)>, affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%win : tensor<7x7xf32>) outs(%f : tensor<1x2x12x40xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %n = linalg.index 0 : index
    %c = linalg.index 1 : index
    %y = linalg.index 2 : index
    %x9 = linalg.index 3 : index
    %ky = linalg.index 4 : index
    %kx = linalg.index 5 : index
    %s = arith.constant 1 : index
    %p = arith.constant 3 : index
    %zero = arith.constant 0 : index
    %hh = arith.constant 12 : index
    %ww = arith.constant 40 : index
    %y1 = arith.muli %y, %s : index
    %y2 = arith.addi %y1, %ky : index
    %y3 = arith.subi %y2, %p : index
    %w1 = arith.muli %x9, %s : index
    %w2 = arith.addi %w1, %kx : index
    %w3 = arith.subi %w2, %p : index
    %ycz = arith.constant 0 : index
    %ycn = arith.constant 11 : index
    %yca = arith.maxsi %y3, %ycz : index
    %yc = arith.minsi %yca, %ycn : index
    %wcz = arith.constant 0 : index
    %wcn = arith.constant 39 : index
    %wca = arith.maxsi %w3, %wcz : index
    %wc = arith.minsi %wca, %wcn : index
    %g = tensor.extract %x[%n, %c, %yc, %wc] : tensor<1x2x12x40xf32>
    %in1 = arith.cmpi eq, %yc, %y3 : index
    %in2 = arith.cmpi eq, %wc, %w3 : index
    %in = arith.andi %in1, %in2 : i1
    %none = arith.constant 0.0 : f32
    %v = arith.select %in, %g, %none : f32
    %t = arith.addf %o, %v : f32
    linalg.yield %t : f32
  } -> tensor<1x2x12x40xf32>
  sched.return %r : tensor<1x2x12x40xf32>
}

sched.kernel @sum_pool_2_2_0_small kind "gather" inplace [] (%x: tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32> {
  %win = tensor.empty() : tensor<2x2xf32>
  %e = tensor.empty() : tensor<1x2x2x2xf32>
  %i = arith.constant 0.0 : f32
  %f = linalg.fill ins(%i : f32) outs(%e : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5)>, affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%win : tensor<2x2xf32>) outs(%f : tensor<1x2x2x2xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %n = linalg.index 0 : index
    %c = linalg.index 1 : index
    %y = linalg.index 2 : index
    %x9 = linalg.index 3 : index
    %ky = linalg.index 4 : index
    %kx = linalg.index 5 : index
    %s = arith.constant 2 : index
    %p = arith.constant 0 : index
    %zero = arith.constant 0 : index
    %hh = arith.constant 4 : index
    %ww = arith.constant 4 : index
    %y1 = arith.muli %y, %s : index
    %y2 = arith.addi %y1, %ky : index
    %y3 = arith.subi %y2, %p : index
    %w1 = arith.muli %x9, %s : index
    %w2 = arith.addi %w1, %kx : index
    %w3 = arith.subi %w2, %p : index
    %ycz = arith.constant 0 : index
    %ycn = arith.constant 3 : index
    %yca = arith.maxsi %y3, %ycz : index
    %yc = arith.minsi %yca, %ycn : index
    %wcz = arith.constant 0 : index
    %wcn = arith.constant 3 : index
    %wca = arith.maxsi %w3, %wcz : index
    %wc = arith.minsi %wca, %wcn : index
    %g = tensor.extract %x[%n, %c, %yc, %wc] : tensor<1x2x4x4xf32>
    %in1 = arith.cmpi eq, %yc, %y3 : index
    %in2 = arith.cmpi eq, %wc, %w3 : index
    %in = arith.andi %in1, %in2 : i1
    %none = arith.constant 0.0 : f32
    %v = arith.select %in, %g, %none : f32
    %t = arith.addf %o, %v : f32
    linalg.yield %t : f32
  } -> tensor<1x2x2x2xf32>
  sched.return %r : tensor<1x2x2x2xf32>
}

sched.kernel @window_sum_4x100_5 kind "gather" inplace [] (%x: tensor<4x100xf32>) -> tensor<4x96xf32> {
  %win = tensor.empty() : tensor<5xf32>
  %e = tensor.empty() : tensor<4x96xf32>
  %i = arith.constant 0.0 : f32
  %f = linalg.fill ins(%i : f32) outs(%e : tensor<4x96xf32>) -> tensor<4x96xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%win : tensor<5xf32>) outs(%f : tensor<4x96xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %a = linalg.index 0 : index
    %b = linalg.index 1 : index
    %k = linalg.index 2 : index
    %q = arith.addi %k, %b : index
    %g = tensor.extract %x[%a, %q] : tensor<4x100xf32>
    %t = arith.addf %o, %g : f32
    linalg.yield %t : f32
  } -> tensor<4x96xf32>
  sched.return %r : tensor<4x96xf32>
}

sched.kernel @window_weights_4x100_5 kind "gather" inplace [] (%x: tensor<4x100xf32>, %w: tensor<5xf32>) -> tensor<4x96xf32> {
  %e = tensor.empty() : tensor<4x96xf32>
  %i = arith.constant 0.0 : f32
  %f = linalg.fill ins(%i : f32) outs(%e : tensor<4x96xf32>) -> tensor<4x96xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%w : tensor<5xf32>) outs(%f : tensor<4x96xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %a = linalg.index 0 : index
    %b = linalg.index 1 : index
    %k = linalg.index 2 : index
    %q = arith.addi %k, %b : index
    %g = tensor.extract %x[%a, %q] : tensor<4x100xf32>
    %m = arith.mulf %g, %x0 : f32
    %t = arith.addf %o, %m : f32
    linalg.yield %t : f32
  } -> tensor<4x96xf32>
  sched.return %r : tensor<4x96xf32>
}

// The place of a row's maximum, then another tensor there.
sched.kernel @value_at_maximum kind "gather" inplace [] (%x: tensor<12x90xf32>, %y: tensor<12x90xf32>) -> (tensor<12xi64>, tensor<12xf32>) {
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<12xf32>
  %f = linalg.fill ins(%low : f32) outs(%e : tensor<12xf32>) -> tensor<12xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<12x90xf32>) outs(%f : tensor<12xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<12xf32>
  %high = arith.constant 9223372036854775807 : i64
  %ei = tensor.empty() : tensor<12xi64>
  %fi = linalg.fill ins(%high : i64) outs(%ei : tensor<12xi64>) -> tensor<12xi64>
  %i = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x, %m : tensor<12x90xf32>, tensor<12xf32>) outs(%fi : tensor<12xi64>) {
  ^bb0(%x0: f32, %x1: f32, %o: i64):
    %is = arith.cmpf oeq, %x0, %x1 : f32
    %j = linalg.index 1 : index
    %k = arith.index_cast %j : index to i64
    %big = arith.constant 9223372036854775807 : i64
    %s = arith.select %is, %k, %big : i64
    %r = arith.minsi %o, %s : i64
    linalg.yield %r : i64
  } -> tensor<12xi64>
  %g = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%i : tensor<12xi64>) outs(%e : tensor<12xf32>) {
  ^bb0(%x0: i64, %o: f32):
    %a = linalg.index 0 : index
    %j = arith.index_cast %x0 : i64 to index
    %z = arith.constant 0 : index
    %n = arith.constant 89 : index
    %p = arith.maxsi %j, %z : index
    %q = arith.minsi %p, %n : index
    %v = tensor.extract %y[%a, %q] : tensor<12x90xf32>
    linalg.yield %v : f32
  } -> tensor<12xf32>
  sched.return %i, %g : tensor<12xi64>, tensor<12xf32>
}
