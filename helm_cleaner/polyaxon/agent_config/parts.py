"""The values that the SDK loads, as they are in an agent's ConfigMap."""

from __future__ import annotations

import json

from helm_cleaner import strict_json
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.names import KEY
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon.agent_config import CODE, facts
from helm_cleaner.polyaxon.agent_config.severity import Judge
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Origin, Scalar, Value, from_data

if TYPE_CHECKING:
    from typing import Any


STORE, CONNECTIONS = "POLYAXON_AGENT_ARTIFACTS_STORE", "POLYAXON_AGENT_CONNECTIONS"
SIDECAR, INIT, NOTIFIER = "POLYAXON_AGENT_SIDECAR", "POLYAXON_AGENT_INIT", "POLYAXON_AGENT_NOTIFIER"


class Part(NamedTuple):
    """A value that the SDK loads. entry: the ConfigMap's; path: in the charts' values; rule: what it must be."""

    entry: str
    path: Path
    value: Value
    rule: dict[str, Any]


def of_data(data: dict[str, Any], name: str, judge: Judge) -> tuple[list[Part], list[Diagnostic]]:
    """The parts in the data of an agent's ConfigMap, without the section, and the findings about what is not JSON.

    name: that of the ConfigMap.
    """
    parts, findings = [], []
    for entry in facts.load_entries().values():
        if entry.name not in data or entry.name == KEY:
            continue
        try:
            path = tuple(entry.key.split(".")) if entry.key else (entry.name,)
            parts.append(Part(entry.name, path, _read(entry, data[entry.name], name), entry.rule))
        except InputError as e:
            if e.diagnostics[0].code != CODE:  # nested deeper than we look, which the SDK loads
                continue
            severity, end = judge.severity()
            findings += [d._replace(severity=severity, message=d.message + end) for d in e.diagnostics]
    return parts, findings


def _read(entry: facts.Entry, text: Any, name: str) -> Value:
    """The value of an entry. InputError if it is not JSON."""
    origin = Origin("chart", Location(name))
    if not isinstance(text, str):  # without quotes, which Kubernetes refuses; null becomes an empty text
        text = "" if text is None else str(text).lower() if isinstance(text, bool) else str(text)
    if not entry.is_json:
        return Scalar(text, origin)
    try:
        data = strict_json.loads(text)
        if "\\ud" in text.lower():  # half of a surrogate pair, which the SDK's reader refuses
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as e:
        if not text.strip():
            message, at = "must be JSON, found an empty text", Location(name, None, 1, f'{entry.name}: ""')
        else:
            message = f"is not JSON: {strict_json.problem(e)}"
            at = Location(name, None, getattr(e, "pos", 0) + 1, text)
        hint = f"the chart must render JSON here, from {entry.key} in its values"
        raise InputError.of(CODE, message, at, hint, entry.name) from None
    return from_data(data, origin)
