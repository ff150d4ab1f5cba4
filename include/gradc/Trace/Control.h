// Control.h - tracing a program, loops, branches, gradient mode, gradients and printing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_CONTROL_H
#define GRADC_TRACE_CONTROL_H

#include "gradc/Trace/Tensor.h"
#include <functional>
#include <optional>

namespace gradc {

/// Traces `program` and writes its graph JSON to the standard output, or to FILE after `-o FILE`.
/// Returns main's exit code: 0; 1 with `file:line: error: …` on stderr and nothing written;
/// 2 for a wrong command line.
int trace(int argc, const char *const *argv, const std::function<void()> &program);

/// What `trace_json` writes beside the graph itself.
struct JsonOptions {
  /// The type of every named tensor, which the reader verifies.
  bool types = false;
  /// Columns of the locations, where the compiler knows them.
  bool columns = false;
};

/// The graph JSON of `program`; throws `Error`.
std::string trace_json(const std::function<void()> &program, const JsonOptions &options = {});

namespace detail {
struct Block;
void repeat(int64_t count, const std::function<void(const Tensor &)> &body, Location where);
} // namespace detail

/// Runs `body` while `condition` gives a tensor of one element that is true, `max_trips` times at
/// most; a backward through the loop needs such a bound. Both are traced once; `condition` may
/// compute, but rebinds and writes nothing from outside. Handles are carried as `repeat` does.
void while_(const std::function<Tensor()> &condition, const std::function<void()> &body,
            std::optional<int64_t> max_trips = {}, Location where = Location::here());

/// Runs `body` (of no argument, or of the step 0, 1, … as an i64 scalar) `count` times. The body is
/// traced once: a handle from outside that it rebinds is carried from turn to turn and must keep
/// its shape and dtype; a tensor made inside cannot be used outside. (A C++ loop is unrolled.)
template <class Body> void repeat(int64_t count, Body &&body, Location where = Location::here()) {
  if constexpr (std::is_invocable_v<Body &, const Tensor &>)
    detail::repeat(count, [&](const Tensor &step) { body(step); }, where);
  else
    detail::repeat(count, [&](const Tensor &) { body(); }, where);
}

/// Runs one of two branches when the compiled program knows the condition, which has one element.
/// A handle from outside that a branch rebinds has the same shape and dtype after both branches.
void if_(const Arg &condition, const std::function<void()> &then,
         const std::function<void()> &otherwise = {});

/// Nothing recorded for autograd during `body`.
void no_grad(const std::function<void()> &body, Location where = Location::here());

/// What `body` computes is not kept for the backward, which computes it again from what `body`
/// reads: less memory for more time. Random draws are those of the forward. Gradients are neither
/// computed nor written within.
void checkpoint(const std::function<void()> &body, Location where = Location::here());

/// The same as no_grad, from here to the end of the block.
class NoGradGuard {
public:
  explicit NoGradGuard(Location where = Location::here());
  NoGradGuard(const NoGradGuard &) = delete;
  NoGradGuard &operator=(const NoGradGuard &) = delete;
  ~NoGradGuard();

private:
  detail::Block *block;
};

/// Gradients of `y` (with the cotangent `v`) with respect to each of `xs`, which are not
/// accumulated into `.grad`.
std::vector<Tensor> grad(const Tensor &y, const std::vector<Tensor> &xs, const Tensor &v,
                         GradFlags flags = GradFlags::none, Location where = Location::here());
std::vector<Tensor> grad(const Tensor &y, const std::vector<Tensor> &xs,
                         GradFlags flags = GradFlags::none, Location where = Location::here());

/// Sets the gradients of the leaves to None, or to zeros.
void zero_grad(const std::vector<Tensor> &leaves, bool set_to_none = true,
               Location where = Location::here());

/// Something that `print` shows: a tensor as PyTorch does, all else as Python does.
class PrintArg {
public:
  PrintArg(Location where = Location::here()) : where(where) {}
  PrintArg(const Tensor &tensor, Location where = Location::here())
      : where(where), tensor(tensor) {}
  PrintArg(const Item &item, Location where = Location::here()) : where(where), item(item) {}
  PrintArg(const char *text, Location where = Location::here()) : where(where), text(text) {}
  PrintArg(const std::string &text, Location where = Location::here()) : where(where), text(text) {}
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>>
  PrintArg(T number, Location where = Location::here()) : where(where), number(Number(number)) {}
  /// Known only when the compiled program starts.
  PrintArg(CudaAvailable) = delete;

  Location where;
  std::optional<Tensor> tensor;
  std::optional<Item> item;
  std::optional<std::string> text;
  std::optional<Number> number;
};

/// Prints the values on one line, joined by spaces.
void print(const PrintArg &a = {}, const PrintArg &b = {}, const PrintArg &c = {},
           const PrintArg &d = {}, const PrintArg &e = {}, const PrintArg &f = {},
           const PrintArg &g = {}, const PrintArg &h = {}, const PrintArg &i = {},
           const PrintArg &j = {}, const PrintArg &k = {}, const PrintArg &l = {});

} // namespace gradc

#endif // GRADC_TRACE_CONTROL_H
