// Machine.h - what the emitters know of a machine.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TARGET_MACHINE_H
#define GRADC_TARGET_MACHINE_H

namespace gradc::lanes {

/// It changes the speed of what is emitted, never its results.
struct Machine {
  unsigned vectorBits = 256;
  unsigned registers = 16;
  /// A load or store of part of a vector is one instruction.
  bool masks = false;
  /// AVX-512's scalef: a product with a power of two is one instruction.
  bool scales = false;
};

} // namespace gradc::lanes

#endif
