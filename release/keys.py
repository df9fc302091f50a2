"""Key files: made with the operating system's random numbers, readable by their owner alone, wiped when destroyed."""

import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from release.errors import KeyFileError

_BYTES = 32


def new_key() -> str:
    """A random key of 256 bits, as 64 hexadecimal digits."""
    return secrets.token_hex(_BYTES)


def make_key(file: Path) -> None:
    """Write a new random key of 256 bits. An existing file is never touched: FileExistsError."""
    write_key(file, new_key())


def write_key(file: Path, key: str) -> None:
    """Write a key to a file that is not there yet: FileExistsError where it is."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(key + "\n")
        out.flush()
        os.fsync(out.fileno())


def read_key(file: Path) -> str:
    """The key in `file` as 64 hexadecimal digits.

    Raises KeyFileError where it is missing, damaged, or open to anybody but its owner (a key that others can read
    is no key; Windows keeps rights elsewhere and is not asked).
    """
    text = read_closed(file).strip()
    if not is_key(text):
        raise KeyFileError(f"The key at {file} is damaged. Put back the copy that you keep of it.")
    return text


def read_closed(file: Path) -> str:
    """The text of a file that holds keys. Raises KeyFileError where it is missing, unreadable, or open to others."""
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeyFileError(f"There is no key at {file}. Make the keys: python -m pipelines key new") from None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"The key at {file} cannot be read ({type(error).__name__}).") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"The key at {file} is open to other users. Close it: chmod 600 '{file}'")
    return text


def is_key(text: str) -> bool:
    """Whether `text` is a key: 64 hexadecimal digits."""
    return len(text) == 2 * _BYTES and all(letter in "0123456789abcdef" for letter in text)


def wipe(file: Path) -> None:
    """Write over what is in `file`, through to the disk. What the disk itself keeps of it, and copies of the file
    elsewhere, no program can reach."""
    with file.open("r+b") as out:
        size = file.stat().st_size
        for content in (secrets.token_bytes(size), bytes(size)):
            out.seek(0)
            out.write(content)
            out.flush()
            os.fsync(out.fileno())


def destroy_key(file: Path) -> None:
    """Wipe a key and take its file away. Nothing happens where there is none."""
    if file.exists():
        wipe(file)
        file.unlink()


def derived(key: str, purpose: str) -> bytes:
    """The key for one purpose (HKDF-SHA256, 32 bytes). From it neither `key` nor that of another purpose follows."""
    info = b"outcome-lens/1/" + purpose.encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(bytes.fromhex(key))


def fingerprint(key: str) -> str:
    """Names a key without telling it (16 hexadecimal digits): safe in a manifest and in the audit log."""
    return derived(key, "fingerprint").hex()[:16]
