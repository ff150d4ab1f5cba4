# peer.py - times one workload's step in PyTorch or JAX.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""usage: peer.py eager|compile|jax WORKLOAD SECONDS THREADS -> one JSON line with the best nanoseconds of a run"""
import json
import os
import sys
import time


def best(run, seconds):
    for _ in range(3):
        run()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter_ns()
        run()
        times.append(time.perf_counter_ns() - start)
    return min(times)


def torch_run(peer, name, threads):
    import torch
    from workloads import STEPS, torch_optimizer, torch_workload

    torch.set_num_threads(threads)
    module, inputs, text = torch_workload(name)
    optimizer = torch_optimizer(module, text)
    forward, update = module, optimizer.step if optimizer else lambda: None
    if peer == "compile":
        forward = torch.compile(module)
        if optimizer:
            update = torch.compile(lambda: optimizer.step())

    def run():
        for _ in range(STEPS.get(name, 1)):
            module.zero_grad(set_to_none=peer == "compile")
            loss = forward(*inputs)
            loss.backward()
            update()
        return loss.item()

    return run


def jax_run(name, threads):
    flag = "true" if threads > 1 else "false"
    os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + f" --xla_cpu_multi_thread_eigen={flag}"
    import jax
    from workloads import jax_workload

    step, state, inputs = jax_workload(name)
    step, kept = jax.jit(step, donate_argnums=0), [state]

    def run():
        kept[0], loss = step(kept[0], *inputs)
        jax.block_until_ready(kept[0])
        return float(loss)

    return run


def main():
    peer, name, seconds, threads = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
    run = jax_run(name, threads) if peer == "jax" else torch_run(peer, name, threads)
    print(json.dumps({"best_ns": best(run, seconds)}))


main()
