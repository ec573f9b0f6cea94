"""Good-sounds: sounds, takes and packs become clips; players and microphones stay together."""

import json

import pytest

from instrument_net.data.corpora.published.good_sounds import GoodSoundsCorpus
from instrument_net.data.manifest import ManifestError
from instrument_net.data.splits import Split
from instrument_net.errors import InputError

SOUND = {
    "instrument": "flute", "note": "C", "octave": 4, "dynamics": "mf",
    "recorded_at": "2013-10-28 12:00:00.000000", "location": "upf studio", "player": "almudena",
    "bow_velocity": None, "bridge_position": None, "string": None, "csv_file": 1, "csv_id": 1,
    "pack_filename": "0000.wav", "pack_id": 1, "attack": 105810, "decay": 110629, "sustain": None,
    "release": 332406, "offset": 343765, "reference": 1, "klass": "good-sound", "comments": None,
    "semitone": 48, "pitch_reference": 442,
}  # fmt: skip
TAKE = {
    "original_filename": "AKG-costado-Left-01 render 001", "freesound_id": None,
    "goodsound_id": None,
}  # fmt: skip


@pytest.fixture
def corpus(tmp_path, write_tone):
    """Write sounds, each with its takes by microphone, as the published files have them."""

    def write(sounds, *, microphones=("akg",), ratings=None):
        packs, takes = {}, {}
        for number, sound in enumerate(sounds, start=1):
            pack = f"{sound['instrument']}_{sound['player']}_reference"
            pack_id = next((n for n, known in packs.items() if known["name"] == pack), None)
            if pack_id is None:
                pack_id = str(len(packs) + 1)
                packs[pack_id] = {"id": int(pack_id), "name": pack, "description": "notes"}
            sound |= {"id": number, "pack_id": int(pack_id)}
            for microphone in microphones:
                name = f"sound_files/{pack}/{microphone}/{number:04d}.wav"
                write_tone(f"good-sounds/{name}", frequency_hz=300 + 7 * number)
                take_id = len(takes) + 1
                takes[str(take_id)] = TAKE | {
                    "id": take_id, "microphone": microphone, "filename": name, "sound_id": number,
                }  # fmt: skip
        tables = {
            "sounds": {str(sound["id"]): sound for sound in sounds},
            "takes": takes,
            "packs": packs,
        }
        if ratings is not None:
            tables["ratings"] = ratings
        for name, table in tables.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(table))
        return tmp_path

    return write


def notes(instrument, player, numbers=("C", "D#", "G")):
    return [SOUND | {"instrument": instrument, "player": player, "note": note} for note in numbers]


def test_a_sound_is_a_clip_with_what_its_entry_says(corpus):
    rated = {
        str(n): {"id": n, "mark": mark, "type": "good", "sound_id": "2", "rater": "almudena"}
        for n, mark in ((1, 7), (2, 8))
    }
    bad = SOUND | {"note": "A#", "octave": 5, "dynamics": None, "klass": "bad-timbre"}
    folder = corpus([dict(SOUND), bad], ratings=rated)
    clips = GoodSoundsCorpus(folder).read().clips
    assert clips["path"].tolist() == [
        str(folder / f"good-sounds/sound_files/flute_almudena_reference/akg/000{n}.wav")
        for n in (1, 2)
    ]
    shown = ["label", "instrument_id", "pitch_midi", "dynamic", "klass", "rating", "player", "pack"]
    pack = "flute_almudena_reference"
    assert clips[shown].to_numpy().tolist() == [
        ["flute", "flute of almudena", "60", "mf", "good-sound", "", "almudena", pack],
        ["flute", "flute of almudena", "82", "", "bad-timbre", "7.5", "almudena", pack],
    ]
    assert set(clips["source"]) == {"good_sounds"}


def test_one_microphone_of_each_sound_is_used_unless_all_are_asked_for(corpus):
    folder = corpus([dict(SOUND), SOUND | {"note": "D"}], microphones=("akg", "neumann"))
    one = GoodSoundsCorpus(folder).read().clips
    assert one["microphone"].tolist() == ["akg", "akg"]
    every = GoodSoundsCorpus(folder, microphones="all").read().clips
    assert every["microphone"].tolist() == ["akg", "neumann"] * 2
    assert every["sound_id"].tolist() == ["1", "1", "2", "2"]
    with pytest.raises(InputError, match="microphones must be one or all, got 'neuman'"):
        GoodSoundsCorpus(folder, microphones="neuman")


def test_scales_are_left_out_unless_they_are_asked_for_and_have_no_pitch(corpus):
    scale = SOUND | {"klass": "scale-good-minor"}
    folder = corpus([dict(SOUND), scale])
    assert GoodSoundsCorpus(folder).read().clips["klass"].tolist() == ["good-sound"]
    clips = GoodSoundsCorpus(folder, scales=True).read().clips
    assert clips["pitch_midi"].tolist() == ["60", ""]


def test_a_split_keeps_whole_players_also_across_instruments(corpus):
    players = [("flute", "irene"), ("piccolo", "irene")]
    players += [(label, f"{label} {k}") for label in ("flute", "piccolo") for k in range(3)]
    folder = corpus([note for label, player in players for note in notes(label, player)])
    manifest = GoodSoundsCorpus(folder).read()
    assert manifest.keeps_whole == ("player", "pack")
    for seed in range(5):
        splits = Split(seed=seed).assign(manifest.clips)
        assert splits.groupby(manifest.clips["player"]).nunique().max() == 1
    assert "player is in several splits" not in manifest.caveat


def test_where_too_few_play_an_instrument_the_pitches_of_a_player_are_kept_whole(corpus):
    sounds = [*notes("oboe", "marta"), *notes("flute", "josep"), *notes("flute", "irene")]
    folder = corpus([dict(s) for s in sounds + sounds], microphones=("akg", "iphone"))
    manifest = GoodSoundsCorpus(folder, microphones="all").read()
    clips, splits = manifest.clips, Split().assign(manifest.clips)
    assert manifest.keeps_whole == ()
    assert "since fewer than 3 play flute, oboe" in manifest.caveat
    assert splits.groupby(clips["sound_id"]).nunique().max() == 1
    assert splits.groupby([clips["instrument_id"], clips["pitch_midi"]]).nunique().max() == 1
    assert set(splits) == {"train", "validation", "test"}


def test_a_partial_copy_is_counted(corpus):
    folder = corpus([dict(SOUND), SOUND | {"note": "D"}])
    (folder / "good-sounds/sound_files/flute_almudena_reference/akg/0002.wav").unlink()
    manifest = GoodSoundsCorpus(folder).read()
    assert len(manifest.clips) == 1
    assert "1 of 2 listed clips" in manifest.incomplete


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("takes.json", None, "takes.json: cannot be opened .*expected: sounds.json, takes.json"),
        ("sounds.json", "{", "sounds.json: not the JSON file of Good-sounds"),
        ("sounds.json", '{"1": {"player": "x"}}', "each with instrument, player, klass, pack_id"),
        ("sounds.json", "{}", "take 1 is of sound 1, which sounds.json does not have"),
        ("ratings.json", '{"1": {"mark": "7", "sound_id": 1}}', "the mark of rating 1 .*'7'"),
    ],
)
def test_a_file_that_is_not_the_published_one_is_named(corpus, name, content, message):
    folder = corpus([dict(SOUND)])
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    with pytest.raises(ManifestError, match=message) as refused:
        GoodSoundsCorpus(folder).read()
    assert "\n" not in str(refused.value)
