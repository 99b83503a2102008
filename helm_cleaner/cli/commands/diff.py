"""helm-cleaner diff."""

from __future__ import annotations

from helm_cleaner.actions import patches
from helm_cleaner.cli.changes import add_change_options, read_changes
from helm_cleaner.cli.console import may_color, print_diagnostics, stdout_is_terminal
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.diagnostics import SectionError
from helm_cleaner.output import diff


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner diff",
        description="Prints what post-render would change: a unified diff of the documents it touches, with the "
        "section as YAML, and the workloads that restart.",
        examples=[
            "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner diff",
            "helm-cleaner diff --exit-code manifests.yaml",
        ],
    )
    add_change_options(p)
    p.add_argument("-o", "--output", choices=["text", "jsonpatch"], default="text",
                   help="a diff for people (default), or RFC 6902 for each object")  # fmt: skip
    p.add_argument("--exit-code", action="store_true",
                   help="exit 1 if something would change, 0 if nothing would, and 2 on any error")  # fmt: skip
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    try:
        given = read_changes(args, "helm-cleaner diff")
    except SectionError as e:
        if not args.exit_code:
            raise
        print_diagnostics(e.diagnostics, failed=True)
        return 2  # 1 only ever means that something would change
    if args.output == "jsonpatch":
        lines = [patches.format_json(patches.make_patches(given.stream, given.changes.edits)).encode()]
    else:
        terminal = stdout_is_terminal()
        lines = list(diff.format_diff(given.stream, given.changes, terminal=terminal, color=terminal and may_color()))
    write_stdout(lines)
    given.print_messages()
    return int(args.exit_code and bool(given.changes.edits))
