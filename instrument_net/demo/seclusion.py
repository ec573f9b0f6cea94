"""Settings under which gradio calls no other machine and keeps nothing that was uploaded."""

from __future__ import annotations

import os
from pathlib import Path


def seclude(uploads: Path, host: str) -> None:
    """Set what gradio and its libraries read from the environment; call it before importing them.

    Args:
        uploads: Where uploaded and recorded sounds are put: a folder that the caller removes.
        host: The address to listen on; gradio asks itself there whether it is up, which no proxy
            should see.
    """
    not_by_proxy = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ.update(
        {
            "GRADIO_ANALYTICS_ENABLED": "False",  # telemetry, and a look for newer versions
            "GRADIO_TEMP_DIR": str(uploads),
            "HF_HUB_OFFLINE": "1",
            "no_proxy": ",".join(filter(None, [not_by_proxy, host, "localhost"])),
        }
    )
