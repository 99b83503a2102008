from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner.in_cluster import deletion, rules
from tests.in_cluster.conftest import World, hours_ago
from tests.support.api_faults import FAULTS
from tests.support.fake_polyaxon import ARCHIVED, DELETED, LIVE, NOT_FOUND, Answer
from tests.support.store_folders import DAY, age, content, run_name


def test_it_deletes_exactly_these(world: World) -> None:
    left = [world.add() for _ in range(3)]
    world.add()  # not in this part
    (world.store / "notes").mkdir()
    report, before = world.report(), content(world.store)
    ran = world.delete(left, report)
    kept = {path: data for path, data in before.items() if path.partition("/")[0] not in left}
    assert content(world.store) == kept
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(b"3 deleted, 0 already gone, 0 left, 0 not deleted, 0 not tried\n")


def test_twice_is_once(world: World) -> None:
    left, report = [world.add(), world.add()], world.report()
    world.delete(left, report)
    before = content(world.store)
    ran = world.delete(left, report)
    assert (ran.code, content(world.store)) == (0, before)
    assert b"0 deleted, 2 already gone" in ran.out


# ---- the rules for one folder: each leaves it, and deletes the others


def _known(state: int) -> Callable[[World, str], None]:
    def make(world: World, name: str) -> None:
        world.api.runs[name] = state

    return make


def _written(world: World, name: str) -> None:
    os.utime(world.store / name / "outputs" / "0.bin")


def _written_6_days_ago(world: World, name: str) -> None:
    age(world.store / name, 6)


def _link(world: World, name: str) -> None:
    (world.store / name).rename(world.store.parent / name)
    (world.store / name).symlink_to(world.store.parent / name)


def _file(world: World, name: str) -> None:
    (world.store / name).rename(world.store.parent / name)
    (world.store / name).write_text("x")


def _backup(world: World, name: str) -> None:
    (world.store / f"{name}-backup").mkdir()


FOLDERS: dict[str, tuple[Callable[[World, str], None], str]] = {
    "a run that was restored": (_known(LIVE), "the API knows this run"),
    "an archived run": (_known(ARCHIVED), "the API knows this run"),
    "a run that is being deleted": (_known(DELETED), "the API knows this run"),
    "written to since the survey": (_written, "something was written into it at"),
    "written to within --older-than": (_written_6_days_ago, "something was written into it at"),
    "a link": (_link, "a file or a link"),
    "a file": (_file, "a file or a link"),
    "beside a name that begins with it": (_backup, "the name of another entry begins with it"),
}


@pytest.mark.parametrize(("change", "reason"), FOLDERS.values(), ids=FOLDERS)
def test_a_folder_is_left(world: World, change: Callable[[World, str], None], reason: str) -> None:
    name, other = world.add(), world.add()
    report = world.report()
    change(world, name)
    ran = world.delete([name, other], report)
    assert f"left: {name}: " in ran.out.decode()
    assert reason in ran.out.decode()
    assert name in world.names()
    assert other not in world.names()
    assert ran.code == 0


def test_two_days_are_the_least(world: World) -> None:
    """Whatever the Job says."""
    young, old = world.add(days=1.9), world.add(days=2.1)
    report = world.report()
    world.delete([young, old], report, older_than=0)
    assert young in world.names()
    assert old not in world.names()


def test_a_folder_of_unknown_age_is_left(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    name, report = world.add(), world.report()
    monkeypatch.setattr(rules, "read_time", lambda _entry: None)
    ran = world.delete([name], report)
    assert f"left: {name}: its age cannot be told" in ran.out.decode()
    assert name in world.names()


@pytest.mark.parametrize(
    "name", ["notes", "..", ".", "", "A" * 32, "0" * 32, "0123456789ab4def8123456789abcdef/../notes", "a/b"]
)
def test_a_name_that_is_no_runs_is_left(world: World, name: str) -> None:
    (world.store / "notes").mkdir()
    age(world.store, 30)
    report, before = world.report(), content(world.store)
    ran = world.delete([name], report)
    assert content(world.store) == before
    assert b"it is not named like a run's folder" in ran.out
    assert b"0 deleted, 0 already gone, 1 left" in ran.out


def test_a_restored_run_is_asked_for_directly_before(world: World) -> None:
    """The answer comes after everything else was looked at."""
    name, report = world.add(), world.report()
    steps: list[str] = []
    world.api.fault = lambda path, _: steps.append("ask") if path.endswith(name) else None
    with pytest.MonkeyPatch.context() as patch:
        for step in ("look", "delete"):
            real = getattr(rules.Store, step)

            def watch(store: rules.Store, name: str, step: str = step, real: Any = real) -> Any:
                steps.append(step)
                return real(store, name)

            patch.setattr(rules.Store, step, watch)
        world.delete([name], report)
    assert steps == ["look", "ask", "delete", "look"]


# ---- the rules that end it: nothing is deleted from there on


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("where", ["at once", "the second folder", "a witness"])
def test_any_other_answer_ends_it(world: World, fault: Answer, where: str) -> None:
    left = sorted(world.add() for _ in range(3))
    report = world.report()
    wanted = {"at once": "", "the second folder": left[1], "a witness": report.witnesses[0]}[where]
    world.api.fault = lambda path, _: fault if path.endswith(wanted) else None
    ran = world.delete(left, report)
    gone = left[:1] if where == "the second folder" else []
    assert set(left) - world.names() == set(gone)
    assert ran.code == 2
    assert b"ended: " in ran.out
    assert f"{3 - len(gone)} not tried" in ran.out.decode()


def test_a_time_out_ends_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    left = sorted(world.add() for _ in range(2))
    report = world.report()
    monkeypatch.setattr(rules, "TIMEOUT", 0.2)
    world.api.fault = lambda path, _: NOT_FOUND._replace(delay=1.0) if path.endswith(left[0]) else None
    ran = world.delete(left, report)
    assert (ran.code, set(left) - world.names()) == (2, set())


def test_an_api_that_dies_half_way(world: World) -> None:
    """It says how far it got."""
    left = sorted(world.add() for _ in range(70))
    report = world.report()
    asked: list[str] = []

    def answer(path: str, _: int) -> Answer | None:
        if path.rpartition("/")[2] in left:
            asked.append(path)
        return FAULTS["502 of a gateway"] if len(asked) > 20 else None

    world.api.fault = answer
    ran = world.delete(left, report)
    assert set(left) - world.names() == set(left[:20])
    assert b"20 deleted, 0 already gone, 0 left, 0 not deleted, 50 not tried" in ran.out
    assert ran.code == 2


def test_another_database(world: World) -> None:
    """An API that knows its own runs, but none of those that it knew at the survey."""
    left, report = [world.add()], world.report()
    world.api.runs = {run_name(): LIVE}
    ran = world.delete(left, report)
    assert (ran.code, set(left) - world.names()) == (2, set())
    assert b"its database was replaced" in ran.out


def test_another_database_half_way(world: World) -> None:
    left = sorted(world.add() for _ in range(120))
    report = world.report()

    def answer(path: str, _: int) -> None:
        if path.endswith(left[60]):
            world.api.runs = {run_name(): LIVE}

    world.api.fault = answer
    ran = world.delete(left, report)
    assert set(left) - world.names() == set(left[:100])  # up to the next proof; both databases know none of these
    assert b"its database was replaced" in ran.out


def test_an_api_that_knows_no_run(world: World) -> None:
    left, report = [world.add()], world.report()
    listing = Answer(200, b'{"count":0,"next":null,"results":[]}')
    world.api.fault = lambda path, _: listing if "/runs?" in path else None
    ran = world.delete(left, report)
    assert (ran.code, set(left) - world.names()) == (2, set())


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "a week late": ({"time": hours_ago(7 * 24)}, "more than a day old"),
    "a day and a minute late": ({"time": hours_ago(24.02)}, "more than a day old"),
    "from the future": ({"time": hours_ago(-2)}, "in the future"),
    "another API": ({"api": "http://other-polyaxon-gateway:80"}, "about the API http://other"),
    "another namespace": ({"namespace": "ml"}, "about the namespace ml"),
    "another node": ({"node": "node-2"}, "about the node node-2"),
    "another path": ({"path": "/other"}, "about the store /other"),
    "no witness": ({"witnesses": []}, "the API knew no run of this store"),
}


@pytest.mark.parametrize(("change", "reason"), CHANGES.values(), ids=CHANGES)
def test_a_report_about_something_else(world: World, change: dict[str, Any], reason: str) -> None:
    left, report = [world.add(days=60)], world.report()
    before = content(world.store)
    ran = world.delete(left, report, **change)
    assert (ran.code, content(world.store)) == (2, before)
    assert reason in ran.out.decode()


def test_a_report_that_expires_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    left = sorted(world.add(days=60) for _ in range(3))
    report = world.report()
    real, start = time.time, time.time()

    def later(*_: object) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + DAY)

    world.api.fault = lambda path, _: later() if path.endswith(left[0]) and real() >= start else None
    ran = world.delete(left, report)
    assert set(left) - world.names() <= {left[0]}
    assert ran.code == 2
    assert b"more than a day old" in ran.out


def test_another_store_behind_the_same_path(world: World) -> None:
    """None of the known runs' folders is there, as after another volume was bound to the claim."""
    left, report = [world.add()], world.report()
    for name in world.names() - set(left):
        (world.store / name).rename(world.store.parent / name)
    ran = world.delete(left, report)
    assert (ran.code, world.names()) == (2, set(left))
    assert b"it is another store" in ran.out


@pytest.mark.parametrize("hours", [-1.1, 1.1])
def test_clocks_that_differ(world: World, hours: float) -> None:
    left, report = [world.add()], world.report()
    world.api.clock = hours * 3600
    ran = world.delete(left, report)
    assert (ran.code, set(left) - world.names()) == (2, set())
    assert b"the API's clock and this node's differ by 1.1 hours" in ran.out


def test_the_api_is_proven_every_fifty_folders(world: World) -> None:
    left = [world.add(files=0) for _ in range(101)]
    report = world.report()
    world.api.paths.clear()
    world.delete(left, report)
    assert sum("/p/runs?" in path for path in world.api.paths) == 3
    assert sum(path.endswith(report.witnesses[0]) for path in world.api.paths) >= 3


# ---- what the store does


@pytest.mark.skipif(os.geteuid() == 0, reason="root may delete everything")
def test_a_store_without_rights(world: World) -> None:
    left, report = [world.add()], world.report()
    world.store.chmod(stat.S_IRUSR | stat.S_IXUSR)
    ran = world.delete(left, report)
    world.store.chmod(stat.S_IRWXU)
    assert (ran.code, set(left) - world.names()) == (1, set())


@pytest.mark.parametrize(
    "error", [OSError(30, "Read-only file system"), PermissionError(13, "Access denied"), KeyError("key")]
)
def test_an_error_of_the_store_is_told(world: World, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Where Polyaxon's cleaner would end as succeeded. The next folder is tried."""
    left = sorted(world.add() for _ in range(2))
    report = world.report()
    real = rules.Store.delete

    def delete(store: rules.Store, name: str) -> None:
        if name == left[0]:
            raise error
        real(store, name)

    monkeypatch.setattr(rules.Store, "delete", delete)
    ran = world.delete(left, report)
    assert ran.code == 1
    assert f"not deleted: {left[0]}: {error!r}" in ran.out.decode()
    assert set(left) & world.names() == {left[0]}


def test_a_deletion_that_does_nothing_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    left, report = [world.add()], world.report()
    monkeypatch.setattr(rules.Store, "delete", lambda *_: None)
    ran = world.delete(left, report)
    assert ran.code == 1
    assert f"not deleted: {left[0]}: 2 files are still there" in ran.out.decode()


def test_an_error_after_which_it_is_gone_is_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    left, report = [world.add()], world.report()
    real = rules.Store.delete

    def delete(store: rules.Store, name: str) -> None:
        real(store, name)
        raise FileNotFoundError(name)

    monkeypatch.setattr(rules.Store, "delete", delete)
    ran = world.delete(left, report)
    assert (ran.code, set(left) & world.names()) == (0, set())


def test_a_signal_ends_it_between_folders(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    left = sorted(world.add() for _ in range(3))
    report = world.report()
    real = rules.Store.delete

    def delete(store: rules.Store, name: str) -> None:
        real(store, name)
        deletion.stop()

    monkeypatch.setattr(rules.Store, "delete", delete)
    ran = world.delete(left, report)
    assert ran.code == 2
    assert b"Kubernetes stops this pod" in ran.out
    assert set(left) - world.names() == {left[0]}


def test_a_link_in_a_folder_leads_out_of_it(world: World, tmp_path: Path) -> None:
    """The link goes; what it leads to stays."""
    name = world.add()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "data").write_text("x")
    (world.store / name / "link").symlink_to(tmp_path / "elsewhere")
    os.utime(world.store / name / "link", (0, 0), follow_symlinks=False)
    age(world.store / name, 30)
    report = world.report()
    world.delete([name], report)
    assert name not in world.names()
    assert (tmp_path / "elsewhere" / "data").read_text() == "x"
