// Tensor.h - the handle of a traced tensor: operators, methods, in-place writes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_TENSOR_H
#define GRADC_TRACE_TENSOR_H

#include "gradc/Trace/Types.h"
#include <limits>
#include <memory>
#include <optional>

namespace gradc {

class Arg;
class Item;
class Tensor;

namespace detail {
struct Value;
using ValueRef = std::shared_ptr<Value>;
struct Access;
template <class T> struct AlwaysFalse : std::false_type {};
} // namespace detail

/// `slice(dim, start)` goes to the end.
inline constexpr int64_t to_end = std::numeric_limits<int64_t>::max();

/// A handle of a tensor of the traced program, as a Python variable is: a copy is the same tensor,
/// `=` makes the handle refer to another one, `-=`, `copy_` and the like write into the tensor.
/// Each member that reads its tensor throws `Error` for a default-constructed handle, and for a
/// tensor that was made inside a `repeat` or `if_` body which is over.
class Tensor {
public:
  Tensor();
  Tensor(const Tensor &other);
  Tensor &operator=(const Tensor &other) &;
  /// `x[0] = y` would change a temporary handle only: write `x[0].copy_(y)`.
  Tensor &operator=(const Tensor &other) && = delete;
  ~Tensor();

  /// A tensor has no value while the program is traced.
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>>
  explicit operator T() const {
    static_assert(detail::AlwaysFalse<T>::value,
                  "a tensor has no value while the program is traced: use if_(condition, then, "
                  "else) to branch on it, print(...) or item() to show it");
    return T();
  }

  // What is known of it.
  bool defined() const;
  const Shape &sizes(Location where = Location::here()) const;
  int64_t size(int64_t dim, Location where = Location::here()) const;
  int64_t dim(Location where = Location::here()) const;
  int64_t numel(Location where = Location::here()) const;
  Dtype dtype(Location where = Location::here()) const;
  Device device(Location where = Location::here()) const;

  /// Its name in the graph JSON; a name that is taken gets a number appended.
  Tensor named(const std::string &name, Location where = Location::here()) const;

  // Autograd.
  /// `f` is the number 1 when absent; the flags are `retain_graph` and `create_graph`.
  void backward(GradFlags flags = GradFlags::none, Location where = Location::here()) const;
  void backward(const Tensor &gradient, GradFlags flags = GradFlags::none,
                Location where = Location::here()) const;
  Tensor grad(Location where = Location::here()) const;
  Tensor detach(Location where = Location::here()) const;
  Item requires_grad(Location where = Location::here()) const;
  Tensor requires_grad_(bool value = true, Location where = Location::here()) const;

  // Host and devices.
  Item item(Location where = Location::here()) const;
  Tensor cpu(Location where = Location::here()) const;
  Tensor cuda(Location where = Location::here()) const;
  Tensor to(Device device, Location where = Location::here()) const;
  Tensor to(Dtype dtype, Location where = Location::here()) const;
  Tensor half(Location where = Location::here()) const;
  Tensor bfloat16(Location where = Location::here()) const;
  /// A tensor of the same contents and a storage of its own.
  Tensor clone(Location where = Location::here()) const;

  // Elementwise.
  Tensor neg(Location where = Location::here()) const;
  Tensor exp(Location where = Location::here()) const;
  Tensor log(Location where = Location::here()) const;
  Tensor sqrt(Location where = Location::here()) const;
  Tensor tanh(Location where = Location::here()) const;
  Tensor sigmoid(Location where = Location::here()) const;
  Tensor relu(Location where = Location::here()) const;
  Tensor abs(Location where = Location::here()) const;
  Tensor sin(Location where = Location::here()) const;
  Tensor cos(Location where = Location::here()) const;
  Tensor reciprocal(Location where = Location::here()) const;
  Tensor logical_not(Location where = Location::here()) const;
  Tensor add(const Arg &other) const;
  Tensor sub(const Arg &other) const;
  Tensor mul(const Arg &other) const;
  Tensor div(const Arg &other) const;
  Tensor pow(const Arg &exponent) const;
  Tensor maximum(const Arg &other) const;
  Tensor minimum(const Arg &other) const;
  Tensor eq(const Arg &other) const;
  Tensor ne(const Arg &other) const;
  Tensor lt(const Arg &other) const;
  Tensor le(const Arg &other) const;
  Tensor gt(const Arg &other) const;
  Tensor ge(const Arg &other) const;
  Tensor logical_and(const Arg &other) const;
  Tensor logical_or(const Arg &other) const;
  /// `x.where(cond, y)` is `where(cond, x, y)`.
  Tensor where(const Tensor &condition, const Arg &other) const;

  // Reductions; all dims when `dims` is absent or empty.
  Tensor sum(const Dims &dims = {}, bool keepdim = false, Location where = Location::here()) const;
  Tensor mean(const Dims &dims = {}, bool keepdim = false, Location where = Location::here()) const;
  Tensor amax(const Dims &dims = {}, bool keepdim = false, Location where = Location::here()) const;
  Tensor amin(const Dims &dims = {}, bool keepdim = false, Location where = Location::here()) const;

  // Contractions.
  Tensor matmul(const Tensor &other, Location where = Location::here()) const;
  Tensor mm(const Tensor &other, Location where = Location::here()) const;
  Tensor mv(const Tensor &vector, Location where = Location::here()) const;
  Tensor bmm(const Tensor &other, Location where = Location::here()) const;
  Tensor dot(const Tensor &other, Location where = Location::here()) const;

  // Shapes.
  Tensor reshape(const Shape &shape, Location where = Location::here()) const;
  Tensor view(const Shape &shape, Location where = Location::here()) const;
  Tensor transpose(int64_t dim0, int64_t dim1, Location where = Location::here()) const;
  Tensor t(Location where = Location::here()) const;
  Tensor permute(const Shape &dims, Location where = Location::here()) const;
  Tensor expand(const Shape &shape, Location where = Location::here()) const;
  Tensor unsqueeze(int64_t dim, Location where = Location::here()) const;
  Tensor squeeze(Location where = Location::here()) const;
  Tensor squeeze(int64_t dim, Location where = Location::here()) const;
  Tensor flatten(int64_t start_dim = 0, int64_t end_dim = -1,
                 Location where = Location::here()) const;
  Tensor slice(int64_t dim, int64_t start, int64_t end = to_end, int64_t step = 1,
               Location where = Location::here()) const;
  Tensor narrow(int64_t dim, int64_t start, int64_t length,
                Location where = Location::here()) const;
  Tensor select(int64_t dim, int64_t index, Location where = Location::here()) const;
  /// `pads` in PyTorch's order: the last dim's before and after, then the dim before it, …
  Tensor pad(const Shape &pads, Number value = 0, Location where = Location::here()) const;
  /// `x[i]` is `x.select(0, i)`.
  Tensor operator[](struct Index index) const;

  // Writes into the tensor, seen through every view of it.
  Tensor add_(const Arg &other) const;
  Tensor sub_(const Arg &other) const;
  Tensor mul_(const Arg &other) const;
  Tensor div_(const Arg &other) const;
  Tensor copy_(const Tensor &source, Location where = Location::here()) const;
  Tensor fill_(const Arg &value) const;
  Tensor zero_(Location where = Location::here()) const;
  Tensor neg_(Location where = Location::here()) const;
  Tensor exp_(Location where = Location::here()) const;
  Tensor sqrt_(Location where = Location::here()) const;
  Tensor tanh_(Location where = Location::here()) const;
  Tensor sigmoid_(Location where = Location::here()) const;
  Tensor relu_(Location where = Location::here()) const;
  // The functions of Math.h, written into the tensor.
#define GRADC_DECLARE(NAME) Tensor NAME(Location where = Location::here()) const;
  GRADC_DECLARE(floor_)
  GRADC_DECLARE(ceil_)
  GRADC_DECLARE(trunc_)
  GRADC_DECLARE(frac_)
  GRADC_DECLARE(exp2_)
  GRADC_DECLARE(expm1_)
  GRADC_DECLARE(log2_)
  GRADC_DECLARE(log10_)
  GRADC_DECLARE(log1p_)
  GRADC_DECLARE(rsqrt_)
  GRADC_DECLARE(square_)
  GRADC_DECLARE(tan_)
  GRADC_DECLARE(asin_)
  GRADC_DECLARE(acos_)
  GRADC_DECLARE(atan_)
  GRADC_DECLARE(sinh_)
  GRADC_DECLARE(cosh_)
  GRADC_DECLARE(asinh_)
  GRADC_DECLARE(acosh_)
  GRADC_DECLARE(atanh_)
  GRADC_DECLARE(sinc_)
  GRADC_DECLARE(deg2rad_)
  GRADC_DECLARE(rad2deg_)
  GRADC_DECLARE(erf_)
  GRADC_DECLARE(erfc_)
  GRADC_DECLARE(erfinv_)
  GRADC_DECLARE(lgamma_)
  GRADC_DECLARE(digamma_)
  GRADC_DECLARE(sign_)
  GRADC_DECLARE(bitwise_not_)
  GRADC_DECLARE(abs_)
  GRADC_DECLARE(log_)
  GRADC_DECLARE(sin_)
  GRADC_DECLARE(cos_)
  GRADC_DECLARE(reciprocal_)
  GRADC_DECLARE(logical_not_)
  GRADC_DECLARE(relu6_)
  GRADC_DECLARE(selu_)
  GRADC_DECLARE(silu_)
  GRADC_DECLARE(mish_)
  GRADC_DECLARE(hardswish_)
  GRADC_DECLARE(hardsigmoid_)
#undef GRADC_DECLARE
#define GRADC_DECLARE(NAME) Tensor NAME(const Arg &other) const;
  GRADC_DECLARE(fmod_)
  GRADC_DECLARE(remainder_)
  GRADC_DECLARE(floor_divide_)
  GRADC_DECLARE(atan2_)
  GRADC_DECLARE(hypot_)
  GRADC_DECLARE(copysign_)
  GRADC_DECLARE(xlogy_)
  GRADC_DECLARE(xlog1py_)
  GRADC_DECLARE(ldexp_)
  GRADC_DECLARE(heaviside_)
  GRADC_DECLARE(nextafter_)
  GRADC_DECLARE(gcd_)
  GRADC_DECLARE(lcm_)
  GRADC_DECLARE(clamp_min_)
  GRADC_DECLARE(clamp_max_)
  GRADC_DECLARE(logical_xor_)
  GRADC_DECLARE(bitwise_and_)
  GRADC_DECLARE(bitwise_or_)
  GRADC_DECLARE(bitwise_xor_)
  GRADC_DECLARE(bitwise_left_shift_)
  GRADC_DECLARE(bitwise_right_shift_)
  GRADC_DECLARE(float_power_)
  GRADC_DECLARE(pow_)
  GRADC_DECLARE(maximum_)
  GRADC_DECLARE(minimum_)
  GRADC_DECLARE(logical_and_)
  GRADC_DECLARE(logical_or_)
  GRADC_DECLARE(eq_)
  GRADC_DECLARE(ne_)
  GRADC_DECLARE(lt_)
  GRADC_DECLARE(le_)
  GRADC_DECLARE(gt_)
  GRADC_DECLARE(ge_)
#undef GRADC_DECLARE
  Tensor round_(int64_t decimals = 0, Location where = Location::here()) const;
  Tensor logit_(double eps = -1, Location where = Location::here()) const;
  Tensor polygamma_(int64_t n, Location where = Location::here()) const;
  Tensor nan_to_num_(double nan = 0, Location where = Location::here()) const;
  Tensor leaky_relu_(double negative_slope = 0.01, Location where = Location::here()) const;
  Tensor elu_(double alpha = 1, Location where = Location::here()) const;
  Tensor celu_(double alpha = 1, Location where = Location::here()) const;
  Tensor gelu_(const char *approximate = "none", Location where = Location::here()) const;
  Tensor hardtanh_(double min_val = -1, double max_val = 1,
                   Location where = Location::here()) const;
  Tensor threshold_(double threshold, double value, Location where = Location::here()) const;
  Tensor clamp_(std::optional<Number> min, std::optional<Number> max = {},
                Location where = Location::here()) const;
  Tensor scatter_(int64_t dim, const Tensor &index, const Arg &src) const;
  Tensor scatter_add_(int64_t dim, const Tensor &index, const Tensor &src,
                      Location where = Location::here()) const;
  Tensor scatter_reduce_(int64_t dim, const Tensor &index, const Tensor &src,
                         const std::string &reduce, bool include_self = true,
                         Location where = Location::here()) const;
  Tensor index_add_(int64_t dim, const Tensor &index, const Tensor &source, Number alpha = 1,
                    Location where = Location::here()) const;
  Tensor index_copy_(int64_t dim, const Tensor &index, const Tensor &source,
                     Location where = Location::here()) const;
  Tensor index_fill_(int64_t dim, const Tensor &index, const Arg &value) const;
  Tensor index_put_(const std::vector<Tensor> &indices, const Tensor &values,
                    bool accumulate = false, Location where = Location::here()) const;
  Tensor tril_(int64_t diagonal = 0, Location where = Location::here()) const;
  Tensor triu_(int64_t diagonal = 0, Location where = Location::here()) const;
  Tensor cumsum_(int64_t dim, Location where = Location::here()) const;
  Tensor cumprod_(int64_t dim, Location where = Location::here()) const;
  Tensor masked_fill_(const Tensor &mask, const Arg &value) const;
  Tensor masked_scatter_(const Tensor &mask, const Tensor &source,
                         Location where = Location::here()) const;
  Tensor addmm_(const Tensor &a, const Tensor &b, double beta = 1, double alpha = 1,
                Location where = Location::here()) const;
  Tensor addmv_(const Tensor &a, const Tensor &b, double beta = 1, double alpha = 1,
                Location where = Location::here()) const;
  Tensor addr_(const Tensor &a, const Tensor &b, double beta = 1, double alpha = 1,
               Location where = Location::here()) const;
  Tensor addbmm_(const Tensor &a, const Tensor &b, double beta = 1, double alpha = 1,
                 Location where = Location::here()) const;
  Tensor baddbmm_(const Tensor &a, const Tensor &b, double beta = 1, double alpha = 1,
                  Location where = Location::here()) const;
  /// Draws of PyTorch's generator.
  Tensor uniform_(double from = 0, double to = 1, Location where = Location::here()) const;
  Tensor normal_(double mean = 0, double std = 1, Location where = Location::here()) const;
  Tensor lerp_(const Arg &end, const Arg &weight) const;
  Tensor addcmul_(const Arg &a, const Arg &b, double value = 1) const;
  Tensor addcdiv_(const Arg &a, const Arg &b, double value = 1) const;
  const Tensor &operator+=(const Arg &other) const;
  const Tensor &operator-=(const Arg &other) const;
  const Tensor &operator*=(const Arg &other) const;
  const Tensor &operator/=(const Arg &other) const;

  friend Tensor operator+(const Arg &a, const Arg &b);
  friend Tensor operator-(const Arg &a, const Arg &b);
  friend Tensor operator*(const Arg &a, const Arg &b);
  friend Tensor operator/(const Arg &a, const Arg &b);
  friend Tensor operator-(const Arg &a);
  friend Tensor operator==(const Arg &a, const Arg &b);
  friend Tensor operator!=(const Arg &a, const Arg &b);
  friend Tensor operator<(const Arg &a, const Arg &b);
  friend Tensor operator<=(const Arg &a, const Arg &b);
  friend Tensor operator>(const Arg &a, const Arg &b);
  friend Tensor operator>=(const Arg &a, const Arg &b);
  // Both sides are traced: nothing is skipped as C++'s own && and || do. They take no location,
  // as a conversion would compete with the built-in operators: the operand's line stands in.
  friend Tensor operator&&(const Tensor &a, const Tensor &b);
  friend Tensor operator||(const Tensor &a, const Tensor &b);
  friend Tensor operator!(const Tensor &a);

private:
  friend struct detail::Access;
  explicit Tensor(detail::ValueRef value);
  void link();
  void unlink();

  // Every live handle is in one list: repeat and if_ look for those that their body rebinds.
  detail::ValueRef value;
  Tensor *previous = nullptr;
  Tensor *next = nullptr;
};

/// An index of `operator[]`, which keeps the line.
struct Index {
  Index(int64_t position, Location where = Location::here()) : position(position), where(where) {}
  Index(int position, Location where = Location::here()) : position(position), where(where) {}

  int64_t position;
  Location where;
};

/// What Python would have as a number or bool: of `item()` and of `requires_grad()`. It may be
/// printed, be the condition of `if_`, or be the number beside a tensor; its value is not known.
class Item {
public:
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>> operator T() const {
    static_assert(detail::AlwaysFalse<T>::value,
                  "item() has no value while the program is traced: use if_(condition, then, else) "
                  "to branch on it, print(...) to show it");
    return T();
  }

private:
  friend struct detail::Access;
  explicit Item(Tensor value) : value(std::move(value)) {}

  Tensor value;
};

/// An operand: a tensor, a number or an item, with the line where it was written. It lives for one
/// call: it refers to the tensor, whose handle it does not copy.
class Arg {
public:
  Arg(const Tensor &tensor, Location where = Location::here()) : tensor(&tensor), where(where) {}
  Arg(const Item &item, Location where = Location::here()) : item(&item), where(where) {}
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>>
  Arg(T number, Location where = Location::here()) : number(Number(number)), where(where) {}

  const Tensor *tensor = nullptr;
  const Item *item = nullptr;
  std::optional<Number> number;
  Location where;
};

} // namespace gradc

#endif // GRADC_TRACE_TENSOR_H
