"""OpenMIC-2018: its labels in doubt, its official partitions, its artists."""

import pytest
import soundfile

from instrument_net.data.corpora.published.openmic import OpenMicCorpus
from instrument_net.data.manifest import ManifestError
from instrument_net.data.splits import Split
from instrument_net.errors import InputError

# clip -> instrument -> relevance, as the published table has them
ANSWERS = {
    "000046_3840": {"clarinet": 0.17104999999999998, "flute": 0.0, "trumpet": 0.0},
    "000135_483840": {"guitar": 1.0, "banjo": 0.2},
    "000139_119040": {"guitar": 1.0, "banjo": 0.9},
    "000141_153600": {"piano": 0.8, "organ": 0.0, "voice": 0.17},
    "000144_30720": {"piano": 0.95, "organ": 0.4},
    "000145_172800": {"mallet_percussion": 0.85},
    "001452_0": {"guitar": 0.79},
}
TRAIN = ["000046_3840", "000135_483840", "000139_119040", "000144_30720", "000145_172800"]
TEST = ["000141_153600", "001452_0"]


@pytest.fixture
def corpus(tmp_path):
    """Write a folder as the archive unpacks it; return how to read it."""
    root = tmp_path / "openmic-2018"

    def write(answers, *, train, test, artists=None):
        rows = [
            f"{key},{instrument},{relevance},3"
            for key, asked in answers.items()
            for instrument, relevance in asked.items()
        ]
        (root / "partitions").mkdir(parents=True)
        header = "sample_key,instrument,relevance,num_responses"
        (root / "openmic-2018-aggregated-labels.csv").write_text("\n".join([header, *rows, ""]))
        (root / "partitions/split01_train.csv").write_text("\n".join([*train, ""]))
        (root / "partitions/split01_test.csv").write_text("\n".join([*test, ""]))
        metadata = ["track_id,album_title,artist_id,sample_key,start_time"]
        for number, key in enumerate(answers):
            artist = (artists or {}).get(key, f"artist {number}")
            metadata.append(f'{int(key[:6])},"An album, live",{artist},{key},3.84')
            audio = root / f"audio/{key[:3]}/{key}.ogg"
            audio.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(audio, [0.0, 0.1] * 400, 44_100)
        (root / "openmic-2018-metadata.csv").write_text("\n".join([*metadata, ""]))
        return lambda **options: OpenMicCorpus(tmp_path, **options).read()

    return write


def test_clips_with_one_certain_instrument_have_their_official_split(corpus):
    clips = corpus(ANSWERS, train=TRAIN, test=TEST)().clips
    assert [
        (path.rsplit("/", 3)[1:], label, split)
        for path, label, split in clips[["path", "label", "split"]].to_numpy().tolist()
    ] == [
        (["audio", "000", "000135_483840.ogg"], "guitar", "train"),
        (["audio", "000", "000141_153600.ogg"], "piano", "test"),
        (["audio", "000", "000145_172800.ogg"], "mallet_percussion", "train"),
    ]
    assert clips["recording_id"].tolist() == ["000135", "000141", "000145"]
    assert clips["artist_id"].tolist() == ["artist 1", "artist 3", "artist 5"]


@pytest.mark.parametrize(
    ("confidence", "kept"),
    [
        (0.55, ["000135", "000141", "000144", "000145", "001452"]),
        (0.8, ["000135", "000141", "000145"]),
        (0.85, ["000145"]),
        (0.9, ["000139"]),
    ],
)
def test_confidence_applies_to_the_instrument_that_plays_and_to_the_others(
    corpus, confidence, kept
):
    answers = ANSWERS | {"000139_119040": {"guitar": 1.0, "banjo": 0.9 if confidence < 0.9 else 0}}
    clips = corpus(answers, train=TRAIN, test=TEST)(confidence=confidence).clips
    assert clips["recording_id"].tolist() == kept


@pytest.mark.parametrize("confidence", [0.5, 1.01, -1])
def test_a_confidence_out_of_range_is_refused(confidence):
    with pytest.raises(InputError, match=r"confidence must be above 0\.5"):
        OpenMicCorpus("unused", confidence=confidence)


def test_validation_is_taken_from_train_by_artist_and_the_test_stays_official(corpus):
    keys = [f"{number:06d}_0" for number in range(60)]
    answers = {key: {("banjo", "organ")[n % 2]: 1.0} for n, key in enumerate(keys)}
    artists = {key: f"artist {n // 4}" for n, key in enumerate(keys)}
    manifest = corpus(answers, train=keys[:40], test=keys[40:], artists=artists)()
    clips = manifest.clips
    splits = Split().assign(clips)
    assert manifest.keeps_whole == ("artist_id",)
    assert (splits == "test").tolist() == [False] * 40 + [True] * 20
    assert set(splits) == {"train", "validation", "test"}
    assert splits.groupby(clips["artist_id"]).nunique().max() == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("openmic-2018-aggregated-labels.csv", None, r"cannot be opened .*expected: openmic-2018-"),
        ("openmic-2018-aggregated-labels.csv", "a,b\n1,2\n", "no column 'sample_key'"),
        (
            "openmic-2018-aggregated-labels.csv",
            "sample_key,instrument,relevance\n1_2,flute,often\n",
            "the relevance of flute in 1_2 must be a number from 0 to 1, got 'often'",
        ),
        (
            "openmic-2018-aggregated-labels.csv",
            "sample_key,instrument,relevance\n1_2,flute,0.4\n",
            "no clip of .* has exactly one instrument at confidence 0.8",
        ),
        ("partitions/split01_test.csv", None, r"split01_test.csv: cannot be opened"),
        ("partitions/split01_train.csv", b"\xff\xfe", r"split01_train.csv: .*no text"),
    ],
)
def test_a_file_that_is_not_the_published_one_is_named(corpus, tmp_path, name, content, message):
    read = corpus(ANSWERS, train=TRAIN, test=TEST)
    path = tmp_path / "openmic-2018" / name
    if content is None:
        path.unlink()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content)
    with pytest.raises(ManifestError, match=message) as refused:
        read()
    assert "\n" not in str(refused.value)
