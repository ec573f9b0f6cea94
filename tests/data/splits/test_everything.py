import pandas as pd

from instrument_net.data import Everything


def test_every_clip_of_another_corpus_is_tested():
    clips = pd.DataFrame({"path": ["a.wav", "b.wav"], "label": ["flute", "oboe"]})
    assert set(Everything().assign(clips)) == {"test"}
    assert Everything().columns(clips) == ("path",)
