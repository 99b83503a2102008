"""What a command sets in the section is said to be unchecked, at its line."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, report, warnings

WORKFLOW = """\
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
    - run: |
        helm upgrade plx polyaxon/polyaxon \\
          --set cleaner.imageTag=2.10
"""
SAID: dict[str, tuple[str, str, list[int]]] = {
    "a workflow": (".github/workflows/deploy.yaml", WORKFLOW, [8]),
    "a pipeline": (".gitlab-ci.yml", "deploy:\n  script:\n  - helm upgrade plx p/p --set cleaner.imageTag=x\n", [3]),
    "a Makefile": ("Makefile", "deploy:\n\thelm upgrade plx p/p --set-string cleaner.imageTag=$(TAG)\n", [2]),
    "a script": ("deploy.sh", "helm upgrade plx p/p \\\n  --set=cleaner.imagePullPolicy=Always\n", [2]),
    "below a chart's key": ("deploy.sh", "helm upgrade plx . --set plx.cleaner.image=x\n", [1]),
    "the second of several": ("deploy.sh", "helm upgrade plx . --set ui.enabled=true,cleaner.image=x\n", [1]),
    "two flags": ("a.sh", "helm x --set cleaner.image=a \\\n --set cleaner.imageTag=b\n", [1, 2]),
    "JSON": ("a.sh", "helm x --set-json 'cleaner={\"image\": \"x\"}'\n", [1]),
    "in quotes": ("a.sh", 'helm x --set "cleaner.imageTag=$TAG"\n', [1]),
    "on the next line": ("a.sh", "helm x --set \\\n  cleaner.imageTag=a\n", [2]),
    "items of a list": ("argo.yaml", "args:\n- --set\n- cleaner.imageTag=x\n", [3]),
    "items in brackets": ("job.yaml", "args: [helm, --set, cleaner.imageTag=x]\n", [1]),
    "items in JSON": ("tasks.json", '{"args": ["--set", "cleaner.imageTag=x"]}\n', [1]),
    "Azure's task": ("azure.yml", "- task: HelmDeploy@0\n  inputs:\n    overrideValues: a=b,cleaner.image=x\n", [3]),
    "Azure's task, on lines": (
        "azure.yml", "inputs:\n  overrideValues: |\n    a=b\n    cleaner.image=x\n  other: cleaner.imageTag=y\n", [4],
    ),
    "a script without an extension": ("bin/deploy", "#!/bin/sh\nhelm x --set cleaner.image=x\n", [2]),
    "a comment": ("v.yaml", "a: 1  # helm x --set cleaner.imageTag=a\n# --set cleaner.image=x\n", []),
    "a comment of Groovy": ("Jenkinsfile", "  // helm x --set cleaner.image=a\n", []),
    "another chart's": ("a.sh", "helm x --set cleaner.enabled=false\n", []),
    "another flag": ("a.sh", "helm x --settle cleaner.image=a --set x=cleaner.image\n", []),
    "another word": ("a.sh", "helm x --set notcleaner.image=a,cleaners.image=b\n", []),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "lines"), SAID.values(), ids=SAID)
def test_flags_are_said(name: str, text: str, lines: list[int]) -> None:
    expected: list[Found] = [("not-checked", name, line) for line in lines]
    assert (errors({name: text}), warnings({name: text})) == ([], expected)


def test_the_message_names_the_flag() -> None:
    [d] = report({"a.sh": "helm x --set-string a=b,plx.cleaner.imageTag=1\n"}).findings
    assert (d.path, d.message, d.location.column) == (
        "plx.cleaner.imageTag", "--set-string in a command is not checked", 25)  # fmt: skip
    assert d.hint.endswith("check it by itself: helm-cleaner validate --set-string plx.cleaner.imageTag=…")
