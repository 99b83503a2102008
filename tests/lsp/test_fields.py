"""The fields at a place in a text that is being typed."""

from __future__ import annotations

import pytest

pytest.importorskip("pygls", reason="make installs pygls")
from helm_cleaner.lsp import fields

TEXT = """\
other:
  image: x
cleaner:
  imagePullPolicy: Always
  resources:
    limits:
      memory: 1Gi
  tolerations:
    - key: a
      operator: Exists
    - effect: NoExecute
  affinity:
    podAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 1
        podAffinityTerm:
          topologyKey: a
polyaxon:
  cleaner:
    nodeSelector:
      pool: small
"""
LINES = TEXT.splitlines()


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("  image: x", None),
        ("cleaner:", None),
        ("  imagePullPolicy: Always", "imagePullPolicy"),
        ("      memory: 1Gi", "resources.limits.memory"),
        ("    - key: a", "tolerations.[].key"),
        ("      operator: Exists", "tolerations.[].operator"),
        ("    - effect: NoExecute", "tolerations.[].effect"),
        ("      - weight: 1", "affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution.[].weight"),
        (
            "          topologyKey: a",
            "affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution.[].podAffinityTerm.topologyKey",
        ),
        ("      pool: small", "nodeSelector.pool"),
        ("  cleaner:", None),
    ],
)
def test_the_field_of_a_line(line: str, path: str | None) -> None:
    found = fields.find_field(LINES, LINES.index(line))
    assert (".".join(found.path) if found else None) == path
    if found:
        assert found.rule["description"]


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("cleaner:\n  im", ["image", "imageTag", "imagePullPolicy", "imagePullSecrets"]),
        ("cleaner:\n  image: a\n  im", ["imageTag", "imagePullPolicy", "imagePullSecrets"]),
        ("cleaner:\n  imagePullPolicy: ", ["Always", "IfNotPresent", "Never"]),
        ("cleaner:\n  imagePullPolicy: if", ["IfNotPresent"]),
        ("cleaner:\n  resources:\n    ", ["requests", "limits", "claims"]),
        ("cleaner:\n  resources:\n    limits:\n      m", ["memory"]),
        ("cleaner:\n  resources:\n    limits:\n      cpu: 100", ["m"]),
        ("cleaner:\n  resources:\n    limits:\n      memory: 64M", ["Mi", "M"]),
        ("cleaner:\n  resources:\n    limits:\n      memory: 64Mi", ["Mi"]),
        ("cleaner:\n  tolerations:\n    - ", ["key", "operator", "value", "effect", "tolerationSeconds"]),
        ("cleaner:\n  tolerations:\n    - key: a\n      op", ["operator"]),
        ("cleaner:\n  tolerations:\n  - effect: No", ["NoSchedule", "NoExecute"]),
        ("other:\n  im", []),
        ("cleaner: {im", []),
        ("  im", []),
        ("", []),
        ("cleaner:\n  image: a # im", []),
    ],
)
def test_what_completes_a_text(text: str, texts: list[str]) -> None:
    lines = text.split("\n")
    found = fields.complete(lines, len(lines) - 1, len(lines[-1]))
    assert sorted(each.text for each in found) == sorted(texts)
    for each in found:
        assert each.text.lower().startswith(lines[-1][each.start :].lower())


def test_a_line_that_is_not_there() -> None:
    assert fields.find_field([], 0) is None
    assert fields.complete(["a"], 3, 0) == []
