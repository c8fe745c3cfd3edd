.PHONY: demo run test check setup lock clean
DEMO ?= demo
PAGES ?= 120
SEED ?= 1

demo: setup
	@scripts/demo "$(DEMO)" "$(PAGES)" "$(SEED)"

run: setup
	@test -n "$(TROVE)" || { echo "Name the folder: make run TROVE=path"; exit 2; }
	@scripts/whole-job "$(TROVE)"

test:
	@scripts/setup tests
	@.venv/bin/python -m pytest

check: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy -p assay
	@.venv/bin/lint-imports

setup:
	@scripts/setup

lock: setup
	@scripts/lock

clean:
	rm -rf .venv demo build dist
