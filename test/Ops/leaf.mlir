// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER

//--- op.mlir
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  // CHECK: ag.leaf %{{.*}} of @w : tensor<3xf32>
  // LOWER-LABEL: func.func @f
  // LOWER-SAME: %[[X:.*]]: tensor<3xf32>
  // LOWER-NEXT: return %[[X]]
  %y = ag.leaf %x of @w : tensor<3xf32>
  return %y : tensor<3xf32>
}
