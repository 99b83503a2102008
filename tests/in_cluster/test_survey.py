from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from pathlib import Path

import pytest

from helm_cleaner.in_cluster import rules, survey
from tests.in_cluster.conftest import World, lines_of
from tests.support.api_faults import FAULTS
from tests.support.fake_polyaxon import LIVE, NOT_FOUND, Answer
from tests.support.store_folders import add_run, age, content, run_name


def test_each_folder_has_one_state(world: World) -> None:
    left = sorted(world.add() for _ in range(3))
    young = world.add(days=1)
    (world.store / run_name()).mkdir()  # a moment old
    (world.store / "notes").mkdir()
    (world.store / run_name().upper()).mkdir()
    (world.store / str(uuid.uuid4())).mkdir()
    (world.store / uuid.uuid1().hex).mkdir()
    (world.store / run_name()).symlink_to(world.store / left[0])
    (world.store / run_name()).write_text("a file")
    before = content(world.store)
    ran = world.survey()
    head = json.loads(lines_of(ran, "report")[0])
    assert head["counts"] == {
        "known": 2, "archived": 1, "deleted-today": 1, "leftover": 3, "too-young": 2, "not-a-run": 6, "not-listed": 0,
    }  # fmt: skip
    assert [line.split()[0] for line in lines_of(ran, "folder")] == left
    assert young not in ran.out.decode()
    assert content(world.store) == before
    assert (ran.code, ran.err) == (0, "")


def test_the_report_says_what_was_surveyed(world: World) -> None:
    name = world.add(files=3)
    ran = world.survey()
    head = json.loads(lines_of(ran, "report")[0])
    store = {"name": "artifacts", "kind": "volume_claim", "where": "the claim artifacts", "path": str(world.store)}
    assert head["store"] == store
    assert (head["release"], head["namespace"], head["node"]) == ("plx", "polyaxon", "node-1")
    assert head["api"] == world.api.url
    known = {run for run, state in world.api.runs.items() if state >= 0}
    assert set(head["witnesses"]) == known
    assert lines_of(ran, "folder")[0].startswith(f"{name} 3000 3 ")


def test_it_ends_with_its_count_and_checksum(world: World) -> None:
    world.add()
    lines = [line for line in world.survey().out.decode().splitlines() if line.startswith("leftovers-")]
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines[:-1]).encode()).hexdigest()
    assert lines[-1] == f"leftovers-end 1 {digest}"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("where", ["the stranger", "a listed run", "a folder", "the last proof", "projects", "runs"])
def test_any_other_answer_ends_it_without_a_report(world: World, fault: Answer, where: str) -> None:
    name, count = world.add(), 0
    runs = set(world.api.runs)

    def answer(path: str, _: int) -> Answer | None:
        nonlocal count
        run = path.rpartition("/")[2]
        is_stranger = "/orgs/" in path and run not in runs and run != name
        count += is_stranger
        hit = {
            "the stranger": is_stranger,
            "a listed run": "/orgs/" in path and run in runs,
            "a folder": run == name,
            "the last proof": is_stranger and count == 3,
            "projects": "/projects/list" in path,
            "runs": "/p/runs" in path,
        }[where]
        return fault if hit else None

    if where == "the stranger" and fault == FAULTS["404 with another detail"]:
        pytest.skip("of a run that cannot exist, the API may say so in any words")
    world.api.fault = answer
    ran = world.survey()
    assert ran.code == 2
    assert b"no report: " in ran.out
    assert b"leftovers-" not in ran.out


def test_a_time_out_ends_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TIMEOUT", 0.2)
    name = world.add()
    world.api.fault = lambda path, _: NOT_FOUND._replace(delay=1.0) if path.endswith(name) else None
    ran = world.survey()
    assert ran.code == 2
    assert b"no answer from" in ran.out
    assert b"leftovers-" not in ran.out


def test_an_api_that_is_not_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYAXON_HOST", "http://127.0.0.1:9")
    assert b"no report: no answer from http://127.0.0.1:9" in world.survey().out


@pytest.mark.parametrize("host", ["", "plx-polyaxon-gateway", "ftp://x", "http://"])
def test_an_address_that_is_none(world: World, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("POLYAXON_HOST", host)
    ran = world.survey()
    assert (ran.code, world.api.paths) == (2, [])
    assert b"is this the agent's environment?" in ran.out


def test_an_api_that_knows_every_run(world: World) -> None:
    def answer(path: str, _: int) -> Answer | None:
        run = path.rpartition("/")[2]
        return Answer(200, json.dumps({"uuid": run, "live_state": 1}).encode()) if "/orgs/" in path else None

    world.api.fault = answer
    assert b"asked for a run that cannot exist, the API answered 200" in world.survey().out


def test_an_api_that_knows_no_run(world: World) -> None:
    world.api.runs.clear()
    ran = world.survey()
    assert b"no report: the API knows no run" in ran.out
    assert b"create a run" in ran.out


def test_an_api_that_does_not_know_what_it_lists(world: World) -> None:
    listed = next(run for run, state in world.api.runs.items() if state == LIVE)
    world.api.fault = lambda path, _: NOT_FOUND if path.endswith(f"/{listed}") else None
    assert b"asked for it answers 404" in world.survey().out


def test_a_database_that_is_exchanged_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first block, the API answers from an empty database into which one run has been written."""
    monkeypatch.setattr(survey, "BLOCK", 4)
    for _ in range(8):
        world.add(LIVE)
    proof = next(iter(world.api.runs))  # asked for before any folder is
    later = [name for name in sorted(world.names())[4:] if name != proof]
    stranger = run_name()

    def answer(path: str, _: int) -> None:
        if path.endswith(later[1]):
            world.api.runs = {stranger: LIVE}

    world.api.fault = answer
    ran = world.survey()
    assert ran.code == 2
    assert b"or its database was replaced" in ran.out


@pytest.mark.parametrize(("hours", "code"), [(-1.1, 2), (-0.9, 0), (0.9, 0), (1.1, 2)])
def test_clocks_that_differ(world: World, hours: float, code: int) -> None:
    world.api.clock = hours * 3600
    ran = world.survey()
    assert ran.code == code
    assert (b"clock and this node's" in ran.out) == (code == 2)


def test_an_answer_without_a_date(world: World) -> None:
    world.api.fault = lambda path, _: NOT_FOUND._replace(date=None) if "/orgs/" in path else None
    assert b"has no Date" in world.survey().out


def test_first_the_list_then_the_questions(world: World) -> None:
    """A run that starts after the list was made is not in it, whatever the API says then."""
    started: list[str] = []

    def answer(path: str, _: int) -> None:
        if not started and "/orgs/" in path:
            started.append(add_run(world.store, days=30))

    real = rules.Store.list_names
    listed: list[str] = []

    def names(store: rules.Store) -> list[str]:
        world.api.fault = answer
        listed.extend(real(store))
        return listed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules.Store, "list_names", names)
        ran = world.survey()
    assert started
    assert started[0] not in ran.out.decode()


def test_at_most_eight_requests_at_a_time(world: World) -> None:
    for _ in range(40):
        world.add(LIVE)
    world.api.fault = lambda _path, _: time.sleep(0.02)
    world.survey()
    assert 1 < world.api.most <= 8


def test_the_api_is_proven_every_fifty_folders(world: World) -> None:
    for _ in range(116):
        world.add(LIVE, files=0)
    world.survey()
    lists = [at for at, path in enumerate(world.api.paths) if "/p/runs?" in path]
    assert len(lists) == 5  # before, after each block of 50, and at the end


def test_at_most_20000_are_listed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "LISTED", 3)
    for _ in range(9):
        world.add()
    ran = world.survey()
    counts = json.loads(lines_of(ran, "report")[0])["counts"]
    assert (counts["leftover"], counts["not-listed"]) == (3, 6)
    assert len(lines_of(ran, "folder")) == 3


def test_what_is_not_listed_is_not_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million leftovers take no longer than their questions."""
    monkeypatch.setattr(survey, "LISTED", 1)
    monkeypatch.setattr(survey, "BLOCK", 2)
    real, seen = rules.Store.look, set()

    def look(store: rules.Store, name: str) -> rules.Folder | None:
        seen.add(name)
        return real(store, name)

    monkeypatch.setattr(rules.Store, "look", look)
    for _ in range(20):
        world.add()
    world.survey()
    assert len(seen) <= 6


def test_of_ee_there_are_counts_only(world: World) -> None:
    name = world.add()
    ran = world.survey(counts_only=True)
    head = json.loads(lines_of(ran, "report")[0])
    assert (head["counts_only"], head["counts"]["leftover"]) == (True, 1)
    assert name not in ran.out.decode()


def test_the_newest_file_tells_the_age(world: World) -> None:
    name = world.add(days=30)
    os.utime(world.store / name / "outputs" / "1.bin")
    ran = world.survey()
    assert name not in ran.out.decode()
    assert json.loads(lines_of(ran, "report")[0])["counts"]["too-young"] == 1


def test_without_files_the_newest_directory_tells_it(world: World) -> None:
    old, young = world.add(days=30, files=0), world.add(days=30, files=0)
    os.utime(world.store / young / "outputs")
    ran = world.survey()
    assert [line.split()[0] for line in lines_of(ran, "folder")] == [old]


def test_a_link_in_a_folder_is_not_followed(world: World, tmp_path: Path) -> None:
    name = world.add(days=30)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "new.bin").write_bytes(b"x" * 5000)
    (world.store / name / "outputs" / "link").symlink_to(tmp_path / "elsewhere")
    link = world.store / name / "outputs" / "link"
    os.utime(link, (0, 0), follow_symlinks=False)
    age(world.store / name, 30)
    (line,) = lines_of(world.survey(), "folder")
    assert line.split()[1] != "7000"


def test_a_name_that_begins_with_a_runs_is_left_with_it(world: World) -> None:
    name = world.add()
    (world.store / f"{name}-backup").mkdir()
    ran = world.survey()
    assert lines_of(ran, "folder") == []
    assert json.loads(lines_of(ran, "report")[0])["counts"]["not-a-run"] == 2


def test_what_cannot_be_read_is_too_young(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    name = world.add()

    def below(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(rules.Store, "_below", below)
    ran = world.survey()
    assert json.loads(lines_of(ran, "report")[0])["counts"]["too-young"] == 1
    assert f"counts as too young: {name}: PermissionError" in ran.out.decode()


def test_a_folder_that_vanishes_meanwhile(world: World) -> None:
    name = world.add()

    def answer(path: str, _: int) -> None:
        if path.endswith(name) and (world.store / name).exists():
            (world.store / name).rename(world.store.parent / name)

    world.api.fault = answer
    ran = world.survey()
    assert (ran.code, lines_of(ran, "folder")) == (0, [])


def test_a_store_that_is_not_there(world: World) -> None:
    world.connection["schema"]["mountPath"] = str(world.store / "nothing")
    ran = world.survey()
    assert ran.code == 2
    assert b"cannot be listed" in ran.out


@pytest.mark.parametrize("path", ["", "/", "*", "[st]tore", "{store}", "sto?e", "../store"])
def test_a_path_that_is_dangerous(world: World, path: str) -> None:
    """An empty one is everything there is, and the file systems would expand the others as patterns."""
    world.connection["schema"]["mountPath"] = path if path in ("", "/") else f"{world.store.parent}/{path}"
    ran = world.survey()
    assert ran.code == 2
    assert b"is not one that can be listed safely" in ran.out
