// Info.cpp - gradc info: what a program holds, computes and moves.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Commands.h"
#include "gradc/Pipeline/Costs.h"
#include "gradc_abi.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace gradc;
using llvm::StringRef;

static constexpr const char *dtypeNames[GRADC_DTYPES] = {"f32", "f64", "f16", "bf16", "i8",
                                                         "i16", "i32", "i64", "u8",   "bool"};
static constexpr const char *kindNames[] = {"parameter", "buffer", "gradient",
                                            "state",     "local",  "other name"};

static std::string typeText(const link::Tensor &t) {
  std::string text = std::string(dtypeNames[t.dtype]) + "[";
  for (auto [i, extent] : llvm::enumerate(t.shape))
    text += (i ? "," : "") + std::to_string(extent);
  return text + "]";
}

/// All that a process holds while a function runs: the handle and what the caller brings.
static uint64_t peakBytes(const link::Program &program) {
  uint64_t bytes = program.size;
  for (const link::Tensor &t : program.inputs)
    bytes += t.bytes();
  for (const link::Tensor &t : program.outputs)
    bytes += t.bytes();
  return bytes;
}

static void printTensors(llvm::raw_ostream &os, StringRef title,
                         const std::vector<link::Tensor> &list, bool variables) {
  if (list.empty())
    return;
  os << title << "\n";
  for (const link::Tensor &t : list)
    os << "  " << llvm::left_justify(t.name, 24) << llvm::left_justify(typeText(t), 20)
       << llvm::format_decimal(t.bytes(), 12) << " bytes" << (variables ? "  " : "")
       << (variables ? kindNames[t.kind] : "") << "\n";
}

//===-- Kernels for GPUs ----------------------------------------------------------------------===//

/// What the runtime allocates on the device: cuda.c lays it out.
static uint64_t deviceBytes(const link::Program &program, const link::DeviceCode &code) {
  uint64_t end = program.size;
  auto take = [&](uint64_t bytes) { end = llvm::alignTo(end, 256) + bytes; };
  for (const link::Tensor &t : program.inputs)
    take(t.bytes());
  for (const link::Tensor &t : program.outputs)
    take(t.bytes());
  take(code.workspace);
  return end;
}

/// By kernel, in the order of the program; for each the GPUs it was assembled for.
static llvm::MapVector<StringRef, std::vector<const link::KernelResources *>>
resourcesByKernel(const link::DeviceCode &code) {
  llvm::MapVector<StringRef, std::vector<const link::KernelResources *>> byKernel;
  for (const std::string &name : code.kernels)
    byKernel[name];
  for (const link::KernelResources &r : code.resources)
    byKernel[r.kernel].push_back(&r);
  return byKernel;
}

static void printDevice(llvm::raw_ostream &os, const link::Program &program,
                        const link::DeviceCode &code) {
  os << "GPU\n  " << deviceBytes(program, code) << " bytes on the device; kernels as";
  for (const link::DeviceImage &image : code.images)
    os << (image.isPtx ? " PTX from sm_" : " machine code for sm_") << image.capability
       << (image.isPtx ? " on" : ",");
  if (code.resources.empty()) {
    os << "; without NVIDIA's ptxas nothing more is known of them\n";
    for (const std::string &name : code.kernels)
      os << "  " << name << "\n";
    return;
  }
  os << "\n  " << llvm::left_justify("", 40) << "  registers   bytes shared   bytes spilled\n";
  for (auto &[name, list] : resourcesByKernel(code))
    for (const link::KernelResources *r : list)
      os << "  " << llvm::left_justify(name, 32) << " "
         << llvm::left_justify("sm_" + std::to_string(r->capability), 7)
         << llvm::format_decimal(r->registers, 11) << llvm::format_decimal(r->sharedBytes, 15)
         << llvm::format_decimal(r->spilledBytes, 16) << "\n";
}

static llvm::json::Object deviceAsJson(const link::Program &program, const link::DeviceCode &code) {
  llvm::json::Array kernels, images;
  for (auto &[name, list] : resourcesByKernel(code)) {
    llvm::json::Object object{{"name", name}};
    for (const link::KernelResources *r : list)
      object["sm_" + std::to_string(r->capability)] =
          llvm::json::Object{{"registers", r->registers},
                             {"shared_bytes", r->sharedBytes},
                             {"stack_bytes", r->stackBytes},
                             {"spilled_bytes", r->spilledBytes}};
    kernels.push_back(std::move(object));
  }
  for (const link::DeviceImage &image : code.images)
    images.push_back((image.isPtx ? "compute_" : "sm_") + std::to_string(image.capability));
  return llvm::json::Object{{"bytes", int64_t(deviceBytes(program, code))},
                            {"workspace_bytes", int64_t(code.workspace)},
                            {"images", std::move(images)},
                            {"kernels", std::move(kernels)}};
}

//===-- All of it -----------------------------------------------------------------------------===//

static void printText(llvm::raw_ostream &os, const link::Program &program,
                      llvm::ArrayRef<FunctionCosts> costs, const link::DeviceCode &device) {
  uint64_t parameters = 0;
  for (const link::Tensor &t : program.variables)
    parameters += t.kind == GRADC_PARAMETER ? t.elements() : 0;
  os << (program.script ? "script '" : "model '") << program.name << "', " << parameters
     << " parameters\n";
  printTensors(os, "inputs", program.inputs, false);
  printTensors(os, "outputs", program.outputs, false);
  printTensors(os, "variables", program.variables, true);
  os << "functions, a call each\n  " << llvm::left_justify("", 16)
     << "       FLOPs        bytes  least bytes   kernels  launches    copies\n";
  for (const FunctionCosts &f : costs)
    os << "  " << llvm::left_justify(f.name, 16) << llvm::format_decimal(f.flops, 12) << " "
       << llvm::format_decimal(f.bytes, 12) << " " << llvm::format_decimal(f.leastBytes, 12)
       << llvm::format_decimal(f.kernels, 10) << llvm::format_decimal(f.launches, 10)
       << llvm::format_decimal(f.copies, 10) << (f.exact ? "" : "  (an estimate: it branches)")
       << "\n";
  os << "memory\n  handle " << program.size << " bytes, of which arena " << program.arenaBytes
     << "; peak with inputs and outputs " << peakBytes(program) << " bytes\n";
  if (!device.empty())
    printDevice(os, program, device);
}

static llvm::json::Array tensorsAsJson(const std::vector<link::Tensor> &list, bool variables) {
  llvm::json::Array array;
  for (const link::Tensor &t : list) {
    llvm::json::Object object{
        {"name", t.name}, {"type", typeText(t)}, {"bytes", int64_t(t.bytes())}};
    if (variables)
      object["kind"] = kindNames[t.kind];
    array.push_back(std::move(object));
  }
  return array;
}

static void printJson(llvm::raw_ostream &os, const link::Program &program,
                      llvm::ArrayRef<FunctionCosts> costs, const link::DeviceCode &device) {
  llvm::json::Array functions;
  for (const FunctionCosts &f : costs)
    functions.push_back(llvm::json::Object{{"name", f.name},
                                           {"flops", int64_t(f.flops)},
                                           {"bytes", int64_t(f.bytes)},
                                           {"least_bytes", int64_t(f.leastBytes)},
                                           {"kernels", int64_t(f.kernels)},
                                           {"launches", int64_t(f.launches)},
                                           {"copies", int64_t(f.copies)},
                                           {"exact", f.exact}});
  llvm::json::Object object{{"name", program.name},
                            {"kind", program.script ? "script" : "model"},
                            {"inputs", tensorsAsJson(program.inputs, false)},
                            {"outputs", tensorsAsJson(program.outputs, false)},
                            {"variables", tensorsAsJson(program.variables, true)},
                            {"functions", std::move(functions)},
                            {"handle_bytes", int64_t(program.size)},
                            {"arena_bytes", int64_t(program.arenaBytes)},
                            {"peak_bytes", int64_t(peakBytes(program))}};
  if (!device.empty())
    object["device"] = deviceAsJson(program, device);
  os << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(object)));
}

int gradc::runInfo(Request request, bool json) {
  Outcome outcome = complete(request);
  if (outcome != Outcome::Done)
    return int(outcome);
  return guarded(request, [&](Compiler &compiler, const Request &request) {
    Outcome outcome = compileTo(compiler, request, Stage::Schedule);
    if (outcome == Outcome::Done)
      outcome = compiler.describe();
    if (outcome != Outcome::Done)
      return outcome;
    std::vector<FunctionCosts> costs = countCosts(compiler.module());
    if (compiler.usesDevice())
      outcome = compiler.runThrough(Stage::Target);
    if (outcome != Outcome::Done)
      return outcome;
    (json ? printJson : printText)(llvm::outs(), compiler.program(), costs, compiler.device());
    llvm::outs().flush();
    return Outcome::Done;
  });
}
