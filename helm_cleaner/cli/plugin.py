"""helm-cleaner plugin."""

from __future__ import annotations

import sys

from helm_cleaner import helmplugin
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.talk import say


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner plugin",
        description="Installs, removes or locates the plugin that makes `--post-renderer helm-cleaner` work with "
        "Helm 4. It is written into Helm's plugin folder (HELM_PLUGINS, else what `helm env` tells) and bound to this "
        "Python. Helm 3 runs the command helm-cleaner itself and needs no plugin.",
    )
    p.add_argument("action", choices=["install", "uninstall", "path"])
    return p


def run(argv: list[str]) -> int:
    """Runs the command; the exit code of the contract, CleanerError for the boundary."""
    action = parser().parse_args(argv).action
    if action == "install":
        return _install()
    if action == "uninstall":
        folder, removed = helmplugin.uninstall()
        sys.stdout.write(f"removed {folder}\n" if removed else f"nothing to remove: {folder} is not there\n")
        return 0
    sys.stdout.write(f"{helmplugin.plugin_folder()}\n")
    if not helmplugin.is_installed():
        say("helm-cleaner: not installed there; install it with `helm-cleaner plugin install`\n")
    return 0


def _install() -> int:
    if helmplugin.helm_major() == 3:
        # Helm 3 would complain of a plugin.yaml in Helm 4's format at every command.
        sys.stdout.write(
            "Nothing to install: this Helm is a Helm 3, and runs the command helm-cleaner itself:\n"
            "  helm upgrade --install plx polyaxon/polyaxon --post-renderer helm-cleaner\n"
        )
        return 0
    folder = helmplugin.install()
    sys.stdout.write(
        f"installed {folder}\n"
        "  helm upgrade --install plx polyaxon/polyaxon --post-renderer helm-cleaner\n"
        f"Should Helm say no more than `exited with error`, read {folder / helmplugin.LAST_MESSAGE}\n"
    )
    return 0
