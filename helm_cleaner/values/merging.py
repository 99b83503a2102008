"""Values laid over each other as Helm does it.

Files are merged with each other, where a null stays a null; the result is laid over a chart's defaults, where a null
deletes the default. Lists are replaced whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values.tree import Map, Value, is_null

if TYPE_CHECKING:
    from typing import Any


def _merge_maps(config: Any, path: list[str], base: Map, over: Map) -> Map:
    base.is_open |= over.is_open
    for key, value in over.items():
        base.put(
            key, config.value_strategy([*path, key], base[key], value) if key in base else value, over.keys_at[key]
        )
    return base


def _coalesce_maps(config: Any, path: list[str], base: Map, over: Map) -> Map:
    base.is_open |= over.is_open
    for key, value in over.items():
        if key not in base:
            base.put(key, value, over.keys_at[key])
        elif is_null(value):
            if not is_null(base[key]):  # deletes a default; where there is none to delete, the null stays
                del base[key], base.keys_at[key]
        else:
            base.put(key, config.value_strategy([*path, key], base[key], value), over.keys_at[key])
    return base


@cache
def _merger(strategy: Callable[[Any, list[str], Map, Map], Map]) -> Any:
    """Mappings are merged, all else is replaced: also a mapping by a list or a scalar, as Helm does (and logs)."""
    from deepmerge import Merger  # where Helm renders without a flag of ours, there is nothing to merge

    return Merger([(dict, [strategy])], ["override"], ["override"])


def merge(base: Map, over: Value) -> None:
    """Lays values over others as Helm does with two values files: mappings key by key, all else (null too) replaced."""
    _merger(_merge_maps).merge(base, over)


def coalesce(base: Map, over: Map) -> None:
    """Lays values over a chart's defaults as Helm does: as `merge`, but a null deletes the default."""
    _merger(_coalesce_maps).merge(base, over)
