"""The Jobs that result from sections: from rendered manifests, or from values alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from helm_cleaner import section
from helm_cleaner.actions import post_render
from helm_cleaner.diagnostics import CleanerError, Diagnostic, SectionError
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import accounts, agent_config, chart_values
from helm_cleaner.polyaxon.agent_config.store import check_store
from helm_cleaner.polyaxon.job import Job, Note, Release, job, release_of
from helm_cleaner.polyaxon.origins import label
from helm_cleaner.polyaxon.scheduling import Scheduling, check_scheduling, scheduling_in, scheduling_of
from helm_cleaner.polyaxon.store import Store, store_in, store_of
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import Map, ParsedValues, Value
from helm_cleaner.yamltext import Document
from helm_cleaner.yamltext.stream import Stream

_ORGANIZATION = b"POLYAXON_ORGANIZATION_KEY"  # what the charts render for Polyaxon EE


_LIVE = Note("", "it was read from a cluster, so it is taken as it is, without the charts' defaults")


class Jobs(NamedTuple):
    """The Jobs, each with a title, and the findings about their sections and default scheduling."""

    jobs: list[tuple[str, Job]]
    findings: list[Diagnostic]


class ReleaseOptions(NamedTuple):
    """What the user says about the release. version: that of the chart; name: for the service account."""

    name: str | None = None
    namespace: str | None = None
    version: str | None = None


def of_manifests(stream: Stream, options: post_render.Options, release: ReleaseOptions) -> Jobs:
    """The Job of each agent's ConfigMap.

    CleanerError as in `post_render.resolve`; SectionError if the default scheduling is invalid.
    """
    _, agents, findings = post_render.resolve(stream, options)
    beside = [document.data for document in _accounts(stream)] if agents else []
    jobs = []
    for agent, cleaner, *_ in (found for each in agents.values() for found in each):
        assert isinstance(cleaner, Map)
        scheduling, store = scheduling_of(agent), store_of(agent)
        findings = _with_scheduled(scheduling, store, findings, agent_config.check(agent), options.ignore)
        secrets = accounts.pull_secrets_of(agent, beside)
        known = release_of(agent, release.version, release.namespace)._replace(account_secrets=secrets)
        if _ORGANIZATION in stream.content:
            known = known._replace(is_enterprise=True)
        made = job(cleaner, scheduling, store, known)
        if agent.is_live and not options.fill_live:
            made = made._replace(notes=[*made.notes, _LIVE])
        jobs.append((agent.name.name or "ConfigMap", made))
    return Jobs(jobs, findings)


def of_values(
    overrides: ParsedValues,
    path: Path,
    base: Value | None,
    chart: Map | None,
    earlier: list[Diagnostic],
    release: ReleaseOptions,
    ignore: frozenset[str] = frozenset(),
) -> Jobs:
    """The Job of values alone.

    base: the section below them; chart: the chart's other values below them; earlier: earlier findings, about the base;
    ignore: the codes of findings to leave out.
    SectionError if the section or the default scheduling is invalid.
    """
    cleaner, findings = section.resolve(None, base, overrides, path, earlier=earlier)
    given = _of_the_chart(overrides, path)
    values = chart_values.release_values(given, chart)
    loaded = agent_config.check_values(values, given, version=release.version)
    findings = [each for each in (*findings, *loaded) if each.code not in ignore]
    if not isinstance(cleaner, Map):
        raise SectionError(findings)
    scheduling, store = scheduling_in(values), store_in(values)
    findings = _with_scheduled(scheduling, store, findings, loaded, ignore)
    has_account = chart_values.has_accounts(values, with_defaults=chart is not None)
    account = label(chart_values.runs_account(release.name), "--release") if has_account and release.name else None
    known = Release(release.version, release.namespace, account, account is not None or not has_account)
    if has_account:
        known = known._replace(account_secrets=accounts.pull_secrets_in(values))
    if release.name:
        known = known._replace(full_name=chart_values.full_name(release.name))
    known = known._replace(
        is_enterprise=chart_values.is_enterprise(values), token=chart_values.text(values.get("agentSecret")) or None
    )
    return Jobs([("values alone", job(cleaner, scheduling, store, known))], findings)


def _accounts(stream: Stream) -> Iterator[Document]:
    """The documents that may hold a ServiceAccount, as far as they can be read: the Job does not depend on them."""
    for span in stream.find(accounts.NEEDLES):
        with suppress(CleanerError, RecursionError):
            yield stream.compose(span)


def _of_the_chart(overrides: ParsedValues, path: Path) -> Map:
    """The chart's own values, beside the section; in an umbrella chart they are not at the top."""
    above = section.find(overrides.values, path[:-1])
    return above[0] if above and isinstance(above[0], Map) else overrides.values


def _with_scheduled(
    scheduling: Scheduling, store: Store, findings: list[Diagnostic], loaded: list[Diagnostic], ignore: frozenset[str]
) -> list[Diagnostic]:
    """The findings, and those about the default scheduling and the store that the Job uses.

    loaded: what is said about the same values because the agent does not load them; that is enough.
    SectionError if one is an error: the agent does not start, or there is no Job.
    """
    known = {each.path for each in loaded if each.code == agent_config.CODE}
    found = [each for each in check_scheduling(scheduling) + check_store(store) if each.path not in known]
    again = {(each.path, each.code) for each in found}
    findings = [each for each in findings if each.severity == "error" or (each.path, each.code) not in again]
    findings += [each for each in found if each.code not in ignore]
    if any(each.severity == "error" for each in findings):
        raise SectionError(findings)
    return findings
