// Cumulations and recurrences: along rows and columns, both ways.
// RUN: gradc-kernel-run %s

sched.kernel @sum_f32_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf32>) -> tensor<57xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind sum reverse false : tensor<57xf32>
  sched.return %r0 : tensor<57xf32>
}

sched.kernel @sum_f32_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf32>) -> tensor<9x37xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind sum reverse true : tensor<9x37xf32>
  sched.return %r0 : tensor<9x37xf32>
}

sched.kernel @sum_f64_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf64>) -> tensor<57xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind sum reverse false : tensor<57xf64>
  sched.return %r0 : tensor<57xf64>
}

sched.kernel @sum_f64_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf64>) -> tensor<9x37xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind sum reverse true : tensor<9x37xf64>
  sched.return %r0 : tensor<9x37xf64>
}

sched.kernel @sum_rows kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xf32>) -> tensor<7x13xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind sum reverse false : tensor<7x13xf32>
  sched.return %r0 : tensor<7x13xf32>
}

sched.kernel @sum_middle kind "cumulative" inplace [0, 0] (%a0: tensor<2x5x70xf32>) -> tensor<2x5x70xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind sum reverse false : tensor<2x5x70xf32>
  sched.return %r0 : tensor<2x5x70xf32>
}

sched.kernel @sum_i64 kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi64>) -> tensor<7x13xi64> {
  %r0 = ag.cumulative %a0 dim 1 kind sum reverse true : tensor<7x13xi64>
  sched.return %r0 : tensor<7x13xi64>
}

sched.kernel @sum_i32 kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi32>) -> tensor<7x13xi32> {
  %r0 = ag.cumulative %a0 dim 0 kind sum reverse false : tensor<7x13xi32>
  sched.return %r0 : tensor<7x13xi32>
}

sched.kernel @prod_f32_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf32>) -> tensor<57xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind prod reverse false : tensor<57xf32>
  sched.return %r0 : tensor<57xf32>
}

sched.kernel @prod_f32_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf32>) -> tensor<9x37xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind prod reverse true : tensor<9x37xf32>
  sched.return %r0 : tensor<9x37xf32>
}

sched.kernel @prod_f64_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf64>) -> tensor<57xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind prod reverse false : tensor<57xf64>
  sched.return %r0 : tensor<57xf64>
}

sched.kernel @prod_f64_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf64>) -> tensor<9x37xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind prod reverse true : tensor<9x37xf64>
  sched.return %r0 : tensor<9x37xf64>
}

sched.kernel @prod_rows kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xf32>) -> tensor<7x13xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind prod reverse false : tensor<7x13xf32>
  sched.return %r0 : tensor<7x13xf32>
}

sched.kernel @prod_middle kind "cumulative" inplace [0, 0] (%a0: tensor<2x5x70xf32>) -> tensor<2x5x70xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind prod reverse false : tensor<2x5x70xf32>
  sched.return %r0 : tensor<2x5x70xf32>
}

sched.kernel @prod_i64 kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi64>) -> tensor<7x13xi64> {
  %r0 = ag.cumulative %a0 dim 1 kind prod reverse true : tensor<7x13xi64>
  sched.return %r0 : tensor<7x13xi64>
}

sched.kernel @prod_i32 kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi32>) -> tensor<7x13xi32> {
  %r0 = ag.cumulative %a0 dim 0 kind prod reverse false : tensor<7x13xi32>
  sched.return %r0 : tensor<7x13xi32>
}

sched.kernel @max_f32_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf32>) -> tensor<57xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind max reverse false : tensor<57xf32>
  sched.return %r0 : tensor<57xf32>
}

sched.kernel @max_f32_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf32>) -> tensor<9x37xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind max reverse true : tensor<9x37xf32>
  sched.return %r0 : tensor<9x37xf32>
}

sched.kernel @max_f64_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf64>) -> tensor<57xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind max reverse false : tensor<57xf64>
  sched.return %r0 : tensor<57xf64>
}

sched.kernel @max_f64_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf64>) -> tensor<9x37xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind max reverse true : tensor<9x37xf64>
  sched.return %r0 : tensor<9x37xf64>
}

sched.kernel @max_rows kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xf32>) -> tensor<7x13xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind max reverse false : tensor<7x13xf32>
  sched.return %r0 : tensor<7x13xf32>
}

sched.kernel @max_middle kind "cumulative" inplace [0, 0] (%a0: tensor<2x5x70xf32>) -> tensor<2x5x70xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind max reverse false : tensor<2x5x70xf32>
  sched.return %r0 : tensor<2x5x70xf32>
}

sched.kernel @max_i64 kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi64>) -> tensor<7x13xi64> {
  %r0 = ag.cumulative %a0 dim 1 kind max reverse true : tensor<7x13xi64>
  sched.return %r0 : tensor<7x13xi64>
}

sched.kernel @max_i32 kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi32>) -> tensor<7x13xi32> {
  %r0 = ag.cumulative %a0 dim 0 kind max reverse false : tensor<7x13xi32>
  sched.return %r0 : tensor<7x13xi32>
}

sched.kernel @min_f32_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf32>) -> tensor<57xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind min reverse false : tensor<57xf32>
  sched.return %r0 : tensor<57xf32>
}

sched.kernel @min_f32_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf32>) -> tensor<9x37xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind min reverse true : tensor<9x37xf32>
  sched.return %r0 : tensor<9x37xf32>
}

sched.kernel @min_f64_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf64>) -> tensor<57xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind min reverse false : tensor<57xf64>
  sched.return %r0 : tensor<57xf64>
}

sched.kernel @min_f64_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf64>) -> tensor<9x37xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind min reverse true : tensor<9x37xf64>
  sched.return %r0 : tensor<9x37xf64>
}

sched.kernel @min_rows kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xf32>) -> tensor<7x13xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind min reverse false : tensor<7x13xf32>
  sched.return %r0 : tensor<7x13xf32>
}

sched.kernel @min_middle kind "cumulative" inplace [0, 0] (%a0: tensor<2x5x70xf32>) -> tensor<2x5x70xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind min reverse false : tensor<2x5x70xf32>
  sched.return %r0 : tensor<2x5x70xf32>
}

sched.kernel @min_i64 kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi64>) -> tensor<7x13xi64> {
  %r0 = ag.cumulative %a0 dim 1 kind min reverse true : tensor<7x13xi64>
  sched.return %r0 : tensor<7x13xi64>
}

sched.kernel @min_i32 kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi32>) -> tensor<7x13xi32> {
  %r0 = ag.cumulative %a0 dim 0 kind min reverse false : tensor<7x13xi32>
  sched.return %r0 : tensor<7x13xi32>
}

sched.kernel @logaddexp_f32_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf32>) -> tensor<57xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind logaddexp reverse false : tensor<57xf32>
  sched.return %r0 : tensor<57xf32>
}

sched.kernel @logaddexp_f32_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf32>) -> tensor<9x37xf32> {
  %r0 = ag.cumulative %a0 dim 0 kind logaddexp reverse true : tensor<9x37xf32>
  sched.return %r0 : tensor<9x37xf32>
}

sched.kernel @logaddexp_f64_row kind "cumulative" inplace [0, 0] (%a0: tensor<57xf64>) -> tensor<57xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind logaddexp reverse false : tensor<57xf64>
  sched.return %r0 : tensor<57xf64>
}

sched.kernel @logaddexp_f64_columns kind "cumulative" inplace [0, 0] (%a0: tensor<9x37xf64>) -> tensor<9x37xf64> {
  %r0 = ag.cumulative %a0 dim 0 kind logaddexp reverse true : tensor<9x37xf64>
  sched.return %r0 : tensor<9x37xf64>
}

sched.kernel @logaddexp_rows kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xf32>) -> tensor<7x13xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind logaddexp reverse false : tensor<7x13xf32>
  sched.return %r0 : tensor<7x13xf32>
}

sched.kernel @logaddexp_middle kind "cumulative" inplace [0, 0] (%a0: tensor<2x5x70xf32>) -> tensor<2x5x70xf32> {
  %r0 = ag.cumulative %a0 dim 1 kind logaddexp reverse false : tensor<2x5x70xf32>
  sched.return %r0 : tensor<2x5x70xf32>
}

sched.kernel @max_bools kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi1>) -> tensor<7x13xi1> {
  %r0 = ag.cumulative %a0 dim 1 kind max reverse false : tensor<7x13xi1>
  sched.return %r0 : tensor<7x13xi1>
}

sched.kernel @min_bools kind "cumulative" inplace [0, 0] (%a0: tensor<7x13xi1>) -> tensor<7x13xi1> {
  %r0 = ag.cumulative %a0 dim 1 kind min reverse false : tensor<7x13xi1>
  sched.return %r0 : tensor<7x13xi1>
}

sched.kernel @recurrence_row kind "recurrence" inplace [0, 0, 1, 0] (%a0: tensor<33xf32>, %a1: tensor<33xf32>) -> tensor<33xf32> {
  %r0 = ag.recurrence %a0, %a1 dim 0 reverse false : tensor<33xf32>
  sched.return %r0 : tensor<33xf32>
}

sched.kernel @recurrence_rows kind "recurrence" inplace [0, 0, 1, 0] (%a0: tensor<6x9xf64>, %a1: tensor<6x9xf64>) -> tensor<6x9xf64> {
  %r0 = ag.recurrence %a0, %a1 dim 1 reverse true : tensor<6x9xf64>
  sched.return %r0 : tensor<6x9xf64>
}

sched.kernel @recurrence_columns kind "recurrence" inplace [0, 0, 1, 0] (%a0: tensor<9x41xf32>, %a1: tensor<9x41xf32>) -> tensor<9x41xf32> {
  %r0 = ag.recurrence %a0, %a1 dim 0 reverse false : tensor<9x41xf32>
  sched.return %r0 : tensor<9x41xf32>
}
