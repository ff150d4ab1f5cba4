"""exits.py CODE COMMAND...: runs the command and succeeds if it exits with CODE; standard error follows standard output."""
import subprocess
import sys

done = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, capture_output=True, text=True)
sys.stdout.write(done.stdout)
sys.stdout.write(done.stderr)
if done.returncode != int(sys.argv[1]):
    sys.exit(f"expected exit code {sys.argv[1]}, got {done.returncode}")
