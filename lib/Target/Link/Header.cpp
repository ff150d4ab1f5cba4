// Header.cpp - writes the C header of a program: the manual of its object.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/Link/Link.h"
#include "gradc_abi.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace gradc::link;

namespace {
class HeaderWriter {
public:
  HeaderWriter(const Program &program, raw_ostream &os)
      : program(program), name(program.name), os(os) {}
  void write();

private:
  void writeIntroduction();
  void writeHalves();
  void writeInstance();
  void writeStruct(StringRef type, StringRef what, ArrayRef<unsigned> indices, bool input);
  void writeStructs();
  void writeFunction(const gradc::link::Function &f);
  void writeFunctions();
  void writeViews();
  void writeErrors();
  std::string argumentType(const gradc::link::Function &f, bool input) const;

  const Program &program;
  StringRef name;
  raw_ostream &os;
};
} // namespace

static StringRef cType(uint32_t dtype) {
  static constexpr const char *types[GRADC_DTYPES] = {"float",   "double",  "uint16_t", "uint16_t",
                                                      "int8_t",  "int16_t", "int32_t",  "int64_t",
                                                      "uint8_t", "uint8_t"};
  return types[dtype];
}

/// "float32 [10, 3]", as comments say it.
static std::string describe(const Tensor &t) {
  static constexpr const char *names[GRADC_DTYPES] = {
      "float32", "float64", "float16", "bfloat16", "int8",
      "int16",   "int32",   "int64",   "uint8",    "bool (a byte, 0 or 1)"};
  std::string text = std::string(names[t.dtype]) + " [";
  for (auto [i, extent] : llvm::enumerate(t.shape))
    text += (i ? ", " : "") + std::to_string(extent);
  return text + "]";
}

/// "; the first s17 of dimension 0 count", where extents follow sizes.
static std::string describeOpen(const Program &program, const Tensor &t) {
  std::string text;
  for (auto [d, open] : llvm::enumerate(t.open)) {
    auto [size, factor] = open;
    if (size)
      text += "; the first " + (factor == 1 ? "" : std::to_string(factor) + " * ") +
              program.sizes[size - 1].name + " of dimension " + std::to_string(d) + " count";
  }
  for (const Size &size : program.sizes)
    if (t.name == size.name)
      text += "; " + std::to_string(size.least) + " to " + std::to_string(size.most);
  return text;
}

/// A struct's field or a view: names that become equal as C identifiers get a number.
static std::string uniqueName(StringRef name, StringSet<> &taken) {
  std::string base = toIdentifier(name), candidate = base;
  for (unsigned i = 2; !taken.insert(candidate).second; ++i)
    candidate = base + "_" + std::to_string(i);
  return candidate;
}

static std::string upper(StringRef text) { return text.upper(); }

void HeaderWriter::writeIntroduction() {
  std::string guard = "GRADC_" + upper(name) + "_H";
  os << "/* " << name << ".h - interface of the compiled program '" << name
     << "'; written by gradc.\n"
     << " *\n"
     << " * All state of one instance is one block of memory that the caller owns, 64-byte "
        "aligned:\n"
     << " *\n"
     << " *     " << name << " *self;\n"
     << " *     void *memory = aligned_alloc(64, " << upper(name) << "_SIZE);\n"
     << " *     int code = " << name << "_init(memory, " << upper(name) << "_SIZE, NULL, &self);\n"
     << " *\n"
     << " * Several instances may be used at once, each by one thread at a time. Copying the block "
        "to\n"
     << " * another aligned place copies the instance. Functions allocate nothing and keep no "
        "other\n"
     << " * state. Tensors are dense and row-major; inputs, outputs and the block must not "
        "overlap.\n"
     << (program.sizes.empty() ? ""
                               : " * Shapes are those of the largest sizes; only what the sizes "
                                 "of a call cover is read, and\n * what lies behind it in results "
                                 "is unspecified.\n")
     << " * Functions return 0 or an error code; " << name << "_error_text() explains it.\n"
     << (program.rngOffset || program.prints ? " * The program draws random numbers or prints: "
                                               "link libgradc_rt.a beside the object.\n"
                                             : "")
     << " */\n#ifndef " << guard << "\n#define " << guard << "\n\n"
     << "#include <stddef.h>\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" "
        "{\n#endif\n\n";
}

/// What C needs for 16-bit floats, which it has no types for. Several headers may have it.
static constexpr const char *kHalves = R"(#ifndef GRADC_HALF_CONVERSIONS
#define GRADC_HALF_CONVERSIONS
#include <string.h>
/* float16 and bfloat16 tensors hold bits as uint16_t. To a float, exactly; from a float, rounded to
 * nearest even. */
static inline float gradc_float_of_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
static inline uint32_t gradc_bits_of_float(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
static inline float gradc_bf16_to_float(uint16_t bits) {
  return gradc_float_of_bits((uint32_t)bits << 16);
}
static inline uint16_t gradc_float_to_bf16(float x) {
  uint32_t bits = gradc_bits_of_float(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u)
    return 0x7fc0u;
  return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}
static inline float gradc_f16_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000u) << 16, rest = half & 0x7fffu;
  if (rest >= 0x7c00u)
    return gradc_float_of_bits(sign | 0x7f800000u | (rest & 0x3ffu) << 13);
  if (rest >= 0x400u)
    return gradc_float_of_bits(sign | ((rest << 13) + 0x38000000u));
  return gradc_float_of_bits(sign | gradc_bits_of_float((float)rest * 5.9604644775390625e-8f));
}
static inline uint16_t gradc_float_to_f16(float x) {
  uint32_t bits = gradc_bits_of_float(x), sign = bits >> 16 & 0x8000u;
  bits &= 0x7fffffffu;
  if (bits > 0x7f800000u)
    return (uint16_t)(sign | 0x7e00u);
  if (bits >= 0x477ff000u)
    return (uint16_t)(sign | 0x7c00u);
  if (bits < 0x38800000u)
    return (uint16_t)(sign | (gradc_bits_of_float(gradc_float_of_bits(bits) + 0.5f) - 0x3f000000u));
  return (uint16_t)(sign | ((bits - 0x38000000u + 0xfffu + (bits >> 13 & 1u)) >> 13));
}
#endif

)";

void HeaderWriter::writeHalves() {
  auto isHalf = [](const Tensor &t) { return t.dtype == GRADC_F16 || t.dtype == GRADC_BF16; };
  if (llvm::any_of(program.inputs, isHalf) || llvm::any_of(program.outputs, isHalf) ||
      llvm::any_of(program.variables, isHalf))
    os << kHalves;
}

void HeaderWriter::writeInstance() {
  std::string up = upper(name);
  os << "/* Bytes of one instance. */\n#define " << up << "_SIZE " << program.size << "u\n"
     << "/* The version of gradc's binary interface that the object keeps to. */\n#define " << up
     << "_ABI_VERSION " << GRADC_ABI_VERSION << "u\n"
     << "/* Changes with the inputs, outputs, variables and functions of the program. */\n#define "
     << up << "_INTERFACE UINT64_C(" << program.interfaceHash() << ")\n\n"
     << "typedef struct " << name << " " << name << "; /* an instance */\n"
     << "typedef struct " << name << "_dims " << name << "_dims; /* reserved: pass NULL */\n\n"
     << "/* The bytes of an instance: " << up << "_SIZE. */\nsize_t " << name << "_size(const "
     << name << "_dims *dims);\n"
     << "/* Makes an instance in `memory` (64-byte aligned, at least " << up
     << "_SIZE bytes) with its first contents.\n"
     << " * *out, unless out is NULL, is `memory` as an instance. Errors: memory. */\nint " << name
     << "_init(void *memory, size_t bytes, const " << name << "_dims *dims, " << name
     << " **out);\n"
     << "/* Whether the object was compiled from the same program as this header. */\n"
     << "extern const uint64_t " << name << "_interface;\n"
     << "static inline int " << name << "_matches(void) { return " << name << "_interface == " << up
     << "_INTERFACE; }\n\n";
}

void HeaderWriter::writeStruct(StringRef type, StringRef what, ArrayRef<unsigned> indices,
                               bool input) {
  if (indices.empty())
    return;
  StringSet<> taken;
  os << "/* " << what << " */\ntypedef struct " << type << " {\n";
  for (unsigned i : indices) {
    const Tensor &t = (input ? program.inputs : program.outputs)[i];
    os << "  " << (input ? "const " : "") << cType(t.dtype) << " *" << uniqueName(t.name, taken)
       << "; /* " << describe(t) << describeOpen(program, t) << " */\n";
  }
  os << "} " << type << ";\n\n";
}

/// All inputs of the program, or a function's own choice of them.
std::string HeaderWriter::argumentType(const gradc::link::Function &f, bool input) const {
  const auto &own = input ? f.inputs : f.outputs;
  size_t all = (input ? program.inputs : program.outputs).size();
  const char *suffix = input ? "_inputs" : "_outputs";
  bool same = own.size() == all;
  for (auto [i, index] : llvm::enumerate(own))
    same &= i == index;
  if (own.empty())
    return "void";
  return (name + (same ? "" : "_" + f.name) + suffix).str();
}

void HeaderWriter::writeStructs() {
  auto all = [](size_t n) { return llvm::to_vector(llvm::seq<unsigned>(0, n)); };
  writeStruct((name + "_inputs").str(), "Where the inputs are.", all(program.inputs.size()), true);
  writeStruct((name + "_outputs").str(), "Where the outputs go.", all(program.outputs.size()),
              false);
  for (const gradc::link::Function &f : program.functions) {
    for (bool input : {true, false}) {
      std::string type = argumentType(f, input);
      if (type != (name + (input ? "_inputs" : "_outputs")).str() && !(f.steps && !input))
        writeStruct(
            type,
            (Twine(input ? "Inputs" : "Outputs") + " of " + name + "_" + f.name + "().").str(),
            input ? f.inputs : f.outputs, input);
    }
  }
}

void HeaderWriter::writeFunction(const gradc::link::Function &f) {
  std::string inputs = "const " + argumentType(f, true) + " *inputs",
              outputs = argumentType(f, false) + " *outputs";
  if (f.steps == gradc::link::Function::One) {
    os << "/* One training step: gradients set to zero, forward, backward, update. Stores the loss "
          "before the\n * update unless `loss` is NULL. */\nint "
       << name << "_step(" << name << " *self, " << inputs << ", float *loss);\n";
    return;
  }
  if (f.steps == gradc::link::Function::Many) {
    os << "/* `n` steps (at least one) on the same inputs; stores the loss of the last unless "
          "`loss` "
          "is NULL. */\nint "
       << name << "_steps(" << name << " *self, " << inputs << ", size_t n, float *loss);\n";
    return;
  }
  auto list = [](raw_ostream &os, ArrayRef<unsigned> indices, const std::vector<Tensor> &tensors) {
    llvm::interleaveComma(indices, os, [&](unsigned i) { os << tensors[i].name; });
  };
  os << "/* '" << f.name << "'";
  if (!f.inputs.empty())
    list(os << " of ", f.inputs, program.inputs);
  if (!f.outputs.empty())
    list(os << ", giving ", f.outputs, program.outputs);
  os << ".";
  if (f.inputs.empty() || f.outputs.empty())
    os << " It has no "
       << (!f.inputs.empty()   ? "outputs: pass NULL there."
           : f.outputs.empty() ? "inputs and outputs: pass NULL."
                               : "inputs: pass NULL there.");
  os << " */\nint " << name << "_" << f.name << "(" << name << " *self, " << inputs << ", "
     << outputs << ");\n";
}

void HeaderWriter::writeFunctions() {
  for (const gradc::link::Function &f : program.functions)
    if (f.name != "init")
      writeFunction(f);
  os << "\n";
}

void HeaderWriter::writeViews() {
  static constexpr const char *kinds[] = {"parameter", "buffer", "gradient",
                                          "state",     "local",  "alias"};
  StringSet<> taken;
  for (StringRef used : {"size", "init", "matches", "interface", "find", "error_text", "dims",
                         "inputs", "outputs", "program"})
    taken.insert(used);
  for (const gradc::link::Function &f : program.functions)
    for (StringRef suffix : {"", "_inputs", "_outputs"})
      taken.insert((f.name + suffix).str());
  for (const Tensor &t : program.variables) {
    if (t.kind == GRADC_LOCAL)
      continue;
    std::string view = toIdentifier(t.name);
    if (taken.contains(view))
      view += std::string("_") + kinds[t.kind];
    view = (name + "_" + uniqueName(view, taken)).str();
    os << "/* " << t.name << ": " << describe(t) << describeOpen(program, t)
       << ". */\nstatic inline " << cType(t.dtype) << " *" << view << "(" << name
       << " *self) {\n  return (" << cType(t.dtype) << " *)((char *)self + " << t.offset
       << ");\n}\n";
  }
  os << "/* The data of the variable of this name, or NULL: parameters and buffers by their names, "
        "gradients\n * as \"NAME.grad\". */\nstatic inline void *"
     << name << "_find(" << name << " *self, const char *variable) {\n"
     << "  static const struct {\n    const char *name;\n    size_t offset;\n  } table[] = {";
  for (const Tensor &t : program.variables) {
    os << "\n      {\"";
    os.write_escaped(t.name) << "\", " << t.offset << "},";
  }
  os << "\n      {\"\", 0}};\n"
     << "  for (size_t i = 0; i < " << program.variables.size() << "; ++i) {\n"
     << "    const char *a = table[i].name, *b = variable;\n"
     << "    while (*a && *a == *b)\n      ++a, ++b;\n"
     << "    if (*a == *b)\n      return (char *)self + table[i].offset;\n  }\n  return "
        "NULL;\n}\n\n";
}

void HeaderWriter::writeErrors() {
  os << "/* Text of an error code; never NULL. */\nstatic inline const char *" << name
     << "_error_text(int code) {\n  switch (code) {\n"
     << "  case " << GRADC_OK << ":\n    return \"no error\";\n"
     << "  case " << GRADC_ERROR_FREED_GRAPH
     << ":\n    return \"backward through a graph that an earlier backward freed\";\n"
     << "  case " << GRADC_ERROR_VERSION
     << ":\n    return \"the program was compiled for another version of the interface\";\n"
     << "  case " << GRADC_ERROR_MEMORY
     << ":\n    return \"the instance's memory is NULL, too small or not 64-byte aligned\";\n"
     << "  case " << GRADC_ERROR_ARGUMENT
     << ":\n    return \"a NULL input or output, or an argument out of range\";\n"
     << "  case " << GRADC_ERROR_BOUNDS << ":\n    return \"index out of range\";\n"
     << "  case " << GRADC_ERROR_DEVICE << ":\n    return \"the GPU or its driver failed\";\n";
  for (auto [i, text] : llvm::enumerate(program.expectations)) {
    os << "  case " << GRADC_ERROR_EXPECTATION + i << ":\n    return \"";
    os.write_escaped(text, /*UseHexEscapes=*/false) << "\";\n";
  }
  os << "  default:\n    return \"unknown error code\";\n  }\n}\n\n";
}

void HeaderWriter::write() {
  writeIntroduction();
  writeHalves();
  writeInstance();
  writeStructs();
  writeFunctions();
  writeViews();
  writeErrors();
  os << "#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
}

std::string gradc::link::emitHeader(const Program &program) {
  std::string text;
  raw_string_ostream os(text);
  HeaderWriter(program, os).write();
  return text;
}
