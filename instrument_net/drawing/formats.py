"""The formats of figures, apart from what draws them: a configuration is checked without it."""

from __future__ import annotations

FORMATS = ("png", "svg", "pdf")
