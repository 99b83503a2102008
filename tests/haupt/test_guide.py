"""The loop of docs/leftovers.md, with a kubectl that runs each Job's program at once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.haupt.conftest import Release, create
from tests.support import reports
from tests.support.command import COMMAND
from tests.support.haupt import PYTHON
from tests.support.store_folders import add_run
from tools import ROOT

_KUBECTL = """#!{python}
# create: runs the Job's program and keeps its log; logs: prints it; wait: fails where the program did.
import json, os, re, subprocess, sys
import yaml
folder, env, args = {folder!r}, json.load(open({env!r})), sys.argv[1:]
verb = args[0]
if verb == "create":
    name = args[args.index("-f") + 1]
    job = yaml.safe_load(sys.stdin if name == "-" else open(name))
    (container,) = job["spec"]["template"]["spec"]["containers"]
    metadata = job["metadata"]
    called = metadata.get("name") or metadata["generateName"] + "x7k2p"
    done = subprocess.run([{jobs_python!r}, *container["command"][1:], *container["args"]], env=env,
                          stdout=open(f"{{folder}}/{{called}}.log", "w"), stderr=subprocess.STDOUT)
    open(f"{{folder}}/{{called}}.code", "w").write(str(done.returncode))
    print(f"job.batch/{{called}}")
else:
    called = next(each for each in args if each.startswith("job.batch/")).removeprefix("job.batch/")
    if verb == "logs":
        sys.stdout.write(open(f"{{folder}}/{{called}}.log").read())
    elif verb == "wait":
        sys.exit(open(f"{{folder}}/{{called}}.code").read() != "0")
"""


def blocks() -> list[str]:
    """The guide's commands, in order: who else, survey, table, loop."""
    page = (ROOT / "docs" / "leftovers.md").read_text()
    return re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def follow(release: Release, commands: list[str]) -> subprocess.CompletedProcess[str]:
    """Runs commands of the guide in bash."""
    env = {**release.env, "NODE_NAME": "node-1", "POD_NAMESPACE": "polyaxon"}
    programs = release.folder / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "env.json").write_text(json.dumps(env))
    kubectl = programs / "kubectl"
    kubectl.write_text(
        _KUBECTL.format(
            python=sys.executable, folder=str(programs), env=str(programs / "env.json"), jobs_python=str(PYTHON)
        )
    )
    kubectl.chmod(0o755)
    (programs / "helm-cleaner").unlink(missing_ok=True)
    (programs / "helm-cleaner").symlink_to(COMMAND)
    path = f"{programs}:/usr/local/bin:/usr/bin:/bin"
    return subprocess.run(
        ["bash", "-uo", "pipefail", "-c", "\n".join(commands)],
        env={"PATH": path, "HOME": str(release.folder)},
        cwd=release.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_from_a_full_disk_to_one_that_is_not(disk: Release) -> None:
    _, survey, table, loop = blocks()
    store = Path(disk.connection["schema"]["mountPath"])
    live = create(disk.api, 420)
    for name in live:
        add_run(store, name, files=1)
    left = [add_run(store, files=1) for _ in range(401)]
    (disk.folder / "configmaps.json").write_text(reports.configmaps(("polyaxon", "plx", disk.connection)))
    done = follow(disk, [survey, table])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "401 leftovers" in done.stdout
    assert {path.name for path in store.iterdir()} == {*live, *left}
    done = follow(disk, [loop])
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in store.iterdir()} == set(live)
    assert sorted(path.name for path in disk.folder.glob("part-*.log")) == ["part-1.log", "part-2.log", "part-3.log"]
    assert "200 deleted, 0 already gone, 0 left, 0 not deleted, 0 not tried" in done.stdout


def test_the_loop_ends_at_the_first_failure(disk: Release) -> None:
    _, survey, _, loop = blocks()
    store = Path(disk.connection["schema"]["mountPath"])
    live = create(disk.api, 250)
    for name in live:
        add_run(store, name, files=1)
    left = [add_run(store, files=1) for _ in range(250)]
    (disk.folder / "configmaps.json").write_text(reports.configmaps(("polyaxon", "plx", disk.connection)))
    assert follow(disk, [survey]).returncode == 0
    disk.env["POLYAXON_HOST"] = "http://127.0.0.1:9"
    follow(disk, [loop])
    assert {path.name for path in store.iterdir()} == {*live, *left}
    assert [path.name for path in disk.folder.glob("part-*.log")] == ["part-1.log"]
