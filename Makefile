# make run and make test do all the set-up; make help lists the rest.
VENV ?= .venv
EVAL ?= ../shared/eval
PAGES ?= $(EVAL)/data/extraction.dev.jsonl.gz
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN = $(VENV)/bin

# One statement of each article, the surest first.
SAID = "SELECT speaker, speaker_role, statement FROM said \
	WHERE kind = 'direct' AND speaker_role IS NOT NULL AND length(statement) BETWEEN 40 AND 160 \
	QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY confidence DESC, start_char) = 1 \
	ORDER BY published_at, article_id LIMIT 5"

.PHONY: help run test lint format eval bench bench-poll bench-clean bench-transforms bench-warehouse clean
.DEFAULT_GOAL := help

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | awk -F'|' '{printf "%-24s%s\n", $$1, $$2}'

run: $(VENV)/.installed ## load the sample articles and show who said what
	@$(BIN)/onrecord load seeds/articles
	@echo "Who said what:"
	@$(BIN)/onrecord sql $(SAID)

test: $(VENV)/.installed-dev ## run the whole test suite
	$(BIN)/python -m pytest -n 3 --dist loadfile

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
	$(BIN)/python -m tests.quality.robots_eval $(EVAL)/data

bench: bench-poll bench-clean bench-transforms bench-warehouse ## measure all of it, as ratios (minutes)

bench-poll: $(VENV)/.installed-dev ## polling and fetching beside httpx and feedparser
	$(BIN)/python -m tests.bench.bench_fetch
	$(BIN)/python -m tests.bench.bench_feeds
	$(BIN)/python -m tests.bench.bench_poll
	$(BIN)/python -m tests.bench.bench_pacing

bench-clean: $(VENV)/.installed-dev ## cleaning beside trafilatura on the same pages
	$(BIN)/python -m tests.bench.bench_clean $(PAGES)

bench-transforms: $(VENV)/.installed-dev ## names, quotations and dates as shares of cleaning
	$(BIN)/python -m tests.bench.bench_transforms $(PAGES)

bench-warehouse: $(VENV)/.installed-dev ## views, search, append, publish and reprocess
	$(BIN)/python -m tests.bench.bench_warehouse
	$(BIN)/python -m tests.bench.bench_reprocess --articles 5000
	$(BIN)/python -m tests.bench.bench_warc --pages 1000

clean: ## remove the virtual environment and caches; data stays
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv is used where it is on the path, and never needed.
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

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(INSTALL) --group test --group lint
	@touch $@
