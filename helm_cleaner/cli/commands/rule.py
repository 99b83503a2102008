"""helm-cleaner rule."""

from __future__ import annotations

from helm_cleaner.cli.errors import UsageError, did_you_mean
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.codes import BY_NAME, GROUPS, AnyCode
from helm_cleaner.output.rule_page import rule_page


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
    code.completions = list(BY_NAME)  # type: ignore[attr-defined]
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    name = parser().parse_args(argv).code
    if name is None:
        text = "\n".join(f"{title}\n" + "".join(map(_line, codes)) for title, codes in GROUPS.items())
    else:
        text = rule_page(_find_code(name.strip("[]")))
    write_stdout([text.encode()])
    return 0


def _find_code(name: str) -> AnyCode:
    if name in BY_NAME:
        return BY_NAME[name]
    hint = did_you_mean(name, BY_NAME, "helm-cleaner rule lists the codes")
    raise UsageError(f"unknown code {name!r}", hint, "helm-cleaner rule")


def _line(code: AnyCode) -> str:
    return f"  {code.code:22}{code.reason}\n"
