"""helm-cleaner plugin."""

from __future__ import annotations

import shlex

from helm_cleaner.cli.console import print_notes
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.helm import LAST_MESSAGE, POST_RENDERER, plugins


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner plugin",
        description="Installs, removes or locates the Helm plugins: `--post-renderer helm-cleaner` for Helm 4 (Helm 3 "
        "runs the command itself), `-f cleaner://values.yaml` and `helm cleaner …` for both. They are written to "
        "Helm's plugin folder (HELM_PLUGINS, else what `helm env` says), and run with this Python.",
        examples=[
            "helm-cleaner plugin install",
            "helm-cleaner plugin uninstall",
        ],
    )
    p.add_argument("action", choices=["install", "uninstall", "path"])
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    action = parser().parse_args(argv).action
    if action == "install":
        folders = plugins.install()
        lines = [f"installed {folder}" for folder in folders] + [_USAGE]
        last = [folder / LAST_MESSAGE for folder in folders if folder.name == POST_RENDERER]
        lines += [f"If Helm reports only `exited with error`, read {path}" for path in last]
        lines += _other_major(plugins.current_helm())
    elif action == "uninstall":
        removed = plugins.uninstall()
        lines = [f"removed {folder}" for folder in removed]
        lines = lines or [f"nothing to remove: no helm-cleaner plugin in {plugins.plugins_folder()}"]
    else:
        lines = [str(folder) for folder in plugins.installed_folders()]
        if not lines:
            lines = [str(plugins.folder_of(POST_RENDERER))]
            print_notes(["the plugin is not installed yet: run helm-cleaner plugin install"])
    write_stdout([f"{line}\n".encode("utf-8", "surrogateescape") for line in lines])
    return 0


def _other_major(helm: plugins.Helm | None) -> list[str]:
    """How to install the plugins for the Helm of the other major version, if it is there or might be."""
    if helm is None:
        return [_NO_HELM]
    other = plugins.other_helm(helm.major)
    if helm.major == 3:
        return [_FOR_HELM_4.format(binary=shlex.quote(other.path))] if other else []
    return [_FOR_HELM_3.format(binary=shlex.quote(other.path) if other else "/path/to/helm3")]


_NO_HELM = """\
No Helm runs here, neither HELM_BIN nor a helm on PATH: these are the plugins for Helm 4, and Helm 3 loads no
plugin from their folder. For Helm 3, name it: HELM_BIN=/path/to/helm3 helm-cleaner plugin install"""
_FOR_HELM_3 = """\
Helm 3 loads no plugin from a folder that contains a Helm 4 plugin. For Helm 3, use a folder of its own:
  HELM_BIN={binary} HELM_PLUGINS=~/.helm3-plugins helm-cleaner plugin install
  HELM_PLUGINS=~/.helm3-plugins {binary} upgrade …"""
_FOR_HELM_4 = """\
Helm 4 needs one more plugin, in a folder that Helm 3 does not read:
  HELM_BIN={binary} HELM_PLUGINS=~/.helm4-plugins helm-cleaner plugin install
  HELM_PLUGINS=~/.helm4-plugins {binary} upgrade …"""
_USAGE = """\
  helm upgrade --install plx polyaxon/polyaxon -f values.yaml --post-renderer helm-cleaner
  helm upgrade --install plx polyaxon/polyaxon -f cleaner://values.yaml
  helm cleaner merge -f values.yaml"""
