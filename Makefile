# make demo · make test · make check · make bench · make .venv
PYTHON ?= python3
PORT ?= 8501
FAMILIES ?= 2000
RUN := .venv/bin/python

.PHONY: demo test check bench requirements clean

# The environment: everything that runs it and everything that tests it, by hash.
.venv: .venv/.complete

.venv/.runs: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Outcome Lens needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	@test -x $(RUN) || $(PYTHON) -m venv .venv
	@echo "Installing what runs Outcome Lens (once, a few minutes) …"
	@$(RUN) -m pip install --quiet --require-hashes --requirement requirements.txt
	@touch $@

.venv/.complete: .venv/.runs requirements-dev.txt
	@echo "Installing what tests Outcome Lens (once) …"
	@$(RUN) -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

requirements: .venv/.complete
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make requirements" requirements.in --output-file requirements.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make requirements" requirements-dev.in --output-file requirements-dev.txt
