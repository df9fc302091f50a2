# make demo · make test · make coverage · make proofs · make check · make bench · make .venv
PYTHON ?= python3
PORT ?= 8501
FAMILIES ?= 2000
RUN := .venv/bin/python
COUNCIL := data/identified/landing/fictional-council

.PHONY: demo test coverage proofs check bench docs requirements

# The environment: everything that runs it and everything that tests it, by hash. (A folder would always count as old.)
.PHONY: .venv
.venv: .venv/.complete

.venv/.runs: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Outcome Lens needs Python 3.11 or newer: make PYTHON=python3.11")'
	@test -x $(RUN) || $(PYTHON) -m venv .venv
	@echo "Installing what runs Outcome Lens (once; a minute or two) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@touch $@

.venv/.complete: .venv/.runs requirements-dev.txt
	@echo "Installing what tests Outcome Lens (once) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

# A fictional council, its release, a return drawn up from it, the worker and the app. A second start uses what is there.
demo: .venv/.runs
	@test -f $(COUNCIL)/extracts.toml || $(RUN) -m pipelines demo --families $(FAMILIES) --seed 1 --to $(COUNCIL)
	@test -f data/releases/current || { $(RUN) -m pipelines run --extracts $(COUNCIL) \
		&& { $(RUN) -m custody returns draw-up families-first-quarterly 2024-25-Q2 >/dev/null || true; }; }
	@echo "Outcome Lens is at http://localhost:$(PORT). Stop it with Ctrl+C."
	@$(RUN) -m custody serve & worker=$$!; trap 'kill $$worker 2>/dev/null' EXIT INT TERM; \
		$(RUN) -m streamlit run asgi.py --server.port $(PORT) --server.address localhost --server.headless true

test: .venv/.complete check
	$(RUN) -m pytest --numprocesses 2 --dist loadfile -m "not proof"

# The same, and which lines it never came to. Slower by a quarter.
coverage: .venv/.complete
	$(RUN) -m pytest --numprocesses 2 --dist loadfile -m "not proof" --cov --cov-report=term:skip-covered

# Programs of others that ours are held against (tests/oracles), each in an environment of its own, by hash.
.oracles/%/.complete: tests/oracles/%.txt | .venv/.runs
	@echo "Installing $*, to test against (once) ..."
	@rm -rf .oracles/$* && $(PYTHON) -m venv .oracles/$*
	@.oracles/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# What takes many whole runs to prove: keys through rotations, every column dropped, canaries in every column, names
# planted, runs killed, several frameworks against the truth, Ray, and what other programs find.
proofs: .venv/.complete .oracles/pycanon/.complete .oracles/pytauargus/.complete
	$(RUN) -m pytest --numprocesses 2 -m proof

# The quick part: style, types, walls.
check: .venv/.complete
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

docs: .venv/.complete
	$(RUN) -m docs.make_reference

# What others would build the same page with, to be measured beside it, by hash.
.rivals/.complete: benchmarks/rivals.txt | .venv/.runs
	@echo "Installing Dash and Shiny, to measure beside (once) ..."
	@rm -rf .rivals && $(PYTHON) -m venv .rivals
	@.rivals/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

bench: .venv/.complete .rivals/.complete
	$(RUN) -m benchmarks

requirements: .venv/.complete
	@for list in requirements requirements-ray requirements-dev tests/oracles/pycanon tests/oracles/pytauargus benchmarks/rivals; do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--custom-compile-command "make requirements" $$list.in --output-file $$list.txt || exit 1; \
	done
