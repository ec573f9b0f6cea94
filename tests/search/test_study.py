"""The file of the trials, after the disk was full."""

from instrument_net.search.study import STORAGE, Study


def opened(folder):
    return Study(folder, seed=0, startup_trials=1, reference=None)


def test_a_line_that_a_full_disk_cut_short_is_forgotten(tmp_path):
    study = opened(tmp_path)
    trial = study.next(2)
    study.complete(trial, 0.5, (0.4, 0.6))
    study.release(trial)
    whole = (tmp_path / STORAGE).read_bytes()
    (tmp_path / STORAGE).write_bytes(whole + b'{"op_code":4,"wor')
    again = opened(tmp_path)
    trial = again.next(2)
    again.complete(trial, 0.7, (0.6, 0.8))
    again.release(trial)
    assert [outcome.value for outcome in opened(tmp_path).outcomes()] == [0.5, 0.7]
    assert (tmp_path / STORAGE).read_bytes().startswith(whole)
