"""Measurements of speed, accuracy and robustness; `python -m benchmarks.NAME --help` runs one."""

import os

# One thread: faster on small matrices, and the same figures every time. numpy reads these once.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
