// RUN: gradc-opt %s --lower-to-linalg --verify-diagnostics --split-input-file

func.func @f(%x: tensor<?xf32>) {
  // expected-error@+1 {{'ag.exp' op expected a static shape, got 'tensor<?xf32>'}}
  %y = ag.exp %x : tensor<?xf32>
  return
}

// -----

func.func @f(%s: tensor<f32>) {
  // expected-error@+1 {{'ag.backward' op is left after differentiation; this is an error of the compiler}}
  ag.backward %s : tensor<f32>
  return
}

// -----

func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %r = ag.no_grad -> tensor<3xf32> {
    %y = ag.exp %x : tensor<3xf32>
    // expected-error@+1 {{'ag.yield' op is left after differentiation; this is an error of the compiler}}
    ag.yield %y : tensor<3xf32>
  }
  return %r : tensor<3xf32>
}
