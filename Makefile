# `make run` and `make test` need Python 3.11 or newer and nothing else.
# Everything runs in .venv; what the program keeps lies in var/ (docs/operations.md).
.PHONY: help setup run test bench lint lock vendor venv

# An empty environment has no PATH for what make starts.
export PATH := $(or $(PATH),/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
PY := .venv/bin/python
STAMP := .venv/.installed-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d ' ' -f 1)

help:
	@echo "make run     run Regent: database, demo data the first time, web and worker"
	@echo "make test    all tests"
	@echo "make lint    style, types, layers, templates, migrations and translations"
	@echo "make bench   the benchmarks of docs/performance.md (N=100000: smaller)"
	@echo "make setup   only what the others need: .venv and an up-to-date database"
	@echo "make lock    lock requirements*.in again;  make vendor: fetch the vendored assets again"

venv:
	@$(PY) -c 'import django' 2>/dev/null || rm -f .venv/.installed-*
	@$(MAKE) --silent --no-print-directory $(STAMP)

$(STAMP):
	@test -n "$(PYTHON)" || { echo "Regent needs Python 3.11 or newer; none was found."; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { rm -rf .venv && $(PYTHON) -m venv .venv; } || \
		{ echo "Python has no venv here; on Debian: apt install python3-venv"; exit 1; }
	@echo "Installing what Regent needs into .venv …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.txt -r requirements-dev.txt
	@rm -f .venv/.installed-* && touch $@

setup: venv
	@$(PY) manage.py prepare

run: venv
	@$(PY) manage.py run

test: venv
	@$(PY) manage.py translations compile
	@$(PY) -m tests $(ARGS)

bench: setup
	@$(PY) -m tests.bench

lint: venv
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo
	@$(PY) -m djlint --lint --quiet agents franchise inventory
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) manage.py translations check
	@echo "Nothing to complain about."

lock: venv
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links --output-file requirements.txt requirements.in
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links --output-file requirements-dev.txt requirements-dev.in

vendor: venv
	@$(PY) manage.py vendor
