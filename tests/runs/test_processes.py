"""Which process of a run this is, by its environment."""

import pytest
from omegaconf import OmegaConf

from instrument_net.runs.processes import rank_of

ALONE, TWO = {"devices": 1}, {"devices": 2}


@pytest.mark.parametrize(
    ("trainer", "environment", "rank"),
    [
        (TWO, {}, 0),  # the one that was typed
        (TWO, {"LOCAL_RANK": "1", "NODE_RANK": "0"}, 1),  # started by Lightning
        (TWO, {"LOCAL_RANK": "1", "RANK": "3"}, 3),  # by torchrun
        (TWO, {"LOCAL_RANK": "1", "RANK": "0", "SLURM_PROCID": "1"}, 0),  # by torchrun, by srun
        (TWO, {"SLURM_PROCID": "2"}, 2),  # by srun
        ({"devices": 1, "num_nodes": 2}, {"SLURM_PROCID": "1"}, 1),
        (ALONE, {"SLURM_PROCID": "2"}, 0),  # one of many runs that srun started
        (None, {"SLURM_PROCID": "2"}, 0),
    ],
)
def test_the_number_of_a_process(trainer, environment, rank, monkeypatch):
    for name in ("RANK", "LOCAL_RANK", "NODE_RANK", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert rank_of(trainer and OmegaConf.create(trainer)) == rank
