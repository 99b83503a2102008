"""A Job with the cleaner's pod that deletes nothing: it shows whether the pod is admitted, scheduled, and can start."""

from __future__ import annotations

from helm_cleaner.polyaxon.job import Job
from helm_cleaner.polyaxon.origins import fixed, make_list, make_map, make_map_of
from helm_cleaner.values import Map, Seq, Value

NAME = "plx-cleaner-rehearsal-"  # what the API server completes
# None of the cleaner's, by which Polyaxon's operator takes pods for those of its jobs.
LABELS = {
    "app.kubernetes.io/name": "cleaner-rehearsal",
    "app.kubernetes.io/part-of": "helm-cleaner",
    "app.kubernetes.io/managed-by": "helm-cleaner",
}
# Without `polyaxon clean-artifacts`, which only images with this variable have, the cleaner deletes nothing.
COMMAND = (
    'command -v polyaxon || { echo "the image has no Polyaxon CLI: polyaxon is not on the PATH, $PATH"; exit 1; }; '
    '[ "$POLYAXON_SERVICE" = init ] || { echo "the image cannot clean: POLYAXON_SERVICE is not init '
    "but '$POLYAXON_SERVICE'\"; exit 1; }; "
    'echo "the cleaner can start here; nothing was deleted"'
)
_DEADLINE_SECONDS = 600  # enough for a node to be added and a large image to be pulled
_KEPT_SECONDS = 3600


def make_rehearsal(job: Job) -> Job:
    """A Job for `kubectl create` with the same pod, which deletes nothing and is removed after it has ended.

    It succeeds if the pod is admitted and scheduled, its volumes are mounted, and its image can be pulled and contains
    what the cleaner needs: bash and the Polyaxon CLI. If the CLI is missing, its log says so.
    """
    was, pod = job.manifest["metadata"], _entry(job.manifest, "spec", "template", "spec")
    assert isinstance(was, Map)
    assert isinstance(pod, Map)
    containers = pod["containers"]
    assert isinstance(containers, Seq)
    container = containers[0]
    assert isinstance(container, Map)
    harmless = make_map(**{**container, "command": make_list(*map(fixed, ("/bin/bash", "-c", COMMAND)))})
    labels = make_map_of({key: fixed(value) for key, value in LABELS.items()})
    kept = {key: value for key, value in was.items() if key not in ("name", "labels")}
    annotations = was.get("annotations")
    manifest = make_map(
        apiVersion=fixed("batch/v1"),
        kind=fixed("Job"),
        metadata=make_map(**{"generateName": fixed(NAME), **kept, "labels": labels}),
        spec=make_map(
            backoffLimit=fixed(0),
            activeDeadlineSeconds=fixed(_DEADLINE_SECONDS),
            ttlSecondsAfterFinished=fixed(_KEPT_SECONDS),
            template=make_map(
                metadata=make_map(labels=labels, annotations=annotations),
                spec=make_map(**{**pod, "containers": make_list(harmless)}),
            ),
        ),
    )
    return job._replace(manifest=manifest)


def _entry(value: Value, *path: str) -> Value:
    for name in path:
        assert isinstance(value, Map)
        value = value[name]
    return value
