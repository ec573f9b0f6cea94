# make train and make test set everything up on a machine that has only Python >= 3.11.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# As it was typed, in quotes for the shell: any name with spaces, brackets, quotes or dollar signs.
quoted = '$(subst ','\'',$(value $(1)))'

.PHONY: help train orchestra best weights test check format tensorboard notebooks docs clean
.DELETE_ON_ERROR:

help:  ## this list
	@echo "make TARGET [ARGS='key=value ...']"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' Makefile

train: $(VENV)/.ready  ## render the synthetic corpus, train the two-branch network, test it
	$(BIN)/python -m instrument_net.train +experiment=quickstart $(ARGS)

# A run has ended when its report is there. One that was interrupted goes on at its last.ckpt.
ORCHESTRA := outputs/orchestra

orchestra: $(ORCHESTRA)/report/report.md  ## train on 21 synthetic instruments alone, no recording: under an hour on a laptop

$(ORCHESTRA)/report/report.md: | $(VENV)/.ready
	$(BIN)/python -m instrument_net.train +experiment=orchestra hydra.run.dir=$(ORCHESTRA) $(if $(wildcard $(ORCHESTRA)/checkpoints/last.ckpt),resume_from=$(ORCHESTRA)) $(ARGS)

# SoundFonts that are trained on, too; those of Debian's packages, if they are installed.
ifndef BANKS
BANKS := $(wildcard /usr/share/sounds/sf2)
endif
WITH_BANKS = data/extra=soundfont data.extra.soundfont.path=$(call quoted,BANKS) data.extra.soundfont.held_s=3 data.extra_classes=shared

best: $(VENV)/.ready  ## train for recordings of unseen sources, minutes: make best DATA=clips.csv or DATA=folder [BANKS=soundfonts]
	@test -e $(call quoted,DATA) || { echo "make best DATA=...: a table of clips (columns path and label) or a folder with one folder per instrument;" $(call quoted,DATA) "is neither" >&2; exit 2; }
	@echo "10 epochs of 510 steps: seven minutes on one core of an AMD EPYC with AVX-512, with ARGS=trainer.precision=bf16-mixed five, after the clips are decoded"
	@if test -d $(call quoted,DATA); then corpus=folder; else corpus=manifest; fi; \
	  set -x; $(BIN)/python -m instrument_net.train +experiment=best data=$$corpus data.path=$(call quoted,DATA) $(if $(BANKS),$(WITH_BANKS)) $(ARGS)

# The weights in the package, anew: three trainings on every source, on SoundFonts under the MIT licence
# alone, each in one thread, so that the same machine makes the same file. CALIBRATION: a folder of runs
# of the same settings that leave every source out; without it, they are run: an hour or two on two cores.
WEIGHTS := outputs/weights
PACKAGED := instrument_net/pretrained
SEEDS_OF_WEIGHTS := 0 1 2
RUNS_OF_WEIGHTS := $(addprefix $(WEIGHTS)/seed_,$(SEEDS_OF_WEIGHTS))
BANKS_OF_WEIGHTS := $(wildcard /usr/share/sounds/sf2/FluidR3_GM.sf2 /usr/share/sounds/sf2/MuseScore_General_Full.sf2)
AS_WEIGHTS = +experiment=best data=manifest data.path=$(call quoted,DATA) $(WITH_BANKS) split.group_by=[path] split.validation_fraction=0.02 split.test_fraction=0.02 trainer.precision=bf16-mixed $(ARGS)
weights $(WEIGHTS)/seed_%: BANKS := $(WEIGHTS)/banks

weights: $(addsuffix /report/report.md,$(RUNS_OF_WEIGHTS))  ## the weights in the package, anew: make weights DATA=clips.csv [CALIBRATION=folder]
	$(if $(CALIBRATION),,$(BIN)/python -m benchmarks.unheard $(call quoted,DATA) --banks $(BANKS) --seeds $(SEEDS_OF_WEIGHTS) --folder $(WEIGHTS)/unheard)
	rm -rf $(WEIGHTS)/ensemble
	$(BIN)/python -m instrument_net.ensemble $(RUNS_OF_WEIGHTS) --out $(WEIGHTS)/ensemble
	$(BIN)/python -m instrument_net.calibrate $(WEIGHTS)/ensemble $(if $(CALIBRATION),$(call quoted,CALIBRATION),$(WEIGHTS)/unheard/best)
	$(BIN)/python -m instrument_net.card $(WEIGHTS)/ensemble --sources $(PACKAGED)/sources.csv --out $(PACKAGED)/best.safetensors

$(WEIGHTS)/seed_%/report/report.md: | $(VENV)/.ready
	@test -f $(call quoted,DATA) || { echo "make weights DATA=...: a table of clips (columns path, label and source);" $(call quoted,DATA) "is none" >&2; exit 2; }
	@mkdir -p $(BANKS) && for bank in $(BANKS_OF_WEIGHTS); do ln -sf "$$bank" $(BANKS); done
	OMP_NUM_THREADS=1 $(BIN)/python -m instrument_net.train $(AS_WEIGHTS) seed=$* hydra.run.dir=$(WEIGHTS)/seed_$* $(if $(wildcard $(WEIGHTS)/seed_$*/checkpoints/last.ckpt),resume_from=$(WEIGHTS)/seed_$*)

test: $(VENV)/.ready-dev  ## every test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

check: $(VENV)/.ready-dev  ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.ready-dev  ## let ruff put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

tensorboard: $(VENV)/.ready  ## dashboards of every run
	$(BIN)/tensorboard --logdir outputs

notebooks: $(VENV)/.ready-dev  ## open the notebooks
	$(BIN)/jupyter lab notebooks

docs: $(VENV)/.ready-docs  ## the documentation as a site, in site/, with the notebooks run
	$(BIN)/python docs/notebook_pages.py
	$(BIN)/zensical build --clean --strict

clean:  ## remove the environment, never the runs
	rm -rf $(VENV)

# uv installs in half a minute, pip in several; pip only installs uv. Bytecode is compiled at once:
# packages then start in seconds, even where the environment forbids Python to write any.
$(BIN)/uv:
	$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Python 3.11 or newer is needed, this is {v.major}.{v.minor}: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv

$(VENV)/.ready: pyproject.toml constraints.txt | $(BIN)/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e ".[train]"
	touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(BIN)/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e ".[dev]"
	touch $@ $(VENV)/.ready

$(VENV)/.ready-docs: pyproject.toml constraints.txt | $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt -e ".[docs]"
	touch $@
