"""A signing key that is thrown away, in the format that Helm reads."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.plugin_packages import Signer


def disposable(folder: Path, user: str) -> tuple[Signer, Path] | None:
    """A new key for this user, as a signer, and a keyring with its public half; None without gpg."""
    gpg = shutil.which("gpg")
    if gpg is None:
        return None
    secret, public, passphrase = folder / "secring.gpg", folder / "pubring.gpg", folder / "passphrase"
    passphrase.write_text("correct horse battery staple\n")
    # A short path: gpg's agent listens on a socket in it, and a socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="gpg-", dir="/tmp") as home:
        command = [gpg, "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback"]
        command += ["--passphrase-file", str(passphrase)]
        try:
            generate = ["--quick-generate-key", user, "rsa2048", "sign", "1d"]
            subprocess.run([*command, *generate], check=True, capture_output=True)
            for option, file in (("--export-secret-keys", secret), ("--export", public)):
                exported = subprocess.run([*command, option, user], check=True, capture_output=True)
                file.write_bytes(exported.stdout)
        finally:
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True)
    return Signer(user, secret, passphrase), public
