// Import.cpp - from a .pt2 archive to the ag dialect, by way of graph JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Import/Import.h"
#include "../Importer.h"
#include "Translate.h"

using namespace mlir;
namespace gradc {

bool isPt2(StringRef bytes) { return bytes.starts_with("PK\3\4") || bytes.starts_with("PK\5\6"); }

namespace {
/// An archive that is imported once or more often.
struct Source {
  MLIRContext &context;
  pt2::Archive &archive;
  bool trustAliases;
  llvm::StringMap<ElementsAttr> read; // tensors
};
} // namespace

/// Imports the program with these sizes; `open` gets those that stay open and have their largest
/// value, which may be all that have one.
static OwningOpRef<ModuleOp> importSizes(Source &source,
                                         const std::map<std::string, SizeRange> &sizes,
                                         bool keepOpen, std::vector<pt2::OpenSize> &open) {
  MLIRContext &context = source.context;
  pt2::Archive &archive = source.archive;
  pt2::Program program;
  if (failed(pt2::readProgram(&context, archive.program(), sizes, keepOpen, program)))
    return nullptr;
  open = program.open;
  graph::Importer importer(context, archive.program().file.getValue());
  pt2::Translator translator(archive, program, importer.table());
  translator.trustAliases = source.trustAliases;
  graph::Json root;
  if (failed(translator.run(root)))
    return nullptr;
  importer.attached = [&](StringRef key) -> ElementsAttr {
    ElementsAttr &known = source.read[key];
    if (known)
      return known;
    StringRef name = key;
    const pt2::Payload *found = name.consume_front("weight:")     ? archive.weight(name)
                                : name.consume_front("constant:") ? archive.constant(name)
                                                                  : nullptr;
    if (!found && key.starts_with("constant:"))
      found = archive.weight(name);
    return known = found ? archive.read(*found) : ElementsAttr();
  };
  return importer.run(root);
}

namespace {
/// Imports a program whose sizes stay open.
class OpenImport {
public:
  OpenImport(Source &source, const Pt2Options &options, ArrayRef<pt2::OpenSize> sizes)
      : source(source), options(options), sizes(sizes) {}

  /// All variants, joined; null after an error.
  OwningOpRef<ModuleOp> run();

private:
  OwningOpRef<ModuleOp> at(ArrayRef<int64_t> values);
  OwningOpRef<ModuleOp> upTo(ArrayRef<int64_t> largest, std::vector<pt2::SizeUses> &uses);

  Source &source;
  const Pt2Options &options;
  ArrayRef<pt2::OpenSize> sizes;
};
} // namespace

/// The program with these values of the open sizes.
OwningOpRef<ModuleOp> OpenImport::at(ArrayRef<int64_t> values) {
  std::map<std::string, SizeRange> fixed;
  for (const auto &[name, range] : options.sizes)
    if (range.least && range.least == range.most)
      fixed[name] = range;
  for (auto [size, value] : llvm::zip(sizes, values))
    fixed[size.symbol] = {value, value};
  std::vector<pt2::OpenSize> none;
  return importSizes(source, fixed, /*keepOpen=*/false, none);
}

/// The program for all sizes up to these. What depends on a size shows at the next smaller ones.
OwningOpRef<ModuleOp> OpenImport::upTo(ArrayRef<int64_t> largest,
                                       std::vector<pt2::SizeUses> &uses) {
  OwningOpRef<ModuleOp> program = at(largest);
  std::vector<pt2::OpenSize> bounded(sizes);
  uses = std::vector<pt2::SizeUses>(sizes.size());
  for (size_t k = 0; program && k < sizes.size(); ++k) {
    bounded[k].most = largest[k];
    SmallVector<int64_t> values{largest[k]}, point(largest);
    std::vector<OwningOpRef<ModuleOp>> owned;
    SmallVector<ModuleOp> others;
    while (point[k] > sizes[k].least && values.size() < 4) {
      --point[k];
      owned.push_back(at(point));
      if (!owned.back())
        return nullptr;
      values.push_back(point[k]);
      others.push_back(*owned.back());
    }
    if (failed(pt2::findSizeUses(*program, others, values, sizes[k], uses[k])))
      return nullptr;
  }
  if (program && failed(pt2::openSizes(*program, bounded, uses)))
    return nullptr;
  return program;
}

OwningOpRef<ModuleOp> OpenImport::run() {
  // A run of a size costs at most so many times what it needs, but for the smallest ones.
  constexpr int64_t kSpacing = 8, kSmallest = 8;
  SmallVector<int64_t> usual, most, largest;
  for (const pt2::OpenSize &size : sizes) {
    usual.push_back(size.usual);
    most.push_back(size.most);
  }
  std::vector<pt2::SizeUses> uses, ignored;
  OwningOpRef<ModuleOp> program = upTo(most, uses);
  if (!program)
    return nullptr;
  SmallVector<pt2::Variant> variants;
  for (largest = most;;) {
    bool isSmaller = false;
    for (auto [value, size] : llvm::zip(largest, sizes)) {
      int64_t next = std::max({value / kSpacing, kSmallest, size.least + 3});
      isSmaller |= next < value;
      value = std::min(value, next);
    }
    if (!isSmaller)
      break;
    variants.push_back({false, largest, upTo(largest, ignored)});
    if (!variants.back().module)
      return nullptr;
  }
  variants.push_back({true, usual, at(usual)});
  if (!variants.back().module)
    return nullptr;
  std::reverse(variants.begin(), variants.end());
  pt2::joinVariants(*program, sizes, uses, variants);
  return program;
}

/// Keeps these sizes open if that works. Null if not; then `why` says why, at its place.
static OwningOpRef<ModuleOp> tryOpen(Source &source, const Pt2Options &options,
                                     ArrayRef<pt2::OpenSize> open, std::string &why,
                                     Location &place) {
  why.clear();
  ScopedDiagnosticHandler quiet(&source.context, [&](Diagnostic &message) {
    if (message.getSeverity() == DiagnosticSeverity::Error && why.empty()) {
      why = message.str();
      place = message.getLocation();
    }
    return success();
  });
  return OpenImport(source, options, open).run();
}

/// Keeps the sizes open that nobody asked for, as far as that works; null if none can be.
static OwningOpRef<ModuleOp> openMost(Source &source, const Pt2Options &options,
                                      ArrayRef<pt2::OpenSize> wanted, ArrayRef<pt2::OpenSize> all) {
  std::string why;
  Location place = UnknownLoc::get(&source.context);
  if (auto program = tryOpen(source, options, all, why, place))
    return program;
  emitWarning(place) << why << "; it stays as it was at export";
  std::vector<pt2::OpenSize> possible(wanted);
  for (const pt2::OpenSize &size : all) {
    bool isWanted = llvm::any_of(wanted, [&](auto &one) { return one.symbol == size.symbol; });
    possible.push_back(size);
    if (isWanted || !tryOpen(source, options, possible, why, place))
      possible.pop_back();
  }
  return possible.size() == wanted.size() ? nullptr
                                          : tryOpen(source, options, possible, why, place);
}

OwningOpRef<ModuleOp> importPt2(MLIRContext &context, StringRef bytes, StringRef fileName,
                                const Pt2Options &options) {
  graph::loadDialects(context);
  auto archive = pt2::Archive::open(&context, bytes, fileName, options.owner);
  if (!archive)
    return nullptr;
  Source source{context, *archive, options.trustDecomposed, {}};
  std::vector<pt2::OpenSize> wanted, open;
  auto program = importSizes(source, options.sizes, /*keepOpen=*/false, wanted);
  if (!program)
    return nullptr;
  if (options.keepOpen) {
    pt2::Program all;
    if (failed(pt2::readProgram(&context, archive->program(), options.sizes, true, all)))
      return nullptr;
    if (all.open.size() > wanted.size())
      if (auto joined = openMost(source, options, wanted, all.open))
        return joined;
  }
  return wanted.empty() ? std::move(program) : OpenImport(source, options, wanted).run();
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
