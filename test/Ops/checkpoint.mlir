// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/grad.mlir --ag-flatten-no-grad --ag-promote-variables --ag-differentiate --ag-strip-autograd --canonicalize | FileCheck %t/grad.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file
// RUN: gradc-opt %t/within.mlir --ag-differentiate --verify-diagnostics

//--- op.mlir
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  // CHECK: ag.checkpoint -> tensor<3xf32> {
  // CHECK: ag.yield %{{.*}} : tensor<3xf32>
  %y = ag.checkpoint -> tensor<3xf32> {
    %e = ag.exp %x : tensor<3xf32>
    ag.yield %e : tensor<3xf32>
  }
  return %y : tensor<3xf32>
}

//--- grad.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
// The second exponential is of what stands behind the barrier; nothing else of the region is left.
// CHECK-LABEL: func.func @main
// CHECK: %[[D:.*]] = ag.constant dense<1.000000e+00>
// CHECK: %[[W:.*]] = ag.get @w
// CHECK: %[[E:.*]] = ag.exp %[[W]]
// CHECK: %[[S:.*]] = ag.sin %[[E]]
// CHECK: ag.print {{.*}}(%[[S]]
// CHECK: %[[B:.*]] = ag.barrier %[[W]] after %[[D]]
// CHECK: %[[E2:.*]] = ag.exp %[[B]]
// CHECK: ag.cos %[[E2]]
// CHECK-NOT: ag.checkpoint
func.func @main(%d: tensor<3xf32>) {
  %w = ag.get @w : tensor<3xf32>
  %y = ag.checkpoint -> tensor<3xf32> {
    %e = ag.exp %w : tensor<3xf32>
    %s = ag.sin %e : tensor<3xf32>
    ag.print ["tensor"] (%s : tensor<3xf32>)
    ag.yield %s : tensor<3xf32>
  }
  %one = ag.constant dense<1.0> : tensor<3xf32>
  ag.backward %y cotangent %one : tensor<3xf32> : tensor<3xf32>
  %g = ag.grad @w : tensor<3xf32>
  ag.print ["tensor"] (%g : tensor<3xf32>)
  return
}

//--- within.mlir
ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @main() {
  %c = ag.constant dense<1.0> : tensor<f32>
  ag.checkpoint {
    %w = ag.leaf %c of @w : tensor<f32>
    // expected-error@+1 {{a gradient is computed or written within a checkpoint: do so behind it}}
    ag.backward %w : tensor<f32>
  }
  return
}

//--- invalid.mlir
func.func @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{expected the yielded types to be the result types}}
  %y = ag.checkpoint -> tensor<f32> {
    ag.yield %x : tensor<3xf32>
  }
  return
}
