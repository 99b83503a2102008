"""What the input contains of a cluster, by kind, which the other modules use."""

from __future__ import annotations

from helm_cleaner.cluster.kinds import BY_OBJECT, NAMES
from helm_cleaner.cluster.object_schemas import is_well_formed
from helm_cleaner.cluster.usage import is_finished
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_cleaner.cluster.types import Labels, Object

_AUTOSCALER = "cluster-autoscaler-status"


class ClusterSnapshot(NamedTuple):
    """What the input contains, by kind, then by namespace and name, without finished pods.

    kinds: those that the input lists, with or without objects; file: where it was read from, for messages; empty: the
    kinds that it lists without objects.
    """

    objects: dict[str, dict[tuple[str, str], Object]]
    kinds: frozenset[str]
    file: str
    empty: frozenset[str] = frozenset()

    def all(self, kind: str) -> list[Object]:
        """The objects of a kind, in input order."""
        return list(self.objects[kind].values())

    def in_namespace(self, kind: str, namespace: str) -> list[Object]:
        """The objects of a kind in a namespace."""
        return [each for (where, _), each in self.objects[kind].items() if where == namespace]

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """One object; None if the input does not contain it."""
        return self.objects[kind].get((namespace, name))

    def without(self, kind: str) -> ClusterSnapshot:
        """The same, as if the input did not contain a kind."""
        return self._replace(objects={**self.objects, kind: {}}, kinds=self.kinds - {kind})

    def namespace_labels(self) -> dict[str, Labels]:
        """The labels of each namespace."""
        return {name: each["metadata"].get("labels") or {} for (_, name), each in self.objects["namespaces"].items()}


def collect(objects: Iterable[Object], file: str, listed: Iterable[str] = ()) -> ClusterSnapshot:
    """Collects objects by kind. Unknown kinds are skipped; the last of two objects with the same name counts.

    listed: kinds that the input lists, with or without objects.
    InputError if an object is not what kubectl prints.
    """
    found: dict[str, dict[tuple[str, str], Object]] = {name: {} for name in NAMES}
    seen: set[str] = set()
    for each in objects:
        kind = BY_OBJECT.get((group_of(each), each["kind"]))
        if kind is None:
            continue
        if not is_well_formed(kind.name, each):
            raise object_error(each, file)
        name, namespace = each["metadata"]["name"], each["metadata"].get("namespace") or ""
        if kind.name != "configmaps" or name != _AUTOSCALER:  # which is asked for by name, and says nothing of others
            seen.add(kind.name)
        if kind.name == "pods" and is_finished(each):
            continue
        if kind.name == "secrets":
            each = {"metadata": {"name": name}, "type": each.get("type") or "Opaque"}  # never their data
        elif kind.name == "configmaps" and name != _AUTOSCALER:
            each = {"metadata": {"name": name}}
        found[kind.name][namespace if kind.is_namespaced else "", name] = each
    return ClusterSnapshot(found, frozenset({*listed, *seen}), file, frozenset({*listed} - seen))


def group_of(each: Object) -> str:
    """The API group of an object; "" for the core group."""
    return str(each.get("apiVersion") or "").rpartition("/")[0]


def object_error(each: Object, file: str, why: str = "not what kubectl prints") -> InputError:
    """The error for an object that cannot be used."""
    metadata = each.get("metadata")
    where = [metadata.get(part) for part in ("namespace", "name")] if isinstance(metadata, dict) else []
    name = "/".join(str(part) for part in where if part) or "without a name"
    hint = "give what `kubectl get … -o json` prints, unchanged"
    return InputError.of("cluster", f"{each.get('kind')} {name}: {why}", Location(file), hint)
