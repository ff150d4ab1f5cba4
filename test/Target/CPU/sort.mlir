// Sorts: rows, columns, both orders, ties of integers.
// RUN: gradc-kernel-run %s

sched.kernel @row kind "sort" inplace [] (%a0: tensor<1000xf32>) -> (tensor<1000xf32>, tensor<1000xi64>, tensor<3008xi64>) {
  %r0, %r1 = ag.sort %a0 dim 0 descending false : tensor<1000xf32> -> tensor<1000xf32>, tensor<1000xi64>
  %s = tensor.empty() : tensor<3008xi64>
  sched.return %r0, %r1, %s : tensor<1000xf32>, tensor<1000xi64>, tensor<3008xi64>
}

sched.kernel @row_down kind "sort" inplace [] (%a0: tensor<333xf32>) -> (tensor<333xf32>, tensor<333xi64>, tensor<1008xi64>) {
  %r0, %r1 = ag.sort %a0 dim 0 descending true : tensor<333xf32> -> tensor<333xf32>, tensor<333xi64>
  %s = tensor.empty() : tensor<1008xi64>
  sched.return %r0, %r1, %s : tensor<333xf32>, tensor<333xi64>, tensor<1008xi64>
}

sched.kernel @rows kind "sort" inplace [] (%a0: tensor<7x33xf64>) -> (tensor<7x33xf64>, tensor<7x33xi64>, tensor<160xi64>) {
  %r0, %r1 = ag.sort %a0 dim 1 descending false : tensor<7x33xf64> -> tensor<7x33xf64>, tensor<7x33xi64>
  %s = tensor.empty() : tensor<160xi64>
  sched.return %r0, %r1, %s : tensor<7x33xf64>, tensor<7x33xi64>, tensor<160xi64>
}

sched.kernel @columns kind "sort" inplace [] (%a0: tensor<17x5xf32>) -> (tensor<17x5xf32>, tensor<17x5xi64>, tensor<80xi64>) {
  %r0, %r1 = ag.sort %a0 dim 0 descending false : tensor<17x5xf32> -> tensor<17x5xf32>, tensor<17x5xi64>
  %s = tensor.empty() : tensor<80xi64>
  sched.return %r0, %r1, %s : tensor<17x5xf32>, tensor<17x5xi64>, tensor<80xi64>
}

sched.kernel @middle kind "sort" inplace [] (%a0: tensor<2x9x3xi64>) -> (tensor<2x9x3xi64>, tensor<2x9x3xi64>, tensor<64xi64>) {
  %r0, %r1 = ag.sort %a0 dim 1 descending true : tensor<2x9x3xi64> -> tensor<2x9x3xi64>, tensor<2x9x3xi64>
  %s = tensor.empty() : tensor<64xi64>
  sched.return %r0, %r1, %s : tensor<2x9x3xi64>, tensor<2x9x3xi64>, tensor<64xi64>
}

sched.kernel @i32 kind "sort" inplace [] (%a0: tensor<64xi32>) -> (tensor<64xi32>, tensor<64xi64>, tensor<192xi64>) {
  %r0, %r1 = ag.sort %a0 dim 0 descending false : tensor<64xi32> -> tensor<64xi32>, tensor<64xi64>
  %s = tensor.empty() : tensor<192xi64>
  sched.return %r0, %r1, %s : tensor<64xi32>, tensor<64xi64>, tensor<192xi64>
}

sched.kernel @bools kind "sort" inplace [] (%a0: tensor<37xi1>) -> (tensor<37xi1>, tensor<37xi64>, tensor<96xi64>) {
  %r0, %r1 = ag.sort %a0 dim 0 descending false : tensor<37xi1> -> tensor<37xi1>, tensor<37xi64>
  %s = tensor.empty() : tensor<96xi64>
  sched.return %r0, %r1, %s : tensor<37xi1>, tensor<37xi64>, tensor<96xi64>
}

sched.kernel @bools_down kind "sort" inplace [] (%a0: tensor<37xi1>) -> (tensor<37xi1>, tensor<37xi64>, tensor<96xi64>) {
  %r0, %r1 = ag.sort %a0 dim 0 descending true : tensor<37xi1> -> tensor<37xi1>, tensor<37xi64>
  %s = tensor.empty() : tensor<96xi64>
  sched.return %r0, %r1, %s : tensor<37xi1>, tensor<37xi64>, tensor<96xi64>
}

sched.kernel @one kind "sort" inplace [] (%a0: tensor<1xf32>) -> (tensor<1xf32>, tensor<1xi64>, tensor<32xi64>) {
  %r0, %r1 = ag.sort %a0 dim 0 descending false : tensor<1xf32> -> tensor<1xf32>, tensor<1xi64>
  %s = tensor.empty() : tensor<32xi64>
  sched.return %r0, %r1, %s : tensor<1xf32>, tensor<1xi64>, tensor<32xi64>
}

sched.kernel @two kind "sort" inplace [] (%a0: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xi64>, tensor<32xi64>) {
  %r0, %r1 = ag.sort %a0 dim 1 descending true : tensor<3x2xf32> -> tensor<3x2xf32>, tensor<3x2xi64>
  %s = tensor.empty() : tensor<32xi64>
  sched.return %r0, %r1, %s : tensor<3x2xf32>, tensor<3x2xi64>, tensor<32xi64>
}

