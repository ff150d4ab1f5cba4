// RUN: gradc-opt %s --sched-choose-destinations | FileCheck %s

#m = affine_map<(i) -> (i)>
sched.kernel @twice kind "elementwise" inplace [0, 0] (%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [#m, #m], iterator_types = ["parallel"]} ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%x: f32, %o: f32):
      %t = arith.addf %x, %x : f32
      linalg.yield %t : f32 } -> tensor<4xf32>
  sched.return %0 : tensor<4xf32>
}
sched.kernel @apart kind "elementwise" inplace [] (%a: tensor<4xf32>) -> tensor<4xf32> {
  sched.return %a : tensor<4xf32>
}

// A new value of a variable goes over the old one.
// CHECK-LABEL: func.func @variable
// CHECK: %[[W:.*]] = bufferization.to_tensor
// CHECK: sched.launch @twice(%[[W]]) outs(%[[W]])
func.func @variable(%w: memref<4xf32>) {
  %0 = bufferization.to_tensor %w restrict writable : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %1 = sched.launch @twice(%0) outs(%e) inplace [0, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  sched.commit %1 to %w : tensor<4xf32> to memref<4xf32>
  return
}

// But not where the kernel does not allow it, nor while somebody reads the old one.
// CHECK-LABEL: func.func @kept
// CHECK: %[[W:.*]] = bufferization.to_tensor %arg0
// CHECK: %[[E:.*]] = tensor.empty()
// CHECK: sched.launch @apart(%[[W]]) outs(%[[E]])
// CHECK-LABEL: func.func @read_later
// CHECK: %[[O:.*]] = bufferization.to_tensor %arg1
// CHECK: %[[W:.*]] = bufferization.to_tensor %arg0
// CHECK: %[[E:.*]] = tensor.empty()
// CHECK: %[[N:.*]] = sched.launch @twice(%[[W]]) outs(%[[E]])
// CHECK: sched.launch @apart(%[[W]]) outs(%[[O]])
func.func @kept(%w: memref<4xf32>) {
  %0 = bufferization.to_tensor %w restrict writable : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %1 = sched.launch @apart(%0) outs(%e) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  sched.commit %1 to %w : tensor<4xf32> to memref<4xf32>
  return
}
func.func @read_later(%w: memref<4xf32>, %out: memref<4xf32>) {
  %0 = bufferization.to_tensor %w restrict writable : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %f = tensor.empty() : tensor<4xf32>
  %1 = sched.launch @twice(%0) outs(%e) inplace [0, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = sched.launch @apart(%0) outs(%f) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  sched.commit %1, %2 to %w, %out : tensor<4xf32>, tensor<4xf32> to memref<4xf32>, memref<4xf32>
  return
}

// A value that is not needed any more is overwritten; the last one goes to the output, through a loop and
// a reshape.
// CHECK-LABEL: func.func @chain
// CHECK: %[[O:.*]] = bufferization.to_tensor %arg1
// CHECK: %[[FIRST:.*]] = tensor.collapse_shape %[[O]]
// CHECK: sched.launch @apart(%{{.*}}) outs(%[[FIRST]])
// CHECK: scf.for {{.*}} iter_args(%[[H:.*]] =
// CHECK: %[[E:.*]] = tensor.empty()
// CHECK: %[[A:.*]] = sched.launch @apart(%[[H]]) outs(%[[E]])
// CHECK: %[[B:.*]] = sched.launch @twice(%[[A]]) outs(%[[A]])
// CHECK: sched.launch @apart(%[[B]]) outs(%[[H]])
func.func @chain(%x: memref<4xf32>, %out: memref<2x2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %0 = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %1 = sched.launch @apart(%0) outs(%e) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = scf.for %i = %c0 to %c3 step %c1 iter_args(%h = %1) -> (tensor<4xf32>) {
    %e0 = tensor.empty() : tensor<4xf32>
    %e1 = tensor.empty() : tensor<4xf32>
    %e2 = tensor.empty() : tensor<4xf32>
    %a = sched.launch @apart(%h) outs(%e0) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %b = sched.launch @twice(%a) outs(%e1) inplace [0, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %c = sched.launch @apart(%b) outs(%e2) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    scf.yield %c : tensor<4xf32>
  }
  %3 = tensor.expand_shape %2 [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  sched.commit %3 to %out : tensor<2x2xf32> to memref<2x2xf32>
  return
}

// A value that is saved in a stack is computed there, whichever branch it comes from; a branch's result that ends
// nowhere has one buffer.
// CHECK-LABEL: func.func @stack
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[S:.*]] =
// CHECK: %[[P:.*]] = tensor.extract_slice %[[S]][%[[I]], 0] [1, 4] [1, 1]
// CHECK: %[[N:.*]] = tensor.empty()
// CHECK: %[[Q:.*]] = tensor.extract_slice %[[S]][%[[I]], 0] [1, 4] [1, 1]
// CHECK: scf.if
// CHECK: sched.launch @apart(%{{.*}}) outs(%[[P]])
// CHECK: sched.launch @twice(%{{.*}}) outs(%[[N]])
// CHECK: else
// CHECK: sched.launch @apart(%{{.*}}) outs(%[[Q]])
// CHECK: sched.launch @twice(%{{.*}}) outs(%[[N]])
func.func @stack(%x: memref<4xf32>, %c: i1, %out: memref<3x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %0 = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<3x4xf32>
  %2 = scf.for %i = %c0 to %c3 step %c1 iter_args(%s = %e) -> (tensor<3x4xf32>) {
    %h, %n = scf.if %c -> (tensor<4xf32>, tensor<4xf32>) {
      %e0 = tensor.empty() : tensor<4xf32>
      %e1 = tensor.empty() : tensor<4xf32>
      %a = sched.launch @apart(%0) outs(%e0) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      %b = sched.launch @twice(%0) outs(%e1) inplace [0, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      scf.yield %a, %b : tensor<4xf32>, tensor<4xf32>
    } else {
      %e0 = tensor.empty() : tensor<4xf32>
      %e1 = tensor.empty() : tensor<4xf32>
      %a = sched.launch @apart(%0) outs(%e0) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      %b = sched.launch @twice(%0) outs(%e1) inplace [0, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      scf.yield %a, %b : tensor<4xf32>, tensor<4xf32>
    }
    sched.host "print"(%n) outs() {} : (tensor<4xf32>) -> ()
    %p = tensor.insert_slice %h into %s[%i, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<3x4xf32>
    scf.yield %p : tensor<3x4xf32>
  }
  sched.commit %2 to %out : tensor<3x4xf32> to memref<3x4xf32>
  return
}

// What a stack keeps is not overwritten by who reads it last. Two tensors that are put together from pieces are not one
// piece of memory, and lie where the loop can compute the pieces in them.
// CHECK-LABEL: func.func @pieces
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[S:.*]] =
// CHECK-DAG: %[[E1:.*]] = tensor.empty() : tensor<5xf32>
// CHECK-DAG: %[[E2:.*]] = tensor.empty() : tensor<5xf32>
// CHECK-DAG: %[[P:.*]] = tensor.extract_slice %[[S]][%[[I]], 0] [1, 4] [1, 1]
// CHECK: %[[A:.*]] = sched.launch @apart(%{{.*}}) outs(%[[P]])
// CHECK: %[[Q:.*]] = tensor.extract_slice %[[PART:.*]][1] [4] [1]
// CHECK: %[[B:.*]] = sched.launch @twice(%[[A]]) outs(%[[Q]])
// CHECK: tensor.insert_slice %[[B]] into %[[PART]][1]
// CHECK: tensor.insert_slice %[[B]] into %{{.*}}[0]
func.func @pieces(%x: memref<4xf32>, %out: memref<3x4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %0 = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<3x4xf32>
  %five = tensor.empty() : tensor<5xf32>
  %2 = scf.for %i = %c0 to %c3 step %c1 iter_args(%s = %e) -> (tensor<3x4xf32>) {
    %e0 = tensor.empty() : tensor<4xf32>
    %e1 = tensor.empty() : tensor<4xf32>
    %a = sched.launch @apart(%0) outs(%e0) inplace [] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %p = tensor.insert_slice %a into %s[%i, 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<3x4xf32>
    %b = sched.launch @twice(%a) outs(%e1) inplace [0, 0] : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %low = tensor.insert_slice %b into %five[0] [4] [1] : tensor<4xf32> into tensor<5xf32>
    %high = tensor.insert_slice %b into %five[1] [4] [1] : tensor<4xf32> into tensor<5xf32>
    sched.host "print"(%low, %high) outs() {} : (tensor<5xf32>, tensor<5xf32>) -> ()
    scf.yield %p : tensor<3x4xf32>
  }
  sched.commit %2 to %out : tensor<3x4xf32> to memref<3x4xf32>
  return
}
