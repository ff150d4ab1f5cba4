// Recurrent.cpp - LSTM, GRU and RNN layers and cells; a layer is a loop over time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inputs of a layer: x, the first states, and the weights in PyTorch's order: for each layer, for
// each direction, w_ih, w_hh and, with biases, b_ih, b_hh. Gates are in PyTorch's order, too; they
// are the first dim of what is computed of them, so that each, and its cotangent, is in one piece.
#include "Structure.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
namespace gradc::graph {

namespace {
enum class Kind { lstm, gru, tanh, relu };

struct Weights {
  Term ih, hh, biasIh, biasHh;
};
struct State {
  Term h, c;
};
using Steps = SmallVector<Term>;

/// Fewer steps are written one after another.
constexpr int64_t kLeastTurns = 4;
} // namespace

static Kind kindOf(StringRef op) {
  return llvm::StringSwitch<Kind>(op)
      .StartsWith("lstm", Kind::lstm)
      .StartsWith("gru", Kind::gru)
      .StartsWith("rnn_tanh", Kind::tanh)
      .Default(Kind::relu);
}
static int64_t gatesOf(Kind kind) { return kind == Kind::lstm ? 4 : kind == Kind::gru ? 3 : 1; }

/// x @ w.t() of each gate: [gates, batch, hidden], behind the steps if x has them.
static Term byGate(Kind kind, Term x, Term w) {
  if (!x || !w)
    return x.with({});
  int64_t gates = gatesOf(kind), steps = x.rank() - 2;
  w = reshape(w, {gates, w.size(0) / gates, w.size(1)});
  SmallVector<int64_t> perm = range(0, x.rank() + 1);
  std::swap(perm[steps], perm[steps + 1]);
  return permute(contract(x, w, {}, {}, {x.rank() - 1}, {2}), perm);
}

/// A bias beside what byGate gives.
static Term biasByGate(Kind kind, Term bias) {
  return bias ? reshape(bias, {gatesOf(kind), 1, bias.numel() / gatesOf(kind)}) : bias;
}

static Term gate(Term x, int64_t i) {
  return x ? reshape(slice(x, 0, i, i + 1), x.shape().drop_front()) : x;
}

/// One step. `fromInput` is what `project` gives of its input.
static State step(Kind kind, Term fromInput, State s, const Weights &w) {
  Term fromHidden = byGate(kind, s.h, w.hh);
  if (kind == Kind::gru) {
    if (w.biasHh)
      fromHidden = fromHidden + biasByGate(kind, w.biasHh);
    Term reset = sigmoid(gate(fromInput, 0) + gate(fromHidden, 0));
    Term update = sigmoid(gate(fromInput, 1) + gate(fromHidden, 1));
    Term fresh = tanh(gate(fromInput, 2) + reset * gate(fromHidden, 2));
    return {fresh + update * (s.h - fresh), s.c};
  }
  Term gates = fromInput + fromHidden;
  if (kind != Kind::lstm)
    return {kind == Kind::tanh ? tanh(gate(gates, 0)) : relu(gate(gates, 0)), s.c};
  Term in = sigmoid(gate(gates, 0)), forget = sigmoid(gate(gates, 1));
  Term cell = tanh(gate(gates, 2)), out = sigmoid(gate(gates, 3));
  Term c = forget * s.c + in * cell;
  return {out * tanh(c), c};
}

/// What the input adds to the gates, with the biases that need not wait for the state.
static Term project(Kind kind, Term x, const Weights &w) {
  Term y = byGate(kind, x, w.ih);
  if (w.biasIh)
    y = y + biasByGate(kind, kind == Kind::gru ? w.biasIh : w.biasIh + w.biasHh);
  return y;
}

//===-- Layers --------------------------------------------------------------------------------===//

namespace {
class Layers {
public:
  explicit Layers(Call &call)
      : call(call), kind(kindOf(call.node.spec->name)), x(call.none()), h0(x), c0(x) {}
  LogicalResult run();

private:
  LogicalResult readInput();
  LogicalResult readStates();
  LogicalResult readState(unsigned i, StringRef name, Term &state);
  LogicalResult readWeights();
  Term runDirection(int64_t index, bool reverse, Term in);
  Term runSteps(Term projected, bool reverse, const Weights &w, State &s);
  Term runLoop(Term projected, bool reverse, const Weights &w, State &s);
  Term first(Term state, int64_t index);

  Call &call;
  Kind kind;
  Term x, h0, c0;
  bool isBatched = true, batchFirst = false, bidirectional = false, bias = true;
  int64_t layers = 1, hidden = 0, length = 0, batch = 1;
  std::vector<Weights> weights;
  SmallVector<Term> lastH, lastC;
};
} // namespace

static Term stack(ArrayRef<Term> steps) {
  SmallVector<Term> rows;
  for (const Term &step : steps)
    rows.push_back(unsqueeze(step, 0));
  return concat(rows, 0);
}

LogicalResult Layers::readInput() {
  x = call.input(0);
  if (!x)
    return failure();
  StringRef name = kind == Kind::lstm ? "LSTM" : kind == Kind::gru ? "GRU" : "RNN";
  if (x.rank() != 2 && x.rank() != 3)
    return call.fail(name + ": Expected input to be 2D or 3D, got " + Twine(x.rank()) +
                     "D instead");
  if (!x.isFloat())
    return call.fail(name + ": expected an input of floats, got " + dtypeWord(x.element()));
  isBatched = x.rank() == 3;
  batchFirst = call.node.flag("batch_first");
  bidirectional = call.node.flag("bidirectional");
  bias = call.node.flag("bias", true);
  layers = call.node.integer("num_layers", 1);
  if (layers < 1 || layers > 1000)
    return call.fail("num_layers must be greater than zero");
  if (!isBatched)
    x = unsqueeze(x, 1);
  else if (batchFirst)
    x = transpose(x, 0, 1);
  length = x.size(0);
  batch = x.size(1);
  if (!length)
    return call.fail("Expected sequence length to be larger than 0 in RNN");
  return success();
}

LogicalResult Layers::readWeights() {
  unsigned next = kind == Kind::lstm ? 3 : 2, each = bias ? 4 : 2;
  int64_t directions = bidirectional ? 2 : 1, wanted = next + layers * directions * each;
  if (int64_t(call.node.inputs.size()) != wanted)
    return call.fail("expected " + Twine(wanted) + " inputs of '" + call.node.spec->name +
                     "': x, first states or null, and " + Twine(wanted - next) +
                     " weights, found " + Twine(call.node.inputs.size()));
  for (int64_t i = 0; i < layers * directions; ++i) {
    Weights w{call.none(), call.none(), call.none(), call.none()};
    for (Term *term : {&w.ih, &w.hh, &w.biasIh, &w.biasHh}) {
      if (!bias && (term == &w.biasIh || term == &w.biasHh))
        break;
      *term = call.input(next++);
      if (!*term)
        return failure();
    }
    if (i == 0)
      hidden = w.hh.rank() ? w.hh.size(-1) : 0;
    int64_t in = i < directions ? x.size(2) : hidden * directions, rows = gatesOf(kind) * hidden;
    if (i == 0 && w.ih.rank() == 2 && w.ih.size(1) != in)
      return call.fail("input.size(-1) must be equal to input_size. Expected " +
                       Twine(w.ih.size(1)) + ", got " + Twine(in));
    const std::tuple<StringRef, Term, Shape> checks[] = {{"w_ih", w.ih, Shape{rows, in}},
                                                         {"w_hh", w.hh, Shape{rows, hidden}},
                                                         {"b_ih", w.biasIh, Shape{rows}},
                                                         {"b_hh", w.biasHh, Shape{rows}}};
    for (auto &[name, term, shape] : checks)
      if (term && (term.shape() != ArrayRef<int64_t>(shape) || term.element() != x.element()))
        return call.fail("expected " + name + " of layer " + Twine(i / directions) + " to be " +
                         typeText(call.importer.makeType(shape, x.element())) + ", found " +
                         typeText(term.type()));
    weights.push_back(w);
  }
  return success();
}

LogicalResult Layers::readState(unsigned i, StringRef name, Term &state) {
  int64_t count = layers * (bidirectional ? 2 : 1);
  Shape wanted{count, batch, hidden};
  if (!call.has(i)) {
    state = call.constant(wanted, x.element(), 0);
    return success();
  }
  state = call.input(i);
  if (!state)
    return failure();
  if (state.rank() != (isBatched ? 3 : 2))
    return call.fail(StringRef("For ") + (isBatched ? "batched 3-D" : "unbatched 2-D") +
                     " input, hx " + (kind == Kind::lstm ? "and cx " : "") + "should also be " +
                     (isBatched ? "3-D" : "2-D") + " but got " + Twine(state.rank()) + "-D tensor");
  if (!isBatched)
    state = unsqueeze(state, 1);
  if (state.shape() != ArrayRef<int64_t>(wanted)) {
    auto tuple = [](ArrayRef<int64_t> shape) {
      return "(" + StringRef(listText(shape)).drop_front().drop_back().str() + ")";
    };
    return call.fail("Expected " + name + " size " + tuple(wanted) + ", got " +
                     listText(state.shape()));
  }
  return success();
}

LogicalResult Layers::readStates() {
  if (kind != Kind::lstm)
    return readState(1, "hidden", h0);
  return failed(readState(1, "hidden[0]", h0)) ? failure() : readState(2, "hidden[1]", c0);
}

Term Layers::first(Term state, int64_t index) {
  return state ? reshape(slice(state, 0, index, index + 1), {batch, hidden}) : state;
}

/// The states h of all steps, in the order of time; `s` becomes the last one.
Term Layers::runSteps(Term projected, bool reverse, const Weights &w, State &s) {
  Steps out(length, call.none());
  for (int64_t i = 0; i < length; ++i) {
    int64_t t = reverse ? length - 1 - i : i;
    s = step(kind, gate(projected, t), s, w);
    out[t] = s.h;
  }
  return stack(out);
}

/// The same as a loop: its code, and the time to compile it, do not grow with the steps.
Term Layers::runLoop(Term projected, bool reverse, const Weights &w, State &s) {
  OpBuilder &b = call.importer.b;
  Location loc = call.node.loc;
  SmallVector<Value> inits{call.constant({length, batch, hidden}, x.element(), 0).value, s.h.value};
  if (s.c)
    inits.push_back(s.c.value);
  auto index = [&](int64_t n) { return arith::ConstantIndexOp::create(b, loc, n).getResult(); };
  auto loop = scf::ForOp::create(b, loc, index(0), index(length), index(1), inits);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Value turn = arith::IndexCastOp::create(b, loc, b.getI64Type(), loop.getInductionVar());
    Term t = x.with(
        tensor::FromElementsOp::create(b, loc, RankedTensorType::get({}, b.getI64Type()), turn));
    if (reverse)
      t = double(length - 1) - t;
    s = {x.with(loop.getRegionIterArg(1)), s.c ? x.with(loop.getRegionIterArg(2)) : s.c};
    s = step(kind, gather(projected, t, 0), s, w);
    SmallVector<Value> next{ag::ScatterOp::create(b, loc, loop.getRegionIterArg(0), t.value,
                                                  s.h.value, 0, ag::ScatterMode::set),
                            s.h.value};
    if (s.c)
      next.push_back(s.c.value);
    scf::YieldOp::create(b, loc, next);
  }
  s = {x.with(loop.getResult(1)), s.c ? x.with(loop.getResult(2)) : s.c};
  return x.with(loop.getResult(0));
}

/// One direction of one layer over all steps [T, N, I]: [T, N, hidden].
Term Layers::runDirection(int64_t index, bool reverse, Term in) {
  const Weights &w = weights[index];
  State s{first(h0, index), first(c0, index)};
  Term projected = project(kind, in, w);
  Term y =
      length < kLeastTurns ? runSteps(projected, reverse, w, s) : runLoop(projected, reverse, w, s);
  lastH.push_back(s.h);
  lastC.push_back(s.c);
  return y;
}

LogicalResult Layers::run() {
  if (failed(readInput()) || failed(readWeights()) || failed(readStates()))
    return failure();
  Term y = x;
  for (int64_t layer = 0, index = 0; layer < layers; ++layer) {
    if (layer && call.number("dropout", 0) != 0)
      y = dropout(call, "dropout", y);
    if (!y)
      return failure();
    Term in = y;
    y = runDirection(index++, false, in);
    if (bidirectional)
      y = concat({y, runDirection(index++, true, in)}, 2);
  }
  if (!isBatched)
    y = reshape(y, {length, y.size(-1)});
  else if (batchFirst)
    y = transpose(y, 0, 1);
  auto state = [&](ArrayRef<Term> last) {
    Term all = stack(last);
    return isBatched ? all : reshape(all, {all.size(0), hidden});
  };
  if (kind == Kind::lstm)
    return call.results({y, state(lastH), state(lastC)});
  return call.results({y, state(lastH)});
}

static LogicalResult recurrent(Importer &importer, Node &node) {
  Call call(importer, node);
  return Layers(call).run();
}

//===-- Cells ---------------------------------------------------------------------------------===//

static LogicalResult checkCell(Call &call, Kind kind, Term x, ArrayRef<Term> states,
                               const Weights &w) {
  StringRef name = kind == Kind::lstm ? "LSTMCell" : kind == Kind::gru ? "GRUCell" : "RNNCell";
  if (x.rank() != 1 && x.rank() != 2)
    return call.fail(name + ": Expected input to be 1D or 2D, got " + Twine(x.rank()) +
                     "D instead");
  if (w.ih.rank() != 2 || w.hh.rank() != 2)
    return call.fail("expected weights of two dimensions of '" + call.node.spec->name + "'");
  int64_t hidden = w.hh.size(1), rows = gatesOf(kind) * hidden;
  if (x.size(-1) != w.ih.size(1))
    return call.fail("input has inconsistent input_size: got " + Twine(x.size(-1)) + " expected " +
                     Twine(w.ih.size(1)));
  for (auto [i, state] : llvm::enumerate(states)) {
    if (state.rank() != x.rank() && state.rank() != 1)
      return call.fail(name + ": Expected hidden to be 1D or 2D, got " + Twine(state.rank()) +
                       "D instead");
    if (x.rank() == 2 && (state.rank() != 2 || state.size(0) != x.size(0)))
      return call.fail("Input batch size " + Twine(x.size(0)) + " doesn't match hidden" + Twine(i) +
                       " batch size " + Twine(state.size(0)));
    if (state.size(-1) != hidden)
      return call.fail("hidden" + Twine(i) + " has inconsistent hidden_size: got " +
                       Twine(state.size(-1)) + ", expected " + Twine(hidden));
  }
  const std::tuple<StringRef, Term, Shape> checks[] = {{"w_ih", w.ih, Shape{rows, x.size(-1)}},
                                                       {"w_hh", w.hh, Shape{rows, hidden}},
                                                       {"b_ih", w.biasIh, Shape{rows}},
                                                       {"b_hh", w.biasHh, Shape{rows}}};
  for (auto &[what, term, shape] : checks)
    if (term && (term.shape() != ArrayRef<int64_t>(shape) || term.element() != x.element()))
      return call.fail("expected " + what + " to be " +
                       typeText(call.importer.makeType(shape, x.element())) + ", found " +
                       typeText(term.type()));
  return success();
}

static LogicalResult cell(Importer &importer, Node &node) {
  Call call(importer, node);
  Kind kind = kindOf(node.spec->name);
  unsigned next = 0;
  Term x = call.input(next++);
  SmallVector<Term, 2> states;
  for (int i = 0; i < (kind == Kind::lstm ? 2 : 1); ++i)
    states.push_back(call.input(next++));
  Weights w{call.input(next), call.input(next + 1), call.none(), call.none()};
  if (call.has(next + 2) != call.has(next + 3))
    return call.fail("expected two biases of '" + node.spec->name + "', or none");
  if (call.has(next + 2)) {
    w.biasIh = call.input(next + 2);
    w.biasHh = call.input(next + 3);
  }
  if (!x || !w.ih || !w.hh || !states[0] || !states.back() ||
      failed(checkCell(call, kind, x, states, w)))
    return failure();
  bool isBatched = x.rank() == 2;
  Shape wide{isBatched ? x.size(0) : 1, w.hh.size(1)};
  State s{reshape(states[0], wide), kind == Kind::lstm ? reshape(states[1], wide) : call.none()};
  s = step(kind, project(kind, isBatched ? x : unsqueeze(x, 0), w), s, w);
  Shape shape = isBatched ? wide : Shape{wide[1]};
  if (kind == Kind::lstm)
    return call.results({reshape(s.h, shape), reshape(s.c, shape)});
  return call.result(reshape(s.h, shape));
}

void addRecurrentOps(OpTable &table) {
  using K = AttributeKind;
  const std::vector<AttributeSpec> layer{{"num_layers", K::integer},  {"bidirectional", K::boolean},
                                         {"batch_first", K::boolean}, {"bias", K::boolean},
                                         {"dropout", K::number},      {"train", K::boolean},
                                         {"names", K::names}};
  auto add = [&](StringRef name, unsigned least, unsigned most, StringRef summary,
                 LogicalResult (*handler)(Importer &, Node &),
                 std::vector<AttributeSpec> attributes) {
    table.add("layer", {name.str(),
                        least,
                        most,
                        std::move(attributes),
                        summary.str(),
                        handler,
                        true,
                        nullptr,
                        {},
                        true});
  };
  add("lstm", 5, unlimited,
      "layers of LSTM over x [T, N, I] from states h, c; then weights: y, last h, last c",
      recurrent, layer);
  for (StringRef name : {"gru", "rnn_tanh", "rnn_relu"})
    add(name, 4, unlimited, "the same with one state: y, last h", recurrent, layer);
  add("lstm_cell", 5, 7, "one step of an LSTM: x, h, c, w_ih, w_hh, biases; h, c", cell,
      {{"names", K::names}});
  for (StringRef name : {"gru_cell", "rnn_tanh_cell", "rnn_relu_cell"})
    add(name, 4, 6, "one step with one state: x, h, w_ih, w_hh, biases", cell, {});
}

} // namespace gradc::graph
