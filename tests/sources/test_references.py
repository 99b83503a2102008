"""Values that kustomizations generate from files and literals, for objects that name what is generated."""

from __future__ import annotations

from pathlib import Path

import pytest

from helm_cleaner.cli import main
from tests.support.folders import Found, errors, warnings

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: NAME}
spec:
  chart: {spec: {chart: CHART, sourceRef: {kind: HelmRepository, name: r}}}
  valuesFrom:
  - {kind: ConfigMap, name: NAME-values}
"""
PLX = RELEASE.replace("NAME", "plx").replace("CHART", "agent")
OTHER = RELEASE.replace("NAME", "redis").replace("CHART", "redis")
WRONG = "ui: {}\ncleaner:\n  imagePullPolicy: always\n"
FOREIGN = "cleaner: {enabled: true, schedule: daily}\n"


def generator(name: str, *lines: str, kind: str = "configMapGenerator") -> str:
    return f"{kind}:\n- name: {name}\n" + "".join(f"  {line}\n" for line in lines)


JUDGED: dict[str, tuple[dict[str, str], list[Found]]] = {
    "a file": (
        {"r.yaml": PLX, "k/kustomization.yaml": generator("plx-values", "files: [values.yaml=v.yaml]"),
         "k/v.yaml": WRONG},
        [("pull-policy", "k/v.yaml", 3)],
    ),
    "a file of any name": (
        {"r.yaml": PLX, "kustomization.yaml": generator("plx-values", "files: [values.yaml=conf/plx.txt]"),
         "conf/plx.txt": WRONG},
        [("pull-policy", "conf/plx.txt", 3)],
    ),
    "a literal": (
        {"r.yaml": PLX, "kustomization.yaml": generator(
            "plx-values", "literals:", "- a=b", "- |-", "  values.yaml=ui: {}", "  cleaner:", "    imageTag: a:b")},
        [("image-tag", "kustomization.yaml", 8)],
    ),
    "a literal in one line": (
        {"r.yaml": PLX, "kustomization.yaml": generator(
            "plx-values", "literals:", "- 'values.yaml={cleaner: {imageTag: \"a:b\"}}'")},
        [("image-tag", "kustomization.yaml", 4)],
    ),
    "a Secret": (
        {"r.yaml": PLX.replace("ConfigMap", "Secret"), "v.env": WRONG,
         "Kustomization": generator("plx-values", "files: [values.yaml=v.env]", kind="secretGenerator")},
        [("pull-policy", "v.env", 3)],
    ),
    "another chart's beside it": (
        {"r.yaml": PLX, "o.yaml": OTHER, "plx.yaml": WRONG, "redis.yaml": FOREIGN,
         "kustomization.yaml": generator("plx-values", "files: [values.yaml=plx.yaml]")
                               + "- {name: redis-values, files: [values.yaml=redis.yaml]}\n"},
        [("pull-policy", "plx.yaml", 3)],
    ),
    "a file that nothing makes values of": (
        {"kustomization.yaml": generator("app", "files: [app.conf]"), "app.conf": WRONG}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), JUDGED.values(), ids=JUDGED)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert (errors(files), warnings(files)) == (expected, [])


def test_files_of_generators_are_read_and_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the folder that is given, whatever they are called."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"a/r.yaml": PLX, "a/plx.txt": WRONG, "b.txt": "cleaner: {}\n"}.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    Path("a/kustomization.yaml").write_text(generator("plx-values", "files: [values.yaml=plx.txt, ../b.txt]"))
    assert main(["validate", "a"]) == 1
    assert main(["fix", "a"]) == 0
    assert Path("a/plx.txt").read_text() == WRONG.replace("always", "Always")
    assert main(["validate", "a"]) == 0
