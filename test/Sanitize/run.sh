#!/usr/bin/env bash
# run.sh - builds the compiler with AddressSanitizer and UndefinedBehaviorSanitizer and runs the tests with it:
#   test/Sanitize/run.sh [BUILD [PATTERN]]        default: build-sanitize, and the tests of the compiler's passes, its driver and the runtime
# Then compiled programs and the runtime themselves under the same sanitizers, and two instances in two threads under ThreadSanitizer.
# Takes about 25 minutes on two idle cores, most of it for the build; ends with status 0 when nothing was found.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${1:-$root/build-sanitize}
pattern=${2:-^(lit/(Import|Gradient|Lower|Schedule|Pipeline|Ops|IR)|runtime-(rng|number|print|files)|random/found|end-to-end/(autograd-rules|forms))}
cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=clang++-22 -DCMAKE_C_COMPILER=clang-22 \
  -DGRADC_SANITIZE=ON > "$build.log"
ninja -C "$build" gradc gradc-import gradc-opt gradc-batch gradc-interp gradc_rt rng_test number_test print_test files_test

# MLIR and LLVM are not instrumented: containers that cross their border look overflowed, and their singletons leaked.
export ASAN_OPTIONS=detect_container_overflow=0:detect_leaks=0:detect_odr_violation=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
ctest --test-dir "$build" -j2 --output-on-failure -R "$pattern"
python3 "$root/test/Sanitize/artefacts.py" --gradc "$build/bin/gradc" --root "$root"
