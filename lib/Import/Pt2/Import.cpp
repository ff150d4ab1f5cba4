// Import.cpp - from a .pt2 archive to the ag dialect, by way of graph JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Import/Import.h"
#include "../Importer.h"
#include "Translate.h"

using namespace mlir;
namespace gradc {

bool isPt2(StringRef bytes) { return bytes.starts_with("PK\3\4") || bytes.starts_with("PK\5\6"); }

/// Imports the program with these sizes; `open` gets those that were asked to stay open and have
/// their largest value.
static OwningOpRef<ModuleOp> importSizes(MLIRContext &context, pt2::Archive &archive,
                                         const Pt2Options &options,
                                         const std::map<std::string, SizeRange> &sizes,
                                         std::vector<pt2::OpenSize> &open) {
  pt2::Program program;
  if (failed(pt2::readProgram(&context, archive.program(), sizes, program)))
    return nullptr;
  open = program.open;
  graph::Importer importer(context, archive.program().file.getValue());
  pt2::Translator translator(archive, program, importer.table());
  translator.trustAliases = options.trustDecomposed;
  graph::Json root;
  if (failed(translator.run(root)))
    return nullptr;
  importer.attached = [&](StringRef key) -> ElementsAttr {
    StringRef name = key;
    const pt2::Payload *found = name.consume_front("weight:")     ? archive.weight(name)
                                : name.consume_front("constant:") ? archive.constant(name)
                                                                  : nullptr;
    if (!found && key.starts_with("constant:"))
      found = archive.weight(name);
    return found ? archive.read(*found) : ElementsAttr();
  };
  return importer.run(root);
}

/// Compares the program with what it is at smaller sizes, and makes it right for all of them.
static LogicalResult openProgram(MLIRContext &context, pt2::Archive &archive,
                                 const Pt2Options &options, ArrayRef<pt2::OpenSize> open,
                                 ModuleOp program) {
  std::vector<pt2::SizeUses> uses(open.size());
  std::map<std::string, SizeRange> largest;
  for (const auto &[name, range] : options.sizes)
    if (range.least && range.least == range.most)
      largest[name] = range;
  for (const pt2::OpenSize &size : open)
    largest[size.symbol] = {size.most, size.most};
  for (auto [size, use] : llvm::zip(open, uses)) {
    SmallVector<int64_t> values{size.most};
    std::vector<OwningOpRef<ModuleOp>> owned;
    SmallVector<ModuleOp> others;
    for (int64_t value = size.most - 1; value >= size.least && value >= size.most - 3; --value) {
      auto sizes = largest;
      sizes[size.symbol] = {value, value};
      std::vector<pt2::OpenSize> none;
      auto other = importSizes(context, archive, options, sizes, none);
      if (!other)
        return failure();
      values.push_back(value);
      others.push_back(*other);
      owned.push_back(std::move(other));
    }
    if (failed(pt2::findSizeUses(program, others, values, size, use)))
      return failure();
  }
  return pt2::openSizes(program, open, uses);
}

OwningOpRef<ModuleOp> importPt2(MLIRContext &context, StringRef bytes, StringRef fileName,
                                const Pt2Options &options) {
  graph::loadDialects(context);
  auto archive = pt2::Archive::open(&context, bytes, fileName, options.owner);
  if (!archive)
    return nullptr;
  std::vector<pt2::OpenSize> open;
  auto program = importSizes(context, *archive, options, options.sizes, open);
  if (!program || open.empty())
    return program;
  return failed(openProgram(context, *archive, options, open, *program)) ? nullptr
                                                                         : std::move(program);
}

void printAtenOps(MLIRContext &context, llvm::raw_ostream &out) {
  graph::loadDialects(context);
  graph::OpTable ops(context);
  for (StringRef name : pt2::schemaNames()) {
    auto rule = pt2::findRule(*pt2::findSchema(name), ops);
    out << "aten." << name << (name.contains('.') ? "" : ".default") << '\t';
    out << (!rule ? "-" : rule->rule ? "composite" : rule->op) << '\n';
  }
}

} // namespace gradc
