"""Whatever store and API hold: no folder that the API knows, that is young or that is no run's is ever deleted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner.actions import leftovers
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.in_cluster import deletion, survey
from helm_cleaner.in_cluster.report import parse
from helm_cleaner.in_cluster.rules import ARCHIVED, DELETED, KNOWN, RUN, UNKNOWN, Folder, Refusal

DAY = 86_400
NAMES = [f"{at:012x}4abc8{at:015x}" for at in range(12)]  # UUIDs of version 4
ODD = [
    "notes", NAMES[0].upper(), f"{NAMES[1]}-backup", "0" * 32, NAMES[2][:-1], f".{NAMES[3]}", f"{NAMES[4]} ",
]  # fmt: skip
STATES = (KNOWN, ARCHIVED, DELETED, UNKNOWN)


class World:
    """What an API knows and a store holds at one time. kinds: folder, file or link; ages in days, None if unknown."""

    def __init__(self, states: dict[str, str], folders: dict[str, tuple[str, float | None]], healthy: bool) -> None:
        self.states, self.folders, self.healthy = states, folders, healthy
        self.deleted: list[str] = []
        self.url, self.path = "http://api", "/store"

    def state_of(self, name: str) -> str:
        return self.states.get(name, UNKNOWN)

    def prove(self, witnesses: list[str]) -> None:
        if not self.healthy or any(self.state_of(run) == UNKNOWN for run in witnesses):
            raise Refusal("unhealthy")

    def close(self) -> None:
        pass

    def list_names(self) -> list[str]:
        return sorted(set(self.folders) - set(self.deleted))

    def look(self, name: str) -> Folder | None:
        kind, age = self.folders.get(name, ("", None))
        if kind != "folder" or name in self.deleted:
            return None
        return Folder(1, 1, None if age is None else time.time() - age * DAY)

    def delete(self, name: str) -> None:
        self.deleted.append(name)


AGES = st.one_of(st.none(), st.sampled_from([0.0, 1.9, 2.1, 6.9, 7.1, 30.0]), st.floats(-3, 40))
FOLDERS = st.dictionaries(
    st.sampled_from([*NAMES, *ODD]), st.tuples(st.sampled_from(["folder", "folder", "folder", "file", "link"]), AGES)
)
WORLDS = st.builds(
    World,
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(STATES)),
    FOLDERS,
    st.sampled_from([True, True, True, True, False]),
)


@contextmanager
def programs_in(world: World) -> Iterator[StringIO]:
    with (
        mock.patch.multiple(survey, Api=lambda *_: world, Store=lambda *_: world, BLOCK=3),
        mock.patch.multiple(deletion, Api=lambda *_: world, Store=lambda *_: world, BLOCK=3),
        mock.patch.dict("os.environ", {"POD_NAMESPACE": "polyaxon", "NODE_NAME": "n"}),
        mock.patch("signal.signal"),
        redirect_stdout(StringIO()) as out,
    ):
        yield out


@given(before=WORLDS, after=st.one_of(st.none(), WORLDS), days=st.sampled_from([2, 7, 30]), extra=st.booleans())
def test_what_must_stay_stays(before: World, after: World | None, days: int, extra: bool) -> None:
    """after: what there is when the Job runs; None if nothing has changed. extra: whether a Job names everything."""
    config: dict[str, Any] = {"release": "r", "owner": "default", "counts_only": False, "connection": {},
                              "store": {"name": "a", "kind": "s3", "where": "w"}}  # fmt: skip
    with programs_in(before) as out:
        code = survey.main(json.loads(json.dumps(config)))
    report = parse(out.getvalue(), "log")
    if code or isinstance(report, Diagnostic):
        assert not before.healthy or not isinstance(report, Diagnostic)
        return
    chosen = [folder.name for folder in leftovers.select(report, days * DAY)]
    for name in chosen:
        kind, age = before.folders[name]
        assert before.state_of(name) == UNKNOWN
        assert RUN.fullmatch(name)
        assert kind == "folder"
        assert age is not None
        assert age > days - 0.01
    later = after or before
    job = {**config, "namespace": "polyaxon", "node": "", "api": before.url, "path": before.path, "time": report.time,
           "older_than": days * DAY, "witnesses": report.witnesses,
           "folders": [*later.list_names(), *ODD] if extra else chosen}  # fmt: skip
    with programs_in(later):
        deletion.main(json.loads(json.dumps(job)))
    for name in later.deleted:
        kind, age = later.folders[name]
        assert later.healthy
        assert later.state_of(name) == UNKNOWN
        assert RUN.fullmatch(name)
        assert kind == "folder"
        assert age is not None
        assert age > days - 0.01
        assert not any(other != name and other.startswith(name) for other in later.folders)
        assert report.witnesses
