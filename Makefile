.DEFAULT_GOAL := help
.PHONY: help run test check bench format unit web docs coverage mutations pictures released setup setup-test clean .test-system .test-postgres

PYTHON := .venv/bin/python
UV := .venv/bin/uv
UV_VERSION := 0.13.9
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" npm --prefix ui
RUN_PACKAGES := python3 python3-venv icecast2 liquidsoap ffmpeg
TEST_PACKAGES := $(RUN_PACKAGES) curl postgresql redis-server chromium firefox-esr fonts-noto-core pulseaudio pulseaudio-utils
BENCH_PACKAGES := gcc libc6-dev
# More than the two cores of a small machine, since tests wait for each other's programs; system tests run a stack each.
PYTEST_WORKERS := -n 3 --dist loadfile
NAME ?=

help: ## Show every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

run: setup ## Set up what is missing, then run the whole stack until Ctrl-C
	@exec .venv/bin/awaz up

test: setup-test check ## Set up what is missing, then check everything and run every test
	@$(NPM) test --silent
	@$(PYTHON) -m pytest tests/unit tests/service tests/contract tests/component $(PYTEST_WORKERS)
	@$(MAKE) --silent --no-print-directory --output-sync --jobs 2 .test-system .test-postgres

# Side by side: system tests wait for sound most of their time.
.test-system:
	@$(PYTHON) -m pytest tests/system $(PYTEST_WORKERS)

.test-postgres:
	@$(PYTHON) -m pytest tests/service --postgres -m both_databases $(PYTEST_WORKERS)

bench: setup-test ## Run the benchmarks, or one with NAME=…
	@scripts/apt-install.sh $(BENCH_PACKAGES)
	@$(PYTHON) -m bench $(NAME)

unit: .venv/.dev ## Run the tests that need no other program than ffmpeg, with asyncio's own checks
	@scripts/apt-install.sh ffmpeg
	@$(PYTHON) -m pytest tests/unit tests/service tests/contract $(PYTEST_WORKERS) -o asyncio_debug=true

check: .venv/.dev ui/node_modules/.installed ## Check lint, format, types, the import contract and generated files; write nothing
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/awaz docs --check
	@$(NPM) run --silent check

format: .venv/.dev ui/node_modules/.installed ## Fix what lint can fix, and format
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
	@$(NPM) run --silent format

docs: .venv/.dev ui/node_modules/.installed ## Write the generated references, and the types of the pages
	@.venv/bin/awaz docs
	@$(NPM) run --silent wire && echo ui/src/wire/schema.ts
	@$(PYTHON) -m tests.support.python_types && echo clients/python/awaz_client/wire.py
	@$(PYTHON) -m tests.support.package_graph

coverage: setup-test ## Report the lines that tests in one process do not reach (var/coverage/index.html)
	@$(PYTHON) -m pytest tests/unit tests/service tests/contract $(PYTEST_WORKERS) --cov --cov-report=term --cov-report=html

mutations: setup-test ## Make deliberate faults, one by one, and see that the tests catch each
	@$(PYTHON) -m tests.mutations

pictures: setup-test ## Take the pictures of the README
	@$(PYTHON) -m bench.web.pictures

released: ## Keep the references as those that the next ones are compared with
	@cp docs/reference/openapi.json docs/reference/asyncapi.json docs/reference/released/

web: controlplane/web/static/.built ## Build the pages

setup: ## Install what `make run` needs
	@scripts/apt-install.sh $(RUN_PACKAGES)
	@$(MAKE) --silent --no-print-directory .venv/.run web

setup-test: ## Install what `make test` needs
	@scripts/apt-install.sh $(TEST_PACKAGES)
	@$(MAKE) --silent --no-print-directory .venv/.dev web

.venv/.uv: Makefile
	@echo "  python environment"
	@python3 -m venv .venv || { echo "awaz: python3 -m venv does not work here: install python3-venv" >&2; exit 1; }
	@.venv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) >.venv/setup.log 2>&1 \
		|| { echo "awaz: could not install uv from PyPI; is the network up? See .venv/setup.log" >&2; exit 1; }
	@touch $@

.venv/.run: .venv/.uv uv.lock pyproject.toml
	@echo "  python packages"
	@$(UV) sync --quiet --frozen --compile-bytecode --inexact --group web >.venv/setup.log 2>&1 \
		|| { echo "awaz: could not install the Python packages; is the network up? See .venv/setup.log" >&2; exit 1; }
	@touch $@

.venv/.dev: .venv/.run
	@echo "  python packages for development"
	@$(UV) sync --quiet --frozen --compile-bytecode --inexact --group web --group dev >.venv/setup.log 2>&1 \
		|| { echo "awaz: could not install the Python packages; is the network up? See .venv/setup.log" >&2; exit 1; }
	@touch $@

UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -type f -print)

ui/node_modules/.installed: .venv/.run ui/package-lock.json
	@echo "  web packages"
	@$(NPM) ci --silent --no-audit --no-fund >.venv/setup.log 2>&1 \
		|| { echo "awaz: could not install the web packages; is the network up? See .venv/setup.log" >&2; exit 1; }
	@touch $@

controlplane/web/static/.built: ui/node_modules/.installed $(UI_SOURCES)
	@echo "  web pages"
	@$(NPM) run --silent build >.venv/setup.log 2>&1 \
		|| { cat .venv/setup.log >&2; echo "awaz: could not build the web pages" >&2; exit 1; }
	@touch $@

clean: ## Remove what was built (not var/, which holds your stations)
	@rm -rf .venv controlplane/web/static ui/node_modules .mypy_cache .ruff_cache .hypothesis
