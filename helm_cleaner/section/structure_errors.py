"""Errors in the section's structure: what is allowed, what was probably meant, and the fix that writes it."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.fixes import Add, Fix, Move, Remove, Rename, Replace, Unpack, safe, suggested
from helm_cleaner.names import SECTION
from helm_cleaner.nearness import bare, near, nearest
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.section.excerpt import where, where_key
from helm_cleaner.section.structure import NOT_FIELDS, found, is_related, is_valid, kind_of, resolved
from helm_cleaner.text import quote
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Seq, Value, from_data, is_known, is_null, to_data
from helm_cleaner.values.writing import to_flow

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.fixes import Change

_TYPES = {
    "string": "a string",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
}
# What most charts have below image, and the section beside it.
_OF_IMAGE = {"repository": "image", "tag": "imageTag", "pullPolicy": "imagePullPolicy"}
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_LITERALS_STAY = ("affinity", "tolerations", "imagePullSecrets")  # Polyaxon reads their texts as Python literals

Remedy = tuple[str, Fix | None]  # a hint, and the fix that it says in words


def wrong_type(value: Value, rule: dict[str, Any], kinds: tuple[str, ...], path: Path) -> Diagnostic:
    """The error for a value of another type than those that are allowed."""
    wanted = " or ".join(_TYPES[kind] for kind in kinds if kind != "null")
    message = f"must be {wanted}, found {found(value)}"
    hint, fix = _of_right_type(value, rule, kinds, path)
    return Diagnostic("error", "type", *where(path, message, hint, value), fix)


def _of_right_type(value: Value, rule: dict[str, Any], kinds: tuple[str, ...], path: Path) -> Remedy:
    """What was meant by a value of the wrong type."""
    name, examples = _name(path), rule.get("examples", ())
    if "enum" in rule:
        return f"write one of {', '.join(filter(None, rule['enum']))}", None
    if isinstance(value, Scalar) and value.value is not None:
        if "integer" in kinds and isinstance(value.value, str) and value.value.strip().lstrip("-").isdecimal():
            return _number(value, rule, name)
        if "string" in kinds and "number" not in kinds:
            return _quotes(value, path)
    for data in _meant_data(value, kinds) if is_known(value) else ():
        if is_valid(from_data(data, value.origin), rule):
            return f"write {name}{to_flow(data)}", suggested(Replace(value.origin, data))
    if kinds[0] == "array" and not is_null(value) and is_known(value) and is_valid(value, rule.get("items", {})):
        is_one = isinstance(value, Scalar) and not set(str(value.value)) & set(", \t\n")
        fix = Fix("safe" if is_one else "suggested", (Replace(value.origin, [value.origin]),))
        return f"write it as a list: {name}{to_flow([to_data(value)])}", fix
    if path == (SECTION, "image") and isinstance(value, Map) and (remedy := _image(value)):
        return remedy
    if path == (SECTION,):
        return f"for example cleaner: {to_flow(examples[0])}; remove it to use the defaults", None
    if not examples or is_null(value):
        return "set a value, or remove it", None
    return f"for example {name}{to_flow(examples[0])}", None


def _name(path: Path) -> str:
    """What comes before a value in YAML: its key, or a dash."""
    return f"{path[-1]}: " if isinstance(path[-1], str) else "- "


def _number(value: Scalar, rule: dict[str, Any], name: str) -> Remedy:
    number = int(str(value.value).strip())
    if not rule.get("minimum", number) <= number <= rule.get("maximum", number):
        return f"for example {name}{rule['examples'][0]}", None
    if value.origin.kind == "set" or value.origin.as_text:
        return f"pass {number} as a number", None
    return f"write it without quotes: {name}{number}", safe(Replace(value.origin, number))


def _meant_data(value: Value, kinds: tuple[str, ...]) -> Iterator[Any]:
    """What a value of another type may stand for, if a mapping or a list is required."""
    data = to_data(value)
    if kinds[0] == "object" and isinstance(data, str):
        yield from _read_taint(data)
        if pair := _read_pair(data):
            yield pair
    elif kinds[0] == "object" and isinstance(data, list) and data:
        parts = [item if isinstance(item, dict) else _read_pair(str(item)) for item in data]
        merged = {key: item for part in parts if part for key, item in part.items()}
        if all(parts) and len(merged) == sum(len(part) for part in parts if part):
            yield merged
    elif kinds[0] == "array" and isinstance(data, dict) and len(data) == 1:
        yield list(data.values())  # {name: regcred}
    elif kinds[0] == "array" and isinstance(data, str) and len(items := data.replace(",", " ").split()) > 1:
        yield items


def _read_taint(text: str) -> Iterator[dict[str, str]]:
    """A toleration for a taint as kubectl writes it: key=value:effect, key:effect."""
    taint, colon, effect = text.rpartition(":")
    if not colon:
        taint, effect = text, ""
    if effect and effect not in _EFFECTS:
        return
    key, equals, value = taint.partition("=")
    if key and " " not in taint and (equals or colon):
        with_value = {"operator": "Equal", "value": value} if equals else {"operator": "Exists"}
        yield {"key": key, **with_value, **({"effect": effect} if effect else {})}


def _read_pair(text: str) -> dict[str, str] | None:
    for mark in ("=", ": "):
        key, found, value = text.partition(mark)
        if key and found and not set(value) & set("=,: ") and " " not in key:
            return {key: value}
    return None


# ---- texts without quotes, images as a mapping -----------------------------------------------------------------------


def _quotes(value: Scalar, path: Path) -> Remedy:
    raw = value.raw if value.raw and value.origin.kind != "default" else None
    given = value.value if raw is None or isinstance(value.value, str) else raw
    text = quote(given).strip('"')
    if path[1:2] and path[1] in _LITERALS_STAY:
        from helm_cleaner.section.rules.literals import way_out

        if hint := way_out(text, path):
            return hint, None
    name = _name(path)
    if as_text := value.origin.as_text:
        flag = value.origin.location.source if value.origin.kind == "set" else None
        if flag and "," not in flag:
            import shlex

            return f"write --set-string {shlex.quote(flag)}", None
        return as_text.replace("{}", f'{name}"{text}"'), None
    lost = ""
    if raw is None and kind_of(value) == "number":
        lost = ", exactly as intended (Helm reads 2.10 as 2.1 and 007 as 7)"
    elif raw is not None and raw != quote(value.value):
        lost = f"; Helm reads {raw} without quotes as {quote(value.value)}"
    fix = None if raw is None else safe(Replace(value.origin, text))
    return f'write it in quotes: {name}"{text}"{lost}', fix


def _image(image: Map) -> Remedy | None:
    """The hint for `{registry: r, repository: x, tag: t}`, as most charts write images; None for other mappings."""
    if is_null(image.get("repository")) or not isinstance(image["repository"], Scalar):
        return None
    if not all(map(is_known, image.values())):
        return "put the repository into image" + (" and the tag into imageTag" if "tag" in image else ""), None
    name, tags, policy = _parts(image)
    hint = f"write image: {name}" + (f" and imageTag: {' or '.join(map(quote, tags))}" if tags else "")
    if len(tags) > 1:
        hint = hint.replace("write", "keep one of the tags:", 1)
    return hint + (f" and imagePullPolicy: {policy}" if policy else ""), None


def _parts(image: Map) -> tuple[str, list[str], str]:
    """The name, the tags and the pull policy of an image as a mapping."""

    def text(key: str) -> str:
        part = image.get(key)
        if not isinstance(part, Scalar) or part.value is None:
            return ""
        return str(part.value if isinstance(part.value, str) or not part.raw else part.raw)

    name = "/".join(filter(None, (text("registry"), text("repository"))))
    tags = [text("tag")] if text("tag") else []
    last = name.rpartition("/")[2]
    if ":" in last and "@" not in last:
        name, _, tag = name.rpartition(":")
        tags.append(tag)
    return name, list(dict.fromkeys(tags)), text("pullPolicy")


def image_fix(section: Map) -> Fix | None:
    """The fix of an image as a mapping, if none of the fields that it stands for is given beside it."""
    image, at = section["image"], section.keys_at["image"]
    if not isinstance(image, Map) or not all(map(is_related, section)):  # another chart's section may have it so
        return None
    fields = {**_OF_IMAGE, "registry": "image"}
    is_known_form = "repository" in image and all(
        key in fields and isinstance(item, Scalar) for key, item in image.items()
    )
    beside = {bare(key) for key in section if key != "image" and section.keys_at[key].kind not in ("default", "chart")}
    if not is_known_form or beside.intersection(bare(fields[key]) for key in image):
        return None
    name, tags, policy = _parts(image)
    if "registry" not in image and not (tags and is_null(image.get("tag"))):
        return safe(Unpack(at, {key: fields[key] for key in image})) if len(tags) < 2 else None
    if len(tags) > 1 or not is_known(image):
        return None
    given = (("imageTag", tag, True) for tag in tags)
    more = [Add(at, *each) for each in (*given, *([("imagePullPolicy", policy, False)] if policy else []))]
    return suggested(Replace(image.origin, name), *more)


# ---- other errors ----------------------------------------------------------------------------------------------------


def wrong_length(value: Seq, rule: dict[str, Any], path: Path) -> Diagnostic:
    """The error for a list with too few or too many items."""
    few = len(value) < rule.get("minItems", 0)
    if few:
        example = f" {to_flow(rule['examples'][0])}" if rule.get("examples") else ""
        message, hint = "must not be empty", f"remove {path[-2]}, or for example {_name(path)}{example.strip()}"
    else:
        message, hint = (
            "must be empty: Polyaxon drops claims without a word, and the job runs without its device",
            f"remove {path[-1]}",
        )
    fix = None if few else suggested(Replace(value.origin, []))
    return Diagnostic("error", rule.get("x-code", "type"), *where(path, message, hint, value), fix)


def out_of_range(value: Scalar, rule: dict[str, Any], path: Path) -> Diagnostic:
    """The error for a number that is too small or too large."""
    low, high = rule.get("minimum"), rule.get("maximum")
    message = f"must be from {low} to {high}, found {quote(value.value)}"
    bound = low if value.value is not None and low is not None and float(value.value) < low else high
    hint, fix = f"write {_name(path)}{bound}", suggested(Replace(value.origin, bound))
    if bound is not None and int(float(bound)) != bound:  # Helm reads numbers as float64: this bound is beyond it
        hint, fix = f"remove {path[-1]}, or for example {_name(path)}{rule['examples'][0]}", None
    return Diagnostic("error", rule.get("x-code", "type"), *where(path, message, hint, value), fix)


def missing(value: Map, rule: dict[str, Any], key: str, path: Path) -> Diagnostic:
    """The error for a required field that is missing or null."""
    example = resolved(rule).get("examples", [""])[0]
    hint = f"for example {key}: {to_flow(example)}" if example != "" else f"add {key}"
    given = value.get(key)
    _, message, hint, location = (
        where(path, "is missing", hint, value) if given is None else where((*path, key), "is null", hint, given)
    )
    return Diagnostic("error", "missing-field", to_dotted((*path, key)), message, hint, location)


def not_among(value: Scalar, rule: dict[str, Any], path: Path) -> Diagnostic:
    """The error for a text that is none of those that are allowed."""
    allowed = [word for word in rule["enum"] if word]
    names = ", ".join(allowed)
    only = f"is not one of {names}" if len(allowed) > 1 else f"is not {names}, the only allowed value"
    word = str(value.value)
    alike = [name for name in allowed if ("not" in name.lower()) == ("not" in word.lower())] or allowed
    same = [name for name in allowed if name.lower() == word.strip().lower()]
    meant = allowed[0] if len(allowed) == 1 else nearest(word.strip(), alike)
    message, code = f"{quote(value.value)} {only}", rule.get("x-code", "enum")
    if not meant:
        return Diagnostic("error", code, *where(path, message, f"write one of {names}", value))
    fix = Fix("safe" if same == [meant] else "suggested", (Replace(value.origin, meant),))
    return Diagnostic("error", code, *where(path, message, f"write {path[-1]}: {meant}", value), fix)


# ---- unknown fields --------------------------------------------------------------------------------------------------


def unknown(section: Map, key: str, properties: dict[str, Any], path: Path) -> Diagnostic:
    """The error for an unknown field."""
    message = f"unknown field; allowed: {', '.join(properties)}"
    if path == (SECTION,) and key in NOT_FIELDS:
        message = "Polyaxon's cleaner has no such field, although a comment in the chart's values.yaml suggests it"
    hint, fix = _of_unknown(section, key, properties, path)
    at = section.keys_at[key]
    return Diagnostic("error", "unknown-field", *where_key((*path, key), message, hint, section[key], at), fix)


def _of_unknown(section: Map, key: str, properties: dict[str, Any], path: Path) -> Remedy:
    """What was meant by an unknown field."""
    at = section.keys_at[key]
    remove = suggested(Remove(at))
    if path == (SECTION,) and key in NOT_FIELDS:
        return "remove it: the agent cannot load its configuration with it and does not start", remove
    if "matchExpressions" in properties and key == "matchLabels" and (terms := _expressions(section[key])):
        changes = Rename(at, key, "matchExpressions"), Replace(section[key].origin, terms)
        fix = None if "matchExpressions" in section else suggested(*changes)
        return f"write matchExpressions: {to_flow(terms)}", fix
    below = [name for name in properties if key in resolved(properties[name]).get("properties", {})]
    if below:
        there = section.get(below[0])
        can_move = is_null(there) or (isinstance(there, Map) and key not in there)
        return f"move it under {below[0]}", suggested(Move((at,), below[0])) if can_move else None
    name = meant_field(section, key, properties)
    if name and name in section and section.keys_at[name].kind not in ("default", "chart"):
        return f"remove it, or {name}: both are given", None
    if name:
        change: Change = Rename(at, key, name)
        return f"did you mean {name}?", safe(change) if _is_clear(section, key, name, properties) else suggested(change)
    if path == (SECTION, "resources"):
        return "remove it: the names of resources belong under requests or limits", remove
    return "remove it", remove


def _expressions(labels: Value) -> list[dict[str, Any]] | None:
    """Labels to match as expressions; None if they are not texts."""
    if not isinstance(labels, Map) or not labels or not is_known(labels):
        return None
    data = to_data(labels)
    if not all(isinstance(value, str) for value in data.values()):
        return None
    return [{"key": key, "operator": "In", "values": [value]} for key, value in data.items()]


def meant_field(mapping: Map, key: str, properties: dict[str, Any]) -> str:
    """The field that is probably meant by an unknown one; "" if there is none."""
    return next((name for name in near(key, properties) if _fits(mapping[key], resolved(properties[name]))), "")


def _is_clear(mapping: Map, key: str, name: str, properties: dict[str, Any]) -> bool:
    """Whether an unknown field can only be meant for one other, for which nothing else in the mapping may be meant."""
    word, others = bare(key), [other for other in mapping if other != key]
    if bare(name) == word:
        same = [each for each in properties if bare(each) == word]
        return len(same) == 1 and not any(bare(other) == word for other in others)
    from helm_cleaner.nearness import distance, is_typo

    if len(name) < 4 or distance(word, bare(name), 1) > 1:
        return False
    rivals = [each for each in properties if each != name and (is_typo(key, each) or bare(each).startswith(word))]
    is_longer = word.startswith(bare(name)) and any(
        each != name and bare(each).startswith(bare(name)) for each in properties
    )
    return not rivals and not is_longer and not any(is_typo(other, name) for other in others)


def _fits(value: Value, rule: dict[str, Any]) -> bool:
    """Whether a value has the type that a schema requires: a mapping, a list or a scalar."""
    kinds = rule.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if is_null(value) or not is_known(value):
        return True
    shapes = {"object": Map, "array": Seq}
    return any(isinstance(value, shapes.get(kind, Scalar)) for kind in kinds)
