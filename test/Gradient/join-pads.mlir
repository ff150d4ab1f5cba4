// RUN: gradc-opt %s -ag-join-pads -split-input-file | FileCheck %s

// The cotangents of three parts, in any order, are one concatenation.
// CHECK-LABEL: func.func @parts
// CHECK-SAME: (%[[A:.*]]: tensor<2x1xf32>, %[[B:.*]]: tensor<2x3xf32>, %[[C:.*]]: tensor<2x2xf32>)
// CHECK-NEXT: %[[Y:.*]] = ag.concat %[[A]], %[[B]], %[[C]] dim 1
// CHECK-NEXT: return %[[Y]]
func.func @parts(%a: tensor<2x1xf32>, %b: tensor<2x3xf32>, %c: tensor<2x2xf32>) -> tensor<2x6xf32> {
  %pa = ag.pad %a low [0, 0] high [0, 5] interior [0, 0] value 0.0 : tensor<2x1xf32> -> tensor<2x6xf32>
  %pb = ag.pad %b low [0, 1] high [0, 2] interior [0, 0] value 0.0 : tensor<2x3xf32> -> tensor<2x6xf32>
  %pc = ag.pad %c low [0, 4] high [0, 0] interior [0, 0] value 0.0 : tensor<2x2xf32> -> tensor<2x6xf32>
  %s = ag.add %pc, %pa : tensor<2x6xf32>
  %y = ag.add %s, %pb : tensor<2x6xf32>
  return %y : tensor<2x6xf32>
}

// -----
// What is left over stays padded; another term stays added.
// CHECK-LABEL: func.func @rest
// CHECK: %[[J:.*]] = ag.concat %{{.*}}, %{{.*}} dim 0
// CHECK: %[[P:.*]] = ag.pad %[[J]] low [1] high [2]
// CHECK: ag.add %{{.*}}, %[[P]]
func.func @rest(%x: tensor<7xf32>, %a: tensor<3xf32>, %b: tensor<1xf32>) -> tensor<7xf32> {
  %pa = ag.pad %a low [1] high [3] interior [0] value 0.0 : tensor<3xf32> -> tensor<7xf32>
  %pb = ag.pad %b low [4] high [2] interior [0] value 0.0 : tensor<1xf32> -> tensor<7xf32>
  %s = ag.add %x, %pa : tensor<7xf32>
  %y = ag.add %s, %pb : tensor<7xf32>
  return %y : tensor<7xf32>
}

// -----
// Parts that overlap, that are spread, filled with another number or read twice are left alone.
// CHECK-LABEL: func.func @others
// CHECK-NOT: ag.concat
func.func @others(%a: tensor<3xf32>, %b: tensor<3xf32>) -> (tensor<5xf32>, tensor<5xf32>, tensor<6xf32>, tensor<6xf32>) {
  %pa = ag.pad %a low [0] high [2] interior [0] value 0.0 : tensor<3xf32> -> tensor<5xf32>
  %pb = ag.pad %b low [2] high [0] interior [0] value 0.0 : tensor<3xf32> -> tensor<5xf32>
  %y = ag.add %pa, %pb : tensor<5xf32>
  %ia = ag.pad %a low [0] high [0] interior [1] value 0.0 : tensor<3xf32> -> tensor<5xf32>
  %ib = ag.pad %b low [0] high [0] interior [1] value 0.0 : tensor<3xf32> -> tensor<5xf32>
  %z = ag.add %ia, %ib : tensor<5xf32>
  %oa = ag.pad %a low [0] high [3] interior [0] value 1.0 : tensor<3xf32> -> tensor<6xf32>
  %ob = ag.pad %b low [3] high [0] interior [0] value 0.0 : tensor<3xf32> -> tensor<6xf32>
  %u = ag.add %oa, %ob : tensor<6xf32>
  return %y, %z, %u, %ob : tensor<5xf32>, tensor<5xf32>, tensor<6xf32>, tensor<6xf32>
}
