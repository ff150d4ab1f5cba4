// Assembler.cpp - NVIDIA's own tools: where they are, and machine code for GPUs by them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gradc/Target/Link/Link.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace gradc::link;

//===-- Where they are ------------------------------------------------------------------------===//

/// A folder that has them, and no other is looked into.
static constexpr const char *kOnlyFolder = "GRADC_CUDA_BIN";
/// Where toolkits stand, as CMake and others have it.
static constexpr const char *kHomes[] = {"CUDA_HOME", "CUDA_PATH"};

/// /usr/local/cuda-13.0 and its like, the newest first.
static std::vector<std::string> installedToolkits() {
  std::vector<std::pair<unsigned, std::string>> found;
  std::error_code code;
  for (sys::fs::directory_iterator it("/usr/local", code), end; !code && it != end;
       it.increment(code)) {
    StringRef version = sys::path::filename(it->path());
    unsigned major = 0, minor = 0;
    if (!version.consume_front("cuda-") || version.consumeInteger(10, major))
      continue;
    if (version.consume_front("."))
      (void)version.consumeInteger(10, minor);
    found.emplace_back(major * 1000 + minor, it->path());
  }
  sort(found, [](auto &a, auto &b) { return a > b; });
  std::vector<std::string> paths;
  for (auto &[number, path] : found)
    paths.push_back(path);
  return paths;
}

DeviceTool gradc::link::findDeviceTool(StringRef name) {
  DeviceTool tool;
  auto isThere = [&](const Twine &folder) {
    SmallString<128> path;
    folder.toVector(path);
    tool.seen.push_back(path.str().str());
    sys::path::append(path, name);
    if (!sys::fs::can_execute(path) || sys::fs::is_directory(path))
      return false;
    tool.path = path.str().str();
    return true;
  };
  if (auto folder = sys::Process::GetEnv(kOnlyFolder); folder && !folder->empty()) {
    (void)isThere(*folder);
    return tool;
  }
  for (const char *variable : kHomes)
    if (auto home = sys::Process::GetEnv(variable); home && !home->empty())
      if (isThere(*home + "/bin"))
        return tool;
  tool.seen.push_back("PATH");
  if (auto found = sys::findProgramByName(name)) {
    tool.path = *found;
    return tool;
  }
  if (isThere("/usr/local/cuda/bin"))
    return tool;
  for (const std::string &toolkit : installedToolkits())
    if (isThere(toolkit + "/bin"))
      return tool;
  return tool;
}

std::string DeviceTool::searched() const {
  std::string text = join(seen, ", ");
  if (auto folder = sys::Process::GetEnv(kOnlyFolder); folder && !folder->empty())
    return text + ", as " + kOnlyFolder + " says";
  for (const char *variable : kHomes)
    if (auto home = sys::Process::GetEnv(variable); !home || home->empty())
      text += std::string("; ") + variable + " is not set";
  return text;
}

//===-- Running them --------------------------------------------------------------------------===//

namespace {

/// Files that go when this does.
class Scratch {
public:
  ~Scratch() {
    for (const std::string &path : paths)
      (void)sys::fs::remove(path);
  }
  /// The path of a new file; empty where none can be made.
  std::string make(StringRef suffix) {
    SmallString<128> path;
    if (sys::fs::createTemporaryFile("gradc-device", suffix, path))
      return "";
    paths.push_back(path.str().str());
    return paths.back();
  }

private:
  std::vector<std::string> paths;
};

/// One run of a tool.
struct Job {
  uint32_t capability = 0;
  std::string output, log;
  sys::ProcessInfo process;
  std::string why; // it did not start

  void start(StringRef program, ArrayRef<StringRef> arguments) {
    bool failed = false;
    process = sys::ExecuteNoWait(program, arguments, std::nullopt, {StringRef(), log, log}, 0, &why,
                                 &failed);
    if (failed && why.empty())
      why = "it does not start";
  }
  /// The exit code, and what was printed. A process is waited for once.
  int finish(std::string &said) {
    if (!why.empty())
      return -1;
    int code = sys::Wait(process, std::nullopt, &why).ReturnCode;
    if (auto file = MemoryBuffer::getFile(log))
      said = (*file)->getBuffer().str();
    return code;
  }
};

} // namespace

static bool writeFile(StringRef path, StringRef content) {
  std::error_code code;
  raw_fd_ostream os(path, code);
  if (code)
    return false;
  os << content;
  os.close();
  bool isWhole = !os.has_error();
  os.clear_error();
  return isWhole;
}

static std::optional<std::string> readFile(StringRef path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file || (*file)->getBufferSize() == 0)
    return std::nullopt;
  return (*file)->getBuffer().str();
}

//===-- What ptxas says -----------------------------------------------------------------------===//

/// The number before `unit` in "Used 32 registers, used 1 barriers, 8192 bytes smem".
static uint32_t numberBefore(StringRef line, StringRef unit) {
  size_t at = line.find(unit);
  uint32_t number = 0;
  if (at == StringRef::npos)
    return 0;
  StringRef head = line.take_front(at).rtrim();
  (void)head.substr(head.find_last_not_of("0123456789") + 1).getAsInteger(10, number);
  return number;
}

static void readResources(StringRef said, uint32_t capability, DeviceCode &code) {
  KernelResources now;
  SmallVector<StringRef> lines;
  said.split(lines, '\n');
  for (StringRef line : lines) {
    size_t at = line.find("Compiling entry function '");
    if (at != StringRef::npos) {
      now = {};
      now.kernel = line.substr(at).split('\'').second.split('\'').first.str();
      now.capability = capability;
    } else if (line.contains(" bytes stack frame")) {
      now.stackBytes = numberBefore(line, " bytes stack frame");
      now.spilledBytes =
          numberBefore(line, " bytes spill stores") + numberBefore(line, " bytes spill loads");
    } else if (line.contains(" registers") && !now.kernel.empty()) {
      now.registers = numberBefore(line, " registers");
      now.sharedBytes = numberBefore(line, " bytes smem");
      code.resources.push_back(now);
      now = {};
    }
  }
}

/// The kernel that this line of PTX, counted from 1, belongs to; empty before the first.
static StringRef kernelAt(StringRef ptx, unsigned number) {
  StringRef kernel;
  for (unsigned i = 0; i < number && !ptx.empty(); ++i) {
    auto [line, rest] = ptx.split('\n');
    ptx = rest;
    size_t at = line.find(".entry ");
    if (at != StringRef::npos)
      kernel = line.substr(at + 7).take_until([](char c) { return c == '('; }).trim();
  }
  return kernel;
}

/// "ptxas FILE, line 12; error : TEXT", or "ptxas fatal : TEXT".
static void reportFailure(StringRef said, StringRef tool, uint32_t capability,
                          const DeviceCode &code, KernelErrorHandler error) {
  SmallVector<StringRef> lines;
  said.split(lines, '\n');
  StringRef text = said.trim(), kernel;
  for (StringRef line : lines) {
    if (!line.contains("error") && !line.contains("fatal"))
      continue;
    text = line.trim();
    size_t at = line.find(", line ");
    unsigned number = 0;
    StringRef digits = at == StringRef::npos ? StringRef() : line.substr(at + 7);
    if (!digits.consumeInteger(10, number))
      kernel = kernelAt(code.ptx(), number);
    // "... function 'NAME'" where there is no line, as for shared memory of which there is too
    // much.
    for (const std::string &name : code.kernels)
      if (kernel.empty() && line.contains("'" + name + "'"))
        kernel = name;
    break;
  }
  error(kernel, tool + " makes no code for sm_" + Twine(capability) +
                    " of it: " + (text.empty() ? "it ended without a word" : text.take_front(400)));
}

/// Runs ptxas for every GPU. The cubins, in the order of `targets`; false after an error.
static bool runPtxas(StringRef ptxas, const DeviceTargets &targets, DeviceCode &code,
                     std::vector<DeviceImage> &cubins, KernelErrorHandler error) {
  Scratch scratch;
  std::string source = scratch.make("ptx");
  if (source.empty() || !writeFile(source, code.ptx())) {
    error("", "cannot write a temporary file for ptxas");
    return false;
  }
  // Side by side: none needs what another makes.
  std::vector<Job> jobs(targets.cubins.size());
  for (auto [job, capability] : zip(jobs, targets.cubins)) {
    job.capability = capability;
    job.output = scratch.make("cubin");
    job.log = scratch.make("txt");
    std::string architecture = "-arch=sm_" + std::to_string(capability);
    job.start(ptxas, {ptxas, "-v", architecture, source, "-o", job.output});
  }
  bool complete = true;
  for (Job &job : jobs) {
    std::string said;
    int status = job.finish(said);
    std::optional<std::string> cubin = readFile(job.output);
    if (status != 0 || !cubin) {
      if (complete)
        reportFailure(job.why.empty() ? said : job.why, ptxas, job.capability, code, error);
      complete = false;
      continue;
    }
    readResources(said, job.capability, code);
    cubins.push_back({std::move(*cubin), job.capability, false});
  }
  return complete;
}

/// Lets a kernel have `most` registers, as far as all threads of a block fit then. Left alone,
/// ptxas may rather spill than go beyond what it thinks is best for the number of blocks.
static bool allowRegisters(std::string &ptx, StringRef kernel, unsigned most) {
  constexpr unsigned registersOfBlock = 65536;
  size_t at = ptx.find(".entry " + kernel.str() + "(");
  size_t body = at == std::string::npos ? at : ptx.find("\n{", at);
  if (body == std::string::npos)
    return false;
  StringRef head = StringRef(ptx).slice(at, body);
  StringRef threads = head.split(".maxntid ").second;
  unsigned count = 0;
  if (!threads.consumeInteger(10, count) && count)
    most = std::min(most, registersOfBlock / count / 8 * 8);
  std::string allowed = "\n.maxnreg " + std::to_string(most);
  size_t known = head.find("\n.maxnreg ");
  if (known == StringRef::npos)
    ptx.insert(body, allowed);
  else
    ptx.replace(at + known, body - at - known, allowed);
  return true;
}

bool gradc::link::assembleDevice(StringRef ptxas, const DeviceTargets &targets, DeviceCode &code,
                                 KernelErrorHandler error) {
  for (unsigned allowed : {64, 128, 255, 0}) {
    std::vector<DeviceImage> cubins;
    code.resources.clear();
    if (!runPtxas(ptxas, targets, code, cubins, error))
      return false;
    bool again = false;
    for (const KernelResources &r : code.resources)
      if (allowed && r.spilledBytes)
        again |= allowRegisters(code.images.back().content, r.kernel, allowed);
    if (again)
      continue;
    code.images.insert(code.images.begin(), std::make_move_iterator(cubins.begin()),
                       std::make_move_iterator(cubins.end()));
    break;
  }
  return true;
}

bool gradc::link::packDevice(StringRef fatbinary, const DeviceCode &code, std::string &container,
                             ErrorHandler error) {
  Scratch scratch;
  Job job;
  job.output = scratch.make("fatbin");
  job.log = scratch.make("txt");
  std::vector<std::string> arguments{fatbinary.str(), "--64", "--create=" + job.output};
  for (const DeviceImage &image : code.images) {
    std::string file = scratch.make(image.isPtx ? "ptx" : "cubin");
    if (file.empty() || !writeFile(file, image.isPtx ? code.ptx() : StringRef(image.content))) {
      error("cannot write a temporary file for fatbinary");
      return false;
    }
    arguments.push_back("--image3=kind=" + std::string(image.isPtx ? "ptx" : "elf") +
                        ",sm=" + std::to_string(image.capability) + ",file=" + file);
  }
  job.start(fatbinary, to_vector_of<StringRef>(arguments));
  std::string said;
  int status = job.finish(said);
  std::optional<std::string> made = readFile(job.output);
  if (status == 0 && made) {
    container = std::move(*made);
    return true;
  }
  error(fatbinary +
        " fails: " + StringRef(job.why.empty() ? said : job.why).trim().take_front(400));
  return false;
}
