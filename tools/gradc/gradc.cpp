// gradc.cpp - the command line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Commands.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <CLI/CLI.hpp>

using namespace gradc;

namespace {
/// An option of executables that `gradc run` hands on.
struct ProgramOption {
  llvm::StringRef name;
  bool takesValue;
};
} // namespace

static const ProgramOption programOptions[] = {
    {"inputs", true},  {"outputs", true},    {"steps", true},   {"epochs", true},
    {"batch", true},   {"shuffle", false},   {"seed", true},    {"eval", true},
    {"weights", true}, {"checkpoint", true}, {"every", true},   {"resume", false},
    {"log", true},     {"device", true},     {"threads", true}, {"bench", true},
    {"profile", true}, {"quiet", false},
};

/// Takes the options of the program out of `gradc run`'s arguments, so that their values are not
/// taken for the input.
static std::vector<std::string> takeProgramArguments(std::vector<std::string> &arguments) {
  std::vector<std::string> own, program;
  for (size_t i = 0; i < arguments.size(); ++i) {
    llvm::StringRef name = arguments[i];
    if (name == "--") {
      program.insert(program.end(), arguments.begin() + i + 1, arguments.end());
      break;
    }
    bool isOption = name.consume_front("--");
    bool hasValue = name.contains('=');
    name = name.split('=').first;
    const auto *option = llvm::find_if(programOptions, [&](auto &o) { return o.name == name; });
    if (!isOption || option == std::end(programOptions)) {
      own.push_back(arguments[i]);
      continue;
    }
    program.push_back(arguments[i]);
    if (option->takesValue && !hasValue && i + 1 < arguments.size())
      program.push_back(arguments[++i]);
  }
  arguments = own;
  return program;
}

static void addInput(CLI::App &command, Request &request) {
  command
      .add_option(
          "INPUT", request.input,
          "graph JSON, a .pt2 export of PyTorch, or a dump of a stage (.mlir, .ll); - reads "
          "standard input")
      ->required();
}

/// --size NAME=N and what else concerns .pt2 archives.
static void addExportOptions(CLI::App &command, Request &request) {
  command.add_option_function<std::vector<std::string>>(
      "--size",
      [&request](const std::vector<std::string> &values) {
        for (llvm::StringRef value : values) {
          auto [name, text] = value.rsplit('=');
          auto [from, to] = text.split("..");
          bool isRange = text.contains("..");
          SizeRange range;
          auto read = [](llvm::StringRef text, std::optional<int64_t> &number) {
            return text.getAsInteger(10, number.emplace()) || *number < 0;
          };
          bool isWrong = name.empty() || (!isRange && read(text, range.least)) ||
                         (isRange && !from.empty() && read(from, range.least)) ||
                         (isRange && !to.empty() && read(to, range.most)) ||
                         (isRange && range.least && range.most && *range.least > *range.most);
          if (isWrong)
            throw CLI::ValidationError("--size",
                                       "expected NAME=N, NAME=LEAST..MOST or NAME=.., got '" +
                                           value.str() + "'");
          if (!isRange)
            range.most = range.least;
          request.compile.pt2.sizes[name.str()] = range;
        }
      },
      "of a .pt2: a size that the export left open, as x.0=32 for the first of input x; "
      "x.0=2..512 keeps it open: the program takes all of these sizes");
  command.add_flag("--trust-decomposed", request.compile.pt2.trustDecomposed,
                   "of a .pt2 behind run_decompositions: it has lost no detach and no no_grad");
}

static void addBuildOptions(CLI::App &command, Request &request) {
  CompileOptions &compile = request.compile;
  addExportOptions(command, request);
  command.add_option("--name", compile.name,
                     "name of the program in symbols; default: the input's");
  command.add_option("--target", request.target, "cpu, cuda or cpu,cuda");
  command.add_option("--device", request.device,
                     "the same as cpu, cuda or auto: with auto a program whose kernels do not all "
                     "have a GPU form is for the CPU only; default: what the program says, else "
                     "cpu");
  command.add_option("--gpu-arch", compile.gpuArch,
                     "the GPUs that kernels are compiled for, as sm_80,sm_90 (machine code, where "
                     "there is NVIDIA's ptxas, and PTX for the least of them) or compute_80 (PTX "
                     "only); default: sm_80,sm_90,sm_100");
  command.add_option("--march", compile.march, "processor, as clang's -march; default: native");
  command.add_option("--triple", compile.triple, "target triple; default: this machine's");
  command.add_option("-O", compile.optLevel, "LLVM's optimisation level, 0 to 3; default: 3")
      ->check(CLI::Range(0u, 3u));
  command.add_option("--grad", compile.grad,
                     "of a model: none, params, inputs, all or NAME,...; default: params");
  command.add_option("--loss", compile.loss, "of a model: the output to minimise");
  command.add_option("--optimizer", compile.optimizer,
                     "of a model: sgd, adam, adamw, rmsprop or adagrad, and options: "
                     "adam:lr=0.001,beta1=0.9");
  command.add_option(
      "--schedule", compile.schedule,
      "of the learning rate: constant, step, multistep, exponential, cosine, linear, "
      "polynomial or onecycle, and options: cosine:steps=1000,warmup=50");
  command.add_option("--clip-norm", compile.clipNorm, "scale gradients down to this total norm")
      ->check(CLI::PositiveNumber);
  command.add_option("--clip-value", compile.clipValue, "limit every gradient to [-VALUE, VALUE]")
      ->check(CLI::PositiveNumber);
  command
      .add_option("--accumulate", compile.accumulate,
                  "add up the gradients of this many steps for one update; default: 1")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 40));
  command.add_option("--from", request.from,
                     "the stage to start at, where the input does not tell");
  command.add_option("--dump-stages", compile.dumpDir,
                     "write what every stage gives to this folder");
  command.add_flag("--check-nan", compile.checkNan,
                   "a program that ends at the first NaN or infinity and names its line; slow");
  command
      .add_flag("--verify-each", compile.verifyEach,
                "verify the IR after every pass; default where GRADC_VERIFY_EACH is set")
      ->envname("GRADC_VERIFY_EACH");
  command.add_flag("--time", request.time, "print the milliseconds of every stage");
  command.add_option_function<std::string>(
      "--weights",
      [](const std::string &value) {
        if (value != "embed")
          throw CLI::ValidationError("--weights",
                                     "this build embeds weights only, got '" + value + "'");
      },
      "embed: initial contents are part of the object");
  command.add_option_function<std::string>(
      "--memory-limit",
      [](const std::string &) {
        throw CLI::ValidationError("--memory-limit",
                                   "this build has no recomputation under a limit");
      },
      "not in this build");
}

static int runCommands(int argc, char **argv, Request request) {
  CLI::App app("gradc compiles programs with gradients ahead of time", "gradc");
  app.set_version_flag("--version", "gradc " GRADC_VERSION " (LLVM " LLVM_VERSION_STRING ")");
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 the input is at fault, 2 usage or a kind that this build "
             "lacks, 3 internal error.");

  CLI::App *build = app.add_subcommand("build", "compile a program");
  addInput(*build, request);
  build->add_option("-o,--output", request.output, "file to write; - is standard output");
  build->add_option(
      "--emit", request.emit,
      "ag, json, grad, linalg, kernels, llvm, asm, ptx, cubin, fatbin, obj, header or "
      "exe");
  build->add_option("--stop-after", request.stopAfter,
                    "print what this stage gives: import, gradient, lower, schedule, target, link");
  addBuildOptions(*build, request);
  build->add_flag("--profile", request.compile.profile,
                  "a program that can time its kernels: run it with --profile F.json");

  CLI::App *run = app.add_subcommand("run", "compile a program into a cache and run it");
  run->footer("Other options, and all after --, go to the program; `gradc run INPUT -- --help` "
              "lists them.");
  addInput(*run, request);
  addBuildOptions(*run, request);
  run->allow_extras();

  CLI::App *check = app.add_subcommand(
      "check", "compare gradients with finite differences in f64, a row a parameter");
  addInput(*check, request);
  addExportOptions(*check, request);
  check->add_option("--loss", request.compile.loss, "of a model: the output to differentiate");

  CLI::App *info = app.add_subcommand("info", "say what a program holds, computes and moves");
  addInput(*info, request);
  addBuildOptions(*info, request);
  bool json = false;
  info->add_flag("--json", json, "as JSON");

  CLI::App *explain = app.add_subcommand(
      "explain", "say why a tensor has or lacks a gradient, what is saved of it");
  addInput(*explain, request);
  addExportOptions(*explain, request);
  std::string tensor;
  explain->add_option("NAME", tensor, "a name of the program")->required();

  CLI::App *ops = app.add_subcommand("ops", "list the ops of graph JSON");
  bool schema = false, aten = false;
  ops->add_flag("--schema", schema, "print the JSON Schema of graphs instead");
  ops->add_flag("--aten", aten,
                "list ATen's operators instead, each with the op of graph JSON that it becomes");

  CLI::App *plot = app.add_subcommand("plot", "draw the log of a training (--log) as SVG");
  std::string log, svg = "-";
  bool isLog = false;
  plot->add_option("LOG", log, "the JSON lines; - reads standard input")->required();
  plot->add_option("-o,--output", svg, "file to write; default: standard output");
  plot->add_flag("--log-scale", isLog, "a logarithmic axis of the loss");

  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0] == "run")
    request.programArguments = takeProgramArguments(arguments);
  std::reverse(arguments.begin(), arguments.end()); // as CLI11 wants it
  try {
    app.parse(arguments);
  } catch (const CLI::Success &e) {
    return app.exit(e);
  } catch (const CLI::ParseError &e) {
    return report(e.what(), Outcome::Unsupported);
  }
  if (run->parsed()) {
    std::vector<std::string> extras = run->remaining();
    request.programArguments.insert(request.programArguments.begin(), extras.begin(), extras.end());
    for (llvm::StringRef argument : request.programArguments)
      request.compile.profile |= argument.split('=').first == "--profile";
    return runRun(std::move(request));
  }
  if (check->parsed())
    return runCheck(std::move(request));
  if (info->parsed())
    return runInfo(std::move(request), json);
  if (explain->parsed())
    return runExplain(std::move(request), tensor);
  if (plot->parsed())
    return runPlot(log, svg, isLog);
  if (ops->parsed())
    return runOps(schema, aten);
  return runBuild(std::move(request));
}

/// libgradc_rt.a stands beside the binary's folder.
static void locate(Request &request, const char *argv0) {
  request.self = llvm::sys::fs::getMainExecutable(argv0, reinterpret_cast<void *>(&locate));
  llvm::SmallString<128> path(
      llvm::sys::path::parent_path(llvm::sys::path::parent_path(request.self)));
  llvm::sys::path::append(path, "lib", "libgradc_rt.a");
  request.runtimeArchive = path.str().str();
}

int main(int argc, char **argv) {
  Request request;
  locate(request, argv[0]);
  try {
    return runCommands(argc, argv, std::move(request));
  } catch (const std::exception &e) {
    return report(e.what(), Outcome::Internal);
  }
}
