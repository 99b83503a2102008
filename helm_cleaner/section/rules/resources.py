"""Resources: names, quantities, and requests compared with limits."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.kubernetes_names import KEY_HINT, key_problem
from helm_cleaner.paths import Path
from helm_cleaner.quantities import SUFFIXES, has_digits, is_whole, parse, suggestion
from helm_cleaner.section.rules.field import Field
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Origin, Placeholder, is_null, to_data

if TYPE_CHECKING:
    from helm_cleaner.fixes import Fix

_STANDARD = ("cpu", "memory", "ephemeral-storage")
_HUGE = "hugepages-"
_ALIASES = {
    "mem": "memory",
    "ram": "memory",
    "cpus": "cpu",
    "core": "cpu",
    "cores": "cpu",
    "gpu": "nvidia.com/gpu",
    "storage": "ephemeral-storage",
    "disk": "ephemeral-storage",
    "ephemeral": "ephemeral-storage",
    "ephemeralstorage": "ephemeral-storage",
}
_UNIT = 10**9


class _Amount:
    """A valid quantity. value: in billionths."""

    __slots__ = ("field", "text", "value")

    def __init__(self, field: Field, value: int) -> None:
        self.field = field
        self.value = value
        self.text = _text(field)


def check(resources: Field) -> Iterator[Diagnostic]:
    """The section's resources."""
    amounts: dict[str, dict[str, _Amount]] = {"requests": {}, "limits": {}}
    for side, known in amounts.items():
        quantities = resources.get(side)
        for name, field in quantities.entries() if quantities else ():
            amount = _Amount(field, value) if (value := parse(_text(field))) is not None else None
            if amount:
                known[name] = amount
            if field.value.value is None:
                message = "null becomes the text None in the job, which the API server refuses"
                yield field.warning("odd-quantity", message, f"remove {name}", field.remove())
            findings = list(_check_name(name, field, _own_names(quantities)))
            yield from findings or _check_quantity(name, field, amount)
    requests, limits = amounts["requests"], amounts["limits"]
    for name, request in requests.items():
        limit = limits.get(name)
        if limit:
            yield from _compare(name, request, limit)
        elif _is_exact(name) and not _has_limit(resources, name):
            yield _without_limit(name, request)
    yield from _check_company(resources)


def _text(field: Field) -> str:
    """A quantity as Kubernetes sees it, which reads null as 0."""
    value = field.value.value
    if isinstance(value, str):
        return value
    if value is None:
        return "0"
    return repr(int(value)) if isinstance(value, float) and value == int(value) else repr(value)


def _is_native(name: str) -> bool:
    return "/" not in name or "kubernetes.io/" in name


def _is_exact(name: str) -> bool:
    """Whether its request must equal its limit."""
    return not _is_native(name) or name.startswith(_HUGE)


def _check_name(name: str, field: Field, others: Collection[str]) -> Iterator[Diagnostic]:
    """The name of a resource. others: those beside it."""
    problem = key_problem(name)
    if problem or ("/" not in name and name not in _STANDARD and not name.startswith(_HUGE)):
        message = f"invalid resource name: {problem}"
        if not problem:
            names = ", ".join(_STANDARD)
            message = f"not a container resource: allowed are {names}, hugepages-… and names with a domain"
        yield field.key_error("resource-name", message, *_meant_name(name, field, others, KEY_HINT if problem else ""))
    elif not _is_native(name) and (name.startswith("requests.") or key_problem("requests." + name)):
        starts = name.startswith("requests.")
        message = "not a container resource: its domain " + (
            "starts with requests., which is for quotas" if starts else "is too long"
        )
        meant = name.removeprefix("requests.")
        hint = f"write {meant}" if starts else "use a name with a shorter domain"
        yield field.key_error("resource-name", message, hint, field.rename(meant) if starts else None)


def _own_names(quantities: Field | None) -> list[str]:
    """The names of resources that are not defaults."""
    if quantities is None or not isinstance(quantities.value, Map):
        return []
    return [name for name, at in quantities.value.keys_at.items() if at.kind not in ("default", "chart")]


def _meant_name(name: str, field: Field, others: Collection[str], otherwise: str) -> tuple[str, Fix | None]:
    """The hint for a wrong name, and the fix."""
    from helm_cleaner.nearness import find_nearest  # only needed if something is wrong

    bare = name.strip().lower().replace("_", "-")
    meant = (
        bare
        if bare in _STANDARD
        else _ALIASES.get(bare.replace("-", "").replace(" ", "")) or find_nearest(bare, _STANDARD)
    )
    if meant and meant in others:
        return f"remove it, or {meant}: both are given", None
    if meant:
        return f"write {meant}", field.rename(meant)
    return otherwise or "use one of these; with a domain it looks like nvidia.com/gpu", None


def _check_quantity(name: str, field: Field, amount: _Amount | None) -> Iterator[Diagnostic]:
    if amount is None:
        near = suggestion(_text(field), name)
        message = (
            f"{field.shown} is not a valid quantity: must be a number, optionally with one of the suffixes {SUFFIXES}"
        )
        hint, fix = (f"did you mean {near}?", field.replace(near)) if near else (f"for example {_example(name)}", None)
        yield field.error("quantity", message, hint, fix)
    elif amount.value < 0:
        near = "" if _is_exact(name) else amount.text.strip().removeprefix("-")
        hint, fix = (f"did you mean {near}?", field.replace(near)) if near else (f"for example {_example(name)}", None)
        yield field.error("quantity", f"must not be negative, found {amount.text}", hint, fix)
    elif not _is_native(name) and not is_whole(amount.value):
        large = amount.value >= 10**15 * _UNIT
        message = f"must be an integer{', and less than 2^63 / 1000' * large}, found {amount.text}"
        count = max(1, amount.value // _UNIT)
        hint = "write how many the container needs, for example 1" if large else f"write {count}"
        yield field.error("extended-resource", message, hint, None if large else field.replace(count))
    elif name.startswith(_HUGE):
        yield from _check_pages(name, field, amount)
    elif not has_digits(amount.text):
        message = f"{amount.text} has no digits; Kubernetes reads it as 0"
        yield field.warning("odd-quantity", message, f"for example {_example(name)}")
    elif amount.value:
        yield from _check_size(name, field, amount)


def _example(name: str) -> str:
    return {"cpu": "100m", "memory": "100Mi", "ephemeral-storage": "1Gi"}.get(name, "1")


def _check_pages(name: str, field: Field, amount: _Amount) -> Iterator[Diagnostic]:
    page = parse(name.removeprefix(_HUGE))
    if not page or page < 0 or not is_whole(page):
        message = f"{name.removeprefix(_HUGE)!r} is not a valid page size"
        yield field.key_error("hugepages", message.replace("'", '"'), "for example hugepages-2Mi or hugepages-1Gi")
    elif -(-amount.value // _UNIT) % -(-page // _UNIT):
        message = f"must be a multiple of the page size, found {amount.text}"
        yield field.error("hugepages", message, f"write a multiple of {name.removeprefix(_HUGE)}")


def _check_size(name: str, field: Field, amount: _Amount) -> Iterator[Diagnostic]:
    """Amounts that are valid but probably not intended."""
    number = amount.text.strip().rstrip("numkKMGTPEi")
    if name == "cpu" and amount.value >= 1000 * _UNIT:
        message = f"{amount.text} is {amount.value // _UNIT} CPUs"
        is_plain = number == amount.text.strip() and amount.value < 10**6 * _UNIT
        hint = f"write {number}m for thousandths of a CPU" if is_plain else "for example 1 for one CPU"
        yield field.warning("odd-quantity", message, hint, field.replace(f"{number}m") if is_plain else None)
    elif name in ("memory", "ephemeral-storage") and amount.value < 2**20 * _UNIT:
        size = -(-amount.value // _UNIT)
        message = f"{amount.text} is {size} byte{'s' * (size != 1)}"
        near = f"{number}Mi"
        is_enough = (parse(near) or 0) >= 2**20 * _UNIT
        hint = f"write {near} for mebibytes" if is_enough else f"for example {_example(name)}"
        yield field.warning("odd-quantity", message, hint, field.replace(near) if is_enough else None)


def _compare(name: str, request: _Amount, limit: _Amount) -> Iterator[Diagnostic]:
    if request.value == limit.value or (request.value < limit.value and not _is_exact(name)):
        return
    if request.value < 0 or limit.value < 0:
        return  # which is said already
    # The finding is about what the user wrote, not about the default or the chart's value beside it.
    mine, other = (limit, request) if _layer(request) < _layer(limit) else (request, limit)
    relation = "exceeds" if mine.value > other.value else "is below"
    at, beside = _dotted(mine.field.path), _dotted(other.field.path)
    origin = _origin(mine.field.value.origin, other.field.value.origin)
    null = ", and Kubernetes reads null as 0" if _is_null(other) or _is_null(mine) else ""
    message = f"{at} {_shown(mine)} {relation} {beside} {_shown(other)}{origin}{null}"
    is_wrong = _is_null(mine) or _is_null(other) or (_is_exact(name) and not is_whole(other.value))
    fix = None if is_wrong else mine.field.replace(to_data(other.field.value))
    if _is_exact(name):
        code = "hugepages" if name.startswith(_HUGE) else "extended-resource"
        hint = f"write {_shown(other)} for both" if fix else f"set both to the same, for example {_example(name)}"
        yield mine.field.error(code, f"{message}; for {name}, the request must equal the limit", hint, fix)
    elif fix is None:
        hint = f"set a value, or remove {at if _is_null(mine) else beside}"
        yield mine.field.error("request-over-limit", message, hint)
    elif mine is limit:
        hint = f"write {request.text} or more, or lower {beside} as well"
        yield mine.field.error("request-over-limit", message, hint, fix)
    else:
        hint = f"write {limit.text} or less, or raise {beside} to {request.text}"
        yield mine.field.error("request-over-limit", message, hint, fix)


def _layer(amount: _Amount) -> int:
    """The layer of an amount: the defaults, what a chart rendered, or what the user gives."""
    return {"default": 0, "chart": 1}.get(amount.field.value.origin.kind, 2)


def _is_null(amount: _Amount) -> bool:
    return is_null(amount.field.value)


def _shown(amount: _Amount) -> str:
    return "null" if _is_null(amount) else amount.text


def _dotted(path: Path) -> str:
    return ".".join(map(str, path[-2:]))


def _origin(mine: Origin, other: Origin) -> str:
    """Where the other value comes from, unless it is beside the first."""
    field = other.location
    if other.kind == "default":
        return ", which is the default" + (f" ({field.file}:{field.line})" if field.line else "")
    if other.kind == "chart" != mine.kind:
        return ", which the chart rendered"
    if other.kind in ("file", "set") and (other.kind, field.file) != (mine.kind, mine.location.file):
        return f", from {field.file}" + (f":{field.line}" if field.line else "")
    return f", in line {field.line}" if field.line and field.line != mine.location.line else ""


def _has_limit(resources: Field, name: str) -> bool:
    """Whether there is a limit, or may be one: another tool may fill it in."""
    limits = resources.get("limits")
    if limits is None:
        return resources.lacks("limits")
    if not isinstance(limits.value, Map):
        return isinstance(limits.value, Placeholder)
    return name in limits.value or limits.value.has_placeholders


def _without_limit(name: str, request: _Amount) -> Diagnostic:
    code = "hugepages" if name.startswith(_HUGE) else "extended-resource"
    message = f"{name} needs a limit equal to its request"
    return request.field.key_error(code, message, f"add {json.dumps(name)[1:-1]}: {request.text} under limits")


def _check_company(resources: Field) -> Iterator[Diagnostic]:
    """Huge pages require cpu or memory, as a request or a limit."""
    if any(resources.lacks(side) for side in ("requests", "limits")):
        return
    sides = [field for side in ("requests", "limits") if (field := resources.get(side))]
    if any(
        isinstance(side.value, Placeholder) or (isinstance(side.value, Map) and side.value.has_placeholders)
        for side in sides
    ):
        return
    entries = [(side, name) for side in sides if isinstance(side.value, Map) for name in side.value]
    huge = [(side, name) for side, name in entries if name.startswith(_HUGE)]
    if huge and not any(name in ("cpu", "memory") for _, name in entries):
        side, name = huge[0]
        field = Field(side.value[name], (*side.path, name), side.value.keys_at[name], side.broken)
        message = "huge pages require a cpu or memory request or limit"
        yield field.key_error("hugepages", message, f"add memory: 100Mi under {side.path[-1]}")
