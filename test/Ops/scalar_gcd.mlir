// RUN: gradc-opt %s --verify-diagnostics --split-input-file | gradc-opt --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @f(
// CHECK: ag.scalar_gcd %{{.*}}, %{{.*}} : i32
func.func @f(%a: i32, %b: i32) -> i32 {
  %y = ag.scalar_gcd %a, %b : i32
  return %y : i32
}

// -----

func.func @f(%a: f32) -> f32 {
  // expected-error @+1 {{invalid kind of type specified: expected builtin.integer, but found 'f32'}}
  %y = ag.scalar_gcd %a, %a : f32
  return %y : f32
}
