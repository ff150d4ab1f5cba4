// RUN: gradc-opt %s --lower-to-linalg | FileCheck %s

// Non-splat constants become one hidden variable, read at function entry.
// CHECK: ag.variable @constant.0 : tensor<3xf32> kind "local" = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]>
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<10x3xf32>
func.func @main(%x: tensor<10x3xf32>, %c: i1) -> tensor<10x3xf32> {
  // CHECK-NEXT: %[[K:.*]] = ag.get @constant.0
  // Numbers and broadcasts are read in place.
  %two = ag.constant dense<2.0> : tensor<f32>
  %twos = ag.broadcast %two dims [] : tensor<f32> -> tensor<10x3xf32>
  %k = ag.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %ks = ag.broadcast %k dims [1] : tensor<3xf32> -> tensor<10x3xf32>
  // CHECK: %[[A:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<10x3xf32>)
  // CHECK: arith.constant 2.0
  // CHECK-NEXT: arith.mulf
  %a = ag.mul %x, %twos : tensor<10x3xf32>
  // CHECK: linalg.generic {{.*}} ins(%[[A]], %[[K]] : tensor<10x3xf32>, tensor<3xf32>)
  %b = ag.add %a, %ks : tensor<10x3xf32>
  // CHECK: scf.if
  // CHECK-NOT: ag.
  %r = scf.if %c -> tensor<10x3xf32> {
    %e = ag.exp %b : tensor<10x3xf32>
    scf.yield %e : tensor<10x3xf32>
  } else {
    scf.yield %b : tensor<10x3xf32>
  }
  return %r : tensor<10x3xf32>
}
