// RUN: gradc-opt %s --pass-pipeline='builtin.module(link-pipeline)' | FileCheck %s

// CHECK-DAG: llvm.mlir.global private unnamed_addr constant @[[TEXT:.*]]("hi\00")
// CHECK-DAG: llvm.func @gradc_rt_print(!llvm.ptr, i32)
// CHECK-DAG: llvm.func @gradc_rt_seed(!llvm.ptr, i64)
// CHECK-DAG: llvm.func @gradc_rt_randn_f32(!llvm.ptr, !llvm.ptr, i64)
// CHECK-DAG: llvm.func @gradc_rt_rand_f64(!llvm.ptr, !llvm.ptr, i64)
// CHECK-DAG: llvm.func @gradc_rt_randint_i64(!llvm.ptr, i64, i64, !llvm.ptr, i64)
// CHECK-DAG: llvm.func @gradc_rt_randperm_i64(!llvm.ptr, !llvm.ptr, i64)

// CHECK-LABEL: llvm.func internal @gradc.body.main(
// CHECK-SAME: %[[RNG:arg4]]: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias, llvm.noundef})
// CHECK-DAG: %[[SEED:.*]] = llvm.mlir.constant(-1 : i64)
// CHECK: llvm.call @gradc_rt_seed(%[[RNG]], %[[SEED]])
// CHECK: %[[EIGHT:.*]] = llvm.mlir.constant(8 : i64)
// CHECK: llvm.call @gradc_rt_randn_f32(%[[RNG]], %{{.*}}, %[[EIGHT]])
// CHECK: llvm.call @gradc_rt_rand_f64(%[[RNG]]
// CHECK: llvm.call @gradc_rt_randint_i64(%[[RNG]]
// CHECK: llvm.call @gradc_rt_randperm_i64(%[[RNG]]
// CHECK: llvm.mlir.addressof @[[TEXT]]
// CHECK: llvm.call @gradc_rt_print(
ag.variable @x : tensor<4x2xf32> kind "local"
ag.variable @d : tensor<2xf64> kind "local"
ag.variable @i : tensor<5xi64> kind "local"
func.func @main(%x: memref<4x2xf32> {sched.variable = @x}, %d: memref<2xf64> {sched.variable = @d},
                %i: memref<5xi64> {sched.variable = @i}) {
  sched.host "manual_seed"() outs() {seed = -1 : i64} : () -> ()
  sched.host "randn"() outs(%x) {} : (memref<4x2xf32>) -> ()
  sched.host "rand"() outs(%d) {} : (memref<2xf64>) -> ()
  sched.host "randint"() outs(%i) {low = 0 : i64, high = 3 : i64} : (memref<5xi64>) -> ()
  sched.host "randperm"() outs(%i) {} : (memref<5xi64>) -> ()
  sched.host "print"(%x) outs() {parts = ["text:hi", "tensor", "none"]} : (memref<4x2xf32>) -> ()
  return
}
