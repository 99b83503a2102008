"""A folder in which a shell finds what a reader of the docs has: helm-cleaner, the tools, and Polyaxon's chart."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from tools import AS_POLYAXON, CHART
from tools.helm import TOOL, find
from tools.programs import Unavailable

MAJORS = ("helm3", "helm4")
# What readers type, on the tests' own chart, which needs no repository, and without a cluster.
_HELM = """\
#!/bin/sh
for word; do
    shift
    if [ "$word" = polyaxon/polyaxon ]; then
        set -- "$@" {chart} {as_polyaxon}
    else
        set -- "$@" "$word"
    fi
done
if [ "$1 $2" = "upgrade --install" ]; then
    shift 2
    exec {helm} template "$@" > /dev/null
fi
exec {helm} "$@"
"""


class Sandbox:
    """path: the folder, which contains `chart`. env: the environment, with a separate home for Helm.

    tools: names as in tools.helm; one of MAJORS among them becomes `helm`. Unavailable if one is missing.
    """

    def __init__(self, root: Path, tools: Iterable[str]) -> None:
        self.path, programs = root / "work", root / "bin"
        for folder in (self.path, programs):
            folder.mkdir()
        (self.path / "chart").symlink_to(CHART)
        for tool in tools:
            binary = find(tool) if tool in TOOL else None
            if binary is None:
                raise Unavailable(f"no {tool} here: make helm fetches it")
            if tool in MAJORS:
                (programs / "helm").write_text(_HELM.format(helm=binary, chart=CHART, as_polyaxon=AS_POLYAXON))
                (programs / "helm").chmod(0o755)
            else:
                (programs / tool).symlink_to(binary)
        ours = Path(sys.executable).parent  # where helm-cleaner is
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(("HELM_", "NO_COLOR"))}
        self.env |= {f"HELM_{place}_HOME": str(root / "home" / place) for place in ("CONFIG", "CACHE", "DATA")}
        self.env |= {"PATH": os.pathsep.join([str(programs), str(ours), os.environ["PATH"]])}
