# Every target does all set-up that is missing. Needs Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
LOCKED := $(COMPILE) $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help up down reset demo test check format bench performance faults abuse fuzz audit sbom lock clean

help: ## Show the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

up: .venv/runtime.stamp ## Start everything on this machine; Ctrl-C stops it
	@$(BIN)/sojourn up

down: .venv/runtime.stamp ## Stop what `make up` started in another terminal
	@$(BIN)/sojourn down

reset: .venv/runtime.stamp ## Delete the stack's data (asks first; YES=--yes does not)
	@$(BIN)/sojourn reset $(YES)

demo: .venv/runtime.stamp ## A small shop in two minutes: a stream of customers through the example journeys
	@$(BIN)/sojourn demo

test: check ## Check, then run all tests on two processes
	$(BIN)/pytest -n $(or $(JOBS),2) $(ARGS)

check: .venv/dev.stamp ## Lint, formatting, types, import rules, file sizes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/pytest tests/test_architecture.py
	$(BIN)/sojourn test journeys/ --cover-min 100

format: .venv/dev.stamp ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/dev.stamp ## Measure everything, each on a stack of its own; make bench-NAME measures one, ARGS=--quick a little
	$(BIN)/python -m benchmarks $(ARGS)

bench-%: .venv/dev.stamp
	$(BIN)/python -m benchmarks $* $(ARGS)

performance: .venv/dev.stamp ## Write docs/performance.md and docs/capacity.md from benchmarks/results
	$(BIN)/python -m benchmarks --write-docs

faults: .venv/dev.stamp ## Break everything under load for some minutes and balance the books (ARGS="--seed 2")
	$(BIN)/python -m tests.faults.campaign $(ARGS)

abuse: .venv/dev.stamp ## Attack everything for some minutes (EXAMPLES=500 calls of each endpoint)
	ABUSE_EXAMPLES=$(or $(EXAMPLES),300) $(BIN)/pytest tests/abuse -n $(or $(JOBS),2) $(ARGS)

fuzz: .venv/security.stamp ## Feed each reader of foreign bytes what a fuzzer makes up (SECONDS_EACH=60)
	@for target in $$($(BIN)/python -m tests.abuse.fuzz.targets); do \
		echo "$$target"; $(BIN)/python -m tests.abuse.fuzz $$target $(or $(SECONDS_EACH),60) || exit 1; done

audit: .venv/security.stamp ## Ask the public advisories about every locked package; fails where they cannot be reached
	@$(BIN)/pip-audit --strict --progress-spinner off --require-hashes --disable-pip -r requirements.lock || { \
		echo "Not audited, or not clean: either advisories are listed above, or their data cannot be had from here." >&2; exit 1; }

sbom: .venv/dev.stamp ## Write sbom.json: what is installed at run time, as CycloneDX
	@$(BIN)/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml --short-PURLs \
		--output-reproducible --output-format JSON --output-file sbom.json
	@echo "sbom.json"

lock: $(BIN)/uv ## Write the lock files again after a change of pyproject.toml (UPGRADE=--upgrade for newer versions)
	$(LOCKED) pyproject.toml -o requirements.lock
	$(LOCKED) pyproject.toml --extra dev -o requirements-dev.lock
	$(LOCKED) requirements-bootstrap.in -o requirements-bootstrap.lock
	$(LOCKED) requirements-security.in -o requirements-security.lock

clean: ## Delete the environment and caches; data stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info build

.venv/runtime.stamp: requirements.lock pyproject.toml $(BIN)/uv
	$(UV) --require-hashes -r requirements.lock
	$(UV) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml .venv/runtime.stamp
	$(UV) --require-hashes -r requirements-dev.lock
	@touch $@

.venv/security.stamp: requirements-security.lock .venv/dev.stamp
	$(UV) --require-hashes -r requirements-security.lock
	@touch $@

$(BIN)/uv: requirements-bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	@touch $@
