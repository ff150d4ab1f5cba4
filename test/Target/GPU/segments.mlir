// Launches that are the same at every run stand under a question to the runtime, which may have a graph of them.
// RUN: gradc-opt %s --gpu-emit-kernels | FileCheck %s

sched.kernel @double kind "elementwise" inplace [] (%x: tensor<10xf32>) -> tensor<10xf32> {
  %e = tensor.empty() : tensor<10xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<10xf32>) outs(%e : tensor<10xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  } -> tensor<10xf32>
  sched.return %r : tensor<10xf32>
}

// CHECK-LABEL: func.func @fixed.cuda
func.func @fixed(%x: memref<100xf32> {sched.input = "x"}, %y: memref<10xf32> {sched.output = "y"}, %z: memref<10xf32> {sched.output = "z"}, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // What they take, the second one's buffer too, comes first.
  // CHECK: scf.for
  // CHECK: memref.subview
  // CHECK: memref.subview
  // CHECK: %[[ASKS:.*]] = func.call @gradc_cuda_segment(%{{.*}}, %{{.*}}) : (!llvm.ptr, i64) -> i64
  // CHECK: %[[RECORDS:.*]] = arith.cmpi ne, %[[ASKS]]
  // CHECK-NEXT: scf.if %[[RECORDS]] {
  // CHECK: func.call @double.cuda
  // CHECK-NOT: memref.subview
  // CHECK: func.call @double.cuda
  // CHECK: func.call @gradc_cuda_segment_end
  // CHECK-NEXT: }
  scf.for %i = %c0 to %n step %c1 {
    %a = memref.subview %x[10] [10] [1] : memref<100xf32> to memref<10xf32, strided<[1], offset: 10>>
    sched.launch @double(%a) outs(%y) inplace [] : (memref<10xf32, strided<[1], offset: 10>>, memref<10xf32>) -> ()
    %b = memref.subview %x[30] [10] [1] : memref<100xf32> to memref<10xf32, strided<[1], offset: 30>>
    sched.launch @double(%b) outs(%z) inplace [] : (memref<10xf32, strided<[1], offset: 30>>, memref<10xf32>) -> ()
  }
  return
}

// One launch is no graph, nor is one whose buffer moves with the loop.
// CHECK-LABEL: func.func @moving.cuda
// CHECK-NOT: gradc_cuda_segment
// CHECK: return
func.func @moving(%x: memref<100xf32> {sched.input = "x"}, %y: memref<10xf32> {sched.output = "y"}, %z: memref<10xf32> {sched.output = "z"}, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %a = memref.subview %x[%i] [10] [1] : memref<100xf32> to memref<10xf32, strided<[1], offset: ?>>
    sched.launch @double(%a) outs(%y) inplace [] : (memref<10xf32, strided<[1], offset: ?>>, memref<10xf32>) -> ()
    sched.launch @double(%a) outs(%z) inplace [] : (memref<10xf32, strided<[1], offset: ?>>, memref<10xf32>) -> ()
  }
  sched.launch @double(%y) outs(%z) inplace [] : (memref<10xf32>, memref<10xf32>) -> ()
  return
}
