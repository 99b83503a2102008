"""Ansible's tasks of kubernetes.core.helm."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings

TASK = ("- name: polyaxon", "  kubernetes.core.helm:", "    name: plx", "    chart_ref: polyaxon/polyaxon")


def tasks(*lines: str, task: tuple[str, ...] = TASK, indent: str = "", before: str = "") -> dict[str, str]:
    """Tasks in which the lines begin with line 5."""
    return {"main.yml": before + "".join(f"{indent}{line}\n" for line in (*task, *(f"    {line}" for line in lines)))}


SECTION = (
    "values:",
    "  hostName: '{{ host }}'",
    "  cleaner:",
    "    imageTag: '{{ tag }}'",
    "    imagePullPolicy: always",
)

WRONG: dict[str, tuple[dict[str, str], list[Found]]] = {
    "tasks": (tasks(*SECTION), [("pull-policy", "main.yml", 9)]),
    "release_values": (tasks(*("release_" + SECTION[0], *SECTION[1:])), [("pull-policy", "main.yml", 9)]),
    "a play": (
        tasks(*SECTION, before="- hosts: localhost\n  tasks:\n", indent="  "), [("pull-policy", "main.yml", 11)],
    ),
    "a block": (
        tasks(*SECTION, before="- when: x\n  block:\n", indent="  "), [("pull-policy", "main.yml", 11)],
    ),
    "nested blocks in a play": (
        tasks(*SECTION, before="- hosts: localhost\n  pre_tasks:\n  - block:\n    - rescue:\n", indent="      "),
        [("pull-policy", "main.yml", 13)],
    ),
    "a module of a collection that is named elsewhere": (
        tasks(*SECTION, task=(TASK[0], "  helm:", *TASK[2:])), [("pull-policy", "main.yml", 9)],
    ),
    "an action": (
        tasks(*SECTION, task=("- action: kubernetes.core.helm", "  args:", *TASK[2:])),
        [("pull-policy", "main.yml", 9)],
    ),
    "set_values": (
        tasks("set_values:", "- {value: cleaner.imageTag=2.10, value_type: string}", "- value: cleaner.imageTags=x",
              "- {value: 'cleaner.image={{ image }}'}"),
        [("unknown-field", "main.yml", 7)],
    ),
    "a values file": (
        tasks("values_files: [files/plx.yaml]") | {"roles/plx/files/plx.yaml": "cleaner: {imageTag: 'a:b'}\n"},
        [("image-tag", "roles/plx/files/plx.yaml", 1)],
    ),
    "a request over a default limit": (
        tasks("values: {cleaner: {resources: {requests: {cpu: 7}}}}"), [("request-over-limit", "main.yml", 5)],
    ),
    "another chart": (tasks(*SECTION, "    enabled: true", task=(*TASK[:3], "    chart_ref: bitnami/redis")), []),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected
    assert not warnings(files)


def test_values_from_a_variable_are_said() -> None:
    files = tasks("values: '{{ polyaxon_values }}'", "# cleaner")
    assert (errors(files), warnings(files)) == ([], [("not-checked", "main.yml", 5)])
