"""Errors in the section's structure: what is allowed, what was probably meant, and the fix that writes it."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.fixes import Add, Fix, Replace, Unpack, safe, suggested
from helm_cleaner.names import SECTION
from helm_cleaner.nearness import bare, find_nearest
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.section.excerpt import where
from helm_cleaner.section.structure import found, is_related, is_valid, kind_of, resolve_reference
from helm_cleaner.section.unknown_fields import Remedy, list_own_keys
from helm_cleaner.text import quote
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Seq, Value, from_data, is_known, is_null, to_data
from helm_cleaner.values.writing import to_flow

if TYPE_CHECKING:
    from typing import Any


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


def refuse_type(value: Value, rule: dict[str, Any], kinds: tuple[str, ...], path: Path) -> Diagnostic:
    """The error for a value of another type than those that are allowed."""
    wanted = " or ".join(_TYPES[kind] for kind in kinds if kind != "null")
    message = f"must be {wanted}, found {found(value)}"
    if value.origin.kind == "set" and "string" in kinds and isinstance(value, Map) and (error := _dots(value, path)):
        return error
    hint, fix = _of_right_type(value, rule, kinds, path)
    return Diagnostic("error", "type", *where(path, message, hint, value), fix)


def _dots(value: Map, path: Path) -> Diagnostic | None:
    """The error for a --set flag with dots in a name, which make mappings of it; None for any other mapping."""
    names = [str(path[-1])]
    below: Value = value
    while isinstance(below, Map) and len(below) == 1:
        name, below = next(iter(below.items()))
        names.append(name)
    flag, dotted = value.origin.location.source or "", ".".join(names)
    if isinstance(below, Map) or dotted not in flag:
        return None
    import shlex

    escaped = shlex.quote(flag.replace(dotted, "\\.".join(names), 1))
    at = value.origin.location._replace(column=flag.index(dotted) + 1, length=len(dotted))
    message = f"must be a string, found a mapping: a dot in {dotted} begins a key below"
    hint = f"escape the dots: write {at.file} {escaped}"
    return Diagnostic("error", "type", to_dotted(path), message, hint, at)


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
    if (
        path[1:2] == ("imagePullSecrets",)
        and kinds[0] == "string"
        and isinstance(value, Map)
        and (secret := _name_of(value))
    ):
        return f"write {name}{to_flow(secret)}", safe(Replace(value.origin, secret))
    for data in _meant_data(value, kinds, rule, path) if is_known(value) else ():
        if is_valid(from_data(data, value.origin), rule):
            is_clear = isinstance(value, Scalar) and data == [value.raw]
            fix = Fix("safe" if is_clear else "suggested", (Replace(value.origin, data),))
            return f"write {name}{to_flow(data)}", fix
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


def _name_of(reference: Map) -> str:
    """The name in {Name: a}; "" if it is another mapping, or no name of a Secret as Polyaxon reads it."""
    from helm_cleaner.python_literals import literal

    item = next(iter(reference.values()), None)
    if [bare(key) for key in reference] != ["name"] or not isinstance(item, Scalar) or not is_known(item):
        return ""
    if item.value is None:
        return ""
    text = item.value if isinstance(item.value, str) else item.raw or ""
    return text if isinstance(literal(text), str) else ""


def _name(path: Path) -> str:
    """What comes before a value in YAML: its key, or a dash. A boolean as a key may be written in many ways."""
    if path[-1] in ("true", "false"):
        return ""
    return f"{path[-1]}: " if isinstance(path[-1], str) else "- "


def _number(value: Scalar, rule: dict[str, Any], name: str) -> Remedy:
    number = int(str(value.value).strip())
    if not rule.get("minimum", number) <= number <= rule.get("maximum", number):
        return f"for example {name}{rule['examples'][0]}", None
    if value.origin.kind == "set" or value.origin.as_text:
        return f"pass {number} as a number", None
    return f"write it without quotes: {name}{number}", safe(Replace(value.origin, number))


def _meant_data(value: Value, kinds: tuple[str, ...], rule: dict[str, Any], path: Path) -> Iterator[Any]:
    """What a value of another type may stand for, if a mapping or a list is required."""
    from helm_cleaner.section.rules.literals import way_out

    data = to_data(value)
    if kinds[0] == "object" and isinstance(data, str):
        if "effect" in rule.get("properties", ()):
            yield from _read_taint(data)
        elif pair := _read_pair(data):
            yield pair
    elif kinds[0] == "object" and isinstance(data, list) and data:
        parts = [item if isinstance(item, dict) else _read_pair(str(item)) for item in data]
        merged = {key: item for part in parts if part for key, item in part.items()}
        if all(parts) and len(merged) == sum(len(part) for part in parts if part):
            yield merged
    elif kinds[0] == "array" and isinstance(value, Scalar) and value.raw and not isinstance(data, str):
        if not way_out(value.raw, path):
            yield [value.raw]
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
    raw = value.raw or None
    given = value.value if raw is None or isinstance(value.value, str) else raw
    text = quote(given).strip('"')
    if hint := _why_no_text(text, path):
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


def _why_no_text(text: str, path: Path) -> str:
    """What to do where a text, even in quotes, cannot stand; "" if it can."""
    if path[1:2] and path[1] in _LITERALS_STAY:
        from helm_cleaner.section.rules.literals import way_out

        if hint := way_out(text, path):
            return hint
    if path[1:] in (("image",), ("imageTag",)):
        from helm_cleaner.section.rules.image import EXAMPLE, TAG_EXAMPLE, is_reference

        if path[1] == "image":
            return "" if is_reference(f"{text}:0") else EXAMPLE
        return "" if is_reference(f"a:{text}") else TAG_EXAMPLE
    from helm_cleaner import kubernetes_names as names

    if path[-1] in ("key", "topologyKey"):
        return names.KEY_HINT if names.key_problem(text) else ""
    if path[-1] == "value" or path[1:2] == ("nodeSelector",) or path[-2:-1] in (("values",), ("matchLabels",)):
        return names.VALUE_HINT if names.value_problem(text) else ""
    return ""


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
    tags = list(filter(None, tags))
    return name, list(dict.fromkeys(tags)), text("pullPolicy")


def fix_image(section: Map) -> Fix | None:
    """The fix of an image as a mapping, if none of the fields that it stands for is given beside it."""
    image, at = section["image"], section.keys_at["image"]
    if not isinstance(image, Map) or not all(map(is_related, section)):  # another chart's section may have it so
        return None
    fields = {**_OF_IMAGE, "registry": "image"}
    is_known_form = "repository" in image and all(
        key in fields and isinstance(item, Scalar) for key, item in image.items()
    )
    beside = {bare(key) for key in list_own_keys(section) if key != "image"}
    if not is_known_form or beside.intersection(bare(fields[key]) for key in image):
        return None
    name, tags, policy = _parts(image)
    if len(tags) > 1:
        return None
    if "registry" not in image and not (tags and is_null(image.get("tag"))):
        return safe(Unpack(at, {key: fields[key] for key in image}))
    if not is_known(image):
        return None
    more = [Add(at, "imageTag", tag, quoted=True) for tag in tags]
    more += [Add(at, "imagePullPolicy", policy)] if policy else []
    return Fix("suggested" if "registry" in image else "safe", (Replace(image.origin, name), *more))


# ---- other errors ----------------------------------------------------------------------------------------------------


def refuse_length(value: Seq, rule: dict[str, Any], path: Path) -> Diagnostic:
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


def refuse_number(value: Scalar, rule: dict[str, Any], path: Path) -> Diagnostic:
    """The error for a number that is too small or too large."""
    low, high = rule.get("minimum"), rule.get("maximum")
    message = f"must be from {low} to {high}, found {quote(value.value)}"
    bound = low if value.value is not None and low is not None and float(value.value) < low else high
    hint = f"write {_name(path)}{bound}"
    fix: Fix | None = suggested(Replace(value.origin, bound))
    if bound is not None and int(float(bound)) != bound:  # Helm reads numbers as float64: this bound is beyond it
        hint, fix = f"remove {path[-1]}, or for example {_name(path)}{rule['examples'][0]}", None
    return Diagnostic("error", rule.get("x-code", "type"), *where(path, message, hint, value), fix)


def refuse_missing(value: Map, rule: dict[str, Any], key: str, path: Path) -> Diagnostic:
    """The error for a required field that is missing or null."""
    example = resolve_reference(rule).get("examples", [""])[0]
    hint = f"for example {key}: {to_flow(example)}" if example != "" else f"add {key}"
    given = value.get(key)
    _, message, hint, location = (
        where(path, "is missing", hint, value) if given is None else where((*path, key), "is null", hint, given)
    )
    return Diagnostic("error", "missing-field", to_dotted((*path, key)), message, hint, location)


def refuse_word(value: Scalar, rule: dict[str, Any], path: Path) -> Diagnostic:
    """The error for a text that is none of those that are allowed."""
    allowed = [word for word in rule["enum"] if word]
    names = ", ".join(allowed)
    only = f"is not one of {names}" if len(allowed) > 1 else f"is not {names}, the only allowed value"
    word = str(value.value)
    alike = [name for name in allowed if ("not" in name.lower()) == ("not" in word.lower())] or allowed
    same = [name for name in allowed if name.lower() == word.strip().lower()]
    meant = allowed[0] if len(allowed) == 1 else find_nearest(word.strip(), alike)
    message, code = f"{quote(value.value)} {only}", rule.get("x-code", "enum")
    if not meant:
        return Diagnostic("error", code, *where(path, message, f"write one of {names}", value))
    fix = Fix("safe" if same == [meant] else "suggested", (Replace(value.origin, meant),))
    return Diagnostic("error", code, *where(path, message, f"write {path[-1]}: {meant}", value), fix)
