// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xf64> {
  // CHECK: ag.cast %{{.*}} : tensor<4xf32> -> tensor<4xf64>
  %y = ag.cast %x : tensor<4xf32> -> tensor<4xf64>
  return %y : tensor<4xf64>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[R:.*]] = ag.cast %[[D]] : tensor<4xf64> -> tensor<4xf32>
// RULE: return %[[R]]
// RULE-LABEL: func.func @f_jvp(
// RULE: ag.cast %arg1 : tensor<4xf32> -> tensor<4xf64>

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER: arith.extf

//--- fold.mlir
func.func @same(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-LABEL: @same(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %y = ag.cast %x : tensor<4xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @there_and_back(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  // CHECK-LABEL: @there_and_back(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %w = ag.cast %x : tensor<4xbf16> -> tensor<4xf32>
  %y = ag.cast %w : tensor<4xf32> -> tensor<4xbf16>
  return %y : tensor<4xbf16>
}

func.func @rounds(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-LABEL: @rounds(
  // CHECK-COUNT-2: ag.cast
  %w = ag.cast %x : tensor<4xf32> -> tensor<4xf16>
  %y = ag.cast %w : tensor<4xf16> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

//--- invalid.mlir
func.func @f(%x: tensor<4xf32>) {
  // expected-error@+1 {{all non-scalar operands/results must have the same shape and base type}}
  %y = ag.cast %x : tensor<4xf32> -> tensor<5xf64>
  return
}
