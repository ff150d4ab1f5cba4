// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.pow %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.pow %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[A:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[B:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.pow %[[A]], %[[B]]
// RULE: %[[IS:.*]] = ag.compare eq %[[B]], %{{.*}}
// RULE: %[[BM:.*]] = ag.sub %[[B]], %{{.*}}
// RULE: %[[P:.*]] = ag.pow %[[A]], %[[BM]]
// RULE: %[[BP:.*]] = ag.mul %[[B]], %[[P]]
// RULE: %[[DBP:.*]] = ag.mul %[[D]], %[[BP]]
// RULE: %[[DA:.*]] = ag.select %[[IS]], %{{.*}}, %[[DBP]]
// RULE: %[[L:.*]] = ag.log %[[A]]
// RULE: %[[YL:.*]] = ag.mul %[[Y]], %[[L]]
// RULE: %[[S:.*]] = ag.select %{{.*}}, %{{.*}}, %[[YL]]
// RULE: %[[DB:.*]] = ag.mul %[[D]], %[[S]]
// RULE: return %[[DA]], %[[DB]]

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %{{.*}}: f32):
// LOWER-NEXT: math.powf %[[A]], %[[B]]

//--- invalid.mlir
func.func @f(%a: tensor<4xi1>) {
  // expected-error@+1 {{operand #0 must be ranked tensor of floating-point or 8-bit unsigned integer or 8-bit signless integer}}
  %y = ag.pow %a, %a : tensor<4xi1>
  return
}
