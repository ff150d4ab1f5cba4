// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
// CHECK: ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
// CHECK: ag.variable @c : tensor<2xi64> kind "buffer" = dense<[1, 2]> : tensor<2xi64>
ag.variable @c : tensor<2xi64> kind "buffer" = dense<[1, 2]> : tensor<2xi64>

//--- invalid.mlir
// expected-error@+1 {{expected a ranked tensor type of static shape, got 'tensor<?xf32>'}}
ag.variable @w : tensor<?xf32> kind "buffer"

// -----
// expected-error@+1 {{expected a ranked tensor type of static shape, got 'f32'}}
ag.variable @w : f32 kind "buffer"

// -----
// expected-error@+1 {{expected kind parameter, buffer, grad, state, local or residual, got 'weight'}}
ag.variable @w : tensor<3xf32> kind "weight"

// -----
// expected-error@+1 {{only floating point variables can require gradients, got 'tensor<3xi64>'}}
ag.variable @w : tensor<3xi64> kind "parameter" requires_grad

// -----
// expected-error@+1 {{expected an initial value of type 'tensor<3xf32>', got 'tensor<2xf32>'}}
ag.variable @w : tensor<3xf32> kind "buffer" = dense<1.0> : tensor<2xf32>
