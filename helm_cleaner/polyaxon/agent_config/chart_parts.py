"""The values that the SDK loads, as the charts render them from a release's values."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.polyaxon.agent_config import facts
from helm_cleaner.polyaxon.agent_config.parts import CONNECTIONS, INIT, NOTIFIER, SIDECAR, STORE, Part
from helm_cleaner.polyaxon.configmap import PULL_SECRETS, SCHEDULING
from helm_cleaner.text import quote
from helm_cleaner.values import Map, Placeholder, Scalar, Value, to_data

_LARGE = 10**6  # from here on, Go prints numbers with an exponent


def of_values(values: Map, given: Map) -> list[Part]:
    """The parts that the charts render from a release's values, as their template agent-cm.yaml does.

    given: the values without the charts' defaults.
    """
    reader = _Values(values, given)
    if not reader.truth("agent", "enabled") and reader.truth("organizationKey"):  # then there is no ConfigMap
        return []
    store = "artifactsStore" if reader.truth("artifactsStore") else "defaultArtifactsStore"
    return [
        *reader.always(STORE, store),
        *reader.if_true(CONNECTIONS, "connections"),
        *reader.always(SIDECAR, "sidecar"),
        *reader.always(INIT, "init"),
        *reader.always(NOTIFIER, "notifier"),
        *reader.scheduling(),
        *reader.always("POLYAXON_ADDITIONAL_NAMESPACES", "agent", "additionalNamespaces"),
        *reader.always("POLYAXON_WATCH_CLUSTER", "agent", "watchCluster"),
        *reader.if_true("POLYAXON_AGENT_ENABLE_HEALTH_CHECKS", "agent", "enableHealthChecks"),
        *reader.if_true("POLYAXON_AGENT_EXECUTOR_REFRESH_INTERVAL", "agent", "executorRefreshInterval"),
        *(reader.use_of_proxy() if reader.truth("proxy", "enabled") else ()),
    ]


class _Values:
    """The values of a release, as templates see them."""

    def __init__(self, values: Map, given: Map) -> None:
        self._values, self._given = values, given

    def _find(self, tree: Map, path: tuple[str, ...]) -> Value | None:
        value: Value | None = tree
        for key in path:
            value = value.get(key) if isinstance(value, Map) else None
        return value

    def truth(self, *path: str) -> bool:
        """Whether a value counts as true in a template. What another tool fills in does not."""
        value = self._find(self._values, path)
        return value is not None and not isinstance(value, Placeholder) and bool(to_data(value))

    def always(self, entry: str, *path: str) -> Iterator[Part]:
        """The part of a value that is rendered in any case: null as `null`, or as an empty text."""
        value = self._find(self._values, path)
        value = self._find(self._given, path) if value is None else value
        if value is not None:
            yield self._part(entry, path, value)

    def if_true(self, entry: str, *path: str) -> Iterator[Part]:
        """The part of a value that is rendered if it is true."""
        value = self._find(self._values, path)
        if value is not None and (self.truth(*path) or isinstance(value, Placeholder)):
            yield self._part(entry, path, value)

    def scheduling(self) -> Iterator[Part]:
        """The parts of the default scheduling and pull secrets: each under `agent` if it is true there, else global."""
        fields = facts.resolve_rule(facts.load_entries()[SCHEDULING].rule)["properties"]
        for name in ("nodeSelector", "affinity", "tolerations"):
            for part in self.if_true(SCHEDULING, *self._agents_or_global(name)):
                yield part._replace(rule=fields[name])
        yield from self.if_true(PULL_SECRETS, *self._agents_or_global("imagePullSecrets"))

    def _agents_or_global(self, name: str) -> tuple[str, ...]:
        return ("agent", name) if self.truth("agent", name) else (name,)

    def use_of_proxy(self) -> Iterator[Part]:
        """The part of `proxy.useInOps`, which the charts render even if it is missing: as an empty text."""
        path = ("proxy", "useInOps")
        proxy = self._values["proxy"]
        missing = Scalar(None, proxy.origin) if isinstance(proxy, Map) and not proxy.has_placeholders else None
        value = self._find(self._values, path) or missing
        if value is not None:
            yield self._part("POLYAXON_AGENT_USE_PROXY_ENV_VARS_IN_OPS", path, value)

    def _part(self, entry: str, path: tuple[str, ...], value: Value) -> Part:
        fact = facts.load_entries()[entry]
        if not fact.is_json and not isinstance(value, Placeholder):
            value = Scalar(_printed(value), value.origin, value.raw if isinstance(value, Scalar) else None)
        return Part(entry, path, value, fact.rule)


def _printed(value: Value) -> str:
    """A value as the template function `quote` prints it, without the quotes: 1000000 is 1e+06."""
    data = to_data(value)
    if data is None:
        return ""
    if isinstance(data, bool):
        return str(data).lower()
    if isinstance(data, (int, float)):
        return _number(data)
    return data if isinstance(data, str) else quote(data)


def _number(value: float) -> str:
    if value == int(value) and abs(value) < _LARGE:
        return str(int(value))
    if abs(value) < _LARGE:
        return repr(value)
    shortest: str = next(text for n in range(18) if float(text := f"{value:.{n}e}") == value)
    return shortest
