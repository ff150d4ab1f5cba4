// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --ag-exit-loops | FileCheck %t/op.mlir --check-prefix=EXIT
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics

//--- op.mlir
// EXIT-LABEL: func.func @f
// EXIT: %[[R:.*]]:3 = scf.while (%[[I:.*]] = %c0, %[[GO:.*]] = %true{{.*}}, %[[X:.*]] = %arg0)
// EXIT: %[[MORE:.*]] = arith.cmpi slt, %[[I]], %c9
// EXIT: %[[AND:.*]] = arith.andi %[[MORE]], %[[GO]]
// EXIT: scf.condition(%[[AND]])
// EXIT: ^bb0(%[[J:.*]]: index, %{{.*}}: i1, %[[Y:.*]]: f32):
// EXIT: %[[S:.*]] = arith.addf %[[Y]], %[[Y]]
// EXIT: %[[C:.*]] = arith.cmpf
// EXIT: %[[N:.*]] = arith.addi %[[J]], %c1
// EXIT: scf.yield %[[N]], %[[C]], %[[S]]
// EXIT: return %[[R]]#2
func.func @f(%x: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %limit = arith.constant 100.0 : f32
  %r = scf.for %i = %c0 to %c9 step %c1 iter_args(%y = %x) -> f32 {
    %s = arith.addf %y, %y : f32
    %c = arith.cmpf olt, %s, %limit : f32
    // CHECK: ag.continue_if %
    ag.continue_if %c
    scf.yield %s : f32
  }
  return %r : f32
}

//--- invalid.mlir
func.func @f(%c: i1) {
  // expected-error@+1 {{expects parent op 'scf.for'}}
  ag.continue_if %c
  return
}
