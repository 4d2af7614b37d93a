# Few verbs, each doing all of its own set-up. Python 3.11 or newer is all that a machine must have.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# A generator of clients of the API, with an environment of its own: it wants another typer than we do.
CLIENTS ?= .venv-openapi-client
CLIENT_GENERATOR := $(CLIENTS)/bin/openapi-python-client

# What needs more than this machine: a folder of other people's invoices, the generator of clients.
ANYWHERE := not foreign_samples and not foreign_client

# Where bytecode is not kept, every process of a run compiles everything again: a third of the unit tests' time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo check lint types unit test test-wide sweeps services test-long test-docker format requirements

setup: $(READY)

$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $(READY)

demo: setup
	$(BIN)/faturaflow demo

# Several at once. A make that can keeps what each of them says together: whole, or line by line where it takes minutes.
together = @$(MAKE) --no-print-directory --jobs=3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=$1) $2

check: setup
	$(call together,target,lint types unit)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup
	$(BIN)/mypy

unit: setup
	$(BIN)/python -m pytest -q -n 2 -m "not broker and not postgresql and not fuzz and not sweep and not pictures and not long and not wide and $(ANYWHERE)"

# Tests on a real Kafka mostly wait; what needs a processor and no service runs beside them, and takes what they leave.
test: check
	$(call together,line,services sweeps)

$(CLIENT_GENERATOR): requirements/openapi-client.txt
	$(PYTHON) -m venv $(CLIENTS)
	$(CLIENTS)/bin/python -m pip install --quiet --require-hashes -r requirements/openapi-client.txt
	touch $@

# Every provider in one installation, its issuers and simulators: minutes, and some gigabytes of memory.
test-wide: setup $(CLIENT_GENERATOR)
	FATURAFLOW_TEST_OPENAPI_CLIENT=$(abspath $(CLIENT_GENERATOR)) $(BIN)/python -m pytest -q -m "wide and not foreign_samples"
	$(BIN)/faturaflow demo --providers all

sweeps: setup
	nice -n 19 $(BIN)/python -m pytest -q -m "(fuzz or sweep or pictures) and not broker and not postgresql and not long and not wide and $(ANYWHERE)"

services: setup
	$(BIN)/python -m pytest -q -m "(broker or postgresql) and not long and not wide and $(ANYWHERE)"

test-long: setup
	FATURAFLOW_HYPOTHESIS=long $(BIN)/python -m pytest -q -s -m "$(ANYWHERE)"

test-docker: setup
	FATURAFLOW_TEST_BROKER=docker $(BIN)/python -m pytest -q -m "broker and not long and not wide"

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pinned with hashes and without any index's address; run after a change of the dependencies in pyproject.toml.
COMPILE := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe --no-header
requirements: setup
	$(COMPILE) -o requirements/runtime.txt pyproject.toml
	$(COMPILE) --extra dev --extra pdf --extra postgresql --extra ubl -c requirements/runtime.txt -o requirements/dev.txt pyproject.toml
	$(COMPILE) -o requirements/openapi-client.txt requirements/openapi-client.in
