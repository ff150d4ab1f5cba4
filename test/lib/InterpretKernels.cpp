// InterpretKernels.cpp - the meaning of the ag ops that own a kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interpreter.h"
#include "gradc/IR/Convolution.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>
#include <numeric>

using namespace mlir;
using namespace gradc;
namespace gradc::test {

using Operands = ArrayRef<const Datum *>;

//===-- Scatter -------------------------------------------------------------------------------===//

/// The former stays where both are equal; NaN wins.
static Number extremum(Number a, Number b, bool isFloat, bool greater) {
  if (isFloat)
    return std::isnan(b.f) || (greater ? b.f > a.f : b.f < a.f) ? b : a;
  return {0, greater ? std::max(a.i, b.i) : std::min(a.i, b.i)};
}

static Number combine(ag::ScatterMode mode, Number a, Number b, const Datum &like) {
  bool isBool = like.element.isInteger(1);
  switch (mode) {
  case ag::ScatterMode::add:
    return {a.f + b.f, isBool ? a.i | b.i : int64_t(uint64_t(a.i) + uint64_t(b.i))};
  case ag::ScatterMode::set:
    return b;
  case ag::ScatterMode::mul:
    return {a.f * b.f, int64_t(uint64_t(a.i) * uint64_t(b.i))};
  case ag::ScatterMode::max:
  case ag::ScatterMode::min:
    return extremum(a, b, like.isFloat(), mode == ag::ScatterMode::max);
  }
  llvm_unreachable("not a mode");
}

static void scatter(ag::ScatterOp op, Operands in, Datum &y) {
  const Datum &i = *in[1], &u = *in[2];
  size_t dim = op.getDim(), rank = i.shape.size();
  y.data = in[0]->data;
  forEachIndex(u.shape, [&](ArrayRef<int64_t> from) {
    int64_t at = i.data[i.offset(from.slice(dim, rank))].i;
    if (at < 0 || at >= y.shape[dim])
      return;
    SmallVector<int64_t> to(from.take_front(dim));
    to.push_back(at);
    llvm::append_range(to, from.drop_front(dim + rank));
    Number &place = y.data[y.offset(to)];
    place = fit(combine(op.getMode(), place, u.data[u.offset(from)], y), y.element);
  });
}

//===-- Convolution ---------------------------------------------------------------------------===//

/// Calls `visit` for every product: with the indices of the input, the weight and the output.
template <typename OpT, typename Visit>
static void forEachProduct(OpT op, ArrayRef<int64_t> x, ArrayRef<int64_t> w, ArrayRef<int64_t> y,
                           Visit visit) {
  size_t n = x.size() - 2;
  int64_t groups = op.getGroups();
  forEachIndex(y, [&](ArrayRef<int64_t> out) {
    forEachIndex(w.drop_front(1), [&](ArrayRef<int64_t> k) {
      SmallVector<int64_t> from = {out[0], out[1] / (w[0] / groups) * w[1] + k[0]},
                           at = {out[1], k[0]};
      for (size_t i = 0; i < n; ++i) {
        int64_t place = out[i + 2] * op.getStrides()[i] + k[i + 1] * op.getWindowDilation()[i] -
                        op.getPaddingLow()[i];
        if (place < 0 || place % op.getBaseDilation()[i] != 0)
          return;
        from.push_back(place / op.getBaseDilation()[i]);
        if (from.back() >= x[i + 2])
          return;
        at.push_back(op.getFlipped() ? w[i + 2] - 1 - k[i + 1] : k[i + 1]);
      }
      visit(from, at, out);
    });
  });
}

static void addProduct(Number &sum, Number a, Number b, Type element) {
  // One rounding: a fused multiply-add.
  double f = element.isF64() ? std::fma(a.f, b.f, sum.f) : a.f * b.f + sum.f;
  sum = fit({f, int64_t(uint64_t(sum.i) + uint64_t(a.i) * uint64_t(b.i))}, element);
}

static void convolve(ag::ConvolutionOp op, Operands in, Datum &y) {
  const Datum &x = *in[0], &w = *in[1];
  forEachProduct(op, x.shape, w.shape, y.shape,
                 [&](ArrayRef<int64_t> from, ArrayRef<int64_t> at, ArrayRef<int64_t> out) {
                   addProduct(y.data[y.offset(out)], x.data[x.offset(from)], w.data[w.offset(at)],
                              y.element);
                 });
}

static void convolveWeight(ag::ConvolutionWeightOp op, Operands in, Datum &w) {
  const Datum &x = *in[0], &d = *in[1];
  forEachProduct(op, x.shape, w.shape, d.shape,
                 [&](ArrayRef<int64_t> from, ArrayRef<int64_t> at, ArrayRef<int64_t> out) {
                   addProduct(w.data[w.offset(at)], x.data[x.offset(from)], d.data[d.offset(out)],
                              w.element);
                 });
}

//===-- Along a dimension ---------------------------------------------------------------------===//

/// Calls `visit` with the offsets of every line of elements along `dim`.
static void forEachLine(const Datum &d, size_t dim, bool reverse,
                        function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> others(d.shape);
  int64_t n = others[dim];
  others[dim] = n ? 1 : 0;
  forEachIndex(others, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> at(index), line;
    for (int64_t i = 0; i < n; ++i) {
      at[dim] = reverse ? n - 1 - i : i;
      line.push_back(d.offset(at));
    }
    visit(line);
  });
}

static bool precedes(Number a, Number b, bool isFloat) {
  if (!isFloat)
    return a.i < b.i;
  return std::isnan(b.f) ? !std::isnan(a.f) : a.f < b.f;
}

static void sort(ag::SortOp op, const Datum &x, Datum &values, Datum &indices) {
  forEachLine(x, op.getDim(), false, [&](ArrayRef<int64_t> line) {
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(line.size()));
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      Number p = x.data[line[a]], q = x.data[line[b]];
      if (op.getDescending())
        std::swap(p, q);
      return precedes(p, q, x.isFloat()) || (!precedes(q, p, x.isFloat()) && a < b);
    });
    for (auto [to, from] : llvm::zip(line, order)) {
      values.data[to] = x.data[line[from]];
      indices.data[to].i = from;
    }
  });
}

static double logAddExp(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return NAN;
  double low = std::min(a, b), high = std::max(a, b);
  return low == high && std::isinf(low) ? high : high + std::log1p(std::exp(low - high));
}

static Number accumulate(ag::CumulativeKind kind, Number sum, Number x, bool isFloat) {
  bool greater = kind == ag::CumulativeKind::max;
  switch (kind) {
  case ag::CumulativeKind::sum:
    return {sum.f + x.f, int64_t(uint64_t(sum.i) + uint64_t(x.i))};
  case ag::CumulativeKind::prod:
    return {sum.f * x.f, int64_t(uint64_t(sum.i) * uint64_t(x.i))};
  case ag::CumulativeKind::logaddexp:
    return {logAddExp(sum.f, x.f), 0};
  case ag::CumulativeKind::max:
  case ag::CumulativeKind::min:
    if (!isFloat)
      return {0, greater ? std::max(sum.i, x.i) : std::min(sum.i, x.i)};
    if (std::isnan(x.f) || std::isnan(sum.f))
      return std::isnan(x.f) ? x : sum;
    return (greater ? x.f >= sum.f : x.f <= sum.f) ? x : sum;
  }
  llvm_unreachable("not a kind");
}

static void cumulate(ag::CumulativeOp op, const Datum &x, Datum &y) {
  forEachLine(x, op.getDim(), op.getReverse(), [&](ArrayRef<int64_t> line) {
    Number sum;
    for (auto [i, at] : llvm::enumerate(line)) {
      // Floats are kept in double, as PyTorch does, and rounded one by one.
      sum = i == 0 ? x.data[at] : accumulate(op.getKind(), sum, x.data[at], x.isFloat());
      y.data[at] = fit(sum, y.element);
    }
  });
}

static void recur(ag::RecurrenceOp op, const Datum &a, const Datum &x, Datum &y) {
  forEachLine(x, op.getDim(), op.getReverse(), [&](ArrayRef<int64_t> line) {
    double last = 0;
    for (auto [i, at] : llvm::enumerate(line)) {
      last = i == 0 ? x.data[at].f : a.data[at].f * last + x.data[at].f;
      y.data[at] = fit({last, 0}, y.element);
    }
  });
}

bool evaluateKernelOp(Operation &op, Operands in, std::vector<Datum> &results) {
  if (!isa<ag::KernelOpInterface>(op))
    return false;
  for (Type type : op.getResultTypes())
    results.push_back(Datum::ofType(type));
  llvm::TypeSwitch<Operation *>(&op)
      .Case([&](ag::ScatterOp o) { scatter(o, in, results[0]); })
      .Case([&](ag::ConvolutionOp o) { convolve(o, in, results[0]); })
      .Case([&](ag::ConvolutionWeightOp o) { convolveWeight(o, in, results[0]); })
      .Case([&](ag::SortOp o) { sort(o, *in[0], results[0], results[1]); })
      .Case([&](ag::CumulativeOp o) { cumulate(o, *in[0], results[0]); })
      .Case([&](ag::RecurrenceOp o) { recur(o, *in[0], *in[1], results[0]); });
  return true;
}

} // namespace gradc::test
