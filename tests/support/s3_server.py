"""An S3 server: moto's, in the environment of tests/support/haupt, with objects of any age.

An object whose content starts with `days=N` was last written N days ago.
"""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.support.haupt import PYTHON
from tests.support.processes import free_port, last_lines, process

_PATIENCE = 60.0
_SERVER = """
import re, sys, datetime
from moto.s3 import models
from moto.server import main
real = models.FakeKey.__init__
def init(self, *args, **kwargs):
    real(self, *args, **kwargs)
    found = re.match(rb"days=([0-9.]+)", self.value or b"")
    if found:
        self.last_modified -= datetime.timedelta(days=float(found[1]))
models.FakeKey.__init__ = init
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
"""
_CLIENT = """
import boto3, json, sys
s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1")
wanted = json.load(sys.stdin)
for bucket in wanted["buckets"]:
    s3.create_bucket(Bucket=bucket)
for path, text in wanted["put"].items():
    bucket, _, key = path.partition("/")
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
found = {}
for bucket in s3.list_buckets()["Buckets"]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
        for each in page.get("Contents", []):
            body = s3.get_object(Bucket=bucket["Name"], Key=each["Key"])["Body"]
            found[bucket["Name"] + "/" + each["Key"]] = body.read().decode()
print(json.dumps(found))
"""


class S3(NamedTuple):
    """A running server. env: what a program needs that uses it."""

    url: str
    env: Mapping[str, str]

    def put(self, objects: Mapping[str, str], buckets: tuple[str, ...] = ()) -> dict[str, str]:
        """Writes objects, `bucket/key`. Returns all that are there."""
        done = subprocess.run(
            [PYTHON, "-c", _CLIENT, self.url], env=dict(self.env), capture_output=True, text=True, check=False,
            input=json.dumps({"buckets": buckets, "put": dict(objects)}),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))


@contextmanager
def serve(folder: Path) -> Iterator[S3]:
    """A server without buckets."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": url}  # fmt: skip
    with process(folder, "s3", [str(PYTHON), "-c", _SERVER, str(port)]) as child:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"{url}/moto-api/", timeout=5):  # noqa: S310 ours
                    break
            except OSError:
                assert child.poll() is None, last_lines(folder / "s3.log", 20)
                assert time.monotonic() < until, last_lines(folder / "s3.log", 20)
                time.sleep(0.1)
        yield S3(url, keys)
