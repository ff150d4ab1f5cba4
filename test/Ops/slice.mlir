// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<6xf32>) -> tensor<2xf32> {
  // CHECK: ag.slice %{{.*}} from [1] to [4] by [2] : tensor<6xf32> -> tensor<2xf32>
  %y = ag.slice %x from [1] to [4] by [2] : tensor<6xf32> -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[R:.*]] = ag.pad %[[D]] low [1] high [2] interior [1] value 0.0
// RULE: return %[[R]]
// RULE-LABEL: func.func @f_jvp(
// RULE: ag.slice %arg1 from [1] to [4] by [2]

// LOWER-LABEL: func.func @f(
// LOWER: tensor.extract_slice %{{.*}}[1] [2] [2] : tensor<6xf32> to tensor<2xf32>

//--- invalid.mlir
func.func @f(%x: tensor<6xf32>) {
  // expected-error@+2 {{expected 1 starts, limits and strides}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.slice %x from [1, 2] to [4] by [2] : tensor<6xf32> -> tensor<2xf32>
  return
}

// -----
func.func @f(%x: tensor<6xf32>) {
  // expected-error@+2 {{expected 0 <= start <= limit <= 6 and stride >= 1 at dimension 0, got 1, 7, 2}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.slice %x from [1] to [7] by [2] : tensor<6xf32> -> tensor<3xf32>
  return
}

// -----
func.func @f(%x: tensor<6xf32>) {
  // expected-error@+2 {{expected 0 <= start <= limit <= 6 and stride >= 1 at dimension 0, got 1, 6, 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.slice %x from [1] to [6] by [0] : tensor<6xf32> -> tensor<3xf32>
  return
}
