// InPlace.cpp - writes of what is not computed element by element.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the types of the operands do not decide is left to the compiler.
#include "Graph.h"
#include "Infer.h"
#include "Text.h"

namespace gradc {

using detail::Attributes;
using detail::Context;
using detail::fail;
using detail::Operand;
using detail::ValueRef;

/// Writes the target by an op that also reads `rest`.
static Tensor write(const char *op, const Tensor &target, const std::vector<Tensor> &rest,
                    Attributes attributes, Location where) {
  Context &context = Context::get(where);
  ValueRef value = context.use(target, where);
  std::vector<Operand> inputs;
  for (const Tensor &other : rest)
    inputs.emplace_back(context.use(other, where));
  context.write(op, value, std::move(inputs), std::move(attributes), where);
  return target;
}

Tensor Tensor::tril_(int64_t diagonal, Location where) const {
  return write("tril_", *this, {}, {{"diagonal", std::to_string(diagonal)}}, where);
}
Tensor Tensor::triu_(int64_t diagonal, Location where) const {
  return write("triu_", *this, {}, {{"diagonal", std::to_string(diagonal)}}, where);
}

static Tensor cumulate(const char *op, const Tensor &x, int64_t dim, Location where) {
  int64_t at = detail::wrapDim(dim, x.dim(where), where);
  return write(op, x, {}, {{"dim", std::to_string(at)}}, where);
}
Tensor Tensor::cumsum_(int64_t dim, Location where) const {
  return cumulate("cumsum_", *this, dim, where);
}
Tensor Tensor::cumprod_(int64_t dim, Location where) const {
  return cumulate("cumprod_", *this, dim, where);
}

static void checkMask(const Tensor &x, const Tensor &mask, const char *op, Location where) {
  if (mask.dtype(where) != Dtype::boolean)
    fail(where, std::string(op) + " only supports boolean masks, but got mask with dtype " +
                    detail::torchName(mask.dtype(where)));
  if (detail::broadcast(x.sizes(where), mask.sizes(where), where) != x.sizes(where))
    fail(where, "output with shape " + detail::shapeText(x.sizes(where)) +
                    " doesn't match the broadcast shape " +
                    detail::shapeText(detail::broadcast(x.sizes(where), mask.sizes(where), where)));
}

Tensor Tensor::masked_fill_(const Tensor &mask, const Arg &value) const {
  Location where = value.where;
  checkMask(*this, mask, "masked_fill_", where);
  Context &context = Context::get(where);
  context.write("masked_fill_", context.use(*this, where),
                {context.use(mask, where), context.resolve(value).operand}, {}, where);
  return *this;
}

Tensor Tensor::masked_scatter_(const Tensor &mask, const Tensor &source, Location where) const {
  checkMask(*this, mask, "masked_scatter_", where);
  return write("masked_scatter_", *this, {mask, source}, {}, where);
}

static Tensor added(const char *op, const Tensor &x, const Tensor &a, const Tensor &b, double beta,
                    double alpha, Location where) {
  Attributes attributes;
  if (beta != 1)
    attributes.emplace_back("beta", detail::numberText(beta, where));
  if (alpha != 1)
    attributes.emplace_back("alpha", detail::numberText(alpha, where));
  return write(op, x, {a, b}, std::move(attributes), where);
}

#define GRADC_ADDED(NAME)                                                                          \
  Tensor Tensor::NAME(const Tensor &a, const Tensor &b, double beta, double alpha, Location where) \
      const {                                                                                      \
    return added(#NAME, *this, a, b, beta, alpha, where);                                          \
  }
GRADC_ADDED(addmm_)
GRADC_ADDED(addmv_)
GRADC_ADDED(addr_)
GRADC_ADDED(addbmm_)
GRADC_ADDED(baddbmm_)
#undef GRADC_ADDED

static Tensor draw(const char *op, const Tensor &x, const char *a, double low, const char *b,
                   double high, Location where) {
  if (!detail::isFloat(x.dtype(where)))
    fail(where, "\"" + std::string(op) + "\" not implemented for '" +
                    detail::torchName(x.dtype(where)) + "'");
  return write(op, x, {},
               {{a, detail::numberText(low, where)}, {b, detail::numberText(high, where)}}, where);
}
Tensor Tensor::uniform_(double from, double to, Location where) const {
  return draw("uniform_", *this, "from", from, "to", to, where);
}
Tensor Tensor::normal_(double mean, double std, Location where) const {
  return draw("normal_", *this, "mean", mean, "std", std, where);
}

} // namespace gradc
