"""A control plane for the tests, as long as a block lasts.

Its programs run under a process of their own, `python -m tests.support.controlplane PROGRAMS FOLDER`. It ends them when
its stdin closes: when the block is left, or when the process that started it is killed; by hand, with Ctrl-D or Ctrl-C.
If one of them ends, the others are ended too, so that tests fail instead of waiting.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.support import apiserver, controllers
from tests.support import node as real_node
from tests.support.apiserver import ServerError

_LOOK = 0.5  # seconds between two looks at the processes


@contextmanager
def running(
    programs: Path, folder: Path, *, alone: bool = False, node: bool = False, extender: str = ""
) -> Iterator[Path]:
    """A control plane that ends with the block; gives its kubeconfig. ServerError if it does not start.

    programs: the folder with its programs. folder: where it works; made by this, and its logs stay there. alone: the
    API server without scheduler, controllers and nodes. node: with a real node, in place of kwok. extender: as
    controllers.start takes it.
    """
    command = [sys.executable, "-m", "tests.support.controlplane", str(programs), str(folder)]
    command += ["--alone"] if alone else ["--extender", extender]
    command += ["--node"] if node else []
    # In a session of its own, so that a Ctrl-C in the terminal ends it in order: the tests first.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as supervisor:
        assert supervisor.stdin is not None
        assert supervisor.stdout is not None
        try:
            said = supervisor.stdout.readline().strip()
            if not said.startswith("ready "):
                raise ServerError(said or f"the control plane ended; its logs are in {folder}")
            yield Path(said.removeprefix("ready "))
        finally:
            supervisor.stdin.close()  # and wait for its end, as Popen does at the end of its block


def serve(programs: Path, folder: Path, *, alone: bool, node: bool, extender: str) -> None:
    """Runs a control plane in the folder until stdin is closed; prints `ready` and the kubeconfig's path when it is."""
    folder.mkdir(mode=0o700, parents=True)
    with ExitStack() as stack:
        server, children = apiserver.start(stack, programs, folder, node=node)
        if not alone:
            children |= controllers.start(stack, programs, server, extender, kwok=not node)
        if node:
            children |= real_node.start(stack, programs, server)
        print(f"ready {server.kubeconfig}", flush=True)
        while not (select.select([sys.stdin], [], [], _LOOK)[0] and not os.read(sys.stdin.fileno(), 1)):
            for name, child in children.items():
                if child.poll() is not None:
                    raise ServerError(f"{name} ended with {child.returncode}; its log is {folder / name}.log")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.controlplane", description="Runs a control plane.")
    parser.add_argument("programs", type=Path, help="the folder with its programs")
    parser.add_argument("folder", type=Path, help="a new folder, for its kubeconfig and its logs")
    parser.add_argument("--alone", action="store_true", help="the API server, and nothing else")
    parser.add_argument("--node", action="store_true", help="a real node, in place of kwok; needs root")
    parser.add_argument("--extender", default="", metavar="URL", help="who is told which nodes pass a plugin")
    args = parser.parse_args()
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        serve(
            args.programs.absolute(), args.folder.absolute(), alone=args.alone, node=args.node, extender=args.extender
        )
    except (ServerError, OSError) as reason:
        with suppress(BrokenPipeError):  # nobody may read it any more; the logs are left
            print(reason, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
