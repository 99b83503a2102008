"""The guides' snippets that need a cluster, on one whose nodes kwok simulates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import clusters
from tests.live.staging import create_nodes
from tests.support.objects import Objects, named, removed, wait
from tests.support.snippet_runs import on_cluster, play
from tests.support.snippets import Section

NAMESPACE = "polyaxon"  # what the guides call it
RUNS = on_cluster("cluster")


@pytest.fixture
def cluster(bare: Objects) -> Iterator[None]:
    """The guides' cluster: two nodes, and what the jobs of a release need."""
    create_nodes(bare, clusters.node("large-1", {"pool": "polyaxon-v2"}),
                 clusters.node("ml-1", {"pool": "ml"}, ["dedicated=ml:NoSchedule"]))  # fmt: skip
    with removed(bare, clusters.namespace(NAMESPACE)):
        bare.create(clusters.namespace(NAMESPACE))
        wait("the namespace's account", lambda: bare.get(named("ServiceAccount", "default", NAMESPACE)))
        bare.create(named("ServiceAccount", "plx-polyaxon-runs-sa", NAMESPACE))  # as the release plx has it
        yield


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(("section", "major"), RUNS, ids=[f"{s.name} [{m or 'no helm'}]" for s, m in RUNS])
def test_snippets_do_what_they_say(section: Section, major: str, kube_config: str, tmp_path: Path) -> None:
    play(section, major, tmp_path, kube_config)
