// Products.cpp - products of vectors, matrices and batches, and what adds to them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Products.h"
#include "History.h"

using namespace mlir;
namespace gradc::graph {

static std::string dims2(int64_t m, int64_t n) {
  return std::to_string(m) + "x" + std::to_string(n);
}

Term diagonal(Term x, int64_t first, int64_t second) {
  if (!x)
    return x;
  SmallVector<int64_t> perm;
  for (int64_t d = 0; d < x.rank(); ++d)
    if (d != first && d != second)
      perm.push_back(d);
  int64_t n = x.size(first), last = perm.size();
  perm.append({first, second});
  x = permute(x, perm);
  Shape shape(x.shape().drop_back(2));
  shape.push_back(n * n);
  x = reshape(x, shape);
  Shape starts(shape.size(), 0), steps(shape.size(), 1);
  if (n > 1)
    steps[last] = n + 1;
  return x.with(ag::SliceOp::create(x.importer->b, x.loc, x.value, starts, shape, steps));
}

LogicalResult checkSameDtype(Call &call, Term a, Term c) {
  if (a.element() != c.element())
    return call.fail("expected scalar type " + dtypeWord(a.element()) + " but found " +
                     dtypeWord(c.element()));
  if (a.isBool())
    return call.fail("\"" + call.node.spec->name + "\" not implemented for 'Bool'");
  return success();
}

//===-- The plain products --------------------------------------------------------------------===//

/// Matrix times matrix, with PyTorch's checks under the name of the op.
static Term product(Call &call, Term a, Term c) {
  StringRef name = call.node.spec->name;
  if (!a || !c || failed(checkSameDtype(call, a, c)))
    return call.none();
  if (a.rank() != 2 || c.rank() != 2) {
    bool first = a.rank() != 2;
    StringRef role = name == "mm" ? first ? "self" : "mat2" : first ? "mat1" : "mat2";
    (void)call.fail(name + ": " + role + " must be a matrix, got " +
                    Twine(first ? a.rank() : c.rank()) + "-D tensor");
    return call.none();
  }
  if (a.size(1) != c.size(0)) {
    (void)call.fail(name + ": mat1 and mat2 shapes cannot be multiplied (" +
                    dims2(a.size(0), a.size(1)) + " and " + dims2(c.size(0), c.size(1)) + ")");
    return call.none();
  }
  return contract(a, c, {}, {}, {1}, {0});
}

/// Matrix times vector.
static Term vectorProduct(Call &call, Term result, Term a, Term v) {
  if (!a || !v || failed(checkSameDtype(call, a, v)))
    return call.none();
  if (a.rank() != 2 || v.rank() != 1) {
    (void)call.fail("vector + matrix @ vector expected, got " + Twine(result ? result.rank() : 1) +
                    ", " + Twine(a.rank()) + ", " + Twine(v.rank()));
    return call.none();
  }
  int64_t given = result && result.numel() != 1 ? result.numel() : a.size(0);
  if (a.size(1) != v.size(0) || given != a.size(0)) {
    (void)call.fail("size mismatch, got input (" + Twine(given) + "), mat (" +
                    dims2(a.size(0), a.size(1)) + "), vec (" + Twine(v.size(0)) + ")");
    return call.none();
  }
  return contract(a, v, {}, {}, {1}, {0});
}

static Term batchProduct(Call &call, Term a, Term c) {
  if (!a || !c)
    return call.none();
  if (a.rank() != 3 || c.rank() != 3) {
    (void)call.fail(StringRef(a.rank() != 3 ? "batch1" : "batch2") + " must be a 3D tensor");
    return call.none();
  }
  if (failed(checkSameDtype(call, a, c)))
    return call.none();
  if (a.size(0) != c.size(0) || a.size(2) != c.size(1)) {
    (void)call.fail("Expected size for first two dimensions of batch2 tensor to be: " +
                    listText({a.size(0), a.size(2)}) +
                    " but got: " + listText({c.size(0), c.size(1)}) + ".");
    return call.none();
  }
  return contract(a, c, {0}, {0}, {2}, {1});
}

static LogicalResult mm(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  return call.result(product(call, a, c));
}

static LogicalResult mv(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), v = a ? call.input(1) : call.none();
  return call.result(vectorProduct(call, call.none(), a, v));
}

static LogicalResult bmm(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  return call.result(batchProduct(call, a, c));
}

static LogicalResult dot(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  if (!a || !c)
    return failure();
  if (a.rank() != 1 || c.rank() != 1)
    return call.fail("1D tensors expected, but got " + Twine(a.rank()) + "D and " +
                     Twine(c.rank()) + "D tensors");
  if (a.element() != c.element())
    return call.fail("dot : expected both vectors to have same dtype, but found " +
                     dtypeWord(a.element()) + " and " + dtypeWord(c.element()));
  if (a.numel() != c.numel())
    return call.fail("inconsistent tensor size, expected tensor " + listText(a.shape()) +
                     " and src " + listText(c.shape()) +
                     " to have the same number of elements, but got " + Twine(a.numel()) + " and " +
                     Twine(c.numel()) + " elements respectively");
  if (failed(checkSameDtype(call, a, c)))
    return failure();
  return call.result(contract(a, c, {}, {}, {0}, {0}));
}

static LogicalResult inner(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  if (!a || !c)
    return failure();
  if (a.rank() == 0 || c.rank() == 0)
    return call.result(a * c);
  if (a.size(-1) != c.size(-1))
    return call.fail("inner() the last dimension must match on both input tensors but got shapes " +
                     listText(a.shape()) + " and " + listText(c.shape()));
  if (failed(checkSameDtype(call, a, c)))
    return failure();
  return call.result(contract(a, c, {}, {}, {a.rank() - 1}, {c.rank() - 1}));
}

static LogicalResult outer(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  if (!a || !c)
    return failure();
  for (const Term &v : {a, c})
    if (v.rank() != 1)
      return call.fail(StringRef("outer: Expected 1-D argument ") +
                       (a.rank() != 1 ? "self" : "vec2") + ", but got " + Twine(v.rank()) + "-D");
  return call.result(unsqueeze(a, 1) * c);
}

/// The Kronecker product.
static LogicalResult kron(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  if (!a || !c)
    return failure();
  int64_t rank = std::max(a.rank(), c.rank());
  Shape shapeA, shapeC, shape;
  for (int64_t d = 0; d < rank; ++d) {
    int64_t x = d < rank - a.rank() ? 1 : a.size(d - (rank - a.rank()));
    int64_t y = d < rank - c.rank() ? 1 : c.size(d - (rank - c.rank()));
    shapeA.append({x, 1});
    shapeC.append({1, y});
    shape.push_back(x * y);
  }
  return call.result(reshape(reshape(a, shapeA) * reshape(c, shapeC), shape));
}

//===-- General contractions ------------------------------------------------------------------===//

static LogicalResult tensordotDims(Call &call, Term a, Term c, SmallVectorImpl<int64_t> &da,
                                   SmallVectorImpl<int64_t> &dc) {
  Node &node = call.node;
  if (!node.attribute("dims_a") && !node.attribute("dims_b")) {
    int64_t n = node.integer("dims", 2);
    if (n < 0)
      return call.fail("tensordot expects dims >= 0, but got dims=" + Twine(n));
    if (n > std::min(a.rank(), c.rank()))
      return call.fail("tensordot expects dims < ndim_a or ndim_b, but got dims=" + Twine(n));
    da.append(range(a.rank() - n, a.rank()));
    dc.append(range(0, n));
    return success();
  }
  Shape givenA = node.integers("dims_a"), givenC = node.integers("dims_b");
  if (givenA.size() != givenC.size())
    return call.fail("both dimension lists should have same length");
  for (auto [x, y] : llvm::zip(givenA, givenC)) {
    int64_t wrappedA = 0, wrappedC = 0;
    if (failed(wrapDim(call.importer, *node.attribute("dims_a"), x, a.rank(), wrappedA)) ||
        failed(wrapDim(call.importer, *node.attribute("dims_b"), y, c.rank(), wrappedC)))
      return failure();
    da.push_back(wrappedA);
    dc.push_back(wrappedC);
  }
  return success();
}

static LogicalResult tensordot(Importer &importer, Node &node) {
  Call call(importer, node);
  Term a = call.input(0), c = a ? call.input(1) : call.none();
  SmallVector<int64_t> da, dc;
  if (!c || failed(tensordotDims(call, a, c, da, dc)))
    return failure();
  for (size_t i = 0; i < da.size(); ++i) {
    int64_t x = a.size(da[i]), y = c.size(dc[i]);
    Shape given = node.integers("dims_a"), other = node.integers("dims_b");
    int64_t statedA = given.empty() ? int64_t(i) - int64_t(da.size()) : given[i];
    int64_t statedC = other.empty() ? int64_t(i) : other[i];
    if (x != y && x != 1 && y != 1)
      return call.fail("contracted dimensions need to match, but first has size " + Twine(x) +
                       " in dim " + Twine(statedA) + " and second has size " + Twine(y) +
                       " in dim " + Twine(statedC));
    if (x == y)
      continue;
    // A dim of size 1 is repeated: the other is summed first.
    Term &wide = x == 1 ? c : a;
    wide = sum(wide, {x == 1 ? dc[i] : da[i]}, true);
  }
  if (failed(checkSameDtype(call, a, c)))
    return failure();
  return call.result(contract(a, c, {}, {}, da, dc));
}

static LogicalResult chainMatmul(Importer &importer, Node &node) {
  Call call(importer, node);
  Term done = call.input(0);
  for (unsigned i = 1; i < node.inputs.size() && done; ++i) {
    Term next = call.input(i);
    if (!next || failed(checkSameDtype(call, done, next)))
      return failure();
    if (done.rank() != 2 || next.rank() != 2)
      return call.fail("multi_dot(): tensor " + Twine(i) + " must be 2D but got " +
                       Twine(next.rank()) + "D");
    if (done.size(1) != next.size(0))
      return call.fail("multi_dot(): tensors " + Twine(i - 1) + " and " + Twine(i) +
                       " with shapes " + listText(done.shape()) + " and " + listText(next.shape()) +
                       " cannot be multiplied");
    done = contract(done, next, {}, {}, {1}, {0});
  }
  return call.result(done);
}

//===-- Products that are added ---------------------------------------------------------------===//

/// beta * input + alpha * y; where beta is 0 the input is not looked at.
static LogicalResult added(Call &call, Term input, Term y) {
  if (!input || !y)
    return failure();
  double alpha = call.number("alpha", 1), beta = call.number("beta", 1);
  ArrayRef<int64_t> from = input.shape(), to = y.shape();
  if (from.size() > to.size())
    return call.fail("expand(torch." + dtypeWord(input.element()) + "Tensor{" + listText(from) +
                     "}, size=" + listText(to) + "): the number of sizes provided (" +
                     Twine(to.size()) + ") must be greater or equal to the number of dimensions " +
                     "in the tensor (" + Twine(from.size()) + ")");
  for (size_t i = from.size(); i-- > 0;) {
    size_t d = to.size() - from.size() + i;
    if (from[i] != to[d] && from[i] != 1)
      return call.fail("The expanded size of the tensor (" + Twine(to[d]) +
                       ") must match the existing size (" + Twine(from[i]) +
                       ") at non-singleton dimension " + Twine(d) +
                       ".  Target sizes: " + listText(to) + ".  Tensor sizes: " + listText(from));
  }
  if (failed(checkSameDtype(call, input, y)))
    return failure();
  // As BLAS has it, a product times 0 is 0, whatever its factors are; its derivative is not.
  if (alpha == 0 && y.isFloat() &&
      (call.node.spec->name == "addmm" || call.node.spec->name == "addmv"))
    y = select(call.constant({}, call.importer.b.getI1Type(), 0), y, 0.0);
  else if (alpha != 1)
    y = y * alpha;
  if (beta == 0)
    return call.result(
        y.with(writtenOver(call.importer, *call.node.inputs[0].tensor, y.value, call.node.loc)));
  return call.result((beta == 1 ? input : input * beta) + y);
}

static LogicalResult addmm(Importer &importer, Node &node) {
  Call call(importer, node);
  Term input = call.input(0), a = call.input(1), c = call.input(2);
  return added(call, input, product(call, a, c));
}

static LogicalResult addmv(Importer &importer, Node &node) {
  Call call(importer, node);
  Term input = call.input(0), a = call.input(1), v = call.input(2);
  return added(call, input, vectorProduct(call, input, a, v));
}

static LogicalResult addr(Importer &importer, Node &node) {
  Call call(importer, node);
  Term input = call.input(0), u = call.input(1), v = call.input(2);
  if (!input || !u || !v)
    return failure();
  // Alone among the products it takes operands of different types.
  Type common = commonType(importer, node.inputs);
  for (Term *term : {&input, &u, &v})
    *term = term->with(importer.cast(term->value, common, node.loc));
  for (auto [i, vector] : llvm::enumerate(SmallVector<Term>{u, v}))
    if (vector.rank() != 1)
      return call.fail("addr: Expected 1-D argument vec" + Twine(i + 1) + ", but got " +
                       Twine(vector.rank()) + "-D");
  return added(call, input, unsqueeze(u, 1) * v);
}

static LogicalResult baddbmm(Importer &importer, Node &node) {
  Call call(importer, node);
  Term input = call.input(0), a = call.input(1), c = call.input(2);
  return added(call, input, batchProduct(call, a, c));
}

static LogicalResult addbmm(Importer &importer, Node &node) {
  Call call(importer, node);
  Term input = call.input(0), a = call.input(1), c = call.input(2);
  Term y = batchProduct(call, a, c);
  // The batch is one more contracted dim.
  return added(call, input, y ? contract(a, c, {}, {}, {0, 2}, {0, 1}) : y);
}

void addProductOps(OpTable &table) {
  using K = AttributeKind;
  auto add = [&](StringRef name, unsigned least, unsigned most, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &),
                 std::vector<AttributeSpec> attributes = {}) {
    table.add("product", {name.str(), least, most, std::move(attributes), summary.str(), handler});
  };
  const std::vector<AttributeSpec> scales{{"beta", K::number}, {"alpha", K::number}};
  add("mm", 2, 2, "product of two matrices", mm);
  add("mv", 2, 2, "matrix times vector", mv);
  add("bmm", 2, 2, "products of two batches of matrices", bmm);
  add("dot", 2, 2, "sum of the products of two vectors", dot);
  add("vdot", 2, 2, "the same", dot);
  add("inner", 2, 2, "sum of products along the last dimensions", inner);
  add("outer", 2, 2, "all products of the elements of two vectors", outer);
  add("ger", 2, 2, "the same", outer);
  add("kron", 2, 2, "Kronecker product", kron);
  add("tensordot", 2, 2, "contraction of the last `dims` dimensions with the first, or of lists",
      tensordot, {{"dims", K::integer}, {"dims_a", K::integers}, {"dims_b", K::integers}});
  add("chain_matmul", 1, unlimited, "product of matrices, from left to right", chainMatmul);
  add("einsum", 1, unlimited, "Einstein summation, from left to right", einsum,
      {{"equation", K::text, true}});
  add("addmm", 3, 3, "beta * input 1 + alpha * the product of two matrices", addmm, scales);
  add("addmv", 3, 3, "beta * input 1 + alpha * matrix times vector", addmv, scales);
  add("addr", 3, 3, "beta * input 1 + alpha * the outer product", addr, scales);
  add("baddbmm", 3, 3, "beta * input 1 + alpha * the products of two batches", baddbmm, scales);
  add("addbmm", 3, 3, "beta * input 1 + alpha * the sum of the products of two batches", addbmm,
      scales);
}

} // namespace gradc::graph
