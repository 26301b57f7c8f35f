# The commands of a developer and of CI. Everything lands in .venv and .data.
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
BIN := .venv/bin
ADDRESS ?= 127.0.0.1
PORT ?= 8000

PRODUCT := results_portal candidates results diplomas
RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core gettext
TEST_PACKAGES := chromium java:default-jre-headless
BENCH_PACKAGES := chromium wrk npm:npm nginx:nginx-light

# One suite in three sizes, each within the next; `kills` is for those who doubt.
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal

.PHONY: help setup assets run quick test full kills lint format messages bench fuzz lock stop clean

help:
	@echo "make setup | assets | run | quick | test | full | kills | lint | format | messages | bench | fuzz | lock | stop | clean"

setup:
	@scripts/system_packages $(RUN_PACKAGES)
	@scripts/setup

assets: setup
	@scripts/assets

run: assets
	@ADDRESS=$(ADDRESS) PORT=$(PORT) scripts/run

quick: assets
	@$(PYTEST) --first-case -m "not browser and not kill and not long and not slow"

test: assets
	@scripts/system_packages $(TEST_PACKAGES)
	@$(PYTEST) -m "not slow"

full: assets
	@scripts/system_packages $(TEST_PACKAGES)
	@$(PYTEST) --kills 60 --durations 20

kills: assets
	@$(PYTEST) -m kill --kills 400

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/deptry .
	@$(BIN)/deptry $(PRODUCT) --requirements-files requirements/base.in \
		--extend-exclude 'results_portal/(assets|development|management)/'
	@git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2

# Brings the English catalogue up to date with the French of the code; then translate what is new.
messages: setup
	@$(BIN)/django-admin makemessages --locale en --no-wrap --no-obsolete --add-location file \
		--ignore 'tests/*' --ignore 'benchmarks/*'

# BENCH="--scale 20000 --only steps" for less of it; BASE=<commit> compares with that commit, by turns.
bench: assets
	@scripts/system_packages $(BENCH_PACKAGES)
	@$(BIN)/python -m benchmarks $(if $(BASE),--base $(BASE)) $(BENCH)

fuzz: setup
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest -m hypothesis

lock:
	@scripts/lock

stop:
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m results_portal.development.embedded_postgres stop

# Forgets the embedded database and everything made in it.
clean: stop
	@rm -rf .data .venv static/built .mypy_cache .ruff_cache .pytest_cache .hypothesis
