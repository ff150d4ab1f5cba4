// Whatever keeps an ag.tanh is as good: the other function goes.
// RUN: gradc-reduce %s --reduction-tree='traversal-mode=0 test=%S/Inputs/has-tanh.sh' | FileCheck %s

// CHECK-NOT: @bystander
// CHECK: func.func @faulty
// CHECK: ag.tanh
// CHECK-NOT: @bystander
func.func @bystander(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = ag.exp %x : tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func @faulty(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = ag.tanh %x : tensor<2xf32>
  return %y : tensor<2xf32>
}
