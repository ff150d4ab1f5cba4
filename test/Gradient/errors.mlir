// RUN: gradc-opt %s -gradient -split-input-file -verify-diagnostics
// One program for each message of the Gradient stage.

ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @in_place_on_leaf(%x: tensor<3xf32>) {
  // expected-error @+1 {{a leaf Variable that requires grad is being used in an in-place operation.}}
  ag.set @w, %x : tensor<3xf32>
  return
}

// -----

func.func @no_history(%x: tensor<f32>) {
  // expected-error @+1 {{element 0 of tensors does not require grad and does not have a grad_fn}}
  ag.backward %x : tensor<f32>
  return
}

// -----

ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @modified(%x: tensor<3xf32>) {
  %w = ag.get @w : tensor<3xf32>
  // expected-note @+1 {{saved a value for backward}}
  %y = ag.mul %w, %x : tensor<3xf32>
  %s = ag.reduce_sum %y dims [0] : tensor<3xf32> -> tensor<f32>
  // expected-note @+1 {{this in-place operation changed it}}
  ag.modified %x : tensor<3xf32>
  // expected-error @+1 {{one of the variables needed for gradient computation has been modified by an inplace operation}}
  ag.backward %s : tensor<f32>
  return
}

// -----

ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @modified_as_noted(%x: tensor<3xf32>) {
  %w = ag.get @w : tensor<3xf32>
  // expected-note @+1 {{saved a value for backward}}
  %y = ag.neg %w : tensor<3xf32>
  ag.saved %y reads %x : tensor<3xf32>, tensor<3xf32>
  %s = ag.reduce_sum %y dims [0] : tensor<3xf32> -> tensor<f32>
  // expected-note @+1 {{this in-place operation changed it}}
  ag.modified %x : tensor<3xf32>
  // expected-error @+1 {{one of the variables needed for gradient computation has been modified by an inplace operation}}
  ag.backward %s : tensor<f32>
  return
}

// -----

// What is marked so is not read: only the note counts.
ag.variable @w : tensor<3xf32> kind "parameter" requires_grad
func.func @unsaved(%x: tensor<3xf32>) {
  %w = ag.get @w : tensor<3xf32>
  %y = ag.mul %w, %x {ag.unsaved} : tensor<3xf32>
  %s = ag.reduce_sum %y dims [0] : tensor<3xf32> -> tensor<f32>
  ag.modified %x : tensor<3xf32>
  ag.backward %s : tensor<f32>
  ag.backward %s : tensor<f32>
  return
}

// -----

// The gradient that is carried depends on what it is taken with respect to.
ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @carried_gradient(%x: tensor<f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 3 : index
  %w = ag.get @w : tensor<f32>
  %t = ag.exp %w : tensor<f32>
  // expected-note @+1 {{the loop that carries it}}
  %h = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<f32>) {
    %m = ag.mul %t, %t : tensor<f32>
    %l = ag.add %a, %m : tensor<f32>
    // expected-error @+1 {{this backward reaches a value that an earlier iteration of the loop computed: detach it, or call backward after the loop}}
    %d = ag.gradient %l wrt (%t) create_graph : (tensor<f32>, tensor<f32>) -> tensor<f32>
    scf.yield %d : tensor<f32>
  }
  return
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @carried(%x: tensor<f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 3 : index
  // expected-note @+1 {{the loop that carries it}}
  %h = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<f32>) {
    %w = ag.get @w : tensor<f32>
    %m = ag.add %a, %w : tensor<f32>
    // expected-error @+1 {{this backward reaches a value that an earlier iteration of the loop computed: detach it, or call backward after the loop}}
    ag.backward %m : tensor<f32>
    scf.yield %m : tensor<f32>
  }
  return
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @freed_by_the_loop(%x: tensor<f32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 3 : index
  %w = ag.get @w : tensor<f32>
  // expected-note @+1 {{saved a value for backward}}
  %m = ag.mul %w, %x : tensor<f32>
  scf.for %i = %c0 to %n step %c1 {
    // expected-error @+1 {{Trying to backward through the graph a second time}}
    ag.backward %m : tensor<f32>
  }
  return
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @unknown_count(%x: tensor<f32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %w = ag.get @w : tensor<f32>
  // expected-error @+1 {{the backward of a loop needs a constant number of iterations}}
  %h = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<f32>) {
    %m = ag.mul %a, %w : tensor<f32>
    scf.yield %m : tensor<f32>
  }
  // expected-note @+1 {{differentiated here}}
  ag.backward %h : tensor<f32>
  return
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @no_rule(%x: tensor<f32>) {
  %w = ag.get @w : tensor<f32>
  // expected-error @+1 {{no derivative for 'tensor.collapse_shape', which is on the path to the differentiated value}}
  %e = tensor.collapse_shape %w [] : tensor<f32> into tensor<f32>
  // expected-note @+1 {{differentiated here}}
  ag.backward %e : tensor<f32>
  return
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @none_is_read() -> tensor<f32> {
  // expected-error @+1 {{the gradient of 'w' is None here: no backward has reached it}}
  %g = ag.grad @w : tensor<f32>
  return %g : tensor<f32>
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @none_is_written(%x: tensor<f32>) {
  // expected-error @+1 {{the gradient of 'w' is None here: there is nothing to write in place}}
  ag.set_grad @w, %x : tensor<f32>
  return
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @open_is_read(%c: i1) -> tensor<f32> {
  scf.if %c {
    %w = ag.get @w : tensor<f32>
    ag.backward %w : tensor<f32>
  }
  // expected-error @+1 {{the gradient of 'w' may be None here: whether a backward has reached it depends on the iteration or branch}}
  %g = ag.grad @w : tensor<f32>
  return %g : tensor<f32>
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
ag.variable @v : tensor<f32> kind "parameter" requires_grad
func.func @unused() {
  %w = ag.get @w : tensor<f32>
  %v = ag.get @v : tensor<f32>
  // expected-error @+1 {{One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True}}
  %g = ag.gradient %w wrt (%v) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return
}

// -----

ag.variable @w : tensor<f32> kind "parameter" requires_grad
func.func @wrt_constant(%x: tensor<f32>) {
  %w = ag.get @w : tensor<f32>
  // expected-error @+1 {{One of the differentiated Tensors does not require grad}}
  %g = ag.gradient %w wrt (%x) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return
}

// -----

// expected-error @+1 {{recursion: 'again' calls itself}}
func.func @again(%x: tensor<f32>) -> tensor<f32> {
  %y = func.call @again(%x) : (tensor<f32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @split_in_a_region(%c: i1) {
  scf.if %c {
    // expected-error @+1 {{expected a split at the top level of a function}}
    ag.split into "rest"
  }
  return
}
