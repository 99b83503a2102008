"""The whole story, with Polyaxon's own API, cleaner and file systems."""

from __future__ import annotations

import json
from pathlib import Path

from tests.haupt.conftest import Release, batches, create, delete, pass_a_day
from tests.support.store_folders import add_run, content


def test_450_runs_are_deleted_at_once(disk: Release) -> None:
    store = Path(disk.connection["schema"]["mountPath"])
    live, archived, many = create(disk.api, 30), create(disk.api, 5, 0), create(disk.api, 450)
    for name in (*live, *archived, *many):
        add_run(store, name, days=30)
    # The user deletes 450 runs. The agent gets batches of 200, 200 and 50 within seconds; while the first cleaner job
    # exists, the other two meet a 409, which is only logged.
    delete(disk.api, many)
    commands = batches(disk.api)
    assert [command[-1].count("-sp=") for command in commands] == [200, 200, 50]
    disk.polyaxons_cleaner(commands[0])
    lost = [name for name in many if (store / name).exists()]
    assert len(lost) == 250
    # For a day, the API still answers for the deleted runs: nothing is a leftover yet.
    assert disk.survey().code == 0
    assert disk.leftovers() == []
    pass_a_day(disk.api)
    young = [add_run(store, days=days) for days in (0, 1, 5)]
    (store / "notes").mkdir()
    ran = disk.survey()
    assert ran.code == 0, ran.out
    assert disk.leftovers() == sorted(lost)
    # The API knows 35 folders and does not know 253: that takes the number.
    assert disk.clean("--store-is-mine", "-o", "yaml").code == 1
    for part in ("1", "2"):
        ran = disk.delete("--remove", "250", "--part", part)
        assert ran.code == 0, ran.out
    assert {path.name for path in store.iterdir()} == {*live, *archived, *young, "notes"}
    disk.survey()
    assert disk.leftovers() == []


def test_exactly_the_leftovers_are_gone(disk: Release) -> None:
    """Runs of every state, folders of every kind; what is left is there byte for byte."""
    store = Path(disk.connection["schema"]["mountPath"])
    live, archived, today = create(disk.api, 5), create(disk.api, 3, 0), create(disk.api, 4)
    dropped = create(disk.api, 6)
    for name in (*live, *archived, *dropped, *today):
        add_run(store, name, days=40)
    delete(disk.api, dropped)
    batches(disk.api)
    pass_a_day(disk.api)
    delete(disk.api, today)
    batches(disk.api)
    never = [add_run(store, days=60) for _ in range(3)]
    add_run(store, days=3)
    for name in ("notes", dropped[0].upper(), f"{live[0]}-backup"):
        (store / name).mkdir()
    before = content(store)
    ran = disk.survey()
    head = json.loads(ran.out.decode().split("leftovers-report ")[1].splitlines()[0])
    assert head["counts"] == {
        "known": 4, "archived": 3, "deleted-today": 4, "leftover": 10, "too-young": 0, "not-a-run": 4, "not-listed": 0,
    }  # fmt: skip
    assert disk.leftovers() == sorted([*dropped, *never])
    assert content(store) == before
    assert disk.delete().code == 0
    gone = {*dropped, *never}
    assert content(store) == {path: data for path, data in before.items() if path.partition("/")[0] not in gone}
