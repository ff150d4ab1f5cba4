// Types.h - dtypes, devices, shapes, options and literal data of the trace API.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_TYPES_H
#define GRADC_TRACE_TYPES_H

#include "gradc/Trace/Location.h"
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace gradc {

/// What a mistake in the traced program throws; `trace` prints it as `file:line: error: text`.
class Error : public std::runtime_error {
public:
  Error(Location where, const std::string &text);

  /// The place and the text apart, `what()` has both.
  const Location where;
  const std::string text;
};

enum class Dtype { f32, f64, i64, i32, boolean, f16, bf16, i16, i8, u8 };

inline constexpr Dtype f32 = Dtype::f32, float32 = Dtype::f32, kFloat = Dtype::f32;
inline constexpr Dtype f64 = Dtype::f64, float64 = Dtype::f64, kDouble = Dtype::f64;
inline constexpr Dtype i64 = Dtype::i64, int64 = Dtype::i64, kLong = Dtype::i64;
inline constexpr Dtype i32 = Dtype::i32, int32 = Dtype::i32, kInt = Dtype::i32;
inline constexpr Dtype f16 = Dtype::f16, float16 = Dtype::f16, kHalf = Dtype::f16;
inline constexpr Dtype bf16 = Dtype::bf16, bfloat16 = Dtype::bf16, kBFloat16 = Dtype::bf16;
inline constexpr Dtype i16 = Dtype::i16, int16 = Dtype::i16, kShort = Dtype::i16;
inline constexpr Dtype i8 = Dtype::i8, int8 = Dtype::i8, kChar = Dtype::i8;
inline constexpr Dtype u8 = Dtype::u8, uint8 = Dtype::u8, kByte = Dtype::u8;
inline constexpr Dtype boolean = Dtype::boolean, kBool = Dtype::boolean;

/// The sizes of a tensor; `{}` is the shape of a scalar.
using Shape = std::vector<int64_t>;

/// Dims of a reduction: one (`0`), several (`{0, 2}`), or all of them (`{}`).
class Dims {
public:
  Dims() = default;
  Dims(int64_t dim) : dims{dim} {}
  Dims(std::initializer_list<int64_t> dims) : dims(dims) {}
  Dims(Shape dims) : dims(std::move(dims)) {}

  const Shape &list() const { return dims; }

private:
  Shape dims;
};

/// "cpu", "cuda" or "cuda:0". A program has one compute device. After a question to
/// `cuda::is_available()` the device "cuda" means: the GPU where there is one, else the CPU.
class Device {
public:
  Device() = default;
  Device(const char *name, Location where = Location::here());
  Device(const std::string &name, Location where = Location::here())
      : Device(name.c_str(), where) {}

  bool is_cuda() const { return kind != Kind::cpu; }
  bool is_auto() const { return kind == Kind::automatic; }

private:
  enum class Kind { cpu, cuda, automatic };
  Kind kind = Kind::cpu;
};

inline Device device(const char *name, Location where = Location::here()) {
  return Device(name, where);
}

/// What is known only when the compiled program starts: it picks a device, nothing else.
class CudaAvailable {
public:
  explicit constexpr operator bool() const { return true; }
};

namespace cuda {
/// In `device(cuda::is_available() ? "cuda" : "cpu")` the choice is left to the compiled program.
CudaAvailable is_available();
} // namespace cuda

/// What a creation function is told beside the shape; each part may stand alone:
/// `randn({3}, requires_grad())`, `zeros({3}, f64)`, `ones({2}, requires_grad().device(d))`.
class Options {
public:
  Options() = default;
  Options(Dtype dtype) : dtypeOption(dtype) {}
  Options(Device device) : deviceOption(device) {}

  Options dtype(Dtype value) const;
  Options device(Device value) const;
  Options requires_grad(bool value = true) const;

  std::optional<Dtype> dtypeOption;
  Device deviceOption;
  bool requiresGradOption = false;
};

inline Options requires_grad(bool value = true) { return Options().requires_grad(value); }
inline Options dtype(Dtype value) { return Options(value); }

/// Flags of `backward` and `grad`, joined by `|`.
enum class GradFlags { none = 0, retain_graph = 1, create_graph = 2, allow_unused = 4 };
inline constexpr GradFlags retain_graph = GradFlags::retain_graph;
inline constexpr GradFlags create_graph = GradFlags::create_graph;
inline constexpr GradFlags allow_unused = GradFlags::allow_unused;

constexpr GradFlags operator|(GradFlags a, GradFlags b) {
  return static_cast<GradFlags>(static_cast<int>(a) | static_cast<int>(b));
}
constexpr bool operator&(GradFlags a, GradFlags b) {
  return (static_cast<int>(a) & static_cast<int>(b)) != 0;
}

/// A C++ number as PyTorch sees a Python number: it does not promote a dtype of its own category.
class Number {
public:
  enum class Kind { boolean, integer, floating };

  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>>
  Number(T value)
      : kind(std::is_same_v<T, bool>       ? Kind::boolean
             : std::is_floating_point_v<T> ? Kind::floating
                                           : Kind::integer),
        integer(std::is_floating_point_v<T> ? 0 : static_cast<int64_t>(value)),
        floating(static_cast<double>(value)) {
    if constexpr (std::is_unsigned_v<T>)
      overflow = integer < 0;
  }

  Kind kind;
  int64_t integer;
  double floating;
  /// An unsigned number above the largest i64: an error where it is used.
  bool overflow = false;
};

/// The contents of `tensor(...)`: a number, or nested lists of equal length.
class Data {
public:
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>>
  Data(T value) : number(Number(value)) {}
  Data(std::initializer_list<Data> list) : list(list) {}
  template <class T> Data(const std::vector<T> &values) : list(values.begin(), values.end()) {}

  /// A number, or else a list.
  std::optional<Number> number;
  std::vector<Data> list;
};

} // namespace gradc

#endif // GRADC_TRACE_TYPES_H
