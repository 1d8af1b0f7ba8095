# Two ways in: `make run` and `make test`. They need Python 3.11 or newer and make whatever else they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.PHONY: help run test quick long eval bench lint format check lock clean system

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "%-8s%s\n", $$1, $$2}' Makefile

run: $(VENV)/run ## a demo county on http://127.0.0.1:8000; what you enter stays in instance/
	@$(BIN)/flask --app app htmx-fetch || true
	SHUANGZE_DEMO=1 $(BIN)/flask --app app serve

test: system ## the whole suite: SQLite, PostgreSQL, Chromium
	@$(BIN)/flask --app app htmx-fetch || echo "No local copy of htmx: the browser tests will be skipped."
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

quick: $(VENV)/dev ## what a change of a room needs, in about a minute; docs/testing.md says what it leaves out
	$(BIN)/pytest --changed --numprocesses auto --maxprocesses 4 --dist worksteal --failed-first \
		-m "not slow and not long" -k "not postgresql and not chromium"

long: system ## what takes too long for every run
	$(BIN)/pytest -m long

eval: $(VENV)/run ## how well texts are decomposed, and every single miss
	@$(BIN)/python -m tests.evaluate

bench: $(VENV)/run ## beside the reference in ../shared/bench; needs wrk
	@$(BIN)/python -m benchmarks.beside

lint: $(VENV)/dev ## ruff, mypy, djlint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates

format: $(VENV)/dev ## put the Python files into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

check: lint test ## what has to pass before a commit

lock: $(VENV)/dev ## pin requirements*.in anew, with hashes
	$(UV_COMPILE) requirements.in --output-file requirements.txt
	$(UV_COMPILE) requirements-dev.in --output-file requirements-dev.txt

clean: ## remove what can be made again; instance/ stays
	rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache test-results

# Without a hash that matches, pip installs nothing.
$(VENV)/run: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt | $(BIN)/python
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer, please: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# As root (a container, a CI machine) we may install; elsewhere pytest says what it misses.
# Ubuntu's chromium is a snap, which no container can start: Playwright brings its own there.
UBUNTU := $(shell grep -s '^ID=ubuntu' /etc/os-release)
PACKAGES := fonts-noto-cjk golang-go golang-golang-x-mod-dev openssl postgresql pypy3 $(if $(UBUNTU),,chromium-headless-shell)

system: $(VENV)/dev
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! dpkg --status $(PACKAGES) >/dev/null 2>&1; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $(PACKAGES) && \
		$(if $(UBUNTU),$(BIN)/playwright install --with-deps chromium,true) || echo "Could not install $(PACKAGES)."; \
	fi
