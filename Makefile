# make run and make test do all the set-up; make help lists the rest.
VENV ?= .venv
EVAL ?= ../shared/eval
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN = $(VENV)/bin

.PHONY: help run test lint format eval clean
.DEFAULT_GOAL := help

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | awk -F'|' '{printf "%-18s%s\n", $$1, $$2}'

run: $(VENV)/.installed ## load the sample articles and show who said what
	@$(BIN)/onrecord load seeds/articles
	@echo "Who said what:"
	@$(BIN)/onrecord sql --file seeds/queries/who_said_what.sql

test: $(VENV)/.installed-dev ## run the whole test suite
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev ## check style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev ## put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

eval: $(VENV)/.installed-dev ## extract and score labelled data (EVAL=DIR for another place)
	$(BIN)/python -m tests.quality.evaluate $(EVAL)
	$(BIN)/python -m tests.quality.feed_eval $(EVAL)

clean: ## remove the virtual environment, caches and the sample data
	rm -rf .venv data .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv is used where it is on the path, and never needed.
INSTALL = if command -v uv >/dev/null; then \
	test -x $(BIN)/python || uv venv --quiet --seed --python $(PYTHON) $(VENV); \
	uv pip install --quiet --python $(BIN)/python --constraints constraints.txt

PIP = else \
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV); \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraints constraints.txt

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Installing into $(VENV) ..."
	@$(INSTALL) --editable . ; $(PIP) --editable . ; fi
	@touch $@

# Groups of pyproject.toml need a pip of 2025 or later.
$(VENV)/.installed-dev: $(VENV)/.installed
	@$(INSTALL) --group test --group lint ; $(PIP) --upgrade pip \
	&& $(BIN)/python -m pip install --quiet --constraints constraints.txt --group test --group lint ; fi
	@touch $@
