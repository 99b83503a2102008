"""Texts that Polyaxon reads as Python literals while it makes the job. If they stay literals, there is no job."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import Path
from helm_cleaner.python_literals import as_text_again, literal
from helm_cleaner.section.rules.field import Field
from helm_cleaner.text import quote
from helm_cleaner.values import Map, Seq

_CODE = "python-literal"
_NO_JOB = "nothing is ever cleaned"
_OTHER_NAME = "give the Secret a name that is not a number"
_OTHER_LABEL = "select the nodes by a label whose value is not a number"


def check_selector(labels: Field) -> Iterator[Diagnostic]:
    """A nodeSelector, whose values become text again, though not always the same; its keys do not."""
    for key, value in labels.entries():
        if not isinstance(literal(key), str):
            message = f"Polyaxon reads the key as {_kind(key)}, and cannot make the job with it: {_NO_JOB}"
            yield value.key_warning(_CODE, message, "select the nodes by another label")
        number = literal(value.string)
        if number is None or (isinstance(number, int) and abs(number) >= 2**63):
            yield value.warning(_CODE, _impossible(value), _OTHER_LABEL)
        elif (read := as_text_again(value.string)) != value.string:
            message = f"Polyaxon reads {value.shown} as {_kind(value.string)}: the pod asks for {quote(read)}"
            yield value.warning(_CODE, message, f"{_OTHER_LABEL}, as in v{value.string}")


def check_names(names: Field) -> Iterator[Diagnostic]:
    """A list of names, which must still be texts after that."""
    for name in names.items():
        if name.fine and not isinstance(literal(name.string), str):
            yield name.warning(_CODE, _impossible(name), _OTHER_NAME)


def check_texts(field: Field) -> Iterator[Diagnostic]:
    """Affinity and tolerations: a text that becomes a number stays one, and Kubernetes refuses it."""
    if isinstance(field.value, Map):
        for key, value in field.entries():
            if not isinstance(literal(key), str):
                message = f"Polyaxon reads the key as {_kind(key)}, which Kubernetes refuses: {_NO_JOB}"
                yield value.key_warning(_CODE, message, "select by another label")
            yield from check_texts(value)
    elif isinstance(field.value, Seq):
        for item in field.items():
            if item.fine:
                yield from check_texts(item)
    elif isinstance(text := field.value.value, str) and not isinstance(literal(text), str):
        message = f"Polyaxon reads {field.shown} as {_kind(text)}, which Kubernetes refuses: {_NO_JOB}"
        yield field.warning(_CODE, message, _way_out(field.path))


def _impossible(field: Field) -> str:
    return f"Polyaxon reads {field.shown} as {_kind(field.string)}, and cannot make the job with it: {_NO_JOB}"


def way_out(text: str, path: Path) -> str:
    """What to do where a text that Polyaxon reads as something else cannot stand; "" if it reads it as a text."""
    if isinstance(literal(text), str):
        return ""
    return _OTHER_NAME if "imagePullSecrets" in path else _way_out(path)


def _way_out(path: Path) -> str:
    if "tolerations" in path:
        return "remove value and write operator: Exists, or give the taint a value that is not a number"
    if path[-2:-1] == ("values",) and "nodeAffinity" in path:
        return f"{_OTHER_LABEL}, or use nodeSelector, where it stays a text; Gt and Lt cannot be used"
    return "select by a text that is not a number"


def _kind(text: str) -> str:
    value = literal(text)
    if isinstance(value, bool) or value is None:
        return f"Python's {text}"
    return f"the number {value}" if isinstance(value, (int, float, complex)) else "a Python literal"
