// InterpretRandom.cpp - the meaning of ag.philox, after the paper.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Interpreter.h"

using namespace mlir;
using namespace gradc;
namespace gradc::test {

/// Philox4x32-10 of Salmon et al. 2011.
static void philox(uint32_t (&c)[4], uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = uint64_t(0xD2511F53) * c[0], p1 = uint64_t(0xCD9E8D57) * c[2];
    uint32_t next[4] = {uint32_t(p1 >> 32) ^ c[1] ^ k0, uint32_t(p1),
                        uint32_t(p0 >> 32) ^ c[3] ^ k1, uint32_t(p0)};
    std::copy(next, next + 4, c);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
}

bool evaluateRandom(Operation &op, ArrayRef<const Datum *> operands, Datum &y) {
  if (isa<ag::TrainingOp>(op)) {
    y.data[0] = {0, 1};
    return true;
  }
  if (!isa<ag::PhiloxOp>(op))
    return false;
  uint64_t seed = operands[0]->data[0].i, counter = operands[1]->data[0].i;
  for (size_t i = 0; i < y.data.size(); ++i) {
    uint32_t block[4] = {uint32_t(i), uint32_t(uint64_t(i) >> 32), uint32_t(counter),
                         uint32_t(counter >> 32)};
    philox(block, uint32_t(seed), uint32_t(seed >> 32));
    y.data[i] = {double(block[0] >> 8) * 0x1p-24, 0};
  }
  return true;
}

} // namespace gradc::test
