"""The extras of the installation: which one brings a package, and how it is installed."""

from __future__ import annotations

# The packages that we import, by the extra that brings them; see pyproject.toml.
_PACKAGES = {
    "train": (
        "captum", "hydra", "lightning", "markdown_it", "omegaconf", "pooch", "requests",
        "scipy", "tensorboard", "threadpoolctl", "torchmetrics", "yaml",
    ),
    "baselines": ("sklearn",),
    "codecs": ("av",),
    "demo": ("gradio",),
    "export": ("onnx", "onnxruntime", "onnxscript"),
    "mlflow": ("mlflow",),
    "parquet": ("pyarrow",),
    "search": ("optuna",),
    "streaming": ("litdata",),
    "wandb": ("wandb",),
}  # fmt: skip


def install(extra: str) -> str:
    """Return the command that installs an extra.

    Its quotes are right in every shell: zsh reads bare brackets as a pattern, and Windows knows no
    single quotes.

    >>> install("demo")
    'pip install "instrument-net[demo]"'
    """
    return f'pip install "instrument-net[{extra}]"'


def missing(package: str | None) -> str | None:
    r"""Return what to say about a package that cannot be imported; ``None`` if no extra brings it.

    Args:
        package: Its name, or that of a module in it.

    >>> missing("hydra.errors")
    'this needs hydra, of the extra \'train\': pip install "instrument-net[train]"'
    """
    name = (package or "").partition(".")[0]
    for extra, packages in _PACKAGES.items():
        if name in packages:
            return f"this needs {name}, of the extra {extra!r}: {install(extra)}"
    return None
