# What a person or a CI job does here. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
SECRET := var/secret_key
STATIC := var/static/.collected
AXE := $(VENV)/axe-core.js

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-postgresql check format requirements openapi messages bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run $(SECRET) $(STATIC) ## Serve on 127.0.0.1:8000 (HOST, PORT and others change it; see the README)
	@umask 077 && $(MANAGE) migrate --verbosity 0
	@$(MANAGE) create_first_admin
	@umask 077 && exec $(MANAGE) serve

test: $(VENV)/.dev $(AXE) ## Run the tests on SQLite
	$(BIN)/python -m pytest

test-postgresql: $(VENV)/.dev $(AXE) ## Run the tests on a PostgreSQL made for them and thrown away
	.ci/with-postgresql $(BIN)/python -m pytest

check: $(VENV)/.dev $(SECRET) ## Everything else that CI asks: style, types, imports, deployment, migrations, OpenAPI
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	.ci/check-deployment $(MANAGE)
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) spectacular --validate --fail-on-warn --file $(VENV)/openapi.yaml
	diff openapi.yaml $(VENV)/openapi.yaml

format: $(VENV)/.dev ## Bring the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(VENV)/.dev $(SECRET) ## Write openapi.yaml anew
	$(MANAGE) spectacular --validate --fail-on-warn --file openapi.yaml

messages: $(VENV)/.dev $(SECRET) ## Bring the translations up to date with the code, and compile them (needs gettext)
	$(MANAGE) makemessages --locale=de --no-obsolete --no-wrap --no-location --ignore=var --ignore=tests --ignore='.*'
	$(MANAGE) compilemessages --locale=de --ignore='.*'

bench: $(VENV)/.dev ## Measure Latchkey beside its peers, in half an hour (QUICK=1: 4 minutes; FRESH=1 begins anew)
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(FRESH),--fresh)

requirements: $(VENV)/.dev ## Pin the newest allowed versions in requirements*.txt
	$(BIN)/uv pip compile --upgrade $(COMPILE) requirements.in --output-file requirements.txt
	$(BIN)/uv pip compile --upgrade $(COMPILE) requirements-dev.in --constraint requirements.txt --output-file requirements-dev.txt
	$(BIN)/uv pip compile --upgrade $(COMPILE) benchmarks/requirements.in --constraint requirements.txt --output-file benchmarks/requirements.txt

clean: ## Remove what was made here, but for var/, which holds the database
	rm -rf $(VENV) benchmarks/.venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

COMPILE := --quiet --universal --python-version 3.11 --no-header --no-emit-index-url

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Latchkey needs Python 3.11 or newer: make PYTHON=...")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv is missing (Debian: apt install python3-venv)" >&2; exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

$(AXE): .ci/fetch-axe-core | $(VENV)/bin/python
	-@.ci/fetch-axe-core $@

$(SECRET):
	@umask 077 && mkdir -p var && $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))' > $@

$(STATIC): requirements.txt $(wildcard */static/*/*) | $(VENV)/.run $(SECRET)
	@umask 077 && $(MANAGE) collectstatic --no-input --verbosity 0
	@touch $@
