// RUN: gradc-opt %s | gradc-opt | FileCheck %s
// RUN: gradc-opt %s --ag-resolve-mode | FileCheck %s --check-prefix=MODE
// MODE-LABEL: func.func @train
// MODE-NOT: scf.if
// MODE: %[[Y:.*]] = ag.exp
// MODE: ag.set @steps
// MODE: return %[[Y]], %[[Y]]
// MODE-LABEL: func.func @predict(%{{.*}}: tensor<3xf32>)
// MODE-NOT: ag.mode
// MODE-NOT: scf.if
// MODE-NOT: ag.set
// MODE: %[[N:.*]] = ag.neg
// MODE: return %[[N]], %{{.*}} : tensor
ag.variable @steps : tensor<3xf32> kind "buffer"
func.func @train(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  // CHECK: ag.training : tensor<i1>
  %t = ag.training : tensor<i1>
  %c = tensor.extract %t[] : tensor<i1>
  %y = scf.if %c -> tensor<3xf32> {
    %e = ag.exp %x : tensor<3xf32>
    ag.set @steps, %e : tensor<3xf32>
    scf.yield %e : tensor<3xf32>
  } else {
    %n = ag.neg %x : tensor<3xf32>
    scf.yield %n : tensor<3xf32>
  }
  %b = ag.broadcast %t dims [] : tensor<i1> -> tensor<3xi1>
  %z = ag.select %b, %y, %x : tensor<3xf32>
  return %y, %z : tensor<3xf32>, tensor<3xf32>
}
func.func @predict(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<i1>) attributes {ag.mode = false} {
  %t = ag.training : tensor<i1>
  %not = ag.logical_not %t : tensor<i1>
  %off = ag.logical_or %not, %t : tensor<i1>
  %c = tensor.extract %t[] : tensor<i1>
  scf.if %c {
    ag.set @steps, %x : tensor<3xf32>
  }
  %d = tensor.extract %not[] : tensor<i1>
  %y = scf.if %d -> tensor<3xf32> {
    %n = ag.neg %x : tensor<3xf32>
    scf.yield %n : tensor<3xf32>
  } else {
    scf.yield %x : tensor<3xf32>
  }
  return %y, %off : tensor<3xf32>, tensor<i1>
}
