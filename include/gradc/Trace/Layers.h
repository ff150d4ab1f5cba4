// Layers.h - torch.nn: activations, dropout, pooling and embedding as modules.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef GRADC_TRACE_LAYERS_H
#define GRADC_TRACE_LAYERS_H

#include "gradc/Trace/Modules.h"
#include "gradc/Trace/Structure.h"

namespace gradc {
namespace nn {

//===-- Activations ---------------------------------------------------------------------------===//

/// An elementwise function of floats; the numbers that it takes are those of PyTorch's module.
class Activation : public Layer {
public:
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;

protected:
  using Numbers = std::vector<std::pair<const char *, double>>;
  explicit Activation(const char *op, Numbers numbers = {}) : op(op), numbers(std::move(numbers)) {}

  std::string approximate; // of GELU

private:
  const char *op;
  Numbers numbers;
};

#define GRADC_ACTIVATION(NAME, OP)                                                                 \
  class NAME : public Activation {                                                                 \
  public:                                                                                          \
    NAME() : Activation(OP) {}                                                                     \
  };
GRADC_ACTIVATION(ReLU6, "relu6")
GRADC_ACTIVATION(SELU, "selu")
GRADC_ACTIVATION(SiLU, "silu")
GRADC_ACTIVATION(Mish, "mish")
GRADC_ACTIVATION(Hardswish, "hardswish")
GRADC_ACTIVATION(Hardsigmoid, "hardsigmoid")
GRADC_ACTIVATION(Tanhshrink, "tanhshrink")
GRADC_ACTIVATION(Softsign, "softsign")
GRADC_ACTIVATION(LogSigmoid, "logsigmoid")
#undef GRADC_ACTIVATION

class GELU : public Activation {
public:
  /// "none" or "tanh".
  explicit GELU(const std::string &approximate = "none") : Activation("gelu") {
    this->approximate = approximate;
  }
};
class LeakyReLU : public Activation {
public:
  explicit LeakyReLU(double negative_slope = 0.01)
      : Activation("leaky_relu", {{"negative_slope", negative_slope}}) {}
};
class ELU : public Activation {
public:
  explicit ELU(double alpha = 1) : Activation("elu", {{"alpha", alpha}}) {}
};
class CELU : public Activation {
public:
  explicit CELU(double alpha = 1) : Activation("celu", {{"alpha", alpha}}) {}
};
class Softplus : public Activation {
public:
  explicit Softplus(double beta = 1, double threshold = 20)
      : Activation("softplus", {{"beta", beta}, {"threshold", threshold}}) {}
};
class Hardtanh : public Activation {
public:
  explicit Hardtanh(double min_val = -1, double max_val = 1)
      : Activation("hardtanh", {{"min_val", min_val}, {"max_val", max_val}}) {}
};
class Hardshrink : public Activation {
public:
  explicit Hardshrink(double lambd = 0.5) : Activation("hardshrink", {{"lambd", lambd}}) {}
};
class Softshrink : public Activation {
public:
  explicit Softshrink(double lambd = 0.5) : Activation("softshrink", {{"lambd", lambd}}) {}
};
class Threshold : public Activation {
public:
  Threshold(double threshold, double value)
      : Activation("threshold", {{"threshold", threshold}, {"value", value}}) {}
};

/// x, or a weight (one, or one a channel) times x below 0.
class PReLU : public Layer {
public:
  explicit PReLU(int64_t num_parameters = 1, double init = 0.25, const Options &options = {},
                 Location where = Location::here());
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;
  void visit(Visitor &visitor) override { visitor.parameter("weight", weight); }

  Tensor weight;
};

class Softmax : public Layer {
public:
  explicit Softmax(int64_t dim) : dim(dim) {}
  Tensor forward(const Tensor &x, Location where = Location::here()) const override {
    return softmax(x, dim, where);
  }

private:
  int64_t dim;
};
class LogSoftmax : public Layer {
public:
  explicit LogSoftmax(int64_t dim) : dim(dim) {}
  Tensor forward(const Tensor &x, Location where = Location::here()) const override {
    return log_softmax(x, dim, where);
  }

private:
  int64_t dim;
};

//===-- Dropout -------------------------------------------------------------------------------===//

// After `train()` the mode of the compiled entry point decides, which a script trains in; after
// `eval()` nothing is dropped.
#define GRADC_DROPOUT(NAME, FUNCTION)                                                              \
  class NAME : public Layer {                                                                      \
  public:                                                                                          \
    explicit NAME(double p = 0.5) : p(p) {}                                                        \
    Tensor forward(const Tensor &x, Location where = Location::here()) const override {            \
      return FUNCTION(x, p, is_training(), where);                                                 \
    }                                                                                              \
                                                                                                   \
  private:                                                                                         \
    double p;                                                                                      \
  };
GRADC_DROPOUT(Dropout, dropout)
GRADC_DROPOUT(Dropout1d, dropout1d)
GRADC_DROPOUT(Dropout2d, dropout2d)
GRADC_DROPOUT(Dropout3d, dropout3d)
GRADC_DROPOUT(AlphaDropout, alpha_dropout)
GRADC_DROPOUT(FeatureAlphaDropout, feature_alpha_dropout)
#undef GRADC_DROPOUT

//===-- Pooling -------------------------------------------------------------------------------===//

#define GRADC_POOLING(NAME, FUNCTION)                                                              \
  class NAME : public Layer {                                                                      \
  public:                                                                                          \
    explicit NAME(const Dims &kernel_size, const Pool &options = {})                               \
        : kernel(kernel_size.list()), options(options) {}                                          \
    Tensor forward(const Tensor &x, Location where = Location::here()) const override {            \
      return FUNCTION(x, kernel, options, where);                                                  \
    }                                                                                              \
                                                                                                   \
  private:                                                                                         \
    Shape kernel;                                                                                  \
    Pool options;                                                                                  \
  };
GRADC_POOLING(MaxPool1d, max_pool1d)
GRADC_POOLING(MaxPool2d, max_pool2d)
GRADC_POOLING(MaxPool3d, max_pool3d)
GRADC_POOLING(AvgPool1d, avg_pool1d)
GRADC_POOLING(AvgPool2d, avg_pool2d)
GRADC_POOLING(AvgPool3d, avg_pool3d)
#undef GRADC_POOLING

#define GRADC_POOLING(NAME, FUNCTION)                                                              \
  class NAME : public Layer {                                                                      \
  public:                                                                                          \
    explicit NAME(const Dims &output_size) : sizes(output_size.list()) {}                          \
    Tensor forward(const Tensor &x, Location where = Location::here()) const override {            \
      return FUNCTION(x, sizes, where);                                                            \
    }                                                                                              \
                                                                                                   \
  private:                                                                                         \
    Shape sizes;                                                                                   \
  };
GRADC_POOLING(AdaptiveAvgPool1d, adaptive_avg_pool1d)
GRADC_POOLING(AdaptiveAvgPool2d, adaptive_avg_pool2d)
GRADC_POOLING(AdaptiveAvgPool3d, adaptive_avg_pool3d)
#undef GRADC_POOLING

//===-- Embedding -----------------------------------------------------------------------------===//

/// Rows of a weight that is drawn from the normal distribution; the row `padding_idx` is zero and
/// has no gradient. Negative ones count from the end.
class Embedding : public Layer {
public:
  Embedding(int64_t num_embeddings, int64_t embedding_dim, std::optional<int64_t> padding_idx = {},
            const Options &options = {}, Location where = Location::here());
  Tensor forward(const Tensor &indices, Location where = Location::here()) const override;
  void visit(Visitor &visitor) override { visitor.parameter("weight", weight); }

  Tensor weight;

private:
  int64_t padding = -1;
};

} // namespace nn
} // namespace gradc

#endif // GRADC_TRACE_LAYERS_H
