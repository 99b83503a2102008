from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from helm_cleaner.actions import leftovers, post_render
from helm_cleaner.actions.jobs import ReleaseOptions, of_manifests
from helm_cleaner.actions.leftovers_jobs import PART, Target, find_target
from helm_cleaner.cluster import objects
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.in_cluster.report import Report, parse
from helm_cleaner.in_cluster.rules import DAY, format_time
from helm_cleaner.yamltext.stream import Stream
from tests.support import reports
from tests.support.reports import CONNECTION


def target_of(connection: dict[str, Any] | None = None, **options: str) -> Target:
    stream = reports.manifests(connection, **options).encode()
    ((title, job),) = of_manifests(Stream(stream), post_render.Options(None), ReleaseOptions()).jobs
    return find_target(job, title)


def report_of(number: int = 3, days: float = 30, **changes: Any) -> Report:
    found = parse(reports.write(reports.leftovers(number, days), **changes), "report.txt")
    assert not isinstance(found, Diagnostic), found
    return found


def codes(found: Iterator[Diagnostic]) -> list[str]:
    return [each.code for each in found]


def refuse(report: Report, of: Target | None = None, now: float = 0) -> list[str]:
    return codes(leftovers.refuse(report, of or target_of(), "report.txt", now or time.time()))


def store(**changes: str) -> dict[str, str]:
    return {**reports.head()["store"], **changes}


def test_a_report_of_these_manifests() -> None:
    assert refuse(report_of()) == []


REPORTS: dict[str, tuple[dict[str, Any], str]] = {
    "a day and a minute old": ({"time": format_time(time.time() - DAY - 600)}, "report-expired"),
    "from the future": ({"time": format_time(time.time() + 2 * 3600)}, "report-expired"),
    "another release": ({"release": "plx2"}, "report-mismatch"),
    "another namespace": ({"namespace": "ml"}, "report-mismatch"),
    "another kind of store": ({"store": store(kind="gcs")}, "report-mismatch"),
    "another bucket": ({"store": store(where="s3://bucket/plx2")}, "report-mismatch"),
    "another connection": ({"store": store(name="other")}, "report-mismatch"),
    "no known folder": ({"counts": {"known": 0}}, "unknown-store"),
    "no witness": ({"witnesses": []}, "unknown-store"),
    "counts only": ({"counts_only": True}, "enterprise"),
}


@pytest.mark.parametrize(("changes", "code"), REPORTS.values(), ids=REPORTS)
def test_no_flag_helps_against_these(changes: dict[str, Any], code: str) -> None:
    assert refuse(report_of(**changes)) == [code]


def test_23_hours_are_no_day() -> None:
    assert refuse(report_of(time=format_time(time.time() - 23 * 3600))) == []


def test_the_agent_chart_is_ee() -> None:
    assert refuse(report_of(), target_of(chart="agent")) == ["enterprise"]


def test_a_folder_of_a_node_needs_the_node() -> None:
    host = {"name": "artifacts", "kind": "host_path", "schema": {"hostPath": "/data", "mountPath": "/artifacts"}}
    changes = {"name": "artifacts", "kind": "host_path", "where": "the node's folder /data", "path": "/artifacts"}
    assert refuse(report_of(store=changes), target_of(host)) == []
    assert refuse(report_of(store=changes, node="None"), target_of(host)) == ["report-mismatch"]


@pytest.mark.parametrize(("known", "unknown", "count", "found"), [
    (9, 3, None, []), (9, 3, 3, []), (9, 3, 4, ["remove-count"]),
    (3, 3, None, []), (2, 3, None, ["remove-count"]), (2, 3, 3, []), (2, 3, 2, ["remove-count"]),
])  # fmt: skip
def test_fewer_known_than_unknown_needs_the_number(
    known: int, unknown: int, count: int | None, found: list[str]
) -> None:
    report = report_of(unknown, counts={"known": known})
    assert codes(leftovers.confirm(report, unknown, "r", is_mine=True, count=count)) == found


@pytest.mark.parametrize("name", ["archived", "deleted-today"])
def test_every_run_that_the_api_knows_counts(name: str) -> None:
    report = report_of(3, counts={"known": 0, name: 3})
    assert codes(leftovers.confirm(report, 3, "r", is_mine=True, count=None)) == []


@pytest.mark.parametrize("name", ["too-young", "not-listed"])
def test_every_folder_that_it_does_not_know_counts(name: str) -> None:
    report = report_of(3, counts={"known": 3, name: 1})
    assert codes(leftovers.confirm(report, 3, "r", is_mine=True, count=None)) == ["remove-count"]


def test_the_store_must_be_the_users_own() -> None:
    assert codes(leftovers.confirm(report_of(), 3, "r", is_mine=False, count=None)) == ["store-is-mine"]


def test_nothing_to_delete() -> None:
    assert codes(leftovers.confirm(report_of(0), 0, "r", is_mine=True, count=None)) == ["no-leftovers"]


@pytest.mark.parametrize(("days", "older", "number"), [(30, 7, 3), (8, 7, 3), (6, 7, 0), (6, 2, 3), (29, 30, 0)])
def test_what_is_old_enough_is_selected(days: float, older: int, number: int) -> None:
    assert len(leftovers.select(report_of(3, days), older * DAY)) == number


def test_ages_count_from_the_reports_time() -> None:
    """A report does not get more to delete by waiting."""
    report = report_of(3, 7.4, time=format_time(time.time() - 23 * 3600))
    assert leftovers.select(report, 7 * DAY) == []


def test_parts_never_shift() -> None:
    folders = report_of(2 * PART + 1).folders
    parts = leftovers.split(folders)
    assert [len(part) for part in parts] == [PART, PART, 1]
    assert [each for part in parts for each in part] == folders


def shared(*stores: tuple[str, str, dict[str, Any]], mine: bool = True) -> list[str]:
    listed = [*([("polyaxon", "plx", CONNECTION)] if mine else []), *stores]
    found = objects.parse(reports.configmaps(*listed), "configmaps.json")
    return codes(leftovers.refuse_shared(found, target_of(), report_of(), "configmaps.json"))


def bucket(path: str, kind: str = "s3") -> dict[str, Any]:
    return {"name": "a", "kind": kind, "schema": {"bucket": path}}


@pytest.mark.parametrize(("path", "found"), [
    ("s3://bucket/plx", ["shared-store"]),
    ("s3://bucket/plx/", ["shared-store"]),
    ("bucket/plx", ["shared-store"]),
    ("s3://bucket", ["shared-store"]),
    ("s3://bucket/plx/team", ["shared-store"]),
    ("s3://bucket/plx2", []),
    ("s3://bucket/pl", []),
    ("s3://other/plx", []),
])  # fmt: skip
def test_another_release_on_the_store(path: str, found: list[str]) -> None:
    assert shared(("team", "other", bucket(path))) == found
    assert shared(("polyaxon", "other", bucket(path))) == found
    assert shared(("team", "plx", bucket(path))) == found


def test_the_release_itself_is_no_other() -> None:
    assert shared() == []
    assert shared(mine=False) == ["report-mismatch"]


def test_a_release_of_the_oldest_charts() -> None:
    """Its ConfigMap has no section."""
    text = reports.configmaps(("polyaxon", "plx", CONNECTION), ("team", "old", CONNECTION))
    found = objects.parse(text.replace('"POLYAXON_AGENT_CLEANER": "{}", ', ""), "c")
    assert codes(leftovers.refuse_shared(found, target_of(), report_of(), "c")) == ["shared-store"]


def test_a_release_whose_store_cannot_be_read() -> None:
    text = reports.configmaps(("polyaxon", "plx", CONNECTION), ("team", "other", {})).replace('"{}"}', '"["}')
    found = objects.parse(text, "configmaps.json")
    assert codes(leftovers.refuse_shared(found, target_of(), report_of(), "c")) == ["shared-store"]


def test_the_release_has_another_store_in_the_cluster() -> None:
    found = objects.parse(reports.configmaps(("polyaxon", "plx", bucket("s3://old"))), "configmaps.json")
    assert codes(leftovers.refuse_shared(found, target_of(), report_of(), "c")) == ["report-mismatch"]


def claim(name: str) -> dict[str, Any]:
    return {"name": "a", "kind": "volume_claim", "schema": {"volumeClaim": name, "mountPath": "/a"}}


def host(path: str) -> dict[str, Any]:
    return {"name": "a", "kind": "host_path", "schema": {"hostPath": path, "mountPath": "/a"}}


@pytest.mark.parametrize(("mine", "other", "namespace", "found"), [
    (claim("c"), claim("c"), "polyaxon", ["shared-store"]),
    (claim("c"), claim("c"), "team", []),
    (claim("c"), claim("d"), "polyaxon", []),
    (host("/data"), host("/data"), "team", ["shared-store"]),
    (host("/data"), host("/data/team/"), "team", ["shared-store"]),
    (host("/data/plx"), host("/data"), "team", ["shared-store"]),
    (host("/data"), host("/data2"), "team", []),
    (bucket("gs://b/p", "gcs"), bucket("gcs://b/p", "gcs"), "team", ["shared-store"]),
    (bucket("wasbs://c@a.net/p", "wasb"), bucket("wasbs://c@a.net", "wasb"), "team", ["shared-store"]),
    (bucket("wasbs://c@a.net", "wasb"), bucket("wasbs://c@b.net", "wasb"), "team", []),
])  # fmt: skip
def test_stores_of_each_kind(mine: dict[str, Any], other: dict[str, Any], namespace: str, found: list[str]) -> None:
    text = reports.configmaps(("polyaxon", "plx", mine), (namespace, "other", other))
    of = target_of(mine)
    assert codes(leftovers.refuse_shared(objects.parse(text, "c"), of, report_of(), "c")) == found


def test_a_claim_is_one_of_the_namespace_that_was_surveyed() -> None:
    """Where the manifests name none, as `helm template` prints them."""
    text = reports.configmaps(("polyaxon", "plx", claim("c")), ("polyaxon", "other", claim("c")))
    stream = reports.manifests(claim("c")).replace("  namespace: polyaxon\n", "").encode()
    ((title, job),) = of_manifests(Stream(stream), post_render.Options(None), ReleaseOptions()).jobs
    found = leftovers.refuse_shared(objects.parse(text, "c"), find_target(job, title), report_of(), "c")
    assert codes(found) == ["shared-store"]
