// What the CPU cannot emit is an error that says why.
// RUN: gradc-opt %s --split-input-file --verify-diagnostics "--cpu-emit-kernels=vector-bits=256 registers=16"

// expected-error @below {{cannot emit kernel 'dynamic': a shape is not static, got 'tensor<?xf32>'}}
sched.kernel @dynamic kind "rows" inplace [] (%a: tensor<?xf32>) -> tensor<?xf32> {
  sched.return %a : tensor<?xf32>
}

// -----

// expected-error @below {{cannot emit kernel 'quad': expected elements of f16, bf16, f32, f64, i8, i16, i32, i64 or i1, got 'tensor<4xf128>'}}
sched.kernel @quad kind "rows" inplace [] (%a: tensor<4xf128>) -> tensor<4xf128> {
  sched.return %a : tensor<4xf128>
}

// -----

// expected-error @below {{cannot emit kernel 'pad': 'tensor.pad' has no place in a kernel}}
sched.kernel @pad kind "rows" inplace [] (%a: tensor<4xf32>) -> tensor<6xf32> {
  %z = arith.constant 0.0 : f32
  %p = tensor.pad %a low[1] high[1] {
  ^bb0(%i: index):
    tensor.yield %z : f32
  } : tensor<4xf32> to tensor<6xf32>
  sched.return %p : tensor<6xf32>
}

// -----

// The transpose of an intermediate makes its two loops one.
#id = affine_map<(d0, d1) -> (d0, d1)>
#tr = affine_map<(d0, d1) -> (d1, d0)>
// expected-error @below {{cannot emit kernel 'itself': two loops of one op would be the same dim: not one kernel}}
sched.kernel @itself kind "rows" inplace [] (%a: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %e = tensor.empty() : tensor<64x64xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
  ^bb0(%x: f32, %o: f32):
    %n = arith.negf %x : f32
    linalg.yield %n : f32
  } -> tensor<64x64xf32>
  %1 = linalg.generic {indexing_maps = [#id, #tr, #id], iterator_types = ["parallel", "parallel"]} ins(%0, %0 : tensor<64x64xf32>, tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %n = arith.addf %x, %y : f32
    linalg.yield %n : f32
  } -> tensor<64x64xf32>
  sched.return %1 : tensor<64x64xf32>
}

// -----

// The argument is read across the rows that are written.
#id = affine_map<(d0, d1) -> (d0, d1)>
#tr = affine_map<(d0, d1) -> (d1, d0)>
// expected-error @below {{cannot emit kernel 'across': result 0 may not overwrite argument 0}}
sched.kernel @across kind "rows" inplace [0, 0] (%a: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %e = tensor.empty() : tensor<64x64xf32>
  %1 = linalg.generic {indexing_maps = [#id, #tr, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %a : tensor<64x64xf32>, tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %n = arith.addf %x, %y : f32
    linalg.yield %n : f32
  } -> tensor<64x64xf32>
  sched.return %1 : tensor<64x64xf32>
}

// -----

// expected-error @below {{cannot emit kernel 'unset': the content of a tensor.empty is read}}
sched.kernel @unset kind "rows" inplace [] () -> tensor<64x64xf32> {
  %e = tensor.empty() : tensor<64x64xf32>
  sched.return %e : tensor<64x64xf32>
}

// -----

sched.kernel @copy kind "rows" inplace [] (%a: tensor<4xf32>) -> tensor<4xf32> {
  sched.return %a : tensor<4xf32>
}
func.func @strided(%a: memref<4xf32, strided<[2]>>, %b: memref<4xf32>) {
  // expected-error @below {{expected contiguous buffers, got an operand of type 'memref<4xf32, strided<[2]>>'}}
  sched.launch @copy(%a) outs(%b) inplace [] : (memref<4xf32, strided<[2]>>, memref<4xf32>) -> ()
  return
}

// -----

// expected-error @below {{cannot emit kernel 'cbrt': 'math.cbrt' has no vector form yet}}
sched.kernel @cbrt kind "rows" inplace [] (%s: f32) -> tensor<f32> {
  %r = math.cbrt %s : f32
  %e = tensor.empty() : tensor<f32>
  %0 = linalg.fill ins(%r : f32) outs(%e : tensor<f32>) -> tensor<f32>
  sched.return %0 : tensor<f32>
}

// -----

// expected-error @below {{cannot emit kernel 'half_sum': a reduction of index, f16 or bf16 elements: accumulate in i64 or f32}}
sched.kernel @half_sum kind "rows" inplace [] (%a: tensor<400xf16>) -> tensor<f16> {
  %z = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<f16>
  %f = linalg.fill ins(%z : f16) outs(%e : tensor<f16>) -> tensor<f16>
  %s = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%a : tensor<400xf16>) outs(%f : tensor<f16>) {
  ^bb0(%x: f16, %o: f16):
    %t = arith.addf %o, %x : f16
    linalg.yield %t : f16
  } -> tensor<f16>
  sched.return %s : tensor<f16>
}

// -----

// expected-error @below {{cannot emit kernel 'made_inside': a tensor that is read at computed places is made in the kernel: not one kernel}}
sched.kernel @made_inside kind "rows" inplace [] (%a: tensor<400xf32>) -> tensor<400xf32> {
  %e = tensor.empty() : tensor<400xf32>
  %n = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a : tensor<400xf32>) outs(%e : tensor<400xf32>) {
  ^bb0(%x: f32, %o: f32):
    %t = arith.negf %x : f32
    linalg.yield %t : f32
  } -> tensor<400xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%e : tensor<400xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %c = arith.constant 399 : index
    %j = arith.subi %c, %i : index
    %t = tensor.extract %n[%j] : tensor<400xf32>
    linalg.yield %t : f32
  } -> tensor<400xf32>
  sched.return %s : tensor<400xf32>
}
