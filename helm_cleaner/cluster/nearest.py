"""The nearest existing label, value or name to one that does not exist."""

from __future__ import annotations

from helm_cleaner import nearness
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from helm_cleaner.cluster.types import Object

_MOST_LABELS = 2_000  # there may be a value per node, such as hostnames, and the search would take long


def find_nearest(word: str, there: Iterable[str]) -> str:
    """The word that was probably meant; "" if none is near."""
    return nearness.find_nearest(word, list(dict.fromkeys(there))[:_MOST_LABELS])


def did_you_mean(word: str, there: Iterable[str]) -> str:
    """The hint, or "" if nothing is near."""
    near = find_nearest(word, there)
    return f"did you mean {near}?" if near else ""


def count_values(key: str, nodes: Sequence[Object]) -> dict[str, int]:
    """The values of a label and how many nodes have each, most common first."""
    found: dict[str, int] = {}
    for node in nodes:
        value = (node["metadata"].get("labels") or {}).get(key)
        if value is not None:
            found[value] = found.get(value, 0) + 1
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def find_label(key: str, value: str, nodes: Sequence[Object]) -> str:
    """The label that was probably meant by one that no node has, such as `pool: polyaxon-v2`; "" if nothing is near."""
    there = count_values(key, nodes)
    if there:
        near = find_nearest(value, there)
        return f"{key}: {near}" if near else ""
    keys = {each for node in nodes for each in node["metadata"].get("labels") or {}}
    near = find_nearest(key, sorted(keys)) or _same_name(key, keys)
    if not near:
        return ""
    there = count_values(near, nodes)
    return f"{near}: {value if value in there else find_nearest(value, there) or next(iter(there))}"


def _same_name(key: str, keys: set[str]) -> str:
    """A key with the same name and another prefix: topology.kubernetes.io/zone for zone."""
    name = key.rpartition("/")[2]
    return next((each for each in sorted(keys) if each.rpartition("/")[2] == name and each != key), "")
