"""Phrases from notes: of one instrument only, cut where the next begins, never louder."""

import pandas as pd
import pytest
import torch

from instrument_net.data.joined_notes import JoinedNotes

N_FRAMES = 60
CLIPS = pd.DataFrame(
    {
        "label": ["flute"] * 3 + ["oboe"] * 2,
        "source": ["hall", "hall", "attic", "hall", "hall"],
        "instrument_id": ["a", "a", "a", "b", "c"],
    },
    index=[7, 9, 2, 4, 5],
)


def pictures(rows):
    """Give each clip another level, and each frame another value, so that both can be read off."""
    frame = torch.arange(N_FRAMES) / N_FRAMES
    return torch.stack([(row + 2 + frame).expand(1, 4, N_FRAMES) for row in rows]) / 10


def joined(row, n=300, share=1.0, clips=CLIPS):
    torch.manual_seed(0)
    notes = JoinedNotes(clips, share=share, hop_s=0.05)
    return notes.join(pictures([row] * n), [row] * n, pictures)


def test_a_phrase_begins_with_the_clip_itself_and_goes_on_with_clips_of_its_instrument():
    phrases = joined(0)
    begins = phrases[:, 0, 0, :3]
    own = pictures([0])[0, 0, 0, :3]
    assert (begins <= own).all()
    assert (begins >= own - 0.161).all()
    # Clip 1 lies 0.1 above clip 0, clips 2 to 4 0.2 and more: they are of other instruments.
    rising = phrases[:, 0, 0] - torch.arange(N_FRAMES) / N_FRAMES / 10
    assert (rising <= 0.3 + 1e-6).all()
    assert (rising > 0.2 + 1e-6).any()  # clip 1, less than 0.1 quieter than it was


def test_a_note_lasts_from_a_seventh_of_a_second_to_a_bit_more_than_one():
    torch.manual_seed(0)
    ramp = torch.arange(1.0, 1 + N_FRAMES).expand(300, 1, 4, N_FRAMES)
    notes = JoinedNotes(CLIPS, share=1.0, hop_s=0.05)
    phrases = notes.join(ramp, [3] * 300, lambda rows: ramp[: len(rows)])[:, 0, 0]
    starts = phrases.diff(dim=1) < 0  # each note begins at its own first frame
    lengths = [gap for row in starts for gap in row.nonzero()[:, 0].diff().tolist()]
    assert min(lengths) == 3
    assert max(lengths) == 23


def test_only_a_share_is_changed_and_the_rest_stays_bit_for_bit():
    given, phrases = pictures([0] * 400), joined(0, n=400, share=0.25)
    same = (phrases == given).flatten(1).all(dim=1)
    assert 270 < same.sum() < 330
    assert torch.equal(joined(0, n=5, share=0.0), pictures([0] * 5))


def test_every_bin_of_a_frame_is_of_one_note_and_all_is_in_range():
    phrases = joined(1)
    assert torch.equal(phrases, phrases[:, :, :1].expand_as(phrases))
    assert phrases.min() >= 0
    assert phrases.max() <= 1


def test_silence_in_a_note_stays_silent():
    torch.manual_seed(0)
    notes = JoinedNotes(CLIPS, share=1.0, hop_s=0.05)
    silent = torch.zeros(3, 1, 4, N_FRAMES)
    assert (
        notes.join(silent, [0, 1, 0], lambda rows: silent[:1].expand(len(rows), -1, -1, -1)).max()
        == 0
    )


@pytest.mark.parametrize("columns", [["label"], ["label", "source"]])
def test_a_table_without_instruments_joins_what_it_knows_to_belong_together(columns):
    rising = joined(0, clips=CLIPS[columns])[:, 0, 0] - torch.arange(N_FRAMES) / N_FRAMES / 10
    has_third = bool((rising > 0.3 + 1e-6).any())
    assert has_third is (columns == ["label"])
