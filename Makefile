# make train and make test set everything up on a machine that has only Python >= 3.11.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: train orchestra best test check format tensorboard notebooks clean
.DELETE_ON_ERROR:

train: $(VENV)/.ready  ## render the synthetic corpus, train the two-branch network, test it
	$(BIN)/python -m instrument_net.train +experiment=quickstart $(ARGS)

ORCHESTRA := outputs/orchestra/checkpoints/best.ckpt

orchestra: $(ORCHESTRA)  ## train the network that best starts from, on synthetic instruments: once, under an hour on a laptop

$(ORCHESTRA): | $(VENV)/.ready
	$(BIN)/python -m instrument_net.train +experiment=orchestra hydra.run.dir=outputs/orchestra $(ARGS)

best: $(VENV)/.ready  ## train the configuration that validation chose: make best DATA=clips.csv or DATA=folder
	@test -e "$(DATA)" || { echo "make best DATA=...: a table of clips (columns path and label) or a folder with one folder per instrument; '$(DATA)' is neither" >&2; exit 2; }
	@$(MAKE) --no-print-directory orchestra ARGS=
	$(BIN)/python -m instrument_net.train +experiment=best data=$(if $(wildcard $(DATA)/.),folder,manifest) data.path=$(DATA) $(ARGS)

test: $(VENV)/.ready-dev  ## every test
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.ready-dev  ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

tensorboard: $(VENV)/.ready  ## dashboards of every run
	$(BIN)/tensorboard --logdir outputs

notebooks: $(VENV)/.ready-dev
	$(BIN)/jupyter lab notebooks

clean:  ## remove the environment, never the runs
	rm -rf $(VENV)

# uv installs in half a minute, pip in several; pip only installs uv. Bytecode is compiled at once:
# packages then start in seconds, even where the environment forbids Python to write any.
$(BIN)/uv:
	$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Python 3.11 or newer is needed, this is {v.major}.{v.minor}: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.ready: pyproject.toml constraints.txt | $(BIN)/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e .
	touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(BIN)/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e ".[dev]"
	touch $@ $(VENV)/.ready
