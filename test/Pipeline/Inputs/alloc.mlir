module attributes {gradc.stage = "schedule"} {
  ag.variable @w : tensor<3xf32> kind "parameter"
  func.func @main(%w: memref<3xf32> {sched.variable = @w}) {
    %0 = memref.alloc() : memref<3xf32>
    memref.copy %w, %0 : memref<3xf32> to memref<3xf32>
    memref.copy %0, %w : memref<3xf32> to memref<3xf32>
    return
  }
}
