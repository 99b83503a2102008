"""Writes chart/values.schema.json from the section's schema: with it, Helm itself refuses typos.

Run it with `python -m tools.chart_schema`. Helm validates the merged values before the post-renderer runs, and each
Helm uses a different library. So the section's schema is changed in three ways:

- It is written in draft 7, the newest that Helm 3.17 knows; Helm 3.18 and Helm 4 know it too.
- What helm-cleaner normalizes is valid: flat resources, and pull secrets as Kubernetes writes them. The post-renderer
  can only fix what the chart lets through.
- It may be null: that is how values leave a section out.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from helm_cleaner.section.structure import OF_RULES, schema
from tools import CHART

PATH = CHART / "values.schema.json"


def chart_schema() -> dict[str, Any]:
    """The schema of the chart's values."""
    definitions: dict[str, Any] = {"cleaner": _rewritten(schema())}
    cleaner = definitions["cleaner"]
    definitions |= cleaner.pop("$defs")
    del cleaner["$schema"]
    cleaner["type"] = ["object", "null"]
    fields = cleaner["properties"]
    resources = fields["resources"]
    resources["patternProperties"] = {_FLAT: definitions["quantities"]["additionalProperties"]}
    resources["description"] += " Amounts right under it are read as requests, with a warning."
    secrets = fields["imagePullSecrets"]
    secrets["items"] = {"anyOf": [secrets["items"], _object("The name, as Kubernetes writes it.", {"name": _STRING})]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Values of polyaxon-cleaner-demo",
        "description": "Made by `make schema` from the schema of the cleaner section: change that one.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "global": {"type": ["object", "null"], "description": "Helm adds it to the values of a subchart."},
            "edition": {"enum": ["ce", "agent"], "description": "Which of Polyaxon's charts to imitate."},
            "agent": _object(
                "Who reads the section and starts the job.",
                {
                    "enabled": {"type": "boolean"},
                    **{name: _field(name) for name in ("nodeSelector", "affinity", "tolerations")},
                    **dict.fromkeys(("imagePullSecrets", "serviceAccountImagePullSecrets"), _NAMES),
                },
            ),
            "organizationKey": {"type": "string", "description": "With agent.enabled: false, makes a control plane."},
            "image": {"type": "string", "minLength": 1, "description": "What every container runs."},
            "cleaner": {"$ref": "#/definitions/cleaner"},
            "init": _object(
                "The helper that prepares a run.",
                {name: _field(name) for name in ("image", "imageTag", "imagePullPolicy", "resources")},
            ),
            **{name: {"type": "object"} for name in ("artifactsStore", "defaultArtifactsStore")},
            "rbac": _object("Whether runs have an account of their own.", {"enabled": {"type": "boolean"}}),
            **{name: _field(name) for name in ("nodeSelector", "affinity", "tolerations")},
            "imagePullSecrets": _NAMES | {"description": "Names of Secrets, for every pod."},
        },
        "definitions": definitions,
    }


def text() -> str:
    """The content of the file."""
    return json.dumps(chart_schema(), indent=2, ensure_ascii=False) + "\n"


_STRING = {"type": "string"}
_NAMES = {"type": "array", "items": _STRING}
_FLAT = "^(cpu|memory|ephemeral-storage|hugepages-.*|.*/.*)$"  # the names that are resources; limitz is a typo


def _field(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/cleaner/properties/{name}"}


def _object(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "description": description,
        "properties": properties,
    }


def _rewritten(rule: Any) -> Any:
    """A schema without the project's own keywords, with references as in draft 7."""
    if isinstance(rule, list):
        return [_rewritten(item) for item in rule]
    if not isinstance(rule, dict):
        return rule
    if "$ref" in rule:  # draft 7 reads nothing beside it
        return {"$ref": rule["$ref"].replace("#/$defs/", "#/definitions/")}
    # What the rules say more about is left to them: Helm would stop before they can.
    left_out = {"x-code", "examples", *OF_RULES}
    return {key: _rewritten(value) for key, value in rule.items() if key not in left_out}


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8", newline="\n")
    print(f"{PATH.name}: written", file=sys.stderr)
