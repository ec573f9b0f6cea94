"""Weights and front end of a recogniser -> a short text."""

from __future__ import annotations

from hashlib import blake2b

from instrument_net.recognition.recogniser import Recogniser


def digest_of(recogniser: Recogniser) -> str:
    """Return 16 hexadecimal digits that change with the network's weights and its front end."""
    content = blake2b(recogniser.front_end.fingerprint.encode(), digest_size=8)
    for name, weight in recogniser.network.state_dict().items():
        content.update(name.encode() + weight.cpu().contiguous().numpy().tobytes())
    return content.hexdigest()
