"""What an epoch draws: shares of corpora first, then the balance within each part."""

from dataclasses import replace

import pandas as pd
import pytest
import torch

from instrument_net.data.epoch import Epoch


def epoch(rows, sampling="shuffled", **shares):
    """Take (label, corpus, source, number of clips)."""
    rows = [(label, corpus, source) for label, corpus, source, n in rows for _ in range(n)]
    table = pd.DataFrame(rows, columns=["label", "corpus", "source"])
    return Epoch(torch.tensor(table["label"]), table[["corpus", "source"]], sampling, shares), table


BALANCED = "class_source_balanced"
OWN = [(0, "", "hall", 40), (0, "", "attic", 4), (1, "", "hall", 16)]
MORE = [(0, "bank", "x", 5), (1, "bank", "x", 3), (1, "bank", "y", 2), (2, "tones", "", 30)]


def drawn(made, table, seed=0):
    torch.manual_seed(seed)
    positions = list(made.sampler())
    assert len(positions) == made.n_clips
    return table.iloc[positions]


def test_without_shares_every_clip_is_drawn_once():
    made, table = epoch([*OWN, *MORE])
    assert sorted(drawn(made, table).index) == list(range(100))


def test_a_share_is_of_the_whole_and_comes_on_top_of_what_has_none():
    made, table = epoch([*OWN, *MORE], bank=0.25)
    clips = drawn(made, table)  # 90 clips have no share and are three quarters of it
    assert clips["corpus"].value_counts().to_dict() == {"": 60, "tones": 30, "bank": 30}
    assert clips[clips["corpus"] == "bank"].index.value_counts().tolist() == [3] * 10
    assert sorted(clips[clips["corpus"] != "bank"].index) == [*range(60), *range(70, 100)]
    assert made.drawn().to_dict() == pytest.approx({"": 60, "tones": 30, "bank": 30})


def test_of_a_large_corpus_with_a_small_share_each_epoch_has_other_clips():
    made, _ = epoch([(0, "", "", 30), (0, "bank", "", 100)], bank=0.25)
    sampler = made.sampler()
    torch.manual_seed(0)
    epochs = [{position for position in sampler if position >= 30} for _ in range(10)]
    assert {len(each) for each in epochs} == {10}
    assert len(set().union(*epochs)) == 100


def test_classes_have_the_same_say_and_their_sources_by_the_root_of_their_clips():
    made, table = epoch([(0, "", "hall", 36), (0, "", "attic", 4), (1, "", "hall", 40)], BALANCED)
    clips = drawn(made, table)
    assert clips.value_counts(["label", "source"]).to_dict() == {
        (0, "hall"): 30, (0, "attic"): 10, (1, "hall"): 40
    }  # fmt: skip
    attic = clips[clips["source"] == "attic"].index.value_counts()
    assert sorted(attic) == [2, 2, 3, 3]  # each once before any is repeated


def test_shares_come_first_and_the_balance_is_within_each_part():
    own, bank = (
        [(0, "", "hall", 40), (1, "", "hall", 16)],
        [(0, "bank", "x", 5), (1, "bank", "y", 2)],
    )
    for sampling in (BALANCED, "class_balanced"):
        made, table = epoch([*own, *bank], sampling, bank=0.5)
        clips = drawn(made, table)
        assert clips["corpus"].value_counts().to_dict() == {"": 56, "bank": 56}
        assert clips.value_counts(["corpus", "label"]).tolist() == [28] * 4


def test_clips_of_a_class_without_a_source_are_one_source():
    made, table = epoch([(0, "", "", 16), (0, "", "x", 4), (1, "", "", 4)], BALANCED)
    assert drawn(made, table).value_counts(["label", "source"]).to_dict() == {
        (0, ""): 8, (0, "x"): 4, (1, ""): 12
    }  # fmt: skip


def test_how_much_of_an_epoch_is_of_each_corpus_is_known_where_all_are_drawn_together():
    made, _ = epoch([(0, "", "", 3), (0, "bank", "", 1), (1, "bank", "", 4)], "class_balanced")
    assert made.drawn().to_dict() == pytest.approx({"": 3, "bank": 1 + 4})


def test_a_share_of_a_corpus_none_of_whose_clips_is_trained_on_changes_nothing():
    made, table = epoch(OWN, bank=0.5)
    assert len(drawn(made, table)) == 60


def test_an_epoch_follows_from_seed_and_number_alone():
    made, _ = epoch([*OWN, *MORE], BALANCED, bank=0.3)
    first, second = made.sampler(seed=3), made.sampler(seed=3)
    epochs = [list(first) for _ in range(4)]
    for number in (3, 1, 2):  # each after other ones
        torch.rand(number)
        second.set_epoch(number)
        assert list(second) == epochs[number]
    assert list(second) == epochs[3]
    assert len({tuple(order) for order in epochs}) == 4
    assert list(made.sampler(seed=4)) != epochs[0]


def test_an_epoch_of_a_given_length_keeps_shares_and_balance():
    made, table = epoch([*OWN, *MORE], BALANCED, bank=0.25)
    made = replace(made, whole=240)
    clips = drawn(made, table)
    assert len(clips) == 240
    assert clips["corpus"].value_counts()["bank"] == 60
    own = clips[clips["corpus"] != "bank"]
    assert own["label"].value_counts().tolist() == [60] * 3


def test_a_short_epoch_has_other_clips_than_the_next():
    made, table = epoch([(0, "", "", 30), (1, "", "", 30)])
    sampler = replace(made, whole=20).sampler()
    torch.manual_seed(0)
    first, second, third = ([*sampler] for _ in range(3))
    assert sorted(first + second + third) == list(range(60))  # each once before any is repeated
    assert len(table) == 60
