// RUN: gradc-opt %s --gradient | gradc-interp - | FileCheck %s
// RUN: gradc-opt %s --gradient --lower-to-linalg | gradc-interp - | FileCheck %s
// A program means the same before and after lowering; the numbers are PyTorch's.

ag.variable @w : tensor<2xf64> kind "local" requires_grad

func.func @main() {
  %first = ag.constant dense<[0.5, -0.25]> : tensor<2xf64>
  ag.set @w, %first init : tensor<2xf64>
  %x = ag.constant dense<[[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]]> : tensor<3x2xf64>
  %y = ag.constant dense<[1.0, -2.0, 0.75]> : tensor<3xf64>
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %four = arith.constant 4 : index
  %rate = ag.constant dense<0.1> : tensor<2xf64>

  // Training: a backward in every iteration.
  scf.for %i = %zero to %four step %one {
    %w = ag.get @w : tensor<2xf64>
    %p = ag.contract %x, %w batch [] x [] contract [1] x [0] : (tensor<3x2xf64>, tensor<2xf64>) -> tensor<3xf64>
    %d = ag.sub %p, %y : tensor<3xf64>
    %s = ag.mul %d, %d : tensor<3xf64>
    %l = ag.reduce_mean %s dims [0] : tensor<3xf64> -> tensor<f64>
    ag.backward %l : tensor<f64>
    ag.no_grad {
      %old = ag.get @w : tensor<2xf64>
      %g = ag.grad @w : tensor<2xf64>
      %step = ag.mul %g, %rate : tensor<2xf64>
      %new = ag.sub %old, %step : tensor<2xf64>
      ag.set @w, %new : tensor<2xf64>
      ag.zero_grad @w set_to_none
    }
  }
  %trained = ag.get @w : tensor<2xf64>
  // CHECK: -0.40539892653{{[0-9]*}} 0.587064925356{{[0-9]*}}
  ag.print ["tensor"](%trained : tensor<2xf64>)

  // A recurrence: one backward through the whole loop.
  %h = scf.for %i = %zero to %four step %one iter_args(%a = %first) -> tensor<2xf64> {
    %w = ag.get @w : tensor<2xf64>
    %m = ag.mul %a, %w : tensor<2xf64>
    %b = ag.add %m, %first : tensor<2xf64>
    %t = ag.tanh %b : tensor<2xf64>
    scf.yield %t : tensor<2xf64>
  }
  %sum = ag.reduce_sum %h dims [0] : tensor<2xf64> -> tensor<f64>
  ag.backward %sum : tensor<f64>
  %g = ag.grad @w : tensor<2xf64>
  // CHECK-NEXT: 0.193347354078{{[0-9]*}} -0.59832335599{{[0-9]*}}
  ag.print ["tensor"](%g : tensor<2xf64>)
  return
}
