"""Values that may be meant for the section, but are not where Helm and Polyaxon look for them."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.section.layers import find
from helm_cleaner.section.structure import is_related, schema
from helm_cleaner.text import shorten
from helm_cleaner.values import Map, Origin, Placeholder, Scalar, Value, is_null

_MOST_LEVELS = 6
# Spaces, and characters without a width, that editors and web pages put at the start of a line: to YAML, they are text.
_BLANKS = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2060\u202f\u205f\u3000\ufeff"
)

# The charts also have fields with these names at the top: the default scheduling.
_AT_THE_TOP = frozenset(("nodeSelector", "affinity", "tolerations", "imagePullSecrets"))


def find_look_alikes(tree: Map, path: Path) -> list[Diagnostic]:
    """Warnings about values that have no effect, but may be meant for the section at a path.

    Without a section at the path: a misspelled key, a section further down, only fields of the section, or a Kubernetes
    object. With one: no value in it, and its fields beside it instead. In any case: a key with dots, such as
    `cleaner.imageTag`, keys behind no-break spaces, and a --set flag whose key is misspelled, or is a field of the
    section.
    """
    at = find(tree, path)
    found = at is not None
    if not found and (thing := _find_object(tree)):
        return [thing]
    return [
        *_find_misspelled(tree, path, found=found),
        *_with_dots(tree, path),
        *([] if found else _find_below(tree, path)),
        *_find_fields(tree, path),
        *([] if at is None else [*_without_value(path, *at), *_find_beside(tree, path, at[0])]),
    ]


def _find_object(tree: Map) -> Diagnostic | None:
    """The warning about a Kubernetes object, such as a HelmRelease, in place of values."""
    kind, version = tree.get("kind"), tree.get("apiVersion")
    if not (isinstance(kind, Scalar) and isinstance(kind.value, str) and isinstance(version, Scalar)):
        return None
    at = tree.keys_at["kind"]
    message = f"this is a Kubernetes object of kind {kind.value}, not values: Helm finds no section in it"
    hint = f"give the values alone; helm-cleaner validate {at.location.file} checks a section inside the object"
    return Diagnostic("warning", "no-section", "kind", shorten(message), shorten(hint), at.location)


def _find_misspelled(tree: Map, path: Path, *, found: bool) -> Iterator[Diagnostic]:
    name, where = str(path[-1]), to_dotted(path)
    above = find(tree, path[:-1])
    if above is None or not isinstance(above[0], Map):
        return
    beside = above[0]
    keys = [key for key, value in beside.items()
            if key != name and (not found or beside.keys_at[key].kind == "set") and _may_be_section(value)]  # fmt: skip
    if not keys:
        return
    from helm_cleaner.nearness import find_nearest, is_typo

    if key := find_nearest(name, (key for key in keys if is_typo(key, name))):
        place = beside.keys_at[key].location
        what = f"this is not the {where} section" if found else f"there is no {where} section"
        message, hint = f"{what}; did you mean {name}?", f"write {name}:"
        if key.strip(_BLANKS) == name:
            char = key[0] if key[0] in _BLANKS else key[-1]
            message, hint = f"{what}: {_describe(char)} is part of this key", f"remove the {_name(char)}"
        yield Diagnostic("warning", "no-section", to_dotted((*path[:-1], key)), message, hint, place)


def _may_be_section(value: Value) -> bool:
    """Whether a value under another key may be meant for a section: not a text or a number."""
    return not isinstance(value, Scalar) or isinstance(value, Placeholder) or is_null(value)


def _with_dots(tree: Map, path: Path) -> Iterator[Diagnostic]:
    """Keys such as `cleaner.imageTag`, which lead nowhere."""
    for depth in range(len(path)):
        above = find(tree, path[:depth])
        if above is None or not isinstance(above[0], Map):
            return
        rest = path[depth:]
        for key in above[0]:
            parts = tuple(key.split("."))
            if len(parts) > 1 and parts[: len(rest)] == rest:
                message = f"{key} is one key: in a values file, a dot does not lead into a mapping"
                below = ".".join(parts[len(rest) :]) or "its fields"
                as_nested = f"{rest[0]}:" if len(rest) == 1 else f"{to_dotted(rest)} as nested mappings"
                place = above[0].keys_at[key].location
                hint = f"write {as_nested} and {below} below it"
                yield Diagnostic("warning", "no-section", to_dotted((*path[:depth], key)), message, hint, place)


def _without_value(path: Path, section: Value, at: Origin) -> Iterator[Diagnostic]:
    # A null in a flag is written on purpose: it is Helm's way to remove a value.
    if is_null(section) and not isinstance(section, Placeholder) and at.kind != "set":
        message = "has no value: the chart renders null, which the agent cannot load unless post-render replaces it"
        hint = "remove it, or indent its fields below it"
        yield Diagnostic("warning", "no-section", to_dotted(path), message, hint, at.location)


def _find_beside(tree: Map, path: Path, section: Value) -> Iterator[Diagnostic]:
    """What is beside a section, but was meant to be in it."""
    name, fields = str(path[-1]), schema()["properties"]
    above = find(tree, path[:-1])
    beside = above[0] if above else None
    assert isinstance(beside, Map)
    is_empty = is_null(section) or (isinstance(section, Map) and not section and not section.has_placeholders)
    follows = False  # whether all keys since the section begin with blanks
    for key in beside:
        bare = key.lstrip(_BLANKS)
        follows = key == name or (follows and bare != key)
        if bare != key and (follows or bare in fields):
            message = f"begins with {_describe(key[0])}, which is no indentation to YAML"
            hint = f"indent it with spaces, below {name}:"
        elif is_empty and key in fields and key not in _AT_THE_TOP and beside.keys_at[key].kind == "file":
            message = f"is beside {name}, not in it"
            hint = f"indent it, below {name}:{'' if is_null(section) else ' without the {}'}"
        else:
            continue
        place = beside.keys_at[key].location
        yield Diagnostic("warning", "no-section", to_dotted((*path[:-1], bare)), message, hint, place)


def _describe(char: str) -> str:
    name = _name(char)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} (U+{ord(char):04X})"


def _name(char: str) -> str:
    import unicodedata  # only needed if something is wrong

    return "byte order mark" if char == "\ufeff" else unicodedata.name(char, "character").lower()


def _find_below(tree: Map, path: Path) -> Iterator[Diagnostic]:
    for found, at in _find_related(tree, str(path[-1]), ()):
        if found != path:
            message = f"this section is not at {to_dotted(path)}, where it is looked for"
            hint = f"if it is meant: --section {to_dotted(found)}"
            if len(path) > 1:
                hint = f"write it as {to_dotted(path)}; {hint}"
            yield Diagnostic("warning", "no-section", to_dotted(found), message, hint, at.location)
            return


def _find_related(tree: Map, name: str, path: Path) -> Iterator[tuple[Path, Origin]]:
    """Where, below the top of a tree, mappings of a name are that may be sections of Polyaxon's cleaner."""
    for key, value in tree.items():
        if isinstance(value, Map):
            there = value.get(name)
            if isinstance(there, Map) and (not there or any(map(is_related, there))):
                yield (*path, key, name), value.keys_at[name]
            if len(path) < _MOST_LEVELS:
                yield from _find_related(value, name, (*path, key))


def _find_fields(tree: Map, path: Path) -> Iterator[Diagnostic]:
    """Fields of the section at the top: in --set flags, or in values that contain nothing else."""
    fields = schema()["properties"]
    alone = all(key in fields for key in tree)
    for key in tree:
        at = tree.keys_at[key]
        if key in fields and key not in _AT_THE_TOP and (alone or at.kind == "set"):
            message = f"is not in the {to_dotted(path)} section; did you mean {to_dotted((*path, key))}?"
            hint = (
                f"write --{_flag(at.location.file)} {to_dotted((*path, key))}=…"
                if at.kind == "set"
                else (f"write it below {path[-1]}:")
            )
            yield Diagnostic("warning", "no-section", key, message, hint, at.location)


def _flag(name: str) -> str:
    return name.lstrip("-").partition(" ")[0]
