// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER

//--- op.mlir
func.func @f() {
  // CHECK: ag.manual_seed -5
  // LOWER: ag.manual_seed -5
  ag.manual_seed -5
  return
}
