// What has no device form: an error at its place, or with `lenient` a remark, and nothing is added.
// RUN: gradc-opt %s --gpu-emit-kernels --split-input-file --verify-diagnostics
// RUN: sed s/expected-error/expected-remark/ %s > %t.mlir
// RUN: gradc-opt %t.mlir --gpu-emit-kernels=lenient --split-input-file --verify-diagnostics | FileCheck %s
// CHECK-COUNT-3: func.func @f
// CHECK-NOT: cuda

func.func @f(%x: memref<16xf32> {sched.input = "x"}, %y: memref<f32> {sched.output = "y"}, %step: index) {
  %c1 = arith.constant 1 : index
  %s = memref.subview %x[0] [4] [%step] : memref<16xf32> to memref<4xf32, strided<[?]>>
  // expected-error @below {{an element of a buffer with unknown strides has no device form}}
  %v = memref.load %s[%c1] : memref<4xf32, strided<[?]>>
  memref.store %v, %y[] : memref<f32>
  return
}

// -----

func.func @f(%x: memref<16xf32> {sched.output = "x"}, %v: f32, %step: index) {
  %c1 = arith.constant 1 : index
  %s = memref.subview %x[0] [4] [%step] : memref<16xf32> to memref<4xf32, strided<[?]>>
  // expected-error @below {{an element of a buffer with unknown strides has no device form}}
  memref.store %v, %s[%c1] : memref<4xf32, strided<[?]>>
  return
}

// -----

func.func @f(%x: memref<16xf32> {sched.input = "x"}, %y: memref<4xf32> {sched.output = "y"}, %step: index) {
  %s = memref.subview %x[0] [4] [%step] : memref<16xf32> to memref<4xf32, strided<[?]>>
  // expected-error @below {{a copy with unknown strides has no device form}}
  memref.copy %s, %y : memref<4xf32, strided<[?]>> to memref<4xf32>
  return
}
