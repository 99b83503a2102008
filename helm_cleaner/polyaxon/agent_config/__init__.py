"""Whether the agent loads its configuration, which is the whole ConfigMap: one entry that Polyaxon's SDK refuses, and
neither the agent nor CE's API starts.

`check` judges a ConfigMap as `get_config_from_env` of the SDK's AgentConfigManager does, and `check_values` what the
charts render from the values of a release. entries.json holds the facts.
"""

from __future__ import annotations

from helm_cleaner.polyaxon.chart_defaults import custom_entries
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helm_cleaner.diagnostics import Diagnostic
    from helm_cleaner.polyaxon.configmap import Agent
    from helm_cleaner.values import Map

__all__ = ["CODE", "KEYS", "check", "check_values", "doubt"]

CODE = "agent-config"
# The keys of the charts' values that are rendered into what Polyaxon loads, apart from the section.
KEYS = frozenset((
    "agent", "sidecar", "init", "notifier", "connections", "artifactsStore", "defaultArtifactsStore", "proxy",
    "nodeSelector", "affinity", "tolerations", "imagePullSecrets",
))  # fmt: skip


def check(agent: Agent) -> list[Diagnostic]:
    """What is wrong with an agent's ConfigMap, apart from the section.

    An error keeps the agent from starting. A path begins with the entry: `POLYAXON_AGENT_SIDECAR.imagePullPolicy`.
    """
    data = custom_entries(agent.data, agent.version)
    if not data:  # the usual case under Helm, without the imports
        return []
    from helm_cleaner.polyaxon.agent_config import checking

    return checking.check_data(data, agent.name.name or "ConfigMap", agent.version)


def check_values(
    values: Map, given: Map, above: Sequence[str] = (), version: str | None = None, *, is_over_the_chart: bool = False
) -> list[Diagnostic]:
    """What is wrong with the configuration that the charts render from a release's values, their defaults included.

    given: the values without the defaults, in which a null is still there. above: the path of both, in an umbrella
    chart's values. version: that of the chart, or None for the newest. is_over_the_chart: whether the given values are
    directly over the chart's: what is not given is then the chart's own, and right. Paths are those of the values.
    """
    from helm_cleaner.polyaxon.agent_config import checking

    return checking.check_values(values, given, above, version, is_over_the_chart=is_over_the_chart)


def doubt(d: Diagnostic, reason: str) -> Diagnostic:
    """An error about the configuration as a warning, with the reason for the doubt; any other finding as it is."""
    from helm_cleaner.polyaxon.agent_config import severity

    return severity.doubt(d, reason)
