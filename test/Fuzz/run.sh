#!/usr/bin/env bash
# run.sh - runs the fuzz targets one after another: test/Fuzz/run.sh SECONDS [BUILD [TARGET...]]
#
# BUILD is configured with -DGRADC_FUZZ=ON, best with -DGRADC_SANITIZE=ON, too (default: build-fuzz). Seeds are the tests' own inputs; what libFuzzer finds stays in
# BUILD/fuzz/TARGET. An input that fails is BUILD/fuzz/crash-TARGET-*: shrink it with `BUILD/bin/fuzz-TARGET -minimize_crash=1
# FILE`, fix it and keep it in test/Fuzz/corpus/TARGET, which the tests replay.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
seconds=${1:?seconds for each target}
build=$(cd "${2:-$root/build-fuzz}" && pwd)
targets=("${@:3}")
[ ${#targets[@]} -gt 0 ] || targets=(files arrays import exports stages)

# MLIR is not instrumented: containers that cross its border look overflowed, and its singletons leaked.
export ASAN_OPTIONS=detect_container_overflow=0:detect_leaks=0:detect_odr_violation=0:quarantine_size_mb=16:allocator_release_to_os_interval_ms=500

seeds() {
  case $1 in
    import | stages)
      python3 - "$root" "$2" <<'END'
import json, pathlib, sys
root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
for i, case in enumerate(json.loads((root / "test/EndToEnd/autograd/cases.json").read_text())):
    (out / f"case{i}").write_text(json.dumps(case["program"], separators=(",", ":")))
for i, path in enumerate([*root.glob("test/*/Inputs/*.json"), *root.glob("test/Random/found/*.json")]):
    (out / f"input{i}").write_bytes(path.read_bytes())
END
      ;;
    exports)
      python3 - "$root" "$2" <<'END'
import pathlib, sys, zipfile
root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
for path in (root / "test/Import/exports").glob("*.pt2"):
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        parts = [next((archive.read(n) for n in names if n.endswith(s)), b"") for s in
                 ("models/model.json", "weights_config.json", "constants_config.json")]
    (out / path.stem).write_bytes(b"\0".join(parts))
    (out / path.name).write_bytes(path.read_bytes())
END
      ;;
    *) find "$root/test/Import/Inputs" "$root/test/Runtime/files" -size -64k \( -name '*.np[yz]' -o -name '*.safetensors' \) -exec cp --backup=numbered -t "$2" {} + ;;
  esac
}

dictionary() {
  printf '"\\"%s\\""\n' op name inputs main functions body outputs shape dtype value requires_grad f32 f64 i64 i32 bool retain_graph \
    create_graph wrt names count carry yield then else index dim keepdim
  "$root/build/bin/gradc" ops 2>/dev/null | awk '/^  /{printf "\"\\\"%s\\\"\"\n", $1}' || true
}

for target in "${targets[@]}"; do
  corpus=$build/fuzz/$target
  mkdir -p "$corpus"
  [ -n "$(ls -A "$corpus")" ] || seeds "$target" "$corpus"
  [ ! -d "$here/corpus/$target" ] || cp "$here/corpus/$target"/* "$corpus"
  dictionary > "$build/fuzz/dictionary"
  options=(-max_total_time="$seconds" -timeout=30 -rss_limit_mb=3000 -malloc_limit_mb=1000 -max_len=6000 -print_final_stats=1
    -artifact_prefix="$build/fuzz/crash-$target-")
  [ "$target" != exports ] || options+=(-max_len=40000)
  case $target in import | stages | exports) options+=(-dict="$build/fuzz/dictionary") ;; esac
  echo "== $target"
  "$build/bin/fuzz-$target" "${options[@]}" "$corpus" > "$build/fuzz/$target.log" 2>&1 || echo "fuzz-$target failed:"
  tail -40 "$build/fuzz/$target.log" | grep -E 'ERROR|SUMMARY|Test unit written|stat::' || true
done
