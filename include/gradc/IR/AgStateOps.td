// AgStateOps.td - variables, autograd statements and host ops of the ag dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_AGSTATEOPS_TD
#define GRADC_IR_AGSTATEOPS_TD

include "gradc/IR/AgBase.td"

//===-- Variables -----------------------------------------------------------------------------===//

def Ag_VariableOp : Ag_Statement<"variable", [Symbol]> {
  let summary = "named tensor that outlives a function call";
  let doc = [{`ag.variable @w : tensor<3x1xf32> kind "parameter" requires_grad`. Kinds: parameter, buffer, grad, state
(of an optimiser), local (a tensor of a script that is written in place), residual. `init` is its content before the first call.}];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type, StrAttr:$kind,
                       UnitAttr:$requires_grad, OptionalAttr<ElementsAttr>:$init);
  let assemblyFormat = "$sym_name `:` $type `kind` $kind (`requires_grad` $requires_grad^)? (`=` $init^)? attr-dict";
  let hasVerifier = 1;
}
def Ag_GetOp : Ag_Statement<"get", [MemoryEffects<[MemRead]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "reads a variable";
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let results = (outs AnyRankedTensor:$value);
  let assemblyFormat = "$variable attr-dict `:` type($value)";
}
def Ag_SetOp : Ag_Statement<"set", [MemoryEffects<[MemWrite]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "writes a variable";
  let doc = [{An in-place write of the user's program; with `init` it gives a new leaf its first value instead (its
gradient becomes None).}];
  let arguments = (ins FlatSymbolRefAttr:$variable, AnyRankedTensor:$value, UnitAttr:$init);
  let assemblyFormat = "$variable `,` $value (`init` $init^)? attr-dict `:` type($value)";
}
def Ag_LeafOp : Ag_ValueOp<"leaf", [AllTypesMatch<["value", "y"]>]> {
  let summary = "marks a value as the content of a leaf that may require grad";
  let doc = "What promotion leaves of an `ag.get` of a variable that requires grad: gradients stop here.";
  let arguments = (ins AnyRankedTensor:$value, FlatSymbolRefAttr:$variable);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$value `of` $variable attr-dict `:` type($y)";
}
def Ag_ModifiedOp : Ag_Statement<"modified", [MemoryEffects<[MemWrite]>]> {
  let summary = "the storage of these values was written in place here";
  let doc = "A backward that needs one of the values afterwards is PyTorch's error about modified saved tensors.";
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
}
def Ag_SavedOp : Ag_Statement<"saved", [MemoryEffects<[MemWrite]>]> {
  let summary = "PyTorch's backward of a value reads these";
  let doc = "Where that is not what the value's derivative reads here, whose ops then bear `ag.unsaved`. Without values, PyTorch's has copies.";
  let arguments = (ins AnyRankedTensor:$result, Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "$result (`reads` $values^)? attr-dict `:` type(operands)";
}

//===-- Autograd ------------------------------------------------------------------------------===//

def Ag_BackwardOp : Ag_Statement<"backward", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "adds the gradient of a value to the .grad of every leaf below it";
  let arguments = (ins AnyRankedTensor:$value, Optional<AnyRankedTensor>:$cotangent,
                       UnitAttr:$retain_graph, UnitAttr:$create_graph);
  let assemblyFormat = [{$value (`cotangent` $cotangent^ `:` type($cotangent))? (`retain_graph` $retain_graph^)?
                         (`create_graph` $create_graph^)? attr-dict `:` type($value)}];
  let hasVerifier = 1;
}
def Ag_GradientOp : Ag_Statement<"gradient", [AttrSizedOperandSegments, MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "the gradient of a value with respect to others, as values";
  let doc = "torch.autograd.grad; where no path leads to a `wrt` it is an error, or zeros under `allow_unused`.";
  let arguments = (ins AnyRankedTensor:$value, Variadic<AnyRankedTensor>:$wrt, Optional<AnyRankedTensor>:$cotangent,
                       UnitAttr:$retain_graph, UnitAttr:$create_graph, UnitAttr:$allow_unused);
  let results = (outs Variadic<AnyRankedTensor>:$gradients);
  let assemblyFormat = [{$value `wrt` `(` $wrt `)` (`cotangent` $cotangent^)? (`retain_graph` $retain_graph^)?
                         (`create_graph` $create_graph^)? (`allow_unused` $allow_unused^)? attr-dict
                         `:` functional-type(operands, results)}];
  let hasVerifier = 1;
}
def Ag_TangentOp : Ag_Statement<"tangent", [AttrSizedOperandSegments, MemoryEffects<[MemRead]>]> {
  let summary = "the tangent of a value in the direction of others' tangents (forward mode)";
  let arguments = (ins AnyRankedTensor:$value, Variadic<AnyRankedTensor>:$wrt, Variadic<AnyRankedTensor>:$tangents);
  let results = (outs AnyRankedTensor:$tangent);
  let assemblyFormat = "$value `wrt` `(` $wrt `)` `along` `(` $tangents `)` attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def Ag_GradOp : Ag_Statement<"grad", [MemoryEffects<[MemRead]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "reads the .grad of a leaf";
  let doc = "None here is an error, unless `may_be_none` and only printed.";
  let arguments = (ins FlatSymbolRefAttr:$variable, UnitAttr:$may_be_none);
  let results = (outs AnyRankedTensor:$value);
  let assemblyFormat = "$variable (`may_be_none` $may_be_none^)? attr-dict `:` type($value)";
}
def Ag_SetGradOp : Ag_Statement<"set_grad", [MemoryEffects<[MemWrite]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "writes the existing .grad of a leaf in place";
  let arguments = (ins FlatSymbolRefAttr:$variable, AnyRankedTensor:$value);
  let assemblyFormat = "$variable `,` $value attr-dict `:` type($value)";
}
def Ag_ZeroGradOp : Ag_Statement<"zero_grad", [MemoryEffects<[MemWrite]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "sets the .grad of a leaf to None, or to zeros where it exists";
  let arguments = (ins FlatSymbolRefAttr:$variable, UnitAttr:$set_to_none);
  let assemblyFormat = "$variable (`set_to_none` $set_to_none^)? attr-dict";
}
def Ag_NoGradOp : Ag_Statement<"no_grad", [SingleBlockImplicitTerminator<"::gradc::ag::YieldOp">, RecursiveMemoryEffects]> {
  let summary = "a region whose results have no history";
  let arguments = (ins);
  let results = (outs Variadic<AnyType>:$values);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "(`->` type($values)^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
}
def Ag_CheckpointOp : Ag_Statement<"checkpoint", [SingleBlockImplicitTerminator<"::gradc::ag::YieldOp">, RecursiveMemoryEffects]> {
  let summary = "a region whose values are computed again for the backward instead of kept";
  let doc = [{The backward repeats the region on what it captures, as torch.utils.checkpoint does; draws are those of the
forward, as their state is a captured value. Nothing is printed, written or checked a second time.}];
  let arguments = (ins);
  let results = (outs Variadic<AnyType>:$values);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "(`->` type($values)^)? attr-dict-with-keyword $body";
  let hasVerifier = 1;
}
def Ag_BarrierOp : Ag_DiffOp<"barrier", [AllTypesMatch<["x", "y"]>]> {
  let summary = "the same value, to be computed with once `after` is known";
  let doc = [{What is computed from `y` is never taken for the same thing computed from `x`: so the repetition of a
checkpoint's region stands behind its forward, and nothing of the forward lives until then. It costs nothing: kernels read `x`.}];
  let arguments = (ins AnyRankedTensor:$x, AnyRankedTensor:$after);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x `after` $after attr-dict `:` type($x) `,` type($after)";
  let derivative = ["d", ""];
}
def Ag_YieldOp : Ag_ValueOp<"yield", [Terminator, ParentOneOf<["NoGradOp", "CheckpointOp"]>]> {
  let summary = "ends a no_grad or checkpoint region";
  let arguments = (ins Variadic<AnyType>:$values);
  let builders = [OpBuilder<(ins), [{ (void)$_builder; }]>];
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}
def Ag_DetachOp : Ag_ValueOp<"detach", [SameOperandsAndResultType]> {
  let summary = "the same value without history";
  let arguments = (ins AnyRankedTensor:$x);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let aten = ["aten.detach.default"];
}
def Ag_RequiresGradOp : Ag_Statement<"requires_grad", [MemoryEffects<[MemRead]>]> {
  let summary = "whether a value requires grad";
  let arguments = (ins AnyRankedTensor:$x);
  let results = (outs TensorOf<[I1]>:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($y)";
}
def Ag_SplitOp : Ag_Statement<"split", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "what follows becomes a function of its own";
  let doc = "Values that cross become residual variables. The function named `into` takes the arguments listed.";
  let arguments = (ins StrAttr:$into);
  let assemblyFormat = "`into` $into attr-dict";
}

//===-- Host ------------------------------------------------------------------------------------===//

def Ag_ManualSeedOp : Ag_Statement<"manual_seed", [MemoryEffects<[MemWrite]>]> {
  let summary = "restarts the host's random stream";
  let arguments = (ins I64Attr:$seed);
  let assemblyFormat = "$seed attr-dict";
}
def Ag_PrintOp : Ag_Statement<"print", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "prints values in one line, as Python's print does";
  let doc = [{`parts` says what each printed thing is, in order: "tensor" (the next operand in PyTorch's text), "number" (the
next operand's one element in Python's text), "text:..." or "none". Gradient rewrites "tensor" to "tensor:requires_grad" or
"tensor:grad_fn=<...>" where PyTorch's text shows it.}];
  let arguments = (ins Variadic<AnyRankedTensor>:$values, StrArrayAttr:$parts);
  let assemblyFormat = "$parts (`(` $values^ `:` type($values) `)`)? attr-dict";
  let hasVerifier = 1;
}
def Ag_ToHostOp : Ag_DiffOp<"to_host", [SameOperandsAndResultType]> {
  let summary = "the value in host memory";
  let arguments = (ins AnyRankedTensor:$x);
  let results = (outs AnyRankedTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let derivative = ["d"];
}
#endif
