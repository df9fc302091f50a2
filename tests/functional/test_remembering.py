"""What a run knows of the release before: its figures, or that there are none to keep; never a guess."""

from pathlib import Path

import pytest

from pipelines.keys import open_keys
from pipelines.running.remembering import remembered
from release.errors import ReleaseError
from release.opening import PROTECTED
from release.places import Places
from release.pointer import current


def test_a_whole_release_is_remembered(sample_data: Path) -> None:
    places = Places(sample_data)
    earlier, words = remembered(places, open_keys(places))
    assert earlier is not None
    assert earlier.release == current(places)
    assert words == ()


def test_a_damaged_one_stops_the_run_since_what_moved_would_tell_who_left(own_data: Path) -> None:
    places = Places(own_data)
    keys, name = open_keys(places), current(places) or ""
    (file,) = own_data.rglob(f"{name}/**/{PROTECTED}")
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:4096])
    with pytest.raises(ReleaseError, match=f"{name}, whose figures are to be kept, cannot be read"):
        remembered(places, keys)


def test_none_and_one_that_is_gone_are_told(own_data: Path) -> None:
    places = Places(own_data)
    keys = open_keys(places)
    places.pointer.write_text("2024-10-31-009\n")
    earlier, words = remembered(places, keys)
    assert earlier is None
    assert "no figure of it is kept" in " ".join(words)
    places.pointer.unlink()
    assert remembered(places, keys) == (None, ())
