"""Whether the agent loads its configuration, which is the whole ConfigMap: one entry that Polyaxon's SDK refuses, and
neither the agent nor CE's API starts.

`check` judges a ConfigMap's data as the SDK's `AgentConfigManager.get_config_from_env` does, and `check_values` what the
charts render from a release's values. entries.json holds the facts.
"""

from __future__ import annotations

from helm_cleaner.polyaxon.agent_config.check import CODE, check

__all__ = ["CODE", "check"]
