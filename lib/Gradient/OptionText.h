// OptionText.h - reads `name:key=value,...`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_LIB_GRADIENT_OPTIONTEXT_H
#define GRADC_LIB_GRADIENT_OPTIONTEXT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <variant>

namespace gradc::gradient {

/// What a number may be.
enum class Range { NotNegative, Positive, BelowOne, Whole, Any };

/// One key, and where its value goes.
struct OptionSlot {
  llvm::StringRef key;
  std::variant<double *, bool *, llvm::SmallVector<double> *> value;
  Range range = Range::NotNegative;
};

/// Reads `key=value,...` (lists have ';' between their numbers) into `slots`; says in `error` what
/// was expected and what was found.
bool readOptions(llvm::StringRef text, llvm::ArrayRef<OptionSlot> slots, std::string &error);

} // namespace gradc::gradient

#endif
