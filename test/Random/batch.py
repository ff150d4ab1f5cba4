#!/usr/bin/env python3
"""Runs programs in gradc-batch, which one crash or endless loop does not stop."""
import json
import os
import select
import subprocess


def graph_text(nodes):
    return json.dumps({"format": "gradc.graph", "version": 1, "main": nodes}, separators=(",", ":"))


class Batch:
    """A gradc-batch process, started anew when it dies."""

    def __init__(self, path, options=(), seconds=60):
        self.command, self.seconds, self.process = [path, *options], seconds, None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)

    def stop(self):
        if self.process:
            self.process.kill()
            rest = self.process.stderr.read().decode(errors="replace")
            self.process.wait()
            self.process = None
            return rest
        return ""

    def run(self, nodes):
        self.send(nodes)
        return self.receive()

    def send(self, nodes):
        if self.process is None:
            self.start()
        try:
            self.process.stdin.write(graph_text(nodes).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # receive() tells why

    def receive(self):
        """{"outcome": 0..3, "prints": [...]} and, after an error, "stage" and "messages"; outcome 4 is a crash."""
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], self.seconds)
            part = self.process.stdout.read(1 << 16) if ready else None
            if not part:
                why = f"no answer in {self.seconds} s" if not ready else "crash"
                return {"outcome": 4, "prints": [], "messages": [["", why + ": " + self.stop()[-2000:]]]}
            line += part
        return json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Batches:
    """Most programs without LLVM's optimiser, which takes half of the time; every eighth with it."""

    def __init__(self, path):
        self.plain, self.optimised = Batch(path, ["-O0"]), Batch(path, ["-O2"])

    def of(self, number):
        return self.plain if number % 8 else self.optimised

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.plain.stop()
        self.optimised.stop()
