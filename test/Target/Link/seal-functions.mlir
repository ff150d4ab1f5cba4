// RUN: gradc-opt %s --sched-seal-functions | FileCheck %s

// CHECK-NOT: ag.variable
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad

// CHECK: func.func @gradc.body.f(
// CHECK-SAME: %{{.*}}: memref<3xf32> {llvm.align = 64 : i64, llvm.dereferenceable = 12 : i64, llvm.noalias, llvm.noundef}
// CHECK-SAME: memref<2x2xf64> {llvm.align = 8 : i64, llvm.dereferenceable = 32 : i64, llvm.noalias, llvm.noundef, llvm.readonly}
// CHECK-SAME: memref<f32> {llvm.align = 4 : i64, llvm.dereferenceable = 4 : i64, llvm.noalias, llvm.noundef}
// The team, which promises nothing of its memory, and the generator.
// CHECK-SAME: !llvm.ptr, %[[RNG:.*]]: !llvm.ptr {
// CHECK-SAME: attributes {llvm.bareptr, llvm.linkage = #llvm.linkage<internal>}
// The generator goes to draws and seeds, not to prints.
// CHECK: sched.host "manual_seed"(%[[RNG]])
// CHECK: sched.host "rand"(%[[RNG]])
// CHECK: sched.host "print"(%{{[^%]*}}) outs()
func.func @f(%w: memref<3xf32> {sched.variable = @w}, %x: memref<2x2xf64> {sched.input = "x"},
             %y: memref<f32> {sched.output = "y"}) {
  sched.host "manual_seed"() outs() {seed = 3 : i64} : () -> ()
  sched.host "rand"() outs(%w) {} : (memref<3xf32>) -> ()
  sched.host "print"(%w) outs() {parts = ["tensor"]} : (memref<3xf32>) -> ()
  return
}

// Helpers keep their names and their calling convention.
// CHECK: func.func private @helper(%{{.*}}: memref<3xf32>) attributes {llvm.linkage = #llvm.linkage<internal>}
func.func private @helper(%w: memref<3xf32>) {
  return
}
