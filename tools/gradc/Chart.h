// Chart.h - curves over one x axis as a standalone SVG.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TOOLS_GRADC_CHART_H
#define GRADC_TOOLS_GRADC_CHART_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <utility>
#include <vector>

namespace gradc {

struct Curve {
  std::string name, colour;
  double width = 1.5;
  /// Values belong to the axis on the right, which goes from 0 to 1.
  bool isShare = false;
  /// By ascending x. A y that is not finite interrupts the curve.
  std::vector<std::pair<double, double>> points;
};

struct Chart {
  std::string title, xName, yName, shareName;
  bool isLog = false; // of y; values that are not positive interrupt their curve
  std::vector<Curve> curves;
};

/// The text of the SVG: the same for the same chart on every machine.
std::string drawChart(const Chart &chart);

} // namespace gradc

#endif
