"""Key files: made with the operating system's random numbers, readable by their owner alone."""

import os
import secrets
import stat
from pathlib import Path

from release.errors import KeyFileError

_BYTES = 32


def make_key(file: Path) -> None:
    """Write a new random key of 256 bits. An existing file is never touched: FileExistsError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(_BYTES) + "\n")
        out.flush()
        os.fsync(out.fileno())


def read_key(file: Path) -> str:
    """The key in `file` as 64 hexadecimal digits.

    Raises KeyFileError where it is missing, damaged, or open to anybody but its owner (a key that others can read
    is no key; Windows keeps rights elsewhere and is not asked).
    """
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise KeyFileError(f"There is no key at {file}. Make the keys: python -m pipelines key new") from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"The key at {file} cannot be read ({type(error).__name__}).") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"The key at {file} is open to other users. Close it: chmod 600 '{file}'")
    if len(text) != 2 * _BYTES or any(letter not in "0123456789abcdef" for letter in text):
        raise KeyFileError(f"The key at {file} is damaged. Put back the copy that you keep of it.")
    return text
