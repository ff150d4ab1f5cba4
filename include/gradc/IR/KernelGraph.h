// KernelGraph.h - a kernel's body as a DAG of scalar expressions over kernel dims.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emitters of lib/Target generate code from this form, and Schedule asks it which ops fit into
// one kernel. Loop dims of all ops are united through the intermediate tensors; a value is then a
// node that knows the dims it varies over, so broadcast, transposition and reshape need no nodes of
// their own.
#ifndef GRADC_IR_KERNELGRAPH_H
#define GRADC_IR_KERNELGRAPH_H

#include "gradc/IR/Sched.h"
#include "mlir/IR/Operation.h"

namespace gradc::sched {

/// Whether it computes one element: an op of arith or math, or what they lack.
bool isScalarOp(mlir::Operation *op);

/// A set of kernel dims, one bit each.
using DimSet = uint32_t;

/// Where elements lie in a contiguous buffer: at `offset` plus the sum of `stride` times the index
/// along `dim`, in elements. Dims are listed from the slowest to the fastest, as in memory.
struct Access {
  struct Dim {
    int dim;
    int64_t stride;
    bool operator==(const Dim &) const = default;
  };
  int64_t offset = 0;
  llvm::SmallVector<Dim, 4> dims;

  DimSet dimSet() const;
  int64_t strideOf(int dim) const; // 0 when it does not vary along it
  bool operator==(const Access &) const = default;
};

enum class Combiner { Add, Mul, Max, Min, And, Or };

struct KernelNode {
  enum Kind {
    Constant, // `value`
    Scalar,   // the kernel's scalar argument `arg`
    Index,    // the position `access`, of type index
    Load,     // the element of argument `arg` at `access`
    Gather,   // the element of argument `arg` at `access` plus the sum of steps[i] * in[i]
    Op,       // the payload op `op` applied to `in`
    Reduce,   // `in[0]` combined over the dims `reduced`
    Contract, // the sum of in[0] * in[1] over `order`, sequentially
  };
  KernelNode(Kind kind, mlir::Type type) : kind(kind), type(type) {}
  Kind kind;
  mlir::Type type; // element type; bools are i1
  llvm::SmallVector<int, 3> in;
  mlir::Operation *op = nullptr;
  mlir::TypedAttr value;
  int arg = -1; // numbers from `numArgs` up are KernelGraph::constants
  Access access;
  Combiner combiner = Combiner::Add;
  llvm::SmallVector<int64_t, 1> steps; // of a Gather, one for each of `in`
  llvm::SmallVector<int, 2> order;     // the dims of `reduced`, slowest first
  DimSet reduced = 0;
  DimSet dims = 0; // what the value varies over
  int stage =
      0; // reductions over the vector dim below it in its nest: the sweep that can compute it
  int phase = 0;        // reductions over outer dims below it: the nest that can compute it
  bool isShort = false; // a reduction over a few positions, unrolled where its value is wanted
};

struct KernelResult {
  int node;
  Access access;
  mlir::Type type;
};

/// Loops over outer dims: what is stored and what is summed up in one pass over the rows.
struct KernelNest {
  int phase;
  DimSet outer;   // the dims looped over, without the vector dim
  DimSet reduced; // those of them that `reduces` sum over
  llvm::SmallVector<int> results;
  llvm::SmallVector<int> reduces; // outer reductions
};

/// How the CPU emits a kernel.
enum class KernelForm {
  Tiny,        // everything unrolled, all tensors in registers; any graph
  Rows,        // nests over rows, sweeps along the vector dim; no contraction
  Contraction, // one contraction of two arguments and an elementwise epilogue
};

class KernelGraph {
public:
  /// The graph of `ops` (in order) that compute `results` from `args`, or failure with the reason
  /// in `why`: "not one kernel" where two loops of one op would have to be the same dim, an
  /// unsupported op, or a shape that is not static.
  static mlir::FailureOr<KernelGraph> build(mlir::ValueRange args,
                                            llvm::ArrayRef<mlir::Operation *> ops,
                                            mlir::ValueRange results, std::string &why);
  static mlir::FailureOr<KernelGraph> build(KernelOp kernel, std::string &why);
  /// Whether the kernel's last result is scratch memory; the graph does without it.
  static bool hasScratch(KernelOp kernel);

  llvm::SmallVector<int64_t>
      sizes; // of the kernel dims; a dim that was collapsed into another has size 1
  llvm::SmallVector<KernelNode> nodes; // operands precede users
  llvm::SmallVector<KernelResult> results;
  llvm::SmallVector<mlir::DenseElementsAttr> constants; // tensors that are not splats
  int numArgs = 0;
  int vectorDim = -1;
  KernelForm form = KernelForm::Rows;

  int64_t count(DimSet dims) const; // how many elements
  bool varies(int node, int dim) const { return dim >= 0 && nodes[node].dims >> dim & 1; }
  bool isRowReduce(int node) const;   // a reduction over the vector dim
  bool isOuterReduce(int node) const; // a reduction over outer dims that needs a nest
  bool isCostly(int node) const;      // dearer to compute twice than to keep
  /// How much the integer value of a node may change from one position of `dim` to the next: from
  /// `least` to `most`. None where nothing is known.
  struct Change {
    int64_t least, most;
  };
  std::optional<Change> changeAlong(int node, int dim) const;
  /// The load of a contraction's factor, which may be widened; -1 if it is no factor.
  int factorOf(int node) const;
  /// The nodes that results need.
  llvm::SmallVector<bool> liveNodes() const;
  /// The nests in the order of their execution.
  llvm::SmallVector<KernelNest> nests() const;
  /// The result whose buffer holds the sums of outer reduction `node`, or -1.
  int accumulatorOf(int node) const;
  /// How many rows an outer reduction of a nest runs over, and in how many blocks of how many rows.
  struct Blocks {
    int64_t rows, size, count;
  };
  Blocks blocksOf(const KernelNest &nest) const;
  /// The pairs (argument, result) that the CPU emitters may let share one buffer: the argument is
  /// read only where the result is about to be written, and never in a later nest or sweep.
  llvm::SmallVector<std::pair<unsigned, unsigned>> inplacePairs() const;
  /// Whether result `result` may be written over argument `arg`.
  bool mayOverwrite(unsigned arg, unsigned result) const;
  void print(llvm::raw_ostream &os) const;

private:
  friend class KernelGraphBuilder;
  void collapseDims();
  void chooseVectorDim();
  void splitReductions();
  void placeNodes();
  bool isWindow(int node) const;
  mlir::LogicalResult chooseForm(std::string &why);
  mlir::LogicalResult checkRows(std::string &why) const;
  mlir::LogicalResult checkContraction(int contract, std::string &why) const;
  int64_t unrolledCost() const;
  struct Reading {
    int load, nest, stage;
  };
  llvm::SmallVector<Reading> readings() const;
};

/// The value that leaves a combination unchanged; sums start at -0, so that leaving elements out
/// and adding the neutral element are the same to the bit.
mlir::TypedAttr neutralElement(Combiner combiner, mlir::Type type);

/// How many bytes of stack a kernel may use for rows and partial sums.
inline constexpr int64_t kWorkspaceLimit = 1 << 20;
/// Sums along outer dims run over this many contiguous blocks; along the vector dim there are as
/// many strided partial sums.
inline constexpr int64_t kPartials = 64;
/// Shorter dims that are summed up are vectorised only if there is no other.
inline constexpr int64_t kShortDim = 8;
/// A reduction of at most this many elements of a window is unrolled.
inline constexpr int64_t kWindow = 16;
/// Long vector dims are summed in chunks of this many elements.
inline constexpr int64_t kChunk = 4096;

} // namespace gradc::sched

#endif
