// What gpu-emit-kernels adds to a program: kernels, functions that launch them, and twins of the program's functions.
// RUN: gradc-opt %s --gpu-emit-kernels | FileCheck %s

// CHECK-LABEL: sched.kernel @double
sched.kernel @double kind "elementwise" inplace [0, 0] (%x: tensor<512x64xf32>) -> tensor<512x64xf32> {
  %c = arith.constant 2.0 : f32
  %e = tensor.empty() : tensor<512x64xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%x : tensor<512x64xf32>) outs(%e : tensor<512x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.mulf %a, %c : f32
    linalg.yield %m : f32
  } -> tensor<512x64xf32>
  sched.return %y : tensor<512x64xf32>
}

// The function of the CPU stays; its twin has the device as its last argument.
// CHECK-LABEL: func.func @f(
// CHECK: sched.launch @double
// CHECK-LABEL: func.func @f.cuda(
// CHECK-SAME: memref<131072xi8>, %[[DEVICE:[a-z0-9]*]]: !llvm.ptr)
// CHECK: %[[BITS:.*]] = call @gradc_cuda_read(%[[DEVICE]], %{{.*}}, %{{.*}}) : (!llvm.ptr, !llvm.ptr, i64) -> i64
// CHECK: %[[GO:.*]] = arith.cmpi ne, %[[BITS]]
// CHECK: scf.if %[[GO]] {
// CHECK:   call @double.cuda(%{{.*}}, %{{.*}}, %[[DEVICE]])
// CHECK: call @gradc_cuda_copy(%[[DEVICE]]
// CHECK: call @copy_4_64_64_1.cuda(%{{.*}}, %{{.*}}, %[[DEVICE]])
// CHECK: %[[HERE:.*]] = call @gradc_cuda_fetch(%[[DEVICE]]
// CHECK: sched.host "print"
// CHECK: call @gradc_cuda_release(%[[DEVICE]])
// CHECK: %[[ROOM:.*]] = call @gradc_cuda_room(%[[DEVICE]]
// CHECK: sched.host "randn"
// CHECK: call @gradc_cuda_put(%[[DEVICE]], %{{.*}}, %[[ROOM]]
func.func @f(%x: memref<512x64xf32> {sched.input = "x"}, %y: memref<512x64xf32> {sched.output = "y"},
             %go: memref<i1> {sched.input = "go"}, %arena: memref<131072xi8> {sched.arena}) {
  %c0 = arith.constant 0 : index
  %t = memref.view %arena[%c0][] : memref<131072xi8> to memref<512x64xf32>
  %b = memref.load %go[] : memref<i1>
  scf.if %b {
    sched.launch @double(%x) outs(%t) inplace [0, 0] : (memref<512x64xf32>, memref<512x64xf32>) -> ()
  }
  memref.copy %t, %y : memref<512x64xf32> to memref<512x64xf32>
  %row = memref.subview %y[0, 0] [1, 64] [1, 1] : memref<512x64xf32> to memref<64xf32, strided<[1]>>
  %column = memref.subview %t[0, 0] [64, 1] [1, 1] : memref<512x64xf32> to memref<64xf32, strided<[64]>>
  memref.copy %column, %row : memref<64xf32, strided<[64]>> to memref<64xf32, strided<[1]>>
  sched.host "print"(%y) outs() {parts = ["tensor"]} : (memref<512x64xf32>) -> ()
  sched.host "randn"() outs(%t) {} : (memref<512x64xf32>) -> ()
  return
}

// CHECK: module @gradc.device attributes {gradc.kernels = ["double", "copy_4_64_64_1"], gradc.workspace = 0 : i64}
// Arguments that may share a buffer are not said to be apart; elsewhere they are.
// CHECK: func.func @double(%arg0: !llvm.ptr<1> {llvm.align = 64 : i64, llvm.dereferenceable = 131072 : i64, llvm.readonly}
// CHECK: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
// CHECK: func.func private @double.cuda(
// CHECK: call @gradc_cuda_launch(
