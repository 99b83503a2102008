"""The chart in chart/: it renders the cleaner's part like Polyaxon's charts; its schema."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
import yaml

from helm_cleaner import codes, polyaxon, section, values, yamltext
from helm_cleaner.names import KEY
from helm_cleaner.polyaxon.configmap import SIBLING
from helm_cleaner.yamltext.stream import Stream
from tests.conftest import Helm
from tests.support.section import bare_schema
from tools import AS_POLYAXON, CHART, STREAMS, chart_schema

CI = sorted((CHART / "ci").glob("*-values.yaml"))
CONTROL_PLANE = ("--set", "agent.enabled=false,organizationKey=mine")


class Consumption(NamedTuple):
    """How a workload or a hook consumes the agent's ConfigMap. checksum: on the pod template, and on the object."""

    kind: str
    where: frozenset[str]
    checksum: tuple[bool, bool]


class Concern(NamedTuple):
    """What the cleaner changes or reads in a release."""

    configmap: str | None
    keys: frozenset[str]
    consumers: dict[str, Consumption]


LOOKED_AT = {KEY, SIBLING, "POLYAXON_SET_AGENT"}
CHECKED, UNCHECKED = (Consumption("Deployment", frozenset({"envFrom"}), (c, c)) for c in (True, False))
HOOK = Consumption("Job", frozenset({"envFrom"}), (False, False))
CE = {
    **dict.fromkeys(("agent", "operator"), CHECKED),
    **dict.fromkeys(("api", "beat", "compiler", "scheduler", "worker"), UNCHECKED),
    "sync-db": HOOK,
}
AGENT = dict.fromkeys(("agent", "operator", "streams"), CHECKED)
# What Polyaxon's CE has all in all; what is not in ours consumes the ConfigMap as something that is.
ALL_CE = CE | {"streams": CHECKED} | dict.fromkeys(("admin-user", "default-org", "load-fixtures", "tables"), HOOK)
# What each release of Polyaxon's has. CE starts beat, compiler, scheduler and worker, and hooks with them, where it is
# told to; the releases of 1.x here have streams in place of the agent.
PARTS = {
    "polyaxon-v1.": ("api", "operator", "streams"),
    "polyaxon-v2.15.1-all-enabled": tuple(ALL_CE.keys() - {"streams"}),
    "polyaxon-v2.15.1-agent-disabled+orgkey": ("operator",),
    "polyaxon-v2.15.1": ("agent", "operator", "api"),
    "agent-": tuple(AGENT),
}


def concern(documents: list[Any]) -> Concern:
    """The part of the manifests of a release named rel that concerns the cleaner."""
    agents = [agent for each in documents for agent in polyaxon.find_agents(each)]
    name = agents[0].name.name if agents else "rel-polyaxon-agent-config"
    found = {}
    for each in documents:
        template = each.get("spec", {}).get("template") if each["kind"] in ("Deployment", "Job") else None
        if template and (where := set(references(template["spec"], name))):
            short = each["metadata"]["name"].removeprefix("rel-").removeprefix("polyaxon-")
            checksum = [
                polyaxon.CHECKSUM in (m.get("annotations") or {})
                for m in (template.get("metadata", {}), each["metadata"])
            ]
            found[short] = Consumption(each["kind"], frozenset(where), (checksum[0], checksum[1]))
    keys = frozenset(agents[0].data) & LOOKED_AT if agents else frozenset()
    return Concern(name if agents else None, keys, found)


def references(node: Any, name: str, where: str = "") -> list[str]:
    """The fields of a pod's spec, or of its containers, that refer to the ConfigMap."""
    if isinstance(node, dict):
        if node.get("name") == name and where in ("configMapRef", "configMapKeyRef", "configMap"):
            return [where]
        found = [(key, each) for key, value in node.items() for each in references(value, name, key)]
        return ["envFrom" if key == "envFrom" else each for key, each in found]
    if isinstance(node, list):
        return [each for item in node for each in references(item, name, where)]
    return []


def rendered(helm: Helm, *args: str | Path) -> list[Any]:
    return [each for each in yaml.safe_load_all(helm("template", "rel", CHART, *args).stdout) if each]


# ---- what it renders ------------------------------------------------------------------------------------------------


@pytest.mark.helm
@pytest.mark.parametrize(
    ("options", "configmap", "consumers"),
    [
        ((), "rel-polyaxon-agent-config", CE),
        (("--set", "edition=agent"), "rel-polyaxon-agent-config", AGENT),
        (("--set", "agent.enabled=false"), "rel-polyaxon-agent-config", {k: v for k, v in CE.items() if k != "agent"}),
        (CONTROL_PLANE, None, {"operator": CHECKED}),
    ],
    ids=["ce", "agent", "no agent", "control plane"],
)
def test_what_it_renders(
    helm: Helm, options: tuple[str, ...], configmap: str | None, consumers: dict[str, Consumption]
) -> None:
    assert concern(rendered(helm, *options)) == Concern(configmap, frozenset(LOOKED_AT if configmap else ()), consumers)


@pytest.mark.parametrize("path", sorted(STREAMS.glob("*.yaml.gz")), ids=lambda p: p.name.removesuffix(".yaml.gz"))
def test_polyaxon_renders_the_same_but_for_the_parts_it_has(path: Path) -> None:
    """Each part of a release uses the ConfigMap like its namesake in our chart; the table lists the parts it has."""
    stream = gzip.decompress(path.read_bytes())
    spans = Stream(stream).find((*polyaxon.HINTS, b"-polyaxon-agent-config"))
    theirs = concern([yamltext.compose(stream[slice(*span)].decode(), path.name).data for span in spans])
    parts = next(parts for start, parts in PARTS.items() if path.name.startswith(start))
    assert theirs.consumers == {part: (AGENT | ALL_CE)[part] for part in parts}
    if "agent-disabled" in path.name:
        assert (theirs.configmap, theirs.keys) == (None, frozenset())
    else:
        assert theirs.configmap == "rel-polyaxon-agent-config"
        assert theirs.keys == LOOKED_AT - ({KEY} if "v1.14.0" in path.name else set())


@pytest.mark.helm
def test_its_section_is_that_of_the_real_charts(helm: Helm) -> None:
    """Other tests compare the built-in defaults with the real charts; this one compares our chart with them."""
    (agent,) = [agent for each in rendered(helm) for agent in polyaxon.find_agents(each)]
    assert agent.version is not None
    assert json.loads(agent.section) == values.to_data(section.defaults(agent.version))


@pytest.mark.helm
def test_global_fields_are_what_the_cleaner_falls_back_on(helm: Helm) -> None:
    documents = rendered(helm, "-f", CHART / "ci" / "full-values.yaml")
    given = yaml.safe_load((CHART / "ci" / "full-values.yaml").read_text())
    (agent,) = [agent for each in documents for agent in polyaxon.find_agents(each)]
    scheduling = {field: given[field] for field in ("nodeSelector", "affinity", "tolerations")}
    assert json.loads(agent.data["POLYAXON_AGENT_DEFAULT_SCHEDULING"]) == scheduling
    assert json.loads(agent.data["POLYAXON_AGENT_DEFAULT_IMAGE_PULL_SECRETS"]) == ["registry"]
    for each in documents:
        if "template" in each.get("spec", {}):
            assert scheduling.items() <= each["spec"]["template"]["spec"].items()
            assert each["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "registry"}]


@pytest.mark.helm
@pytest.mark.parametrize("file", [None, *CI], ids=lambda file: file.name if file else "values.yaml")
@pytest.mark.parametrize("edition", ["ce", "agent"])
def test_lint_is_silent(helm: Helm, edition: str, file: Path | None) -> None:
    options = ("-f", file) if file else ()
    done = helm("lint", "--strict", "--quiet", CHART, "--set", f"edition={edition}", *options)
    assert done.stdout.strip() == ""
    assert done.stderr == ""


# ---- its schema -----------------------------------------------------------------------------------------------------


def test_the_schema_is_made_from_that_of_the_section() -> None:
    assert chart_schema.PATH.read_bytes() == chart_schema.text().encode(), "make schema writes it anew"
    jsonschema.Draft7Validator.check_schema(chart_schema.chart_schema())


def chart_values(section: Any) -> dict[str, Any]:
    """The chart's values with this section in place of its own."""
    defaults: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
    return defaults | {"cleaner": section}


@pytest.mark.parametrize("code", codes.CODES, ids=lambda c: c.code)
def test_the_schema_and_the_section_agree(code: codes.Code) -> None:
    """The chart's schema forbids what the section's structure forbids, except for what helm-cleaner normalizes."""
    ours = jsonschema.Draft202012Validator(bare_schema())
    charts = jsonschema.Draft7Validator(chart_schema.chart_schema())
    assert charts.is_valid(chart_values(yaml.safe_load(code.good)))
    bad = yaml.safe_load(code.bad) if code.code != "duplicate-key" else {"image": "b"}
    regular = code.code in ("flat-resources", "secret-reference")
    assert charts.is_valid(chart_values(bad)) is (regular or ours.is_valid(bad))


@pytest.mark.parametrize("path", CI, ids=lambda path: path.name)
def test_values_for_chart_testing_pass(path: Path) -> None:
    given = yaml.safe_load(path.read_text())
    jsonschema.Draft7Validator(chart_schema.chart_schema()).validate(chart_values({}) | given)


@pytest.mark.helm
@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("nodeSelektor.a=b", "nodeSelektor"),
        ("edition=ee", "edition"),
        ("agent.enable=true", "enable"),
        ("cleaner.imageTags=dev", "imageTags"),
        ("cleaner.imagePullPolicy=always", "imagePullPolicy"),
        ("cleaner.resources.limitz.cpu=1", "limitz"),
        ("cleaner.nodeSelector.gpu=true", "gpu"),
        ("cleaner.tolerations[0].effect=NoScheduled", "effect"),
        ("tolerations[0].effect=NoScheduled", "effect"),
    ],
)
def test_helm_itself_refuses_typos(helm: Helm, option: str, name: str) -> None:
    for command in (("template", "rel"), ("lint",)):
        done = helm(*command, CHART, "--set", option, check=False)
        assert done.returncode != 0
        assert name in done.stdout + done.stderr
    if option.startswith("cleaner."):
        assert helm("template", "rel", CHART, "--set", option, AS_POLYAXON).returncode == 0


@pytest.mark.helm
@pytest.mark.parametrize(
    "options",
    [
        ("--set", "cleaner=null"),
        ("--set", "cleaner.imagePullPolicy=null"),
        ("--set", "cleaner.nodeSelector=null"),
        ("--set", "cleaner.resources.cpu=50m,cleaner.resources.hugepages-2Mi=4Mi"),
        ("--set", "cleaner.imagePullSecrets[0].name=a"),
        ("--set", "global.anything=b"),
    ],
    ids=lambda options: options[1],
)
def test_helm_lets_pass_what_helm_cleaner_takes(helm: Helm, options: tuple[str, ...]) -> None:
    assert rendered(helm, *options)
