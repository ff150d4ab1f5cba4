// Convolutions and their weights' gradients: windows, strides, dilations, groups, blocks.
// RUN: gradc-kernel-run %s

sched.kernel @lenet_1 kind "convolution" inplace [] (%a0: tensor<2x1x28x28xf32>, %a1: tensor<6x1x5x5xf32>) -> (tensor<2x6x28x28xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [2, 2] x [2, 2] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x1x28x28xf32>, tensor<6x1x5x5xf32>) -> tensor<2x6x28x28xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x6x28x28xf32>, tensor<1048576xi64>
}

sched.kernel @lenet_1_weight kind "convolution_weight" inplace [] (%a0: tensor<2x1x28x28xf32>, %a1: tensor<2x6x28x28xf32>) -> (tensor<6x1x5x5xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [5, 5] strides [1, 1] padding [2, 2] x [2, 2] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x1x28x28xf32>, tensor<2x6x28x28xf32>) -> tensor<6x1x5x5xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<6x1x5x5xf32>, tensor<1048576xi64>
}

sched.kernel @lenet_2 kind "convolution" inplace [] (%a0: tensor<2x6x14x14xf32>, %a1: tensor<16x6x5x5xf32>) -> (tensor<2x16x10x10xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [0, 0] x [0, 0] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x6x14x14xf32>, tensor<16x6x5x5xf32>) -> tensor<2x16x10x10xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x16x10x10xf32>, tensor<1048576xi64>
}

sched.kernel @lenet_2_weight kind "convolution_weight" inplace [] (%a0: tensor<2x6x14x14xf32>, %a1: tensor<2x16x10x10xf32>) -> (tensor<16x6x5x5xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [5, 5] strides [1, 1] padding [0, 0] x [0, 0] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x6x14x14xf32>, tensor<2x16x10x10xf32>) -> tensor<16x6x5x5xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<16x6x5x5xf32>, tensor<1048576xi64>
}

sched.kernel @small kind "convolution" inplace [] (%a0: tensor<3x5x7x7xf32>, %a1: tensor<13x5x3x3xf32>) -> (tensor<3x13x7x7xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<3x5x7x7xf32>, tensor<13x5x3x3xf32>) -> tensor<3x13x7x7xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<3x13x7x7xf32>, tensor<1048576xi64>
}

sched.kernel @small_weight kind "convolution_weight" inplace [] (%a0: tensor<3x5x7x7xf32>, %a1: tensor<3x13x7x7xf32>) -> (tensor<13x5x3x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 3] strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<3x5x7x7xf32>, tensor<3x13x7x7xf32>) -> tensor<13x5x3x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<13x5x3x3xf32>, tensor<1048576xi64>
}

sched.kernel @one_by_one kind "convolution" inplace [] (%a0: tensor<2x19x9x9xf32>, %a1: tensor<7x19x1x1xf32>) -> (tensor<2x7x9x9xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [0, 0] x [0, 0] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x19x9x9xf32>, tensor<7x19x1x1xf32>) -> tensor<2x7x9x9xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x7x9x9xf32>, tensor<1048576xi64>
}

sched.kernel @one_by_one_weight kind "convolution_weight" inplace [] (%a0: tensor<2x19x9x9xf32>, %a1: tensor<2x7x9x9xf32>) -> (tensor<7x19x1x1xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [1, 1] strides [1, 1] padding [0, 0] x [0, 0] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x19x9x9xf32>, tensor<2x7x9x9xf32>) -> tensor<7x19x1x1xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<7x19x1x1xf32>, tensor<1048576xi64>
}

sched.kernel @one_by_one_strided kind "convolution" inplace [] (%a0: tensor<2x8x9x9xf32>, %a1: tensor<17x8x1x1xf32>) -> (tensor<2x17x5x5xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [2, 2] padding [0, 0] x [0, 0] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x8x9x9xf32>, tensor<17x8x1x1xf32>) -> tensor<2x17x5x5xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x17x5x5xf32>, tensor<1048576xi64>
}

sched.kernel @one_by_one_strided_weight kind "convolution_weight" inplace [] (%a0: tensor<2x8x9x9xf32>, %a1: tensor<2x17x5x5xf32>) -> (tensor<17x8x1x1xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [1, 1] strides [2, 2] padding [0, 0] x [0, 0] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x8x9x9xf32>, tensor<2x17x5x5xf32>) -> tensor<17x8x1x1xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<17x8x1x1xf32>, tensor<1048576xi64>
}

sched.kernel @strided kind "convolution" inplace [] (%a0: tensor<2x5x15x17xf32>, %a1: tensor<9x5x3x3xf32>) -> (tensor<2x9x8x9xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [2, 2] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x5x15x17xf32>, tensor<9x5x3x3xf32>) -> tensor<2x9x8x9xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x9x8x9xf32>, tensor<1048576xi64>
}

sched.kernel @strided_weight kind "convolution_weight" inplace [] (%a0: tensor<2x5x15x17xf32>, %a1: tensor<2x9x8x9xf32>) -> (tensor<9x5x3x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 3] strides [2, 2] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x5x15x17xf32>, tensor<2x9x8x9xf32>) -> tensor<9x5x3x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<9x5x3x3xf32>, tensor<1048576xi64>
}

sched.kernel @stem kind "convolution" inplace [] (%a0: tensor<1x3x32x32xf32>, %a1: tensor<20x3x7x7xf32>) -> (tensor<1x20x16x16xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [2, 2] padding [3, 3] x [3, 3] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<1x3x32x32xf32>, tensor<20x3x7x7xf32>) -> tensor<1x20x16x16xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<1x20x16x16xf32>, tensor<1048576xi64>
}

sched.kernel @stem_weight kind "convolution_weight" inplace [] (%a0: tensor<1x3x32x32xf32>, %a1: tensor<1x20x16x16xf32>) -> (tensor<20x3x7x7xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [7, 7] strides [2, 2] padding [3, 3] x [3, 3] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<1x3x32x32xf32>, tensor<1x20x16x16xf32>) -> tensor<20x3x7x7xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<20x3x7x7xf32>, tensor<1048576xi64>
}

sched.kernel @dilated kind "convolution" inplace [] (%a0: tensor<2x3x12x13xf32>, %a1: tensor<5x3x3x2xf32>) -> (tensor<2x5x12x12xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [2, 1] x [2, 1] dilation [1, 1] x [2, 3] groups 1 flipped false : (tensor<2x3x12x13xf32>, tensor<5x3x3x2xf32>) -> tensor<2x5x12x12xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x5x12x12xf32>, tensor<1048576xi64>
}

sched.kernel @dilated_weight kind "convolution_weight" inplace [] (%a0: tensor<2x3x12x13xf32>, %a1: tensor<2x5x12x12xf32>) -> (tensor<5x3x3x2xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 2] strides [1, 1] padding [2, 1] x [2, 1] dilation [1, 1] x [2, 3] groups 1 flipped false : (tensor<2x3x12x13xf32>, tensor<2x5x12x12xf32>) -> tensor<5x3x3x2xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<5x3x3x2xf32>, tensor<1048576xi64>
}

sched.kernel @spread kind "convolution" inplace [] (%a0: tensor<2x4x6x7xf32>, %a1: tensor<5x4x3x3xf32>) -> (tensor<2x5x12x14xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [1, 1] x [2, 2] dilation [2, 2] x [1, 1] groups 1 flipped true : (tensor<2x4x6x7xf32>, tensor<5x4x3x3xf32>) -> tensor<2x5x12x14xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x5x12x14xf32>, tensor<1048576xi64>
}

sched.kernel @spread_weight kind "convolution_weight" inplace [] (%a0: tensor<2x4x6x7xf32>, %a1: tensor<2x5x12x14xf32>) -> (tensor<5x4x3x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 3] strides [1, 1] padding [1, 1] x [2, 2] dilation [2, 2] x [1, 1] groups 1 flipped true : (tensor<2x4x6x7xf32>, tensor<2x5x12x14xf32>) -> tensor<5x4x3x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<5x4x3x3xf32>, tensor<1048576xi64>
}

sched.kernel @spread_strided kind "convolution" inplace [] (%a0: tensor<2x2x9xf32>, %a1: tensor<3x2x3xf32>) -> (tensor<2x3x13xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [2] padding [2] x [1] dilation [3] x [1] groups 1 flipped false : (tensor<2x2x9xf32>, tensor<3x2x3xf32>) -> tensor<2x3x13xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x3x13xf32>, tensor<1048576xi64>
}

sched.kernel @spread_strided_weight kind "convolution_weight" inplace [] (%a0: tensor<2x2x9xf32>, %a1: tensor<2x3x13xf32>) -> (tensor<3x2x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3] strides [2] padding [2] x [1] dilation [3] x [1] groups 1 flipped false : (tensor<2x2x9xf32>, tensor<2x3x13xf32>) -> tensor<3x2x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<3x2x3xf32>, tensor<1048576xi64>
}

sched.kernel @spread_dilated kind "convolution" inplace [] (%a0: tensor<1x3x8x5xf32>, %a1: tensor<4x3x2x3xf32>) -> (tensor<1x4x17x2xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 3] padding [2, 2] x [2, 2] dilation [2, 1] x [2, 2] groups 1 flipped false : (tensor<1x3x8x5xf32>, tensor<4x3x2x3xf32>) -> tensor<1x4x17x2xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<1x4x17x2xf32>, tensor<1048576xi64>
}

sched.kernel @spread_dilated_weight kind "convolution_weight" inplace [] (%a0: tensor<1x3x8x5xf32>, %a1: tensor<1x4x17x2xf32>) -> (tensor<4x3x2x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [2, 3] strides [1, 3] padding [2, 2] x [2, 2] dilation [2, 1] x [2, 2] groups 1 flipped false : (tensor<1x3x8x5xf32>, tensor<1x4x17x2xf32>) -> tensor<4x3x2x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<4x3x2x3xf32>, tensor<1048576xi64>
}

sched.kernel @depthwise kind "convolution" inplace [] (%a0: tensor<2x10x9x9xf32>, %a1: tensor<10x1x3x3xf32>) -> (tensor<2x10x9x9xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 10 flipped false : (tensor<2x10x9x9xf32>, tensor<10x1x3x3xf32>) -> tensor<2x10x9x9xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x10x9x9xf32>, tensor<1048576xi64>
}

sched.kernel @depthwise_weight kind "convolution_weight" inplace [] (%a0: tensor<2x10x9x9xf32>, %a1: tensor<2x10x9x9xf32>) -> (tensor<10x1x3x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 3] strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 10 flipped false : (tensor<2x10x9x9xf32>, tensor<2x10x9x9xf32>) -> tensor<10x1x3x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<10x1x3x3xf32>, tensor<1048576xi64>
}

sched.kernel @groups kind "convolution" inplace [] (%a0: tensor<2x8x6x6xf64>, %a1: tensor<12x4x3x3xf64>) -> (tensor<2x12x6x6xf64>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 2 flipped false : (tensor<2x8x6x6xf64>, tensor<12x4x3x3xf64>) -> tensor<2x12x6x6xf64>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x12x6x6xf64>, tensor<1048576xi64>
}

sched.kernel @groups_weight kind "convolution_weight" inplace [] (%a0: tensor<2x8x6x6xf64>, %a1: tensor<2x12x6x6xf64>) -> (tensor<12x4x3x3xf64>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 3] strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 2 flipped false : (tensor<2x8x6x6xf64>, tensor<2x12x6x6xf64>) -> tensor<12x4x3x3xf64>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<12x4x3x3xf64>, tensor<1048576xi64>
}

sched.kernel @line kind "convolution" inplace [] (%a0: tensor<2x4x100xf32>, %a1: tensor<6x4x9xf32>) -> (tensor<2x6x100xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1] padding [4] x [4] dilation [1] x [1] groups 1 flipped false : (tensor<2x4x100xf32>, tensor<6x4x9xf32>) -> tensor<2x6x100xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x6x100xf32>, tensor<1048576xi64>
}

sched.kernel @line_weight kind "convolution_weight" inplace [] (%a0: tensor<2x4x100xf32>, %a1: tensor<2x6x100xf32>) -> (tensor<6x4x9xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [9] strides [1] padding [4] x [4] dilation [1] x [1] groups 1 flipped false : (tensor<2x4x100xf32>, tensor<2x6x100xf32>) -> tensor<6x4x9xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<6x4x9xf32>, tensor<1048576xi64>
}

sched.kernel @volume kind "convolution" inplace [] (%a0: tensor<2x3x5x6x7xf32>, %a1: tensor<4x3x2x3x3xf32>) -> (tensor<2x4x6x3x5xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 2, 1] padding [1, 1, 0] x [1, 1, 0] dilation [1, 1, 1] x [1, 1, 1] groups 1 flipped false : (tensor<2x3x5x6x7xf32>, tensor<4x3x2x3x3xf32>) -> tensor<2x4x6x3x5xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x4x6x3x5xf32>, tensor<1048576xi64>
}

sched.kernel @volume_weight kind "convolution_weight" inplace [] (%a0: tensor<2x3x5x6x7xf32>, %a1: tensor<2x4x6x3x5xf32>) -> (tensor<4x3x2x3x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [2, 3, 3] strides [1, 2, 1] padding [1, 1, 0] x [1, 1, 0] dilation [1, 1, 1] x [1, 1, 1] groups 1 flipped false : (tensor<2x3x5x6x7xf32>, tensor<2x4x6x3x5xf32>) -> tensor<4x3x2x3x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<4x3x2x3x3xf32>, tensor<1048576xi64>
}

sched.kernel @volume_spread kind "convolution" inplace [] (%a0: tensor<1x2x3x3x4xf32>, %a1: tensor<3x2x2x2x2xf32>) -> (tensor<1x3x6x4x8xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1, 1] padding [1, 1, 1] x [1, 1, 1] dilation [2, 1, 2] x [1, 1, 1] groups 1 flipped true : (tensor<1x2x3x3x4xf32>, tensor<3x2x2x2x2xf32>) -> tensor<1x3x6x4x8xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<1x3x6x4x8xf32>, tensor<1048576xi64>
}

sched.kernel @volume_spread_weight kind "convolution_weight" inplace [] (%a0: tensor<1x2x3x3x4xf32>, %a1: tensor<1x3x6x4x8xf32>) -> (tensor<3x2x2x2x2xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [2, 2, 2] strides [1, 1, 1] padding [1, 1, 1] x [1, 1, 1] dilation [2, 1, 2] x [1, 1, 1] groups 1 flipped true : (tensor<1x2x3x3x4xf32>, tensor<1x3x6x4x8xf32>) -> tensor<3x2x2x2x2xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<3x2x2x2x2xf32>, tensor<1048576xi64>
}

sched.kernel @cropped kind "convolution" inplace [] (%a0: tensor<1x3x12x12xf32>, %a1: tensor<5x3x3x3xf32>) -> (tensor<1x5x7x5xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [-2, -2] x [-1, -3] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<1x3x12x12xf32>, tensor<5x3x3x3xf32>) -> tensor<1x5x7x5xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<1x5x7x5xf32>, tensor<1048576xi64>
}

sched.kernel @cropped_weight kind "convolution_weight" inplace [] (%a0: tensor<1x3x12x12xf32>, %a1: tensor<1x5x7x5xf32>) -> (tensor<5x3x3x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 3] strides [1, 1] padding [-2, -2] x [-1, -3] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<1x3x12x12xf32>, tensor<1x5x7x5xf32>) -> tensor<5x3x3x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<5x3x3x3xf32>, tensor<1048576xi64>
}

sched.kernel @wide kind "convolution" inplace [] (%a0: tensor<1x20x3x1200xf32>, %a1: tensor<3x20x3x3xf32>) -> (tensor<1x3x3x1200xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<1x20x3x1200xf32>, tensor<3x20x3x3xf32>) -> tensor<1x3x3x1200xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<1x3x3x1200xf32>, tensor<1048576xi64>
}

sched.kernel @wide_weight kind "convolution_weight" inplace [] (%a0: tensor<1x20x3x1200xf32>, %a1: tensor<1x3x3x1200xf32>) -> (tensor<3x20x3x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 3] strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<1x20x3x1200xf32>, tensor<1x3x3x1200xf32>) -> tensor<3x20x3x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<3x20x3x3xf32>, tensor<1048576xi64>
}

sched.kernel @tiny_images kind "convolution" inplace [] (%a0: tensor<37x4x2x2xf32>, %a1: tensor<5x4x2x2xf32>) -> (tensor<37x5x3x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<37x4x2x2xf32>, tensor<5x4x2x2xf32>) -> tensor<37x5x3x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<37x5x3x3xf32>, tensor<1048576xi64>
}

sched.kernel @tiny_images_weight kind "convolution_weight" inplace [] (%a0: tensor<37x4x2x2xf32>, %a1: tensor<37x5x3x3xf32>) -> (tensor<5x4x2x2xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [2, 2] strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<37x4x2x2xf32>, tensor<37x5x3x3xf32>) -> tensor<5x4x2x2xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<5x4x2x2xf32>, tensor<1048576xi64>
}

sched.kernel @deep kind "convolution" inplace [] (%a0: tensor<2x96x7x7xf32>, %a1: tensor<34x96x3x3xf32>) -> (tensor<2x34x7x7xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x96x7x7xf32>, tensor<34x96x3x3xf32>) -> tensor<2x34x7x7xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<2x34x7x7xf32>, tensor<1048576xi64>
}

sched.kernel @deep_weight kind "convolution_weight" inplace [] (%a0: tensor<2x96x7x7xf32>, %a1: tensor<2x34x7x7xf32>) -> (tensor<34x96x3x3xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 3] strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<2x96x7x7xf32>, tensor<2x34x7x7xf32>) -> tensor<34x96x3x3xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<34x96x3x3xf32>, tensor<1048576xi64>
}

sched.kernel @integers kind "convolution" inplace [] (%a0: tensor<1x3x8x8xi64>, %a1: tensor<4x3x3x3xi64>) -> (tensor<1x4x8x8xi64>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<1x3x8x8xi64>, tensor<4x3x3x3xi64>) -> tensor<1x4x8x8xi64>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<1x4x8x8xi64>, tensor<1048576xi64>
}

sched.kernel @integers_weight kind "convolution_weight" inplace [] (%a0: tensor<1x3x8x8xi64>, %a1: tensor<1x4x8x8xi64>) -> (tensor<4x3x3x3xi64>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [3, 3] strides [1, 1] padding [1, 1] x [1, 1] dilation [1, 1] x [1, 1] groups 1 flipped false : (tensor<1x3x8x8xi64>, tensor<1x4x8x8xi64>) -> tensor<4x3x3x3xi64>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<4x3x3x3xi64>, tensor<1048576xi64>
}

sched.kernel @spread_one_by_one kind "convolution" inplace [] (%a0: tensor<1x3x5x5xf32>, %a1: tensor<4x3x1x1xf32>) -> (tensor<1x4x10x10xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution %a0, %a1 strides [1, 1] padding [0, 0] x [1, 1] dilation [2, 2] x [1, 1] groups 1 flipped false : (tensor<1x3x5x5xf32>, tensor<4x3x1x1xf32>) -> tensor<1x4x10x10xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<1x4x10x10xf32>, tensor<1048576xi64>
}

sched.kernel @spread_one_by_one_weight kind "convolution_weight" inplace [] (%a0: tensor<1x3x5x5xf32>, %a1: tensor<1x4x10x10xf32>) -> (tensor<4x3x1x1xf32>, tensor<1048576xi64>) {
  %r0 = ag.convolution_weight %a0, %a1 window [1, 1] strides [1, 1] padding [0, 0] x [1, 1] dilation [2, 2] x [1, 1] groups 1 flipped false : (tensor<1x3x5x5xf32>, tensor<1x4x10x10xf32>) -> tensor<4x3x1x1xf32>
  %s = tensor.empty() : tensor<1048576xi64>
  sched.return %r0, %s : tensor<4x3x1x1xf32>, tensor<1048576xi64>
}
