// RUN: gradc-opt %s --sched-inline-calls --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>) -> tensor<2xf32>
// CHECK-NEXT: %[[E:.*]] = math.exp %[[X]]
// CHECK-NEXT: %[[F:.*]] = math.exp %[[E]]
// CHECK-NEXT: %[[L:.*]] = math.log %[[F]]
// CHECK-NEXT: return %[[L]]
// CHECK-NOT: func.func private
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = func.call @once(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = func.call @outer(%0) : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
func.func private @outer(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = func.call @once(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = math.log %0 : tensor<2xf32>
  return %1 : tensor<2xf32>
}
func.func private @once(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = math.exp %x : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = func.call @again(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func private @again(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'again' calls itself; recursion is not supported}}
  %0 = func.call @again(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func private @elsewhere(tensor<2xf32>) -> tensor<2xf32>
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{expected 'elsewhere' to be a function with a body}}
  %0 = func.call @elsewhere(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
