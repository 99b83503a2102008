"""helm-cleaner rule."""

from __future__ import annotations

from textwrap import indent

from helm_cleaner.cli.errors import UsageError, did_you_mean
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.codes import CLUSTER_CODES, CODES, INPUT_CODES, PLACE_CODES, ClusterCode, Code, OtherCode
from helm_cleaner.names import SECTION

_GROUPS: dict[str, tuple[Code | ClusterCode | OtherCode, ...]] = {
    "the section": CODES,
    "where it is written": PLACE_CODES,
    "the cluster (preflight)": CLUSTER_CODES,
    "the input": INPUT_CODES,
}
_LONGEST = 1000  # characters of an example


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner rule",
        description="Explains what the code of a finding means, with a bad and a good example. Without a code, lists "
        "all codes.",
        examples=[
            "helm-cleaner rule",
            "helm-cleaner rule image-with-tag",
        ],
    )
    code = p.add_argument("code", metavar="CODE", nargs="?", help="the code at the end of a finding's first line")
    code.completions = [each.code for codes in _GROUPS.values() for each in codes]  # type: ignore[attr-defined]
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    name = parser().parse_args(argv).code
    if name is None:
        text = "\n".join(f"{title}\n" + "".join(map(_line, codes)) for title, codes in _GROUPS.items())
    else:
        text = _page(_named(name.strip("[]")))
    write_stdout([text.encode()])
    return 0


def _named(name: str) -> Code | ClusterCode | OtherCode:
    known = {code.code: code for codes in _GROUPS.values() for code in codes}
    if name in known:
        return known[name]
    hint = did_you_mean(name, known, "helm-cleaner rule lists the codes")
    raise UsageError(f"helm-cleaner rule: error: unknown code {name!r}\n    hint: {hint}")


def _line(code: Code | ClusterCode | OtherCode) -> str:
    return f"  {code.code:22}{code.reason}\n"


def _page(code: Code | ClusterCode | OtherCode) -> str:
    """A code's page: what it means, the examples, what to do, and where the rule comes from."""
    parts = [f"{code.code} ({code.severity})\n", f"{code.reason}\n"]
    if isinstance(code, Code):
        parts += [f"bad:\n{_section(code.bad)}", f"good:\n{_section(code.good)}"]
    elif isinstance(code, OtherCode) and code.bad:
        parts += [f"bad:\n{_block(code.bad)}", f"good:\n{_block(code.good)}"]
    if not isinstance(code, Code):
        parts.append(f"what to do: {code.fix}\n")
    if not isinstance(code, OtherCode):
        parts.append(f"source: {code.source}\n")
    return "\n".join(parts)


def _section(fields: str) -> str:
    if fields.startswith("{"):
        return _block(f"{SECTION}: {fields}")
    text = fields if len(fields) < _LONGEST else f"{fields[:67]} …"
    return _block(f"{SECTION}:\n{indent(text, '  ')}")


def _block(text: str) -> str:
    return indent(text, "  ") + "\n"
