"""The JSON Schema of a values file: of the section, and of the keys beside it that the agent loads."""

from __future__ import annotations

from helm_cleaner.polyaxon.agent_config import facts
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_PREFIX = "agent."  # before the names of definitions, which the section's schema may have too
_WORDS = "^(?:" + "|".join(
    "".join(f"[{char.upper()}{char}]" if char.isalpha() else char for char in word) for word in facts.WORDS
) + ")$"  # fmt: skip
# The largest number that a template prints without an exponent.
_INTERVAL = {"type": ["integer", "string", "null"], "maximum": 999_999, "pattern": r"^\s*[+-]?[0-9]+(?:\.0+)?\s*$"}
_FLAG = {"type": ["boolean", "number", "string"], "minimum": 0, "maximum": 1, "multipleOf": 1, "pattern": _WORDS}
_FLAG_IF_SET = {**_FLAG, "type": ["boolean", "number", "string", "null"]}


def extend_schema(of_section: dict[str, Any]) -> dict[str, Any]:
    """The schema. of_section: that of a values file in which only the section is known."""
    result = {**of_section}
    scheduling = {name: _ref(name) for name in ("nodeSelector", "affinity", "tolerations")}
    scheduling["imagePullSecrets"] = _ref("pullSecrets")
    store = {"anyOf": [{"type": ["object", "null"], "maxProperties": 0}, _ref("connection")]}
    result["title"] = "The values of Polyaxon's Helm charts, as far as the agent loads them"
    result["properties"] = of_section["properties"] | {
        "sidecar": {**_ref("sidecar"), "type": "object"},
        "init": {**_ref("init"), "type": "object"},
        "notifier": {**_ref("service"), "type": "object"},
        "artifactsStore": store,
        "defaultArtifactsStore": _ref("connection"),
        "connections": {"type": ["array", "null"], "items": _ref("connection")},
        **scheduling,
        "agent": {
            "type": ["object", "null"],
            "properties": {
                **scheduling,
                "additionalNamespaces": {**_ref("texts"), "type": "array"},
                "watchCluster": _FLAG,
                "enableHealthChecks": _FLAG_IF_SET,
                "executorRefreshInterval": _INTERVAL,
            },
        },
        "proxy": {"type": ["object", "null"], "properties": {"useInOps": _FLAG_IF_SET}},
    }
    result["$defs"] = result["$defs"] | {
        _PREFIX + name: _published(rule) for name, rule in facts.load_facts()["$defs"].items()
    }
    return result


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{_PREFIX}{name}"}


def _published(rule: Any) -> Any:
    """A rule without the keywords that only we know."""
    if isinstance(rule, list):
        return [_published(item) for item in rule]
    if not isinstance(rule, dict):
        return rule
    result = {key: _published(item) for key, item in rule.items() if not key.startswith("x-")}
    if "$ref" in result:
        result["$ref"] = result["$ref"].replace("#/$defs/", f"#/$defs/{_PREFIX}")
    if "x-words" in rule:
        result["pattern"] = "|".join(filter(None, (_WORDS, rule.get("pattern"))))
    return result
