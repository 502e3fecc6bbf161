# Tumorboard: `make run` tries it out, `make test` runs everything. Needs Python 3.11+ and make.

PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
# What the tests keep apart from the demo: a PostgreSQL of their own.
FOR_TESTS := TUMORBOARD_EMBEDDED=test

# Every process that tests start would compile the product anew without it.
export PYTHONDONTWRITEBYTECODE :=

LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check lock audit stop clean

help: ## Show this
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-7s %s\n", $$1, $$2}'

run: $(VENV)/installed ## Start the product with demo data (PORT=8001 for another port); Ctrl-C stops it
	@exec $(PY) manage.py run --port $(PORT)

test: check ## Run all checks and all tests, those in a real browser too
	@browser=$$($(PY) -m tumorboard.operations.chromium) || exit 1; \
	unset TUMORBOARD_CHROMIUM; \
	if [ -n "$$browser" ]; then export TUMORBOARD_CHROMIUM="$$browser"; fi; \
	archive=$$($(PY) -m tumorboard.operations.orthanc) || exit 1; \
	unset TUMORBOARD_ORTHANC; \
	if [ -n "$$archive" ]; then export TUMORBOARD_ORTHANC="$$archive"; fi; \
	scanner=$$($(PY) -m tumorboard.operations.clamav) || exit 1; \
	unset TUMORBOARD_CLAMD; \
	if [ -n "$$scanner" ]; then export TUMORBOARD_CLAMD="$$scanner"; fi; \
	$(PY) -m tests.judges.packages; \
	exec env $(FOR_TESTS) $(PY) manage.py embedded hold -- $(PY) -m pytest -n 2

check: $(VENV)/installed-dev ## Lint, types, floors between packages, migrations
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/mypy
	@$(FOR_TESTS) $(PY) manage.py embedded hold -- $(PY) manage.py makemigrations --check --dry-run

lock: $(VENV)/installed-dev ## Write the lock files from pyproject.toml (UPGRADE=--upgrade for the newest versions)
	@$(PY) -m pip install --quiet uv
	@$(VENV)/bin/uv pip compile $(LOCK_OPTIONS) $(UPGRADE) --output-file requirements.lock pyproject.toml
	@$(VENV)/bin/uv pip compile $(LOCK_OPTIONS) $(UPGRADE) --output-file requirements-dev.lock pyproject.toml --group dev
	@! grep -inE 'https?:|index-url|find-links' requirements.lock requirements-dev.lock

audit: $(VENV)/installed ## Ask a public list of known holes for the locked dependencies; needs the network
	@[ -x $(VENV)/audit/bin/pip-audit ] || { $(PY) -m venv $(VENV)/audit && $(VENV)/audit/bin/pip install -qq --disable-pip-version-check pip-audit; }
	@$(VENV)/audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes --requirement requirements.lock
	@$(VENV)/audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes --requirement requirements-dev.lock

stop: ## Stop what an interrupted run or test left behind
	@if [ -x $(PY) ]; then $(PY) manage.py embedded stop; $(FOR_TESTS) $(PY) manage.py embedded stop; fi

clean: ## Delete the virtual environment, the caches and ALL data under var/
	@if [ -x $(PY) ]; then $(PY) manage.py embedded remove; $(FOR_TESTS) $(PY) manage.py embedded remove; fi
	@rm -rf var $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# --- The virtual environment, made once and again when a lock file changes ----------------------

$(VENV)/installed: requirements.lock | $(PY)
	@echo "Installing the locked dependencies ..."
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed | $(PY)
	@echo "Installing what checks and tests need ..."
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(PY):
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
			echo "$$python cannot make a virtual environment: it lacks ensurepip." >&2; \
			echo "Install the system package python3-venv (Debian, Ubuntu: apt-get install python3-venv)." >&2; \
			exit 1; \
		fi; \
		echo "Making the virtual environment with $$("$$python" --version) ..."; \
		exec "$$python" -m venv $(VENV); \
	done; \
	echo "Tumorboard needs Python 3.11 or newer; found $$(python3 --version 2>/dev/null || echo none)." >&2; exit 1
