// RUN: gradc-opt %s --sched-bind-buffers --split-input-file --verify-diagnostics | FileCheck %s

ag.variable @w : tensor<2xf32> kind "parameter"
ag.variable @k : tensor<2xf32> kind "parameter"
ag.variable @g : tensor<2xf32> kind "grad"
// A variable that is only read may not be written; one that is only set has no tensor; the exit is one commit.
// CHECK-LABEL: func.func @step
// CHECK-SAME: %[[X:[^:]*]]: memref<2xf32> {sched.input = "x"}
// CHECK-SAME: %[[N:[^:]*]]: index
// CHECK-SAME: %[[W:[^:]*]]: memref<2xf32> {sched.variable = @w}
// CHECK-SAME: %[[K:[^:]*]]: memref<2xf32> {sched.variable = @k}
// CHECK-SAME: %[[G:[^:]*]]: memref<2xf32> {sched.variable = @g}
// CHECK-SAME: %[[LOSS:[^:]*]]: memref<2xf32> {sched.output = "loss"}
// CHECK-SAME: %[[OUT:[^:]*]]: memref<2xf32> {sched.output = "out1"}
// CHECK: %[[XT:.*]] = bufferization.to_tensor %[[X]] restrict :
// CHECK: %[[WT:.*]] = bufferization.to_tensor %[[W]] restrict writable :
// CHECK: %[[KT:.*]] = bufferization.to_tensor %[[K]] restrict :
// CHECK-NOT: to_tensor
// CHECK: %[[S:.*]] = arith.addf %[[WT]], %[[KT]]
// CHECK: sched.commit %[[S]], %[[XT]], %[[WT]], %[[S]] to %[[W]], %[[G]], %[[LOSS]], %[[OUT]]
func.func @step(%x: tensor<2xf32> {ag.name = "x"}, %n: index)
    -> (tensor<2xf32> {ag.name = "loss"}, tensor<2xf32>) {
  %w = ag.get @w : tensor<2xf32>
  %k = ag.get @k : tensor<2xf32>
  %s = arith.addf %w, %k : tensor<2xf32>
  ag.set @w, %s : tensor<2xf32>
  ag.set @g, %x : tensor<2xf32>
  return %w, %s : tensor<2xf32>, tensor<2xf32>
}

// -----

// Data becomes a variable that nobody sets; equal data is one.
// CHECK: ag.variable @constant : tensor<2xf32> kind "local" = dense<[1.000000e+00, 2.000000e+00]>
// CHECK-NOT: ag.variable
// CHECK-LABEL: func.func @data
// CHECK-SAME: {sched.variable = @constant}
// CHECK: to_tensor %{{.*}} restrict :
// CHECK-NOT: to_tensor
func.func @data() -> tensor<2xf32> {
  %a = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %s = arith.addf %a, %b : tensor<2xf32>
  return %s : tensor<2xf32>
}

// -----

ag.variable @w : tensor<f32> kind "local"
func.func @late() -> tensor<f32> {
  %0 = ag.get @w : tensor<f32>
  ag.set @w, %0 : tensor<f32>
  // expected-error @+1 {{variable 'w' is read after it was set}}
  %1 = ag.get @w : tensor<f32>
  return %1 : tensor<f32>
}

// -----

ag.variable @w : tensor<f32> kind "local"
func.func @below(%c: i1) {
  scf.if %c {
    // expected-error @+1 {{variable 'w' is used below the function's body}}
    %0 = ag.get @w : tensor<f32>
    ag.set @w, %0 : tensor<f32>
  }
  return
}

// -----

// expected-error @+1 {{named dimensions are not supported yet: 'tensor<?xf32>'}}
func.func @dynamic(%x: tensor<?xf32>) {
  return
}

// -----

func.func private @callee(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}
func.func @caller(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{expected no calls, found one of 'callee'}}
  %y = func.call @callee(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
