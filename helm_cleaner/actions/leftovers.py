"""Which folders of a report may be deleted. Every rule that refuses says why; none of them deletes anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from helm_cleaner import polyaxon
from helm_cleaner.actions.leftovers_jobs import PART, Target
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.in_cluster.report import Leftover, Report
from helm_cleaner.in_cluster.rules import DAY, HOUR
from helm_cleaner.polyaxon.store import HOST_PATH, store_of
from helm_cleaner.polyaxon.store_location import locate, overlap
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import to_data

if TYPE_CHECKING:
    from typing import Any

_AGENT_CONFIG = "-agent-config"
_NO_STORE = ("", "null", "{}")


def select(report: Report, older_than: int) -> list[Leftover]:
    """The leftovers that were old enough at the report's time."""
    return [folder for folder in report.folders if folder.newest <= report.time - older_than]


def split(folders: Sequence[Leftover]) -> list[Sequence[Leftover]]:
    """The parts, one for each Job."""
    return [folders[at : at + PART] for at in range(0, len(folders), PART)]


def refuse(report: Report, of: Target, file: str, now: float) -> Iterator[Diagnostic]:
    """The rules that no flag overrides: of what the report is, and whether it is about these manifests."""

    def error(code: str, message: str, hint: str) -> Diagnostic:
        return Diagnostic("error", code, "", message, hint, Location(file))

    new = "make a new survey"
    if report.counts_only or of.job.release.is_enterprise:
        message = "this is Polyaxon EE, whose API may answer 404 for a run that one is not permitted to see"
        yield error("enterprise", message, "take the counts to Polyaxon's support: helm-cleaner deletes nothing here")
    age = now - report.time
    if age > DAY:
        yield error("report-expired", f"the report is {age / HOUR:.0f} hours old; it counts for a day", new)
    if age < -HOUR:
        message = f"the report is from {-age / HOUR:.1f} hours in the future: the clocks differ"
        yield error("report-expired", message, "correct the clock of this machine or of the node")
    hint = "give the manifests or values of the release that was surveyed, or make a new survey"
    namespace = of.job.release.namespace
    pairs = [("release", report.release, of.name), *((f"store's {k}", report.store[k], of.store[k]) for k in of.store)]
    if namespace:
        pairs.append(("namespace", report.namespace, namespace))
    for what, found, wanted in pairs:
        if found != wanted:
            yield error("report-mismatch", f"the {what} is {found} in the report, and {wanted} here", hint)
    if of.job.store.kind == HOST_PATH and report.node in ("", "None"):
        yield error("report-mismatch", "the report does not say which node's folder was surveyed", new)
    if not report.known or not report.witnesses:
        message = f"the API knows none of the {report.unknown:,} folders: this may be another release's store"
        yield error("unknown-store", message, "let a run of this release write its artifacts, then make a new survey")


def confirm(report: Report, total: int, file: str, *, is_mine: bool, count: int | None) -> Iterator[Diagnostic]:
    """What the user must say before there is a Job. total: the folders to be deleted, all parts together."""
    if not is_mine:
        message = "folders of another release on this store look exactly like leftovers"
        hint = "check that no other release, in any cluster, uses the store; then add --store-is-mine"
        yield Diagnostic("error", "store-is-mine", "", message, hint, Location(file))
    few = report.known < report.unknown
    if count is None and few:
        message = (
            f"the API knows {report.known:,} of the folders and does not know {report.unknown:,}, which is unusual"
        )
        hint = f"if that is right, add --remove {total}"
        yield Diagnostic("error", "remove-count", "", message, hint, Location(file))
    elif count is not None and count != total:
        message = f"--remove {count}, but {total} folders would be deleted, all parts together"
        hint = "check why the number differs: the report, or --older-than"
        yield Diagnostic("error", "remove-count", "", message, hint, Location(file))
    if not total:
        hint = "nothing is to be done; a smaller --older-than selects younger folders"
        yield Diagnostic("error", "no-leftovers", "", "no folder is to be deleted", hint, Location(file))


def refuse_shared(objects: Iterable[dict[str, Any]], of: Target, report: Report, file: str) -> Iterator[Diagnostic]:
    """Refuses a store that another release in the cluster uses too. objects: the cluster's ConfigMaps."""
    mine = (report.namespace, f"{of.full_name}{_AGENT_CONFIG}")
    is_there = False
    for manifest in objects:
        for agent in _with_store(manifest):
            namespace = agent.name.namespace or ""
            name = f"{namespace}/{agent.name.name}"
            store = store_of(agent)
            where = locate(store, namespace)
            if (namespace, agent.name.name) == mine:
                is_there = True
                if to_data(store.connection) != to_data(of.job.store.connection):
                    message = f"{name} has another artifacts store in the cluster than here"
                    hint = "give the manifests of the release as it is installed"
                    yield Diagnostic("error", "report-mismatch", "", message, hint, Location(file))
            elif where is None and str(agent.data.get(polyaxon.ARTIFACTS_STORE, "")).strip() not in _NO_STORE:
                hint = "correct that release, or remove it if nobody uses it"
                message = f"the artifacts store of {name} cannot be read, so it may be this one"
                yield Diagnostic("error", "shared-store", "", message, hint, Location(file))
            elif where and overlap(where, of.where._replace(root=_with_namespace(of, report))):
                message = f"{name} uses the same artifacts store, or one above or below it: {where.description}"
                hint = "give each release a store of its own; until then nothing can be deleted safely"
                yield Diagnostic("error", "shared-store", "", message, hint, Location(file))
    if not is_there:
        message = f"these ConfigMaps do not hold {mine[0]}/{mine[1]}: are they of another cluster?"
        hint = "kubectl get configmaps -A -o json > configmaps.json"
        yield Diagnostic("error", "report-mismatch", "", message, hint, Location(file))


def _with_store(manifest: dict[str, Any]) -> Iterator[polyaxon.Agent]:
    """The ConfigMaps with an artifacts store, those of the oldest charts too, which have no section."""
    for path, kind, item in polyaxon.iter_objects(manifest):
        data = item.get("data")
        if kind == "ConfigMap" and isinstance(data, dict) and polyaxon.ARTIFACTS_STORE in data:
            yield polyaxon.Agent(path, polyaxon.name_of(item), data, None, None)


def _with_namespace(of: Target, report: Report) -> tuple[str, ...]:
    """The root of the store, in the namespace that the survey ran in if the manifests name none."""
    where = locate(of.job.store, report.namespace)
    assert where
    return where.root
