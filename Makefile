# Every target sets up what it needs: a virtual environment in .venv, packages as uv.lock pins them.
PYTHON ?= python3
UV := .venv/bin/uv
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: run test lint fix clean

run: $(UV)
	$(UV) sync --quiet --locked --inexact --no-dev --all-extras
	.venv/bin/marv

test: $(UV)
	$(UV) sync --quiet --locked --inexact --all-extras
	.venv/bin/pytest -n 2 --dist worksteal

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
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache

$(UV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Marv needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check uv
