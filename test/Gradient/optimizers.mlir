// What a step is made of: accumulation is a choice and not a branch, the update is one; the schedule is computed in f64.
// RUN: gradc-opt %s -ag-make-trainer='optimizer=adam:lr=0.1 accumulate=4 clip-norm=1 schedule=exponential:gamma=0.5' | FileCheck %s
// CHECK-DAG: ag.variable @w.exp_avg : tensor<3xf32> kind "state"
// CHECK-DAG: ag.variable @w.exp_avg_sq : tensor<3xf32> kind "state"
// CHECK-DAG: ag.variable @optimizer.step : tensor<i64> kind "state"
// CHECK-DAG: ag.variable @optimizer.passes : tensor<i64> kind "state"
// CHECK-NOT: @unused.exp_avg
// CHECK: func.func @step
// CHECK: %[[OLD:.*]] = ag.grad @w
// CHECK: %[[KEPT:.*]] = ag.select %{{.*}}, %{{.*}}, %[[OLD]]
// CHECK: ag.set_grad @w, %[[KEPT]]
// CHECK: %[[SHARE:.*]] = ag.constant dense<2.500000e-01> : tensor<f32>
// CHECK: ag.backward %{{.*}} cotangent %[[SHARE]]
// CHECK: ag.no_grad
// CHECK: scf.if
// CHECK: ag.set_grad @w
// CHECK: ag.pow %{{.*}} : tensor<f64>
// CHECK: ag.set @w
module attributes {ag.kind = "model"} {
  ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
  ag.variable @unused : tensor<3xf32> kind "parameter" requires_grad
  func.func @forward(%x: tensor<3xf32> {ag.name = "x"}) -> (tensor<f32> {ag.name = "y"}) {
    %w = ag.get @w : tensor<3xf32>
    %p = ag.mul %w, %x : tensor<3xf32>
    %y = ag.reduce_sum %p dims [0] : tensor<3xf32> -> tensor<f32>
    return %y : tensor<f32>
  }
}
