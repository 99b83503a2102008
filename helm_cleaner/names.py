"""The names that several wings know: the section, the keys of the ConfigMap that holds it, and their limits."""

from __future__ import annotations

SECTION = "cleaner"
# The key of the agent's ConfigMap that holds the section, as one line of JSON.
KEY = "POLYAXON_AGENT_CLEANER"
# MaxSecretSize in pkg/apis/core/types.go: ValidateConfigMap counts the values of all keys, in bytes, but not the keys.
MOST_DATA = 1024 * 1024
# MAX_ARG_STRLEN of Linux (execve(2)), less the variable's name, the = and the NUL at the end. The charts' pods take the
# ConfigMap with envFrom, and a container with a larger variable does not start.
MOST_IN_ENVIRONMENT = 128 * 1024 - len(f"{KEY}=") - 1
HOOK = "helm.sh/hook"  # the annotation of what Helm may render on its own
