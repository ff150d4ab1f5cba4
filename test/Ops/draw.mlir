// RUN: gradc-opt %s | gradc-opt | FileCheck %s
// RUN: gradc-opt %s --ag-expand-draws | FileCheck %s --check-prefix=EXPAND
// EXPAND-DAG: ag.variable @random.seed : tensor<i64> kind "state" = dense<67280421310721>
// EXPAND-DAG: ag.variable @random.counter : tensor<i64> kind "state" = dense<0>
// EXPAND-LABEL: func.func @main
func.func @main() -> tensor<4xf32> {
  // EXPAND: ag.manual_seed 3
  // EXPAND: ag.constant dense<3>
  // EXPAND: ag.set @random.seed
  // EXPAND: ag.constant dense<0>
  // EXPAND: ag.set @random.counter
  ag.manual_seed 3
  // CHECK: ag.draw : tensor<4xf32>
  // EXPAND: %[[SEED:.*]] = ag.get @random.seed
  // EXPAND: %[[COUNT:.*]] = ag.get @random.counter
  // EXPAND: ag.philox %[[SEED]], %[[COUNT]] : tensor<4xf32>
  // EXPAND: %[[NEXT:.*]] = ag.add %[[COUNT]]
  // EXPAND: ag.set @random.counter, %[[NEXT]]
  %y = ag.draw : tensor<4xf32>
  return %y : tensor<4xf32>
}
