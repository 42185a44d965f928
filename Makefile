# make run    set everything up and serve the app on this machine
# make share  the same for the phones on your network, behind a passphrase
# make test   set everything up, then lint, types and every test
# PORT=8600 or PYTHON=python3.12 may be given with either.

PORT ?= 8501
export PYTHON
# Which finds a better Python, where this one is not the best.
START = $(or $(PYTHON),python3) tools/start.py
# One thread: faster on small matrices than many, and the same figures every time.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
# Every page is drawn in a thread of its own, and glibc keeps room apart for each of them.
export MALLOC_ARENA_MAX ?= 2
# Some containers keep no compiled code: every process would compile everything anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: run share test fast lint format pictures clean

run:
	@$(START) --port $(PORT)

# NEW=--new sets a new passphrase.
share:
	@$(START) --only requirements.txt
	@.venv/bin/python -m club share --port $(PORT) $(NEW)
	@echo "On this computer: http://localhost:$(PORT)   (Ctrl+C stops it)"
	@.venv/bin/python -m ui.asgi --port $(PORT)

test: fast
	@.venv/bin/python -m pytest -n 2 --dist loadgroup -m e2e tests/e2e

# Without the browser: what to run while writing.
fast: lint
	@.venv/bin/python -m pytest -n 2 --dist worksteal --ignore tests/e2e

lint: dev
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/pyrefly check --summary=none --output-format min-text

format: dev
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .

# The pictures of README.md and docs/guide.md, taken of the running app.
pictures: dev
	@PYTHONPATH=.:tests .venv/bin/python tools/pictures.py

clean:
	rm -rf .venv

.PHONY: dev
dev:
	@$(START) --only requirements-dev.txt
