"""Certificates that are made for a test, and that nobody trusts by himself."""

import subprocess
from pathlib import Path


def make_certificate(folder: Path, name: str = "IP:127.0.0.1") -> Path:
    """Write ``certificate.pem`` and ``key.pem``, signed by itself; return the folder.

    Args:
        folder: Empty.
        name: Whom it is made out to, as OpenSSL writes alternative names.
    """
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = f"-subj /CN=test -addext subjectAltName={name}"
    files = "-keyout key.pem -out certificate.pem"
    subprocess.run(
        ["openssl", *f"{request} {names} {files}".split()],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder
