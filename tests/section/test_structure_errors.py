"""What was probably meant by a value with the wrong structure: the hint, and the fix that it says in words."""

from __future__ import annotations

import pytest

from helm_cleaner import section, values
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.values.overrides import merge_overrides
from helm_cleaner.values.set_flags import Flag

TERMS = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [%s]}}}"


def findings(fields: str) -> list[Diagnostic]:
    return section.resolve(overrides=values.read(f"cleaner: {{{fields}}}".encode(), "v.yaml")).findings


@pytest.mark.parametrize(
    ("fields", "hint", "applicability"),
    [
        ('tolerations: ["dedicated=ml:NoSchedule"]',
         "write - {key: dedicated, operator: Equal, value: ml, effect: NoSchedule}", "suggested"),
        ('tolerations: ["gpu:NoExecute"]', "write - {key: gpu, operator: Exists, effect: NoExecute}", "suggested"),
        ('tolerations: ["a=b"]', "write - {key: a, operator: Equal, value: b}", "suggested"),
        ('tolerations: ["gpu:Never"]', "for example - {key: dedicated, operator: Exists}", None),
        ("tolerations: {key: a, operator: Exists}", "write it as a list: tolerations: [{key: a, operator: Exists}]",
         "suggested"),
        ("nodeSelector: [{pool: small}]", "write nodeSelector: {pool: small}", "suggested"),
        ("nodeSelector: [{a: b}, {c: d}]", "write nodeSelector: {a: b, c: d}", "suggested"),
        ("nodeSelector: [{a: b}, {a: c}]", "for example nodeSelector: {disktype: ssd}", None),
        ('nodeSelector: ["a=b"]', "write nodeSelector: {a: b}", "suggested"),
        ("imagePullSecrets: {name: regcred}", "write imagePullSecrets: [regcred]", "suggested"),
        ("imagePullSecrets: 'a, b'", "write imagePullSecrets: [a, b]", "suggested"),
        ("imagePullSecrets: regcred", "write it as a list: imagePullSecrets: [regcred]", "safe"),
        ("imagePullSecrets: [{Name: x}]", "write - x", "safe"),
        ("imagePullSecrets: [1]", "give the Secret a name that is not a number", None),
        ("tolerations: [{key: a, operator: Equal, value: 5}]",
         "remove value and write operator: Exists, or give the taint a value that is not a number", None),
        ("tolerations: [{key: a, operator: Equal, value: true}]",
         'write it in quotes: value: "true"', "safe"),
        ("nodeSelector: {n: 1}", 'write it in quotes: "1"', "safe"),
        (TERMS % "{matchLabels: {a: b}}", "write matchExpressions: [{key: a, operator: In, values: [b]}]", "suggested"),
        ("image: {registry: r, repository: a/x, tag: 1.0}", 'write image: r/a/x and imageTag: "1.0"', "suggested"),
        ("image: {repository: a/x, pullPolicy: Always}", "write image: a/x and imagePullPolicy: Always", "safe"),
        ("imagePullPolicy: always", "write imagePullPolicy: Always", "safe"),
        ("imagePullPolicy: Alway", "write imagePullPolicy: Always", "suggested"),
    ],
)  # fmt: skip
def test_what_was_meant(fields: str, hint: str, applicability: str | None) -> None:
    found = [d for d in findings(fields) if d.severity == "error"]
    assert [(d.hint, d.fix and d.fix.applicability) for d in found] == [(hint, applicability)]


def test_dots_in_the_name_of_a_flag() -> None:
    flag = Flag("set", "cleaner.nodeSelector.kubernetes.io/hostname=n1")
    given = merge_overrides([], [flag], lambda _: "")
    [found] = section.resolve(overrides=given).findings
    assert found.hint == "escape the dots: write --set 'cleaner.nodeSelector.kubernetes\\.io/hostname=n1'"
    start = (found.location.column or 0) - 1
    assert flag.text[start : start + found.location.length] == "kubernetes.io/hostname"
    escaped = Flag("set", "cleaner.nodeSelector.kubernetes\\.io/hostname=n1")
    assert section.resolve(overrides=merge_overrides([], [escaped], lambda _: "")).findings == []
