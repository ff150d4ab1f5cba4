// Order.cpp - the documented order of sums (docs/numbers.md), in plain scalar code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Reference.h"
#include <cmath>

using namespace gradc::test;

/// 64 partial sums to one; those that are not there take no part.
static float halve(std::vector<float> parts) {
  for (size_t half = 32; half >= 1; half /= 2) {
    for (size_t j = 0; j < half && j + half < parts.size(); ++j)
      parts[j] += parts[j + half];
    if (parts.size() > half)
      parts.resize(half);
  }
  return parts[0];
}

static float sumChunks(const std::vector<float> &x) {
  if (x.size() > 4096) {
    std::vector<float> chunks;
    for (size_t i = 0; i < x.size(); i += 4096)
      chunks.push_back(
          sumChunks(std::vector<float>(x.begin() + i, x.begin() + std::min(x.size(), i + 4096))));
    return sumChunks(chunks);
  }
  std::vector<float> parts;
  for (size_t i = 0; i < x.size(); ++i)
    if (i < 64)
      parts.push_back(x[i]);
    else
      parts[i % 64] += x[i];
  return halve(parts);
}

float gradc::test::sumAlongRow(const std::vector<float> &x) {
  return x.empty() ? 0 : sumChunks(x) + 0.0f;
}

float gradc::test::sumOfRows(const std::vector<float> &x) {
  if (x.empty())
    return 0;
  size_t size = (x.size() + 63) / 64;
  std::vector<float> parts;
  for (size_t i = 0; i < x.size(); ++i)
    if (i % size == 0)
      parts.push_back(x[i]);
    else
      parts.back() += x[i];
  return halve(parts) + 0.0f;
}

float gradc::test::sumOfProducts(const std::vector<float> &x, const std::vector<float> &y) {
  float sum = 0;
  for (size_t k = 0; k < x.size(); ++k)
    sum = std::fma(x[k], y[k], sum);
  return sum;
}
