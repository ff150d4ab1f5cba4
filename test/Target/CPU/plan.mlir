// The plan of a kernel: its form, dims, nests and sweeps, and what its results may overwrite.
// RUN: gradc-opt %s "--cpu-emit-kernels=print-plan vector-bits=256 registers=16 share-from=1e9" -o %t.mlir 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=CODE --input-file=%t.mlir

// No math op is left that is not an instruction, no kernel, no launch.
// CODE-NOT: math.exp
// CODE-NOT: math.rsqrt
// CODE-NOT: math.tanh
// CODE-NOT: sched.
// CODE-DAG: func.func private @softmax_300x500_f32.cpu(
// CODE-DAG: func.func private @chain_4096.cpu(%{{.*}}: !llvm.ptr {llvm.noalias, llvm.readonly}, %{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: !llvm.ptr {llvm.noalias})
// CODE-NOT: math.tanh

// The maximum and the sum of a row cost a sweep each.
// CHECK-LABEL: kernel @softmax_300x500_f32: form rows, dims d0=300 d1=500(vector)
// CHECK: [[X:n[0-9]+]] = load a0[d0*500 + d1]
// CHECK: [[MAX:n[0-9]+]] = reduce max {d1} [[X]] over {d0} stage 1 phase 0
// CHECK: [[EXP:n[0-9]+]] = math.exp
// CHECK: [[SUM:n[0-9]+]] = reduce add {d1} [[EXP]] over {d0} stage 2 phase 0
// CHECK: nest phase 0 outer {d0} stores r0 at stage 2
// CHECK: inplace (a0, r0)
sched.kernel @softmax_300x500_f32 kind "rows" inplace [] (%a0: tensor<300x500xf32>) -> tensor<300x500xf32> {
  %c1 = arith.constant 0xFF800000 : f32
  %v2 = tensor.empty() : tensor<300xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<300xf32>) -> tensor<300xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<300x500xf32>) outs(%v3 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.maximumf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v5 = tensor.empty() : tensor<300x500xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v4 : tensor<300x500xf32>, tensor<300xf32>) outs(%v5 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %d = arith.subf %x0, %x1 : f32
    %r = math.exp %d : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  %c7 = arith.constant 0.0 : f32
  %v8 = tensor.empty() : tensor<300xf32>
  %v9 = linalg.fill ins(%c7 : f32) outs(%v8 : tensor<300xf32>) -> tensor<300xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v6 : tensor<300x500xf32>) outs(%v9 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v11 = tensor.empty() : tensor<300x500xf32>
  %v12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v6, %v10 : tensor<300x500xf32>, tensor<300xf32>) outs(%v11 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.divf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  sched.return %v12 : tensor<300x500xf32>
}

// Outputs and column sums are siblings in one pass; the last sweep's output may overwrite what it reads.
// CHECK-LABEL: kernel @layer_norm_300x500: form rows
// CHECK: nest phase 0 outer {d0} sums over {d0} [[DW:n[0-9]+]] [[DB:n[0-9]+]] stores r0 at stage 2 stores r1 at stage 3
// CHECK-NOT: nest
// CHECK: r2 = [[DW]][d1]
// CHECK: r3 = [[DB]][d1]
// CHECK: inplace (a0, r1) (a3, r1)
sched.kernel @layer_norm_300x500 kind "rows" inplace [] (%a0: tensor<300x500xf32>, %a1: tensor<500xf32>, %a2: tensor<500xf32>, %a3: tensor<300x500xf32>) -> (tensor<300x500xf32>, tensor<300x500xf32>, tensor<500xf32>, tensor<500xf32>) {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<300xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<300xf32>) -> tensor<300xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%a0 : tensor<300x500xf32>) outs(%v3 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v5 = tensor.empty() : tensor<300xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v4 : tensor<300xf32>) outs(%v5 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.002 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v7 = tensor.empty() : tensor<300x500xf32>
  %v8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a0, %v6 : tensor<300x500xf32>, tensor<300xf32>) outs(%v7 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.subf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  %v9 = tensor.empty() : tensor<300x500xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8 : tensor<300x500xf32>) outs(%v9 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.mulf %x0, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  %c11 = arith.constant 0.0 : f32
  %v12 = tensor.empty() : tensor<300xf32>
  %v13 = linalg.fill ins(%c11 : f32) outs(%v12 : tensor<300xf32>) -> tensor<300xf32>
  %v14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v10 : tensor<300x500xf32>) outs(%v13 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v15 = tensor.empty() : tensor<300xf32>
  %v16 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v14 : tensor<300xf32>) outs(%v15 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.002 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v17 = tensor.empty() : tensor<300xf32>
  %v18 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v16 : tensor<300xf32>) outs(%v17 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %e = arith.constant 1.0e-5 : f32
    %a = arith.addf %x0, %e : f32
    %r = math.rsqrt %a : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v19 = tensor.empty() : tensor<300x500xf32>
  %v20 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v8, %v18 : tensor<300x500xf32>, tensor<300xf32>) outs(%v19 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  %v21 = tensor.empty() : tensor<300x500xf32>
  %v22 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v20, %a1, %a2 : tensor<300x500xf32>, tensor<500xf32>, tensor<500xf32>) outs(%v21 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %o: f32):
    %a = arith.mulf %x0, %x1 : f32
    %r = arith.addf %a, %x2 : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  %v23 = tensor.empty() : tensor<300x500xf32>
  %v24 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %a1 : tensor<300x500xf32>, tensor<500xf32>) outs(%v23 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  %c25 = arith.constant 0.0 : f32
  %v26 = tensor.empty() : tensor<300xf32>
  %v27 = linalg.fill ins(%c25 : f32) outs(%v26 : tensor<300xf32>) -> tensor<300xf32>
  %v28 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v24 : tensor<300x500xf32>) outs(%v27 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v29 = tensor.empty() : tensor<300xf32>
  %v30 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v28 : tensor<300xf32>) outs(%v29 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.002 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v31 = tensor.empty() : tensor<300x500xf32>
  %v32 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20 : tensor<300x500xf32>, tensor<300x500xf32>) outs(%v31 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  %c33 = arith.constant 0.0 : f32
  %v34 = tensor.empty() : tensor<300xf32>
  %v35 = linalg.fill ins(%c33 : f32) outs(%v34 : tensor<300xf32>) -> tensor<300xf32>
  %v36 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%v32 : tensor<300x500xf32>) outs(%v35 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v37 = tensor.empty() : tensor<300xf32>
  %v38 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%v36 : tensor<300xf32>) outs(%v37 : tensor<300xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.002 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<300xf32>
  %v39 = tensor.empty() : tensor<300x500xf32>
  %v40 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%v24, %v20, %v30, %v38, %v18 : tensor<300x500xf32>, tensor<300x500xf32>, tensor<300xf32>, tensor<300xf32>, tensor<300xf32>) outs(%v39 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %x1: f32, %x2: f32, %x3: f32, %x4: f32, %o: f32):
    %p = arith.mulf %x1, %x3 : f32
    %q = arith.subf %x0, %x2 : f32
    %s = arith.subf %q, %p : f32
    %r = arith.mulf %s, %x4 : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  %v41 = tensor.empty() : tensor<300x500xf32>
  %v42 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a3, %v20 : tensor<300x500xf32>, tensor<300x500xf32>) outs(%v41 : tensor<300x500xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.mulf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<300x500xf32>
  %c43 = arith.constant 0.0 : f32
  %v44 = tensor.empty() : tensor<500xf32>
  %v45 = linalg.fill ins(%c43 : f32) outs(%v44 : tensor<500xf32>) -> tensor<500xf32>
  %v46 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%v42 : tensor<300x500xf32>) outs(%v45 : tensor<500xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<500xf32>
  %c47 = arith.constant 0.0 : f32
  %v48 = tensor.empty() : tensor<500xf32>
  %v49 = linalg.fill ins(%c47 : f32) outs(%v48 : tensor<500xf32>) -> tensor<500xf32>
  %v50 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%a3 : tensor<300x500xf32>) outs(%v49 : tensor<500xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<500xf32>
  sched.return %v22, %v40, %v46, %v50 : tensor<300x500xf32>, tensor<300x500xf32>, tensor<500xf32>, tensor<500xf32>
}

// The factors are read by every tile; what the epilogue adds is read where it is written.
// CHECK-LABEL: kernel @matmul_nt_64x100x128_f32: form contraction, dims d0=64 d1=100(vector) d2=128
// CHECK: [[C:n[0-9]+]] = contract {d2} n0 n1 over {d0 d1}
// CHECK: inplace (a2, r0)
sched.kernel @matmul_nt_64x100x128_f32 kind "contraction" inplace [] (%a0: tensor<64x128xf32>, %a1: tensor<100x128xf32>, %a2: tensor<64x100xf32>) -> tensor<64x100xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<64x100xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<64x100xf32>) -> tensor<64x100xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<64x128xf32>, tensor<100x128xf32>) outs(%v3 : tensor<64x100xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %p = arith.mulf %x0, %x1 : f32
    %r = arith.addf %o, %p : f32
    linalg.yield %r : f32
  } -> tensor<64x100xf32>
  %v5 = tensor.empty() : tensor<64x100xf32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%a2, %v4 : tensor<64x100xf32>, tensor<64x100xf32>) outs(%v5 : tensor<64x100xf32>) {
  ^bb0(%x0: f32, %x1: f32, %o: f32):
    %r = arith.addf %x0, %x1 : f32
    linalg.yield %r : f32
  } -> tensor<64x100xf32>
  sched.return %v6 : tensor<64x100xf32>
}

// All dims of one tensor are one; the gradient shares tanh with the loss.
// CHECK-LABEL: kernel @chain_4096: form rows, dims d0=4096(vector)
// CHECK: math.tanh
// CHECK-NOT: math.tanh
// CHECK: inplace (a0, r1)
sched.kernel @chain_4096 kind "rows" inplace [] (%a0: tensor<4096xf32>) -> (tensor<f32>, tensor<4096xf32>) {
  %v1 = tensor.empty() : tensor<4096xf32>
  %v2 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<4096xf32>) outs(%v1 : tensor<4096xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %t = math.tanh %x0 : f32
    %c = arith.constant 2.0 : f32
    %y = arith.addf %t, %c : f32
    %z = arith.mulf %y, %y : f32
    %k = arith.constant 3.0 : f32
    %r = arith.mulf %z, %k : f32
    linalg.yield %r : f32
  } -> tensor<4096xf32>
  %c3 = arith.constant 0.0 : f32
  %v4 = tensor.empty() : tensor<f32>
  %v5 = linalg.fill ins(%c3 : f32) outs(%v4 : tensor<f32>) -> tensor<f32>
  %v6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%v2 : tensor<4096xf32>) outs(%v5 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %r = arith.addf %o, %x0 : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  %v7 = tensor.empty() : tensor<f32>
  %v8 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%v6 : tensor<f32>) outs(%v7 : tensor<f32>) {
  ^bb0(%x0: f32, %o: f32):
    %c = arith.constant 0.000244140625 : f32
    %r = arith.mulf %x0, %c : f32
    linalg.yield %r : f32
  } -> tensor<f32>
  %v9 = tensor.empty() : tensor<4096xf32>
  %v10 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%a0 : tensor<4096xf32>) outs(%v9 : tensor<4096xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %t = math.tanh %x0 : f32
    %c = arith.constant 2.0 : f32
    %y = arith.addf %t, %c : f32
    %k = arith.constant 0.00146484375 : f32
    %u = arith.mulf %y, %k : f32
    %q = arith.mulf %t, %t : f32
    %e = arith.constant 1.0 : f32
    %w = arith.subf %e, %q : f32
    %r = arith.mulf %u, %w : f32
    linalg.yield %r : f32
  } -> tensor<4096xf32>
  sched.return %v8, %v10 : tensor<f32>, tensor<4096xf32>
}

// Small: in registers, whatever it is; all arguments are read before anything is written.
// CHECK-LABEL: kernel @matmul_nn_4x4x4_f32: form tiny
// CHECK: inplace (a0, r0) (a1, r0) (a2, r0)
sched.kernel @matmul_nn_4x4x4_f32 kind "contraction" inplace [] (%a0: tensor<4x4xf32>, %a1: tensor<4x4xf32>, %a2: tensor<4xf32>) -> tensor<4x4xf32> {
  %c1 = arith.constant 0.0 : f32
  %v2 = tensor.empty() : tensor<4x4xf32>
  %v3 = linalg.fill ins(%c1 : f32) outs(%v2 : tensor<4x4xf32>) -> tensor<4x4xf32>
  %v4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%a0, %a1 : tensor<4x4xf32>, tensor<4x4xf32>) outs(%v3 : tensor<4x4xf32>) {
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

// An index that is linear in the loops is part of the access: a reversal is a load backwards, a
// window of two a load of every other element; what is read at computed places is not overwritten.
// CHECK-LABEL: kernel @reverse_900: form rows
// CHECK: load a0[899 + d0*-1]
// CHECK: inplace{{$}}
sched.kernel @reverse_900 kind "move" inplace [] (%x: tensor<900xf32>) -> tensor<900xf32> {
  %e = tensor.empty() : tensor<900xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%e : tensor<900xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %n = arith.constant 899 : index
    %j = arith.subi %n, %i : index
    %g = tensor.extract %x[%j] : tensor<900xf32>
    linalg.yield %g : f32
  } -> tensor<900xf32>
  sched.return %r : tensor<900xf32>
}

// CHECK-LABEL: kernel @window_10x200: form rows, dims d0=2000(vector) d2=2
// CHECK: load a0[d0*2 + d2]
// CHECK-NOT: maxsi
// CHECK: unrolled reduce max {d2}
// CHECK: inplace{{$}}
sched.kernel @window_10x200 kind "reduction" inplace [] (%x: tensor<10x400xf32>) -> tensor<10x200xf32> {
  %low = arith.constant 0xFF800000 : f32
  %w = tensor.empty() : tensor<2xf32>
  %e = tensor.empty() : tensor<10x200xf32>
  %f = linalg.fill ins(%low : f32) outs(%e : tensor<10x200xf32>) -> tensor<10x200xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%w : tensor<2xf32>) outs(%f : tensor<10x200xf32>) {
  ^bb0(%x0: f32, %o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %k = linalg.index 2 : index
    %two = arith.constant 2 : index
    %zero = arith.constant 0 : index
    %end = arith.constant 399 : index
    %p = arith.muli %j, %two : index
    %q = arith.addi %p, %k : index
    %a = arith.maxsi %q, %zero : index
    %b = arith.minsi %a, %end : index
    %g = tensor.extract %x[%i, %b] : tensor<10x400xf32>
    %m = arith.maximumf %o, %g : f32
    linalg.yield %m : f32
  } -> tensor<10x200xf32>
  sched.return %r : tensor<10x200xf32>
}

// CHECK-LABEL: kernel @rows_900: form rows
// CHECK: gather a0[d1] steps 900
// CHECK: inplace{{$}}
sched.kernel @rows_900 kind "elementwise" inplace [] (%x: tensor<5x900xf32>, %i: tensor<5xi64>) -> tensor<5x900xf32> {
  %e = tensor.empty() : tensor<5x900xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i, %x : tensor<5xi64>, tensor<5x900xf32>) outs(%e : tensor<5x900xf32>) {
  ^bb0(%x0: i64, %x1: f32, %o: f32):
    %c = linalg.index 1 : index
    %j = arith.index_cast %x0 : i64 to index
    %g = tensor.extract %x[%j, %c] : tensor<5x900xf32>
    %s = arith.addf %x1, %g : f32
    linalg.yield %s : f32
  } -> tensor<5x900xf32>
  sched.return %r : tensor<5x900xf32>
}

// A value is looked at once, however many paths lead to it: here 2 to the 64th.
// CHECK-LABEL: kernel @shared_operands: form rows
// CHECK: nest phase 0
sched.kernel @shared_operands kind "elementwise" inplace [] (%x: tensor<1000xf32>) -> tensor<1000xf32> {
  %e = tensor.empty() : tensor<1000xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<1000xf32>) outs(%e : tensor<1000xf32>) {
  ^bb0(%v0: f32, %o: f32):
    %v1 = arith.addf %v0, %v0 : f32
    %v2 = arith.mulf %v1, %v1 : f32
    %v3 = arith.addf %v2, %v2 : f32
    %v4 = arith.mulf %v3, %v3 : f32
    %v5 = arith.addf %v4, %v4 : f32
    %v6 = arith.mulf %v5, %v5 : f32
    %v7 = arith.addf %v6, %v6 : f32
    %v8 = arith.mulf %v7, %v7 : f32
    %v9 = arith.addf %v8, %v8 : f32
    %v10 = arith.mulf %v9, %v9 : f32
    %v11 = arith.addf %v10, %v10 : f32
    %v12 = arith.mulf %v11, %v11 : f32
    %v13 = arith.addf %v12, %v12 : f32
    %v14 = arith.mulf %v13, %v13 : f32
    %v15 = arith.addf %v14, %v14 : f32
    %v16 = arith.mulf %v15, %v15 : f32
    %v17 = arith.addf %v16, %v16 : f32
    %v18 = arith.mulf %v17, %v17 : f32
    %v19 = arith.addf %v18, %v18 : f32
    %v20 = arith.mulf %v19, %v19 : f32
    %v21 = arith.addf %v20, %v20 : f32
    %v22 = arith.mulf %v21, %v21 : f32
    %v23 = arith.addf %v22, %v22 : f32
    %v24 = arith.mulf %v23, %v23 : f32
    %v25 = arith.addf %v24, %v24 : f32
    %v26 = arith.mulf %v25, %v25 : f32
    %v27 = arith.addf %v26, %v26 : f32
    %v28 = arith.mulf %v27, %v27 : f32
    %v29 = arith.addf %v28, %v28 : f32
    %v30 = arith.mulf %v29, %v29 : f32
    %v31 = arith.addf %v30, %v30 : f32
    %v32 = arith.mulf %v31, %v31 : f32
    %v33 = arith.addf %v32, %v32 : f32
    %v34 = arith.mulf %v33, %v33 : f32
    %v35 = arith.addf %v34, %v34 : f32
    %v36 = arith.mulf %v35, %v35 : f32
    %v37 = arith.addf %v36, %v36 : f32
    %v38 = arith.mulf %v37, %v37 : f32
    %v39 = arith.addf %v38, %v38 : f32
    %v40 = arith.mulf %v39, %v39 : f32
    %v41 = arith.addf %v40, %v40 : f32
    %v42 = arith.mulf %v41, %v41 : f32
    %v43 = arith.addf %v42, %v42 : f32
    %v44 = arith.mulf %v43, %v43 : f32
    %v45 = arith.addf %v44, %v44 : f32
    %v46 = arith.mulf %v45, %v45 : f32
    %v47 = arith.addf %v46, %v46 : f32
    %v48 = arith.mulf %v47, %v47 : f32
    %v49 = arith.addf %v48, %v48 : f32
    %v50 = arith.mulf %v49, %v49 : f32
    %v51 = arith.addf %v50, %v50 : f32
    %v52 = arith.mulf %v51, %v51 : f32
    %v53 = arith.addf %v52, %v52 : f32
    %v54 = arith.mulf %v53, %v53 : f32
    %v55 = arith.addf %v54, %v54 : f32
    %v56 = arith.mulf %v55, %v55 : f32
    %v57 = arith.addf %v56, %v56 : f32
    %v58 = arith.mulf %v57, %v57 : f32
    %v59 = arith.addf %v58, %v58 : f32
    %v60 = arith.mulf %v59, %v59 : f32
    %v61 = arith.addf %v60, %v60 : f32
    %v62 = arith.mulf %v61, %v61 : f32
    %v63 = arith.addf %v62, %v62 : f32
    %v64 = arith.mulf %v63, %v63 : f32
    linalg.yield %v64 : f32
  } -> tensor<1000xf32>
  sched.return %r : tensor<1000xf32>
}
