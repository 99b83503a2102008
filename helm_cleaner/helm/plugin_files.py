"""The files of the Helm plugins: each plugin.yaml, and the script that Helm runs.

There are three plugins, each in a folder of its own:

- `helm-cleaner`, of Helm 4's type postrenderer/v1, makes `--post-renderer helm-cleaner` work with both majors. Helm 3
  loads no plugin at all from a folder that contains it.
- `cleaner`, in Helm's old format, which both majors support: `helm cleaner merge …`.
- `cleaner-values`, in the same format: `-f cleaner://values.yaml`. It is a plugin of its own because Helm 4 uses a
  plugin with downloaders for nothing else (fromMetadataLegacy in its internal/plugin/metadata.go).

`helm-cleaner plugin install` writes them, bound to the current Python. A packaged plugin brings the zipapp and looks
for a Python on PATH.
"""

from __future__ import annotations

import shlex

from helm_cleaner.helm import COMMAND, POST_RENDERER, VALUES
from helm_cleaner.typed import NamedTuple
from helm_cleaner.version import __version__

ARCHIVE = "helm-cleaner.pyz"  # beside the script of a packaged plugin
_WRITTEN = "Written by helm-cleaner"
_PACKAGED = "Packaged with helm-cleaner"


class _Plugin(NamedTuple):
    """A plugin. launcher: the name of its script; command: what that runs; manifest: the rest of its plugin.yaml."""

    launcher: str
    command: str
    manifest: str


_PLUGINS = {
    COMMAND: _Plugin(
        "helm-cleaner",
        "",
        """\
usage: merge, check and patch the cleaner section of Polyaxon's charts
description: helm cleaner COMMAND is helm-cleaner COMMAND
ignoreFlags: false
command: $HELM_PLUGIN_DIR/helm-cleaner
""",
    ),
    VALUES: _Plugin(
        "check-values",
        "preprocess",
        """\
usage: serves -f cleaner://values.yaml
description: hands Helm a values file with its cleaner section checked and normalized
downloaders:
  - command: check-values
    protocols: [cleaner]
""",
    ),
    POST_RENDERER: _Plugin(
        "post-render",
        "post-render",
        """\
apiVersion: v1
type: postrenderer/v1
runtime: subprocess
runtimeConfig:
  platformCommand:
    - command: ${HELM_PLUGIN_DIR}/post-render
""",
    ),
}
NAMES = tuple(_PLUGINS)

# A script, because Helm splits a command at spaces. It reports a missing Python itself, because Helm discards stderr.
_LAUNCHER = """\
#!/bin/sh
# {mark}
{start}
{{ echo "$message" >> "/proc/$PPID/fd/2"; }} 2> /dev/null || echo "$message" >> /dev/tty
exit 2
"""
_ONE_PYTHON = """\
python={python}
[ -x "$python" ] && exec "$python" {program} {command} "$@"
message="helm-cleaner: error: $python, for which this plugin was installed, does not exist
    hint: run 'helm-cleaner plugin install' again"
"""
# Asked for its version, because a name proves nothing: macOS has a python3 that is a 3.9, pyenv has shims that fail.
# -I -S: the archive contains all it needs, so that nothing of the user's environment can replace it.
_ANY_PYTHON = """\
for python in python3 python3.15 python3.14 python3.13 python3.12 python3.11 python3.10; do
  if "$python" -I -S -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2> /dev/null; then
    exec "$python" -I -S "${{0%/*}}/{archive}" {command} "$@"
  fi
done
message="helm-cleaner: error: this plugin needs Python 3.10 or later, and none was found on PATH
    hint: install python3, or put a newer one on PATH"
"""


def build_installed_files(name: str, python: str, program: str) -> dict[str, tuple[str, int]]:
    """The files of a plugin that `plugin install` writes: by name, the text and the mode.

    python: the path of the interpreter; program: its arguments, quoted for a shell, that run helm-cleaner.
    """
    mark = f"{_WRITTEN} {__version__}. `helm-cleaner plugin install` replaces it, `... plugin uninstall` removes it."
    start = _ONE_PYTHON.format(python=shlex.quote(python), program=program, command=_PLUGINS[name].command)
    return _files(name, mark, start)


def build_packaged_files(name: str) -> dict[str, tuple[str, int]]:
    """The files of a packaged plugin, like `written`; ARCHIVE belongs beside them."""
    majors = (
        "Helm 4; Helm 3 loads no plugin from a folder that holds this one" if name == POST_RENDERER else "Helm 3 and 4"
    )
    mark = f"{_PACKAGED} {__version__}, for {majors}. `helm plugin uninstall {name}` removes it."
    return _files(name, mark, _ANY_PYTHON.format(archive=ARCHIVE, command=_PLUGINS[name].command))


def _files(name: str, mark: str, start: str) -> dict[str, tuple[str, int]]:
    plugin = _PLUGINS[name]
    return {
        plugin.launcher: (_LAUNCHER.format(mark=mark, start=start.rstrip()), 0o755),
        "plugin.yaml": (f"# {mark}\nname: {name}\nversion: {__version__}\n{plugin.manifest}", 0o644),
    }


def file_names(name: str) -> tuple[str, ...]:
    """The names of a plugin's files, plugin.yaml first: without it, Helm sees no plugin there."""
    return "plugin.yaml", _PLUGINS[name].launcher


def is_written(manifest: str) -> bool:
    """Whether a plugin.yaml was written by `plugin install`."""
    return _WRITTEN in manifest


def is_packaged(manifest: str) -> bool:
    """Whether a plugin.yaml came in one of our packages."""
    return _PACKAGED in manifest
