PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
FOUND := $(VENV)/.lrcards
# Files of tests side by side, in the order of tests/conftest.py; each process starts torch once.
PARALLEL := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
.DEFAULT_GOAL := help
.PHONY: help build test check lint play bench golden clean wheel

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: $(FOUND) ## set up .venv if needed, then compile source/ into build/
	@$(BIN)/lrcards build

test: build $(FOUND)-test node_modules/axe-core/axe.min.js ## run every test that this machine can run
	@$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=term $(PYTEST)

check: $(FOUND)-dev lint ## all that CI runs: style, types, architecture, our own course, tests
	@$(BIN)/lrcards build --check --strict
	@$(BIN)/lrcards build --quiet
	@$(BIN)/lrcards verify
	@$(MAKE) --no-print-directory test

lint: $(FOUND)-dev ## style, types and architecture
	@$(BIN)/ruff check lrcards bench tests
	@$(BIN)/ruff format --check lrcards bench tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

play: build $(FOUND)-test node_modules/axe-core/axe.min.js ## play our QTI 3.0 packages in two players; pictures in .lrcards/play/
	@$(BIN)/python -m tests.play

bench: $(FOUND)-bench ## measure the runner, then LMS packages, against rivals (twelve minutes, on a quiet machine)
	@$(BIN)/python -m bench $(BENCH)
	@$(BIN)/python -m bench.lms

golden: $(FOUND)-test ## write the expected outputs again; read the diff before you commit it
	@$(BIN)/python -m pytest -q --update tests/test_errors.py tests/test_build.py tests/test_diff.py

wheel: $(FOUND)-dev ## make a wheel in dist/
	@$(BIN)/python -m build --wheel --outdir dist .

clean: ## remove what make and lrcards made here
	@rm -rf $(VENV) .lrcards node_modules dist .coverage .mypy_cache .ruff_cache .pytest_cache
	@if [ -f build/report.json ]; then rm -rf build; fi

$(FOUND): pyproject.toml constraints.txt
	@echo "Setting up $(VENV): a few minutes, most of it for torch (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --editable .
	@touch $@

$(FOUND)-bench: $(FOUND)
	@$(PIP) --editable '.[bench]'
	@touch $@

$(FOUND)-test: $(FOUND)
	@echo "Adding the test tools"
	@$(PIP) --editable '.[test,bench]'
	@touch $@

$(FOUND)-dev: $(FOUND)-test
	@$(PIP) --editable '.[dev]'
	@touch $@

# The accessibility checker and the QTI players are JavaScript; without npm their tests say that they
# did not run.
node_modules/axe-core/axe.min.js: package.json
	@if command -v npm >/dev/null; then npm install --silent --no-audit --no-fund --no-package-lock; \
	else echo "npm is missing: the tests of accessibility and of QTI players will not run"; fi
