// RUN: gradc-opt %s | gradc-opt | FileCheck %s
// CHECK: ag.variable @w : tensor<3x1xf32> kind "parameter" requires_grad
// CHECK: ag.set @w, %{{.*}} init : tensor<3x1xf32>
// CHECK: ag.randint -3 to 3 : tensor<2xi64>
// CHECK: ag.backward %{{.*}} retain_graph : tensor<f32>
// CHECK: ag.print ["tensor", "text:a"]
ag.variable @w : tensor<3x1xf32> kind "parameter" requires_grad
func.func @main() {
  ag.manual_seed 0
  %x = ag.randn : tensor<10x3xf32>
  %i = ag.randn : tensor<3x1xf32>
  ag.set @w, %i init : tensor<3x1xf32>
  %w = ag.get @w : tensor<3x1xf32>
  %p = ag.contract %x, %w batch [] x [] contract [1] x [0] : (tensor<10x3xf32>, tensor<3x1xf32>) -> tensor<10x1xf32>
  %q = ag.pow_scalar %p, 2.0 : tensor<10x1xf32>
  %k = ag.randint -3 to 3 : tensor<2xi64>
  %l = ag.reduce_mean %q dims [0, 1] : tensor<10x1xf32> -> tensor<f32>
  %c = ag.compare lt %q, %p : tensor<10x1xf32>
  %s = ag.select %c, %q, %p : tensor<10x1xf32>
  ag.backward %l retain_graph : tensor<f32>
  ag.no_grad {
    %g = ag.grad @w : tensor<3x1xf32>
    %n = ag.sub %w, %g : tensor<3x1xf32>
    ag.set @w, %n : tensor<3x1xf32>
    ag.zero_grad @w
  }
  %r = ag.no_grad -> tensor<3x1xf32> {
    %g = ag.grad @w : tensor<3x1xf32>
    ag.yield %g : tensor<3x1xf32>
  }
  ag.print ["tensor", "text:a"](%l : tensor<f32>)
  return
}
