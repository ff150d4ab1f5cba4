// RUN: gradc-opt %s -gradient | FileCheck %s
// The reverse of a loop with a branch in it: what the rules read is stacked, the backward loop reads slot 4 - i.
// CHECK: %[[FWD:.*]]:5 = scf.for %[[I:.*]] = %c0 to %c5
// CHECK: %[[IF:.*]]:2 = scf.if
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[%[[I]]] [1] [1] : tensor<i1> into tensor<5xi1>
// CHECK-COUNT-3: tensor.insert_slice %{{.*}}[%[[I]], 0] [1, 3] [1, 1] : tensor<3xf32> into tensor<5x3xf32>
// CHECK: scf.for %[[R:.*]] = %c0 to %c5 step %c1 iter_args(%[[DH:.*]] = %{{.*}}, %[[DW:.*]] = %{{.*}})
// CHECK: %[[SLOT:.*]] = arith.subi %c4, %[[R]]
// CHECK: tensor.extract_slice %[[FWD]]#1[%[[SLOT]]]
// CHECK: scf.if
// CHECK: scf.yield
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @main() {
  %w0 = ag.randn : tensor<3xf32>
  ag.set @w, %w0 init : tensor<3xf32>
  %w = ag.get @w : tensor<3xf32>
  %x = ag.randn : tensor<3xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 5 : index
  %h = scf.for %i = %c0 to %n step %c1 iter_args(%h0 = %x) -> (tensor<3xf32>) {
    %m = ag.mul %h0, %w : tensor<3xf32>
    %t = ag.tanh %m : tensor<3xf32>
    %s = ag.reduce_sum %t dims [0] : tensor<3xf32> -> tensor<f32>
    %zz = ag.constant dense<0.0> : tensor<f32>
    %cc = ag.compare gt %s, %zz : tensor<f32>
    %c = tensor.extract %cc[] : tensor<i1>
    %r = scf.if %c -> (tensor<3xf32>) {
      %e = ag.exp %t : tensor<3xf32>
      %e2 = ag.mul %e, %e : tensor<3xf32>
      scf.yield %e2 : tensor<3xf32>
    } else {
      %g = ag.mul %t, %w : tensor<3xf32>
      scf.yield %g : tensor<3xf32>
    }
    scf.yield %r : tensor<3xf32>
  }
  %l = ag.reduce_sum %h dims [0] : tensor<3xf32> -> tensor<f32>
  ag.backward %l : tensor<f32>
  %g = ag.grad @w may_be_none : tensor<3xf32>
  ag.print ["tensor"](%g : tensor<3xf32>)
  return
}
