"""What is in the folders of the Helm plugins: each plugin.yaml, and the script that Helm runs.

Three plugins, each in a folder of its own:

- `helm-cleaner`, of Helm 4's type postrenderer/v1, so that `--post-renderer helm-cleaner` is right on both majors.
  Helm 3 loads no plugin at all from a folder that holds it;
- `cleaner`, in Helm's old format, which both majors know: `helm cleaner merge …`;
- `cleaner-values`, likewise: `-f cleaner://values.yaml`. It is apart from `cleaner` because Helm 4 takes a plugin with
  downloaders for nothing but these (fromMetadataLegacy in its internal/plugin/metadata.go).

They come in two ways: written by `helm-cleaner plugin install`, which binds them to one Python, and in packages, which
bring the archive along and look for a Python.
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
    """A plugin. launcher: the name of its script; command: what that calls; manifest: the rest of its plugin.yaml."""

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

# Helm splits a command at spaces, and its stderr is lost: hence a script, one that can say that its Python has gone.
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
message="helm-cleaner: error: $python, for which this plugin was installed, is gone
    hint: run 'helm-cleaner plugin install' once more"
"""
# Asked for its version, since a name proves nothing: macOS has a python3 that is a 3.9, pyenv names that run nothing.
# -I -S: the archive holds all it needs, and nothing of the user's environment may stand in for it.
_ANY_PYTHON = """\
for python in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
  if "$python" -I -S -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2> /dev/null; then
    exec "$python" -I -S "${{0%/*}}/{archive}" {command} "$@"
  fi
done
message="helm-cleaner: error: this plugin needs Python 3.10 or later, and none was found on PATH
    hint: install python3, or put a newer one on PATH"
"""


def written(name: str, python: str, program: str) -> dict[str, tuple[str, int]]:
    """The files of a plugin that `plugin install` writes: by name, the text and the mode.

    python: the path of the interpreter; program: the words, quoted for a shell, that make it run helm-cleaner.
    """
    mark = f"{_WRITTEN} {__version__}. `helm-cleaner plugin install` writes it anew, `... plugin uninstall` removes it."
    start = _ONE_PYTHON.format(python=shlex.quote(python), program=program, command=_PLUGINS[name].command)
    return _files(name, mark, start)


def packaged(name: str) -> dict[str, tuple[str, int]]:
    """The files of a plugin in a package, as in `written`; ARCHIVE belongs beside them."""
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
    """The names of a plugin's files, plugin.yaml first: without it, Helm sees no plugin."""
    return "plugin.yaml", _PLUGINS[name].launcher


def is_written(manifest: str) -> bool:
    """Whether a plugin.yaml was written by `plugin install`."""
    return _WRITTEN in manifest


def is_packaged(manifest: str) -> bool:
    """Whether a plugin.yaml came in one of our packages."""
    return _PACKAGED in manifest
