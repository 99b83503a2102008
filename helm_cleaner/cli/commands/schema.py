"""helm-cleaner schema."""

from __future__ import annotations

import json

from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.section.structure import schema_text, values_schema


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner schema",
        description="Prints the JSON Schema of the section, or of a file that holds it, from which editors can "
        "complete and check it.",
        examples=[
            "helm-cleaner schema > cleaner.schema.json",
            "helm-cleaner schema --values > values.schema.json    # in values.yaml:",
            "# yaml-language-server: $schema=values.schema.json",
        ],
    )
    what = "print that of a whole values file: the section, and the keys beside it that the agent loads"
    group = p.add_mutually_exclusive_group()
    group.add_argument("--values", action="store_true", help=what)
    for name, title in (("flux", "a HelmRelease"), ("argocd", "an Argo CD Application"), ("helmfile", "a helmfile")):
        group.add_argument(f"--{name}", dest="kind", action="store_const", const=name, help=f"print that of {title}")
    group.add_argument("--config", action="store_true", help="print that of .helm-cleaner.yaml")
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    if args.config:
        from helm_cleaner.repository import configuration

        text = configuration.schema_text()
    elif args.kind:
        from helm_cleaner.sources.object_schemas import object_schema

        text = json.dumps(object_schema(args.kind), indent=2, ensure_ascii=False).encode() + b"\n"
    elif args.values:
        from helm_cleaner.polyaxon.agent_config.values_schema import extend_schema

        text = json.dumps(extend_schema(values_schema()), indent=2, ensure_ascii=False).encode() + b"\n"
    else:
        text = schema_text()
    write_stdout([text])
    return 0
