"""Values that may be meant for the section, but are not where Helm and Polyaxon look for them."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.section.layers import find
from helm_cleaner.section.structure import is_related, schema
from helm_cleaner.text import shorten
from helm_cleaner.values import Map, Origin, Scalar

_MOST_LEVELS = 6

# The charts also have fields with these names at the top: the default scheduling.
_AT_THE_TOP = frozenset(("nodeSelector", "affinity", "tolerations", "imagePullSecrets"))


def find_look_alikes(tree: Map, path: Path) -> list[Diagnostic]:
    """Warnings about values that have no effect, but may be meant for the section at a path.

    Without a section at the path: a misspelled key, a section further down, only fields of the section, or a Kubernetes
    object. In any case: a --set flag whose key is misspelled, or is a field of the section.
    """
    found = find(tree, path) is not None
    if not found and (thing := _object(tree)):
        return [thing]
    return [*_misspelled(tree, path, found=found), *([] if found else _further_down(tree, path)), *_fields(tree, path)]


def _object(tree: Map) -> Diagnostic | None:
    """The warning about a Kubernetes object, such as a HelmRelease, in place of values."""
    kind, version = tree.get("kind"), tree.get("apiVersion")
    if not (isinstance(kind, Scalar) and isinstance(kind.value, str) and isinstance(version, Scalar)):
        return None
    at = tree.keys_at["kind"]
    message = f"this is a Kubernetes object of kind {kind.value}, not values: Helm finds no section in it"
    hint = f"give the values alone; helm-cleaner validate {at.location.file} checks a section inside the object"
    return Diagnostic("warning", "no-section", "kind", shorten(message), shorten(hint), at.location)


def _misspelled(tree: Map, path: Path, *, found: bool) -> Iterator[Diagnostic]:
    name, where = str(path[-1]), to_dotted(path)
    above = find(tree, path[:-1])
    if above is None or not isinstance(above[0], Map):
        return
    keys = [key for key in above[0] if key != name and not (found and above[0].keys_at[key].kind != "set")]
    if not keys:
        return
    from helm_cleaner.nearness import is_typo, nearest

    if key := nearest(name, (key for key in keys if is_typo(key, name))):
        place = above[0].keys_at[key].location
        what = f"this is not the {where} section" if found else f"there is no {where} section"
        message, hint = f"{what}; did you mean {name}?", f"write {name}:"
        if key.strip("\ufeff") == name:
            message, hint = f"{what}: a byte order mark (U+FEFF) is part of this key", "remove the byte order mark"
        yield Diagnostic("warning", "no-section", to_dotted((*path[:-1], key)), message, hint, place)


def _further_down(tree: Map, path: Path) -> Iterator[Diagnostic]:
    for found, at in _related(tree, str(path[-1]), ()):
        if found != path:
            message = f"this section is not at {to_dotted(path)}, where it is looked for"
            hint = f"if it is meant: --section {to_dotted(found)}"
            if len(path) > 1:
                hint = f"write it as {to_dotted(path)}; {hint}"
            yield Diagnostic("warning", "no-section", to_dotted(found), message, hint, at.location)
            return


def _related(tree: Map, name: str, path: Path) -> Iterator[tuple[Path, Origin]]:
    """Where, below the top of a tree, mappings of a name are that may be sections of Polyaxon's cleaner."""
    for key, value in tree.items():
        if isinstance(value, Map):
            there = value.get(name)
            if isinstance(there, Map) and (not there or any(map(is_related, there))):
                yield (*path, key, name), value.keys_at[name]
            if len(path) < _MOST_LEVELS:
                yield from _related(value, name, (*path, key))


def _fields(tree: Map, path: Path) -> Iterator[Diagnostic]:
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
