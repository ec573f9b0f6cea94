"""Train, evaluate and use neural networks that recognise the musical instrument in a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from instrument_net.classifier import InstrumentClassifier

    __version__: str

__all__ = ["InstrumentClassifier", "__version__"]


def __getattr__(name: str) -> Any:
    """Return what the package offers by its own name, imported when it is first used.

    Importing the package itself takes no time: commands answer ``--help`` without torch.
    """
    if name == "InstrumentClassifier":
        from instrument_net.classifier import InstrumentClassifier

        return InstrumentClassifier
    if name == "__version__":
        from importlib.metadata import version

        return version("instrument_net")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
