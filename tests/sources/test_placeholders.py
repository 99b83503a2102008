"""Placeholders of other tools are unknown; where no one says which tool it is, that is said."""

from __future__ import annotations

import pytest

from helm_cleaner.sources.placeholders import in_any_file, in_plain_values
from tests.support.folders import Found, errors, report, warnings

APP = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
spec:
  source:
    repoURL: https://charts.polyaxon.com
    chart: polyaxon
    helm:
      valuesObject:
        cleaner: {imageTag: %s}
"""


@pytest.mark.parametrize(
    "text",
    ["ref+vault://a/b#/c", "secretref+gcpsecrets://p/x", "x-ref+awsssm://a/b+", "<path:a/b#c>", "pre-<path:a#b | up>"],
)
def test_any_file_may_contain(text: str) -> None:
    assert in_any_file(text)


@pytest.mark.parametrize("text", ["ref+vault", "href+x://y", "<path:a/b>", "<tag>", "<image:path#x>", "${X}", ""])
def test_what_no_tool_fills_in_everywhere(text: str) -> None:
    assert not in_any_file(text)


@pytest.mark.parametrize(
    "text", ["${X}", "${var.tag}", "a-${X:-b}", "${ f({a: 1}) }", "$(TAG)", "$(my.tag)", "#{Tag}#", "#{Tag}"]
)
def test_values_files_may_contain(text: str) -> None:
    assert in_plain_values(text)


@pytest.mark.parametrize("text", ["$X", "${X", "$(a b)", "$()", "#{}", "$${X}", "# {a}", "%{x}"])
def test_what_no_tool_fills_in_in_values(text: str) -> None:
    assert not in_plain_values(text)


UNKNOWN: dict[str, tuple[str, list[Found], list[Found]]] = {
    "envsubst": ("cleaner:\n  imageTag: ${TAG}\n", [], [("not-checked", "v.yaml", 2)]),
    "several are one warning": (
        "cleaner: {imageTag: '${A}',\n image: '$(B)', nodeSelector: {a: '#{C}#'}}\n",
        [], [("not-checked", "v.yaml", 1)],
    ),
    "a mistake beside it": (
        "cleaner: {imageTag: '${A}', imagePullPolicy: x}\n",
        [("pull-policy", "v.yaml", 1)], [("not-checked", "v.yaml", 1)],
    ),
    "outside of the section": ("host: ${HOST}\ncleaner: {imageTag: x}\n", [], []),
    "the whole section": ("cleaner: ${C}\n", [], [("not-checked", "v.yaml", 1)]),
    "a key": ("cleaner:\n  nodeSelector: {'${K}': v}\n", [], [("not-checked", "v.yaml", 2)]),
    "in braces": ("cleaner: {resources: {limits: {cpu: ${CPU}}}}\n", [], [("not-checked", "v.yaml", 1)]),
    "a mistake beside it in braces": (
        "cleaner: {imageTag: ${A},\n imagePullPolicy: x}\n",
        [("pull-policy", "v.yaml", 2)], [("not-checked", "v.yaml", 1)],
    ),
    "what YAML takes for a comment": (
        "cleaner:\n  imageTag: #{Tag}#\n  imagePullPolicy: x\n",
        [("pull-policy", "v.yaml", 3)], [("not-checked", "v.yaml", 2)],
    ),
    "directives": ("cleaner:\n%{ if x }\n  imagePullPolicy: x\n%{ endif }\n", [("pull-policy", "v.yaml", 3)], []),
    "braces that nothing closes": ("cleaner: {a: ${X}\n", [("yaml", "v.yaml", 1)], []),
    "vals": ("cleaner: {image: 'ref+vault://a#/b'}\n", [], []),
    "argocd-vault-plugin": ("cleaner:\n  imageTag: <path:a/b#c>\n", [], [("not-checked", "v.yaml", 2)]),
    "angles": ("cleaner: {imageTag: <tag>}\n", [("image-tag", "v.yaml", 1)], []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wrong", "said"), UNKNOWN.values(), ids=UNKNOWN)
def test_placeholders_in_values(text: str, wrong: list[Found], said: list[Found]) -> None:
    assert (errors({"v.yaml": text}), warnings({"v.yaml": text})) == (wrong, said)


def test_placeholders_in_an_application() -> None:
    assert warnings({"a.yaml": APP % "<path:a/b#c>"}) == [("not-checked", "a.yaml", 9)]
    assert warnings({"a.yaml": APP % "ref+vault://a/b"}) == []
    assert errors({"a.yaml": APP % "'${TAG}'"}) == [("image-tag", "a.yaml", 9)]


def test_the_message_shows_the_placeholder() -> None:
    [d] = report({"v.yaml": "cleaner: {imageTag: ${TAG:-{}}}\n"}).findings
    assert (d.path, d.message) == (
        "cleaner.imageTag",
        "another tool fills in ${TAG:-{}}: what Helm will read is not checked",
    )
    [d] = report({"v.yaml": "cleaner: {imageTag: <path:a#b>}\n"}).findings
    assert d.message == (
        "argocd-vault-plugin, which runs after Helm, does not find <path:a#b>: the chart writes \\u003c for <"
    )


OURS: dict[str, tuple[str, list[Found], list[Found]]] = {
    "two keys of ours": (
        "deploymentType: a\nartifactsStore: {}\ncleaner: {enabled: x}\n", [("unknown-field", "v.yaml", 3)], [],
    ),
    "one of ours": ("deploymentType: a\nui: {}\ncleaner: {enabled: x}\n", [], [("foreign-section", "v.yaml", 3)]),
    "what others have too": ("agent: {}\nui: {}\ncleaner: {enabled: x}\n", [], [("foreign-section", "v.yaml", 3)]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wrong", "said"), OURS.values(), ids=OURS)
def test_keys_of_our_charts(text: str, wrong: list[Found], said: list[Found]) -> None:
    assert (errors({"v.yaml": text}), warnings({"v.yaml": text})) == (wrong, said)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("{imageTag: x}", True),
        ("{nodeSelector: {a: 1}}", True),
        ("{enabled: true}", False),
        ("{enabled: true, imageTag: x}", False),
        ("{}", False),
        ("null", False),
    ],
)
def test_a_mirror_is_said(section: str, said: bool) -> None:
    files = {"h.yaml": f"releases:\n- chart: x/mirror\n  values:\n  - cleaner: {section}\n"}
    assert errors(files) == []
    assert warnings(files) == [("not-checked", "h.yaml", 4)] * said
