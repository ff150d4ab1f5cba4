// Products.cpp - einsum and the products of vectors, matrices and batches.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Call.h"
#include "gradc/Trace/Functional.h"

namespace gradc {

using detail::Call;
using detail::Type;

Tensor mv(const Tensor &a, const Tensor &v, Location where) { return a.mv(v, where); }
Tensor bmm(const Tensor &a, const Tensor &b, Location where) { return a.bmm(b, where); }
Tensor dot(const Tensor &a, const Tensor &b, Location where) { return a.dot(b, where); }

static void checkDtypes(const Call &call, const Type &a, const Type &b) {
  if (a.dtype != b.dtype)
    call.fail(std::string("expected scalar type ") + detail::torchName(a.dtype) + " but found " +
              detail::torchName(b.dtype));
}

//===-- einsum --------------------------------------------------------------------------------===//

/// The labels of one operand: letters, and -1, -2, ... for the dims of an ellipsis from the last.
static std::vector<int> labelsOf(const Call &call, const std::string &text, int64_t rank) {
  std::vector<int> labels;
  size_t dots = text.find("...");
  int64_t letters = 0;
  for (char c : text)
    letters += c != ' ' && c != '.';
  bool isOpen = dots != std::string::npos;
  if (isOpen ? letters > rank : letters != rank)
    call.fail("einsum(): the number of subscripts in the equation (" + std::to_string(letters) +
              (isOpen ? ") is more than the number of dimensions ("
                      : ") does not match the number of dimensions (") +
              std::to_string(rank) + ") for operand " + std::to_string(call.operands.size() - 1) +
              (isOpen ? "" : " and no ellipsis was given"));
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == dots)
      for (int64_t k = rank - letters; k > 0; --k)
        labels.push_back(static_cast<int>(-k));
    if (text[i] != ' ' && text[i] != '.')
      labels.push_back(text[i]);
  }
  return labels;
}

Tensor einsum(const std::string &equation, const std::vector<Tensor> &operands, Location where) {
  Call call("einsum", where);
  size_t arrow = equation.find("->"), at = 0;
  std::string inputs = equation.substr(0, arrow);
  std::map<int, int64_t> sizes, counts;
  int64_t ellipsis = 0;
  Type type;
  for (const Tensor &operand : operands) {
    if (at > inputs.size())
      call.fail("einsum(): more operands were provided than specified in the equation");
    size_t comma = std::min(inputs.find(',', at), inputs.size());
    std::string text = inputs.substr(at, comma - at);
    at = comma + 1;
    Type own = call.input(operand);
    if (call.operands.size() == 1)
      type = own;
    checkDtypes(call, type, own);
    std::vector<int> labels = labelsOf(call, text, static_cast<int64_t>(own.shape.size()));
    for (size_t d = 0; d < labels.size(); ++d) {
      int64_t &size = sizes.emplace(labels[d], 1).first->second;
      if (own.shape[d] != 1 && size != 1 && size != own.shape[d])
        call.fail("einsum(): subscript " + std::string(1, static_cast<char>(labels[d])) +
                  " has size " + std::to_string(own.shape[d]) + " for operand " +
                  std::to_string(call.operands.size() - 1) +
                  " which does not broadcast with previously seen size " + std::to_string(size));
      size = own.shape[d] == 1 ? size : own.shape[d];
      ++counts[labels[d]];
      ellipsis = std::max<int64_t>(ellipsis, -labels[d]);
    }
  }
  if (at <= inputs.size())
    call.fail("einsum(): fewer operands were provided than specified in the equation");
  std::string output;
  if (arrow != std::string::npos)
    output = equation.substr(arrow + 2);
  else {
    output = ellipsis ? "..." : "";
    for (auto [label, count] : counts)
      if (label > 0 && count == 1)
        output += static_cast<char>(label);
  }
  type.shape.clear();
  for (size_t i = 0; i < output.size(); ++i) {
    if (output.compare(i, 3, "...") == 0)
      for (int64_t k = ellipsis; k > 0; --k)
        type.shape.push_back(sizes[static_cast<int>(-k)]);
    if (output[i] == ' ' || output[i] == '.')
      continue;
    if (!sizes.count(output[i]))
      call.fail(std::string("einsum(): output subscript ") + output[i] +
                " does not appear in the equation for any input operand");
    type.shape.push_back(sizes[output[i]]);
  }
  call.attribute("equation", detail::quoted(equation));
  return call.result(type);
}

//===-- Others --------------------------------------------------------------------------------===//

static Tensor added(const char *op, const Tensor &input, const Tensor &a, const Tensor &b,
                    const Tensor &product, double beta, double alpha, Location where) {
  Call call(op, where);
  Type type{product.dtype(where), product.sizes(where)};
  checkDtypes(call, call.input(input), type);
  detail::expandedShape(input.sizes(where), type.shape, where);
  call.input(a);
  call.input(b);
  call.attribute("beta", beta, 1.0);
  call.attribute("alpha", alpha, 1.0);
  return call.result(type);
}

Tensor addmm(const Tensor &input, const Tensor &a, const Tensor &b, double beta, double alpha,
             Location where) {
  return added("addmm", input, a, b, mm(a, b, where), beta, alpha, where);
}

Tensor baddbmm(const Tensor &input, const Tensor &a, const Tensor &b, double beta, double alpha,
               Location where) {
  return added("baddbmm", input, a, b, a.bmm(b, where), beta, alpha, where);
}

Tensor addmv(const Tensor &input, const Tensor &a, const Tensor &v, double beta, double alpha,
             Location where) {
  return added("addmv", input, a, v, a.mv(v, where), beta, alpha, where);
}

Tensor addr(const Tensor &input, const Tensor &a, const Tensor &b, double beta, double alpha,
            Location where) {
  return added("addr", input, a, b, outer(a, b, where), beta, alpha, where);
}

Tensor addbmm(const Tensor &input, const Tensor &a, const Tensor &b, double beta, double alpha,
              Location where) {
  Tensor summed = a.bmm(b, where).sum(0, false, where);
  return added("addbmm", input, a, b, summed, beta, alpha, where);
}

Tensor chain_matmul(const std::vector<Tensor> &matrices, Location where) {
  if (matrices.empty())
    detail::fail(where, "chain_matmul(): Expected one or more matrices");
  Tensor y = matrices[0];
  for (size_t i = 1; i < matrices.size(); ++i)
    y = mm(y, matrices[i], where);
  return y;
}

Tensor outer(const Tensor &a, const Tensor &b, Location where) {
  Call call("outer", where);
  Type x = call.input(a), y = call.input(b);
  for (const Type *type : {&x, &y})
    if (type->shape.size() != 1)
      call.fail(std::string("outer: Expected 1-D argument ") +
                (x.shape.size() != 1 ? "self" : "vec2") + ", but got " +
                std::to_string(type->shape.size()) + "-D");
  return call.result({detail::promote(x.dtype, y.dtype), {x.shape[0], y.shape[0]}});
}

Tensor inner(const Tensor &a, const Tensor &b, Location where) {
  Call call("inner", where);
  Type x = call.input(a), y = call.input(b);
  if (x.shape.empty() || y.shape.empty())
    return call.result({x.dtype, x.shape.empty() ? y.shape : x.shape});
  if (x.shape.back() != y.shape.back())
    call.fail("inner() the last dimension must match on both input tensors but got shapes " +
              detail::shapeText(x.shape) + " and " + detail::shapeText(y.shape));
  checkDtypes(call, x, y);
  Shape shape(x.shape.begin(), x.shape.end() - 1);
  shape.insert(shape.end(), y.shape.begin(), y.shape.end() - 1);
  return call.result({x.dtype, shape});
}

Tensor kron(const Tensor &a, const Tensor &b, Location where) {
  Call call("kron", where);
  Type x = call.input(a), y = call.input(b);
  size_t rank = std::max(x.shape.size(), y.shape.size());
  x.shape.insert(x.shape.begin(), rank - x.shape.size(), 1);
  y.shape.insert(y.shape.begin(), rank - y.shape.size(), 1);
  for (size_t d = 0; d < rank; ++d)
    x.shape[d] *= y.shape[d];
  return call.result({detail::promote(x.dtype, y.dtype), x.shape});
}

Tensor tensordot(const Tensor &a, const Tensor &b, int64_t dims, Location where) {
  Call call("tensordot", where);
  Type x = call.input(a), y = call.input(b);
  if (dims < 0)
    call.fail("tensordot expects dims >= 0, but got dims=" + std::to_string(dims));
  if (dims > static_cast<int64_t>(std::min(x.shape.size(), y.shape.size())))
    call.fail("tensordot expects dims < ndim_a or ndim_b, but got dims=" + std::to_string(dims));
  Shape shape(x.shape.begin(), x.shape.end() - dims);
  shape.insert(shape.end(), y.shape.begin() + dims, y.shape.end());
  call.attribute("dims", dims, int64_t(2));
  return call.result({x.dtype, shape});
}

Tensor cdist(const Tensor &a, const Tensor &b, double p, Location where) {
  Call call("cdist", where);
  Type x = call.input(a), y = call.input(b);
  for (const Type *type : {&x, &y})
    if (type->shape.size() < 2)
      call.fail(std::string("cdist only supports at least 2D tensors, ") +
                (type == &x ? "X1" : "X2") + " got: " + std::to_string(type->shape.size()) + "D");
  if (x.shape.back() != y.shape.back())
    call.fail("X1 and X2 must have the same number of columns. X1: " +
              std::to_string(x.shape.back()) + " X2: " + std::to_string(y.shape.back()));
  Shape shape = detail::broadcast({x.shape.begin(), x.shape.end() - 2},
                                  {y.shape.begin(), y.shape.end() - 2}, where);
  shape.push_back(x.shape[x.shape.size() - 2]);
  shape.push_back(y.shape[y.shape.size() - 2]);
  call.attribute("p", p, 2.0);
  return call.result({detail::promote(x.dtype, y.dtype), shape});
}

} // namespace gradc
