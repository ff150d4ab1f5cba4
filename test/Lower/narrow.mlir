// Short floats compute in f32 and round once; u8 computes in i16 and is stored as i8, which arguments, results and variables say.
// RUN: gradc-opt %s --lower-to-linalg --verify-each | FileCheck %s

// CHECK: ag.variable @count : tensor<2xi8> kind "buffer" = dense<[1, -56]> : tensor<2xi8> {ag.dtype = "u8"}
ag.variable @count : tensor<2xui8> kind "buffer" = dense<[1, 200]> : tensor<2xui8>

// CHECK-LABEL: func.func @add
// CHECK: ^bb0(%[[A:.*]]: bf16, %[[B:.*]]: bf16, %{{.*}}: bf16):
// CHECK-NEXT: %[[X:.*]] = arith.extf %[[A]] : bf16 to f32
// CHECK-NEXT: %[[Y:.*]] = arith.extf %[[B]] : bf16 to f32
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[X]], %[[Y]] : f32
// CHECK-NEXT: %[[T:.*]] = arith.truncf %[[S]] : f32 to bf16
// CHECK-NEXT: linalg.yield %[[T]]
func.func @add(%a: tensor<4xbf16>, %b: tensor<4xbf16>) -> tensor<4xbf16> {
  %y = ag.add %a, %b : tensor<4xbf16>
  return %y : tensor<4xbf16>
}

// A choice computes nothing.
// CHECK-LABEL: func.func @select
// CHECK-NOT: arith.extf
// CHECK: return
func.func @select(%c: tensor<4xi1>, %a: tensor<4xf16>, %b: tensor<4xf16>) -> tensor<4xf16> {
  %y = ag.select %c, %a, %b : tensor<4xf16>
  return %y : tensor<4xf16>
}

// The factors are widened as they are read, the sum is rounded once.
// CHECK-LABEL: func.func @product(
// CHECK: linalg.generic {{.*}} ins(%arg0, %arg1 : tensor<2x3xf16>, tensor<3x5xf16>) outs(%{{.*}} : tensor<2x5xf32>)
// CHECK: arith.extf
// CHECK: arith.extf
// CHECK: arith.mulf {{.*}} : f32
// CHECK: arith.addf {{.*}} : f32
// CHECK: arith.truncf {{.*}} : f32 to f16
func.func @product(%a: tensor<2x3xf16>, %b: tensor<3x5xf16>) -> tensor<2x5xf16> {
  %y = ag.contract %a, %b batch [] x [] contract [1] x [0] : (tensor<2x3xf16>, tensor<3x5xf16>) -> tensor<2x5xf16>
  return %y : tensor<2x5xf16>
}

// CHECK-LABEL: func.func @bytes
// CHECK-SAME: %{{.*}}: tensor<2xi8> {ag.dtype = "u8"}) -> (tensor<2xi8> {ag.dtype = "u8"})
// CHECK: arith.extui %{{.*}} : i8 to i16
// CHECK: arith.maxsi %{{.*}} : i16
// CHECK: arith.trunci %{{.*}} : i16 to i8
// CHECK: ag.print ["tensor:u8", "text:and", "number:u8"](%{{.*}}, %{{.*}} : tensor<2xi8>, tensor<1xi8>)
func.func @bytes(%a: tensor<2xui8>) -> tensor<2xui8> {
  %b = ag.get @count : tensor<2xui8>
  %y = ag.maximum %a, %b : tensor<2xui8>
  %one = ag.slice %y from [0] to [1] by [1] : tensor<2xui8> -> tensor<1xui8>
  ag.print ["tensor", "text:and", "number"](%y, %one : tensor<2xui8>, tensor<1xui8>)
  ag.set @count, %y : tensor<2xui8>
  return %y : tensor<2xui8>
}

// i8, i16 and u8 are the low bits of i32; f16 is made from f32.
// CHECK-LABEL: func.func @casts
// CHECK: arith.fptosi %{{.*}} : f32 to i32
// CHECK: arith.trunci %{{.*}} : i32 to i16
// CHECK: arith.trunci %{{.*}} : i16 to i8
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @casts(%x: tensor<4xf32>, %d: tensor<4xf64>) -> (tensor<4xui8>, tensor<4xf16>) {
  %y = ag.cast %x : tensor<4xf32> -> tensor<4xui8>
  %z = ag.cast %d : tensor<4xf64> -> tensor<4xf16>
  return %y, %z : tensor<4xui8>, tensor<4xf16>
}
