// RUN: split-file %s %t
// RUN: gradc-opt %t/op.mlir | gradc-opt | FileCheck %t/op.mlir
// RUN: gradc-opt %t/op.mlir --test-ag-rules | FileCheck %t/op.mlir --check-prefix=RULE
// RUN: gradc-opt %t/op.mlir --lower-to-linalg | FileCheck %t/op.mlir --check-prefix=LOWER
// RUN: gradc-opt %t/invalid.mlir --verify-diagnostics --split-input-file

//--- op.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ag.minimum %{{.*}}, %{{.*}} : tensor<4xf32>
  %y = ag.minimum %a, %b : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RULE-LABEL: func.func @f_vjp(
// RULE-SAME: %[[A:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[B:[a-z0-9]+]]: tensor<{{[^>]*}}>, %[[D:[a-z0-9]+]]: tensor<{{[^>]*}}>)
// RULE: %[[Y:.*]] = ag.minimum %[[A]], %[[B]]
// RULE: %[[EQ:.*]] = ag.compare eq %[[A]], %[[B]]
// RULE: %[[H:.*]] = ag.div %[[D]], %{{.*}}
// RULE: %[[GT:.*]] = ag.compare gt %[[A]], %[[B]]
// RULE: %[[G:.*]] = ag.select %[[GT]], %{{.*}}, %[[D]]
// RULE: %[[DA:.*]] = ag.select %[[EQ]], %[[H]], %[[G]]
// RULE: %[[LT:.*]] = ag.compare lt %[[A]], %[[B]]
// RULE: %[[DB:.*]] = ag.select %{{.*}}, %{{.*}}, %{{.*}}
// RULE: return %[[DA]], %{{.*}}

// LOWER-LABEL: func.func @f(
// LOWER: linalg.generic
// LOWER-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %{{.*}}: f32):
// LOWER-NEXT: arith.minimumf

//--- invalid.mlir
func.func @f(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-note@-1 {{prior use here}}
  // expected-error@+1 {{expects different type than prior uses}}
  %y = ag.minimum %a, %b : tensor<4xf32>
  return
}
