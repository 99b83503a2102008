"""helm-cleaner plugin."""

from __future__ import annotations

from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cli.talk import say
from helm_cleaner.helm import LAST_MESSAGE, POST_RENDERER, plugins


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner plugin",
        description="Installs, removes or locates the Helm plugins: `--post-renderer helm-cleaner` for Helm 4 (Helm 3 "
        "runs the command itself), `-f cleaner://values.yaml` and `helm cleaner …` for both. They are written to "
        "Helm's plugin folder (HELM_PLUGINS, else what `helm env` says) and use the current Python.",
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
        if last:
            lines += [_HELM_4, *([] if plugins.helm_major() else [_NO_HELM])]
    elif action == "uninstall":
        removed = plugins.uninstall()
        lines = [f"removed {folder}" for folder in removed]
        lines = lines or [f"nothing to remove: no helm-cleaner plugin in {plugins.plugins_folder()}"]
    else:
        lines = [str(folder) for folder in plugins.installed_folders()]
        if not lines:
            lines = [str(plugins.folder_of(POST_RENDERER))]
            say("helm-cleaner: the plugin is not installed yet: run helm-cleaner plugin install\n")
    write_stdout([f"{line}\n".encode("utf-8", "surrogateescape") for line in lines])
    return 0


_HELM_4 = """\
Helm 3 loads no plugin from a folder that contains a Helm 4 plugin. To use both Helms, give Helm 3 its own folder:
  HELM_PLUGINS=~/.helm3-plugins helm-cleaner plugin install    and set HELM_PLUGINS for that Helm too"""
_NO_HELM = "No helm was found on PATH: the plugins are for Helm 4. For Helm 3, run this again with helm on PATH."
_USAGE = """\
  helm upgrade --install plx polyaxon/polyaxon -f values.yaml --post-renderer helm-cleaner
  helm upgrade --install plx polyaxon/polyaxon -f cleaner://values.yaml
  helm cleaner merge -f values.yaml"""
