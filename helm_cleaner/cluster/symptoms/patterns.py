"""How Kubernetes and Polyaxon word what goes wrong: the one table of patterns, with the versions that were seen.

Wordings change between versions. A pattern matches what is stable: names of API objects and fields, not whole
sentences.
"""

from __future__ import annotations

import re

from helm_cleaner.typed import NamedTuple


class Pattern(NamedTuple):
    """A wording. code: of the finding; regex: matches anywhere in the text; seen: the versions that word it so."""

    code: str
    regex: re.Pattern[str]
    seen: str


# Why the API server does not create the pod: the event FailedCreate of the batch/v1 Job.
ADMISSION = (
    Pattern("quota", re.compile(r"(?:exceeded|failed) quota|unknown for quota"), "Kubernetes 1.36 and 1.37"),
    Pattern("pod-security", re.compile(r"violates PodSecurity"), "Kubernetes 1.36 and 1.37"),
    Pattern("limit-range", re.compile(r"(?:minimum|maximum) \S+ usage per \w+ is|limit to request ratio per"
                                      r"|must be less than or equal to \S+ limit"), "Kubernetes 1.36 and 1.37"),
    Pattern("missing-account", re.compile(r"serviceaccount \"[^\"]+\" not found|looking up service account"),
            "Kubernetes 1.36 and 1.37"),
)  # fmt: skip
# Why the scheduler finds no node: the event FailedScheduling, or the pod's condition PodScheduled.
SCHEDULER = (
    Pattern("missing-claim", re.compile(r"persistentvolumeclaim \"[^\"]+\"|unbound (?:immediate )?PersistentVolumeClaim"
                                        r"|non-existent persistentvolume"), "Kubernetes 1.36 and 1.37"),
    Pattern("no-node", re.compile(r"nodes? (?:is|are) available"), "Kubernetes 1.36 and 1.37"),
)  # fmt: skip
# Why the kubelet does not start the container: events of the pod, and the states of its container.
KUBELET = (
    Pattern("no-bash", re.compile(r"/bin/bash\b.{0,40}(?:no such file|not found)|executable.{0,20}/bin/bash"),
            "containerd 1.6 with runc 1.1; crun words it the other way round"),
    Pattern("missing-secret", re.compile(r"(?:secret|configmap) \"[^\"]+\" not found|couldn't find key"
                                         r"|references non-existent (?:secret|config)"), "Kubernetes 1.36 and 1.37"),
    Pattern("missing-claim", re.compile(r"persistentvolumeclaim \"[^\"]+\"|(?:Mount|Attach)Volume\.\w+ failed"
                                        r"|Unable to attach or mount"), "Kubernetes 1.36 and 1.37"),
)  # fmt: skip
# The reasons of a container that waits for its image.
IMAGE_REASONS = frozenset((
    "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
    "RegistryUnavailable", "SignatureValidationFailed",
))  # fmt: skip
# Lines of the agent's log. All but the last are logged at INFO, and for ordinary runs and hooks as well.
CONFLICT = Pattern("lost-batch", re.compile(r"Run already running"), "Polyaxon 2.0.6, 2.10 and 2.18")
SUBMISSION = Pattern("lost-batch", re.compile(r"Run submission error"), "Polyaxon 2.0.6, 2.10 and 2.18")
NOT_MADE = Pattern(
    "lost-batch", re.compile(r"could not be cleaned\. |failed during compilation"), "Polyaxon 2.0.6, 2.10 and 2.18"
)
NOT_STARTED = Pattern("agent-failed", re.compile(r"Agent failed to start"), "Polyaxon 2.10 and 2.18")
AGENT_LINES = (CONFLICT, SUBMISSION, NOT_MADE, NOT_STARTED)
AT_INFO = re.compile(r"Checking agent state|Sleeping for|Run already running|Run submission error|could not be cleaned")
# Lines of a job's log. A run without artifacts, whose folder never was, is worded as ABSENT.
NOT_DELETED = Pattern("not-deleted", re.compile(r"Could not delete path (\S+)"), "Polyaxon 2.0.6, 2.10 and 2.18")
ABSENT = re.compile(r"\[Errno 2\]|No such file or directory|^Error: \[?'[^']*'\]?$")
CRASHED = Pattern("failed-twice", re.compile(r"No such command|^Traceback \(most recent call last\)|command not found"),
                  "Polyaxon 2.18")  # fmt: skip


def match(patterns: tuple[Pattern, ...], text: str) -> str:
    """The code of the first pattern in a text; "" if none matches."""
    return next((each.code for each in patterns if each.regex.search(text)), "")
