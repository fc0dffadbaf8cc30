# make demo and make test need Python 3.11+, Java 17 and Maven. Everything else is installed here, into .venv.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.installed
# Compiled tests are kept, whatever the environment says: otherwise each process would compile all of them again.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 4 --dist loadgroup --no-loadscope-reorder
NOW := $(or $(TMPDIR),/tmp)/funnel-restore-check
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --all-extras --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --universal --python-version 3.11 \
	--no-emit-package pandas --no-emit-package pyarrow

help:  ## Show this list of commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

demo: setup  ## Simulate a live webinar on real servers and kill a worker (KEEP=1 leaves it running)
	$(BIN)/python -m funnel.demo $(if $(KEEP),--keep)

quick: setup  ## Run linter, formatter and the tests without servers, in half a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	HYPOTHESIS_PROFILE=quick $(PYTEST) -n 2 --quick -q

test: setup  ## Run the test suite, with real Kafka and ClickHouse, in 8 minutes on 2 cores
	$(PYTEST) -m "not soak and not faults and not system and not release"

system: setup  ## Run the tests that take longest: stories of a whole installation, outages, a browser on every page
	$(PYTEST) -m "system and not soak"

faults: setup  ## Inject faults into a whole installation: nothing lost, everything reported (LONG=1 runs all)
	$(BIN)/pytest tests/faults -m "faults$(if $(LONG),, and not long)" $(if $(ONLY),-k "$(ONLY)")

restore-check: setup  ## Restore a backup elsewhere, verify it, throw it away (FROM=folder; without, of what runs now)
	$(if $(FROM),,rm -rf $(NOW) && $(BIN)/funnel backup $(NOW) &&) $(BIN)/funnel restore --check $(or $(FROM),$(NOW)) \
		$(if $(FROM),,&& rm -rf $(NOW))

mutants: setup  ## Make small changes to copies of the code: each must fail a test (ONLY="views streams-3")
	$(BIN)/python -m tests.mutants $(ONLY)

up: setup  ## Start Kafka, ClickHouse and two workers on this machine
	$(BIN)/funnel up

down:  ## Stop what make up started
	$(BIN)/funnel down

setup: $(SETUP)  ## Install requirements.lock into .venv

$(SETUP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(SETUP)

lint: setup  ## Run linter, formatter and strict type checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup  ## Measure speed, latency and memory against a stock Faust agent, as JSON in bench/results
	$(BIN)/python -m bench

soak: setup  ## Run the long suite: ten rounds of workers that join, die and leave, and brokers that crash
	$(PYTEST) -m soak

audit: setup  ## Look up vulnerabilities and licences of every package, and secrets in the tree
	$(BIN)/python -m tests.audit

schema: setup  ## Write clickhouse/schema.sql from a migrated database, and what nodes get (tests/clickhouse/golden)
	$(BIN)/python -m clickhouse.schema
	$(BIN)/python -m tests.clickhouse.goldens

measures: setup  ## Rewrite dashboards and docs after a change in contract/measures.py or process/metrics.py
	$(BIN)/python -m grafana.build
	$(BIN)/python -m contract
	$(BIN)/python -m process

reference: setup  ## Write docs/reference from the code: settings, commands, events, views, HTTP
	$(BIN)/python -m funnel.reference

docs: setup  ## Build the documentation that funnel docs serves, with every link and anchor checked
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

matrix: setup  ## Install the lock and run the quick tests on every Python of this machine (PYTHONS="3.12 3.13")
	$(BIN)/python -m tests.matrix $(PYTHONS)

release-check: setup  ## Build the wheel, install it elsewhere, follow the tutorial there to the letter, play the demo
	$(BIN)/pytest tests/release/test_installed.py -m release

upgrade-check: setup  ## Upgrade an installation of the release before in place: the same numbers, nothing lost
	$(BIN)/pytest tests/release/test_upgrade.py -m release

dashboards: setup  ## Write grafana/dashboards from their layout and queries
	$(BIN)/python -m grafana.build

preview:  ## Build grafana/preview/dist, the page of funnel dashboards, from its sources (needs npm)
	cd grafana/preview/web && npm ci --ignore-scripts && npm run build

lock:  ## Write requirements.lock from pyproject.toml (needs uv in .venv: .venv/bin/pip install uv)
	$(UV_COMPILE) -q -o requirements.lock

.PHONY: help demo quick test system faults restore-check mutants up down setup lint bench soak audit schema measures
.PHONY: dashboards preview lock reference docs matrix release-check upgrade-check
