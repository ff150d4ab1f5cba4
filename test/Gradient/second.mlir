// RUN: gradc-opt %s -gradient -verify-diagnostics
// A gradient with create_graph is differentiated again; the second plain backward finds the graph freed.
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @main() {
  %w0 = ag.randn : tensor<3xf32>
  ag.set @w, %w0 init : tensor<3xf32>
  %w = ag.get @w : tensor<3xf32>
  %e = ag.tanh %w : tensor<3xf32>
  %l = ag.reduce_sum %e dims [0] : tensor<3xf32> -> tensor<f32>
  %g = ag.gradient %l wrt (%w) create_graph : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  // expected-note @+1 {{saved a value for backward}}
  %g2 = ag.mul %g, %g : tensor<3xf32>
  %l2 = ag.reduce_sum %g2 dims [0] : tensor<3xf32> -> tensor<f32>
  // expected-note @+1 {{this backward freed it}}
  ag.backward %l2 : tensor<f32>
  %v = ag.randn : tensor<3xf32>
  %t = ag.tangent %l wrt (%w) along (%v) : (tensor<f32>, tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  ag.print ["tensor", "tensor"](%g, %t : tensor<3xf32>, tensor<f32>)
  // expected-error @+1 {{Trying to backward through the graph a second time}}
  ag.backward %l2 : tensor<f32>
  return
}
