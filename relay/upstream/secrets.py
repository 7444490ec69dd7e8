"""Reads files that hold a secret, which only their owner may read; used by cookies and signers.

Where such a path leads is the same for all that is configured, TLS included.
"""

import os
import stat
from pathlib import Path

from relay.errors import ConfigError

MAX_FILE_BYTES = 64 * 1024


def read_private(path: Path, *, why: str) -> str:
    """Read a file that only its owner may read. Raises ConfigError, which shows none of it.

    `why` says what others could do with it.
    """
    try:
        # Opening a named pipe would wait for somebody to write into it.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            _check_mode(path, os.fstat(file.fileno()), why)
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from None
    if len(data) > MAX_FILE_BYTES:
        raise ConfigError(f"{path}: more than {MAX_FILE_BYTES} bytes are too many")
    return data.decode(errors="replace")


def read_secret(path: str) -> str:
    """Read a file that holds one key, and perhaps a line end. Raises ConfigError."""
    secret = read_private(user_path(path), why="whoever has the key in it can use it").strip()
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ConfigError(f"{path}: holds no key: a line of printable characters is wanted")
    return secret


def user_path(path: str) -> Path:
    """Give a configured path, `~` in it replaced by the user's home."""
    return Path(os.path.expanduser(path))


def _is_credential(path: Path) -> bool:
    """Tell whether systemd has put a file there for us alone: what looks like the group's right to
    read it is ours then, as systemd.exec(5), LoadCredential= gives it.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return folder != "" and path.is_absolute() and path.parent == Path(folder)


def _check_mode(path: Path, status: os.stat_result, why: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"{path}: is no file")
    if status.st_mode & (0o007 if _is_credential(path) else 0o077):
        raise ConfigError(
            f"{path}: others may read it (mode {stat.S_IMODE(status.st_mode):o}), and {why}; run:"
            f" chmod 600 {path}"
        )
