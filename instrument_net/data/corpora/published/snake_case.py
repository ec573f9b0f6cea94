"""Names as labels: ``Trumpet in C`` -> ``trumpet_in_c``."""

from __future__ import annotations

import re
import unicodedata

_NO_LETTER = re.compile(r"[^\w]+|_+", re.UNICODE)


def snake_case(name: str) -> str:
    """Return a name in lower case, its words joined by underscores.

    >>> snake_case("Clarinet in B-flat"), snake_case(" Distorted electric guitar")
    ('clarinet_in_b_flat', 'distorted_electric_guitar')
    """
    return _NO_LETTER.sub("_", unicodedata.normalize("NFC", name).lower()).strip("_")
