# Every target sets up what it needs: a virtual environment in .venv, packages as uv.lock pins them.
PYTHON ?= python3
UV := .venv/bin/uv
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv

TORCH := torch==$(shell sed -n 's/^torch==//p' data/persona/requirements-train.txt)

.PHONY: run test train-env test-servers lint fix clean

run: $(UV)
	$(UV) sync --quiet --locked --inexact --no-dev --all-extras
	.venv/bin/marv

test: $(UV)
	$(UV) sync --quiet --locked --inexact --all-extras
	.venv/bin/pytest -n 2 --dist worksteal

# What the local trainer runs in: torch for the CPU, apart from Marv's own packages.
train-env: .venv-train/complete

.venv-train/complete: data/persona/requirements-train.txt
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/pip install --quiet "$(TORCH)+cpu" 2>/dev/null \
		|| .venv-train/bin/pip install --quiet --index-url https://download.pytorch.org/whl/cpu "$(TORCH)"
	.venv-train/bin/pip install --quiet -r $<
	touch $@

# Somebody else's imitation of OpenAI's endpoints, which the tests of tuning run against as well.
test-servers: tests/npm/node_modules/complete

tests/npm/node_modules/complete: tests/npm/package-lock.json
	npm ci --prefix tests/npm --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

lint: $(UV)
	$(UV) sync --quiet --locked --inexact --all-extras
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

fix: $(UV)
	$(UV) sync --quiet --locked --inexact --all-extras
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

clean:
	rm -rf .venv .venv-train tests/npm/node_modules .mypy_cache .ruff_cache .pytest_cache

$(UV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Marv needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check uv
