"""Certificates that exist in tests only, made by OpenSSL's program."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from relay.config import ServerConfig


def make_certificate(folder: Path, name: str = "relay") -> tuple[str, str]:
    """Write a certificate for 127.0.0.1 and its key; gives their paths."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine (Debian: apt-get install openssl)")
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        (
            *("openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ),
        check=True,
        capture_output=True,
    )
    return str(certificate), str(key)


def make_expired(folder: Path) -> tuple[str, str]:
    """The same, but it ended a day ago."""
    certificate, key = make_certificate(folder, "expired")
    subprocess.run(
        (
            "openssl",
            "x509",
            "-in",
            certificate,
            "-signkey",
            key,
            "-days",
            "-1",
            "-out",
            certificate,
        ),
        check=True,
        capture_output=True,
    )
    return certificate, key


def with_tls(folder: Path) -> ServerConfig:
    """Configure a server on any port with a new certificate."""
    certificate, key = make_certificate(folder)
    return ServerConfig(port=0, tls_cert=certificate, tls_key=key)


def trusting(certificate: str) -> ssl.SSLContext:
    """Trust one certificate, and no other."""
    return ssl.create_default_context(cafile=certificate)
