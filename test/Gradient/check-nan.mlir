// RUN: gradc-opt %s --ag-check-nan | FileCheck %s

// Inputs and variables for NaN, results of operations for infinities, too; constants not at all.
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad

// CHECK-LABEL: func.func @f
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>
func.func @f(%x: tensor<3xf32> {ag.name = "x"}, %i: tensor<3xi64>) -> tensor<3xf32> {
  // CHECK: %[[NAN:.*]] = ag.compare ne %[[X]], %[[X]]
  // CHECK: ag.cast %[[NAN]]
  // CHECK: ag.reduce_sum
  // CHECK: ag.expect %{{.*}}, "NaN in input 'x'"
  // CHECK: ag.get @w
  // CHECK: ag.expect %{{.*}}, "NaN in variable 'w'"
  %w = ag.get @w : tensor<3xf32>
  // CHECK: ag.constant
  // CHECK-NOT: expect
  %c = ag.constant dense<0xFF800000> : tensor<3xf32>
  // CHECK: ag.mul
  // CHECK-DAG: ag.expect %{{.*}}, "NaN in 'mul'"
  // CHECK-DAG: ag.expect %{{.*}}, "infinity in 'mul'"
  %y = ag.mul %x, %w : tensor<3xf32>
  // CHECK-NOT: "infinity in 'sub'"
  // CHECK: return
  return %y : tensor<3xf32>
}
