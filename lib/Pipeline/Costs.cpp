// Costs.cpp - counts operations, bytes, launches and copies of a scheduled program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Pipeline/Costs.h"
#include "gradc/IR/Ag.h"
#include "gradc/IR/KernelCosts.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gradc;
using sched::bytesOf;
using sched::flopsOf;

namespace {
/// Walks one function with the number of times that the current place runs.
class Counter {
public:
  Counter(func::FuncOp f) : f(f), symbols(f->getParentOfType<ModuleOp>()) {}

  FunctionCosts run() {
    costs.name = f.getSymName().str();
    for (unsigned i = 0; i < f.getNumArguments(); ++i)
      if (!f.getArgAttr(i, sched::kArenaAttr))
        costs.leastBytes += bytesOf(f.getArgumentTypes()[i]);
    count(f.getBody(), 1, costs);
    costs.kernels = kernels.size();
    return costs;
  }

private:
  void count(Region &region, uint64_t times, FunctionCosts &into) {
    for (Block &block : region)
      for (Operation &op : block)
        count(op, times, into);
  }

  void count(Operation &op, uint64_t times, FunctionCosts &into) {
    if (auto launch = dyn_cast<sched::LaunchOp>(op)) {
      countLaunch(launch, times, into);
    } else if (auto copy = dyn_cast<memref::CopyOp>(op)) {
      into.copies += times;
      into.bytes += 2 * times * bytesOf(copy.getSource().getType());
    } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
      std::optional<llvm::APInt> trips = loop.getStaticTripCount();
      if (!loop.getBody()->getOps<ag::ContinueIfOp>().empty())
        trips.reset(); // a condition ends it
      costs.exact &= trips.has_value();
      count(loop.getRegion(), times * (trips ? trips->getZExtValue() : 1), into);
    } else if (auto branch = dyn_cast<scf::IfOp>(op)) {
      costs.exact = false;
      FunctionCosts then, otherwise;
      count(branch.getThenRegion(), times, then);
      count(branch.getElseRegion(), times, otherwise);
      add(into, then.bytes >= otherwise.bytes ? then : otherwise);
    } else {
      for (Region &region : op.getRegions())
        count(region, times, into);
    }
  }

  void countLaunch(sched::LaunchOp launch, uint64_t times, FunctionCosts &into) {
    kernels.insert(launch.getKernel());
    into.launches += times;
    into.bytes += times * bytesOf(launch);
    auto kernel = symbols.lookup<sched::KernelOp>(launch.getKernel());
    if (!kernel)
      return;
    auto [known, isNew] = flops.try_emplace(kernel, 0);
    if (isNew)
      known->second = flopsOf(kernel);
    into.flops += times * known->second;
  }

  static void add(FunctionCosts &into, const FunctionCosts &more) {
    into.flops += more.flops;
    into.bytes += more.bytes;
    into.launches += more.launches;
    into.copies += more.copies;
  }

  func::FuncOp f;
  SymbolTable symbols;
  FunctionCosts costs;
  llvm::StringSet<> kernels;
  llvm::DenseMap<Operation *, uint64_t> flops;
};
} // namespace

std::vector<FunctionCosts> gradc::countCosts(ModuleOp module) {
  std::vector<FunctionCosts> list;
  for (auto f : module.getOps<func::FuncOp>())
    if (!f.isPrivate())
      list.push_back(Counter(f).run());
  return list;
}
