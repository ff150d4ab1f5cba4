// RUN: gradc-opt %s -ag-make-trainer="optimizer=sgd:lr=0.1" -split-input-file -verify-diagnostics
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=lion:lr=1" -split-input-file 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=sgd:speed=1" -split-input-file 2>&1 | FileCheck %s --check-prefix=KEY
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=sgd:lr=-1" -split-input-file 2>&1 | FileCheck %s --check-prefix=NUMBER
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=sgd:nesterov=1" -split-input-file 2>&1 | FileCheck %s --check-prefix=NESTEROV
// RUN: not gradc-opt %s -ag-make-trainer="loss=cost" -split-input-file 2>&1 | FileCheck %s --check-prefix=LOSS
// RUN: not gradc-opt %s -ag-make-trainer="grad=q" -split-input-file 2>&1 | FileCheck %s --check-prefix=GRAD
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=adam:beta1=1" -split-input-file 2>&1 | FileCheck %s --check-prefix=BETA
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=adam:amsgrad=2" -split-input-file 2>&1 | FileCheck %s --check-prefix=FLAG
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=adam schedule=never" -split-input-file 2>&1 | FileCheck %s --check-prefix=SCHEDULE
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=adam schedule=cosine" -split-input-file 2>&1 | FileCheck %s --check-prefix=NEEDS
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=adam schedule=cosine:steps=5,warmup=5" -split-input-file 2>&1 | FileCheck %s --check-prefix=WARMUP
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=adam schedule=step:size=2.5" -split-input-file 2>&1 | FileCheck %s --check-prefix=WHOLE
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=adam clip-norm=-1" -split-input-file 2>&1 | FileCheck %s --check-prefix=NORM
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=adam clip-value=-1" -split-input-file 2>&1 | FileCheck %s --check-prefix=VALUE
// RUN: not gradc-opt %s -ag-make-trainer="optimizer=adam accumulate=0" -split-input-file 2>&1 | FileCheck %s --check-prefix=ACCUMULATE
// NAME: --optimizer: expected the optimiser sgd, adam, adamw, rmsprop or adagrad, got 'lion'
// KEY: --optimizer: expected lr, momentum, dampening, nesterov, weight_decay or maximize, got 'speed'
// NUMBER: --optimizer: expected a number not below 0 for 'lr', got '-1'
// NESTEROV: --optimizer: nesterov needs a momentum and no dampening
// LOSS: no output is named 'cost'
// GRAD: no parameter that requires grad and no input is named 'q'
// BETA: --optimizer: expected a number from 0 to below 1 for 'beta1', got '1'
// FLAG: --optimizer: expected true or false for 'amsgrad', got '2'
// SCHEDULE: --schedule: expected constant, step, multistep, exponential, cosine, linear, polynomial or onecycle, got 'never'
// NEEDS: --schedule: 'cosine' needs 'steps'
// WARMUP: --schedule: expected 'steps' above 'warmup', which is a part of them
// WHOLE: --schedule: expected a whole number above 0 for 'size', got '2.5'
// NORM: --clip-norm: expected a number above 0
// VALUE: --clip-value: expected a number above 0
// ACCUMULATE: --accumulate: expected a number above 0

module attributes {ag.kind = "model"} {
  ag.variable @w : tensor<f32> kind "parameter" requires_grad
  func.func @forward(%x: tensor<f32> {ag.name = "x"}) -> (tensor<f32> {ag.name = "y"}) {
    %w = ag.get @w : tensor<f32>
    %y = ag.mul %w, %x : tensor<f32>
    return %y : tensor<f32>
  }
}

// -----

// expected-error @+1 {{expected a function named 'forward': it is the model}}
module attributes {ag.kind = "model"} {
  func.func @model(%x: tensor<f32>) {
    return
  }
}

// -----

module attributes {ag.kind = "model"} {
  func.func @forward(%x: tensor<f32>) {
    return
  }
  // expected-error @+1 {{the name 'step' belongs to an entry point that gradc writes}}
  func.func @step(%x: tensor<f32>) {
    return
  }
}

// -----

module attributes {ag.kind = "model"} {
  ag.variable @w : tensor<2xf32> kind "parameter" requires_grad
  // expected-error @+1 {{expected one scalar float output as the loss, found 0: name it with --loss}}
  func.func @forward(%x: tensor<2xf32> {ag.name = "x"}) -> (tensor<2xf32> {ag.name = "y"}) {
    %w = ag.get @w : tensor<2xf32>
    %y = ag.mul %w, %x : tensor<2xf32>
    return %y : tensor<2xf32>
  }
}
