// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
// A statement: it stays where it is though nobody uses it.
func.func @f(%ok: tensor<i1>) {
  // CHECK: ag.expect %{{.*}}, "index out of range in self" : tensor<i1>
  ag.expect %ok, "index out of range in self" : tensor<i1>
  return
}

//--- invalid.mlir
func.func @f(%ok: tensor<2xi1>) {
  // expected-error@+1 {{expected one condition, got 'tensor<2xi1>'}}
  ag.expect %ok, "text" : tensor<2xi1>
  return
}
