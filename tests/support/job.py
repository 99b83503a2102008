"""The Job that Polyaxon makes of a cleaner section."""

from __future__ import annotations

from typing import Any


def job(section: dict[str, Any]) -> dict[str, Any]:
    """The Job's manifest. section: as plain data, where a field that is null or empty counts as missing."""
    given = {field: value for field, value in section.items() if value not in (None, "", {}, [])}
    image, tag = given.pop("image", "polyaxon/polyaxon-init"), given.pop("imageTag", "2.15.1")
    container = {"name": "polyaxon-cleaner", "image": f"{image}:{tag}", "args": ["clean"]}
    container |= {field: given.pop(field) for field in ("imagePullPolicy", "resources") if field in given}
    if "imagePullSecrets" in given:
        given["imagePullSecrets"] = [{"name": name} for name in given["imagePullSecrets"]]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "cleaner"},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [container], **given}}},
    }
