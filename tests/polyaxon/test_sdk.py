"""What Polyaxon's own SDK makes of what we let through."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from helm_cleaner import polyaxon, post_render, section, values, yamltext
from helm_cleaner.actions.post_render import Options, resolve
from helm_cleaner.names import KEY
from helm_cleaner.polyaxon.job import job, release_of
from helm_cleaner.polyaxon.scheduling import scheduling_of
from helm_cleaner.polyaxon.store import store_of
from helm_cleaner.values import Map
from helm_cleaner.yamltext import manifests
from tests.support import cases, rendered
from tests.support.command import run
from tests.support.manifests import agent_configmap
from tests.support.strategies import broken_sections, odd_sections

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the SDK warns of its own dependencies


def test_it_loads_every_section_that_passes(sdk: Any) -> None:
    loaded = 0
    for line in cases.lines("sections.jsonl"):
        data = json.loads(line)["section"]
        value = section.parse(json.dumps(data), "cm")
        assert value is not None
        if not section.check(value):
            assert sdk.V1PolyaxonCleaner.from_dict(data) is not None
            loaded += 1
    assert loaded > 60


@pytest.mark.parametrize("name", rendered.ACCEPTED)
def test_it_loads_the_configuration_of_every_patched_stream(name: str, sdk: Any) -> None:
    stream = post_render(rendered.read(name), {"cleaner": {"nodeSelector": {"pool": "small"}}})
    for span in manifests.holding(stream, polyaxon.HINTS):
        for agent in polyaxon.agents(yamltext.compose(stream[slice(*span)].decode(), name).data):
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


@pytest.fixture(scope="module")
def made(sdk: Any) -> Any:
    """The pod's spec that the SDK makes of a ConfigMap's data, and its labels, as Kubernetes' JSON has them."""
    from kubernetes.client import ApiClient  # the SDK's own, for its models
    from polyaxon import settings
    from polyaxon._auxiliaries.default_scheduling import V1DefaultScheduling
    from polyaxon._flow.plugins import V1Plugins
    from polyaxon._k8s.converter.converters import CleanerConverter
    from polyaxon._operations import get_batch_cleaner_operation

    def make(data: dict[str, Any]) -> tuple[Any, Any]:
        config = sdk.AgentConfig.from_dict(data)
        settings.AGENT_CONFIG = config
        environment = V1DefaultScheduling.get_service_environment(config.cleaner, config.default_scheduling)
        store = config.artifacts_store
        run = get_batch_cleaner_operation(store, ["uuid"], environment, config.cleaner).component.run
        converter = CleanerConverter("owner", "project", "cleaner", "agent", run_path="agent")
        plugins = {f"collect_{what}": False for what in ("logs", "artifacts", "resources")}
        replica = converter.get_replica_resource(
            environment=environment,
            plugins=V1Plugins.get_or_create(V1Plugins(auth=False, sync_statuses=False, **plugins), auth=False),
            volumes=[],
            init=[],
            sidecars=[],
            container=run.container,
            artifacts_store=store,
            connections=[store.name],
            connection_by_names={store.name: store},
            secrets=None,
            config_maps=None,
            kv_env_vars=[],
            default_sa=config.runs_sa,
        )
        fields = {
            "nodeSelector": getattr(environment, "node_selector", None),
            "affinity": getattr(environment, "affinity", None),
            "tolerations": getattr(environment, "tolerations", None),
            "imagePullSecrets": [{"name": n} for n in getattr(environment, "image_pull_secrets", None) or ()] or None,
            "serviceAccountName": environment.service_account_name,
            "volumes": replica.volumes,
            "containers": [replica.main_container],
        }
        labels = {k: v for k, v in replica.labels.items() if k != "app.kubernetes.io/version"}
        return without_nulls(ApiClient().sanitize_for_serialization(fields)), labels

    return make


def same_pod(template: Any, made: tuple[Any, Any]) -> None:
    """Whether a Job's pod is the SDK's, its command and what the SDK adds to every run's environment apart."""
    pod, labels = made
    ours = template["spec"]
    (container,), (theirs,) = ours["containers"], pod["containers"]
    assert template["metadata"]["labels"] == labels
    assert {name: ours[name] for name in FIELDS if name in ours} == {name: pod[name] for name in FIELDS if name in pod}
    names = ("name", "image", "imagePullPolicy", "resources", "volumeMounts", "envFrom")
    assert {n: container.get(n) or [] for n in names} == {n: theirs.get(n) or [] for n in names}
    assert all(variable in theirs["env"] for variable in container.get("env", ()))


def without_nulls(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    return [without_nulls(item) for item in data] if isinstance(data, list) else data


def same_job(data: dict[str, Any], cleaner: Map, version: str | None, made: Any) -> None:
    agent = polyaxon.Agent((), polyaxon.Name("cm", None), data, data[KEY], version)
    made_of = job(cleaner, scheduling_of(agent), store_of(agent), release_of(agent, version))
    same_pod(without_nulls(values.plain(made_of.manifest))["spec"]["template"], made(data))


def own_version() -> str:
    """The SDK's own version, which it takes for a tag where the section has none."""
    from clipped.utils.versions import clean_version_post_suffix
    from polyaxon import pkg

    return str(clean_version_post_suffix(pkg.VERSION))


FIELDS = ("nodeSelector", "affinity", "tolerations", "imagePullSecrets", "serviceAccountName", "volumes")
RESOURCE: dict[str, Any] = {"name": "r"}
STORES: dict[str, dict[str, Any]] = {
    "a path of the node": STORE,
    "a path, read-only": {**STORE, "schema": {**STORE["schema"], "readOnly": True}},  # type: ignore[dict-item]
    "a claim": {"name": "pv", "kind": "volume_claim", "schema": {"mountPath": "/p", "volumeClaim": "c"}},
    "a claim in Python's names": {
        "name": "pv", "kind": "volume_claim", "schema": {"mount_path": "/p", "volume_claim": "c", "read_only": False},
    },
    "a bucket": {"name": "s3", "kind": "s3", "schema": {"bucket": "s3://b"}},
    "a bucket and a secret": {"name": "s3", "kind": "s3", "schema": {"bucket": "s3://b"}, "secret": RESOURCE},
    "a bucket and a mounted secret": {
        "name": "g", "kind": "gcs", "schema": {"bucket": "gs://b"}, "secret": {**RESOURCE, "mountPath": "/g"},
    },
    "a bucket and keys of a secret": {
        "name": "g", "kind": "gcs", "schema": {"bucket": "gs://b"}, "secret": {**RESOURCE, "items": ["k", "l"]},
    },
    "a bucket and ConfigMaps": {
        "name": "g", "kind": "gcs", "schema": {"bucket": "gs://b"}, "configMap": RESOURCE,
        "secret": {"name": "s", "mount_path": "/s"},
    },
    "a bucket and a mounted ConfigMap": {
        "name": "g", "kind": "gcs", "schema": {"bucket": "gs://b"}, "config_map": {**RESOURCE, "mountPath": "/g"},
    },
}  # fmt: skip


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_the_store_shapes_the_pod_as_it_does_for_the_sdk(store: dict[str, Any], made: Any) -> None:
    text = '{"resources": {"limits": {"cpu": 1, "memory": 1000000000}, "requests": {"cpu": 0.5}}}'
    cleaner = section.parse(text, "cm")
    assert isinstance(cleaner, Map)
    data = {KEY: text, polyaxon.ARTIFACTS_STORE: json.dumps(store), polyaxon.RUNS_ACCOUNT: "runs"}
    same_job(data, cleaner, own_version(), made)


@pytest.mark.parametrize("scheduling", SCHEDULINGS.values(), ids=SCHEDULINGS)
def test_the_job_of_a_section_is_what_it_makes(scheduling: dict[str, str], made: Any) -> None:
    version = own_version()
    compared = 0
    for line in cases.lines("sections.jsonl"):
        text = json.dumps(json.loads(line)["section"])
        cleaner = section.parse(text, "cm")
        if isinstance(cleaner, Map) and not any(d.severity == "error" for d in section.check(cleaner)):
            same_job({KEY: text, polyaxon.ARTIFACTS_STORE: json.dumps(STORE), **scheduling}, cleaner, version, made)
            compared += 1
    assert compared > 60


@pytest.mark.parametrize("name", rendered.ACCEPTED)
def test_the_job_of_a_patched_stream_is_what_it_makes(name: str, made: Any) -> None:
    stream = rendered.read(name)
    for overrides in (None, values.read(b"cleaner: {imageTag: dev, tolerations: [{operator: Exists}]}", "v")):
        _, agents, _ = resolve(stream, Options(overrides))
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
        same_pod(without_nulls(json.loads(done.out))["spec"]["template"], made(patched))
