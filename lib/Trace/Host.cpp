// Host.cpp - print, devices and errors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Graph.h"
#include "Text.h"
#include <cstring>

namespace gradc {

Error::Error(Location where, const std::string &text)
    : std::runtime_error(std::string(where.file) + ":" + std::to_string(where.line) +
                         ": error: " + text),
      where(where), text(text) {}

// Whether the program asked: from then on "cuda" means "cuda if there is one".
static thread_local bool wasCudaAsked = false;

CudaAvailable cuda::is_available() {
  wasCudaAsked = true;
  return {};
}

Device::Device(const char *name, Location where) {
  if (!std::strcmp(name, "cpu"))
    return;
  if (std::strcmp(name, "cuda") && std::strcmp(name, "cuda:0"))
    detail::fail(where, std::string("Expected one of cpu, cuda, cuda:0 as device, got: ") + name);
  kind = wasCudaAsked ? Kind::automatic : Kind::cuda;
}

Options Options::dtype(Dtype value) const {
  Options result = *this;
  result.dtypeOption = value;
  return result;
}

Options Options::device(Device value) const {
  Options result = *this;
  result.deviceOption = value;
  return result;
}

Options Options::requires_grad(bool value) const {
  Options result = *this;
  result.requiresGradOption = value;
  return result;
}

static detail::Operand printed(detail::Context &context, const PrintArg &arg) {
  if (arg.tensor)
    return context.use(*arg.tensor, arg.where);
  if (arg.item)
    return context.use(detail::Access::tensor(*arg.item), arg.where);
  if (arg.text)
    return "{\"op\": \"text\", \"value\": " + detail::quoted(*arg.text) + "}";
  std::string number = detail::numberText(*arg.number, arg.where);
  // Python prints inf and nan as they are quoted here.
  return number.front() == '"' ? "{\"op\": \"text\", \"value\": " + number + "}" : number;
}

void print(const PrintArg &a, const PrintArg &b, const PrintArg &c, const PrintArg &d,
           const PrintArg &e, const PrintArg &f, const PrintArg &g, const PrintArg &h,
           const PrintArg &i, const PrintArg &j, const PrintArg &k, const PrintArg &l) {
  detail::Context &context = detail::Context::get(a.where);
  std::vector<detail::Operand> inputs;
  for (const PrintArg *arg : {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j, &k, &l})
    if (arg->tensor || arg->item || arg->text || arg->number)
      inputs.push_back(printed(context, *arg));
  context.append("print", std::move(inputs), {}, detail::Effect::fixed, a.where);
}

} // namespace gradc
