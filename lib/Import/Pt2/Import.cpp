// Import.cpp - from a .pt2 archive to the ag dialect, by way of graph JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Import/Import.h"
#include "../Importer.h"
#include "Translate.h"

using namespace mlir;
namespace gradc {

bool isPt2(StringRef bytes) { return bytes.starts_with("PK\3\4") || bytes.starts_with("PK\5\6"); }

OwningOpRef<ModuleOp> importPt2(MLIRContext &context, StringRef bytes, StringRef fileName,
                                const Pt2Options &options) {
  graph::loadDialects(context);
  auto archive = pt2::Archive::open(&context, bytes, fileName, options.owner);
  if (!archive)
    return nullptr;
  pt2::Program program;
  if (failed(pt2::readProgram(&context, archive->program(), options.sizes, program)))
    return nullptr;
  graph::Importer importer(context, archive->program().file.getValue());
  pt2::Translator translator(*archive, program, importer.table());
  translator.trustAliases = options.trustDecomposed;
  graph::Json root;
  if (failed(translator.run(root)))
    return nullptr;
  importer.attached = [&](StringRef key) -> ElementsAttr {
    StringRef name = key;
    const pt2::Payload *found = name.consume_front("weight:")     ? archive->weight(name)
                                : name.consume_front("constant:") ? archive->constant(name)
                                                                  : nullptr;
    if (!found && key.starts_with("constant:"))
      found = archive->weight(name);
    return found ? archive->read(*found) : ElementsAttr();
  };
  return importer.run(root);
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
