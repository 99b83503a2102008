"""What Polyaxon's own SDK makes of what we let through."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from helm_cleaner import polyaxon, post_render, section, values, yamltext
from helm_cleaner.actions.post_render import Options, resolve
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import KEY
from helm_cleaner.polyaxon.agent_config.store import check_store
from helm_cleaner.polyaxon.job import job, release_of
from helm_cleaner.polyaxon.scheduling import check_scheduling as scheduling_rules
from helm_cleaner.polyaxon.scheduling import scheduling_of
from helm_cleaner.polyaxon.store import store_of
from helm_cleaner.python_literals import literal
from helm_cleaner.values import Map
from helm_cleaner.yamltext.stream import Stream
from tests.support import cases, rendered
from tests.support.command import run
from tests.support.manifests import agent_configmap
from tests.support.strategies import broken_sections, odd_sections

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of its own dependencies


def test_it_loads_every_section_that_passes(sdk: Any) -> None:
    loaded = 0
    for line in cases.lines("sections.jsonl"):
        data = json.loads(line)["section"]
        value = section.parse_rendered(json.dumps(data), "cm")
        assert value is not None
        if not any(d.severity == "error" for d in section.check(value)):
            assert sdk.V1PolyaxonCleaner.from_dict(data) is not None
            loaded += 1
    assert loaded > 60


@pytest.mark.parametrize("name", rendered.ACCEPTED)
def test_it_loads_the_configuration_of_every_patched_stream(name: str, sdk: Any) -> None:
    stream = post_render(rendered.read(name), {"cleaner": {"nodeSelector": {"pool": "small"}}})
    for span in Stream(stream).find(polyaxon.HINTS):
        for agent in polyaxon.find_agents(yamltext.compose(stream[slice(*span)].decode(), name).data):
            config = sdk.AgentConfig.from_dict(agent.data)
            assert config.cleaner.node_selector == {"pool": "small"}
            assert config.cleaner.resources


# ---- the Job ---------------------------------------------------------------------------------------------------------

AFFINITY = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone"}]}}
SCHEDULINGS: dict[str, dict[str, str]] = {
    "none": {},
    "all": {
        polyaxon.SCHEDULING: json.dumps(
            {
                "nodeSelector": {"pool": "all"},
                "affinity": AFFINITY,
                "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}],
                "imagePullSecrets": ["of-scheduling"],
            }
        )
    },
    "empty": {polyaxon.SCHEDULING: '{"nodeSelector":{},"affinity":{},"tolerations":[]}'},
    "some": {polyaxon.SCHEDULING: '{"tolerations":[{"operator":"Exists"}]}'},
    "pull secrets apart": {polyaxon.SCHEDULING: '{"nodeSelector":{"a":"b"}}', polyaxon.PULL_SECRETS: '["apart"]'},
    "pull secrets alone": {polyaxon.PULL_SECRETS: '["alone"]'},
}


STORE = {"name": "store", "kind": "host_path", "schema": {"hostPath": "/a", "mountPath": "/a"}}


# What the SDK gives the pod of every run, and explain leaves out.
OF_EVERY_RUN = (
    "POLYAXON_K8S_NODE_NAME", "POLYAXON_K8S_NAMESPACE", "POLYAXON_K8S_POD_ID", "POLYAXON_HOST", "POLYAXON_IS_MANAGED",
    "POLYAXON_API_VERSION", "POLYAXON_RUN_INSTANCE", "POLYAXON_HEADER", "POLYAXON_HEADER_SERVICE",
    "POLYAXON_ARTIFACTS_STORE_NAME", "POLYAXON_CONNECTIONS_CATALOG", "NVIDIA_VISIBLE_DEVICES",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(sdk: Any) -> Any:
    """The whole Job that the SDK makes of a ConfigMap's data: what haupt sends, and the agent makes of what it gets."""
    from kubernetes.client import ApiClient  # the SDK's own, for its models
    from polyaxon import settings
    from polyaxon._auxiliaries.default_scheduling import V1DefaultScheduling
    from polyaxon._k8s.executor.executor import Executor
    from polyaxon._operations import get_batch_cleaner_operation

    def make(data: dict[str, Any]) -> Any:
        config = sdk.AgentConfig.from_dict({**data})
        config.namespace = "polyaxon"
        settings.AGENT_CONFIG = config
        environment = V1DefaultScheduling.get_service_environment(config.cleaner, config.default_scheduling)
        sent = get_batch_cleaner_operation(config.artifacts_store, ["uuid"], environment, config.cleaner)
        resource = Executor.make_and_convert(
            owner_name="owner", project_name="agent", run_uuid="agent", run_name="cleaner",
            content=sent.to_json(include_version=True),
        )  # fmt: skip
        return without_nulls(ApiClient().sanitize_for_serialization(resource))

    return make


def same_job_as(ours: Any, theirs: Any) -> None:
    """Whether a Job equals the SDK's in every field, except its command and what every run gets."""
    assert ours["metadata"]["name"] == theirs["metadata"]["name"]
    assert ours["spec"]["backoffLimit"] == theirs["termination"]["backoffLimit"]
    template, made = ours["spec"]["template"], theirs["batchJobSpec"]["template"]
    labels = {k: v for k, v in made["metadata"]["labels"].items() if k != "app.kubernetes.io/version"}
    own = {k: v for k, v in made["metadata"]["annotations"].items() if not k.startswith("operation.polyaxon.com/")}
    assert template["metadata"]["labels"] == labels
    assert template["metadata"].get("annotations", {}) == own
    pod, expected = filled(template["spec"]), filled(made["spec"])
    (container,), (main,) = pod.pop("containers"), expected.pop("containers")
    assert pod.pop("restartPolicy") == "Never"  # the operator's
    for name in ("affinity", "tolerations"):
        if name in pod:  # shown as it is written; that Polyaxon reads some texts as numbers is a warning
            pod[name] = as_polyaxon_reads(pod[name])
    assert by_name(pod.pop("volumes")) == by_name(expected.pop("volumes"))
    assert pod == expected
    container, main = filled(container), filled(main)
    assert main.pop("command") == ["/bin/bash", "-c"]
    assert main.pop("args")[0].startswith("polyaxon clean-artifacts ")
    env = [variable for variable in main.pop("env") if variable.get("name") not in OF_EVERY_RUN]
    assert container.pop("env", []) == env
    assert container == main


def as_polyaxon_reads(data: Any) -> Any:
    if isinstance(data, dict):
        return {literal(key): as_polyaxon_reads(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_polyaxon_reads(item) for item in data]
    return literal(data) if isinstance(data, str) else data


def filled(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that hold something; for resources, to have none and not to be there are two things."""
    return {name: value for name, value in fields.items() if value or name == "resources"}


def by_name(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: str(item["name"]))


def without_nulls(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    return [without_nulls(item) for item in data] if isinstance(data, list) else data


def agent_of(data: dict[str, Any], version: str | None = None) -> polyaxon.Agent:
    return polyaxon.Agent((), polyaxon.Name("cm", None), data, data[KEY], version)


def same_job(data: dict[str, Any], cleaner: Map, version: str | None, made: Any) -> None:
    agent = agent_of(data, version)
    made_of = job(cleaner, scheduling_of(agent), store_of(agent), release_of(agent, version))
    same_unless_impossible(without_nulls(values.to_data(made_of.manifest)), data, section.check(cleaner), made)


def same_unless_impossible(ours: Any, data: dict[str, Any], said: list[Diagnostic], made: Any) -> None:
    """Whether a Job equals that of the SDK; if the SDK cannot make one, whether that is reported."""
    try:
        theirs = made(data)
    except (ValueError, TypeError):
        assert any(d.code == "python-literal" and "cannot make the job" in d.message for d in said)
        return
    same_job_as(ours, theirs)
    pod = ours["spec"]["template"]["spec"]
    fields = {name: pod[name] for name in ("affinity", "tolerations") if name in pod}
    if as_polyaxon_reads(fields) != fields:
        assert any(d.code == "python-literal" and "Kubernetes refuses" in d.message for d in said)


def own_version() -> str:
    """The SDK's own version, the default tag."""
    from clipped.utils.versions import clean_version_post_suffix
    from polyaxon import pkg

    return str(clean_version_post_suffix(pkg.VERSION))


RESOURCE: dict[str, Any] = {"name": "r"}
MOUNTED = {**RESOURCE, "mountPath": "/m"}
BUCKET: dict[str, Any] = {"name": "s3", "kind": "s3", "schema": {"bucket": "s3://b"}}
GCS = {"name": "g", "kind": "gcs", "schema": {"bucket": "gs://b/x/"}}
CLAIM = {"name": "pv", "kind": "volume_claim", "schema": {"mountPath": "/p", "volumeClaim": "c"}}


def of_schema(store: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**store, "schema": {**store["schema"], **fields}}


STORES: dict[str, dict[str, Any]] = {
    "a path of the node": STORE,
    "a path, read-only": of_schema(STORE, readOnly=True),
    "a path, read-only in text": of_schema(STORE, readOnly="yes"),
    "a path and a mounted secret": {**STORE, "secret": MOUNTED},
    "a claim": CLAIM,
    "a claim in Python's names": {
        **CLAIM, "schema": {"mount_path": "/p", "volume_claim": "c", "read_only": False},
    },
    "a claim, its kind in the schema too": of_schema(CLAIM, kind="volume_claim"),
    "a bucket": BUCKET,
    "a bucket with tags": {**BUCKET, "tags": ["a"], "description": "d"},
    "a bucket and a secret": {**BUCKET, "secret": RESOURCE},
    "a bucket in Azure": {
        "name": "az", "kind": "wasb", "schema": {"bucket": "wasbs://c@a.blob.core.windows.net/"}, "secret": RESOURCE,
    },
    "a bucket and a mounted secret": {**GCS, "secret": MOUNTED},
    "a bucket and keys of a mounted secret": {**GCS, "secret": {**MOUNTED, "items": ["k"], "defaultMode": "0400"}},
    "a bucket and keys of a secret": {**GCS, "secret": {**RESOURCE, "items": ["k", "l"]}},
    "a bucket and a secret without keys": {**GCS, "secret": {**RESOURCE, "items": [], "mountPath": ""}},
    "a bucket and a secret with null": {**GCS, "secret": {**RESOURCE, "items": None, "mountPath": None}},
    "a bucket and ConfigMaps": {**GCS, "configMap": RESOURCE, "secret": {"name": "s", "mount_path": "/s"}},
    "a bucket and a mounted ConfigMap": {**GCS, "config_map": MOUNTED},
    "a bucket and keys of a mounted ConfigMap": {**GCS, "configMap": {**MOUNTED, "items": ["k"]}},
    "a secret and a ConfigMap of one name": {**GCS, "configMap": MOUNTED, "secret": MOUNTED},
    "keys of one name": {
        **GCS, "configMap": {**RESOURCE, "items": ["k"]}, "secret": {"name": "s", "items": ["k", "l"]},
    },
    "a variable": {**BUCKET, "env": {"name": "A", "value": 1}},
    "a variable from elsewhere": {
        **BUCKET, "env": {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": True}}},
    },
    "a variable and a key of its name": {
        **BUCKET, "env": {"name": "A", "value": "b"}, "secret": {**RESOURCE, "items": ["A"]},
    },
    "variables by name": {**BUCKET, "env": {"A": "b", "C": 1, "D": None}},
    "variables in pairs": {**BUCKET, "env": [["A", "b"], ["C", "d"]]},
    "no variables": {**BUCKET, "env": []},
    "annotations": {**BUCKET, "annotations": {"a/b": "c", "d": 1, "e": True, "f": None, "g": {"h": ["i<"]}}},
}  # fmt: skip
# What leaves no Job: the agent's configuration does not load, or the SDK fails while it makes the Job.
IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "no name": {"kind": "s3", "schema": {"bucket": "s3://b"}},
    "no kind": {"name": "s3", "schema": {"bucket": "s3://b"}},
    "an unknown kind": {**BUCKET, "kind": "minio"},
    "a kind that is spelt otherwise": {**STORE, "kind": "host-path"},
    "a kind that is no store": {"name": "r", "kind": "redis", "schema": {"url": "x"}},
    "an unknown field": {**BUCKET, "region": "eu"},
    "both names of a field": {**BUCKET, "config_map": RESOURCE, "configMap": RESOURCE},
    "a path without a mount": {**STORE, "schema": {"hostPath": "/a"}},
    "a path without a schema": {"name": "s", "kind": "host_path"},
    "a path and more": of_schema(STORE, volumeClaim="c"),
    "a claim of a number": of_schema(CLAIM, volumeClaim=5),
    "a bucket and more": of_schema(BUCKET, mountPath="/m"),
    "a secret that is a text": {**BUCKET, "secret": "r"},
    "a secret without a name": {**BUCKET, "secret": {"mountPath": "/m"}},
    "a secret with more": {**BUCKET, "secret": {**RESOURCE, "optional": True}},
    "a mode that is a number": {**BUCKET, "secret": {**MOUNTED, "defaultMode": 256}},
    "keys that are mappings": {**BUCKET, "secret": {**MOUNTED, "items": [{"key": "a", "path": "b"}]}},
    "keys that are numbers": {**BUCKET, "secret": {**RESOURCE, "items": [1]}},
    "variables as in a pod": {**BUCKET, "env": [{"name": "A", "value": "b"}]},
    "variables in a text": {**BUCKET, "env": "A=b"},
    "annotations in a list": {**BUCKET, "annotations": ["a"]},
}


@pytest.mark.parametrize("store", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_store_that_is_refused_leaves_no_job(store: dict[str, Any], made: Any) -> None:
    data = {KEY: "{}", polyaxon.ARTIFACTS_STORE: json.dumps(store)}
    with pytest.raises(Exception, match=r"AgentConfig|has no attribute|not NoneType"):
        made(data)
    done = run(["explain"], agent_configmap("{}", **data).encode())
    assert (done.code, done.out) == (1, b"")
    assert "[store]" in done.err or "[agent-config]" in done.err


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_the_store_shapes_the_pod_as_it_does_for_the_sdk(store: dict[str, Any], made: Any) -> None:
    text = '{"resources": {"limits": {"cpu": 1, "memory": 1000000000}, "requests": {"cpu": 0.5}}}'
    cleaner = section.parse_rendered(text, "cm")
    assert isinstance(cleaner, Map)
    data = {KEY: text, polyaxon.ARTIFACTS_STORE: json.dumps(store), polyaxon.RUNS_ACCOUNT: "runs"}
    assert not [d for d in check_store(store_of(agent_of(data))) if d.severity == "error"]
    same_job(data, cleaner, own_version(), made)


@pytest.mark.parametrize("scheduling", SCHEDULINGS.values(), ids=SCHEDULINGS)
def test_the_job_of_a_section_is_what_it_makes(scheduling: dict[str, str], made: Any) -> None:
    version = own_version()
    compared = 0
    for line in cases.lines("sections.jsonl"):
        text = json.dumps(json.loads(line)["section"])
        cleaner = section.parse_rendered(text, "cm")
        if isinstance(cleaner, Map) and not any(d.severity == "error" for d in section.check(cleaner)):
            same_job({KEY: text, polyaxon.ARTIFACTS_STORE: json.dumps(STORE), **scheduling}, cleaner, version, made)
            compared += 1
    assert compared > 60


LITERALS = {
    "nodeSelector": ["1.10", "1e3", "1e-7", "0x10", "True", "None", "01", "1_0", "5", "5j", "1.0", "false", "007"],
    "imagePullSecrets": ["1", "1.5", "a", "1-a"],
    "tolerations": ["1", "-5", "1.10", "True", "true", "1a"],
}


@pytest.mark.parametrize(("field", "text"), [(name, text) for name, texts in LITERALS.items() for text in texts])
def test_texts_that_it_reads_as_python(field: str, text: str, made: Any) -> None:
    value: Any = {"nodeSelector": {"a": text}, "imagePullSecrets": [text], "tolerations": [{"key": "a", "value": text}]}
    data = {KEY: json.dumps({field: value[field]}), polyaxon.ARTIFACTS_STORE: json.dumps(STORE)}
    cleaner = section.parse_rendered(data[KEY], "cm")
    assert isinstance(cleaner, Map)
    same_job(data, cleaner, own_version(), made)


@pytest.mark.parametrize("name", rendered.ACCEPTED)
def test_the_job_of_a_patched_stream_is_what_it_makes(name: str, made: Any) -> None:
    stream = rendered.read(name)
    for overrides in (None, values.read(b"cleaner: {imageTag: dev, tolerations: [{operator: Exists}]}", "v")):
        _, agents, _ = resolve(Stream(stream), Options(overrides))
        for agent, cleaner, *_ in (found for each in agents.values() for found in each):
            assert isinstance(cleaner, Map)
            same_job({**agent.data, KEY: section.to_json(cleaner)}, cleaner, agent.version, made)


SCHEDULED = ("nodeSelector", "affinity", "tolerations", "imagePullSecrets", "node_selector", "image_pull_secrets")
default_schedulings = st.one_of(
    st.none(),
    odd_sections().map(lambda it: {name: it[name] for name in SCHEDULED if name in it}),
    broken_sections,
)
default_secrets = st.sampled_from([None, "[]", '["a"]', '["a","b"]', '[{"name":"a"}]', "[1]", "null", "", '"a"', "{}"])


@given(st.one_of(odd_sections(), broken_sections), default_schedulings, default_secrets)
def test_any_job_that_is_explained_is_what_it_makes(
    made: Any, cleaner: dict[str, Any], scheduling: dict[str, Any] | None, secrets: str | None
) -> None:
    data = {polyaxon.ARTIFACTS_STORE: json.dumps(STORE)}
    if scheduling is not None:
        data[polyaxon.SCHEDULING] = json.dumps(scheduling)
    if secrets is not None:
        data[polyaxon.PULL_SECRETS] = secrets
    stream = agent_configmap(json.dumps(cleaner), **data).replace("2.15.1", own_version(), 1).encode()
    for flags in ([], ["--no-defaults"]):
        done = run(["explain", "-o", "json", *flags], stream)
        event(f"code {done.code}")
        if done.code:
            assert (done.code in (1, 2), done.out) == (True, b"")
            continue
        patched = json.loads(run(flags, stream).out)["data"]
        parsed = section.parse_rendered(patched[KEY], "cm")
        assert parsed is not None
        said = section.check(parsed) + scheduling_rules(scheduling_of(agent_of(patched)))
        same_unless_impossible(without_nulls(json.loads(done.out)), patched, said, made)
