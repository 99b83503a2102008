"""A code's page, printed by `helm-cleaner rule` and included in SARIF logs."""

from __future__ import annotations

from textwrap import indent

from helm_cleaner.codes import IGNORABLE, AnyCode, Code, OtherCode
from helm_cleaner.names import SECTION

_LONGEST = 1000  # characters of an example


def rule_page(code: AnyCode) -> str:
    """What a code means, the examples, what to do, and the source of the rule."""
    parts = [f"{code.code} ({code.severity})\n", f"{code.reason}\n"]
    if isinstance(code, Code):
        parts += [f"bad:\n{_section(code.bad)}", f"good:\n{_section(code.good)}"]
    elif isinstance(code, OtherCode) and code.bad:
        parts += [f"bad:\n{_block(code.bad)}", f"good:\n{_block(code.good)}"]
    if not isinstance(code, Code):
        parts.append(f"what to do: {code.fix}\n")
    if not isinstance(code, OtherCode):
        parts.append(f"source: {code.source}\n")
    if code.code in IGNORABLE:
        parts.append(
            f"to ignore it, at the end of its line:\n  # helm-cleaner: ignore[{code.code}]\n"
            f'or in .helm-cleaner.yaml, in the files of a glob:\n  ignore: {{"GLOB": [{code.code}]}}\n'
        )
    return "\n".join(parts)


def _section(fields: str) -> str:
    if fields.startswith("{"):
        return _block(f"{SECTION}: {fields}")
    text = fields if len(fields) < _LONGEST else f"{fields[:67]} …"
    return _block(f"{SECTION}:\n{indent(text, '  ')}")


def _block(text: str) -> str:
    return indent(text, "  ") + "\n"
