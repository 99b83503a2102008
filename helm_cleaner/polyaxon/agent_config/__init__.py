"""Whether the agent loads its configuration, which is the whole ConfigMap: one entry that Polyaxon's SDK refuses, and
neither the agent nor CE's API starts.

`check` judges a ConfigMap as `get_config_from_env` of the SDK's AgentConfigManager does, and `check_values` what the
charts render from the values of a release. entries.json holds the facts.
"""

from __future__ import annotations

from helm_cleaner.polyaxon.agent_config.check import check, check_values
from helm_cleaner.polyaxon.agent_config.severity import CODE, doubt

__all__ = ["CODE", "check", "check_values", "doubt"]
