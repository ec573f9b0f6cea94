"""Names of classes that do not fit -> names that do: a mapping in YAML, shipped or one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import yaml  # type: ignore[import-untyped]

from instrument_net.configuration import CONF_DIR
from instrument_net.data.label_spelling import spelling_key
from instrument_net.errors import InputError
from instrument_net.spelling import hint

FOLDER = "labels"  # of tables, below conf/ and below a user's own folder of configuration
_OTHERS = "others"  # keys of the file that are no labels: what becomes of all others
_DROP = "drop"
_AFTER = "after"  # ... and the table whose names this one continues from
_NULL = "tag:yaml.org,2002:null"


class LabelTableError(InputError):
    """A table of labels that cannot be used; the message names the file and the line."""


@dataclass(frozen=True)
class LabelTable:
    """What the labels of a corpus, or the outputs of a network, are called here.

    Letter case, white space, ``_`` and ``-`` make no difference to a label that is looked up. A
    label that is one of the names already has that name.

    Attributes:
        names: Label -> its name here, ``None``: clips of this label are dropped.
        drops_others: Whether clips of a label that is not in ``names`` are dropped, too; otherwise
            they keep it.
        origin: The file, for messages.
        shipped: Whether it is one of ``conf/labels``, which are written for many corpora.

    >>> table = LabelTable({"Flauto": "flute", "Triangolo": None})
    >>> [table.name_of(label) for label in ("flauto", "Flute", "Triangolo", "oboe")]
    ['flute', 'flute', None, 'oboe']
    """

    names: Mapping[str, str | None]
    drops_others: bool = False
    origin: str = "labels"
    shipped: bool = False

    @classmethod
    def read(cls, name: str | Path, *, folders: Sequence[Path] = ()) -> Self:
        """Return the table in a file, or the one of this name.

        Args:
            name: Path of a YAML file, or the name of a table in ``conf/labels``.
            folders: Where else tables with a name are, searched before ``conf/labels``.

        Raises:
            LabelTableError: If there is no such table, or the file is none: with the line.
        """
        shipped = CONF_DIR / FOLDER
        path = Path(name)
        if path.suffix.lower() not in (".yaml", ".yml"):
            tables = {file.stem: file for folder in (shipped, *reversed(folders))
                      for file in sorted(folder.glob("*.yaml"))}  # fmt: skip
            if str(name) not in tables:
                raise LabelTableError(
                    f"{name}: no table of labels has this name{hint(str(name), tables)}; a table "
                    "of your own is given by its file, as my_labels.yaml"
                )
            path = tables[str(name)]
        if not path.is_file():
            raise LabelTableError(
                f"{path}: no such file; expected a YAML table, one line a label, as 'Flauto: flute'"
            )
        names, reserved = _read(path)
        if _AFTER in reserved:
            before = cls.read(reserved[_AFTER], folders=folders)
            named = cls(names)
            names |= {
                label: None if name is None else named.name_of(name)
                for label, name in before.names.items()
                if named.name_of(label) == label
            }
        return cls(names, _OTHERS in reserved, path.name, shipped=path.parent == shipped)

    def name_of(self, label: str) -> str | None:
        """Return what a label is called here; ``None`` if its clips are dropped."""
        return self._by_spelling.get(spelling_key(label), None if self.drops_others else label)

    def unmatched(self, labels: Iterable[str]) -> list[str]:
        """Return which names of the table no label matches."""
        there = set(map(spelling_key, labels))
        return [name for name in self.names if spelling_key(name) not in there]

    @cached_property
    def _by_spelling(self) -> dict[str, str | None]:
        named = {spelling_key(name): name for name in self.names.values() if name is not None}
        return named | {spelling_key(label): name for label, name in self.names.items()}


def _read(path: Path) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return the entries of a file, as they are written: labels, and what is no label."""
    try:
        # Nodes, not values: a label may be called no, 1 or 01.
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        reason = " ".join(str(error).split())
        raise LabelTableError(f"{path}: not readable as YAML (UTF-8): {reason}") from error
    if not isinstance(root, yaml.MappingNode) or not root.value:
        raise LabelTableError(
            f"{path}: expected a mapping, one line a label, as 'Flauto: flute'; null drops a label"
        )
    entries = [_entry(path, key, value) for key, value in root.value]
    names: dict[str, str | None] = {}
    lines: dict[str, int] = {}
    reserved = {label: name for _, label, name in entries if label in (_OTHERS, _AFTER) and name}
    for line, label, name in entries:
        if label in reserved:
            continue
        first = lines.setdefault(spelling_key(label), line)
        if first != line:
            raise LabelTableError(
                f"{path}: line {line}: {label!r} is already in line {first}, letter case and "
                "separators aside: remove one of the two"
            )
        names[label] = name
    return names, reserved


def _entry(path: Path, key: yaml.Node, value: yaml.Node) -> tuple[int, str, str | None]:
    """Return line, label and name of one entry; a name ``None`` for null."""
    line = key.start_mark.line + 1
    if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
        raise LabelTableError(
            f"{path}: line {line}: expected one label and one name, as 'Flauto: flute'"
        )
    label, name = key.value.strip(), value.value.strip()
    if label == _OTHERS and name != _DROP:
        raise LabelTableError(
            f"{path}: line {line}: {_OTHERS} can only be {_DROP}, which drops every label that the "
            f"table does not name, got {name!r}"
        )
    if label == _AFTER and Path(name).stem == path.stem:
        raise LabelTableError(
            f"{path}: line {line}: {_AFTER} names the table whose names this one continues from, "
            "and this is itself"
        )
    is_null = value.tag == _NULL
    if not label or not (name or is_null):
        raise LabelTableError(
            f"{path}: line {line}: a blank name; null, without quotes, drops a label"
        )
    return line, label, None if is_null else name
