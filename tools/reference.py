"""The tables of the guides: the fields, from schema.json, and the codes. `make schema` writes them into the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from textwrap import indent

from helm_cleaner import section, values
from helm_cleaner.cluster import queries
from helm_cleaner.codes import (
    AGENT_CODES,
    CLUSTER_CODES,
    CODES,
    DOCTOR_CODES,
    INPUT_CODES,
    LEFTOVERS_CODES,
    PLACE_CODES,
    AnyCode,
    ClusterCode,
    Code,
    OtherCode,
)
from helm_cleaner.names import SECTION
from helm_cleaner.polyaxon.agent_config import facts
from helm_cleaner.section.structure import schema
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values.writing import to_flow
from tools import ROOT

if TYPE_CHECKING:
    from typing import Any

_KINDS = {"string": "text", "object": "mapping", "array": "list"}


def fields() -> str:
    """A row per field: its name, type, purpose, and an example."""
    rows = ["| Field | Kind | What it is | Example |", "|---|---|---|---|"]
    for name, rule in schema()["properties"].items():
        if "deprecated" in rule:
            continue
        kind, text = _KINDS[_kind(rule)], _example(name, rule)
        rows.append(f"| `{name}` | {kind} | {rule['description']} | `{text}` |")
    return "\n".join(rows) + "\n"


def _kind(rule: dict[str, Any]) -> str:
    if "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].rpartition("/")[2]]
    kinds = rule["type"]
    return str(kinds if isinstance(kinds, str) else kinds[0])


def _example(name: str, rule: dict[str, Any]) -> str:
    if "enum" in rule:
        return f"{name}: {' | '.join(value for value in rule['enum'] if value)}".replace("|", "\\|")
    return f"{name}: {to_flow(rule['examples'][0])}"


def codes() -> str:
    """A row per code: what it means, a bad example, its message, and the corrected example."""
    rows = ["| Code | | What it means | Bad | Message | Good |", "|---|---|---|---|---|---|"]
    for code in CODES:
        bad, said, good = (
            _short(text).replace("\n", ", ").replace("|", "\\|") for text in (code.bad, message(code), code.good)
        )
        rows.append(f"| {_name(code)} | {code.severity} | {code.reason} | `{bad}` | {said} | `{good}` |")
    return "\n".join(rows) + "\n"


def other_codes() -> str:
    """A row per code that is not about a value in the section: what it means, and what to do."""
    return _what_to_do(PLACE_CODES + INPUT_CODES)


def agent_codes() -> str:
    """The same for the rest of the agent's configuration."""
    return _what_to_do(AGENT_CODES)


def cluster_codes() -> str:
    """The same for preflight."""
    return _what_to_do(CLUSTER_CODES)


def _what_to_do(codes: Sequence[OtherCode | ClusterCode]) -> str:
    rows = ["| Code | | What it means | What to do |", "|---|---|---|---|"]
    rows += [f"| {_name(each)} | {each.severity} | {each.reason} | {each.fix} |" for each in codes]
    return "\n".join(rows) + "\n"


def agent_fields() -> str:
    """A row per entry of the agent's ConfigMap: the values key, and what Polyaxon loads."""
    rows = ["| Entry | Values | What Polyaxon loads |", "|---|---|---|"]
    for entry in facts.load_entries().values():
        rule = facts.resolve_rule(entry.rule)
        items = facts.resolve_rule(rule.get("items", {}))
        names = [name for name, each in (rule.get("properties") or items.get("properties") or {}).items()
                 if "deprecated" not in facts.resolve_rule(each)]  # fmt: skip
        wanted = rule.get("x-wanted", "a mapping")
        what = f"{wanted}: {', '.join(f'`{name}`' for name in names)}" if names else wanted
        rows.append(f"| `{entry.name}` | {f'`{entry.key}`' if entry.key else ''} | {what} |")
    return "\n".join(rows) + "\n"


def doctor_codes() -> str:
    """The same for doctor alone."""
    return _what_to_do(DOCTOR_CODES)


def leftovers_codes() -> str:
    """The same for leftovers."""
    return _what_to_do(LEFTOVERS_CODES)


def commands(command: str) -> str:
    """The commands of kubectl whose output `--cluster` takes: those that `--live` runs."""
    folder = "cluster" if command == queries.PREFLIGHT else "left"
    lines = queries.loop(command, folder, "polyaxon")
    if command == queries.DOCTOR:
        logs = {"deployment/plx-polyaxon-agent": "agent.log", "job/plx-cleaner-agent": "job.log"}
        lines += [f"{queries.shown(queries.log_arguments(of, 'polyaxon'))} > {file}" for of, file in logs.items()]
    return _block("sh", lines, "it needs a cluster; tests/live runs them.")


def secrets() -> str:
    """The command of kubectl that prints the names and types of secrets."""
    lines = queries.single_commands(queries.asked_of(queries.PREFLIGHT), "cluster", "polyaxon")
    return _block("sh", lines, "it needs a cluster; tests/live runs it.")


def role(command: str) -> str:
    """The role that grants what a command reads: of the whole cluster for preflight, of a namespace for doctor."""
    kind = "ClusterRole" if command == queries.PREFLIGHT else "Role"
    lines = [
        "apiVersion: rbac.authorization.k8s.io/v1",
        f"kind: {kind}",
        "metadata:",
        f"  name: helm-cleaner-{command}",
    ]
    lines += ["  namespace: polyaxon"] if kind == "Role" else []
    lines += ["rules:"]
    for rule in queries.rules(command):
        for index, (key, words) in enumerate(rule.items()):
            text = ", ".join(word or '""' for word in words)
            lines.append(f"  {'- ' if index == 0 else '  '}{key}: [{text}]")
    return "<!-- file: role.yaml -->\n" + _block(
        "yaml", lines, "it needs a cluster; tests/live does, with no other right."
    )


def _block(language: str, lines: list[str], reason: str) -> str:
    return "\n".join([f"```{language}", *lines, "```", "", f"<!-- not run: {reason} -->", ""])


# By page and marker: what stands between <!-- MARKER --> and <!-- /MARKER -->.
TABLES: dict[tuple[str, str], Callable[[], str]] = {
    ("section.md", "fields"): fields,
    ("section.md", "codes"): codes,
    ("section.md", "other codes"): other_codes,
    ("agent-config.md", "entries"): agent_fields,
    ("agent-config.md", "codes"): agent_codes,
    ("preflight.md", "codes"): cluster_codes,
    ("preflight.md", "commands"): partial(commands, queries.PREFLIGHT),
    ("preflight.md", "secrets"): secrets,
    ("preflight.md", "role"): partial(role, queries.PREFLIGHT),
    ("leftovers.md", "codes"): leftovers_codes,
    ("doctor.md", "codes"): doctor_codes,
    ("doctor.md", "commands"): partial(commands, queries.DOCTOR),
    ("doctor.md", "role"): partial(role, queries.DOCTOR),
}


def table_in(page: str, marker: str) -> str:
    """What stands between a page's markers."""
    return page.partition(f"<!-- {marker} -->\n")[2].partition(f"<!-- /{marker} -->")[0]


def write_tables() -> None:
    """Writes every table into its page."""
    for (name, marker), table in TABLES.items():
        path = ROOT / "docs" / name
        page = path.read_text(encoding="utf-8")
        head, tail = page.split(f"<!-- {marker} -->\n")[0], page.split(f"<!-- /{marker} -->")[1]
        path.write_text(f"{head}<!-- {marker} -->\n{table()}<!-- /{marker} -->{tail}", encoding="utf-8", newline="\n")


def _name(code: AnyCode) -> str:
    """The code, as a target for links."""
    return f'<a id="{code.code}"></a>`{code.code}`'


def _short(text: str) -> str:
    return text if len(text) < 1000 else f"{text[:67]} …"


def message(code: Code) -> str:
    """The message about the code's bad example."""
    read = values.read(f"{SECTION}:\n{indent(code.bad, '  ')}\n".encode(), "values.yaml")
    return next(d.message for d in section.resolve(overrides=read).findings if d.code == code.code)


if __name__ == "__main__":
    write_tables()
