// Symbols.cpp - reads and evaluates SymPy's srepr.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Symbols.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <numeric>

namespace gradc::pt2 {

using llvm::StringRef;

namespace {
/// A rational number in lowest terms, with a positive denominator.
struct Fraction {
  int64_t over = 0, under = 1;
  bool isWhole() const { return under == 1; }
};

constexpr unsigned maxNesting = 200;

struct Reader {
  StringRef text;
  const llvm::StringMap<int64_t> &values;
  std::string problem;
  unsigned depth = 0;

  std::optional<Fraction> fail(const llvm::Twine &why) {
    if (problem.empty())
      problem = why.str();
    return std::nullopt;
  }
  std::optional<Fraction> make(__int128 over, __int128 under);
  std::optional<Fraction> expression();
  std::optional<Fraction> symbol();
  std::optional<Fraction> apply(StringRef head, llvm::ArrayRef<Fraction> args);
  std::optional<Fraction> relation(StringRef head, Fraction a, Fraction b);
  std::optional<Fraction> power(Fraction base, Fraction exponent);
  bool take(char c) {
    text = text.ltrim();
    return text.consume_front(StringRef(&c, 1));
  }
};
} // namespace

std::optional<Fraction> Reader::make(__int128 over, __int128 under) {
  if (under == 0)
    return fail("it divides by zero");
  if (under < 0) {
    over = -over;
    under = -under;
  }
  __int128 a = over < 0 ? -over : over, b = under;
  while (b) {
    __int128 rest = a % b;
    a = b;
    b = rest;
  }
  over /= a;
  under /= a;
  if (over < INT64_MIN || over > INT64_MAX || under > INT64_MAX)
    return fail("it overflows");
  return Fraction{int64_t(over), int64_t(under)};
}

/// Symbol('s17', positive=True, integer=True), behind the bracket.
std::optional<Fraction> Reader::symbol() {
  if (!take('\''))
    return fail("it has a symbol without a name");
  auto [name, rest] = text.split('\'');
  size_t end = rest.find(')');
  if (end == StringRef::npos)
    return fail("it has a symbol without an end");
  text = rest.drop_front(end + 1);
  auto found = values.find(name);
  if (found == values.end())
    return fail("the value of " + name + " is known at run time only");
  return Fraction{found->second, 1};
}

std::optional<Fraction> Reader::expression() {
  if (++depth > maxNesting)
    return fail("it nests too deeply");
  auto leave = llvm::scope_exit([&] { --depth; });
  text = text.ltrim();
  if (text.starts_with("-") || (!text.empty() && llvm::isDigit(text[0]))) {
    int64_t number;
    if (text.consumeInteger(10, number))
      return fail("it has a number that does not fit");
    return Fraction{number, 1};
  }
  StringRef head = text.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
  text = text.drop_front(head.size());
  if (head == "true" || head == "false")
    return Fraction{head == "true", 1};
  if (head.empty() || !take('('))
    return fail("expected NAME(...)");
  if (head == "Symbol")
    return symbol();
  llvm::SmallVector<Fraction> args;
  while (!take(')')) {
    if (!args.empty() && !take(','))
      return fail("expected ',' or ')'");
    auto arg = expression();
    if (!arg)
      return std::nullopt;
    args.push_back(*arg);
  }
  return apply(head, args);
}

static int64_t floorOf(Fraction x) {
  int64_t q = x.over / x.under;
  return q - (x.over % x.under < 0);
}

std::optional<Fraction> Reader::power(Fraction base, Fraction exponent) {
  if (!exponent.isWhole() || exponent.over > 62 || exponent.over < -62)
    return fail("it has a power that is no small whole number");
  std::optional<Fraction> result = Fraction{1, 1};
  for (int64_t i = 0; result && i < std::abs(exponent.over); ++i)
    result = make(__int128(result->over) * base.over, __int128(result->under) * base.under);
  if (result && exponent.over < 0)
    return make(result->under, result->over);
  return result;
}

std::optional<Fraction> Reader::relation(StringRef head, Fraction a, Fraction b) {
  __int128 left = __int128(a.over) * b.under, right = __int128(b.over) * a.under;
  int known = llvm::StringSwitch<int>(head)
                  .Case("GreaterThan", left >= right)
                  .Case("StrictGreaterThan", left > right)
                  .Case("LessThan", left <= right)
                  .Case("StrictLessThan", left < right)
                  .Case("Equality", left == right)
                  .Case("Unequality", left != right)
                  .Default(-1);
  if (known < 0)
    return fail("'" + head + "' is not supported");
  return Fraction{known, 1};
}

std::optional<Fraction> Reader::apply(StringRef head, llvm::ArrayRef<Fraction> args) {
  auto fold = [&](auto step) -> std::optional<Fraction> {
    std::optional<Fraction> result = args[0];
    for (Fraction arg : args.drop_front())
      if (!(result = step(*result, arg)))
        return std::nullopt;
    return result;
  };
  if (args.empty())
    return fail("'" + head + "' has no arguments");
  if (head == "Integer" || head == "ToFloat")
    return args[0];
  if (head == "Add")
    return fold([&](Fraction a, Fraction b) {
      return make(__int128(a.over) * b.under + __int128(b.over) * a.under,
                  __int128(a.under) * b.under);
    });
  if (head == "Mul")
    return fold([&](Fraction a, Fraction b) {
      return make(__int128(a.over) * b.over, __int128(a.under) * b.under);
    });
  if (head == "Max" || head == "Min")
    return fold([&](Fraction a, Fraction b) -> std::optional<Fraction> {
      bool less = __int128(a.over) * b.under < __int128(b.over) * a.under;
      return less == (head == "Max") ? b : a;
    });
  if (head == "CeilToInt" || head == "ceiling")
    return Fraction{-floorOf({-args[0].over, args[0].under}), 1};
  if (head == "FloorToInt" || head == "floor")
    return Fraction{floorOf(args[0]), 1};
  if (head == "TruncToInt")
    return Fraction{args[0].over / args[0].under, 1};
  if (head == "Where" && args.size() == 3)
    return args[0].over ? args[1] : args[2];
  if (args.size() != 2)
    return fail("'" + head + "' is not supported");
  auto [a, b] = std::pair(args[0], args[1]);
  if (head == "Rational" || head == "IntTrueDiv" || head == "FloatTrueDiv")
    return make(__int128(a.over) * b.under, __int128(a.under) * b.over);
  if (head == "Pow" || head == "PowByNatural")
    return power(a, b);
  if (head == "FloorDiv" || head == "CleanDiv") {
    auto quotient = make(__int128(a.over) * b.under, __int128(a.under) * b.over);
    return quotient ? std::optional(Fraction{floorOf(*quotient), 1}) : std::nullopt;
  }
  if (head == "CeilDiv") {
    auto quotient = make(-__int128(a.over) * b.under, __int128(a.under) * b.over);
    return quotient ? std::optional(Fraction{-floorOf(*quotient), 1}) : std::nullopt;
  }
  if (head == "Mod" || head == "PythonMod") {
    if (!a.isWhole() || !b.isWhole() || b.over == 0)
      return fail("it has a remainder that is not defined");
    int64_t rest = a.over % b.over;
    return Fraction{rest && (rest < 0) != (b.over < 0) ? rest + b.over : rest, 1};
  }
  return relation(head, a, b);
}

std::optional<int64_t> Symbols::evaluate(StringRef srepr, std::string &problem) const {
  Reader reader{srepr, values, {}};
  auto result = reader.expression();
  if (result && !reader.text.trim().empty())
    result = reader.fail("something follows its end");
  if (result && !result->isWhole())
    result = reader.fail("it is no whole number");
  if (!result) {
    problem = reader.problem;
    return std::nullopt;
  }
  return result->over;
}

std::string Symbols::symbolOf(StringRef srepr) {
  if (!srepr.consume_front("Symbol('"))
    return "";
  auto [name, rest] = srepr.split('\'');
  return rest.find(')') == rest.size() - 1 && !rest.empty() ? name.str() : "";
}

} // namespace gradc::pt2
