// InterpretStructured.cpp - the meaning of the ops of AgStructuredOps.td, element by element.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interpreter.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace gradc;
namespace gradc::test {

using Operands = ArrayRef<const Datum *>;

static void gather(ag::GatherOp op, const Datum &x, const Datum &i, Datum &y) {
  size_t dim = op.getDim(), taken = i.shape.size();
  forEachIndex(y.shape, [&](ArrayRef<int64_t> out) {
    SmallVector<int64_t> at(out.take_front(dim));
    int64_t wish = i.data[i.offset(out.slice(dim, taken))].i;
    at.push_back(std::clamp<int64_t>(wish, 0, x.shape[dim] - 1));
    llvm::append_range(at, out.drop_front(dim + taken));
    y.data[y.offset(out)] = x.data[x.offset(at)];
  });
}

static void reverse(ag::ReverseOp op, const Datum &x, Datum &y) {
  forEachIndex(y.shape, [&](ArrayRef<int64_t> out) {
    SmallVector<int64_t> at(out);
    for (int64_t d : op.getDims())
      at[d] = x.shape[d] - 1 - at[d];
    y.data[y.offset(out)] = x.data[x.offset(at)];
  });
}

//===-- Windows -------------------------------------------------------------------------------===//

static void reduceWindow(ag::ReduceWindowOp op, const Datum &x, Datum &y) {
  forEachIndex(y.shape, [&](ArrayRef<int64_t> out) {
    Number sum;
    forEachIndex(op.getSizes(), [&](ArrayRef<int64_t> place) {
      SmallVector<int64_t> at;
      for (size_t k = 0; k < out.size(); ++k) {
        int64_t base = op.getBaseDilation()[k], i = out[k] * op.getStrides()[k] +
                                                    place[k] * op.getWindowDilation()[k] -
                                                    op.getPaddingLow()[k];
        if (i < 0 || i % base || i / base >= x.shape[k])
          return;
        at.push_back(i / base);
      }
      Number term = x.data[x.offset(at)];
      sum = fit({sum.f + term.f, int64_t(uint64_t(sum.i) + uint64_t(term.i))}, y.element);
    });
    y.data[y.offset(out)] = sum;
  });
}

static void windowArgmax(ag::WindowArgmaxOp op, const Datum &x, Datum &y) {
  size_t planes = x.shape.size() - op.getSizes().size();
  forEachIndex(y.shape, [&](ArrayRef<int64_t> out) {
    std::optional<Number> most;
    forEachIndex(op.getSizes(), [&](ArrayRef<int64_t> place) {
      SmallVector<int64_t> at(out.take_front(planes));
      int64_t flat = 0;
      for (size_t k = 0; k < place.size(); ++k) {
        int64_t i = out[planes + k] * op.getStrides()[k] + place[k] * op.getWindowDilation()[k] -
                    op.getPaddingLow()[k];
        int64_t n = x.shape[planes + k];
        if (i < 0 || i >= n)
          return;
        at.push_back(i);
        flat = flat * n + i;
      }
      Number value = x.data[x.offset(at)];
      bool isMore =
          !most || (x.isFloat() ? value.f > most->f || std::isnan(value.f) : value.i > most->i);
      if (!isMore)
        return;
      most = value;
      y.data[y.offset(out)].i = flat;
    });
  });
}

//===-- Rows ----------------------------------------------------------------------------------===//

/// Calls `visit` with the places in `x.data` of each row along `dims`, rows in row-major order.
static void forEachRow(const Datum &x, ArrayRef<int64_t> dims,
                       function_ref<void(ArrayRef<int64_t>)> visit) {
  SmallVector<int64_t> kept, along;
  for (size_t d = 0; d < x.shape.size(); ++d)
    (llvm::is_contained(dims, int64_t(d)) ? along : kept).push_back(x.shape[d]);
  forEachIndex(kept, [&](ArrayRef<int64_t> row) {
    SmallVector<int64_t> places;
    forEachIndex(along, [&](ArrayRef<int64_t> step) {
      SmallVector<int64_t> at;
      size_t r = 0, s = 0;
      for (size_t d = 0; d < x.shape.size(); ++d)
        at.push_back(llvm::is_contained(dims, int64_t(d)) ? step[s++] : row[r++]);
      places.push_back(x.offset(at));
    });
    visit(places);
  });
}

static void prod(const Datum &x, ArrayRef<int64_t> dims, Datum &y) {
  size_t next = 0;
  forEachRow(x, dims, [&](ArrayRef<int64_t> row) {
    Number product{1, 1};
    for (int64_t at : row)
      product =
          fit({product.f * x.data[at].f, int64_t(uint64_t(product.i) * uint64_t(x.data[at].i))},
              y.element);
    y.data[next++] = product;
  });
}

/// The maximum and the sum of exponentials that are shifted by it.
static std::pair<double, double> shiftedSum(const Datum &x, ArrayRef<int64_t> row, bool ignoreInf) {
  double most = -INFINITY, sum = 0;
  for (int64_t at : row)
    most = std::isnan(x.data[at].f) || std::isnan(most) ? NAN : std::max(most, x.data[at].f);
  if (ignoreInf && std::isinf(most))
    most = 0;
  for (int64_t at : row)
    sum += std::exp(x.data[at].f - most);
  return {most, sum};
}

static void logsumexp(const Datum &x, ArrayRef<int64_t> dims, Datum &y) {
  size_t next = 0;
  forEachRow(x, dims, [&](ArrayRef<int64_t> row) {
    auto [shift, sum] = shiftedSum(x, row, true);
    y.data[next++] = fit({std::log(sum) + shift, 0}, y.element);
  });
}

static void softmax(const Datum &x, ArrayRef<int64_t> dims, bool isLog, Datum &y) {
  forEachRow(x, dims, [&](ArrayRef<int64_t> row) {
    auto [shift, sum] = shiftedSum(x, row, false);
    for (int64_t at : row) {
      double centred = x.data[at].f - shift;
      y.data[at] = fit({isLog ? centred - std::log(sum) : std::exp(centred) / sum, 0}, y.element);
    }
  });
}

static void normalize(const Datum &x, ArrayRef<int64_t> dims, double eps, bool centre, Datum &y) {
  forEachRow(x, dims, [&](ArrayRef<int64_t> row) {
    double mean = 0, square = 0, n = double(row.size());
    for (int64_t at : row)
      mean += centre ? x.data[at].f / n : 0;
    for (int64_t at : row)
      square += (x.data[at].f - mean) * (x.data[at].f - mean) / n;
    for (int64_t at : row)
      y.data[at] = fit({(x.data[at].f - mean) / std::sqrt(square + eps), 0}, y.element);
  });
}

bool evaluateStructured(Operation &op, Operands operands, Datum &y) {
  auto dims = [&] { return op.getAttrOfType<DenseI64ArrayAttr>("dims").asArrayRef(); };
  const Datum &x = operands.empty() ? y : *operands[0];
  return TypeSwitch<Operation *, bool>(&op)
      .Case([&](ag::GatherOp o) { return gather(o, x, *operands[1], y), true; })
      .Case([&](ag::ReverseOp o) { return reverse(o, x, y), true; })
      .Case([&](ag::ReduceWindowOp o) { return reduceWindow(o, x, y), true; })
      .Case([&](ag::WindowArgmaxOp o) { return windowArgmax(o, x, y), true; })
      .Case([&](ag::ReduceProdOp) { return prod(x, dims(), y), true; })
      .Case([&](ag::LogsumexpOp) { return logsumexp(x, dims(), y), true; })
      .Case([&](ag::SoftmaxOp) { return softmax(x, dims(), false, y), true; })
      .Case([&](ag::LogSoftmaxOp) { return softmax(x, dims(), true, y), true; })
      .Case([&](ag::NormalizeOp o) {
        return normalize(x, dims(), o.getEps().convertToDouble(), true, y), true;
      })
      .Case([&](ag::RmsNormalizeOp o) {
        return normalize(x, dims(), o.getEps().convertToDouble(), false, y), true;
      })
      .Default([](Operation *) { return false; });
}

} // namespace gradc::test
