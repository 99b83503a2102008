"""Merges values as Helm does.

Files are merged with each other first, and a null stays a null. The result is merged over a chart's defaults, and a
null deletes the default. Lists are replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values.tree import Map, copy_map, is_null

if TYPE_CHECKING:
    from typing import Any


def _merge_maps(config: Any, path: list[str], base: Map, overrides: Map) -> Map:
    base.has_placeholders |= overrides.has_placeholders
    for key, value in overrides.items():
        base.put(
            key, config.value_strategy([*path, key], base[key], value) if key in base else value, overrides.keys_at[key]
        )
    return base


def _coalesce_maps(config: Any, path: list[str], base: Map, overrides: Map) -> Map:
    base.has_placeholders |= overrides.has_placeholders
    for key, value in overrides.items():
        if key not in base:
            base.put(key, value, overrides.keys_at[key])
        elif is_null(value):
            if not is_null(base[key]):  # deletes a default; without one, the null stays
                del base[key], base.keys_at[key]
        else:
            base.put(key, config.value_strategy([*path, key], base[key], value), overrides.keys_at[key])
    return base


@cache
def _merger(strategy: Callable[[Any, list[str], Map, Map], Map]) -> Any:
    """Merges mappings and replaces everything else, even a mapping by a list or a scalar, as Helm does (and logs)."""
    from deepmerge import Merger  # imported only if there is something to merge

    return Merger([(dict, [strategy])], ["override"], ["override"])


def merge_into(base: Map, overrides: Map) -> None:
    """Merges values over others as Helm merges two values files: mappings by key; anything else, or null, replaces.

    The base is changed, the overrides are not.
    """
    _merger(_merge_maps).merge(base, copy_map(overrides))


def coalesce(base: Map, overrides: Map) -> Map:
    """Values merged over a chart's defaults as Helm does it: like `merge_into`, but a null deletes the default.

    Neither is changed.
    """
    result: Map = _merger(_coalesce_maps).merge(copy_map(base), overrides)
    return result


def drop_replaced_nulls(base: Map, overrides: Map) -> Map:
    """A copy of an umbrella chart's own values without the nulls that values over them replace.

    Helm merges the two before a null deletes a subchart's default.
    """
    result = copy_map(base)
    for key, value in overrides.items():
        mine = result.get(key)
        if mine is not None and is_null(mine) and not is_null(value):
            del result[key], result.keys_at[key]
        elif isinstance(mine, Map) and isinstance(value, Map):
            result[key] = drop_replaced_nulls(mine, value)
    return result
