// RUN: gradc-opt %s -gradient | FileCheck %s
// Section 7 of the mission: the loop carries w and b only, no state, no statement is left in it.
// CHECK-LABEL: func.func @main
// CHECK: %[[LOOP:.*]]:2 = scf.for {{.*}} iter_args(%[[W:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}}) -> (tensor<3x1xf32>, tensor<1xf32>)
// CHECK-NOT: ag.get
// CHECK-NOT: ag.backward
// CHECK: %[[D:.*]] = ag.sub
// CHECK: %[[DD:.*]] = ag.mul %{{.*}}, %{{.*}} : tensor<10x1xf32>
// CHECK: ag.reduce_sum %{{.*}} dims [0] : tensor<10x1xf32> -> tensor<1xf32>
// CHECK: ag.contract %{{.*}}, %{{.*}} batch [] x [] contract [0] x [0]
// CHECK: scf.yield
// CHECK: ag.print ["tensor:requires_grad"](%[[LOOP]]#0
// CHECK: ag.set @w, %[[LOOP]]#0
ag.variable @w : tensor<3x1xf32> kind "parameter" requires_grad
ag.variable @b : tensor<1xf32> kind "parameter" requires_grad
func.func @main() {
  ag.manual_seed 0
  %x = ag.randn : tensor<10x3xf32>
  %y = ag.randn : tensor<10x1xf32>
  %w0 = ag.randn : tensor<3x1xf32>
  ag.set @w, %w0 init : tensor<3x1xf32>
  %b0 = ag.randn : tensor<1xf32>
  ag.set @b, %b0 init : tensor<1xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 100 : index
  scf.for %i = %c0 to %n step %c1 {
    %w = ag.get @w : tensor<3x1xf32>
    %b = ag.get @b : tensor<1xf32>
    %p = ag.contract %x, %w batch [] x [] contract [1] x [0] : (tensor<10x3xf32>, tensor<3x1xf32>) -> tensor<10x1xf32>
    %bb = ag.broadcast %b dims [1] : tensor<1xf32> -> tensor<10x1xf32>
    %pred = ag.add %p, %bb : tensor<10x1xf32>
    %d = ag.sub %pred, %y : tensor<10x1xf32>
    %q = ag.pow_scalar %d, 2.0 : tensor<10x1xf32>
    %l = ag.reduce_mean %q dims [0, 1] : tensor<10x1xf32> -> tensor<f32>
    ag.backward %l : tensor<f32>
    %idx = arith.index_cast %i : index to i64
    %z = arith.constant 99 : i64
    %cond = arith.cmpi eq, %idx, %z : i64
    scf.if %cond {
      %ld = ag.detach %l : tensor<f32>
      ag.print ["tensor"](%ld : tensor<f32>)
    }
    ag.no_grad {
      %lr = ag.constant dense<0.01> : tensor<3x1xf32>
      %g = ag.grad @w : tensor<3x1xf32>
      %s = ag.mul %lr, %g : tensor<3x1xf32>
      %wr = ag.get @w : tensor<3x1xf32>
      %n1 = ag.sub %wr, %s : tensor<3x1xf32>
      ag.set @w, %n1 : tensor<3x1xf32>
      %lrb = ag.constant dense<0.01> : tensor<1xf32>
      %gb = ag.grad @b : tensor<1xf32>
      %sb = ag.mul %lrb, %gb : tensor<1xf32>
      %br = ag.get @b : tensor<1xf32>
      %n2 = ag.sub %br, %sb : tensor<1xf32>
      ag.set @b, %n2 : tensor<1xf32>
      %z1 = ag.constant dense<0.0> : tensor<3x1xf32>
      ag.set_grad @w, %z1 : tensor<3x1xf32>
      %z2 = ag.constant dense<0.0> : tensor<1xf32>
      ag.set_grad @b, %z2 : tensor<1xf32>
    }
  }
  %wf = ag.get @w : tensor<3x1xf32>
  ag.print ["tensor"](%wf : tensor<3x1xf32>)
  return
}
