"""The code of every finding: of the section and what is beside it, of its place, of the cluster, and of the input."""

from __future__ import annotations

from helm_cleaner.codes.agent import AGENT_CODES
from helm_cleaner.codes.cluster import CLUSTER_CODES
from helm_cleaner.codes.code import AnyCode, ClusterCode, Code, OtherCode
from helm_cleaner.codes.doctor import DOCTOR_CODES
from helm_cleaner.codes.input import INPUT_CODES
from helm_cleaner.codes.leftovers import LEFTOVERS_CODES
from helm_cleaner.codes.section import CODES
from helm_cleaner.codes.sources import PLACE_CODES

__all__ = [
    "AGENT_CODES",
    "BY_NAME",
    "CLUSTER_CODES",
    "CODES",
    "DOCTOR_CODES",
    "GROUPS",
    "GUIDES",
    "IGNORABLE",
    "INPUT_CODES",
    "LEFTOVERS_CODES",
    "PLACE_CODES",
    "AnyCode",
    "ClusterCode",
    "Code",
    "OtherCode",
]

GROUPS: dict[str, tuple[AnyCode, ...]] = {
    "the section": CODES,
    "the rest of the agent's configuration": AGENT_CODES,
    "where it is written": PLACE_CODES,
    "the cluster (preflight)": CLUSTER_CODES,
    "after a deletion (doctor)": DOCTOR_CODES,
    "leftovers": LEFTOVERS_CODES,
    "the input": INPUT_CODES,
}
# The page in docs/ with a row for each code of a group; other groups are in section.md.
_GUIDES = {
    "the rest of the agent's configuration": "agent-config",
    "the cluster (preflight)": "preflight",
    "after a deletion (doctor)": "doctor",
    "leftovers": "leftovers",
}
BY_NAME: dict[str, AnyCode] = {code.code: code for codes in GROUPS.values() for code in codes}
GUIDES = {code.code: _GUIDES.get(group, "section") for group, codes in GROUPS.items() for code in codes}
IGNORABLE = tuple(code.code for code in (*CODES, *AGENT_CODES, *PLACE_CODES))  # of what is checked
