// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/fold.mlir --canonicalize | FileCheck %t/fold.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.pow_scalar %{{.*}}, 2.500000e+00 : tensor<4xf32>
  %y = ag.pow_scalar %x, 2.5 : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[X:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.pow_scalar %[[X]], 2.5
// RULE: %[[P:.*]] = ag.pow_scalar %[[X]], 1.5
// RULE: %[[E:.*]] = ag.constant dense<2.5
// RULE: %[[PE:.*]] = ag.mul %[[P]], %[[E]]
// RULE: %[[R:.*]] = ag.mul %[[D]], %[[PE]]
// RULE: return %[[R]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[IN:.*]]: f32, %{{.*}}: f32):
// LOWER: %[[E:.*]] = arith.constant 2.5
// LOWER: math.powf %[[IN]], %[[E]]

//--- fold.mlir
func.func @one(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-LABEL: @one(
  // CHECK-SAME: %[[X:.*]]: tensor
  // CHECK-NEXT: return %[[X]]
  %y = ag.pow_scalar %x, 1.0 : tensor<4xf32>
  return %y : tensor<4xf32>
}

//--- invalid.mlir
func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{expected a whole exponent from 0 to 2^53 for integers, got -1}}
  %y = ag.pow_scalar %x, -1.0 : tensor<4xi64>
  return
}

// -----
func.func @f(%x: tensor<4xi64>) {
  // expected-error@+1 {{expected a whole exponent from 0 to 2^53 for integers, got 5.000000e-01}}
  %y = ag.pow_scalar %x, 0.5 : tensor<4xi64>
  return
}

// -----
func.func @f(%x: tensor<4xi1>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point}}
  %y = ag.pow_scalar %x, 2.0 : tensor<4xi1>
  return
}
