"""The table of kubectl's commands: they only read, and the roles grant them and nothing else."""

from __future__ import annotations

import pytest

from helm_cleaner.cluster import queries
from helm_cleaner.cluster.kinds import find_kind
from helm_cleaner.cluster.queries import DOCTOR, PREFLIGHT, arguments, log_arguments, loop, queries_of, rules, shown

BOTH = pytest.mark.parametrize("command", [PREFLIGHT, DOCTOR])


@BOTH
def test_every_command_reads_one_kind_that_is_known(command: str) -> None:
    for query in queries_of(command, asked=True):
        words = arguments(query, "ns")
        assert words[0] == "get"
        assert "," not in words[1]  # one kind, so that a refusal costs only itself
        assert find_kind(words[1]) is not None


def test_what_the_arguments_are() -> None:
    pods, *_ = [query for query in queries_of(DOCTOR) if query.kind == "pods"]
    assert shown(arguments(pods, "ml")) == "kubectl get pods -n ml -o json"
    assert shown(arguments(pods, "ml", "prod")) == "kubectl get pods -n ml -o json --context prod"
    assert shown(arguments(pods._replace(scope="all"))) == "kubectl get pods -A -o json"
    assert shown(arguments(pods._replace(scope="kube-system", name="x"))) == "kubectl get pods x -n kube-system -o json"
    assert shown(log_arguments("job/a", "ml")) == "kubectl logs job/a -n ml --since=24h --timestamps"


def test_secrets_are_read_where_they_are_asked_for_and_without_their_data() -> None:
    assert not [query for query in queries_of(PREFLIGHT) if query.kind == "secrets"]
    (secrets,) = [query for query in queries_of(PREFLIGHT, asked=True) if query.kind == "secrets"]
    assert secrets.output == ("-o", "custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,TYPE:.type")
    assert not [query for query in queries_of(DOCTOR, asked=True) if query.kind == "secrets"]


@BOTH
def test_the_roles_grant_reading_and_every_query(command: str) -> None:
    granted = {
        (group, resource, name)
        for rule in rules(command)
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", [""])
    }
    assert {verb for rule in rules(command) for verb in rule["verbs"]} <= {"get", "list"}
    wanted = {(query.group, query.resource, query.name) for query in queries_of(command)}
    logs = {("", "pods/log", "")} if command == DOCTOR else set()
    assert granted == wanted | logs


@BOTH
def test_the_loop_has_every_kind_once(command: str) -> None:
    text = "\n".join(loop(command, "folder", "ns"))
    kinds = text.partition("for kind in ")[2].partition(";")[0].replace("\\\n", " ").split()
    others = [query.kind for query in queries_of(command) if query.name]
    assert [*kinds, *others] == [query.kind for query in queries_of(command)]
    assert all(len(line) <= 120 for line in text.splitlines())
    assert queries.NAMESPACE not in text
