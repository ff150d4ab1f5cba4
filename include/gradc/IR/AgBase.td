// AgBase.td - the ag dialect, its interfaces and the classes that turn an entry into code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_IR_AGBASE_TD
#define GRADC_IR_AGBASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

def Ag_Dialect : Dialect {
  let name = "ag";
  let cppNamespace = "::gradc::ag";
  let summary = "tensor programs, their state and their derivatives";
  let description = [{
    Pure value ops on ranked tensors without implicit broadcast or promotion, and the statements
    of PyTorch's autograd over named variables. Every value op that has a derivative carries it
    in its own entry.
  }];
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::scf::SCFDialect", "::mlir::func::FuncDialect"];
}

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::gradc::ag";
  let description = [{
    An op that knows its derivative: reverse mode maps the cotangents of its results to
    contributions to its operands' cotangents; forward mode maps the operands' tangents to the
    results' tangents.
  }];
  let methods = [
    InterfaceMethod<"Contributes a cotangent to every active operand.",
      "void", "buildVjp", (ins "::gradc::ag::Vjp &":$rule)>,
    InterfaceMethod<"Computes the tangent of every result.",
      "void", "buildJvp", (ins "::gradc::ag::Jvp &":$rule)>,
  ];
}

def ElementwiseOpInterface : OpInterface<"ElementwiseOpInterface"> {
  let cppNamespace = "::gradc::ag";
  let description = [{An op that applies one scalar function to every element.}];
  let methods = [
    InterfaceMethod<[{
      Emits the scalar computation of one element. `args` are the operands' elements; signedness
      and width follow the element types (all integers are signed, i1 is bool).
    }], "::mlir::Value", "buildScalar",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::ValueRange":$args)>,
  ];
}

def DescribedOpInterface : OpInterface<"DescribedOpInterface"> {
  let cppNamespace = "::gradc::ag";
  let description = [{
    The entry of an op as data: it drives the JSON reader and writer, the schema, `gradc ops` and
    the reference.
  }];
  let methods = [
    StaticInterfaceMethod<"The op's entry.", "const ::gradc::ag::OpEntry &", "getEntry", (ins)>,
  ];
}

def KernelOpInterface : OpInterface<"KernelOpInterface"> {
  let cppNamespace = "::gradc::ag";
  let description = [{
    An op that Lower leaves in place and that becomes a kernel of its own: no loop nest of linalg says
    what it does. Its operands and results are tensors of static shape.
  }];
  let methods = [
    InterfaceMethod<[{
      Pairs (operand, result) where the result may be written into the operand's buffer.
    }], "::llvm::SmallVector<std::pair<unsigned, unsigned>>", "getInplacePairs", (ins), "", "return {};">,
    InterfaceMethod<"How many bytes of memory the kernel needs besides operands and results.",
      "int64_t", "getScratchBytes", (ins), "", "return 0;">,
    InterfaceMethod<"Arithmetic on floats: how many operations.",
      "uint64_t", "getFlops", (ins), "", "return 0;">,
  ];
}

/// Binds every tensor of an (ins) or (outs) dag to an Expr of its name. Operands precede
/// attributes; rules read attributes through their getters.
class Ag_BindTensors<dag values, string accessor> {
  string text = !foldl("", !range(!size(values)), acc, i, acc #
      !if(!initialized(!getdagarg<TypeConstraint>(values, i)),
          "  [[maybe_unused]] ::gradc::ag::Expr " # !getdagname(values, i) #
          " = rule." # accessor # "(" # i # ");\n", ""));
}

/// A C++ initialiser list of strings.
class Ag_StringList<list<string> strings> {
  string text = "{" # !interleave(!foreach(s, strings, "\"" # s # "\""), ", ") # "}";
}

/// How the forward derivative of an op follows from its entry.
class Ag_JvpKind<string k> { string kind = k; }
def Ag_JvpByDerivative : Ag_JvpKind<"derivative">;   // the strings of `derivative`, summed
def Ag_JvpLinear : Ag_JvpKind<"linear">;             // the op itself, applied to the tangents
def Ag_JvpMultilinear : Ag_JvpKind<"multilinear">;   // the sum over operands of the op with one replaced
def Ag_JvpCustom : Ag_JvpKind<"custom">;             // C++ in lib/IR

class Ag_Op<string mnemonic, list<Trait> traits = []>
    : Op<Ag_Dialect, mnemonic, !listconcat(traits, [DeclareOpInterfaceMethods<DescribedOpInterface>])> {
  /// Prose of the reference; the derivative is appended to it.
  string doc = "";
  /// Expressions linear in `d`, one an operand ("" where no gradient flows). In reverse mode `d` is
  /// the cotangent of the result, in forward mode the tangent of the operand.
  list<string> derivative = [];
  /// Expressions in `d` for reverse mode only, where the two modes differ.
  list<string> vjp = [];
  Ag_JvpKind jvp = Ag_JvpByDerivative;
  /// How importers convert operands of different element types: "common" to PyTorch's common type,
  /// "float" to a float type in any case, "bool" to bool, "condition" all but the first to the
  /// common type.
  string promotion = "common";
  /// Graph JSON names that mean exactly this op (after broadcasting and promotion).
  list<string> json = [];
  /// torch.export targets that import as exactly this op.
  list<string> aten = [];
  /// The attributes that graph JSON sets, as "kind name default": a number or an integer with its
  /// default, "required", or "largest" and "lowest" of the element type.
  list<string> parameters = [];

  list<string> rules = !if(!empty(derivative), vjp, derivative);
  let description = doc # !if(!empty(rules), "", "\n\nDerivative:\n" #
      !foldl("", !range(!size(rules)), acc, i, acc # "* `d" # !getdagname(arguments, i) # " = " #
          !if(!empty(rules[i]), "none", rules[i]) # "`\n"));
  int arity = !foldl(0, !range(!size(arguments)), n, i,
      !if(!initialized(!getdagarg<TypeConstraint>(arguments, i)), !add(n, 1), n));
  assert !or(!empty(rules), !eq(!size(rules), arity)),
      "op '" # mnemonic # "' has " # arity # " operands but " # !size(rules) # " derivative rules";

  string bindings = Ag_BindTensors<arguments, "operand">.text #
                    Ag_BindTensors<results, "result">.text;
  string vjpCode = !if(!empty(rules), "",
      "void $cppClass::buildVjp(::gradc::ag::Vjp &rule) {\n  using namespace ::gradc::ag;\n" # bindings #
      "  [[maybe_unused]] Expr d = rule.cotangent(0);\n" #
      !foldl("", !range(!size(rules)), acc, i, acc # !if(!empty(rules[i]), "",
          "  if (rule.isActive(" # i # "))\n    rule.contribute(" # i # ", " # rules[i] # ");\n")) # "}\n");
  string jvpCode = !if(!empty(rules), "",
      !if(!eq(jvp.kind, "linear"),
        "void $cppClass::buildJvp(::gradc::ag::Jvp &rule) { rule.linear(); }\n",
      !if(!eq(jvp.kind, "multilinear"),
        "void $cppClass::buildJvp(::gradc::ag::Jvp &rule) { rule.multilinear(); }\n",
      !if(!eq(jvp.kind, "custom"), "",
        "void $cppClass::buildJvp(::gradc::ag::Jvp &rule) {\n  using namespace ::gradc::ag;\n" # bindings #
        !foldl("", !range(!size(rules)), acc, i, acc # !if(!empty(rules[i]), "",
          "  if (rule.isActive(" # i # ")) {\n    [[maybe_unused]] Expr d = rule.tangent(" # i # ");\n" #
          "    rule.contribute(0, " # rules[i] # ");\n  }\n")) # "}\n"))));
  string entryCode =
      "const ::gradc::ag::OpEntry &$cppClass::getEntry() {\n" #
      "  static const ::gradc::ag::OpEntry entry{\"" # mnemonic # "\", R\"__(" # summary # ")__\", " #
      Ag_StringList<!foreach(i, !range(!size(arguments)), !getdagname(arguments, i))>.text # ", " # arity # ", " #
      Ag_StringList<rules>.text # ", \"" # jvp.kind # "\", " #
      "\"" # promotion # "\", " # Ag_StringList<json>.text # ", " # Ag_StringList<aten>.text # ", " # Ag_StringList<parameters>.text # "};\n  return entry;\n}\n";
  string scalarCode = "";
  let extraClassDefinition = entryCode # vjpCode # jvpCode # scalarCode;
}

def Ag_FloatTensor : RankedTensorOf<[AnyFloat]>;
def Ag_NumberTensor : RankedTensorOf<[AnyFloat, UI8, I8, I16, I32, I64]>;
/// What bitwise ops work on.
def Ag_BitsTensor : RankedTensorOf<[I1, UI8, I8, I16, I32, I64]>;

/// A pure op on tensors.
class Ag_ValueOp<string mnemonic, list<Trait> traits = []>
    : Ag_Op<mnemonic, !listconcat([Pure], traits)>;

/// A pure op with a derivative.
class Ag_DiffOp<string mnemonic, list<Trait> traits = []>
    : Ag_ValueOp<mnemonic, !listconcat([DeclareOpInterfaceMethods<DifferentiableOpInterface>], traits)>;

/// `scalar` builds one element: a C++ expression over `b`, `loc`, `args`.
class Ag_Elementwise<string mnemonic, string scalar, list<Trait> traits = []>
    : Ag_DiffOp<mnemonic, !listconcat([Elementwise,
        DeclareOpInterfaceMethods<ElementwiseOpInterface>], traits)> {
  let results = (outs AnyRankedTensor:$y);
  let json = [mnemonic];
  let scalarCode = "::mlir::Value $cppClass::buildScalar(::mlir::OpBuilder &b, ::mlir::Location loc, "
      "::mlir::ValueRange args) {\n  return " # scalar # ";\n}\n";
}

class Ag_Unary<string mnemonic, string scalar, TypeConstraint type = Ag_FloatTensor>
    : Ag_Elementwise<mnemonic, scalar, [SameOperandsAndResultType]> {
  let arguments = (ins type:$x);
  let assemblyFormat = "$x attr-dict `:` type($y)";
}

class Ag_Binary<string mnemonic, string scalar, TypeConstraint type = AnyRankedTensor,
                list<Trait> traits = []>
    : Ag_Elementwise<mnemonic, scalar, !listconcat([SameOperandsAndResultType], traits)> {
  let arguments = (ins type:$a, type:$b);
  let assemblyFormat = "$a `,` $b attr-dict `:` type($y)";
}

/// An op of one operand with constants.
class Ag_ParameterUnary<string mnemonic, string scalar, dag constants, TypeConstraint type = Ag_FloatTensor>
    : Ag_Elementwise<mnemonic, scalar, [SameOperandsAndResultType]> {
  let arguments = !con((ins type:$x), constants);
  let assemblyFormat = "$x attr-dict `:` type($y)";
}

class Ag_Ternary<string mnemonic, string scalar, string x, string y, string z,
                 TypeConstraint type = Ag_NumberTensor>
    : Ag_Elementwise<mnemonic, scalar, [SameOperandsAndResultType]> {
  let arguments = !dag(ins, [type, type, type], [x, y, z]);
  let assemblyFormat = "$" # x # " `,` $" # y # " `,` $" # z # " attr-dict `:` type($y)";
}

/// A statement: program order matters.
class Ag_Statement<string mnemonic, list<Trait> traits = []> : Ag_Op<mnemonic, traits>;

#endif
