"""What values must be after changes: the edited text is read again and compared with this."""

from __future__ import annotations

from collections.abc import Iterable

from helm_cleaner.fixes import Add, Move, Remove, Rename, Replace, Unpack
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Origin, Seq, Value

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.fixes import Change, Written


def apply_changes(value: Value, changes: Iterable[Change]) -> Any:
    """The data of values with changes made. Placeholders are their texts."""
    return _ChangesByNode(changes).data(value)


class _ChangesByNode:
    """The changes by the nodes that they are about."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self.replaced: dict[int, Any] = {}
        self.renamed: dict[int, str] = {}
        self.removed: set[int] = set()
        self.added: dict[int, list[tuple[str, Any]]] = {}
        self.moved: dict[int, str] = {}
        self.unpacked: dict[int, dict[str, str]] = {}
        self.kept: dict[int, Value] = {}  # the values whose text stays within new data
        for change in changes:
            if isinstance(change, Replace):
                self.replaced[_id(change.value)] = change.new
            elif isinstance(change, Rename):
                self.renamed[_id(change.key)] = change.name
            elif isinstance(change, Remove):
                self.removed.add(_id(change.key))
            elif isinstance(change, Add):
                self.added.setdefault(_id(change.after), []).append((change.name, change.new))
            elif isinstance(change, Move):
                self.removed.update(map(_id, change.same))
                self.moved |= dict.fromkeys(map(_id, change.keys), change.under)
            elif isinstance(change, Unpack):
                self.unpacked[_id(change.key)] = change.names

    def data(self, value: Value, *, whole: bool = True) -> Any:
        at = _id_of(value.origin)
        if whole and at in self.replaced:
            self._keep(value)
            return self._new(self.replaced[at])
        if isinstance(value, Map):
            return self._map(value)
        return [self.data(item) for item in value] if isinstance(value, Seq) else value.value

    def _map(self, value: Map) -> dict[str, Any]:
        result: dict[str, Any] = {}
        late = []
        for name, item in value.items():
            key = _id_of(value.keys_at[name])
            if key in self.unpacked and isinstance(item, Map):
                result |= {self.unpacked[key][below]: self.data(each) for below, each in item.items()}
            elif key in self.moved:
                late.append((self.moved[key], name, self.data(item)))
            elif key not in self.removed:
                result[self.renamed.get(key, name)] = self.data(item)
            result |= {added: self._new(new) for added, new in self.added.get(key, ())}
        for under, name, item in late:
            there = result.get(under)
            result[under] = there | {name: item} if isinstance(there, dict) else {name: item}
        return result

    def _keep(self, value: Value) -> None:
        self.kept[_id_of(value.origin)] = value
        for item in value.values() if isinstance(value, Map) else value if isinstance(value, Seq) else ():
            self._keep(item)

    def _new(self, data: Any) -> Any:
        if isinstance(data, Origin):
            return self.data(self.kept[_id_of(data)], whole=False)
        if isinstance(data, dict):
            return {key: self._new(item) for key, item in data.items()}
        return [self._new(item) for item in data] if isinstance(data, list) else data


def _id(origin: Written) -> int:
    return id(origin.written[1])


def _id_of(origin: Origin) -> int:
    return id(origin.written[1]) if origin.is_written else 0


def is_same(one: Any, other: Any) -> bool:
    """Whether data are equal: unlike in Python, 1 and true are different."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other and isinstance(one, bool) == isinstance(other, bool)
