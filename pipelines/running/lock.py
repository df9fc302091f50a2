"""One run at a time in one data folder."""

from collections.abc import Iterator
from contextlib import contextmanager

import filelock

from release.errors import DataFolderError
from release.places import Places


@contextmanager
def only_run(places: Places) -> Iterator[None]:
    """Hold the data folder for as long as the block runs. Raises DataFolderError where another run holds it, or where
    the folder cannot be written. The operating system lets go of the lock when a run dies."""
    try:
        for folder in (places.identified, places.keys, places.vault, places.quarantine, places.logs):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        lock = filelock.FileLock(places.identified / "run.lock", timeout=0)
        lock.acquire()
    except filelock.Timeout:
        raise DataFolderError(f"Another run is working in {places.data}. Wait until it has ended.") from None
    except OSError as error:
        raise DataFolderError(
            f"{places.data} cannot be used as the data folder ({error.strerror}). Choose one you may write: --data DIR"
        ) from None
    try:
        yield
    finally:
        lock.release()
