// RUN: gradc-opt %s -ag-make-trainer='grad=all optimizer=sgd:lr=0.01,momentum=0.9' -gradient | FileCheck %s
// CHECK-DAG: ag.variable @x.grad : tensor<10x3xf32> kind "grad" {ag.input_grad}
// CHECK-DAG: ag.variable @w.momentum : tensor<3x1xf32> kind "state"
// CHECK: func.func @predict
// CHECK-NOT: ag.set
// CHECK: func.func @forward
// CHECK: ag.set @forward.residual0
// CHECK: ag.set @forward.alive
// CHECK: func.func @backward() attributes {ag.guard = @forward.alive}
// CHECK: ag.set @w.grad
// CHECK: func.func @gradient
// CHECK-NOT: residual
// CHECK-DAG: ag.set @x.grad
// CHECK-DAG: ag.set @w.grad
// CHECK: func.func @step
// CHECK-NOT: ag.set @x.grad
// CHECK: func.func @steps(%{{.*}}: tensor<10x3xf32> {ag.name = "x"}, %{{.*}}: tensor<10x1xf32> {ag.name = "y"}, %[[N:.*]]: index)
// CHECK: scf.for %{{.*}} = %c0 to %[[N]]
module attributes {ag.kind = "model"} {
ag.variable @w : tensor<3x1xf32> kind "parameter" requires_grad
ag.variable @b : tensor<1xf32> kind "parameter" requires_grad
func.func @forward(%x: tensor<10x3xf32> {ag.name = "x"}, %y: tensor<10x1xf32> {ag.name = "y"}) -> (tensor<f32> {ag.name = "loss"}) {
    %w = ag.get @w : tensor<3x1xf32>
    %b = ag.get @b : tensor<1xf32>
    %p = ag.contract %x, %w batch [] x [] contract [1] x [0] : (tensor<10x3xf32>, tensor<3x1xf32>) -> tensor<10x1xf32>
    %bb = ag.broadcast %b dims [1] : tensor<1xf32> -> tensor<10x1xf32>
    %pred = ag.add %p, %bb : tensor<10x1xf32>
    %d = ag.sub %pred, %y : tensor<10x1xf32>
    %q = ag.pow_scalar %d, 2.0 : tensor<10x1xf32>
    %l = ag.reduce_mean %q dims [0, 1] : tensor<10x1xf32> -> tensor<f32>
    return %l : tensor<f32>
}
}
