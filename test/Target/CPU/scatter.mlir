// Scatters: modes, dims, element types; indices out of range are among the draws.
// RUN: gradc-kernel-run %s

sched.kernel @rows_add kind "scatter" inplace [0, 0] (%x: tensor<8x37xf32>, %i: tensor<21xi64>, %u: tensor<21x37xf32>) -> tensor<8x37xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode add : (tensor<8x37xf32>, tensor<21xi64>, tensor<21x37xf32>) -> tensor<8x37xf32>
  sched.return %y : tensor<8x37xf32>
}

sched.kernel @rows_set kind "scatter" inplace [0, 0] (%x: tensor<8x37xf32>, %i: tensor<21xi64>, %u: tensor<21x37xf32>) -> tensor<8x37xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode set : (tensor<8x37xf32>, tensor<21xi64>, tensor<21x37xf32>) -> tensor<8x37xf32>
  sched.return %y : tensor<8x37xf32>
}

sched.kernel @rows_mul kind "scatter" inplace [0, 0] (%x: tensor<8x37xf32>, %i: tensor<21xi64>, %u: tensor<21x37xf32>) -> tensor<8x37xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode mul : (tensor<8x37xf32>, tensor<21xi64>, tensor<21x37xf32>) -> tensor<8x37xf32>
  sched.return %y : tensor<8x37xf32>
}

sched.kernel @rows_max kind "scatter" inplace [0, 0] (%x: tensor<8x37xf32>, %i: tensor<21xi64>, %u: tensor<21x37xf32>) -> tensor<8x37xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode max : (tensor<8x37xf32>, tensor<21xi64>, tensor<21x37xf32>) -> tensor<8x37xf32>
  sched.return %y : tensor<8x37xf32>
}

sched.kernel @rows_min kind "scatter" inplace [0, 0] (%x: tensor<8x37xf32>, %i: tensor<21xi64>, %u: tensor<21x37xf32>) -> tensor<8x37xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode min : (tensor<8x37xf32>, tensor<21xi64>, tensor<21x37xf32>) -> tensor<8x37xf32>
  sched.return %y : tensor<8x37xf32>
}

sched.kernel @elements kind "scatter" inplace [0, 0] (%x: tensor<8xf32>, %i: tensor<30xi64>, %u: tensor<30xf32>) -> tensor<8xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode add : (tensor<8xf32>, tensor<30xi64>, tensor<30xf32>) -> tensor<8xf32>
  sched.return %y : tensor<8xf32>
}

sched.kernel @columns kind "scatter" inplace [0, 0] (%x: tensor<5x8xf64>, %i: tensor<11xi64>, %u: tensor<5x11xf64>) -> tensor<5x8xf64> {
  %y = ag.scatter %x, %i, %u dim 1 mode add : (tensor<5x8xf64>, tensor<11xi64>, tensor<5x11xf64>) -> tensor<5x8xf64>
  sched.return %y : tensor<5x8xf64>
}

sched.kernel @middle kind "scatter" inplace [0, 0] (%x: tensor<3x8x19xf32>, %i: tensor<2x5xi64>, %u: tensor<3x2x5x19xf32>) -> tensor<3x8x19xf32> {
  %y = ag.scatter %x, %i, %u dim 1 mode add : (tensor<3x8x19xf32>, tensor<2x5xi64>, tensor<3x2x5x19xf32>) -> tensor<3x8x19xf32>
  sched.return %y : tensor<3x8x19xf32>
}

sched.kernel @long_rows kind "scatter" inplace [0, 0] (%x: tensor<8x300xf32>, %i: tensor<5xi64>, %u: tensor<5x300xf32>) -> tensor<8x300xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode add : (tensor<8x300xf32>, tensor<5xi64>, tensor<5x300xf32>) -> tensor<8x300xf32>
  sched.return %y : tensor<8x300xf32>
}

sched.kernel @i32_indices kind "scatter" inplace [0, 0] (%x: tensor<8x16xf32>, %i: tensor<9xi32>, %u: tensor<9x16xf32>) -> tensor<8x16xf32> {
  %y = ag.scatter %x, %i, %u dim 0 mode max : (tensor<8x16xf32>, tensor<9xi32>, tensor<9x16xf32>) -> tensor<8x16xf32>
  sched.return %y : tensor<8x16xf32>
}

sched.kernel @integers kind "scatter" inplace [0, 0] (%x: tensor<8x21xi64>, %i: tensor<9xi64>, %u: tensor<9x21xi64>) -> tensor<8x21xi64> {
  %y = ag.scatter %x, %i, %u dim 0 mode add : (tensor<8x21xi64>, tensor<9xi64>, tensor<9x21xi64>) -> tensor<8x21xi64>
  sched.return %y : tensor<8x21xi64>
}

sched.kernel @i32 kind "scatter" inplace [0, 0] (%x: tensor<8x21xi32>, %i: tensor<9xi64>, %u: tensor<9x21xi32>) -> tensor<8x21xi32> {
  %y = ag.scatter %x, %i, %u dim 0 mode min : (tensor<8x21xi32>, tensor<9xi64>, tensor<9x21xi32>) -> tensor<8x21xi32>
  sched.return %y : tensor<8x21xi32>
}

sched.kernel @bools kind "scatter" inplace [0, 0] (%x: tensor<8x21xi1>, %i: tensor<9xi64>, %u: tensor<9x21xi1>) -> tensor<8x21xi1> {
  %y = ag.scatter %x, %i, %u dim 0 mode add : (tensor<8x21xi1>, tensor<9xi64>, tensor<9x21xi1>) -> tensor<8x21xi1>
  sched.return %y : tensor<8x21xi1>
}

sched.kernel @bools_all kind "scatter" inplace [0, 0] (%x: tensor<8x21xi1>, %i: tensor<9xi64>, %u: tensor<9x21xi1>) -> tensor<8x21xi1> {
  %y = ag.scatter %x, %i, %u dim 0 mode mul : (tensor<8x21xi1>, tensor<9xi64>, tensor<9x21xi1>) -> tensor<8x21xi1>
  sched.return %y : tensor<8x21xi1>
}
