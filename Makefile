# `make run` and `make test` do all the set-up; `make help` lists the other targets.
VENV ?= .venv
EVAL ?= ../shared/eval
PAGES ?= $(EVAL)/data/extraction.dev.jsonl.gz
SECONDS ?= 60
ARTICLES ?= 100000
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN = $(VENV)/bin
TOOLS = .cache/supply
VERSION = $(shell sed -n "s/^__version__ = .\(.*\).$$/\1/p" flows/__init__.py)

# One statement per article, the most reliable one.
SAID = "SELECT speaker, speaker_role, statement FROM said \
	WHERE kind = 'direct' AND speaker_role IS NOT NULL AND length(statement) BETWEEN 40 AND 160 \
	QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY confidence DESC, start_char) = 1 \
	ORDER BY published_at, article_id LIMIT 5"

# Python keeps what it has compiled: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE =

# Their tests take more moments or begin without a database with --all-operations.
KILLED = tests/faults/test_operations.py tests/flows/backups/test_backup.py tests/flows/jobs/test_retention.py \
	tests/flows/orchestration/test_flows.py tests/flows/orchestration/test_prefect_gone.py

.PHONY: help run test lint coverage format fuzz eval faults kill soak bench bench-compare bench-parts licenses audit sbom clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | awk -F'|' '{printf "%-24s%s\n", $$1, $$2}'

run: $(VENV)/.installed ## load the sample articles and show who said what
	@$(BIN)/onrecord load seeds/articles
	@$(BIN)/onrecord sql $(SAID)

test: $(VENV)/.installed-dev ## run all tests
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=10

lint: $(VENV)/.installed-dev ## check style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

coverage: $(VENV)/.installed-dev ## run all tests with coverage
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -n 3 --dist loadfile --no-loadscope-reorder
	-$(BIN)/python -m coverage combine --quiet # files of processes that tests have killed are damaged
	$(BIN)/python -m coverage report

format: $(VENV)/.installed-dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(VENV)/.installed-dev ## try random inputs on every reader and transform (SECONDS=60 for each)
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

eval: $(VENV)/.installed-dev ## score labelled data (EVAL=DIR for another folder)
	$(BIN)/python -m tests.quality.evaluate $(EVAL)
	$(BIN)/python -m tests.quality.feed_eval $(EVAL)
	$(BIN)/python -m tests.quality.robots_eval $(EVAL)/data

faults: $(VENV)/.installed-dev ## test each case of what can go wrong, and print them all
	$(BIN)/python -m tests.faults.matrix

kill: $(VENV)/.installed-dev ## kill and fail runs at hundreds of moments (takes an hour)
	$(BIN)/python -m pytest -q --all-operations $(KILLED)
	$(BIN)/python -m tests.faults.system_calls
	$(BIN)/python -m tests.faults.kills

soak: $(VENV)/.installed-dev ## run 50 times with 400 new articles each in one process (takes half an hour)
	$(BIN)/python -m tests.faults.soak

bench: $(VENV)/.installed-dev ## measure all speed figures (ARTICLES=1000000, BENCH="--only load")
	$(BIN)/python -m tests.bench --articles $(ARTICLES) --pages $(PAGES) $(BENCH)

bench-compare: $(VENV)/.installed-dev ## say which speed figures are worse than in the last release
	$(BIN)/python -m tests.bench.compare $(RESULTS)

bench-parts: $(VENV)/.installed-dev ## measure single parts: fetching, feeds, WARC, copies, stories
	$(BIN)/python -m tests.bench.bench_fetch
	$(BIN)/python -m tests.bench.bench_feeds
	$(BIN)/python -m tests.bench.bench_pacing
	$(BIN)/python -m tests.bench.bench_warc --pages 1000
	$(BIN)/python -m tests.bench.bench_copies --articles 20000
	$(BIN)/python -m tests.bench.bench_identical
	$(BIN)/python -m tests.bench.bench_stories

licenses: $(VENV)/.installed-dev ## list the licences of all needed packages in LICENSES.md
	$(BIN)/python -m tests.quality.licenses

audit: $(TOOLS)/.installed ## ask for known vulnerabilities of the pinned packages (needs the Internet)
	@$(TOOLS)/bin/python -m tests.quality.audit

sbom: $(TOOLS)/.installed ## write a bill of materials (CycloneDX) of a new installation to dist
	rm -rf .cache/sbom
	$(PYTHON) -m venv .cache/sbom
	.cache/sbom/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt ".[s3,documents,mcp,notebooks]"
	.cache/sbom/bin/python -m pip uninstall --quiet --yes setuptools pip
	mkdir -p dist
	$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible --of JSON -o dist/onrecord-$(VERSION).cdx.json .cache/sbom/bin/python
	rm -rf .cache/sbom

clean: ## remove the virtual environment and caches; data is kept
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv is used if it is installed; it is not required.
ifneq ($(shell command -v uv),)
MAKE_VENV = uv venv --quiet --seed --allow-existing --python $(PYTHON) $(VENV)
INSTALL = uv pip install --quiet --python $(BIN)/python -c constraints.txt
else
MAKE_VENV = $(PYTHON) -m venv $(VENV)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
endif

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Installing into $(VENV) ..."
	@$(MAKE_VENV)
	@$(INSTALL) --upgrade pip
	@$(INSTALL) --editable .
	@touch $@

# Apart from the others, so that what they need does not hide a missing dependency.
$(TOOLS)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --upgrade pip
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group supply
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(INSTALL) --group test --group lint
	@touch $@
