// SchedOps.td - kernels, launches and buffers: what Lower's tensors become before code generation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_SCHEDOPS_TD
#define GRADC_IR_SCHEDOPS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.td"

def Sched_Dialect : Dialect {
  let name = "sched";
  let cppNamespace = "::gradc::sched";
  let summary = "the kernel graph";
}

class Sched_Op<string mnemonic, list<Trait> traits = []> : Op<Sched_Dialect, mnemonic, traits>;

def Sched_KernelOp : Sched_Op<"kernel", [IsolatedFromAbove, FunctionOpInterface]> {
  let summary = "pure function of tensors and scalars: one unit of code generation";
  let description = [{
    The body is tensor SSA (linalg and kernel-owning ag ops, no scf, no memref). `inplace` lists pairs (argument, result): the
    emitter promises to read that argument only at the element that it is about to write.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type, StrAttr:$kind,
                       DenseI64ArrayAttr:$inplace, OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region SizedRegion<1>:$body);
  let extraClassDeclaration = [{
    ::mlir::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::mlir::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
  }];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Sched_ReturnOp : Sched_Op<"return", [Pure, Terminator, HasParent<"KernelOp">]> {
  let summary = "ends a kernel";
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

def Sched_LaunchOp : Sched_Op<"launch",
    [AttrSizedOperandSegments, DestinationStyleOpInterface,
     DeclareOpInterfaceMethods<SymbolUserOpInterface>,
     DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
     DeclareOpInterfaceMethods<BufferizableOpInterface,
       ["bufferizesToMemoryRead", "bufferizesToMemoryWrite", "getAliasingValues",
        "bufferizesToElementwiseAccess", "bufferize"]>]> {
  let summary = "runs a kernel; destination style; on memrefs it has no results";
  let description = [{
    A launch reads its inputs and writes its destinations, whose old content it never sees. `inplace` repeats the kernel's.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyType>:$inputs, Variadic<AnyShaped>:$outs,
                       DenseI64ArrayAttr:$inplace);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` `outs` `(` $outs `)` `inplace` $inplace attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutsMutable(); }
    /// Whether the emitter lets destination `out` be the buffer of input `input`.
    bool mayOverwrite(unsigned input, unsigned out);
  }];
}

def Sched_HostOp : Sched_Op<"host",
    [AttrSizedOperandSegments, DestinationStyleOpInterface,
     DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
     DeclareOpInterfaceMethods<BufferizableOpInterface,
       ["bufferizesToMemoryRead", "bufferizesToMemoryWrite", "getAliasingValues", "bufferize"]>]> {
  let summary = "work of the host in program order: print, seed, draw";
  let description = [{
    `call` is one of print, expect, manual_seed, randn, rand, randint, randperm; `config` holds the attributes of the ag op it
    came from. Destination style like a launch; ordered with every other host op.
  }];
  let arguments = (ins StrAttr:$call, Variadic<AnyType>:$inputs, Variadic<AnyShaped>:$outs, DictionaryAttr:$config);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $call `(` $inputs `)` `outs` `(` $outs `)` $config attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutsMutable(); }
  }];
}

def Sched_CommitOp : Sched_Op<"commit",
    [SameVariadicOperandSize, DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
     DeclareOpInterfaceMethods<BufferizableOpInterface,
       ["bufferizesToMemoryRead", "bufferizesToMemoryWrite", "getAliasingValues", "mustBufferizeInPlace", "bufferize"]>]> {
  let summary = "parallel copy: every source is read before any destination is written";
  let arguments = (ins Variadic<AnyShaped>:$sources, Variadic<AnyMemRef>:$dests);
  let assemblyFormat = "$sources `to` $dests attr-dict `:` type($sources) `to` type($dests)";
}
#endif
