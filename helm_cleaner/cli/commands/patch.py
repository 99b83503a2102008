"""helm-cleaner patch."""

from __future__ import annotations

import os

from helm_cleaner.actions import patches
from helm_cleaner.cli.changes import ManifestChanges, add_change_options, read_changes
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.names import STDIN


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner patch",
        description="Prints what post-render would change as patches, for tools that run no post-renderer. The patches "
        "fit these manifests only: generate them again for each chart version and each change of its values.",
        examples=[
            "helm-cleaner patch -o kustomize manifests.yaml > kustomization.yaml",
            "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner patch -o flux",
        ],
    )
    add_change_options(p)
    p.add_argument("-o", "--output", choices=["jsonpatch", "kustomize", "flux"], required=True,
                   help="RFC 6902 for each object, a kustomization, or the postRenderers of a HelmRelease")  # fmt: skip
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    given = read_changes(args, f"helm-cleaner patch -o {args.output}")
    found = patches.make_patches(given.stream, given.changes.edits)
    if args.output == "jsonpatch":
        text = patches.format_json(found)
    else:
        twice = patches.find_namesakes(given.stream, found)
        text = (
            patches.format_flux(found, twice)
            if args.output == "flux"
            else patches.format_kustomization(found, twice, _file(given))
        )
    write_stdout([text.encode()])
    given.print_messages()
    return 0


def _file(given: ManifestChanges) -> str:
    """The name of the manifests' file, in the kustomization's folder. InputError if it is not UTF-8."""
    if given.stream.name == STDIN:
        return "manifests.yaml"
    try:
        return os.fsencode(os.path.basename(given.stream.name)).decode()
    except UnicodeDecodeError:
        message, hint = "the file name is not UTF-8, and a kustomization cannot contain it", "rename the file"
        raise InputError.of("file", message, Location(given.stream.name), hint) from None
