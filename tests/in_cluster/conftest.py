"""A store on this disk, and an API that answers like Polyaxon's, for the programs in this process."""

from __future__ import annotations

import json
import re
import signal
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.in_cluster import deletion, survey
from helm_cleaner.in_cluster.report import Report, parse
from tests.support import fake_polyaxon
from tests.support.command import Ran
from tests.support.fake_polyaxon import ARCHIVED, DELETED, LIVE
from tests.support.store_folders import DAY, add_run


class World:
    """The API, the store and what the programs say about them."""

    def __init__(self, api: fake_polyaxon.FakeApi, store: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.api, self.store, self.capture = api, store, capture
        self.connection: dict[str, Any] = {
            "name": "artifacts",
            "kind": "volume_claim",
            "schema": {"volumeClaim": "artifacts", "mountPath": str(store)},
        }

    def add(self, state: int | None = None, **options: Any) -> str:
        """A folder. state: that of its run, or None for one that the API does not know."""
        name = add_run(self.store, **options)
        if state is not None:
            self.api.runs[name] = state
        return name

    def survey(self, **config: Any) -> Ran:
        given = {
            "release": "plx",
            "owner": "default",
            "counts_only": False,
            "connection": self.connection,
            "store": {"name": "artifacts", "kind": "volume_claim", "where": "the claim artifacts"},
            **config,
        }
        code = survey.main(json.loads(json.dumps(given)))
        return Ran(code, *self._captured())

    def report(self) -> Report:
        ran = self.survey()
        assert ran.code == 0, ran.out
        found = parse(ran.out.decode(), "report.txt")
        assert not isinstance(found, Diagnostic), found
        return found

    def delete(self, folders: list[str], report: Report | None = None, **config: Any) -> Ran:
        """Runs the deleting program on these folders, as the report says unless something else is given."""
        found = report or self.report()
        given = {
            "connection": self.connection,
            "namespace": found.namespace,
            "node": "",
            "api": found.api,
            "path": found.store["path"],
            "time": found.time,
            "older_than": 7 * DAY,
            "witnesses": found.witnesses,
            "folders": folders,
            **config,
        }
        code = deletion.main(json.loads(json.dumps(given)))
        return Ran(code, *self._captured())

    def _captured(self) -> tuple[bytes, str]:
        out, err = self.capture.readouterr()
        return out.encode(), err

    def names(self) -> set[str]:
        return {path.name for path in self.store.iterdir()}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    """An API with runs of every state, each with a folder, and no leftover."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("polyaxon._fs.fs", reason="make installs Polyaxon's SDK where it can")
        pytest.importorskip("fsspec.implementations.local")
    store = tmp_path / "store"
    store.mkdir()
    with fake_polyaxon.serve() as api:
        monkeypatch.setenv("POLYAXON_HOST", api.url)
        monkeypatch.setenv("POD_NAMESPACE", "polyaxon")
        monkeypatch.setenv("NODE_NAME", "node-1")
        monkeypatch.setenv("POLYAXON_CONNECTIONS_CATALOG", "")
        monkeypatch.setattr(signal, "signal", lambda *_: None)
        made = World(api, store, capsys)
        for state in (LIVE, LIVE, ARCHIVED, DELETED):
            made.add(state)
        yield made


def lines_of(ran: Ran, kind: str) -> list[str]:
    """The report's lines of a kind: report, folder or end."""
    assert ran.code == 0, ran.out
    return re.findall(rf"^leftovers-{kind} (.*)$", ran.out.decode(), re.MULTILINE)


def hours_ago(hours: float) -> float:
    return time.time() - hours * 3600
