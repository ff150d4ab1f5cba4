// RUN: gradc-opt %s --sched-to-llvm --split-input-file --verify-diagnostics

func.func private @alloc() {
  // expected-error@+1 {{a buffer was left out of the arena}}
  %0 = memref.alloc() : memref<3xf32>
  return
}

// -----

func.func private @host(%r: !llvm.ptr) {
  // expected-error@+2 {{unknown host call 'wait'}}
  // expected-error@+1 {{failed to legalize operation 'sched.host'}}
  sched.host "wait"(%r) outs() {} : (!llvm.ptr) -> ()
  return
}

// -----

func.func private @draw(%r: !llvm.ptr, %x: memref<3xi32>) {
  // expected-error@+2 {{'randn' of 'i32' is not supported by the runtime}}
  // expected-error@+1 {{failed to legalize operation 'sched.host'}}
  sched.host "randn"(%r) outs(%x) {} : (!llvm.ptr, memref<3xi32>) -> ()
  return
}

// -----

func.func private @seed(%r: !llvm.ptr) {
  // expected-error@+2 {{expected 'seed' of a manual_seed}}
  // expected-error@+1 {{failed to legalize operation 'sched.host'}}
  sched.host "manual_seed"(%r) outs() {} : (!llvm.ptr) -> ()
  return
}

// -----

func.func private @randint(%r: !llvm.ptr, %x: memref<3xi64>) {
  // expected-error@+2 {{expected 'low' and 'high' of a randint}}
  // expected-error@+1 {{failed to legalize operation 'sched.host'}}
  sched.host "randint"(%r) outs(%x) {} : (!llvm.ptr, memref<3xi64>) -> ()
  return
}

// -----

func.func private @parts() {
  // expected-error@+2 {{expected 'parts' of a print}}
  // expected-error@+1 {{failed to legalize operation 'sched.host'}}
  sched.host "print"() outs() {} : () -> ()
  return
}

// -----

func.func private @operands() {
  // expected-error@+2 {{expected as many operands as printed tensors and numbers}}
  // expected-error@+1 {{failed to legalize operation 'sched.host'}}
  sched.host "print"() outs() {parts = ["tensor"]} : () -> ()
  return
}

// -----

func.func private @type(%x: memref<3xi5>) {
  // expected-error@+2 {{cannot print a 'memref<3xi5>'}}
  // expected-error@+1 {{failed to legalize operation 'sched.host'}}
  sched.host "print"(%x) outs() {parts = ["tensor"]} : (memref<3xi5>) -> ()
  return
}
