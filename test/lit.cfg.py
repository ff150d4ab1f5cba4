# lit.cfg.py - how lit runs gradc's tests: gradc's and LLVM's tools on PATH, lit's own shell.
import os

import lit.formats

config.name = "gradc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.gradc_binary_dir, "test")
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.gradc_binary_dir, "bin"), config.llvm_tools_dir, os.environ["PATH"]]
)
config.environment["GRADC_VERIFY_EACH"] = "1"
for key in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if key in os.environ:
        config.environment[key] = os.environ[key]
config.substitutions.append(("%source", config.gradc_source_dir))
config.substitutions.append(("%build", config.gradc_binary_dir))

# ctest runs one lit for each test: they must not all write lit's file of run times, nor read it half-written.
import lit.main

lit.main.record_test_times = lambda tests, lit_config: None
