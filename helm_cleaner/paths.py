"""Paths into nested data, and how messages write them."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]  # keys and list indexes


def to_dotted(parts: Path) -> str:
    """A path as messages show it: ``("cleaner", "tolerations", 0, "key")`` is ``cleaner.tolerations[0].key``.

    A key that contains a dot or a bracket is quoted: ``cleaner.nodeSelector["a.b/c"]``.
    """
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part == "" or any(c in part for c in '.[]"'):
            quoted = part.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
        else:
            text += f".{part}" if text else part
    return text


def parse_path(text: str) -> Path:
    """A dotted path's keys; a backslash escapes a dot, as in --set. ValueError if one of them is empty."""
    parts = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", text)]
    if not all(parts):
        raise ValueError(f"{text!r} is not a valid path: separate names with dots, as in polyaxon.cleaner")
    return tuple(parts)
