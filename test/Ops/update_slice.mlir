// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<6xf32>, %u: tensor<2xf32>) -> tensor<6xf32> {
  // CHECK: ag.update_slice %{{.*}} into %{{.*}} from [1] by [2] : tensor<2xf32> into tensor<6xf32>
  %y = ag.update_slice %u into %x from [1] by [2] : tensor<2xf32> into tensor<6xf32>
  return %y : tensor<6xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[U:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Z:.*]] = ag.constant dense<0.0
// RULE: %[[DX:.*]] = ag.update_slice %[[Z]] into %[[D]] from [1] by [2]
// RULE: %[[DU:.*]] = ag.slice %[[D]] from [1] to [4] by [2]
// RULE: return %[[DX]], %[[DU]]

// LOWER-LABEL: func.func @f(
// LOWER: tensor.insert_slice %{{.*}} into %{{.*}}[1] [2] [2] : tensor<2xf32> into tensor<6xf32>

//--- invalid.mlir
func.func @f(%x: tensor<6xf32>, %u: tensor<2xf32>) {
  // expected-error@+1 {{expected 1 dimensions, starts and strides}}
  %y = ag.update_slice %u into %x from [] by [2] : tensor<2xf32> into tensor<6xf32>
  return
}

// -----
func.func @f(%x: tensor<6xf32>, %u: tensor<2xf64>) {
  // expected-error@+1 {{expected element type 'f32', got 'f64'}}
  %y = ag.update_slice %u into %x from [0] by [1] : tensor<2xf64> into tensor<6xf32>
  return
}

// -----
func.func @f(%x: tensor<6xf32>, %u: tensor<2xf32>) {
  // expected-error@+1 {{expected the box inside size 6 at dimension 0, got start 5, size 2, stride 1}}
  %y = ag.update_slice %u into %x from [5] by [1] : tensor<2xf32> into tensor<6xf32>
  return
}
