"""A container image made from this machine's own bash, for nodes without a registry."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

PROGRAMS = ("bash", "sleep")
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
# A rehearsal asks whether it is there.
_POLYAXON = "#!/bin/bash\n"
# Like registry.k8s.io/pause: it waits until it is told to end, and with -v ends at once.
_PAUSE = """\
#!/bin/bash
[ "$1" = -v ] && exit
trap exit INT TERM
sleep infinity & wait
"""


class Image(NamedTuple):
    """An image of one layer."""

    config: bytes
    layer: bytes

    def manifest(self) -> bytes:
        """As a registry has it."""
        config = _described("application/vnd.docker.container.image.v1+json", self.config)
        layer = _described("application/vnd.docker.image.rootfs.diff.tar", self.layer)
        return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}).encode()

    def blobs(self) -> dict[str, bytes]:
        """What the manifest refers to, by its digest."""
        return {digest(data): data for data in self}

    def save(self, target: Path, names: Iterable[str]) -> None:
        """Writes an archive like `docker save`, of the image under all of these names."""
        manifest = [{"Config": "config.json", "RepoTags": list(names), "Layers": ["layer.tar"]}]
        with tarfile.open(target, "w") as archive:
            _add(archive, "layer.tar", self.layer)
            _add(archive, "config.json", self.config)
            _add(archive, "manifest.json", json.dumps(manifest).encode())


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def made(comment: str = "") -> Image:
    """An image that runs bash. comment: so that two are not the same one."""
    layer = _layer()
    config = {
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()),
        "os": "linux",
        "comment": comment,
        "config": {"Entrypoint": ["/pause"], "Env": ["PATH=/bin", "POLYAXON_SERVICE=init"]},
        "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
    }
    return Image(json.dumps(config).encode(), layer)


def _layer() -> bytes:
    """The programs in /bin, with the libraries that they need at the paths where they look for them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as files:
        libraries: set[str] = set()
        for name in PROGRAMS:
            program = shutil.which(name)
            assert program is not None
            _add(files, f"bin/{name}", Path(program).read_bytes(), 0o755)
            done = subprocess.run(["ldd", program], capture_output=True, text=True, check=True)
            libraries |= set(re.findall(r"(/\S+) \(0x", done.stdout))
        for library in sorted(libraries):
            _add(files, library.lstrip("/"), Path(library).read_bytes(), 0o755)
        _add(files, "pause", _PAUSE.encode(), 0o755)
        _add(files, "bin/polyaxon", _POLYAXON.encode(), 0o755)
    return buffer.getvalue()


def _add(archive: tarfile.TarFile, name: str, data: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), mode
    archive.addfile(entry, io.BytesIO(data))


def _described(media_type: str, data: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "size": len(data), "digest": digest(data)}
