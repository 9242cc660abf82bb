# Two commands on a fresh machine: `make demo` and `make test`. Both set up what they need.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
NEEDS_NETWORK := { echo "Python packages could not be installed: that needs a package index, by network." >&2; exit 1; }

.PHONY: help setup demo test lint differential bench readme docs clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.test $(VENV)/.browser ## Install everything for development into .venv, and a browser
	@:

demo: $(VENV)/.demo $(VENV)/.browser ## Run the bundled checkouts against the bundled shop
	@$(BIN)/cn-validator demo

lint: $(VENV)/.test ## Check style, types and import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

test: setup lint ## Run lint, then all tests in a real Chromium
	@$(BIN)/pytest -n 2 -q

differential: setup ## Compare the readings of 50,000 generated tags; TAGS= and SEED= set others
	@$(BIN)/python -m tests.differential --tags $(or $(TAGS),50000) --seed $(or $(SEED),1)

bench: setup ## Measure against raw Playwright scripts
	@$(BIN)/python -m benchmarks

readme: setup ## Renew the README's picture and table
	@mkdir -p docs
	@COLUMNS=100 $(BIN)/cn-validator demo --break comma-decimals --report svg=docs/terminal.svg > /dev/null || test $$? = 1
	@UPDATE_GOLDEN=1 $(BIN)/pytest -q tests/test_readme.py -k "table or picture"

docs: setup ## Renew what docs/ has of the rules and of the schemas
	@UPDATE_GOLDEN=1 $(BIN)/pytest -q tests/rules/test_rules_page.py tests/test_language_docs.py -k "catalogue_says or schema_says"

clean: ## Remove the environment, caches and results
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache cn-validator-results
	@find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "cn-validator needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "  to fix: make PYTHON=python3.11" >&2; exit 1; }
	@# Debian ships venv without pip; its package is what brings it.
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
	@{ $(PIP) install 'pip>=25.1' && $(PIP) install --group test; } || $(NEEDS_NETWORK)
	@touch $@

$(VENV)/.browser: | $(VENV)/.demo
	@$(BIN)/cn-validator browser install
	@touch $@
