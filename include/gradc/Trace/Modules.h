// Modules.h - torch.nn: layers with parameters, buffers and PyTorch's initialisation.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parameters are drawn where a layer is made, from the same stream and in the same order as
// PyTorch's. C++ leaves open in which order the arguments of a call are evaluated, but not those
// of a list in braces: write `nn::Sequential{nn::Linear(3, 4), nn::ReLU()}`.
#ifndef GRADC_TRACE_MODULES_H
#define GRADC_TRACE_MODULES_H

#include "gradc/Trace/Control.h"
#include "gradc/Trace/Functional.h"
#include "gradc/Trace/Indexing.h"

namespace gradc {
namespace nn {

class Module;

/// What a module tells of itself: `visit` of a module calls these in PyTorch's order.
class Visitor {
public:
  virtual ~Visitor() = default;
  /// An undefined tensor is passed over.
  virtual void parameter(const std::string &name, const Tensor &tensor) = 0;
  virtual void buffer(const std::string &name, const Tensor &tensor) = 0;
  virtual void module(const std::string &name, Module &child) = 0;
};

/// A layer, or a model of layers. A module of your own lists what it has:
///
///     struct Net : nn::Module {
///       nn::Linear first{3, 4}, second{4, 1};
///       void visit(nn::Visitor &v) override { v.module("first", first); v.module("second",
///       second); } Tensor forward(const Tensor &x) { return second(first(x).relu()); }
///     };
class Module {
public:
  virtual ~Module() = default;
  virtual void visit(Visitor &visitor) = 0;

  std::vector<Tensor> parameters() const;
  /// With PyTorch's names: "0.weight", "first.bias".
  std::vector<std::pair<std::string, Tensor>> named_parameters() const;
  std::vector<std::pair<std::string, Tensor>> named_buffers() const;
  /// Batch norms and dropouts behave as in training, or not. It holds for the calls that follow.
  void train(bool mode = true);
  void eval() { train(false); }
  bool is_training() const { return training; }
  /// Sets the gradients of the parameters to None, or to zeros.
  void zero_grad(bool set_to_none = true, Location where = Location::here()) const;

protected:
  bool training = true;
};

/// A module of one tensor to one tensor.
class Layer : public Module {
public:
  virtual Tensor forward(const Tensor &x, Location where = Location::here()) const = 0;
  Tensor operator()(const Tensor &x, Location where = Location::here()) const {
    return forward(x, where);
  }
  void visit(Visitor &) override {}
};

/// Layers one after another; their names are "0", "1", and so on.
class Sequential : public Layer {
public:
  Sequential() = default;
  template <class... Layers, class = std::enable_if_t<(std::is_base_of_v<Layer, Layers> && ...)>>
  Sequential(Layers... layers) {
    (push_back(std::move(layers)), ...);
  }
  template <class T> void push_back(T layer) {
    layers.push_back(std::make_shared<T>(std::move(layer)));
  }
  size_t size() const { return layers.size(); }
  Layer &operator[](size_t i) { return *layers.at(i); }
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;
  void visit(Visitor &visitor) override;

private:
  std::vector<std::shared_ptr<Layer>> layers;
};

/// x @ weight.t() + bias. The weight [out, in], then the bias [out], are drawn as torch.nn.Linear
/// does: uniform in (-1/sqrt(in), 1/sqrt(in)).
class Linear : public Layer {
public:
  Linear(int64_t in_features, int64_t out_features, bool bias = true, const Options &options = {},
         Location where = Location::here());
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;
  void visit(Visitor &visitor) override;

  Tensor weight, bias;
};

class Flatten : public Layer {
public:
  explicit Flatten(int64_t start_dim = 1, int64_t end_dim = -1) : start(start_dim), end(end_dim) {}
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;

private:
  int64_t start, end;
};

class Identity : public Layer {
public:
  Tensor forward(const Tensor &x, Location = Location::here()) const override { return x; }
};

/// Any function of one tensor as a layer: `nn::Function([](Tensor x) { return x.sin(); })`.
class Function : public Layer {
public:
  Function(std::function<Tensor(const Tensor &)> function) : function(std::move(function)) {}
  Tensor forward(const Tensor &x, Location = Location::here()) const override {
    return function(x);
  }

private:
  std::function<Tensor(const Tensor &)> function;
};

#define GRADC_ACTIVATION(NAME, FUNCTION)                                                           \
  class NAME : public Layer {                                                                      \
  public:                                                                                          \
    Tensor forward(const Tensor &x, Location where = Location::here()) const override {            \
      return x.FUNCTION(where);                                                                    \
    }                                                                                              \
  };
GRADC_ACTIVATION(ReLU, relu)
GRADC_ACTIVATION(Tanh, tanh)
GRADC_ACTIVATION(Sigmoid, sigmoid)
#undef GRADC_ACTIVATION

/// A convolution over 1 to 3 spatial dims, or a transposed one; the lists of `Conv` and the kernel
/// have one number, or one for each dim. Initialised as torch.nn.Conv2d is.
class Convolution : public Layer {
public:
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;
  void visit(Visitor &visitor) override;

  /// [out, in / groups, kernel], of a transposed one [in, out / groups, kernel].
  Tensor weight, bias;

protected:
  using Apply = Tensor (*)(const Tensor &, const Tensor &, const Tensor &, const Conv &, Location);
  Convolution(Apply apply, size_t spatial, bool transposed, int64_t in, int64_t out,
              const Dims &kernel_size, const Conv &conv, bool bias, const Options &options,
              Location where);

private:
  Apply apply;
  Conv conv;
};

#define GRADC_CONVOLUTION(NAME, FUNCTION, SPATIAL, TRANSPOSED)                                     \
  class NAME : public Convolution {                                                                \
  public:                                                                                          \
    NAME(int64_t in_channels, int64_t out_channels, const Dims &kernel_size,                       \
         const Conv &conv = {}, bool bias = true, const Options &options = {},                     \
         Location where = Location::here())                                                        \
        : Convolution(FUNCTION, SPATIAL, TRANSPOSED, in_channels, out_channels, kernel_size, conv, \
                      bias, options, where) {}                                                     \
  };
GRADC_CONVOLUTION(Conv1d, conv1d, 1, false)
GRADC_CONVOLUTION(Conv2d, conv2d, 2, false)
GRADC_CONVOLUTION(Conv3d, conv3d, 3, false)
GRADC_CONVOLUTION(ConvTranspose1d, conv_transpose1d, 1, true)
GRADC_CONVOLUTION(ConvTranspose2d, conv_transpose2d, 2, true)
GRADC_CONVOLUTION(ConvTranspose3d, conv_transpose3d, 3, true)
#undef GRADC_CONVOLUTION

// Norms. `affine` ones have a weight of ones and a bias of zeros.
class LayerNorm : public Layer {
public:
  LayerNorm(const Shape &normalized_shape, double eps = 1e-5, bool elementwise_affine = true,
            bool bias = true, const Options &options = {}, Location where = Location::here());
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;
  void visit(Visitor &visitor) override;

  Tensor weight, bias;

private:
  Shape shape;
  double eps;
};

class RMSNorm : public Layer {
public:
  RMSNorm(const Shape &normalized_shape, std::optional<double> eps = {},
          bool elementwise_affine = true, const Options &options = {},
          Location where = Location::here());
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;
  void visit(Visitor &visitor) override;

  Tensor weight;

private:
  Shape shape;
  std::optional<double> eps;
};

class GroupNorm : public Layer {
public:
  GroupNorm(int64_t num_groups, int64_t num_channels, double eps = 1e-5, bool affine = true,
            const Options &options = {}, Location where = Location::here());
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;
  void visit(Visitor &visitor) override;

  Tensor weight, bias;

private:
  int64_t groups;
  double eps;
};

/// torch.nn.BatchNorm1d, 2d and 3d: in training it normalises by the batch and updates the running
/// statistics, else it normalises by those.
class BatchNorm : public Layer {
public:
  BatchNorm(int64_t num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true,
            bool track_running_stats = true, const Options &options = {},
            Location where = Location::here());
  Tensor forward(const Tensor &x, Location where = Location::here()) const override;
  void visit(Visitor &visitor) override;

  Tensor weight, bias, running_mean, running_var;

private:
  double eps, momentum;
};
using BatchNorm1d = BatchNorm;
using BatchNorm2d = BatchNorm;
using BatchNorm3d = BatchNorm;

/// Attention of several heads, with torch.nn.MultiheadAttention's parameters; q, k and v have the
/// same size. The weights of the attention itself are not among its results.
class MultiheadAttention : public Module {
public:
  MultiheadAttention(int64_t embed_dim, int64_t num_heads, bool bias = true,
                     bool batch_first = false, const Options &options = {},
                     Location where = Location::here());
  Tensor forward(const Tensor &query, const Tensor &key, const Tensor &value,
                 const functional::AttentionOptions &attention = {},
                 Location where = Location::here()) const;
  Tensor operator()(const Tensor &query, const Tensor &key, const Tensor &value,
                    const functional::AttentionOptions &attention = {},
                    Location where = Location::here()) const {
    return forward(query, key, value, attention, where);
  }
  void visit(Visitor &visitor) override;

  Tensor in_proj_weight, in_proj_bias;
  Linear out_proj;
  /// Of the weights of the attention, while it trains.
  double dropout = 0;

private:
  Tensor heads(const Tensor &x, int64_t part, Location where) const;

  int64_t size, count;
  bool batchFirst;
};

/// What LSTM, GRU and RNN have in common: y, and the last states.
struct Recurred {
  Tensor y, h, c;
};
class Recurrent : public Module {
public:
  /// States may be left out: zeros.
  Recurred forward(const Tensor &x, const std::vector<Tensor> &states = {},
                   Location where = Location::here()) const;
  Recurred operator()(const Tensor &x, const std::vector<Tensor> &states = {},
                      Location where = Location::here()) const {
    return forward(x, states, where);
  }
  void visit(Visitor &visitor) override;

  /// In PyTorch's order: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, ...
  std::vector<Tensor> weights;

protected:
  Recurrent(std::string op, int64_t gates, int64_t input_size, int64_t hidden_size,
            const functional::RecurrentOptions &config, const Options &options, Location where);

private:
  std::string op;
  functional::RecurrentOptions config;
};

class LSTM : public Recurrent {
public:
  LSTM(int64_t input_size, int64_t hidden_size, const functional::RecurrentOptions &config = {},
       const Options &options = {}, Location where = Location::here())
      : Recurrent("lstm", 4, input_size, hidden_size, config, options, where) {}
};
class GRU : public Recurrent {
public:
  GRU(int64_t input_size, int64_t hidden_size, const functional::RecurrentOptions &config = {},
      const Options &options = {}, Location where = Location::here())
      : Recurrent("gru", 3, input_size, hidden_size, config, options, where) {}
};
class RNN : public Recurrent {
public:
  /// `nonlinearity` is tanh or relu.
  RNN(int64_t input_size, int64_t hidden_size, const std::string &nonlinearity = "tanh",
      const functional::RecurrentOptions &config = {}, const Options &options = {},
      Location where = Location::here())
      : Recurrent("rnn_" + nonlinearity, 1, input_size, hidden_size, config, options, where) {}
};

/// One step: the states in, the states out.
class RecurrentCell : public Module {
public:
  std::vector<Tensor> forward(const Tensor &x, const std::vector<Tensor> &states,
                              Location where = Location::here()) const;
  std::vector<Tensor> operator()(const Tensor &x, const std::vector<Tensor> &states,
                                 Location where = Location::here()) const {
    return forward(x, states, where);
  }
  void visit(Visitor &visitor) override;

  /// weight_ih, weight_hh, bias_ih, bias_hh.
  std::vector<Tensor> weights;

protected:
  RecurrentCell(std::string op, int64_t gates, int64_t input_size, int64_t hidden_size, bool bias,
                const Options &options, Location where);

private:
  std::string op;
};

class LSTMCell : public RecurrentCell {
public:
  LSTMCell(int64_t input_size, int64_t hidden_size, bool bias = true, const Options &options = {},
           Location where = Location::here())
      : RecurrentCell("lstm_cell", 4, input_size, hidden_size, bias, options, where) {}
};
class GRUCell : public RecurrentCell {
public:
  GRUCell(int64_t input_size, int64_t hidden_size, bool bias = true, const Options &options = {},
          Location where = Location::here())
      : RecurrentCell("gru_cell", 3, input_size, hidden_size, bias, options, where) {}
};
class RNNCell : public RecurrentCell {
public:
  RNNCell(int64_t input_size, int64_t hidden_size, const std::string &nonlinearity = "tanh",
          bool bias = true, const Options &options = {}, Location where = Location::here())
      : RecurrentCell("rnn_" + nonlinearity + "_cell", 1, input_size, hidden_size, bias, options,
                      where) {}
};

/// torch.nn.init: new contents of a tensor, from PyTorch's random stream.
namespace init {
void uniform_(const Tensor &x, double from = 0, double to = 1, Location where = Location::here());
void normal_(const Tensor &x, double mean = 0, double std = 1, Location where = Location::here());
void constant_(const Tensor &x, double value, Location where = Location::here());
void zeros_(const Tensor &x, Location where = Location::here());
void ones_(const Tensor &x, Location where = Location::here());
void xavier_uniform_(const Tensor &x, double gain = 1, Location where = Location::here());
void xavier_normal_(const Tensor &x, double gain = 1, Location where = Location::here());
/// For leaky_relu of slope `a` (a relu: 0), by the size of the input.
void kaiming_uniform_(const Tensor &x, double a = 0, Location where = Location::here());
void kaiming_normal_(const Tensor &x, double a = 0, Location where = Location::here());
} // namespace init

} // namespace nn
} // namespace gradc

#endif // GRADC_TRACE_MODULES_H
