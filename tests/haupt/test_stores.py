"""The file systems of Polyaxon's SDK: what they list and delete."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helm_cleaner.in_cluster.report import Report, parse
from tests.haupt.conftest import Release, create, restore
from tests.support.s3_server import S3
from tests.support.store_folders import add_run, content, run_name


def objects(path: str, names: list[str], days: int = 30) -> dict[str, str]:
    return {f"{path}/{name}/outputs/{at}.bin": f"days={days} {name}" for name in names for at in range(3)}


def test_a_bucket(bucket: Release, s3: S3) -> None:
    """s3://b/p beside s3://b/p2; names that begin with a run's; files named like a run; markers of empty folders."""
    path = str(bucket.connection["schema"]["bucket"]).removeprefix("s3://")
    live, left = create(bucket.api, 4), [run_name() for _ in range(3)]
    twin, marked, young, file = (run_name() for _ in range(4))
    keep = {
        **objects(path, live),
        **objects(f"{path}2", [left[0], *live]),
        **objects(path, [young], days=3),
        **objects(path, [twin]),
        **objects(path, [f"{twin}-backup"]),
        f"{path}/{file}": "days=30 a file",
        f"{path}/notes/{left[1]}/x": "days=30",
        f"{path}x": "days=30",
    }
    gone = {**objects(path, left), f"{path}/{marked}/": "days=30"}
    assert s3.put({**keep, **gone}) == {**keep, **gone, **_others(s3, path)}
    before = s3.put({})
    ran = bucket.survey()
    assert ran.code == 0, ran.out
    assert s3.put({}) == before
    assert set(left) <= set(bucket.leftovers()) <= {*left, marked}
    ran = bucket.delete("--remove", str(len(bucket.leftovers())))
    assert ran.code == 0, ran.out
    rest = {key: text for key, text in s3.put({}).items() if key.startswith(path.partition("/")[0])}
    assert {key: text for key, text in rest.items() if key != f"{path}/{marked}/"} == keep


def _others(s3: S3, path: str) -> dict[str, str]:
    """What other tests have written into buckets of their own."""
    return {key: text for key, text in s3.put({}).items() if not key.startswith(path.partition("/")[0])}


def test_the_root_of_a_bucket(bucket: Release, s3: S3) -> None:
    name = str(bucket.connection["schema"]["bucket"]).removeprefix("s3://").partition("/")[0]
    release = Release(bucket.api, bucket.folder, {**bucket.connection, "schema": {"bucket": f"s3://{name}"}}, **s3.env)
    live, left = create(bucket.api, 2), [run_name()]
    s3.put({**objects(name, live), **objects(name, left)})
    assert release.survey().code == 0
    assert release.leftovers() == left
    assert release.delete().code == 0
    assert {key for key in s3.put({}) if key.startswith(f"{name}/")} == set(objects(name, live))


def test_a_bucket_without_rights(bucket: Release, s3: S3) -> None:
    """Here the bucket is not there: the SDK's error ends the survey."""
    connection = {**bucket.connection, "schema": {"bucket": "s3://nothing/p"}}
    release = Release(bucket.api, bucket.folder, connection, **s3.env)
    create(bucket.api, 1)
    ran = release.survey()
    assert ran.code == 2
    assert b"no report: the store s3://nothing/p cannot be listed" in ran.out


def test_a_run_that_is_restored_between(disk: Release) -> None:
    """Its API answers again, as after a backup of the database was restored."""
    store = Path(disk.connection["schema"]["mountPath"])
    live = create(disk.api, 3)
    left = [add_run(store), add_run(store)]
    for name in live:
        add_run(store, name)
    disk.survey()
    restore(disk.api, left[:1])
    ran = disk.delete()
    assert f"left: {left[0]}: the API knows this run" in ran.out.decode()
    assert {path.name for path in store.iterdir()} == {*live, left[0]}


def test_another_haupt(disk: Release) -> None:
    """The same address, another database: it knows its own runs, and none of those of the survey."""
    store = Path(disk.connection["schema"]["mountPath"])
    live = create(disk.api, 3)
    for name in live:
        add_run(store, name)
    add_run(store)
    disk.survey()
    before = content(store)
    disk.api.django("Models.Run.all.all().delete()")
    create(disk.api, 3)
    ran = disk.delete()
    assert (ran.code, content(store)) == (2, before)
    assert b"its database was replaced" in ran.out


def test_an_api_without_runs(disk: Release) -> None:
    add_run(Path(disk.connection["schema"]["mountPath"]))
    assert b"no report: the API knows no run" in disk.survey().out
    create(disk.api, 1)
    assert disk.survey().code == 0
    assert disk.clean("--store-is-mine", "--remove", "1", "-o", "yaml").code == 1


def test_the_report_is_what_clean_reads(disk: Release) -> None:
    store = Path(disk.connection["schema"]["mountPath"])
    add_run(store, create(disk.api, 1)[0])
    name = add_run(store, files=5)
    found = parse(disk.survey().out.decode(), "log")
    assert isinstance(found, Report)
    assert [(each.name, each.size, each.files) for each in found.folders] == [(name, 5000, 5)]
    assert found.api == disk.api.url
    assert json.loads(disk.clean("-o", "json").out)["bytes"] == 5000


@pytest.mark.parametrize("host", ["http://127.0.0.1:9", "http://127.0.0.1:1/x"])
def test_no_api(disk: Release, host: str) -> None:
    assert b"no report: no answer from" in disk.survey(POLYAXON_HOST=host).out
