"""Finds the folders of a store that belong to no run, and writes a report about them to its log. It changes nothing.

First it proves that it asks the right API, then it lists the store, and then it asks for each folder: a run that starts
meanwhile cannot be taken for a leftover. The report comes last, and ends with its own checksum.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from helm_cleaner.in_cluster.rules import (
    ARCHIVED, BLOCK, DELETED, KNOWN, RUN, UNKNOWN, YOUNGEST, Api, Folder, Refusal, Store, find_prefixes, format_time,
    say,
)  # fmt: skip

# ---- in the Job, the text of rules.py stands above this line ----
REQUESTS = 8  # at a time
LISTED = 20_000  # folders in one report; further ones come with the next survey
WITNESSES = 8  # known runs with a folder here, by which API and store are recognized again
QUIET = 15  # seconds between two lines about the progress


class Survey:
    """What was found so far."""

    def __init__(self, api: Api, store: Store, start: float) -> None:
        self.api, self.store, self.start = api, store, start
        self.counts = dict.fromkeys((KNOWN, ARCHIVED, DELETED, "too-young", "not-a-run", "leftover", "not-listed"), 0)
        self.folders: list[tuple[str, Folder]] = []
        self.known: dict[str, list[str]] = {KNOWN: [], ARCHIVED: [], DELETED: []}
        self.unreadable: list[str] = []

    def choose_witnesses(self) -> list[str]:
        """Some runs that the API knows and that have a folder here. It may forget a deleted one within the day."""
        lasting = [*self.known[KNOWN], *self.known[ARCHIVED]]
        return (lasting or self.known[DELETED])[:WITNESSES]

    def examine(self, name: str) -> tuple[str, Folder | None]:
        """A folder's state, and the folder itself if the API does not know its run. Called by several threads."""
        state = self.api.state_of(name)
        if state != UNKNOWN:
            return state, None
        if len(self.folders) >= LISTED:
            return "not-listed", None
        folder = self.store.look(name)
        if folder is None:
            return "not-a-run", None
        if folder.newest is None or folder.newest > self.start - YOUNGEST:
            return "too-young", folder
        return "leftover", folder

    def add(self, name: str, state: str, folder: Folder | None) -> None:
        if state == "leftover" and len(self.folders) >= LISTED:
            state = "not-listed"
        self.counts[state] += 1
        if state in self.known and len(self.known[state]) < WITNESSES:
            self.known[state].append(name)
        if folder and folder.problem:
            self.unreadable.append(f"{name}: {folder.problem}")
        if folder and state == "leftover":
            self.folders.append((name, folder))


def survey(config: dict[str, Any]) -> Survey:
    owner = config["owner"] or os.environ.get("POLYAXON_AGENT_INSTANCE", "").partition(".")[0] or "default"
    with closing(Api(os.environ.get("POLYAXON_HOST", ""), owner, os.environ.get("POLYAXON_AUTH_TOKEN", ""))) as api:
        return examine(api, config)


def examine(api: Api, config: dict[str, Any]) -> Survey:
    api.prove([])
    store = Store(config["connection"])
    say(f"{api.url} knows its own runs and no others; listing {store.path}")
    found = Survey(api, store, time.time())
    names = store.list_names()
    alike = find_prefixes(names)
    runs = [name for name in names if RUN.fullmatch(name) and name not in alike]
    found.counts["not-a-run"] = len(names) - len(runs)
    say(f"{len(names):,} entries, {len(runs):,} of them named like a run's folder; asking for each")
    spoken = time.monotonic()
    with ThreadPoolExecutor(REQUESTS) as pool:
        for at in range(0, len(runs), BLOCK):
            block = runs[at : at + BLOCK]
            states = list(pool.map(found.examine, block))
            api.prove(found.choose_witnesses())  # what was asked before another proof fails does not count
            for name, (state, folder) in zip(block, states):
                found.add(name, state, folder)
            if time.monotonic() - spoken > QUIET:
                spoken = time.monotonic()
                say(f"asked for {at + len(block):,} of {len(runs):,}; {len(found.folders):,} leftovers so far")
    api.prove(found.choose_witnesses())
    return found


def write_report(config: dict[str, Any], found: Survey) -> list[str]:
    """The lines of the report: what was surveyed, a line for each leftover, the count and the checksum."""
    folders = [] if config["counts_only"] else found.folders
    head = {
        "version": 1,
        "release": config["release"],
        "namespace": os.environ.get("POD_NAMESPACE"),
        "node": os.environ.get("NODE_NAME"),
        "time": format_time(found.start),
        "api": found.api.url,
        "store": {**config["store"], "path": found.store.path},
        "counts_only": config["counts_only"],
        "counts": found.counts,
        "witnesses": found.choose_witnesses(),
    }
    lines = [f"leftovers-report {json.dumps(head, sort_keys=True)}"]
    for name, folder in folders:
        lines.append(f"leftovers-folder {name} {folder.size} {folder.files} {format_time(folder.newest or 0)}")
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    return [*lines, f"leftovers-end {len(folders)} {digest}"]


def main(config: dict[str, Any]) -> int:
    try:
        found = survey(config)
    except Refusal as e:
        say(f"no report: {e}")
        return 2
    for line in found.unreadable[:10]:
        say(f"could not be read, and counts as too young: {line}")
    for line in write_report(config, found):
        print(line)
    say("; ".join(f"{count:,} {state}" for state, count in found.counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
