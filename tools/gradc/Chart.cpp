// Chart.cpp - draws curves, axes, ticks and a legend as SVG.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Chart.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>

using namespace gradc;

namespace {
constexpr double kWidth = 800, kHeight = 480, kLeft = 72, kRight = 64, kTop = 44, kBottom = 56;
/// More points than this in a curve are drawn as the mean of neighbours.
constexpr size_t kMostPoints = 1600;

/// A range of values on the way from `from` to `to` pixels.
struct Axis {
  double low = 0, high = 1, from = 0, to = 1;
  bool isLog = false;

  double place(double value) const {
    double a = isLog ? std::log10(low) : low, b = isLog ? std::log10(high) : high;
    double v = isLog ? std::log10(value) : value;
    return from + (v - a) / (b - a) * (to - from);
  }
};

class Drawing {
public:
  explicit Drawing(const Chart &chart) : chart(chart), os(text) {}
  std::string draw();

private:
  bool isShown(double y, bool isShare) const {
    return std::isfinite(y) && (isShare || !chart.isLog || y > 0);
  }
  void findRanges();
  void drawAxis(const Axis &axis, int side);
  void drawCurve(const Curve &curve);
  void drawLegend();
  void drawText(double x, double y, llvm::StringRef anchor, llvm::StringRef value, int turn = 0);

  const Chart &chart;
  std::string text;
  llvm::raw_string_ostream os;
  Axis x, y, share;
  bool hasShare = false;
};
} // namespace

static std::string escaped(llvm::StringRef value) {
  std::string out;
  for (char c : value)
    out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

/// 1, 2 or 5 times a power of ten, so that the range has about `count` of it.
static double niceStep(double range, int count) {
  double raw = range / count, power = std::pow(10, std::floor(std::log10(raw))), part = raw / power;
  return power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

static llvm::SmallVector<double> ticksOf(const Axis &axis) {
  llvm::SmallVector<double> ticks;
  if (axis.isLog) {
    int first = int(std::floor(std::log10(axis.low))), last = int(std::ceil(std::log10(axis.high)));
    bool fine = last - first <= 3;
    int stride = std::max(1, (last - first) / 8);
    for (int power = first; power <= last; power += stride)
      for (double factor : {1.0, 2.0, 5.0})
        if (double v = factor * std::pow(10, power);
            (fine || factor == 1) && v >= axis.low * 0.999 && v <= axis.high * 1.001)
          ticks.push_back(v);
    return ticks;
  }
  double step = niceStep(axis.high - axis.low, 6);
  for (double k = std::ceil(axis.low / step - 1e-9); k * step <= axis.high + step * 1e-9; ++k)
    ticks.push_back(k * step);
  return ticks;
}

void Drawing::findRanges() {
  double lowX = INFINITY, highX = -INFINITY, lowY = INFINITY, highY = -INFINITY;
  for (const Curve &curve : chart.curves) {
    hasShare |= curve.isShare;
    for (auto [px, py] : curve.points) {
      if (!isShown(py, curve.isShare))
        continue;
      lowX = std::min(lowX, px);
      highX = std::max(highX, px);
      if (curve.isShare)
        continue;
      lowY = std::min(lowY, py);
      highY = std::max(highY, py);
    }
  }
  if (!(lowX <= highX))
    lowX = 0, highX = 1;
  if (!(lowY <= highY))
    lowY = chart.isLog ? 0.1 : 0, highY = 1;
  if (lowX == highX)
    ++highX;
  if (chart.isLog) { // a little air, more where all values are the same
    double air = std::max(std::pow(highY / lowY, 0.04), 1.02);
    lowY /= air, highY *= air;
  } else {
    double air = highY > lowY ? (highY - lowY) * 0.04 : std::max(std::abs(highY) * 0.1, 1e-9);
    lowY = lowY >= 0 && lowY < highY * 0.5 ? 0 : lowY - air;
    highY += air;
  }
  x = {lowX, highX, kLeft, kWidth - kRight, false};
  y = {lowY, highY, kHeight - kBottom, kTop, chart.isLog};
  share = {0, 1, kHeight - kBottom, kTop, false};
}

void Drawing::drawText(double atX, double atY, llvm::StringRef anchor, llvm::StringRef value,
                       int turn) {
  os << llvm::format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"", atX, atY) << anchor << '"';
  if (turn)
    os << llvm::format(" transform=\"rotate(%d %.1f %.1f)\"", turn, atX, atY);
  os << '>' << escaped(value) << "</text>\n";
}

/// side: 0 below, 1 on the left, 2 on the right.
void Drawing::drawAxis(const Axis &axis, int side) {
  double bottom = kHeight - kBottom, right = kWidth - kRight;
  for (double tick : ticksOf(axis)) {
    double at = axis.place(tick);
    std::string label;
    llvm::raw_string_ostream(label) << llvm::format("%.6g", std::abs(tick) < 1e-12 ? 0.0 : tick);
    if (side == 0) {
      os << llvm::format("<path class=\"tick\" d=\"M%.1f %.1fv5\"/>\n", at, bottom);
      drawText(at, bottom + 20, "middle", label);
    } else if (side == 1) {
      os << llvm::format("<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", kLeft, at, right);
      drawText(kLeft - 8, at + 4, "end", label);
    } else {
      os << llvm::format("<path class=\"tick\" d=\"M%.1f %.1fh5\"/>\n", right, at);
      drawText(right + 8, at + 4, "start", label);
    }
  }
}

void Drawing::drawCurve(const Curve &curve) {
  size_t group = (curve.points.size() + kMostPoints - 1) / kMostPoints;
  const Axis &axis = curve.isShare ? share : y;
  bool drawing = false;
  os << "<path fill=\"none\" stroke=\"" << curve.colour
     << llvm::format("\" stroke-width=\"%.1f\" d=\"", curve.width);
  for (size_t i = 0; i < curve.points.size(); i += group) {
    double sumX = 0, sumY = 0, n = 0;
    for (size_t k = i; k < std::min(i + group, curve.points.size()); ++k)
      if (isShown(curve.points[k].second, curve.isShare))
        sumX += curve.points[k].first, sumY += curve.points[k].second, ++n;
    if (n > 0)
      os << llvm::format("%c%.1f %.1f", drawing ? 'L' : 'M', x.place(sumX / n),
                         axis.place(sumY / n));
    // A single point is a dot of a line without length.
    if (n > 0 && !drawing)
      os << "h0";
    drawing = n > 0;
  }
  os << "\"/>\n";
}

void Drawing::drawLegend() {
  double at = kTop - 14, left = kLeft;
  for (const Curve &curve : chart.curves) {
    os << llvm::format("<path stroke=\"%s\" stroke-width=\"3\" d=\"M%.1f %.1fh18\"/>\n",
                       curve.colour.c_str(), left, at);
    drawText(left + 24, at + 4, "start", curve.name);
    left += 40 + 7.5 * double(curve.name.size());
  }
}

std::string Drawing::draw() {
  findRanges();
  os << llvm::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
                     "viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" font-size=\"13\" "
                     "stroke-linecap=\"round\" stroke-linejoin=\"round\">\n",
                     kWidth, kHeight, kWidth, kHeight)
     << "<style>.grid{stroke:#ddd}.tick,.frame{stroke:#555;fill:none}text{fill:#333}</style>\n"
     << llvm::format("<rect width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n", kWidth, kHeight);
  drawText(kWidth / 2, 16, "middle", chart.title);
  drawAxis(y, 1);
  drawAxis(x, 0);
  if (hasShare)
    drawAxis(share, 2);
  os << llvm::format("<path class=\"frame\" d=\"M%.1f %.1fV%.1fH%.1fV%.1f\"/>\n", kLeft, kTop,
                     kHeight - kBottom, kWidth - kRight, hasShare ? kTop : kHeight - kBottom);
  for (const Curve &curve : chart.curves)
    drawCurve(curve);
  drawLegend();
  drawText((kLeft + kWidth - kRight) / 2, kHeight - 12, "middle", chart.xName);
  drawText(18, (kTop + kHeight - kBottom) / 2, "middle", chart.yName, -90);
  if (hasShare)
    drawText(kWidth - 12, (kTop + kHeight - kBottom) / 2, "middle", chart.shareName, -90);
  os << "</svg>\n";
  return text;
}

std::string gradc::drawChart(const Chart &chart) { return Drawing(chart).draw(); }
