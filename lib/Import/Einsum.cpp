// Einsum.cpp - Einstein summation: diagonals, sums and contractions, from left to right.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Composite.h"
#include "Products.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
namespace gradc::graph {

namespace {
/// Letters stand for themselves, the dims of an ellipsis count down from 0: the last one is -1.
using Labels = SmallVector<int, 6>;
constexpr int kEllipsis = 0;

struct Labelled {
  Term term;
  Labels labels;
};

class Einsum {
public:
  explicit Einsum(Call &call) : call(call) {}
  LogicalResult run();

private:
  LogicalResult parse();
  LogicalResult subscripts(StringRef text, StringRef whole, Labels &labels);
  LogicalResult bind(unsigned i);
  LogicalResult checkSizes();
  LogicalResult checkOutput();
  void implicitOutput();
  Labelled combine(Labelled a, Labelled c, ArrayRef<int> kept);

  Call &call;
  std::vector<Labels> stated;
  std::vector<Labelled> operands;
  std::optional<Labels> output;
  std::map<int, int64_t> sizes;
  int64_t ellipsisRank = 0;
};
} // namespace

static std::string labelText(int label) {
  return label > 0 ? std::string(1, char(label)) : std::string("...");
}

/// Letters and at most one ellipsis, which is kEllipsis here.
LogicalResult Einsum::subscripts(StringRef text, StringRef whole, Labels &labels) {
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == ' ')
      continue;
    size_t at = text.data() + i - whole.data();
    if (c == '.') {
      if (!text.substr(i).starts_with("..."))
        return call.fail("einsum(): found '.' in the equation string that is not part of any "
                         "ellipsis");
      if (llvm::is_contained(labels, kEllipsis))
        return call.fail("einsum(): found '.' in the equation string for which an ellipsis was "
                         "already found");
      labels.push_back(kEllipsis);
      i += 2;
    } else if (llvm::isAlpha(c)) {
      labels.push_back(c);
    } else {
      return call.fail("einsum(): invalid subscript given at index " + Twine(at) +
                       " in the equation string, subscripts must be in [a-zA-Z]");
    }
  }
  return success();
}

LogicalResult Einsum::parse() {
  StringRef whole = call.text("equation", "");
  size_t arrow = whole.find("->");
  SmallVector<StringRef> parts;
  whole.take_front(arrow).split(parts, ',');
  for (StringRef part : parts)
    if (failed(subscripts(part, whole, stated.emplace_back())))
      return failure();
  if (arrow != StringRef::npos &&
      failed(subscripts(whole.drop_front(arrow + 2), whole, output.emplace())))
    return failure();
  size_t given = call.node.inputs.size();
  if (stated.size() != given)
    return call.fail(StringRef("einsum(): ") + (given < stated.size() ? "fewer" : "more") +
                     " operands were provided than specified in the equation");
  return success();
}

/// Takes diagonals of repeated labels and numbers the dims of the ellipsis.
LogicalResult Einsum::bind(unsigned i) {
  Term x = call.input(i);
  if (!x)
    return failure();
  const Labels &labels = stated[i];
  bool open = llvm::is_contained(labels, kEllipsis);
  int64_t letters = labels.size() - open;
  if (open ? letters > x.rank() : letters != x.rank())
    return call.fail("einsum(): the number of subscripts in the equation (" + Twine(letters) +
                     (open ? ") is more than the number of dimensions ("
                           : ") does not match the number of dimensions (") +
                     Twine(x.rank()) + ") for operand " + Twine(i) +
                     (open ? "" : " and no ellipsis was given"));
  Labelled bound{x, {}};
  int64_t extra = x.rank() - letters;
  ellipsisRank = std::max(ellipsisRank, extra);
  for (int label : labels)
    if (label == kEllipsis)
      for (int64_t k = extra; k > 0; --k)
        bound.labels.push_back(-k);
    else
      bound.labels.push_back(label);
  for (size_t second = 0; second < bound.labels.size(); ++second) {
    size_t first = llvm::find(bound.labels, bound.labels[second]) - bound.labels.begin();
    if (first == second)
      continue;
    Term &t = bound.term;
    int64_t n = t.size(first);
    if (t.size(second) != n)
      return call.fail("einsum(): subscript " + labelText(bound.labels[second]) +
                       " is repeated for operand " + Twine(i) + " but the sizes don't match, " +
                       Twine(t.size(second)) + " != " + Twine(n));
    t = diagonal(t, first, second);
    Labels rest;
    for (size_t d = 0; d < bound.labels.size(); ++d)
      if (d != first && d != second)
        rest.push_back(bound.labels[d]);
    rest.push_back(bound.labels[second]);
    bound.labels = rest;
    second = size_t(-1); // from the start, as the dims have moved
  }
  operands.push_back(bound);
  return success();
}

/// The size of every label; a dim of size 1 is repeated, which is the same as to leave it out.
LogicalResult Einsum::checkSizes() {
  for (auto [i, operand] : llvm::enumerate(operands))
    for (auto [label, size] : llvm::zip(operand.labels, operand.term.shape())) {
      int64_t &known = sizes.try_emplace(label, 1).first->second;
      if (size != 1 && known != 1 && size != known)
        return call.fail("einsum(): subscript " + labelText(label) + " has size " + Twine(size) +
                         " for operand " + Twine(i) +
                         " which does not broadcast with previously seen size " + Twine(known));
      known = size == 1 ? known : size;
    }
  for (Labelled &operand : operands) {
    Labels labels;
    Shape shape;
    for (auto [label, size] : llvm::zip(operand.labels, operand.term.shape()))
      if (size != 1 || sizes[label] == 1) {
        labels.push_back(label);
        shape.push_back(size);
      }
    operand = {reshape(operand.term, shape), labels};
  }
  return success();
}

void Einsum::implicitOutput() {
  std::map<int, int> counts;
  for (const Labels &labels : stated)
    for (int label : labels)
      ++counts[label];
  output.emplace();
  if (counts.count(kEllipsis))
    output->push_back(kEllipsis);
  for (auto [label, count] : counts)
    if (label != kEllipsis && count == 1)
      output->push_back(label);
}

LogicalResult Einsum::checkOutput() {
  if (!output)
    implicitOutput();
  Labels labels;
  for (int label : *output) {
    if (label == kEllipsis) {
      for (int64_t k = ellipsisRank; k > 0; --k)
        labels.push_back(-k);
      continue;
    }
    if (llvm::is_contained(labels, label))
      return call.fail("einsum(): output subscript " + labelText(label) +
                       " appears more than once in the output");
    if (!sizes.count(label))
      return call.fail("einsum(): output subscript " + labelText(label) +
                       " does not appear in the equation for any input operand");
    labels.push_back(label);
  }
  output = labels;
  return success();
}

/// Sums over the labels that nobody needs.
static Labelled sumOut(Labelled x, llvm::function_ref<bool(int)> isNeeded) {
  SmallVector<int64_t> dims;
  Labels left;
  for (auto [d, label] : llvm::enumerate(x.labels))
    if (isNeeded(label))
      left.push_back(label);
    else
      dims.push_back(d);
  return {sum(x.term, dims), left};
}

static SmallVector<int64_t> positions(const Labels &labels, ArrayRef<int> wanted) {
  SmallVector<int64_t> result;
  for (int label : wanted)
    result.push_back(llvm::find(labels, label) - labels.begin());
  return result;
}

/// Under the labels `wanted`; those that it lacks become dims of size 1.
static Term align(const Labelled &x, ArrayRef<int> wanted) {
  Labels own;
  Shape shape;
  for (int label : wanted) {
    auto at = llvm::find(x.labels, label);
    shape.push_back(at == x.labels.end() ? 1 : x.term.size(at - x.labels.begin()));
    if (at != x.labels.end())
      own.push_back(label);
  }
  return reshape(permute(x.term, positions(x.labels, own)), shape);
}

Labelled Einsum::combine(Labelled a, Labelled c, ArrayRef<int> kept) {
  auto isKept = [&](int label) { return llvm::is_contained(kept, label); };
  a = sumOut(a, [&](int l) { return isKept(l) || llvm::is_contained(c.labels, l); });
  c = sumOut(c, [&](int l) { return isKept(l) || llvm::is_contained(a.labels, l); });
  Labels batch, contracted, result;
  for (int label : a.labels)
    if (llvm::is_contained(c.labels, label))
      (isKept(label) ? batch : contracted).push_back(label);
  result = batch;
  for (const Labels *labels : {&a.labels, &c.labels})
    for (int label : *labels)
      if (!llvm::is_contained(batch, label) && !llvm::is_contained(contracted, label))
        result.push_back(label);
  if (contracted.empty())
    return {align(a, result) * align(c, result), result};
  return {contract(a.term, c.term, positions(a.labels, batch), positions(c.labels, batch),
                   positions(a.labels, contracted), positions(c.labels, contracted)),
          result};
}

LogicalResult Einsum::run() {
  if (failed(parse()))
    return failure();
  for (unsigned i = 0; i < stated.size(); ++i)
    if (failed(bind(i)))
      return failure();
  for (unsigned i = 1; i < operands.size(); ++i)
    if (failed(checkSameDtype(call, operands[0].term, operands[i].term)))
      return failure();
  if (failed(checkSizes()) || failed(checkOutput()))
    return failure();
  Labelled done = operands[0];
  for (size_t i = 1; i < operands.size(); ++i) {
    Labels kept = *output;
    for (size_t later = i + 1; later < operands.size(); ++later)
      kept.append(operands[later].labels);
    done = combine(done, operands[i], kept);
  }
  done = sumOut(done, [&](int label) { return llvm::is_contained(*output, label); });
  return call.result(align(done, *output));
}

LogicalResult einsum(Importer &importer, Node &node) {
  Call call(importer, node);
  return Einsum(call).run();
}

} // namespace gradc::graph
