"""The input of --cluster: which file lists what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner.cli.cluster_files import find_files, read_snapshot
from helm_cleaner.cluster.snapshot import ClusterSnapshot
from helm_cleaner.diagnostics import InputError
from tests.support.clusters import named, node, running

EMPTY = {"apiVersion": "v1", "kind": "List", "items": []}
LIMITS = named("LimitRange", "l")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kinds(files: dict[str, Any], *arguments: str) -> set[str]:
    for name, content in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(content if isinstance(content, str) else json.dumps(content))
    found = read_snapshot(find_files(arguments))
    assert isinstance(found, ClusterSnapshot), found
    return set(found.kinds)


LISTS: dict[str, tuple[dict[str, Any], list[str], set[str]]] = {
    "by the file's name": ({"limitranges.json": EMPTY}, ["limitranges.json"], {"limitranges"}),
    "by a short name": ({"pvc.json": EMPTY}, ["pvc.json"], {"persistentvolumeclaims"}),
    "by a name with a group": ({"jobs.polyaxon.com.json": EMPTY}, ["jobs.polyaxon.com.json"], {"jobs.polyaxon.com"}),
    "jobs": ({"jobs.json": EMPTY}, ["jobs.json"], {"jobs"}),
    "by the argument": ({"x.json": EMPTY}, ["limitranges=x.json"], {"limitranges"}),
    "by a short argument": ({"x.json": EMPTY}, ["PVC=x.json"], {"persistentvolumeclaims"}),
    "by nothing": ({"x.json": EMPTY}, ["x.json"], set()),
    "with another kind in it": ({"limitranges.json": node()}, ["limitranges.json"], {"nodes"}),
    "where kubectl failed": ({"limitranges.json": ""}, ["limitranges.json"], set()),
    "a name with an equals sign": ({"a=b.json": node()}, ["a=b.json"], {"nodes"}),
    "a folder": (
        {"c/nodes.json": node(), "c/limitranges.json": EMPTY, "c/secrets.txt": "NAME TYPE\n", "c/README.txt": "x"},
        ["c"],
        {"nodes", "limitranges", "secrets"},
    ),
}


@pytest.mark.parametrize(("files", "arguments", "expected"), LISTS.values(), ids=LISTS)
def test_which_kinds_are_listed(files: dict[str, Any], arguments: list[str], expected: set[str]) -> None:
    assert kinds(files, *arguments) == expected


def test_what_cannot_be_used(folder: Path) -> None:
    with pytest.raises(InputError, match="podz is not a kind") as wrong:
        find_files(["podz=x.json"])
    assert wrong.value.diagnostics[0].hint == "did you mean pods?"
    (folder / "empty").mkdir()
    with pytest.raises(InputError, match=r"contains no \.json"):
        find_files(["empty"])
    Path("x.json").write_text(json.dumps({**EMPTY, "items": [node("n"), running("p")]}))
    found = read_snapshot(find_files(["nodes=x.json", "absent.json"]))
    assert isinstance(found, InputError)
    assert [each.message for each in found.diagnostics] == [
        "Pod default/p: --cluster nodes=… may contain nodes only",
        "cannot be read: No such file or directory",
    ]
