// RUN: gradc-opt %s --lower-to-linalg | FileCheck %s
// Neutral elements by type.

// CHECK-LABEL: func.func @max_i32(
// CHECK: arith.constant -2147483648 : i32
// CHECK: arith.maxsi
func.func @max_i32(%x: tensor<4xi32>) -> tensor<i32> {
  %y = ag.reduce_max %x dims [0] : tensor<4xi32> -> tensor<i32>
  return %y : tensor<i32>
}

// CHECK-LABEL: func.func @min_i64(
// CHECK: arith.constant 9223372036854775807 : i64
// CHECK: arith.minsi
func.func @min_i64(%x: tensor<4xi64>) -> tensor<i64> {
  %y = ag.reduce_min %x dims [0] : tensor<4xi64> -> tensor<i64>
  return %y : tensor<i64>
}

// CHECK-LABEL: func.func @max_bool(
// CHECK: arith.constant false
// CHECK: arith.ori
func.func @max_bool(%x: tensor<4xi1>) -> tensor<i1> {
  %y = ag.reduce_max %x dims [0] : tensor<4xi1> -> tensor<i1>
  return %y : tensor<i1>
}

// CHECK-LABEL: func.func @min_bool(
// CHECK: arith.constant true
// CHECK: arith.andi
func.func @min_bool(%x: tensor<4xi1>) -> tensor<i1> {
  %y = ag.reduce_min %x dims [0] : tensor<4xi1> -> tensor<i1>
  return %y : tensor<i1>
}

// CHECK-LABEL: func.func @sum_i64(
// CHECK: arith.constant 0 : i64
// CHECK: arith.addi
func.func @sum_i64(%x: tensor<4xi64>) -> tensor<i64> {
  %y = ag.reduce_sum %x dims [0] : tensor<4xi64> -> tensor<i64>
  return %y : tensor<i64>
}

// CHECK-LABEL: func.func @no_dims(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
// CHECK-NEXT: return %[[X]]
func.func @no_dims(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = ag.reduce_max %x dims [] : tensor<4xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}
