// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<2xf32>) -> tensor<6xf32> {
  // CHECK: ag.pad %{{.*}} low [1] high [2] interior [1] value 7.000000e+00 : tensor<2xf32> -> tensor<6xf32>
  %y = ag.pad %x low [1] high [2] interior [1] value 7.0 : tensor<2xf32> -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[R:.*]] = ag.slice %[[D]] from [1] to [4] by [2]
// RULE: return %[[R]]
// RULE-LABEL: func.func @f_jvp(
// RULE: ag.pad %arg1 low [1] high [2] interior [1] value 0.0

// LOWER-LABEL: func.func @f(
// LOWER: %[[F:.*]] = linalg.fill
// LOWER: tensor.insert_slice %{{.*}} into %[[F]][1] [2] [2]

//--- invalid.mlir
func.func @f(%x: tensor<2xf32>) {
  // expected-error@+2 {{expected 1 low, high and interior paddings}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.pad %x low [] high [2] interior [1] value 7.0 : tensor<2xf32> -> tensor<6xf32>
  return
}

// -----
func.func @f(%x: tensor<2xf32>) {
  // expected-error@+2 {{expected paddings not below 0 at dimension 0, got -1, 2, 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = ag.pad %x low [-1] high [2] interior [1] value 7.0 : tensor<2xf32> -> tensor<6xf32>
  return
}
