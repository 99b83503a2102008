"""What a problem is called, and what to write instead."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.polyaxon.agent_config.facts import python_name, resolved
from helm_cleaner.polyaxon.agent_config.structure import ENUM, MISSING, RANGE, TWICE, TYPE, UNKNOWN, Problem, problems
from helm_cleaner.section import found, where, where_key
from helm_cleaner.section.structure import nearest
from helm_cleaner.text import quoted
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Seq, Value, is_known, is_null, plain
from helm_cleaner.values.writing import flow

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.paths import Path

CODE = "agent-config"
_KINDS = {
    "string": "a string", "number": "a number", "integer": "an integer", "boolean": "true or false",
    "object": "a mapping", "array": "a list",
}  # fmt: skip
# What people call the kinds of connections that are no near misses.
_OTHER_KINDS = {
    "pvc": "volume_claim", "persistentvolumeclaim": "volume_claim", "volume": "volume_claim", "nfs": "volume_claim",
    "minio": "s3", "google": "gcs", "gs": "gcs", "blob": "wasb", "azureblob": "wasb", "abfs": "wasb",
    "github": "git", "gitlab": "git", "bitbucket": "git", "docker": "registry", "postgresql": "postgres",
}  # fmt: skip
_OTHER_FIELDS = {"tag": "imageTag", "pullPolicy": "imagePullPolicy", "type": "kind", "environment": "env"}


def diagnostic(problem: Problem, version: tuple[int, ...]) -> Diagnostic:
    """The error about a problem."""
    return Diagnostic("error", CODE, *_finding(problem, version))


def _finding(problem: Problem, version: tuple[int, ...]) -> tuple[str, str, str, Any]:
    kind, path, value, rule, within = problem
    if kind in (UNKNOWN, TWICE):
        assert within is not None
        message, hint = (_twice if kind == TWICE else _unknown)(problem)
        return where_key(path, message, hint, value, within.keys_at[str(path[-1])])
    if kind == MISSING:
        assert isinstance(value, Map)
        name = str(path[-1])
        given = value.get(name)
        field = resolved(rule["properties"][name])
        hint = f"write {name}: {flow(field['examples'][0])}"
        if given is not None:
            return where(path, "must not be null", hint, given)
        dotted_path, *_ = where(path, "", "", value)
        return (dotted_path, *where(path[:-1], "is missing", hint, value)[1:])
    if kind == ENUM:
        return where(path, *_not_among(value, rule, str(path[-1])), value)
    if kind == RANGE:
        return where(path, f"must be {wanted(rule)}, found {found(value)}", _instead(rule, path), value)
    assert kind == TYPE
    return where(path, f"must be {wanted(rule)}, found {found(value)}", _type_hint(value, rule, path, version), value)


def wanted(rule: dict[str, Any]) -> str:
    """What a value must be."""
    if "x-wanted" in rule:
        return str(rule["x-wanted"])
    kinds = [rule["type"]] if isinstance(rule["type"], str) else rule["type"]
    return " or ".join(_KINDS[kind] for kind in kinds if kind != "null")


def _head(path: Path) -> str:
    """What comes before a value in YAML: its key, or a dash."""
    return f"{path[-1]}: " if isinstance(path[-1], str) else "- "


def _instead(rule: dict[str, Any], path: Path) -> str:
    examples = rule.get("examples")
    return f"write {_head(path)}{flow(examples[0])}" if examples else f"remove {path[-1]}"


def _type_hint(value: Value, rule: dict[str, Any], path: Path, version: tuple[int, ...]) -> str:
    head = _head(path)
    kinds = rule["type"]
    if is_null(value):
        return "set a value, or remove it"
    if path[-1] == "defaultMode":
        return "remove defaultMode: Polyaxon passes it on as a string, which Kubernetes refuses"
    if path[-1] == "env" or "env" in path[-2:]:
        return "put the variables into a ConfigMap, and write configMap: {name: my-config}"
    if isinstance(value, Scalar) and "string" in kinds and "pattern" not in rule and "x-words" not in rule:
        return f'write it in quotes: {head}"{as_written(value)}"'
    if isinstance(value, Scalar) and isinstance(value.value, str):
        text = value.value.strip()
        if "integer" in kinds and text.lstrip("+-").isdecimal():
            return f"write it without quotes: {head}{int(text)}"
        if "x-words" in rule and text.lower() in ("true", "false"):
            return f"write {head}{text.lower()}"
        if "name" in rule.get("properties", {}):
            return f"write {head}{{name: {flow(value.value)}}}"
    if isinstance(value, Map) and _is_reference(value) and "string" in kinds:
        return f"write {quoted(plain(value)['name'])} in place of {{name: {plain(value)['name']}}}"
    if "array" in kinds and is_known(value) and not next(problems(value, rule["items"], path, version), None):
        return f"write it as a list: {head}{flow([plain(value)])}"
    return _instead(rule, path)


def _is_reference(value: Map) -> bool:
    """Whether it is a name as Kubernetes writes a reference to an object: `{name: a}`."""
    return list(value) == ["name"] and isinstance(plain(value)["name"], str)


def as_written(value: Scalar) -> str:
    """A leaf as the user wrote it, if that is known."""
    raw = value.raw if value.raw and value.origin.kind != "default" else None
    return raw if raw is not None else quoted(value.value)


def _not_among(value: Value, rule: dict[str, Any], name: str) -> tuple[str, str]:
    allowed = [word for word in rule["enum"] if word]
    data = plain(value)
    if len(allowed) > 10:
        message = f"{quoted(data)} is not a kind of connection"
    else:
        message = f"{quoted(data)} is not one of {', '.join(allowed)}"
    near = None
    if isinstance(data, str):
        bare = data.strip().lower().replace("-", "").replace("_", "")
        near = _OTHER_KINDS.get(bare) if name == "kind" else None
        near = near or nearest(data.strip(), allowed)
    return message, f"write {name}: {near}" if near else f"write one of {', '.join(allowed)}"


def _unknown(problem: Problem) -> tuple[str, str]:
    key, fields = str(problem.path[-1]), list(problem.rule["properties"])
    if key in fields:  # which a later version has
        since = problem.rule["properties"][key]["x-since"]
        return f"Polyaxon has this field since {since} only", f"remove {key}, or upgrade the chart"
    message = f"unknown field; allowed: {', '.join(f for f in fields if not _is_deprecated(problem.rule, f))}"
    near = _OTHER_FIELDS.get(key) if _OTHER_FIELDS.get(key) in fields else nearest(key, fields)
    if near and near not in (problem.within or {}):
        return message, f"did you mean {near}?"
    if "limits" in fields and isinstance(problem.value, Scalar):
        return message, f"resources belong under requests or limits: requests: {{{key}: {flow(plain(problem.value))}}}"
    return message, f"remove {key}"


def _is_deprecated(rule: dict[str, Any], field: str) -> bool:
    return "deprecated" in resolved(rule["properties"][field])


def _twice(problem: Problem) -> tuple[str, str]:
    key = str(problem.path[-1])
    name = next(name for name, rule in problem.rule["properties"].items() if python_name(name, rule) == key)
    return f"is the same field as {name}, which is there too", f"keep {name} alone"


def items_of(value: Value | None) -> list[Value]:
    """The items of a list; none of anything else."""
    return list(value) if isinstance(value, Seq) else []
