# Everything a fresh machine with Python 3.11+ needs. `make demo` and `make test` set themselves up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test check lint types layers docs bench bench-large reference lock clean help

help:            ## show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "scslab needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (about a minute; once)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY)   ## settle 27,600 real food inspections and write runs/chicago/report.html
	$(BIN)/scslab settle food-safety chicago-food-inspections --out runs/chicago --replace

test: $(READY)   ## run the tests
	$(BIN)/python -m pytest

check: lint types layers docs   ## lint, types, layers and docs

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/basedpyright

layers: $(READY)
	$(BIN)/lint-imports --no-cache

docs: $(READY)
	$(BIN)/python -m pytest tests/test_docs.py

reference:       ## run R again and store its results for the reference tests
	@if command -v Rscript >/dev/null 2>&1; then \
	  cd tests/reference/r && for s in data design models brant_margins; do Rscript $$s.R || exit 1; done && \
	  (cd weighting && Rscript weighting.R) && (cd tables && Rscript tables.R); \
	else echo "R is not installed: the stored results stay. Debian: apt-get install r-base-core r-cran-mass r-cran-survey r-cran-sandwich r-cran-ordinal r-cran-jsonlite"; fi

bench: $(READY)  ## measure against peers in the same run and print the ratios
	$(BIN)/python benchmarks/run.py

lock: $(READY)   ## renew requirements.lock (needs uv; maintainers only)
	uv pip compile pyproject.toml --group dev --extra pandas --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --upgrade -o requirements.lock

bench-large: $(READY)  ## also settle 200 million events in bounded memory
	$(BIN)/python benchmarks/run.py --large

clean:
	rm -rf $(VENV) .venv-bench runs .pytest_cache .ruff_cache .hypothesis
