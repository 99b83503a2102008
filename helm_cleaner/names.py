"""Names that several packages share: the section, its key in the ConfigMap, and their size limits."""

from __future__ import annotations

SECTION = "cleaner"
# The key of the agent's ConfigMap that holds the section, as one line of JSON.
KEY = "POLYAXON_AGENT_CLEANER"
# MaxSecretSize in pkg/apis/core/types.go: ValidateConfigMap counts the values of all keys, in bytes, but not the keys.
MAX_DATA = 1024 * 1024
# MAX_ARG_STRLEN of Linux (execve(2)), minus the variable's name, the = and the NUL at the end. The charts' pods use the
# ConfigMap with envFrom, and a container with a larger variable does not start.
MAX_IN_ENVIRONMENT = 128 * 1024 - len(f"{KEY}=") - 1
STDIN = "<stdin>"  # in messages, in place of a file's name
HOOK = "helm.sh/hook"  # the annotation of what Helm may render on its own
CONFIGURATION = ".helm-cleaner.yaml"  # what a repository says of itself
