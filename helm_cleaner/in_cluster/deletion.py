"""Deletes the folders of one part of a report, each after every rule was checked again, and says what became of it.

Exit code 0: every folder is gone, or was left because a rule says so. 1: one could not be deleted. 2: a rule about the
API, the store, the report or the clocks does not hold; the rest of the folders was not touched.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import closing
from typing import Any

from helm_cleaner.in_cluster.rules import (
    BLOCK, DAY, HOUR, RUN, UNKNOWN, YOUNGEST, Api, Folder, Refusal, Store, find_prefixes, format_time, say,
)  # fmt: skip

# ---- in the Job, the text of rules.py stands above this line ----


class Deletion:
    """One part of a report."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.surveyed: float = config["time"]
        self.older_than = max(config["older_than"], YOUNGEST)
        self.counts = {"deleted": 0, "already gone": 0, "left": 0, "not deleted": 0}

    def run(self) -> None:
        """Raises Refusal where a rule ends it."""
        self.check_report()
        with closing(Api(os.environ.get("POLYAXON_HOST", ""), "default")) as api:
            self.remove_all(api, self.config)

    def remove_all(self, api: Api, config: dict[str, Any]) -> None:
        self.expect("API", api.url, config["api"])
        self.expect("namespace", os.environ.get("POD_NAMESPACE"), config["namespace"])
        if config["node"]:  # the folder of a node: each is a store of its own
            self.expect("node", os.environ.get("NODE_NAME"), config["node"])
        if not config["witnesses"]:
            raise Refusal("the API knew no run of this store at the survey: nothing proves that the store is its own")
        api.prove(config["witnesses"])
        store = Store(config["connection"])
        self.expect("store", store.path, config["path"])
        names = store.list_names()
        if not set(config["witnesses"]).intersection(names):
            raise Refusal(f"{store.path} holds none of the known runs that the survey saw in it: it is another store")
        self.alike, self.names = find_prefixes(names), set(names)
        for at, name in enumerate(config["folders"]):
            if at and at % BLOCK == 0:
                api.prove(config["witnesses"])
            self.check_report()
            self.remove(name, api, store)

    def check_report(self) -> None:
        age, when = time.time() - self.surveyed, format_time(self.surveyed)
        if age > DAY:
            raise Refusal(f"the report is of {when}, more than a day old: make a new survey")
        if age < -HOUR:
            raise Refusal(f"the report is of {when}, which is in the future: correct this node's clock")

    def expect(self, what: str, found: object, wanted: object) -> None:
        if found != wanted:
            raise Refusal(f"the report is about the {what} {wanted}, and this is {found}")

    def remove(self, name: str, api: Api, store: Store) -> None:
        """Deletes a folder, or says why not."""
        if not RUN.fullmatch(name):
            self.tell("left", name, "it is not named like a run's folder")
            return
        folder = store.look(name)
        if folder is None and name not in self.names:
            self.tell("already gone", name)
            return
        reason = self.reason_to_leave(name, folder, api)
        if folder is None or reason:
            self.tell("left", name, reason)
            return
        problem = ""
        try:
            store.delete(name)
        except Refusal:
            raise
        except Exception as e:  # of each store's own library
            problem = repr(e)
        rest = store.look(name)
        if rest is None:
            self.tell("deleted", name, f"{folder.files:,} files, {folder.size:,} bytes")
        else:
            self.tell("not deleted", name, problem or rest.problem or f"{rest.files:,} files are still there")

    def reason_to_leave(self, name: str, folder: Folder | None, api: Api) -> str:
        """Which rule protects a folder; "" if none does."""
        if name in self.alike:
            return "the name of another entry begins with it"
        if folder is None:
            return "it is a file or a link, or went while this Job ran"
        if folder.newest is None:
            return f"its age cannot be told: {folder.problem or 'a file has no time'}"
        if folder.newest > self.surveyed - self.older_than:
            return f"something was written into it at {format_time(folder.newest)}"
        if api.state_of(name) != UNKNOWN:  # asked last: nothing comes between this answer and the deletion
            return "the API knows this run"
        return ""

    def tell(self, result: str, name: str, why: str = "") -> None:
        self.counts[result] += 1
        say(f"{result}: {name}{f': {why}' if why else ''}")


def stop(*_: object) -> None:
    raise Refusal("Kubernetes stops this pod: its deadline has passed, or somebody deletes it")


def main(config: dict[str, Any]) -> int:
    signal.signal(signal.SIGTERM, stop)
    deletion, code = Deletion(config), 0
    try:
        deletion.run()
    except Refusal as e:
        say(f"ended: {e}")
        code = 2
    counts = deletion.counts
    rest = len(config["folders"]) - sum(counts.values())
    say(f"{', '.join(f'{count} {result}' for result, count in counts.items())}, {rest} not tried")
    return code or int(counts["not deleted"] > 0)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
