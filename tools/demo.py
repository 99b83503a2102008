"""Shows helm-cleaner at work. Run by `make demo`.

A good values file and one with mistakes, with real Helm; then whether the job can run in a small cluster, without Helm.
"""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from tools import AS_POLYAXON, CHART
from tools.helm import find, version
from tools.programs import Unavailable

GOOD = """\
cleaner:
  resources: {memory: 64Mi, cpu: 50m}  # from Polyaxon's own docs; the agent cannot load it
  nodeSelector: {pool: small}
"""
BAD = """\
cleaner:
  imagePullPolicy: always
  nodeSelector: {gpu: true}
  priorityClassName: high
"""
FITS, FITS_NOT = "polyaxon-v2", "polyaxon"  # the pool that is named
CLUSTER = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Node
  metadata: {name: large-1, labels: {pool: polyaxon-v2}}
  status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
- apiVersion: v1
  kind: Node
  metadata: {name: ml-1, labels: {pool: ml}}
  spec: {taints: [{key: dedicated, value: ml, effect: NoSchedule}]}
  status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
- apiVersion: v1
  kind: Pod
  metadata: {name: database, namespace: db}
  spec: {nodeName: large-1, containers: [{name: main, resources: {requests: {cpu: 3100m}}}]}
- apiVersion: v1
  kind: Namespace
  metadata: {name: polyaxon}
"""
INTRODUCTION = """\
Polyaxon deletes a run's artifacts with a small job, the cleaner. The `cleaner:` section of the chart's values tunes it;
the chart copies it unchecked. helm-cleaner stands between Helm's templates and the cluster, and checks it."""
CONFIGMAP = "demo-polyaxon-agent-config"
Manifests = dict[tuple[str, str], Any]  # by kind and name


class Helm:
    """A real Helm with a home of its own, so that the user's plugins and settings do not matter."""

    def __init__(self, binary: Path, home: Path) -> None:
        home.mkdir()
        self.binary = binary
        self.home = home
        self.name = f"Helm {version(binary).removeprefix('v')}"
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("HELM_")}
        self.env |= {f"HELM_{place}_HOME": str(home / place.lower()) for place in ("CONFIG", "CACHE", "DATA")}
        self.env |= {"HELM_PLUGINS": str(home / "plugins"), "HELM_BIN": str(binary)}
        programs = [str(binary.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
        self.env["PATH"] = os.pathsep.join(programs)
        if self.name.startswith("Helm 4"):  # which knows a post-renderer by its plugin, where Helm 3 starts a program
            must(self.run("helm-cleaner", "plugin", "install"))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        # Helm's own stdin must not be the user's keyboard.
        return subprocess.run(
            command, cwd=self.home, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    def template(self, values: str, *more: str) -> subprocess.CompletedProcess[str]:
        (self.home / "values.yaml").write_text(values)
        return self.run(str(self.binary), "template", "demo", str(CHART), "-f", "values.yaml", *more)

    def post_rendered(self, values: str, *more: str) -> subprocess.CompletedProcess[str]:
        return self.template(values, *more, "--post-renderer", "helm-cleaner")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        helms = [Helm(path, Path(folder, name)) for name in ("helm3", "helm4") if (path := find(name))]
        if not helms:
            sys.exit("demo: no Helm here; install one, or name it in HELM3 or HELM4")
        print(INTRODUCTION)
        for show in good, bad:
            results = [show(helm, helm is helms[0]) for helm in helms]
            for helm, result in zip(helms[1:], results[1:], strict=True):
                print(f"{helm.name}: {'the same' if result == results[0] else f'SOMETHING ELSE: {result}'}.")
        preflight(Path(folder))
    print("\nNothing was installed. README.md says how to use it with a chart of your own.")
    return 0


def good(helm: Helm, first: bool) -> list[object]:
    """Renders the good values with and without helm-cleaner; returns the changes, and shows them for the first Helm."""
    patched = must(helm.post_rendered(GOOD))
    before, after = objects(must(helm.template(GOOD)).stdout), objects(patched.stdout)
    diff = list(difflib.unified_diff(section(before), section(after), lineterm="", n=99))[3:]
    checksums = [(key[1], pod_checksum(before[key]), pod_checksum(after[key])) for key in after]
    rolling = [(name, old, new) for name, old, new in checksums if old != new]
    if first:
        title("A values file with a field in the wrong place", GOOD, helm)
        quote(patched.stderr)
        print(f"The section in the ConfigMap {CONFIGMAP}: from the chart (-), as applied (+)")
        for line in diff:
            print("  " + color({"-": 31, "+": 32}.get(line[0], 0), line))
        print("The pods that restart, because their checksum of the ConfigMap")
        for done, with_checksum in ("is renewed", True), ("is added (the chart gives them none)", False):
            names = [color(36, name) for name, old, _ in rolling if bool(old) is with_checksum]
            print(f"  {done}: {', '.join(names)}")
    return [diff, [(name, new) for name, _, new in rolling]]


def bad(helm: Helm, first: bool) -> list[object]:
    """Renders the values with mistakes; returns the messages, and shows them for the first Helm."""
    done = helm.post_rendered(BAD, AS_POLYAXON)
    if not done.returncode or done.stdout:
        sys.exit(f"demo: {helm.name} took values that it must refuse")
    if first:
        title("A values file with mistakes: Helm stops before anything is applied", BAD, helm, f"{AS_POLYAXON} ")
        print("(Polyaxon's charts have no values.schema.json. This one has, and Helm skips it here.)")
        quote(done.stderr)
    return [line for line in done.stderr.splitlines() if " error: cleaner." in line]


def preflight(folder: Path) -> None:
    """Shows whether the job can run in a small cluster, with a nodeSelector that no node meets and with another one."""
    print(color(1, "\n== Will the job run in this cluster? A file with what kubectl prints tells"))
    (folder / "cluster.yaml").write_text(CLUSTER)
    for pool, fits in (FITS_NOT, False), (FITS, True):
        values = f"cleaner:\n  nodeSelector: {{pool: {pool}}}\n"
        (folder / "values.yaml").write_text(values)
        quote(values)
        command = ["helm-cleaner", "preflight", "-f", "values.yaml", "-n", "polyaxon", "--cluster", "cluster.yaml"]
        print(color(1, f"$ {' '.join(command)}"))
        program = str(Path(sys.executable).with_name(command[0]))
        done = subprocess.run(
            [program, *command[1:]], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != int(not fits):
            sys.exit(f"demo: exit {done.returncode} from preflight\n{done.stderr}{done.stdout}")
        quote(done.stdout)


def must(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    if done.returncode:
        sys.exit(f"demo: exit {done.returncode} from {' '.join(done.args)}\n{done.stderr}")
    return done


def objects(stream: str) -> Manifests:
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(stream) if each}


def section(manifests: Manifests) -> list[str]:
    data = json.loads(manifests["ConfigMap", CONFIGMAP]["data"]["POLYAXON_AGENT_CLEANER"])
    return str(yaml.safe_dump(data)).splitlines()


def pod_checksum(manifest: Any) -> Any:
    pod = manifest.get("spec", {}).get("template", {})
    return pod.get("metadata", {}).get("annotations", {}).get("checksum/agent-config")


def title(text: str, values: str, helm: Helm, options: str = "") -> None:
    print(color(1, f"\n== {text}"))
    quote(values)
    command = f"$ helm template demo chart -f values.yaml {options}--post-renderer helm-cleaner"
    print(color(1, command) + f"    # {helm.name}")


def quote(text: str) -> None:
    for line in text.splitlines():
        print(color(2, "  | ") + line)


def color(code: int, text: str) -> str:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()
    return text if plain or not code else f"\033[{code}m{text}\033[0m"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as reason:
        sys.exit(f"demo: {reason}")
