# Outreach needs Python 3.11 or newer and make; everything else goes into .venv. `make` alone says what there is.

PYTHON ?=
PYTHONS := $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14 python
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
UV := $(BIN)/uv
READY := $(VENV)/.ready
DATA := $(VENV)/data
COMPILE := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# `demo` and `serve` look at the same database; set OUTREACH_DATABASE_URL to look at another.
DATABASE := OUTREACH_DATABASE_URL="$${OUTREACH_DATABASE_URL:-sqlite:///demo.db}"

.DEFAULT_GOAL := help
.PHONY: help demo test serve check lint format bench chaos ha data lock clean $(VENV)

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(READY) ## Play the example business: a few weeks in a few seconds
	@$(DATABASE) $(BIN)/outreach demo

serve: $(READY) ## The staff's page and the HTTP interface, on the demo's database
	@$(DATABASE) $(BIN)/outreach serve

test: $(READY) $(DATA)/.ready ## All tests, on all cores
	@$(BIN)/python -m pytest -n auto --dist worksteal -q tests

check: $(READY) $(DATA)/.ready ## What CI runs: format, lint, types, layers, tests, each with its time
	$(call step,format,$(BIN)/ruff format --check .)
	$(call step,lint,$(BIN)/ruff check .)
	$(call step,types,$(BIN)/mypy --strict outreach)
	$(call step,layers,$(BIN)/lint-imports --no-logo)
	$(call step,tests,$(BIN)/python -m pytest -n auto --dist worksteal -q tests)

lint: $(READY) ## Lint, types and layers, without the tests
	@$(BIN)/ruff check .
	@$(BIN)/mypy --strict outreach
	@$(BIN)/lint-imports --no-logo

format: $(READY) ## Put the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY) $(DATA)/.ready $(VENV)/.bench ## Measure, beside other engines
	@$(BIN)/python -m bench

chaos: $(READY) ## Kill workers, cut lines, restart PostgreSQL under EVENTS=100000 events; takes some minutes
	@OUTREACH_TEST_EVENTS=$(or $(EVENTS),100000) OUTREACH_TEST_SENDS=$(or $(SENDS),10000) $(BIN)/python -m pytest -q -s -o faulthandler_timeout=0 \
	  tests/scheduler/test_many_workers.py tests/chaos

ha: $(READY) ## Kill leaders of a real cluster in mid-run; needs Debian's patroni, etcd-server and postgresql
	@$(BIN)/python -m bench.ha
	@$(BIN)/python -m bench.ha --async --kills 1

data: $(DATA)/.ready ## The public data set that tests and benchmarks read

lock: $(VENV)/.locked ## Write the exact, hashed requirements anew (UPGRADE=1: newest versions)
	@$(COMPILE) requirements.in -o requirements.txt
	@$(COMPILE) --no-deps requirements-data.in -o requirements-data.txt
	@$(COMPILE) --constraints requirements.txt requirements-bench.in -o requirements-bench.txt
	@echo 'uv>=0.13,<0.14' | $(COMPILE) --no-annotate - -o requirements-uv.txt

clean: ## Remove .venv and caches (the databases stay)
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# $(call step,name,command): runs it, says how long it took
step = @echo "== $(1)"; start=$$(date +%s); $(2) || exit 1; echo "-- $(1): $$(($$(date +%s) - start)) s"

# The set-up, in three steps; each leaves a stamp, so that nothing is done twice.

$(VENV): $(READY)

# A copied or moved folder brings a .venv that points at the old place: make a new one.
ifneq ($(shell cat $(VENV)/.created 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.created
endif

$(VENV)/.created:
	@for python in $(PYTHONS); do \
	  if "$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    echo "Setting up $(VENV) with $$("$$python" --version), once; it takes about half a minute ..."; \
	    "$$python" -m venv --clear $(VENV) && printf '%s' "$(CURDIR)" > $@; exit; \
	  fi; \
	done; \
	echo "Outreach needs Python 3.11 or newer, with its venv module, and found none among: $(strip $(PYTHONS))." >&2; \
	echo "Name one: make PYTHON=python3.12 ...   (Debian, Ubuntu: apt install python3 python3-venv)" >&2; \
	exit 1

$(VENV)/.locked: $(VENV)/.created requirements.txt requirements-uv.txt
	@$(PIP) install -q --require-hashes -r requirements-uv.txt && \
	$(UV) pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes requirements.txt || { \
	  echo "uv could not do it; pip does, which takes a minute or two ..." >&2; \
	  $(PIP) install -q --no-compile --require-hashes -r requirements.txt; }
	@touch $@

$(READY): $(VENV)/.locked pyproject.toml
	@$(PIP) install -q --no-deps --no-build-isolation --editable .
	@touch $@

# Only measured, never used: nobody needs them to run, test or check.
$(VENV)/.bench: $(VENV)/.locked requirements-bench.txt
	@peers="install -q --no-deps --require-hashes -r requirements-bench.txt"; \
	{ [ -x $(UV) ] && $(UV) pip $$peers --python $(BIN)/python; } || $(PIP) $$peers
	@touch $@

# Unpacked beside the installed packages, never imported.
$(DATA)/.ready: $(VENV)/.locked requirements-data.txt
	@rm -rf $(DATA)
	@fetch="install -q --no-deps --require-hashes --only-binary :all: --target $(DATA) -r requirements-data.txt"; \
	{ [ -x $(UV) ] && $(UV) pip $$fetch; } || $(PIP) $$fetch
	@touch $@
