// Interpreter.h - evaluates functions of the grad and linalg levels, one element after another.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TEST_INTERPRETER_H
#define GRADC_TEST_INTERPRETER_H

#include "gradc/IR/Ag.h"
#include <map>
#include <memory>
#include <unordered_map>

namespace gradc::test {

/// One element: `f` of a float type (f32 is kept rounded), else `i`, sign-extended; bools are 0, 1.
struct Number {
  double f = 0;
  int64_t i = 0;
};

/// A number or a tensor in row-major order; numbers have an empty shape.
struct Datum {
  mlir::Type element;
  llvm::SmallVector<int64_t> shape;
  std::vector<Number> data;

  static Datum ofType(mlir::Type type);
  bool isFloat() const { return mlir::isa<mlir::FloatType>(element); }
  int64_t offset(llvm::ArrayRef<int64_t> index) const;
};

/// The element after arithmetic: rounded to f32, wrapped to the width of an integer.
Number fit(Number n, mlir::Type element);
/// Calls `visit` with every index of a box, in row-major order.
void forEachIndex(llvm::ArrayRef<int64_t> shape,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);

/// Oracle for compiled programs: float ops are computed in double and rounded once.
class Interpreter {
public:
  explicit Interpreter(mlir::ModuleOp module, llvm::raw_ostream &out) : module(module), out(out) {}
  /// Runs a function; what it cannot evaluate is reported at its location.
  mlir::FailureOr<std::vector<Datum>> call(mlir::func::FuncOp f, llvm::ArrayRef<Datum> arguments);
  /// The content of a variable.
  Datum &variable(llvm::StringRef name);

private:
  using Result = mlir::LogicalResult;
  Result run(mlir::Block &block, std::vector<Datum> &yielded);
  Result step(mlir::Operation &op);
  Result control(mlir::Operation &op, bool &known);
  Result host(mlir::Operation &op, bool &known);
  Result forLoop(mlir::scf::ForOp loop);
  Result generic(mlir::Operation &op);

  const Datum &get(mlir::Value v) { return *values.at(v); }
  void set(mlir::Value v, Datum d) { values[v] = std::make_shared<const Datum>(std::move(d)); }

  mlir::ModuleOp module;
  llvm::raw_ostream &out;
  struct Hash {
    size_t operator()(mlir::Value v) const { return mlir::hash_value(v); }
  };
  std::unordered_map<mlir::Value, std::shared_ptr<const Datum>, Hash> values;
  std::map<std::string, Datum> variables;
  llvm::ArrayRef<int64_t> loopIndex; // of the innermost linalg.generic
};

/// Evaluates an ag value op; false when `op` is none.
bool evaluateAg(mlir::Operation &op, llvm::ArrayRef<const Datum *> operands, Datum &result);
/// The same for the ops of AgStructuredOps.td.
bool evaluateRandom(mlir::Operation &op, llvm::ArrayRef<const Datum *> operands, Datum &result);
bool evaluateStructured(mlir::Operation &op, llvm::ArrayRef<const Datum *> operands, Datum &result);
/// Evaluates an ag op that owns a kernel; false when `op` is none.
bool evaluateKernelOp(mlir::Operation &op, llvm::ArrayRef<const Datum *> operands,
                      std::vector<Datum> &results);
/// One element of an op of AgMathOps.td; false when `op` is none.
bool evaluateMath(mlir::Operation &op, llvm::ArrayRef<Number> in, mlir::Type element, Number &y);
/// Evaluates an op of arith or math on numbers; false when `op` is none.
bool evaluateScalar(mlir::Operation &op, llvm::ArrayRef<const Datum *> operands, Datum &result);
/// Evaluates an op of tensor, or linalg.fill; false when `op` is none.
bool evaluateTensor(mlir::Operation &op, llvm::ArrayRef<const Datum *> operands, Datum &result);
/// The content of an attribute.
Datum readElements(mlir::ElementsAttr attr);

} // namespace gradc::test

#endif
