# Two commands matter: `make nightly` and `make test`. Both do their own set-up.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PACKAGES := libreoffice-writer-nogui libreoffice-calc-nogui chromium postgresql
# Telemetry of every tool stays off, whatever the shell says.
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
# RUNLEVEL=1 in `system`: Debian starts no service of what it installs; the tests start a PostgreSQL of their own.
.PHONY: help setup setup-dev system nightly test check lint types fmt lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

$(VENV)/.runtime: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gouji needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	touch $@

setup: $(VENV)/.runtime ## the environment of the nightly run
setup-dev: $(VENV)/.dev ## the same with the tools of the tests

nightly: setup ## crawl, read, gate, release and report, on the sample province
	@$(BIN)/gouji nightly || [ $$? -eq 1 ] # 1: done, and reports are held, as the sample plants faults

system: ## LibreOffice for doc, wps and rtf, Chromium and PostgreSQL for the tests, where apt may install them
	@{ command -v soffice && command -v chromium && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 || \
	! command -v apt-get >/dev/null || [ "$$(id -u)" != 0 ] || \
	{ apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; } || \
	echo "$(PACKAGES) could not be installed: tests that need them say so"

test: setup-dev system lint types ## everything that must hold
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q

check: lint types

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev
	$(BIN)/mypy

fmt: setup-dev ## let ruff arrange the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## write both lock files anew; they name no registry
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra build --extra dev --extra peers -c requirements-dev.lock pyproject.toml -o requirements-peers.lock

clean: ## remove the environment (never a home with data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
