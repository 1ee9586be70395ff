# Digital Desk. Two commands matter: `make run` (the whole desk, on this machine) and `make test`.
# Needs Python 3.11 or later, make and a Unix shell; everything else is installed into .venv.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run reset test check bench lock format help
help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

run: $(VENV)/ready-local ## Start the whole desk: database, queue, sandbox, web, worker
	@exec $(BIN)/python -m desk.local.run

reset: $(VENV)/ready-local ## Empty the demo
	@exec $(BIN)/python -m desk.local.reset

test: $(VENV)/ready-dev ## Run every test against real PostgreSQL, Redis and the sandbox
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/ready-dev ## Lint, types, import law, migrations, deployment settings
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m desk.local.check

bench: $(VENV)/ready-dev ## Measure (bench/README.md says what)
	@exec $(BIN)/python -m bench $(ARGS)

format: $(VENV)/ready-dev ## Lay out the code
	@$(BIN)/ruff check --fix-only -q . ; $(BIN)/ruff format .

lock: $(VENV)/ready-dev ## Lock the requirements again, with hashes
	@for name in app local dev; do $(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url requirements/$$name.in -o requirements/$$name.txt; done

$(VENV)/ready-%: requirements/%.txt
	@test -n "$(PYTHON)" || { echo "Digital Desk needs Python 3.11 or later, and none was found. Install one, or run: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || { echo "Making the Python environment in $(VENV) …"; \
		$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
		echo "This Python has no venv module. On Debian or Ubuntu: install the package python3-venv."; exit 1; }; }
	@echo "Installing what $* needs (about a minute, once) …"
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --progress-bar off -r $< > $(VENV)/install.log 2>&1 & \
		pid=$$!; trap 'kill $$pid 2>/dev/null; exit 130' INT TERM; \
		while kill -0 $$pid 2>/dev/null; do sleep 2; [ -t 1 ] && printf '\r  %s packages looked at ' "$$(grep -c '^Collecting' $(VENV)/install.log)"; done; \
		[ -t 1 ] && echo; wait $$pid || { tail -n 5 $(VENV)/install.log; echo "The installation failed; the whole log is in $(VENV)/install.log."; exit 1; }
	@touch $@
