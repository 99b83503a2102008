"""What is said about a problem, and what to write instead: as a hint, and as a fix."""

from __future__ import annotations

from helm_cleaner import strict_json
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.fixes import Remove, Rename, Replace, safe, suggested
from helm_cleaner.nearness import find_nearest
from helm_cleaner.paths import to_dotted
from helm_cleaner.polyaxon.agent_config import CODE
from helm_cleaner.polyaxon.agent_config.facts import resolve_rule, to_python_name
from helm_cleaner.polyaxon.agent_config.severity import Judge
from helm_cleaner.polyaxon.agent_config.structure import ENUM, MISSING, TWICE, UNKNOWN, Problem, find_problems
from helm_cleaner.section import found, where, where_key
from helm_cleaner.text import quote
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Scalar, Value, is_known, is_null, to_data
from helm_cleaner.values.writing import to_flow

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.fixes import Fix
    from helm_cleaner.paths import Path

_KINDS = {
    "string": "a string", "number": "a number", "integer": "an integer", "boolean": "true or false",
    "object": "a mapping", "array": "a list",
}  # fmt: skip
# What people call kinds of connections, and fields, where that is not a near miss.
_OTHER_KINDS = {
    "pvc": "volume_claim", "persistentvolumeclaim": "volume_claim", "minio": "s3", "google": "gcs", "gs": "gcs",
    "blob": "wasb", "azureblob": "wasb", "abfs": "wasb", "github": "git", "gitlab": "git", "bitbucket": "git",
    "docker": "registry", "postgresql": "postgres",
}  # fmt: skip
_OTHER_FIELDS = {"tag": "imageTag", "pullPolicy": "imagePullPolicy", "type": "kind", "environment": "env"}
_SHORT = 10  # so many allowed words are listed in a message


class Advice(NamedTuple):
    """What to do about a problem, in words and as changes of the data."""

    hint: str
    fix: Fix | None = None


def to_diagnostic(problem: Problem, judge: Judge) -> Diagnostic:
    """The finding about a problem."""
    kind, path, value, rule, within = problem
    is_unknown = kind == UNKNOWN or (kind == ENUM and len(rule["enum"]) > _SHORT)
    severity, end = judge.severity(is_unknown=is_unknown)
    if kind in (UNKNOWN, TWICE):
        assert within is not None
        message, advice = (_twice if kind == TWICE else _unknown)(problem, within)
        at = within.keys_at[str(path[-1])]
        return Diagnostic(severity, CODE, *where_key(path, message + end, advice.hint, value, at), advice.fix)
    if kind == MISSING:
        return _missing(problem, severity, end)
    message = f"must be {describe_rule(rule)}, found {found(value)}"
    if kind == ENUM:
        message, advice = _not_among(value, rule, path)
    else:
        advice = _instead(value, rule, path, judge)
    return Diagnostic(severity, CODE, *where(path, message + end, advice.hint, value), advice.fix)


def _missing(problem: Problem, severity: Any, end: str) -> Diagnostic:
    name, mapping = str(problem.path[-1]), problem.value
    assert isinstance(mapping, Map)
    example = resolve_rule(problem.rule["properties"][name])["examples"][0]
    given = mapping.get(name)
    if given is not None:
        finding = where(problem.path, f"must not be null{end}", f"for example {name}: {to_flow(example)}", given)
    else:
        finding = where(problem.path[:-1], f"is missing{end}", f"for example {name}: {to_flow(example)}", mapping)
    return Diagnostic(severity, CODE, to_dotted(problem.path), *finding[1:])


def describe_rule(rule: dict[str, Any]) -> str:
    """What a value must be."""
    if "x-wanted" in rule:
        return str(rule["x-wanted"])
    kinds = [rule["type"]] if isinstance(rule["type"], str) else rule["type"]
    return " or ".join(_KINDS[kind] for kind in kinds if kind != "null")


def _instead(value: Value, rule: dict[str, Any], path: Path, judge: Judge) -> Advice:
    """What to write in place of a value of the wrong type."""
    head = f"{path[-1]}: " if isinstance(path[-1], str) else "- "
    if is_null(value):
        return Advice("set a value, or remove it")
    if path[-1] == "defaultMode":
        return Advice("remove defaultMode: Polyaxon passes it on as a string, which Kubernetes refuses")
    if "env" in path[-2:]:
        return Advice("put the variables into a ConfigMap, and write configMap: {name: my-config}")
    new = _meant(value, rule, path, judge) if is_known(value) else None
    if new is not None:
        if isinstance(new, str) and isinstance(value, Scalar) and not isinstance(value.value, str):
            # Helm reads 2.10 as 2.1: a chart may have rendered another number than the one that was written.
            is_sure = value.origin.kind == "file"
            hint = f'write it in quotes: {head}"{new}"'
            return Advice(hint, safe(Replace(value.origin, new)) if is_sure else None)
        hint = f"write {head}{to_flow(new)}" if isinstance(path[-1], str) else f"write {to_flow(new)} in its place"
        return Advice(hint, safe(Replace(value.origin, new)))
    examples = rule.get("examples")
    return Advice(f"write {head}{to_flow(examples[0])}" if examples else f"remove {path[-1]}")


def _meant(value: Value, rule: dict[str, Any], path: Path, judge: Judge) -> Any:
    """The data that is meant by a value of the wrong type, if there is one meaning; else None."""
    candidates: list[Any] = []
    data = to_data(value)
    kinds = rule["type"]
    if isinstance(value, Scalar) and not isinstance(data, str) and "string" in kinds:
        candidates.append(_as_written(value))
    if isinstance(data, str):
        text = data.strip()
        if isinstance(value, Scalar) and value.raw and "string" in kinds:
            candidates.append(value.raw)  # of a number that a template prints as another text
        if "integer" in kinds and text.lstrip("+-").isdecimal():
            candidates.append(int(text))
        if "x-words" in rule:
            candidates.append({"true": True, "false": False}.get(text.lower()))
        if text.startswith(("[", "{")):
            candidates.append(_json(text))
        candidates.append({"name": data})
    elif isinstance(value, Scalar) and isinstance(data, float) and data == int(data):
        candidates.append(int(data))
    if isinstance(data, dict) and list(data) == ["name"]:
        candidates += [data["name"], [data["name"]]]
    if isinstance(data, str) and "," in data:
        candidates.append([part.strip() for part in data.split(",")])
    candidates.append([data])
    return next((each for each in candidates if each is not None and _fits(each, rule, path, judge)), None)


def _fits(data: Any, rule: dict[str, Any], path: Path, judge: Judge) -> bool:
    from helm_cleaner.diagnostics import Location
    from helm_cleaner.values import Origin, from_data

    value = from_data(data, Origin("file", Location("")))
    return next(find_problems(value, rule, path, judge.sdk), None) is None


def _json(text: str) -> Any:
    try:
        return strict_json.loads(text)
    except (ValueError, RecursionError):
        return None


def _as_written(value: Scalar) -> str:
    raw = value.raw if value.raw and value.origin.kind != "default" else None
    return raw if raw is not None else quote(value.value)


def _not_among(value: Value, rule: dict[str, Any], path: Path) -> tuple[str, Advice]:
    allowed, name = [word for word in rule["enum"] if word], path[-1]
    data = str(to_data(value))
    message = f"{quote(data)} is not "
    message += "a kind of connection" if len(allowed) > _SHORT else f"one of {', '.join(allowed)}"
    bare = _bare(data)
    same = [word for word in allowed if _bare(word) == bare]
    near = (
        next(iter(same), None)
        or _OTHER_KINDS.get(bare if name == "kind" else "")
        or find_nearest(data.strip(), allowed)
    )
    if not near:
        return message, Advice(f"write one of {', '.join(allowed)}")
    change = Replace(value.origin, near)
    return message, Advice(f"write {name}: {near}", safe(change) if same else suggested(change))


def _bare(text: str) -> str:
    return text.strip().lower().replace("-", "").replace("_", "")


def _unknown(problem: Problem, within: Map) -> tuple[str, Advice]:
    key, fields = str(problem.path[-1]), problem.rule["properties"]
    at = within.keys_at[key]
    if key in fields:  # which a later version has
        since = fields[key]["x-since"]
        message = f"Polyaxon has this field since {since} only"
        return message, Advice(f"remove {key}, or upgrade the chart", suggested(Remove(at)))
    names = [name for name, rule in fields.items() if "deprecated" not in resolve_rule(rule)]
    message = f"unknown field; allowed: {', '.join(names)}"
    other = _OTHER_FIELDS.get(key)
    near = other if other in fields else find_nearest(key, names)
    there = within.get(near) if near else None
    if near and (there is None or there.origin.kind in ("default", "chart")):
        return message, Advice(f"did you mean {near}?", suggested(Rename(at, key, near)))
    if "limits" in fields and isinstance(problem.value, Scalar):
        hint = f"resources belong under requests or limits: requests: {{{key}: {to_flow(to_data(problem.value))}}}"
        return message, Advice(hint)
    return message, Advice(f"remove {key}", suggested(Remove(at)))


def _twice(problem: Problem, within: Map) -> tuple[str, Advice]:
    key, fields = str(problem.path[-1]), problem.rule["properties"]
    name = next(name for name, rule in fields.items() if to_python_name(name, rule) == key)
    message = f"Polyaxon takes {key} for {name}, but not both"
    at = within.keys_at[key]
    if within[name].origin.kind == "default":
        return f"{message}, and the chart's defaults have {name}", Advice(f"write {name}", safe(Rename(at, key, name)))
    return message, Advice(f"keep {name} alone", suggested(Remove(at)))
