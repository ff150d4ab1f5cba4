// Program.cpp - locations, names, nesting, autograd statements, devices, printing and the command.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Trace.h"
#include <fstream>
#include <sstream>

using namespace gradc;

// This file in a location: what the compiler was given, without a path that leaves the folder.
static std::string shownFile() {
  std::string file = __FILE__;
  bool leaves = file[0] == '/' || file.find("../") != std::string::npos;
  return leaves ? file.substr(file.rfind('/') + 1) : file;
}

TEST(Location, EveryNodeHasItsLine) {
  int line = 0;
  std::string text = trace_json([&] {
    line = __LINE__;
    Tensor x = ones({2}).named("x");
    Tensor y = 1.0 - x;
    y -= x * 2;
    print(y.exp().sum(), "text", y[0], !y);
  });
  for (int i = 1; i <= 4; ++i) {
    std::string expected = "\"line\": " + std::to_string(line + i) + "}";
    EXPECT_NE(text.find(expected), std::string::npos) << expected << " in " << text;
  }
  EXPECT_NE(text.find("\"loc\": {\"file\": \"" + shownFile() + "\", \"line\": "), std::string::npos)
      << text;
  EXPECT_EQ(text.find("column"), std::string::npos);
}

TEST(Location, ANestedNodeHasTheLineOfTheNodeAroundIt) {
  int line = 0;
  std::string text = trace_json([&] {
    Tensor x = ones({2}).named("x");
    line = __LINE__ + 1;
    Tensor sum = (x * 2).sum();
    Tensor product = x + 1;
    print(product, sum);
  });
  const auto loc = [&](int offset) {
    return "\"loc\": {\"file\": \"" + shownFile() +
           "\", \"line\": " + std::to_string(line + offset) + "}";
  };
  EXPECT_NE(text.find(R"({"op": "print", "inputs": [{"op": "add", "inputs": ["x", 1], )" + loc(1) +
                      R"(}, {"op": "sum", "inputs": [{"op": "mul", "inputs": ["x", 2]}], )" +
                      loc(0) + "}], " + loc(2) + "}"),
            std::string::npos)
      << text;
}

TEST(Location, ErrorsAreAtTheUsersLine) {
  const auto lineAfter = [](int line, const std::function<void()> &program) {
    return errorLineOf(program) - line;
  };
  EXPECT_EQ(lineAfter(__LINE__, [] { ones({2}) + ones({3}); }), 0);
  EXPECT_EQ(lineAfter(__LINE__, [] { ones({2}).mul(ones({3})); }), 0);
  EXPECT_EQ(lineAfter(__LINE__, [] { ones({2}) *= ones({3}); }), 0);
  EXPECT_EQ(lineAfter(__LINE__, [] { ones({2}).reshape({3}); }), 0);
  EXPECT_EQ(lineAfter(__LINE__, [] { ones({2})[2]; }), 0);
  EXPECT_EQ(lineAfter(__LINE__, [] { matmul(ones({2}), ones({3})); }), 0);
  EXPECT_EQ(lineAfter(__LINE__, [] { print(Tensor()); }), 0);
  EXPECT_EQ(lineAfter(__LINE__, [] { if_(ones({2}), [] {}); }), 0);
  EXPECT_EQ(lineAfter(__LINE__, [] { nn::Linear(0, 1); }), 0);
  EXPECT_EQ(lineAfter(__LINE__, [] { device("tpu"); }), 0);
}

TEST(Location, TheErrorSaysFileAndLine) {
  try {
    trace_json([] { ones({2}).item(); });
    FAIL();
  } catch (const Error &error) {
    EXPECT_EQ(std::string(error.what()),
              std::string(__FILE__ ":") + std::to_string(error.where.line) +
                  ": error: a Tensor with 2 elements cannot be converted to Scalar");
  }
}

TEST(Handle, CopiesAreOneTensorAndAssignmentRebinds) {
  EXPECT_EQ(nodesOf([] {
              Tensor a = ones({2}).named("a"), b = a;
              a += 1;
              a = (a * 2).named("c");
              b += 3;
              print(a, b);
            }),
            R"({"name": "a", "op": "ones", "shape": [2]},
{"op": "add_", "inputs": ["a", 1]},
{"name": "c", "op": "mul", "inputs": ["a", 2]},
{"op": "add_", "inputs": ["a", 3]},
{"op": "print", "inputs": ["c", "a"]})");
}

TEST(Handle, WritesGoThroughViews) {
  EXPECT_EQ(nodesOf([] {
              Tensor a = ones({2, 2}).named("a");
              a[0] += 1;
              a.t().fill_(2);
            }),
            R"({"name": "a", "op": "ones", "shape": [2, 2]},
{"name": "t0", "op": "squeeze", "inputs": [{"op": "slice", "inputs": ["a"], "dim": 0, "start": 0, "end": 1}], "dim": 0},
{"op": "add_", "inputs": ["t0", 1]},
{"name": "t1", "op": "t", "inputs": ["a"]},
{"op": "fill_", "inputs": ["t1", 2]})");
}

TEST(Handle, Queries) {
  trace_json([] {
    Tensor x = ones({2, 3}, f64);
    EXPECT_TRUE(x.defined());
    EXPECT_FALSE(Tensor().defined());
    EXPECT_EQ(x.sizes(), Shape({2, 3}));
    EXPECT_EQ(x.size(-1), 3);
    EXPECT_EQ(x.dim(), 2);
    EXPECT_EQ(x.numel(), 6);
    EXPECT_EQ(x.dtype(), f64);
    EXPECT_FALSE(x.device().is_cuda());
  });
}

TEST(Handle, Errors) {
  EXPECT_EQ(ERROR(Tensor x; x + 1), "the tensor is undefined: nothing was assigned to it");
  EXPECT_EQ(ERROR(ones({2}).named("2x")),
            "'2x' is not a name: letters, digits and _, not a digit first");
  EXPECT_EQ(ERROR(ones({2}).named("w.grad")),
            "'w.grad' is not a name: letters, digits and _, not a digit first");
  EXPECT_EQ(ERROR(ones({}).size(0)), "Dimension specified as 0 but tensor has no dimensions");
  Tensor kept;
  trace_json([&] { kept = ones({2}); });
  EXPECT_EQ(errorOf([&] { print(kept); }), "this tensor belongs to another trace");
  EXPECT_THROW(ones({2}), Error);
}

TEST(Json, TemporariesAreNestedWhereTheOrderOfEventsAllows) {
  // A write between a node and its use keeps the node where it is.
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x");
              Tensor before = x * 2;
              Tensor free = x.sum();
              print(free);
              x += 1;
              print(before);
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"name": "t0", "op": "mul", "inputs": ["x", 2]},
{"op": "print", "inputs": [{"op": "sum", "inputs": ["x"]}]},
{"op": "add_", "inputs": ["x", 1]},
{"op": "print", "inputs": ["t0"]})");
}

TEST(Json, DrawsAreNeverNested) {
  EXPECT_EQ(nodesOf([] { print(randn({2})); }), R"({"name": "t0", "op": "randn", "shape": [2]},
{"op": "print", "inputs": ["t0"]})");
}

TEST(Json, NestingIsBounded) {
  std::string text = trace_json([] {
    Tensor x = ones({2});
    for (int i = 0; i < 100000; ++i)
      x = x * 2;
    print(x);
  });
  int depth = 0, deepest = 0;
  for (char c : text) {
    depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    deepest = std::max(deepest, depth);
  }
  EXPECT_LE(deepest, 10);
  EXPECT_EQ(depth, 0);
}

TEST(Json, ANameThatIsTakenGetsANumber) {
  EXPECT_EQ(nodesOf([] {
              Tensor a = ones({2}).named("t0");
              Tensor b = ones({2}).named("t0");
              Tensor c = a + b;
              print(c, c);
            }),
            R"({"name": "t0", "op": "ones", "shape": [2]},
{"name": "t0_1", "op": "ones", "shape": [2]},
{"name": "t1", "op": "add", "inputs": ["t0", "t0_1"]},
{"op": "print", "inputs": ["t1", "t1"]})");
}

TEST(Json, TypesOnRequest) {
  EXPECT_EQ(nodesOf([] { print((ones({2, 3}).named("x") > 0).sum()); }, {true, false}),
            R"({"name": "x", "op": "ones", "shape": [2, 3], "type": "f32[2,3]"},
{"op": "print", "inputs": [{"op": "sum", "inputs": [{"op": "gt", "inputs": ["x", 0], )"
            R"("type": "bool[2,3]"}], "type": "i64[]"}]})");
}

TEST(Json, NumbersKeepAllDigits) {
  EXPECT_EQ(nodesOf([] { print(0.1, 1.0, 1e100, -0.0, 1e-7, 0.1f, 9007199254740993, true); }),
            R"({"op": "print", "inputs": [0.1, 1.0, 1e+100, -0.0, 1e-07, 0.10000000149011612, )"
            R"(9007199254740993, true]})");
}

TEST(Print, TextsItemsAndNothing) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({1}).named("x");
              print();
              print("a \"b\"\n\\", std::string("c"), x.item(), x.requires_grad(), x);
            }),
            R"({"name": "x", "op": "ones", "shape": [1]},
{"op": "print"},
{"op": "print", "inputs": [{"op": "text", "value": "a \"b\"\n\\"}, {"op": "text", "value": "c"}, )"
            R"({"op": "item", "inputs": ["x"]}, {"op": "requires_grad", "inputs": ["x"]}, "x"]})");
}

TEST(Print, AnItemIsTakenWhereItIsWritten) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({}).named("x");
              Item before = x.item();
              x += 1;
              print(before);
            }),
            R"({"name": "x", "op": "ones", "shape": []},
{"name": "t0", "op": "item", "inputs": ["x"]},
{"op": "add_", "inputs": ["x", 1]},
{"op": "print", "inputs": ["t0"]})");
}

TEST(Autograd, StatementsAndFlags) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}, requires_grad()).named("x");
              Tensor v = ones({2}).named("v");
              Tensor y = (x * x).named("y");
              y.backward(v, retain_graph | create_graph);
              y.sum().backward();
              print(x.grad(), x.detach());
              x.grad().zero_();
              zero_grad({x});
              zero_grad({x}, false);
              Tensor leaf = zeros({2}).named("leaf").requires_grad_();
              leaf.requires_grad_(false);
            }),
            R"({"name": "x", "op": "ones", "shape": [2], "requires_grad": true},
{"name": "v", "op": "ones", "shape": [2]},
{"name": "y", "op": "mul", "inputs": ["x", "x"]},
{"op": "backward", "inputs": ["y", "v"], "retain_graph": true, "create_graph": true},
{"op": "backward", "inputs": [{"op": "sum", "inputs": ["y"]}]},
{"op": "print", "inputs": ["x.grad", {"op": "detach", "inputs": ["x"]}]},
{"op": "zero_", "inputs": ["x.grad"]},
{"op": "zero_grad", "inputs": ["x"]},
{"op": "zero_grad", "inputs": ["x"], "set_to_none": false},
{"name": "leaf", "op": "zeros", "shape": [2]},
{"op": "requires_grad_", "inputs": ["leaf"], "value": true},
{"op": "requires_grad_", "inputs": ["leaf"], "value": false})");
}

TEST(Autograd, Grad) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}, requires_grad()).named("x");
              Tensor w = ones({2}, requires_grad()).named("w");
              std::vector<Tensor> both = grad((x * w).sum(), {x, w}, create_graph);
              Tensor one = grad(x * both[1], {w}, ones({2}).named("v"), allow_unused)[0];
              print(both[0], one);
            }),
            R"({"name": "x", "op": "ones", "shape": [2], "requires_grad": true},
{"name": "w", "op": "ones", "shape": [2], "requires_grad": true},
{"names": ["t0", "t1"], "op": "grad", "inputs": [{"op": "sum", "inputs": [{"op": "mul", "inputs": ["x", "w"]}]}], )"
            R"("wrt": ["x", "w"], "create_graph": true},
{"name": "v", "op": "ones", "shape": [2]},
{"name": "t2", "op": "grad", "inputs": [{"op": "mul", "inputs": ["x", "t1"]}, "v"], "wrt": ["w"], "allow_unused": true},
{"op": "print", "inputs": ["t0", "t2"]})");
}

TEST(Autograd, Errors) {
  EXPECT_EQ(ERROR(ones({2}, requires_grad()).backward()),
            "grad can be implicitly created only for scalar outputs");
  EXPECT_EQ(ERROR(ones({2}, requires_grad()).backward(ones({3}))),
            "Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a "
            "shape of torch.Size([2]).");
  EXPECT_EQ(ERROR(Tensor x = ones({2}, requires_grad()); grad(x.sum(), {})),
            "`inputs` argument to `grad()` cannot be empty.");
  EXPECT_EQ(ERROR(ones({2}, i64).requires_grad_()),
            "only Tensors of floating point dtype can require gradients");
  EXPECT_EQ(ERROR(Tensor x = ones({2}, requires_grad()); x.sum().backward(allow_unused)),
            "backward() has no flag allow_unused: grad() has");
}

TEST(Autograd, AKeptGradientMustStillBeTheGradient) {
  const auto isStale = [](const std::function<void(Tensor)> &between) {
    return errorOf([&] {
             Tensor x = ones({2}, requires_grad());
             x.sum().backward();
             Tensor gradient = x.grad();
             between(x);
             print(gradient);
           }).find("and .grad has become another tensor since: take grad() again") !=
           std::string::npos;
  };
  EXPECT_TRUE(isStale([](Tensor x) { zero_grad({x}); }));
  EXPECT_FALSE(isStale([](Tensor x) { zero_grad({x}, false); }));
  EXPECT_FALSE(isStale([](Tensor x) { x.sum().backward(); }));
  // None before the first backward.
  EXPECT_NE(ERROR(Tensor x = ones({2}, requires_grad()), g = x.grad(); x.sum().backward(); print(g))
                .find("take grad() again"),
            std::string::npos);
}

TEST(Device, OneComputeDevice) {
  EXPECT_EQ(trace_json([] {
              Device d("cpu");
              ones({2}, d).cpu();
            }).find("device"),
            std::string::npos);
  EXPECT_EQ(ERROR(device("tpu")), "Expected one of cpu, cuda, cuda:0 as device, got: tpu");
  const char *const mixed = "Expected all tensors to be on the same device, but found at least two "
                            "devices, cuda:0 and cpu!";
  EXPECT_EQ(ERROR(ones({2}, Device("cuda")) + ones({2})), mixed);
  EXPECT_EQ(ERROR(matmul(ones({2}, Device("cuda")), ones({2}))), mixed);
  EXPECT_EQ(ERROR(ones({2}, Device("cuda")) + ones({})), "no error");
  EXPECT_EQ(ERROR(ones({2}, Device("cuda")) + 1), "no error");
  EXPECT_EQ(ERROR(ones({2}, Device("cuda")).cpu() + ones({2})), "no error");
}

TEST(Device, CrossingsAreNodes) {
  EXPECT_EQ(nodesOf([] {
              Tensor x = ones({2}).named("x");
              print(x.cpu(), x.cuda(), x.cuda().cpu());
            }),
            R"({"name": "x", "op": "ones", "shape": [2]},
{"op": "print", "inputs": ["x", {"op": "to_device", "inputs": ["x"]}, )"
            R"({"op": "to_host", "inputs": [{"op": "to_device", "inputs": ["x"]}]}]})");
}

// Last of its thread: to ask is remembered.
TEST(Device, AutoOnceAsked) {
  EXPECT_EQ(trace_json([] { ones({2}, Device("cuda")); }).substr(0, 62),
            R"({"format": "gradc.graph", "version": 1, "device": "cuda", "mai)");
  EXPECT_EQ(trace_json([] {
              Device d(cuda::is_available() ? "cuda" : "cpu");
              ones({2}, d);
            }).substr(0, 62),
            R"({"format": "gradc.graph", "version": 1, "device": "auto", "mai)");
}

static std::string read(const std::string &path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Command, WritesTheFile) {
  std::string path = ::testing::TempDir() + "gradc-trace-command.json";
  const char *const arguments[] = {"program", "-o", path.c_str()};
  EXPECT_EQ(trace(3, arguments, [] { print(ones({2})); }), 0);
  EXPECT_EQ(read(path).substr(0, 26), R"({"format": "gradc.graph", )");
  std::remove(path.c_str());
}

TEST(Command, AnErrorLeavesNoFile) {
  std::string path = ::testing::TempDir() + "gradc-trace-error.json";
  std::ofstream(path) << "old";
  const char *const arguments[] = {"program", "-o", path.c_str()};
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(trace(3, arguments, [] { ones({2}) + ones({3}); }), 1);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("Program.cpp:"), std::string::npos);
  EXPECT_EQ(read(path), "old");
  EXPECT_EQ(read(path + ".tmp"), "");
  std::remove(path.c_str());
}

TEST(Command, Usage) {
  const char *const wrong[] = {"program", "--what"}, *const noFile[] = {"program", "-o"};
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(trace(2, wrong, [] { FAIL(); }), 2);
  EXPECT_EQ(trace(2, noFile, [] { FAIL(); }), 2);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("usage: program"), std::string::npos);
  const char *const bad[] = {"program", "-o", "/no/such/folder/x.json"};
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(trace(3, bad, [] {}), 1);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "program: error: cannot write /no/such/folder/x.json\n");
}
