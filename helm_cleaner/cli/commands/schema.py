"""helm-cleaner schema."""

from __future__ import annotations

from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.section.structure import schema_text


def parser() -> Parser:
    """The command's options."""
    return Parser(
        prog="helm-cleaner schema",
        description="Prints the JSON Schema of the section, from which editors can complete and check it.",
        examples=[
            "helm-cleaner schema > cleaner.schema.json",
        ],
    )


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    parser().parse_args(argv)
    write_stdout([schema_text()])
    return 0
