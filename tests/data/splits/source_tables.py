"""Tables of clips of several sources."""

import pandas as pd

# Source -> label -> recordings; the gong is in one source only, the drum's source has no other.
HELD = {
    "attic": {"flute": 6, "harp": 6, "gong": 4},
    "barn": {"flute": 5, "harp": 1},
    "cellar": {"oboe": 6, "flute": 3},
    "dome": {"oboe": 1, "harp": 4},
    "shed": {"drum": 4},
}
FOLDS = ["attic", "barn", "cellar", "dome"]


def table(held=HELD):
    rows = [
        {
            "path": f"{source}_{label}{r}{k}.wav",
            "label": label,
            "source": source,
            "recording_id": f"{source}_{label}{r}",
        }
        for source, labels in held.items()
        for label, recordings in labels.items()
        for r in range(recordings)
        for k in range(3)
    ]
    return pd.DataFrame(rows)
